/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a connection, and what others are told of it. */
#include "service/history.h"
#include "gre-error.h"

#include <gio/gio.h>
#include <string.h>

#define UUID "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"

static gboolean
is_other(const char *uuid, gpointer data)
{
    return !g_str_equal(uuid, UUID);
}

static void
on_changed(const char *uuid, const char *state, const char *cause, gpointer data)
{
    g_assert_cmpstr(uuid, ==, UUID);
    g_string_append_printf(data, "%s(%s) ", state, cause);
}

static void
test_states(void)
{
    GString               *told = g_string_new(NULL);
    GreHistory            *history = gre_history_new(on_changed, told);
    const GreHistoryEntry *entry;

    g_assert_null(gre_history_lookup(history, UUID));
    gre_history_state(history, UUID, "connecting");
    gre_history_state(history, UUID, "connecting");
    gre_history_state(history, UUID, "up");
    g_assert_cmpstr(told->str, ==, "connecting() up() ");
    entry = gre_history_lookup(history, UUID);
    g_assert_cmpstr(entry->state, ==, "up");
    g_assert_null(entry->failure);
    g_assert_cmpint(ABS(entry->since - g_get_real_time() / G_USEC_PER_SEC), <=, 5);
    gre_history_prune(history, is_other, NULL);
    g_assert_null(gre_history_lookup(history, UUID));
    gre_history_free(history);
    g_string_free(told, TRUE);
}

static void
fail(GreHistory *history, GreErrorCode code, const char *text)
{
    g_autoptr(GError) cause = g_error_new_literal(GRE_ERROR, code, text);

    gre_history_failure(history, UUID, cause);
}

/* The last failure stays known whatever comes after it; each is told, also the same one again. */
static void
test_failures(void)
{
    GString               *told = g_string_new(NULL);
    GreHistory            *history = gre_history_new(on_changed, told);
    const GreHistoryEntry *entry;

    fail(history, GRE_ERROR_ROUTE, "no route");
    gre_history_state(history, UUID, "failed");
    fail(history, GRE_ERROR_NO_ANSWER, "no answer");
    fail(history, GRE_ERROR_NO_ANSWER, "no answer");
    gre_history_state(history, UUID, "up");
    g_assert_cmpstr(told->str, ==,
                    "down(no route) failed() failed(no answer) failed(no answer) up() ");
    entry = gre_history_lookup(history, UUID);
    g_assert_cmpstr(entry->failure, ==, "no answer");
    g_assert_cmpstr(entry->failure_kind, ==, "no-answer");
    g_assert_cmpint(ABS(entry->failure_time - g_get_real_time() / G_USEC_PER_SEC), <=, 5);
    gre_history_free(history);
    gre_history_free(NULL);
    g_string_free(told, TRUE);
}

/* Programs rely on the kinds: each code has one of its own, and nm-gre(1) has it. */
static void
test_kinds(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) other = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "x");
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "..", "..", "man", "nm-gre.1", NULL);
    g_autofree char *page = NULL;

    g_assert_true(g_file_get_contents(file, &page, NULL, NULL));
    g_assert_cmpstr(gre_error_kind(other), ==, "other");
    for (int code = 0; code <= GRE_ERROR_STOPPED; code++) {
        g_autoptr(GError) error = g_error_new_literal(GRE_ERROR, code, "x");
        const char *kind = gre_error_kind(error);
        g_auto(GStrv) parts = g_strsplit(kind, "-", -1);
        g_autofree char *escaped = g_strjoinv("\\-", parts);
        g_autofree char *row = g_strdup_printf("\n%s|T{\n", escaped);

        g_test_message("%s", kind);
        g_assert_true(g_hash_table_add(seen, (gpointer) kind));
        g_assert_nonnull(strstr(page, row));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/history/states", test_states);
    g_test_add_func("/history/failures", test_failures);
    g_test_add_func("/history/kinds", test_kinds);
    return g_test_run();
}
