/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses with json-glib, after a strict check of the tokens: json-glib 1.6 accepts 0x10, 010 (as
 * 8), "1.", comments, 'quotes', "var a =" and a second document, and too many brackets overflow its
 * stack. Its strict mode came with 1.10. json-glib checks commas, colons and matching brackets.
 */
#include "client/json-read.h"

#include <math.h>
#include <string.h>

#define BLANKS " \t\n\r"

enum { DEPTH_MAX = 64 };

/* ---- tokens: each function returns the position after a token, or NULL ---- */

static const char *
skip_digits(const char *p)
{
    const char *from = p;

    while (g_ascii_isdigit(*p))
        p++;
    return p > from ? p : NULL;
}

static const char *
skip_number(const char *p)
{
    const char *digits = *p == '-' ? p + 1 : p;

    if (!isfinite(g_ascii_strtod(p, NULL)))
        return NULL;
    p = skip_digits(digits);
    if (p && *digits == '0' && p > digits + 1)
        return NULL;
    if (p && *p == '.')
        p = skip_digits(p + 1);
    if (p && (*p == 'e' || *p == 'E'))
        p = skip_digits(p[1] == '+' || p[1] == '-' ? p + 2 : p + 1);
    return p;
}

/* After a backslash. */
static const char *
skip_escape(const char *p)
{
    if (*p == '\0' || !strchr("\"\\/bfnrtu", *p))
        return NULL;
    for (guint i = 0; *p == 'u' && i < 4; i++)
        if (!g_ascii_isxdigit(p[1 + i]))
            return NULL;
    return *p == 'u' ? p + 5 : p + 1;
}

static const char *
skip_string(const char *p)
{
    p++;
    while (p && *p != '"') {
        if ((guchar) *p < 0x20) /* rejects the end of the text too */
            return NULL;
        p = *p == '\\' ? skip_escape(p + 1) : p + 1;
    }
    return p ? p + 1 : NULL;
}

static const char *
skip_word(const char *p)
{
    static const char *const words[] = { "null", "true", "false" };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(p, words[i]))
            return p + strlen(words[i]);
    return NULL;
}

static const char *
skip_value(const char *p)
{
    if (*p == '"')
        return skip_string(p);
    return *p == '-' || g_ascii_isdigit(*p) ? skip_number(p) : skip_word(p);
}

/* Whether @text is one array or object of JSON tokens, in any order. */
static gboolean
is_strict(const char *text)
{
    guint depth = 0;

    do {
        text += strspn(text, BLANKS);
        if (*text == '[' || *text == '{') {
            if (++depth > DEPTH_MAX)
                return FALSE;
            text++;
        } else if (depth == 0) {
            return FALSE;
        } else if (*text == ']' || *text == '}') {
            depth--;
            text++;
        } else {
            text = *text == ',' || *text == ':' ? text + 1 : skip_value(text);
        }
    } while (text && depth > 0);
    return text && text[strspn(text, BLANKS)] == '\0';
}

JsonNode *
gre_json_parse(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    if (!is_strict(valid) || !json_parser_load_from_data(parser, valid, -1, NULL))
        return NULL;
    return json_parser_steal_root(parser);
}

/* ---- look-up ---- */

static JsonObject *
object_of(JsonNode *node)
{
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *
array_of(JsonNode *node)
{
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonNode *
gre_json_member(JsonNode *node, const char *name)
{
    JsonObject *object = object_of(node);

    return object ? json_object_get_member(object, name) : NULL;
}

const char *
gre_json_first(JsonNode *node, JsonNode **value)
{
    JsonObject    *object = object_of(node);
    JsonObjectIter iter;
    const char    *name = NULL;

    if (!object)
        return NULL;
    json_object_iter_init_ordered(&iter, object);
    return json_object_iter_next_ordered(&iter, &name, value) ? name : NULL;
}

const char *
gre_json_text(JsonNode *node)
{
    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                   : NULL;
}

double
gre_json_number(JsonNode *node)
{
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || gre_json_text(node))
        return 0;
    return json_node_get_value_type(node) == G_TYPE_BOOLEAN ? json_node_get_boolean(node)
                                                            : json_node_get_double(node);
}

guint
gre_json_length(JsonNode *node)
{
    JsonArray *array = array_of(node);

    return array ? json_array_get_length(array) : 0;
}

JsonNode *
gre_json_item(JsonNode *node, guint index)
{
    return index < gre_json_length(node) ? json_array_get_element(array_of(node), index) : NULL;
}
