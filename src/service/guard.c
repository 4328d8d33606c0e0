/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares the wanted barriers with those it holds, whenever something changes. */
#include "service/guard.h"

#include "base/log.h"
#include "kernel/gre-links.h"
#include "nm/keyfile.h"
#include "nm/nm-profiles.h"
#include "service/companion-restart.h"
#include "service/vpn-guard.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define TRIM_MS 500

typedef struct {
    GreBarrier      barrier;
    GreBarrierHold *hold;
    char           *id;     /* of the tunnel, for the log */
    gboolean        wanted; /* a profile needs it; else a device that still exists */
    gboolean        failed; /* it is not in place: install it again */
} Entry;

struct _GreGuard {
    GreEngine           *engine;
    GreProfileSet       *set;
    GreNmProfiles       *profiles;
    GreNmActive         *active;
    GreCompanionRestart *restart;
    GreVpnGuard         *vpn;
    GPtrArray           *entries;
    guint                watch;
    guint                trim_timer;
    void (*changed)(gpointer user_data);
    gpointer data;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->id);
    g_free(entry);
}

/* ---- barriers ---- */

static void
laid(gpointer data, const GError *error)
{
    Entry *entry = data;

    entry->failed = error != NULL;
    if (error)
        gre_log_kind(GRE_MESSAGE_BARRIER_FAILED, LOG_ERR,
                     "tunnel \"%s\": can't set up its barrier: %s", entry->id, error->message);
    else
        gre_log_kind(GRE_MESSAGE_BARRIER_UP, LOG_INFO, "tunnel \"%s\": its barrier is in place",
                     entry->id);
}

static Entry *
find(const GreGuard *guard, const GreBarrier *barrier)
{
    for (guint i = 0; i < guard->entries->len; i++) {
        Entry *entry = g_ptr_array_index(guard->entries, i);

        if (gre_barrier_equal(&entry->barrier, barrier))
            return entry;
    }
    return NULL;
}

static Entry *
hold(GreGuard *guard, const GreBarrier *barrier, const char *id)
{
    Entry *entry = g_new0(Entry, 1);

    entry->barrier = *barrier;
    entry->id = g_strdup(id);
    g_ptr_array_add(guard->entries, entry);
    gre_barriers_hold(guard->engine->barriers, barrier, &entry->hold, laid, entry);
    return entry;
}

static GreBarrier
barrier_for(const GreKnownProfile *companion, const GreKnownProfile *tunnel)
{
    GreBarrier barrier = {
        .local = tunnel->tunnel->local,
        .remote = tunnel->tunnel->remote,
        .mark = gre_barrier_mark(companion->uuid),
    };

    barrier.local.family = barrier.remote.family; /* any, of that family, if it is open */
    return barrier;
}

static void
want(const GreKnownProfile *companion, const GreKnownProfile *profile, gpointer data)
{
    GreGuard  *guard = data;
    GreBarrier barrier = barrier_for(companion, profile);
    Entry     *entry = find(guard, &barrier);

    if (!entry)
        entry = hold(guard, &barrier, profile->id);
    entry->wanted = TRUE;
}

/* NetworkManager's device that a barrier is for; NULL if there is none. */
static const GreLink *
device_of(const GArray *tunnels, const GreBarrier *barrier)
{
    for (guint i = 0; tunnels && i < tunnels->len; i++) {
        const GreLink *tunnel = &g_array_index(tunnels, GreLink, i);

        if (tunnel->uuid[0] == '\0' && gre_address_equal(&tunnel->local, &barrier->local) &&
            gre_address_equal(&tunnel->remote, &barrier->remote))
            return tunnel;
    }
    return NULL;
}

static void
release(GreGuard *guard, guint i)
{
    Entry *entry = g_ptr_array_index(guard->entries, i);

    gre_barriers_release(entry->hold, NULL, NULL);
    g_ptr_array_remove_index(guard->entries, i);
}

/* Marks it for installation. */
static void
release_failed(GreGuard *guard)
{
    for (guint i = guard->entries->len; i > 0; i--)
        if (((Entry *) g_ptr_array_index(guard->entries, i - 1))->failed)
            release(guard, i - 1);
}

/* Releases barriers that no profile needs, once their device is gone too. */
static void
release_unwanted(GreGuard *guard)
{
    g_autoptr(GArray) tunnels = NULL;

    for (guint i = guard->entries->len; i > 0; i--) {
        Entry *entry = g_ptr_array_index(guard->entries, i - 1);

        if (entry->wanted)
            continue;
        if (!tunnels)
            tunnels = gre_links_list(guard->engine->netlink, NULL);
        if (tunnels && !device_of(tunnels, &entry->barrier))
            release(guard, i - 1);
    }
}

static void
look(GreGuard *guard)
{
    release_failed(guard);
    for (guint i = 0; i < guard->entries->len; i++)
        ((Entry *) g_ptr_array_index(guard->entries, i))->wanted = FALSE;
    gre_profile_set_each_protected(guard->set, want, guard);
    release_unwanted(guard);
}

/* Whether a barrier of an earlier run is for an existing device; then it is held. */
static gboolean
keep(const GreBarrier *barrier, gpointer data)
{
    GreGuard *guard = data;
    g_autoptr(GArray) tunnels = gre_links_list(guard->engine->netlink, NULL);
    const GreLink *tunnel = device_of(tunnels, barrier);

    if (!tunnels)
        return TRUE; /* unknown: it stays */
    if (tunnel)
        hold(guard, barrier, tunnel->ifname);
    return tunnel != NULL;
}

