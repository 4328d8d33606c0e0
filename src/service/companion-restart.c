/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry for each missing companion, until it is up again. */
#include "service/companion-restart.h"

#include "base/log.h"
#include "nm/nm-client.h"

/* NetworkManager activates a tunnel's secondaries itself: give it time first. */
static const GreCompanionRestartTiming timing_default = { .first = 2000, .last = 60000 };

typedef struct {
    GreCompanionRestart *restart;
    char                *uuid;
    GCancellable        *cancellable; /* of the pending call */
    gboolean             missing;     /* as of the last look */
    guint                timer;
    guint                pause; /* the next one, milliseconds */
} Entry;

struct _GreCompanionRestart {
    GDBusConnection          *bus;
    const GreProfileSet      *set;
    const GreNmActive        *active;
    GreCompanionRestartTiming timing;
    GHashTable               *entries; /* by uuid */
};

static void
entry_rest(Entry *entry)
{
    g_clear_handle_id(&entry->timer, g_source_remove);
    if (entry->cancellable)
        g_cancellable_cancel(entry->cancellable);
    g_clear_object(&entry->cancellable);
}

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    entry_rest(entry);
    g_free(entry->uuid);
    g_free(entry);
}

GreCompanionRestart *
gre_companion_restart_new(GDBusConnection                 *bus,
                          const GreProfileSet             *set,
                          const GreNmActive               *active,
                          const GreCompanionRestartTiming *timing)
{
    GreCompanionRestart *restart = g_new0(GreCompanionRestart, 1);

    restart->bus = g_object_ref(bus);
    restart->set = set;
    restart->active = active;
    restart->timing = timing ? *timing : timing_default;
    restart->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    return restart;
}

void
gre_companion_restart_free(GreCompanionRestart *restart)
{
    if (!restart)
        return;
    g_hash_table_unref(restart->entries);
    g_object_unref(restart->bus);
    g_free(restart);
}

/* ---- activating ---- */

static void schedule(Entry *entry);

static void
answered(GreNmAnswer answer, const char *message, gpointer data)
{
    Entry *entry = data;

    g_clear_object(&entry->cancellable);
    if (answer != GRE_NM_ACTIVATED)
        gre_log_kind_full(GRE_MESSAGE_RESTART_FAILED, LOG_WARNING, NULL, entry->uuid, NULL,
                          "can't restart the companion of a tunnel: %s", message);
    schedule(entry); /* in this case too: it may end before its state is known here */
}

/* The active connection of the tunnel that @companion protects, NULL unless that is up. */
static const char *
active_tunnel(const GreCompanionRestart *restart, const GreKnownProfile *companion)
{
    const GreKnownProfile *tunnel = gre_profile_set_find_tunnel(
        restart->set, companion->protects, companion->uuid, companion->users, NULL);
    const char *path = NULL;

    if (!tunnel ||
        gre_nm_active_state(restart->active, tunnel->uuid, &path) != GRE_ACTIVE_ACTIVATED)
        return NULL;
    return path;
}

static gboolean
due(gpointer data)
{
    Entry                 *entry = data;
    GreCompanionRestart   *restart = entry->restart;
    const GreKnownProfile *companion = gre_profile_set_lookup_uuid(restart->set, entry->uuid);
    const char            *base = companion ? active_tunnel(restart, companion) : NULL;

    entry->timer = 0;
    if (!base || !gre_nm_active_is_down(restart->active, entry->uuid))
        return G_SOURCE_REMOVE; /* the next look ends it, or starts again */
    gre_log_kind_full(GRE_MESSAGE_COMPANION_RESTART, LOG_NOTICE, companion->id, entry->uuid, NULL,
                      "the tunnel is up without its companion: restarting the companion");
    entry->cancellable = g_cancellable_new();
    gre_nm_client_activate_on(restart->bus, entry->uuid, base, entry->cancellable, answered, entry);
    return G_SOURCE_REMOVE;
}

static void
schedule(Entry *entry)
{
    entry->timer = g_timeout_add(entry->pause, due, entry);
    entry->pause = MIN(entry->pause * 2, entry->restart->timing.last);
}

/* ---- looking ---- */

static void
look_at(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    GreCompanionRestart *restart = data;
    Entry               *entry = g_hash_table_lookup(restart->entries, companion->uuid);
    const char          *path;
    GreActiveState       state = gre_nm_active_state(restart->active, companion->uuid, &path);

    if (state == GRE_ACTIVE_ACTIVATED || !active_tunnel(restart, companion))
        return; /* nothing is missing: drop the entry */
    if (!entry) {
        entry = g_new0(Entry, 1);
        entry->restart = restart;
        entry->uuid = g_strdup(companion->uuid);
        entry->pause = restart->timing.first;
        g_hash_table_insert(restart->entries, entry->uuid, entry);
    }
    entry->missing = TRUE;
    if (state == GRE_ACTIVE_DEACTIVATED && !entry->timer && !entry->cancellable)
        schedule(entry);
}

static gboolean
is_back(gpointer uuid, gpointer entry, gpointer data)
{
    return !((Entry *) entry)->missing;
}

void
gre_companion_restart_look(GreCompanionRestart *restart)
{
    GHashTableIter iter;
    gpointer       entry;

    g_hash_table_iter_init(&iter, restart->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        ((Entry *) entry)->missing = FALSE;
    gre_profile_set_each_protected(restart->set, look_at, restart);
    g_hash_table_foreach_remove(restart->entries, is_back, NULL);
}
