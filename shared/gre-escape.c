/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one rule for what must not be shown as it is.
 */
#include "gre-escape.h"

gboolean
gre_escape_is_needed(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_UNASSIGNED:
        return TRUE;
    default:
        return FALSE;
    }
}

static void
append_code(GString *out, gunichar c)
{
    if (c < 0x80)
        g_string_append_printf(out, "\\x%02x", c);
    else
        g_string_append_printf(out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

const char *
gre_escape_next(GString *out, const char *text)
{
    gunichar c = g_utf8_get_char_validated(text, -1);

    if (c == (gunichar) -1 || c == (gunichar) -2) {
        g_string_append_printf(out, "\\x%02x", (guint8) *text);
        return text + 1;
    }
    if (c == '\n')
        g_string_append(out, "\\n");
    else if (gre_escape_is_needed(c))
        append_code(out, c);
    else
        g_string_append_unichar(out, c);
    return g_utf8_next_char(text);
}

void
gre_escape_append(GString *out, const char *text)
{
    while (*text)
        text = gre_escape_next(out, text);
}

char *
gre_escape_text(const char *text)
{
    GString *out = g_string_new(NULL);

    gre_escape_append(out, text);
    return g_string_free(out, FALSE);
}
