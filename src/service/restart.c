/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt per entry at a time, at pauses that double. NetworkManager's answer that it activates
 * a connection is a promise: it may still give up (it waits 5 s for a VPN service to appear), and
 * then nobody else tries. So an entry stays until the connection is up, or was taken down on
 * request; one that is not persistent stays for as long as a lost SA would be tried.
 */
#include "service/restart.h"

#include "base/log.h"
#include "base/runtime-state.h"
#include "nm/nm-client.h"

static const GreRestartTiming timing_default = {
    .first = 1000, .last = 30000, .promised = 10000, .limit = 300000
};

typedef struct {
    GreRestart           *restart;
    GreRuntimeStateEntry *state;
    GCancellable         *cancellable;
    guint                 timer;
    guint                 pause; /* the next one, milliseconds */
    gint64                limit; /* monotonic time; 0: none */
    char                 *problem;
} Entry;

struct _GreRestart {
    GDBusConnection   *bus;
    const GreNmActive *active;
    GreRestartTiming   timing;
    GPtrArray         *entries;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_clear_handle_id(&entry->timer, g_source_remove);
    g_cancellable_cancel(entry->cancellable);
    g_object_unref(entry->cancellable);
    gre_runtime_state_entry_free(entry->state);
    g_free(entry->problem);
    g_free(entry);
}

static void schedule(Entry *entry);

/* Frees @entry. */
static void
give_up(Entry *entry, const char *why)
{
    gre_log_kind_full(GRE_MESSAGE_RESTART_FAILED, LOG_WARNING, NULL, entry->state->uuid, NULL,
                      "can't restart it: %s", why);
    gre_runtime_state_remove(entry->state->uuid);
    g_ptr_array_remove(entry->restart->entries, entry);
}

static void
answered(GreNmAnswer answer, const char *message, gpointer data)
{
    Entry   *entry = data;
    gboolean told;

    switch (answer) {
    case GRE_NM_ACTIVATED:
        entry->pause = MAX(entry->pause, entry->restart->timing.promised);
        schedule(entry);
        return;
    case GRE_NM_NOT_NOW:
        told = g_strcmp0(entry->problem, message) == 0;
        /* A cause that lasts is worth a line in the journal, and not one for each attempt. */
        gre_log_kind_full(GRE_MESSAGE_RESTART_FAILED, told ? LOG_INFO : LOG_NOTICE, NULL,
                          entry->state->uuid, NULL, "not restarted yet: %s", message);
        g_free(entry->problem);
        entry->problem = g_strdup(message);
        schedule(entry);
        return;
    case GRE_NM_NEVER:
        give_up(entry, message);
        return;
    }
}

static gboolean
due(gpointer data)
{
    Entry *entry = data;

    entry->timer = 0;
    if (entry->limit && g_get_monotonic_time() >= entry->limit) {
        g_autofree char *problem = g_steal_pointer(&entry->problem);

        give_up(entry, problem ? problem : "NetworkManager did not bring it up in time");
        return G_SOURCE_REMOVE;
    }
    if (!gre_nm_active_is_down(entry->restart->active, entry->state->uuid)) {
        schedule(entry); /* asking for it now would take it down first */
        return G_SOURCE_REMOVE;
    }
    gre_nm_client_activate(entry->restart->bus, entry->state->uuid, entry->state->base,
                           entry->cancellable, answered, entry);
    return G_SOURCE_REMOVE;
}

static void
schedule(Entry *entry)
{
    entry->timer = g_timeout_add(entry->pause, due, entry);
    entry->pause = MIN(entry->pause * 2, entry->restart->timing.last);
}

/* Takes @state. */
static void
add(GreRestart *restart, GreRuntimeStateEntry *state, guint pause)
{
    Entry *entry = g_new0(Entry, 1);

    entry->restart = restart;
    entry->state = state;
    entry->cancellable = g_cancellable_new();
    entry->pause = pause;
    if (!state->persistent)
        entry->limit = g_get_monotonic_time() + restart->timing.limit * G_TIME_SPAN_MILLISECOND;
    g_ptr_array_add(restart->entries, entry);
    schedule(entry);
}

GreRestart *
gre_restart_new(GDBusConnection        *bus,
                const GreNmActive      *active,
                const GreRestartTiming *timing,
                gboolean (*is_up)(const char *uuid, gpointer user_data),
                gpointer user_data)
{
    GreRestart *restart = g_new0(GreRestart, 1);
    g_autoptr(GPtrArray) states = gre_runtime_state_list();

    restart->bus = g_object_ref(bus);
    restart->active = active;
    restart->timing = timing ? *timing : timing_default;
    restart->entries = g_ptr_array_new_with_free_func(entry_free);
    while (states->len > 0) {
        GreRuntimeStateEntry *state = g_ptr_array_steal_index(states, states->len - 1);

        if (is_up && is_up(state->uuid, user_data)) {
            gre_runtime_state_entry_free(state);
            continue;
        }
        gre_log_kind_full(GRE_MESSAGE_RESTART, LOG_NOTICE, NULL, state->uuid, NULL,
                          "connection %s was up before: asking NetworkManager to restart it",
                          state->uuid);
        add(restart, state, restart->timing.first);
    }
    return restart;
}

void
gre_restart_add(
    GreRestart *restart, const char *uuid, const char *base, gboolean persistent, gboolean expected)
{
    GreRuntimeStateEntry *state;

    if (!restart)
        return;
    gre_restart_forget(restart, uuid);
    state = g_new0(GreRuntimeStateEntry, 1);
    state->uuid = g_strdup(uuid);
    state->base = g_strdup(base);
    state->persistent = persistent;
    add(restart, state, expected ? restart->timing.promised : restart->timing.first);
}

static Entry *
find(const GreRestart *restart, const char *uuid)
{
    for (guint i = 0; restart && i < restart->entries->len; i++) {
        Entry *entry = g_ptr_array_index(restart->entries, i);

        if (g_str_equal(entry->state->uuid, uuid))
            return entry;
    }
    return NULL;
}

gboolean
gre_restart_wants(const GreRestart *restart, const char *uuid, const char **problem)
{
    const Entry *entry = find(restart, uuid);

    *problem = entry ? entry->problem : NULL;
    return entry != NULL;
}

void
gre_restart_forget(GreRestart *restart, const char *uuid)
{
    Entry *entry = find(restart, uuid);

    if (entry)
        g_ptr_array_remove(restart->entries, entry);
}

void
gre_restart_free(GreRestart *restart)
{
    if (!restart)
        return;
    g_ptr_array_unref(restart->entries);
    g_object_unref(restart->bus);
    g_free(restart);
}
