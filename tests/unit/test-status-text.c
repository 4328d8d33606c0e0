/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command's output against golden files, tests/data/status: NAME.in is what GetStatus answers,
 * NAME.txt the table and the blocks made of it, NAME.json the JSON.
 */
#include "client/status-text.h"
#include "golden.h"

#include <string.h>

#define NOW 1763717800 /* 2025-11-21 09:36:40 UTC */

static const char *const names[] = { "none", "vpn-up", "native-nat", "seeking",
                                     "late", "down",   "hidden",     "names" };

static char *
golden_file(const char *name, const char *suffix)
{
    g_autofree char *base = g_strdup_printf("%s.%s", name, suffix);

    return g_test_build_filename(G_TEST_DIST, "status", base, NULL);
}

static GVariant *
input(const char *name)
{
    g_autofree char *file = golden_file(name, "in"), *text = NULL;
    g_autoptr(GError) error = NULL;
    GVariant *tunnels;

    g_file_get_contents(file, &text, NULL, &error);
    g_assert_no_error(error);
    tunnels = g_variant_parse(G_VARIANT_TYPE("aa{sv}"), text, NULL, NULL, &error);
    g_assert_no_error(error);
    return tunnels;
}

static void
compare(const char *name, const char *suffix, const char *made)
{
    g_autofree char *file = golden_file(name, suffix);

    golden_check(file, made);
}

static void
test_golden(gconstpointer data)
{
    g_autoptr(GVariant) tunnels = input(data);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    const GreStatusStyle style = { .now = NOW, .zone = utc, .width = 80 };
    g_autofree char     *table = gre_status_table(tunnels, &style);
    g_autofree char     *blocks = gre_status_text_blocks(tunnels, &style);
    g_autofree char     *text = g_strdup_printf("%s---\n%s", table, blocks);
    g_autofree char     *json = gre_status_json(tunnels);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p++)
        g_assert_true(*p == '\n' || !g_ascii_iscntrl(*p));
    compare(data, "txt", text);
    compare(data, "json", json);
}

/* Every line of the table, at any width that has room for the columns that don't give way. */
static void
test_width(void)
{
    g_autoptr(GVariant) tunnels = input("seeking");
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    for (guint width = 72; width < 200; width++) {
        const GreStatusStyle style = { .now = NOW, .zone = utc, .width = width };
        g_autofree char     *table = gre_status_table(tunnels, &style);
        g_auto(GStrv) lines = g_strsplit(table, "\n", -1);

        for (gsize i = 0; lines[i]; i++)
            g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, width);
    }
}

static void
test_no_limit(void)
{
    g_autoptr(GVariant) tunnels = input("seeking");
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    const GreStatusStyle style = { .now = NOW, .zone = utc };
    g_autofree char     *table = gre_status_table(tunnels, &style);

    g_assert_nonnull(strstr(table, "  2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff  "));
    g_assert_null(strstr(table, "…"));
}

static void
test_colour(void)
{
    g_autoptr(GVariant) tunnels = input("seeking");
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    const GreStatusStyle style = { .now = NOW, .zone = utc, .width = 80, .colour = TRUE };
    g_autofree char     *table = gre_status_table(tunnels, &style);
    g_autofree char     *blocks = gre_status_text_blocks(tunnels, &style);

    g_assert_nonnull(strstr(table, "\033[33mseeking\033[0m"));
    g_assert_nonnull(strstr(table, "\033[31mfailed\033[0m"));
    g_assert_nonnull(strstr(blocks, "\033[1mtun3\033[0m\n"));
    g_assert_nonnull(strstr(blocks, "\033[31mfailed\033[0m since"));
    g_assert_cmpstr(gre_status_text_colour("down"), ==, "");
    g_assert_cmpstr(gre_status_text_colour("no such state"), ==, "");
}

/* A key of another type, from another version of the service, is as good as none. */
static void
test_types(void)
{
    static const char text[] =
        "[{'id': <1>, 'state': <true>, 'mtu': <'x'>, 'mtu-parts': <[1]>, 'spi-in': <'y'>,"
        " 'hidden': <'z'>, 'since': <uint32 1>, 'new': <[{'a': 1}]>}]";
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    const GreStatusStyle style = { .now = NOW, .zone = utc, .width = 80 };
    g_autoptr(GVariant) tunnels = g_variant_parse(G_VARIANT_TYPE("aa{sv}"), text, NULL, NULL, NULL);
    g_autofree char *table = gre_status_table(tunnels, &style);
    g_autofree char *blocks = gre_status_text_blocks(tunnels, &style);
    g_autofree char *json = gre_status_json(tunnels);

    g_assert_nonnull(strstr(table, "\n-     -      "));
    g_assert_cmpstr(blocks, ==, "?\n");
    g_assert_nonnull(strstr(json, "\"spi-in\" : \"y\""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/status-text/%s", names[i]);

        g_test_add_data_func(path, names[i], test_golden);
    }
    g_test_add_func("/status-text/width", test_width);
    g_test_add_func("/status-text/no-limit", test_no_limit);
    g_test_add_func("/status-text/colour", test_colour);
    g_test_add_func("/status-text/types", test_types);
    return g_test_run();
}
