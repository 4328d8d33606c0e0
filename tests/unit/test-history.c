/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a connection, and what others are told of it. */
#include "service/history.h"

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

/* The last failure stays known whatever comes after it; each is told, also the same one again. */
static void
test_failures(void)
{
    GString               *told = g_string_new(NULL);
    GreHistory            *history = gre_history_new(on_changed, told);
    const GreHistoryEntry *entry;

    gre_history_failure(history, UUID, "no route");
    gre_history_state(history, UUID, "failed");
    gre_history_failure(history, UUID, "no answer");
    gre_history_failure(history, UUID, "no answer");
    gre_history_state(history, UUID, "up");
    g_assert_cmpstr(told->str, ==,
                    "down(no route) failed() failed(no answer) failed(no answer) up() ");
    entry = gre_history_lookup(history, UUID);
    g_assert_cmpstr(entry->failure, ==, "no answer");
    g_assert_cmpint(ABS(entry->failure_time - g_get_real_time() / G_USEC_PER_SEC), <=, 5);
    gre_history_free(history);
    gre_history_free(NULL);
    g_string_free(told, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/history/states", test_states);
    g_test_add_func("/history/failures", test_failures);
    return g_test_run();
}
