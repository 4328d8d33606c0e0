/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt per entry at a time, at pauses that double. NetworkManager's answer that it activates
 * a connection is a promise: it may still give up (it waits 5 s for a VPN service to appear), and
 * then nobody else tries. So an entry stays until the connection is up, or was taken down on
 * request.
 */
#include "service/persistent-restart.h"

#include "base/log.h"
#include "base/runtime-state.h"
#include "nm/nm-client.h"

static const GrePersistentRestartTiming timing_default = { .first = 1000,
                                                           .last = 30000,
                                                           .promised = 10000 };

typedef struct {
    GrePersistentRestart *restart;
    GreRuntimeStateEntry *state;
    GCancellable         *cancellable;
    guint                 timer;
    guint                 pause; /* the next one, milliseconds */
} Entry;

struct _GrePersistentRestart {
    GDBusConnection           *bus;
    const GreNmActive         *active;
    GrePersistentRestartTiming timing;
    GPtrArray                 *entries;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_clear_handle_id(&entry->timer, g_source_remove);
    g_cancellable_cancel(entry->cancellable);
    g_object_unref(entry->cancellable);
    gre_runtime_state_entry_free(entry->state);
    g_free(entry);
}

static void schedule(Entry *entry);

static void
answered(GreNmAnswer answer, const char *message, gpointer data)
{
    Entry *entry = data;

    switch (answer) {
    case GRE_NM_ACTIVATED:
        entry->pause = MAX(entry->pause, entry->restart->timing.promised);
        schedule(entry);
        return;
    case GRE_NM_NOT_NOW:
        gre_log_full(LOG_INFO, NULL, entry->state->uuid, NULL, "not restarted yet: %s", message);
        schedule(entry);
        return;
    case GRE_NM_NEVER:
        gre_log_full(LOG_WARNING, NULL, entry->state->uuid, NULL, "can't restart it: %s", message);
        gre_runtime_state_remove(entry->state->uuid);
        g_ptr_array_remove(entry->restart->entries, entry);
        return;
    }
}

static gboolean
due(gpointer data)
{
    Entry *entry = data;

    entry->timer = 0;
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
add(GrePersistentRestart *restart, GreRuntimeStateEntry *state, guint pause)
{
    Entry *entry = g_new0(Entry, 1);

    entry->restart = restart;
    entry->state = state;
    entry->cancellable = g_cancellable_new();
    entry->pause = pause;
    g_ptr_array_add(restart->entries, entry);
    schedule(entry);
}

GrePersistentRestart *
gre_persistent_restart_new(GDBusConnection                  *bus,
                           const GreNmActive                *active,
                           const GrePersistentRestartTiming *timing)
{
    GrePersistentRestart *restart = g_new0(GrePersistentRestart, 1);
    g_autoptr(GPtrArray) states = gre_runtime_state_list();

    restart->bus = g_object_ref(bus);
    restart->active = active;
    restart->timing = timing ? *timing : timing_default;
    restart->entries = g_ptr_array_new_with_free_func(entry_free);
    while (states->len > 0) {
        GreRuntimeStateEntry *state = g_ptr_array_steal_index(states, states->len - 1);

        gre_log_full(LOG_NOTICE, NULL, state->uuid, NULL,
                     "persistent connection %s was up before: asking NetworkManager to restart it",
                     state->uuid);
        add(restart, state, restart->timing.first);
    }
    return restart;
}

void
gre_persistent_restart_expect(GrePersistentRestart *restart, const char *uuid, const char *base)
{
    GreRuntimeStateEntry *state;

    if (!restart)
        return;
    gre_persistent_restart_forget(restart, uuid);
    state = g_new0(GreRuntimeStateEntry, 1);
    state->uuid = g_strdup(uuid);
    state->base = g_strdup(base);
    add(restart, state, restart->timing.promised);
}

void
gre_persistent_restart_forget(GrePersistentRestart *restart, const char *uuid)
{
    for (guint i = 0; restart && i < restart->entries->len; i++) {
        Entry *entry = g_ptr_array_index(restart->entries, i);

        if (g_str_equal(entry->state->uuid, uuid)) {
            g_ptr_array_remove_index(restart->entries, i);
            return;
        }
    }
}

void
gre_persistent_restart_free(GrePersistentRestart *restart)
{
    if (!restart)
        return;
    g_ptr_array_unref(restart->entries);
    g_object_unref(restart->bus);
    g_free(restart);
}
