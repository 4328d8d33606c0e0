/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for a terminal. */
#include "config.h"

#include "client/text.h"
#include "gre-i18n.h"

#include <string.h>

static guint
char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint
gre_text_width(const char *text)
{
    guint width = 0;

    for (; *text; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

char *
gre_text_cut(const char *text, guint columns)
{
    const char *end = text;
    guint       width = 0;

    if (gre_text_width(text) <= columns)
        return g_strdup(text);
    while (width + char_width(g_utf8_get_char(end)) <= columns - 1) {
        width += char_width(g_utf8_get_char(end));
        end = g_utf8_next_char(end);
    }
    return g_strdup_printf("%.*s…", (int) (end - text), text);
}

void
gre_text_append_padded(GString *out, const char *text, guint columns)
{
    guint width = gre_text_width(text);

    g_string_append(out, text);
    for (; width < columns; width++)
        g_string_append_c(out, ' ');
}

static void
begin_line(GString *out, guint indent)
{
    g_string_append_c(out, '\n');
    gre_text_append_padded(out, "", indent);
}

void
gre_text_append_wrapped(GString *out, const char *text, guint indent, guint columns)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
        guint column = indent;

        if (i > 0)
            begin_line(out, indent);
        for (gsize j = 0; words[j]; j++) {
            guint width = gre_text_width(words[j]);

            if (j > 0 && columns > 0 && column + 1 + width > columns) {
                begin_line(out, indent);
                column = indent;
            } else if (j > 0) {
                g_string_append_c(out, ' ');
                column++;
            }
            g_string_append(out, words[j]);
            column += width;
        }
    }
    g_string_append_c(out, '\n');
}

char *
gre_text_bytes(guint64 bytes)
{
    static const char units[][4] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double            amount = (double) bytes / 1024;
    gsize             i = 0;
    g_autofree char  *exact = g_strdup_printf("%" G_GUINT64_FORMAT, bytes);

    if (bytes < 1024)
        return g_strdup_printf(N_PLURAL("%u byte", "%u bytes", bytes), (guint) bytes);
    for (; amount >= 1023.95 && i + 1 < G_N_ELEMENTS(units);
         i++) /* "1024.0" belongs to the next unit */
        amount /= 1024;
    return g_strdup_printf(_("%.1f %s (%s bytes)"), amount, units[i], exact);
}

/* "3 h 12 min", "3 h" if the rest is 0. */
static char *
two_units(const char *large, const char *small, guint n_large, guint n_small)
{
    return n_small > 0 ? g_strdup_printf("%u %s %u %s", n_large, large, n_small, small)
                       : g_strdup_printf("%u %s", n_large, large);
}

char *
gre_text_duration(guint64 seconds)
{
    guint64 minutes = seconds / 60, hours = minutes / 60, days = MIN(hours / 24, G_MAXUINT);

    if (seconds < 60)
        return g_strdup_printf("%u %s", (guint) seconds, _("s"));
    if (minutes < 60)
        return two_units(_("min"), _("s"), (guint) minutes, (guint) (seconds % 60));
    if (hours < 24)
        return two_units(_("h"), _("min"), (guint) hours, (guint) (minutes % 60));
    return two_units(_("d"), _("h"), (guint) days, (guint) (hours % 24));
}
