/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/history.h"

#include "gre-error.h"

struct _GreHistory {
    GHashTable    *entries; /* char *uuid -> GreHistoryEntry */
    GreHistoryFunc changed;
    gpointer       data;
};

static gint64
now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static void
entry_free(gpointer data)
{
    GreHistoryEntry *entry = data;

    g_free(entry->failure);
    g_free(entry);
}

GreHistory *
gre_history_new(GreHistoryFunc changed, gpointer user_data)
{
    GreHistory *history = g_new0(GreHistory, 1);

    history->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    history->changed = changed;
    history->data = user_data;
    return history;
}

void
gre_history_free(GreHistory *history)
{
    if (!history)
        return;
    g_hash_table_unref(history->entries);
    g_free(history);
}

static GreHistoryEntry *
get(GreHistory *history, const char *uuid)
{
    GreHistoryEntry *entry = g_hash_table_lookup(history->entries, uuid);

    if (!entry) {
        entry = g_new0(GreHistoryEntry, 1);
        g_hash_table_insert(history->entries, g_strdup(uuid), entry);
    }
    return entry;
}

void
gre_history_state(GreHistory *history, const char *uuid, const char *state)
{
    GreHistoryEntry *entry = get(history, uuid);

    if (g_strcmp0(entry->state, state) == 0)
        return;
    entry->state = state;
    entry->since = now();
    history->changed(uuid, state, "", history->data);
}

void
gre_history_failure(GreHistory *history, const char *uuid, const GError *cause)
{
    GreHistoryEntry *entry = get(history, uuid);

    g_free(entry->failure);
    entry->failure = g_strdup(cause->message);
    entry->failure_kind = gre_error_kind(cause);
    entry->failure_time = now();
    history->changed(uuid, entry->state ? entry->state : "down", cause->message, history->data);
}

const GreHistoryEntry *
gre_history_lookup(const GreHistory *history, const char *uuid)
{
    return g_hash_table_lookup(history->entries, uuid);
}

void
gre_history_prune(GreHistory *history,
                  gboolean (*keep)(const char *uuid, gpointer user_data),
                  gpointer user_data)
{
    GHashTableIter iter;
    gpointer       uuid;

    g_hash_table_iter_init(&iter, history->entries);
    while (g_hash_table_iter_next(&iter, &uuid, NULL))
        if (!keep(uuid, user_data))
            g_hash_table_iter_remove(&iter);
}