/* ---- changes ---- */

/* Reading a profile takes many times the memory that is kept, and the heap would not shrink.
 * Delayed, because GDBus still holds what it received. */
static gboolean
give_memory_back(gpointer data)
{
    GreGuard *guard = data;

    guard->trim_timer = 0;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return G_SOURCE_REMOVE;
}

static void
give_memory_back_soon(GreGuard *guard)
{
    if (!guard->trim_timer)
        guard->trim_timer = g_timeout_add(TRIM_MS, give_memory_back, guard);
}

static void
profiles_changed(gpointer data)
{
    GreGuard *guard = data;

    look(guard);
    gre_vpn_guard_look(guard->vpn);
    gre_companion_restart_look(guard->restart);
    give_memory_back_soon(guard);
    guard->changed(guard->data);
}

static void
active_changed(gpointer data)
{
    gre_companion_restart_look(((GreGuard *) data)->restart);
}

static void
kernel_event(GreNetlinkEvent event, int ifindex, gpointer data)
{
    GreGuard *guard = data;
    guint     before = guard->entries->len;

    if (event != GRE_NETLINK_LINK_REMOVED && event != GRE_NETLINK_OVERRUN)
        return;
    release_unwanted(guard);
    if (guard->entries->len != before)
        guard->changed(guard->data);
}

GreGuard *
gre_guard_new(GreEngine       *engine,
              GDBusConnection *bus,
              void (*changed)(gpointer user_data),
              gpointer user_data)
{
    GreGuard *guard = g_new0(GreGuard, 1);

    guard->engine = engine;
    guard->changed = changed;
    guard->data = user_data;
    guard->entries = g_ptr_array_new_with_free_func(entry_free);
    guard->set = gre_profile_set_new();
    gre_keyfile_read_all(NULL, guard->set);
    look(guard);
    give_memory_back_soon(guard);
    gre_engine_set_keep(engine, keep, guard);
    guard->watch = gre_netlink_watch(engine->netlink, kernel_event, guard);
    guard->vpn = gre_vpn_guard_new(engine, guard->set);
    guard->profiles = gre_nm_profiles_new(bus, guard->set, profiles_changed, guard);
    guard->active = gre_nm_active_new(bus, active_changed, guard);
    guard->restart = gre_companion_restart_new(bus, guard->set, guard->active, NULL);
    return guard;
}

void
gre_guard_free(GreGuard *guard)
{
    if (!guard)
        return;
    g_clear_handle_id(&guard->trim_timer, g_source_remove);
    gre_engine_set_keep(guard->engine, NULL, NULL);
    gre_netlink_unwatch(guard->engine->netlink, guard->watch);
    gre_companion_restart_free(guard->restart);
    gre_vpn_guard_free(guard->vpn);
    gre_nm_active_free(guard->active);
    gre_nm_profiles_free(guard->profiles);
    gre_profile_set_free(guard->set);
    g_ptr_array_unref(guard->entries);
    g_free(guard);
}

void
gre_guard_nm_appeared(GreGuard *guard)
{
    gre_nm_profiles_start(guard->profiles);
    gre_nm_active_start(guard->active);
}

void
gre_guard_nm_vanished(GreGuard *guard)
{
    gre_nm_profiles_stop(guard->profiles);
    gre_nm_active_stop(guard->active);
}

gboolean
gre_guard_is_needed(const GreGuard *guard)
{
    return guard->entries->len > 0;
}

void
gre_guard_view_barrier(const GreGuard        *guard,
                       const GreKnownProfile *companion,
                       const GreKnownProfile *tunnel,
                       GreBarriersView       *view)
{
    GreBarrier   barrier = barrier_for(companion, tunnel);
    const Entry *entry = find(guard, &barrier);

    gre_barriers_hold_view(entry ? entry->hold : NULL, view);
}

const GreProfileSet *
gre_guard_profiles(const GreGuard *guard)
{
    return guard->set;
}

GreNmActive *
gre_guard_active(const GreGuard *guard)
{
    return guard->active;
}

/* ---- finding a tunnel ---- */

typedef struct {
    GreGuard     *guard;
    char         *protects, *uuid;
    char        **users;
    GreGuardFound found;
    gpointer      data;
} Search;

static void
search_free(gpointer data)
{
    Search *search = data;

    g_free(search->protects);
    g_free(search->uuid);
    g_strfreev(search->users);
    g_free(search);
}

static void
synced(gpointer data)
{
    Search *search = data;
    g_autoptr(GError) error = NULL;
    const GreKnownProfile *profile = gre_profile_set_find_tunnel(
        search->guard->set, search->protects, search->uuid, search->users, &error);

    search->found(profile ? profile->tunnel : NULL, error, search->data);
}

void
gre_guard_find(GreGuard     *guard,
               const char   *protects,
               const char   *uuid,
               char        **users,
               GCancellable *cancellable,
               GreGuardFound found,
               gpointer      user_data)
{
    Search *search = g_new0(Search, 1);

    search->guard = guard;
    search->protects = g_strdup(protects);
    search->uuid = g_strdup(uuid);
    search->users = g_strdupv(users);
    search->found = found;
    search->data = user_data;
    gre_nm_profiles_sync(guard->profiles, cancellable, synced, search, search_free);
}
