/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recursive descent over the text; a mistake anywhere makes NULL of all of it. */
#include "client/json-read.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 64

typedef struct {
    const char *at;
    guint       depth;
} Reader;

static GreJsonNode *read_value(Reader *r);

void
gre_json_node_free(GreJsonNode *node)
{
    if (!node)
        return;
    g_free(node->text);
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_clear_pointer(&node->names, g_ptr_array_unref);
    g_free(node);
}

static void
free_item(gpointer node)
{
    gre_json_node_free(node);
}

static GreJsonNode *
node_new(GreJsonType type)
{
    GreJsonNode *node = g_new0(GreJsonNode, 1);

    node->type = type;
    if (type == GRE_JSON_ARRAY || type == GRE_JSON_OBJECT)
        node->items = g_ptr_array_new_with_free_func(free_item);
    if (type == GRE_JSON_OBJECT)
        node->names = g_ptr_array_new_with_free_func(g_free);
    return node;
}

static void
skip_blanks(Reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')
        r->at++;
}

/* Whether @mark comes next; then it is passed. */
static gboolean
pass(Reader *r, char mark)
{
    skip_blanks(r);
    if (*r->at != mark)
        return FALSE;
    r->at++;
    return TRUE;
}

/* ---- strings ---- */

static gboolean
read_hex(Reader *r, gunichar *out)
{
    *out = 0;
    for (guint i = 0; i < 4; i++, r->at++) {
        if (!g_ascii_isxdigit(*r->at))
            return FALSE;
        *out = *out << 4 | (gunichar) g_ascii_xdigit_value(*r->at);
    }
    return TRUE;
}

/* Behind "\u"; half of a surrogate pair alone is U+FFFD. */
static gboolean
read_unicode(Reader *r, GString *out)
{
    gunichar first, second;

    if (!read_hex(r, &first))
        return FALSE;
    if (first >= 0xd800 && first < 0xdc00 && r->at[0] == '\\' && r->at[1] == 'u') {
        r->at += 2;
        if (!read_hex(r, &second))
            return FALSE;
        first = 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff);
    }
    g_string_append_unichar(out, first != 0 && g_unichar_validate(first) ? first : 0xfffd);
    return TRUE;
}

static gboolean
read_escape(Reader *r, GString *out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char       *found = *r->at ? strchr(letters, *r->at) : NULL;

    if (*r->at == 'u') {
        r->at++;
        return read_unicode(r, out);
    }
    if (!found)
        return FALSE;
    g_string_append_c(out, meanings[found - letters]);
    r->at++;
    return TRUE;
}

/* Behind the opening quote. Returns: (transfer full) (nullable) */
static char *
read_string(Reader *r)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (*r->at != '"') {
        if ((guchar) *r->at < 0x20) /* the end of the text too */
            return NULL;
        if (*r->at != '\\')
            g_string_append_c(out, *r->at++);
        else if (r->at++, !read_escape(r, out))
            return NULL;
    }
    r->at++;
    return g_utf8_make_valid(out->str, (gssize) out->len);
}

/* ---- the other values ---- */

static gboolean
read_member(Reader *r, GreJsonNode *object)
{
    char        *name = pass(r, '"') ? read_string(r) : NULL;
    GreJsonNode *value;

    if (!name)
        return FALSE;
    value = pass(r, ':') ? read_value(r) : NULL;
    if (!value) {
        g_free(name);
        return FALSE;
    }
    g_ptr_array_add(object->names, name);
    g_ptr_array_add(object->items, value);
    return TRUE;
}

static gboolean
read_item(Reader *r, GreJsonNode *array)
{
    GreJsonNode *value = read_value(r);

    if (value)
        g_ptr_array_add(array->items, value);
    return value != NULL;
}

static GreJsonNode *
read_items(Reader *r, GreJsonType type, char end)
{
    g_autoptr(GreJsonNode) node = node_new(type);

    if (pass(r, end))
        return g_steal_pointer(&node);
    do {
        if (!(type == GRE_JSON_OBJECT ? read_member(r, node) : read_item(r, node)))
            return NULL;
    } while (pass(r, ','));
    return pass(r, end) ? g_steal_pointer(&node) : NULL;
}

static GreJsonNode *
read_number(Reader *r)
{
    char        *end;
    double       number = g_ascii_strtod(r->at, &end);
    GreJsonNode *node;

    if (end == r->at || !isfinite(number))
        return NULL;
    r->at = end;
    node = node_new(GRE_JSON_NUMBER);
    node->number = number;
    return node;
}

static GreJsonNode *
read_word(Reader *r)
{
    static const struct {
        const char *word;
        GreJsonType type;
        double      number;
    } words[] = {
        { "null", GRE_JSON_NULL, 0 },
        { "true", GRE_JSON_BOOL, 1 },
        { "false", GRE_JSON_BOOL, 0 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_has_prefix(r->at, words[i].word)) {
            GreJsonNode *node = node_new(words[i].type);

            node->number = words[i].number;
            r->at += strlen(words[i].word);
            return node;
        }
    }
    return NULL;
}

static GreJsonNode *
read_text(Reader *r)
{
    char        *text = read_string(r);
    GreJsonNode *node;

    if (!text)
        return NULL;
    node = node_new(GRE_JSON_STRING);
    node->text = text;
    return node;
}

static GreJsonNode *
read_value(Reader *r)
{
    GreJsonNode *node;

    if (r->depth == DEPTH_MAX)
        return NULL;
    r->depth++;
    if (pass(r, '{'))
        node = read_items(r, GRE_JSON_OBJECT, '}');
    else if (pass(r, '['))
        node = read_items(r, GRE_JSON_ARRAY, ']');
    else if (pass(r, '"'))
        node = read_text(r);
    else if (*r->at == '-' || g_ascii_isdigit(*r->at))
        node = read_number(r);
    else
        node = read_word(r);
    r->depth--;
    return node;
}

GreJsonNode *
gre_json_parse(const char *text)
{
    Reader reader = { .at = text };
    g_autoptr(GreJsonNode) node = read_value(&reader);

    skip_blanks(&reader);
    return *reader.at == '\0' ? g_steal_pointer(&node) : NULL;
}

/* ---- looking ---- */

const GreJsonNode *
gre_json_member(const GreJsonNode *node, const char *name)
{
    if (!node || node->type != GRE_JSON_OBJECT)
        return NULL;
    for (guint i = 0; i < node->names->len; i++)
        if (g_str_equal(node->names->pdata[i], name))
            return node->items->pdata[i];
    return NULL;
}

const char *
gre_json_text(const GreJsonNode *node)
{
    return node && node->type == GRE_JSON_STRING ? node->text : NULL;
}

guint
gre_json_length(const GreJsonNode *node)
{
    return node && node->items ? node->items->len : 0;
}

const GreJsonNode *
gre_json_item(const GreJsonNode *node, guint index)
{
    return index < gre_json_length(node) ? node->items->pdata[index] : NULL;
}
