/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI messages as text, for tests: words with blanks between them, "key=value", "name {" … "}" for
 * sections, "key=[a,b]" for lists. Written out in the same form.
 */
#ifndef VICI_TEXT_H
#define VICI_TEXT_H

#include "vici/vici-message.h"

#include <string.h>

static inline void
vici_text_pair(ViciBuilder *builder, const char *word)
{
    g_auto(GStrv) pair = g_strsplit(word, "=", 2);
    g_auto(GStrv) items = NULL;
    gsize len = strlen(pair[1]);

    if (pair[1][0] != '[') {
        vici_builder_string(builder, pair[0], pair[1]);
        return;
    }
    pair[1][len - 1] = '\0';
    items = g_strsplit(pair[1] + 1, ",", -1);
    vici_builder_list(builder, pair[0], (const char *const *) items);
}

static inline GBytes *
vici_text_message(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    ViciBuilder *builder = vici_builder_new();
    GBytes      *message;

    for (guint i = 0; words[i]; i++) {
        if (strcmp(words[i], "}") == 0)
            vici_builder_end(builder);
        else if (words[i][0] != '\0' && strchr(words[i], '='))
            vici_text_pair(builder, words[i]);
        else if (words[i][0] != '\0')
            vici_builder_begin(builder, words[i++]);
    }
    message = vici_builder_finish(builder, NULL);
    g_assert_nonnull(message);
    return message;
}

static inline ViciSection
vici_text_root(GBytes *message)
{
    gsize         len;
    gconstpointer data = g_bytes_get_data(message, &len);
    ViciSection   root;

    g_assert_true(vici_message_check(data, len, &root, NULL));
    return root;
}

/* Takes a message apart byte by byte, without the code under test. */
static inline char *
vici_text_write(GBytes *message)
{
    gsize         len;
    const guint8 *p = g_bytes_get_data(message, &len);
    const guint8 *end = p + len;
    GString      *out = g_string_new(NULL);
    gboolean      first = FALSE;

    while (p < end) {
        guint8 type = *p++;

        if (type == 2) {
            g_string_append(out, "} ");
        } else if (type == 6) {
            g_string_append(out, "] ");
        } else if (type == 5) {
            guint size = (guint) (p[0] << 8 | p[1]);

            g_string_append_printf(out, "%s%.*s", first ? "" : ",", (int) size, p + 2);
            first = FALSE;
            p += 2 + size;
        } else {
            g_string_append_len(out, (const char *) p + 1, p[0]);
            p += 1 + p[0];
            if (type == 3) {
                guint size = (guint) (p[0] << 8 | p[1]);

                g_string_append_printf(out, "=%.*s ", (int) size, p + 2);
                p += 2 + size;
            } else {
                g_string_append(out, type == 1 ? " { " : "=[");
                first = type == 4;
            }
        }
    }
    return g_string_free(out, FALSE);
}

#endif
