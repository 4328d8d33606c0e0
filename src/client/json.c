/* SPDX-License-Identifier: GPL-2.0-or-later */
/* D-Bus values as JSON text. */
#include "client/json.h"

#include <math.h>

typedef struct {
    GString *out;
    gboolean pretty;
    guint    depth;
} Writer;

static void
append_char(GString *out, gunichar c)
{
    switch (c) {
    case '"':
    case '\\':
        g_string_append_printf(out, "\\%c", (char) c);
        break;
    case '\b':
        g_string_append(out, "\\b");
        break;
    case '\f':
        g_string_append(out, "\\f");
        break;
    case '\n':
        g_string_append(out, "\\n");
        break;
    case '\r':
        g_string_append(out, "\\r");
        break;
    case '\t':
        g_string_append(out, "\\t");
        break;
    default:
        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
    }
}

void
gre_json_append_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);

        if (c == (gunichar) -1 || c == (gunichar) -2) {
            g_string_append(out, "\357\277\275"); /* U+FFFD */
            text++;
        } else {
            append_char(out, c);
            text = g_utf8_next_char(text);
        }
    }
    g_string_append_c(out, '"');
}

static void
append_double(GString *out, double number)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    if (isfinite(number))
        g_string_append(out, g_ascii_dtostr(buf, sizeof(buf), number));
    else
        g_string_append(out, "null");
}

static void
new_line(const Writer *w)
{
    if (!w->pretty)
        return;
    g_string_append_c(w->out, '\n');
    for (guint i = 0; i < w->depth; i++)
        g_string_append(w->out, "  ");
}

static void append_value(Writer *w, GVariant *value);

/* A name must be a string: keys of other types are written as the text of their value. */
static void
append_member(Writer *w, GVariant *entry)
{
    g_autoptr(GVariant) key = g_variant_get_child_value(entry, 0);
    g_autoptr(GVariant) value = g_variant_get_child_value(entry, 1);
    g_autofree char *text = NULL;

    if (!g_variant_is_of_type(key, G_VARIANT_TYPE_STRING))
        text = g_variant_print(key, FALSE);
    gre_json_append_string(w->out, text ? text : g_variant_get_string(key, NULL));
    g_string_append(w->out, w->pretty ? ": " : ":");
    append_value(w, value);
}

static void
append_children(Writer *w, GVariant *value)
{
    gboolean object = g_variant_is_of_type(value, G_VARIANT_TYPE_DICTIONARY);
    gsize    n = g_variant_n_children(value);

    g_string_append_c(w->out, object ? '{' : '[');
    w->depth++;
    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(value, i);

        if (i > 0)
            g_string_append_c(w->out, ',');
        new_line(w);
        if (object)
            append_member(w, child);
        else
            append_value(w, child);
    }
    w->depth--;
    if (n > 0)
        new_line(w);
    g_string_append_c(w->out, object ? '}' : ']');
}

/* A variant or a maybe: what it holds, or nothing. */
static void
append_held(Writer *w, GVariant *value)
{
    g_autoptr(GVariant) held = g_variant_classify(value) == G_VARIANT_CLASS_VARIANT
                                   ? g_variant_get_variant(value)
                                   : g_variant_get_maybe(value);

    if (held)
        append_value(w, held);
    else
        g_string_append(w->out, "null");
}

static void
append_value(Writer *w, GVariant *value)
{
    switch (g_variant_classify(value)) {
    case G_VARIANT_CLASS_BOOLEAN:
        g_string_append(w->out, g_variant_get_boolean(value) ? "true" : "false");
        break;
    case G_VARIANT_CLASS_BYTE:
        g_string_append_printf(w->out, "%u", g_variant_get_byte(value));
        break;
    case G_VARIANT_CLASS_INT16:
        g_string_append_printf(w->out, "%d", g_variant_get_int16(value));
        break;
    case G_VARIANT_CLASS_UINT16:
        g_string_append_printf(w->out, "%u", g_variant_get_uint16(value));
        break;
    case G_VARIANT_CLASS_INT32:
        g_string_append_printf(w->out, "%d", g_variant_get_int32(value));
        break;
    case G_VARIANT_CLASS_UINT32:
        g_string_append_printf(w->out, "%u", g_variant_get_uint32(value));
        break;
    case G_VARIANT_CLASS_INT64:
        g_string_append_printf(w->out, "%" G_GINT64_FORMAT, g_variant_get_int64(value));
        break;
    case G_VARIANT_CLASS_UINT64:
        g_string_append_printf(w->out, "%" G_GUINT64_FORMAT, g_variant_get_uint64(value));
        break;
    case G_VARIANT_CLASS_HANDLE:
        g_string_append_printf(w->out, "%d", g_variant_get_handle(value));
        break;
    case G_VARIANT_CLASS_DOUBLE:
        append_double(w->out, g_variant_get_double(value));
        break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
        gre_json_append_string(w->out, g_variant_get_string(value, NULL));
        break;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
        append_held(w, value);
        break;
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
        append_children(w, value);
        break;
    }
}

void
gre_json_append(GString *out, GVariant *value, gboolean pretty)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
    Writer w = { out, pretty, 0 };

    append_value(&w, sunk);
}
