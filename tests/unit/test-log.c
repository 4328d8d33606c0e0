/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines: one event is one line, with the right fields, and only at the levels asked for.
 */
#include <string.h>

#include "base/log.h"

static GHashTable      *fields_seen; /* of the last line: name -> value */
static guint            lines_seen;
static GLogWriterOutput verdict = G_LOG_WRITER_HANDLED;

static GLogWriterOutput
fake_journal(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
    lines_seen++;
    g_hash_table_remove_all(fields_seen);
    for (gsize i = 0; i < n; i++) {
        g_assert_cmpint(fields[i].length, ==, -1);
        g_hash_table_insert(fields_seen, g_strdup(fields[i].key), g_strdup(fields[i].value));
    }
    return verdict;
}

static const char *
field(const char *name)
{
    return g_hash_table_lookup(fields_seen, name);
}

static void
test_fields(void)
{
    gre_log_init(LOG_INFO, FALSE);
    gre_log_full(LOG_NOTICE, "office", "1111-22", "nmgre0", "up after %d s", 3);
    g_assert_cmpstr(field("MESSAGE"), ==, "[office] up after 3 s");
    g_assert_cmpstr(field("PRIORITY"), ==, "5");
    g_assert_cmpstr(field("SYSLOG_IDENTIFIER"), ==, "nm-gre-service");
    g_assert_cmpstr(field("SYSLOG_FACILITY"), ==, "3");
    g_assert_cmpstr(field("NM_CONNECTION"), ==, "1111-22");
    g_assert_cmpstr(field("NM_DEVICE"), ==, "nmgre0");

    g_assert_null(field("MESSAGE_ID"));

    gre_log_kind_full(GRE_MESSAGE_FAILED, LOG_ERR, "office", "1111-22", NULL, "failed: %s", "x");
    g_assert_cmpstr(field("MESSAGE"), ==, "[office] failed: x");
    g_assert_cmpstr(field("NM_CONNECTION"), ==, "1111-22");
    g_assert_cmpstr(field("MESSAGE_ID"), ==, gre_message_ids_get(GRE_MESSAGE_FAILED));

    gre_log(LOG_ERR, "%s", "no connection");
    g_assert_cmpstr(field("MESSAGE"), ==, "no connection");
    g_assert_cmpstr(field("PRIORITY"), ==, "3");
    g_assert_null(field("NM_CONNECTION"));
    g_assert_null(field("NM_DEVICE"));
}

/* journald takes 32 hexadecimal digits, and each kind has its own. */
static void
test_ids(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (int message = 0; message < GRE_N_MESSAGES; message++) {
        const char *id = gre_message_ids_get(message);

        g_assert_cmpuint(strlen(id), ==, 32);
        g_assert_cmpuint(strspn(id, "0123456789abcdef"), ==, 32);
        g_assert_true(g_hash_table_add(seen, (gpointer) id));
    }
}

static void
test_levels(void)
{
    static const int shown[] = { LOG_EMERG, LOG_ERR, LOG_WARNING };

    gre_log_init(LOG_WARNING, FALSE);
    lines_seen = 0;
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_assert_true(gre_log_enabled(shown[i]));
        gre_log(shown[i], "shown");
    }
    g_assert_cmpuint(lines_seen, ==, 3);
    g_assert_false(gre_log_enabled(LOG_NOTICE));
    gre_log(LOG_NOTICE, "not shown");
    gre_log(LOG_DEBUG, "not shown");
    g_assert_cmpuint(lines_seen, ==, 3);
    gre_log_init(99, FALSE);
    g_assert_true(gre_log_enabled(LOG_DEBUG));
}

typedef struct {
    const char *text;
    const char *line;
} EscapeRow;

static const EscapeRow escape_rows[] = {
    { "plain text, 100 %", "plain text, 100 %" },
    { "two\nlines", "two\\nlines" },
    { "\r\x1b[31mred\a", "\\x0d\\x1b[31mred\\x07" },
    { "tab\there", "tab\\x09here" },
    { "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac", "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac" },
    { "\x7f", "\\x7f" },
    { "\xc2\x85next line", "\\u0085next line" },
    { "\xe2\x80\xa8separator", "\\u2028separator" },
    { "\xe2\x80\xaeturned", "\\u202eturned" },
    { "zero\xe2\x80\x8bwidth", "zero\\u200bwidth" },
    { "broken \xff\xc3", "broken \\xff\\xc3" },
    { "", "" },
};

static void
test_escape(void)
{
    gre_log_init(LOG_INFO, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(escape_rows); i++) {
        gre_log(LOG_INFO, "%s", escape_rows[i].text);
        g_assert_cmpstr(field("MESSAGE"), ==, escape_rows[i].line);
    }
    gre_log_full(LOG_INFO, "a]\n[b", NULL, NULL, "text");
    g_assert_cmpstr(field("MESSAGE"), ==, "[a]\\n[b] text");
}

static void
test_glib(void)
{
    if (g_test_subprocess()) {
        gre_log_init(LOG_WARNING, TRUE);
        g_log_set_always_fatal(G_LOG_FATAL_MASK);
        g_message("of no interest");
        g_log("GIO", G_LOG_LEVEL_WARNING, "two\nlines");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("20*-*-* *:*:*.* warning: GIO: two\\nlines\n");
}

static void
test_stderr(void)
{
    if (g_test_subprocess()) {
        gre_log_init(LOG_NOTICE, TRUE);
        gre_log_full(LOG_NOTICE, "office", "1111-22", NULL, "one\nline");
        gre_log(LOG_INFO, "not shown");
        g_assert_cmpuint(lines_seen, ==, 0);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("20*-*-* *:*:*.* notice: [office] one\\nline\n");
}

static void
test_no_journal(void)
{
    if (g_test_subprocess()) {
        verdict = G_LOG_WRITER_UNHANDLED;
        gre_log_init(LOG_NOTICE, FALSE);
        gre_log(LOG_ERR, "not lost");
        g_assert_cmpuint(lines_seen, ==, 1);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("* error: not lost\n");
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    fields_seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gre_log_set_journal(fake_journal);
    g_test_add_func("/log/fields", test_fields);
    g_test_add_func("/log/ids", test_ids);
    g_test_add_func("/log/levels", test_levels);
    g_test_add_func("/log/escape", test_escape);
    g_test_add_func("/log/glib", test_glib);
    g_test_add_func("/log/stderr", test_stderr);
    g_test_add_func("/log/no-journal", test_no_journal);
    status = g_test_run();
    g_hash_table_unref(fields_seen);
    return status;
}
