/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets: the three notations, and that errors don't tell what was written.
 */
#include "gre-error.h"
#include "gre-secret.h"

#include <string.h>

static const struct {
    const char *text;
    const char *bytes; /* NULL: malformed */
    gsize       len;
} rows[] = {
    { "correct horse", "correct horse", 13 },
    { "0", "0", 1 },
    { " 0x00", " 0x00", 5 }, /* the prefix must be the first thing */
    { "x0x00", "x0x00", 5 },
    { "grün", "gr\303\274n", 5 },
    { "0x00", "\0", 1 },
    { "0xdeadBEEF", "\xde\xad\xbe\xef", 4 },
    { "0X6162", "ab", 2 },
    { "0sYWJj", "abc", 3 },
    { "0sYWI=", "ab", 2 },
    { "0sYQ==", "a", 1 },
    { "0sYQ", "a", 1 }, /* without its padding */
    { "0SYWI", "ab", 2 },
    { "0s//79", "\xff\xfe\xfd", 3 },
    { "0s+/+/", "\xfb\xff\xbf", 3 },
    { "", NULL, 0 },
    { "0x", NULL, 0 },
    { "0xabc", NULL, 0 },
    { "0xzz", NULL, 0 },
    { "0x12 34", NULL, 0 },
    { "0s", NULL, 0 },
    { "0s=", NULL, 0 },
    { "0s==", NULL, 0 },
    { "0s====", NULL, 0 },
    { "0sYWJjZ", NULL, 0 },
    { "0sYWJj=", NULL, 0 },
    { "0sY=J=", NULL, 0 },
    { "0sYW J", NULL, 0 },
    { "0sYW-_", NULL, 0 },
};

static void
test_parse(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreSecret) secret = gre_secret_parse(rows[i].text, &error);
        gsize len;

        if (secret) {
            const guint8 *data = gre_secret_data(secret, &len);

            g_assert_no_error(error);
            g_assert_cmpmem(data, len, rows[i].bytes, rows[i].len);
        } else {
            g_assert_null(rows[i].bytes);
            g_assert_error(error, GRE_ERROR, GRE_ERROR_SECRET);
            if (strlen(rows[i].text) > 3)
                g_assert_null(strstr(error->message, rows[i].text + 2));
        }
    }
}

static void
test_messages(void)
{
    static const char *const texts[][2] = {
        { "", "must not be empty" },
        { "0xq", "\"0x\" must be followed by pairs of hex digits" },
        { "0s*", "\"0s\" must be followed by base64" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(gre_secret_parse(texts[i][0], &error));
        g_assert_cmpstr(error->message, ==, texts[i][1]);
    }
}

/* All byte values come through base64 as GLib encodes it, at every length. */
static void
test_base64(void)
{
    guint8 bytes[256];

    for (guint i = 0; i < sizeof(bytes); i++)
        bytes[i] = (guint8) (i * 7);
    for (gsize n = 1; n <= sizeof(bytes); n++) {
        g_autofree char *base64 = g_base64_encode(bytes, n);
        g_autofree char *text = g_strconcat("0s", base64, NULL);
        g_autoptr(GreSecret) secret = gre_secret_parse(text, NULL);
        gsize         len;
        const guint8 *data = gre_secret_data(secret, &len);

        g_assert_cmpmem(data, len, bytes, n);
    }
}

static void
test_equal(void)
{
    g_autoptr(GreSecret) a = gre_secret_new("abc", 3);
    g_autoptr(GreSecret) b = gre_secret_parse("0x616263", NULL);
    g_autoptr(GreSecret) longer = gre_secret_new("abcd", 4);
    g_autoptr(GreSecret) other = gre_secret_new("abd", 3);
    g_autoptr(GreSecret) same = gre_secret_ref(a);

    g_assert_true(gre_secret_equal(a, b));
    g_assert_true(gre_secret_equal(a, same));
    g_assert_true(gre_secret_equal(NULL, NULL));
    g_assert_false(gre_secret_equal(a, NULL));
    g_assert_false(gre_secret_equal(NULL, a));
    g_assert_false(gre_secret_equal(a, longer));
    g_assert_false(gre_secret_equal(a, other));
    gre_secret_free_text(g_strdup("text"));
    gre_secret_free_text(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secret/parse", test_parse);
    g_test_add_func("/secret/messages", test_messages);
    g_test_add_func("/secret/base64", test_base64);
    g_test_add_func("/secret/equal", test_equal);
    return g_test_run();
}
