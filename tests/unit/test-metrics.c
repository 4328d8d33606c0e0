/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The figures against golden files: tests/data/status/NAME.in is what GetStatus answers,
 * tests/data/metrics/NAME.txt and NAME.prom the figures made of it in both formats. The first is
 * read by a strict reader here, the second by promtool (tests/check/metrics.sh).
 */
#include "client/metrics.h"
#include "golden.h"
#include "openmetrics.h"

#include <string.h>

static const char *const names[] = { "none", "vpn-up", "native-nat", "seeking",
                                     "late", "down",   "hidden",     "names" };

static GVariant *
input(const char *name)
{
    g_autofree char *base = g_strdup_printf("%s.in", name), *text = NULL;
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "status", base, NULL);
    g_autoptr(GError) error = NULL;
    GVariant *tunnels;

    g_file_get_contents(file, &text, NULL, &error);
    g_assert_no_error(error);
    tunnels = g_variant_parse(G_VARIANT_TYPE("aa{sv}"), text, NULL, NULL, &error);
    g_assert_no_error(error);
    return tunnels;
}

static void
check_format(const char *text, GHashTable *seen)
{
    g_autofree char *wrong = openmetrics_check(text, seen);

    g_assert_cmpstr(wrong, ==, NULL);
}

static void
compare(const char *name, const char *suffix, const char *made)
{
    g_autofree char *base = g_strdup_printf("%s.%s", name, suffix);
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "metrics", base, NULL);

    golden_check(file, made);
}

static void
test_golden(gconstpointer data)
{
    g_autoptr(GVariant) tunnels = input(data);
    g_autofree char *text = gre_metrics_format(tunnels, GRE_METRICS_OPENMETRICS);
    g_autofree char *prom = gre_metrics_format(tunnels, GRE_METRICS_PROMETHEUS);

    check_format(text, NULL);
    compare(data, "txt", text);
    compare(data, "prom", prom);
}

/* Nothing is known but that. */
static void
test_stopped(void)
{
    g_autofree char *text = gre_metrics_format(NULL, GRE_METRICS_OPENMETRICS);
    g_autofree char *prom = gre_metrics_format(NULL, GRE_METRICS_PROMETHEUS);

    check_format(text, NULL);
    g_assert_true(g_str_has_suffix(text, "\nnm_gre_service_up 0\n# EOF\n"));
    g_assert_true(g_str_has_suffix(prom, "\nnm_gre_service_up 0\n"));
}

/* Names that would break a line or end a label. */
static void
test_names(void)
{
    static const char status[] = "[{'id': <'a\"b\\\\c\\nd{e=\"f\"} 1'>, 'uuid': <'1-a'>,"
                                 " 'wanted': <true>}]";
    g_autoptr(GVariant) tunnels =
        g_variant_parse(G_VARIANT_TYPE("aa{sv}"), status, NULL, NULL, NULL);
    g_autofree char *text = gre_metrics_format(tunnels, GRE_METRICS_OPENMETRICS);

    check_format(text, NULL);
    g_assert_nonnull(strstr(text,
                            "nm_gre_tunnel_wanted{tunnel=\"a\\\"b\\\\c\\\\nd{e=\\\"f\\\"} 1\","
                            "uuid=\"1-a\"} 1\n"));
}

/* Members of other types, from another version of the service, are as good as none. */
static void
test_types(void)
{
    static const char status[] =
        "[{'id': <1>, 'uuid': <true>, 'state': <1>, 'mtu': <'x'>, 'rx-bytes': <1.5>,"
        " 'failure-time': <'x'>, 'failure-kind': <'proposal'>, 'mode': <2>}]";
    g_autoptr(GVariant) tunnels =
        g_variant_parse(G_VARIANT_TYPE("aa{sv}"), status, NULL, NULL, NULL);
    g_autofree char *text = gre_metrics_format(tunnels, GRE_METRICS_OPENMETRICS);

    check_format(text, NULL);
    g_assert_nonnull(strstr(text, "nm_gre_tunnel_info{tunnel=\"\",uuid=\"\"} 1\n"));
    g_assert_null(strstr(text, "_mtu_"));
    g_assert_null(strstr(text, "_state"));
    g_assert_null(strstr(text, "failure"));
}

static guint
count_rows(const char *page)
{
    guint n = 0;

    while ((page = strstr(page, "\nnm_gre_"))) {
        page++;
        n += strncmp(page + strcspn(page, "|\n"), "|T{\n", 4) == 0;
    }
    return n;
}

/* Every figure of the table is in one of the outputs, so that promtool sees it, and nm-gre(1) has
 * it. */
