/* SPDX-License-Identifier: GPL-2.0-or-later */
/* D-Bus values as JSON text. */
#include "client/json.h"
#include "gre-escape.h"

#include <json-glib/json-glib.h>

/* In UTF-16 notation, as JSON requires. */
static void
append_code(GString *out, gunichar c)
{
    if (c < 0x10000)
        g_string_append_printf(out, "\\u%04x", c);
    else
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                               0xdc00 + (c & 0x3ff));
}

/* json-glib escapes quotes, backslashes and most of C0 (1.6 leaves U+001F), but not C1 and the
 * like. They can only occur in strings; a newline only separates lines. */
static char *
escape(const char *json)
{
    GString *out = g_string_new(NULL);

    for (; *json; json = g_utf8_next_char(json)) {
        gunichar c = g_utf8_get_char(json);

        if (c != '\n' && gre_escape_is_needed(c))
            append_code(out, c);
        else
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

char *
gre_json_format(GVariant *value, gboolean pretty)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
    g_autoptr(JsonNode) root = json_gvariant_serialize(sunk);
    g_autofree char *text = json_to_string(root, pretty);

    return escape(text);
}
