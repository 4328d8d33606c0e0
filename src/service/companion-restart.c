/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry for each companion that is missing, from when it is until it is back. */
#include "service/companion-restart.h"

#include "base/log.h"
#include "nm/nm-client.h"

/* NetworkManager brings a tunnel's secondaries up itself: a moment for it first. */
static const GreCompanionRestartTiming timing_default = { .first = 2000, .last = 60000 };

typedef struct {
    GreCompanionRestart *keeper;
    char                *uuid;
    GCancellable        *cancellable; /* of the call that is under way */
    gboolean             missing;     /* as of the last look */
    guint                timer;
    guint                pause; /* the next one, milliseconds */
} Entry;

struct _GreKeeper {
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
    GreCompanionRestart *keeper = g_new0(GreCompanionRestart, 1);

    keeper->bus = g_object_ref(bus);
    keeper->set = set;
    keeper->active = active;
    keeper->timing = timing ? *timing : timing_default;
    keeper->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    return keeper;
}

void
gre_companion_restart_free(GreCompanionRestart *keeper)
{
    if (!keeper)
        return;
    g_hash_table_unref(keeper->entries);
    g_object_unref(keeper->bus);
    g_free(keeper);
}

/* ---- bringing it up ---- */

static void schedule(Entry *entry);

static void
answered(GreNmAnswer answer, const char *message, gpointer data)
{
    Entry *entry = data;

    g_clear_object(&entry->cancellable);
    if (answer != GRE_NM_ACTIVATED)
        gre_log_full(LOG_WARNING, NULL, entry->uuid, NULL,
                     "can't restart the companion of a tunnel: %s", message);
    schedule(entry); /* also then: it may end before its state is known here */
}

/* The active connection of the tunnel that @companion protects, NULL unless that is up. */
static const char *
active_tunnel(const GreCompanionRestart *keeper, const GreKnownProfile *companion)
{
    const GreKnownProfile *tunnel =
        gre_profile_set_find_tunnel(keeper->set, companion->protects, companion->uuid, NULL);
    const char *path = NULL;

    if (!tunnel || gre_nm_active_state(keeper->active, tunnel->uuid, &path) != GRE_ACTIVE_ACTIVATED)
        return NULL;
    return path;
}

static gboolean
is_down(const GreCompanionRestart *keeper, const char *uuid)
{
    const char *path;

    return gre_nm_active_state(keeper->active, uuid, &path) == GRE_ACTIVE_DEACTIVATED;
}

static gboolean
due(gpointer data)
{
    Entry                 *entry = data;
    GreCompanionRestart   *keeper = entry->keeper;
    const GreKnownProfile *companion = gre_profile_set_lookup_uuid(keeper->set, entry->uuid);
    const char            *base = companion ? active_tunnel(keeper, companion) : NULL;

    entry->timer = 0;
    if (!base || !is_down(keeper, entry->uuid))
        return G_SOURCE_REMOVE; /* the next look ends it, or begins again */
    gre_log_full(LOG_NOTICE, companion->id, entry->uuid, NULL,
                 "the tunnel is up without its companion: restarting the companion");
    entry->cancellable = g_cancellable_new();
    gre_nm_client_activate_on(keeper->bus, entry->uuid, base, entry->cancellable, answered, entry);
    return G_SOURCE_REMOVE;
}

static void
schedule(Entry *entry)
{
    entry->timer = g_timeout_add(entry->pause, due, entry);
    entry->pause = MIN(entry->pause * 2, entry->keeper->timing.last);
}

/* ---- looking ---- */

static void
look_at(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    GreCompanionRestart *keeper = data;
    Entry               *entry = g_hash_table_lookup(keeper->entries, companion->uuid);
    const char          *path;
    GreActiveState       state = gre_nm_active_state(keeper->active, companion->uuid, &path);

    if (state == GRE_ACTIVE_ACTIVATED || !active_tunnel(keeper, companion))
        return; /* nothing is missing: what there is of an entry goes */
    if (!entry) {
        entry = g_new0(Entry, 1);
        entry->keeper = keeper;
        entry->uuid = g_strdup(companion->uuid);
        entry->pause = keeper->timing.first;
        g_hash_table_insert(keeper->entries, entry->uuid, entry);
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
gre_companion_restart_look(GreCompanionRestart *keeper)
{
    GHashTableIter iter;
    gpointer       entry;

    g_hash_table_iter_init(&iter, keeper->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        ((Entry *) entry)->missing = FALSE;
    gre_profile_set_each_protected(keeper->set, look_at, keeper);
    g_hash_table_foreach_remove(keeper->entries, is_back, NULL);
}