static void
test_complete(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "..", "..", "man", "nm-gre.1", NULL);
    g_autofree char *page = NULL;
    guint            n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GVariant) tunnels = input(names[i]);
        g_autofree char *text = gre_metrics_format(tunnels, GRE_METRICS_OPENMETRICS);

        check_format(text, seen);
    }
    g_assert_true(g_file_get_contents(file, &page, NULL, NULL));
    for (const GreMetric *metric = gre_metrics_table; metric->name; metric++, n++) {
        g_autofree char *row =
            g_strdup_printf("\n%s%s|T{\n", metric->name, gre_metrics_suffix(metric));

        g_test_message("%s", row);
        g_assert_true(g_hash_table_contains(seen, metric->name));
        g_assert_nonnull(strstr(page, row));
        g_assert_false(g_str_has_suffix(metric->help, "."));
    }
    g_assert_cmpuint(g_hash_table_size(seen), ==, n);
    g_assert_cmpuint(count_rows(page), ==, n);
}

/* The strict reader refuses what is wrong. */
static void
test_reader(void)
{
#define HEAD "# TYPE a gauge\n# HELP a b.\n"
    static const struct {
        const char *text;
        const char *wrong; /* NULL: nothing */
    } rows[] = {
        { "# EOF\n", NULL },
        { HEAD "a 1\n# EOF\n", NULL },
        { HEAD "a{b=\"c\\\"\\\\\\n\",d=\"\"} -1.5\n# EOF\n", NULL },
        { "# TYPE a_s counter\n# UNIT a_s s\n# HELP a_s b\na_s_total 1\n# EOF\n", NULL },
        { "", "end with" },
        { "# EOF", "end with" },
        { HEAD "a 1\n", "end with" },
        { "# EOF\n# EOF\n", "behind the end" },
        { HEAD "a 1\n\n# EOF\n", "empty line" },
        { "a 1\n# EOF\n", "without" },
        { "# TYPE a gauge\na 1\n# EOF\n", "without" },
        { HEAD "b 1\n# EOF\n", "type asks for" },
        { HEAD "a_total 1\n# EOF\n", "type asks for" },
        { "# TYPE a counter\n# HELP a b\na 1\n# EOF\n", "type asks for" },
        { "# TYPE a counter\n# HELP a b\na_total -1\n# EOF\n", "below 0" },
        { "# TYPE a info\n# HELP a b\na_info 2\n# EOF\n", "not 1" },
        { "# TYPE a untyped\n# HELP a b\na 1\n# EOF\n", "a type" },
        { "# TYPE a gauge\n# UNIT a bytes\n# EOF\n", "unit" },
        { "# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "twice" },
        { "# TYPE 1a gauge\n# EOF\n", "no name" },
        { "# comment of mine\n# EOF\n", "unknown" },
        { "# comment\n# EOF\n", "neither" },
        { HEAD "a 1\n# UNIT a a\n# EOF\n", "behind a sample" },
        { HEAD "a 1\n# TYPE b gauge\n# HELP b b\n# HELP a b\n# EOF\n", "before" },
        { HEAD "a{b=\"1\"} 1\na{b=\"1\"} 2\n# EOF\n", "twice" },
        { HEAD "a{b=\"1\",b=\"2\"} 1\n# EOF\n", "labels" },
        { HEAD "a{b=\"1\" c=\"2\"} 1\n# EOF\n", "labels" },
        { HEAD "a{b=1} 1\n# EOF\n", "labels" },
        { HEAD "a{b-c=\"1\"} 1\n# EOF\n", "labels" },
        { HEAD "a{b=\"\\x\"} 1\n# EOF\n", "labels" },
        { HEAD "a{b=\"1} 1\n# EOF\n", "labels" },
        { HEAD "a{} 1\n# EOF\n", "labels" },
        { HEAD "a nan\n# EOF\n", "number" },
        { HEAD "a 1 \n# EOF\n", "number" },
        { HEAD "a  1\n# EOF\n", "number" },
        { HEAD "a{b=\"1\"}1\n# EOF\n", "blank" },
        { HEAD "a{b=\"\377\"} 1\n# EOF\n", "UTF-8" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wrong = openmetrics_check(rows[i].text, NULL);

        g_test_message("%s-> %s", rows[i].text, wrong);
        if (rows[i].wrong)
            g_assert_true(wrong && strstr(wrong, rows[i].wrong));
        else
            g_assert_null(wrong);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/metrics/%s", names[i]);

        g_test_add_data_func(path, names[i], test_golden);
    }
    g_test_add_func("/metrics/service-stopped", test_stopped);
    g_test_add_func("/metrics/names-escaped", test_names);
    g_test_add_func("/metrics/types", test_types);
    g_test_add_func("/metrics/complete", test_complete);
    g_test_add_func("/metrics/reader", test_reader);
    return g_test_run();
}
