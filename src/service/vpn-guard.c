/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/vpn-guard.h"

#include "base/log.h"
#include "kernel/gre-links.h"

typedef struct {
    GreBarrier      barrier;
    GreBarrierHold *hold;
    char           *id;     /* of the profile, for the log */
    char           *ifname; /* of the device, likewise */
    gboolean        wanted;
} Entry;

struct _GreVpnGuard {
    GreEngine           *engine;
    const GreProfileSet *set;
    GPtrArray           *entries;
    guint                profiles; /* that it is for: without any, no device matters */
    guint                watch;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    gre_barriers_release(entry->hold, NULL, NULL);
    g_free(entry->id);
    g_free(entry->ifname);
    g_free(entry);
}

static void
laid(gpointer data, const GError *error)
{
    const Entry *entry = data;

    if (error)
        gre_log_kind(GRE_MESSAGE_BARRIER_FAILED, LOG_ERR,
                     "device \"%s\" has the endpoints of \"%s\": can't set up its barrier: %s",
                     entry->ifname, entry->id, error->message);
    else
        gre_log_kind(
            GRE_MESSAGE_BARRIER_FOREIGN, LOG_WARNING,
            "device \"%s\" of another program has the endpoints of \"%s\", which has IPsec: GRE "
            "passes inside ESP only",
            entry->ifname, entry->id);
}

static void
want(GreVpnGuard *guard, const GreKnownProfile *profile, const GreLink *link)
{
    const GreBarrier barrier = {
        .local = profile->local,
        .remote = profile->remote,
        .mark = gre_barrier_mark(profile->uuid),
    };
    Entry *entry;

    for (guint i = 0; i < guard->entries->len; i++) {
        entry = g_ptr_array_index(guard->entries, i);
        if (gre_barrier_equal(&entry->barrier, &barrier)) {
            entry->wanted = TRUE;
            return;
        }
    }
    entry = g_new0(Entry, 1);
    entry->barrier = barrier;
    entry->id = g_strdup(profile->id);
    entry->ifname = g_strdup(link->ifname);
    entry->wanted = TRUE;
    g_ptr_array_add(guard->entries, entry);
    gre_barriers_hold(guard->engine->barriers, &barrier, &entry->hold, laid, entry);
}

/* ---- which device, which profile ---- */

typedef struct {
    GreVpnGuard   *guard;
    const GreLink *link;
} Match;

/* A profile of one user blocks nobody else's tunnel. */
static gboolean
counts(const GreKnownProfile *profile)
{
    return profile->kind == GRE_KNOWN_VPN && !profile->users && profile->remote.family != AF_UNSPEC;
}

static void
count(const GreKnownProfile *profile, gpointer data)
{
    GreVpnGuard *guard = data;

    guard->profiles += counts(profile);
}

static void
match(const GreKnownProfile *profile, gpointer data)
{
    const Match *m = data;

    if (!counts(profile) || !gre_address_equal(&profile->remote, &m->link->remote))
        return;
    if (gre_address_is_any(&profile->local) || gre_address_is_any(&m->link->local) ||
        gre_address_equal(&profile->local, &m->link->local))
        want(m->guard, profile, m->link);
}

static void
look_at(GreVpnGuard *guard, const GreLink *link)
{
    Match m = { guard, link };

    if (link->uuid[0] == '\0' && !gre_address_is_any(&link->remote))
        gre_profile_set_each(guard->set, match, &m);
}

void
gre_vpn_guard_look(GreVpnGuard *guard)
{
    g_autoptr(GArray) links = NULL;

    guard->profiles = 0;
    gre_profile_set_each(guard->set, count, guard);
    if (guard->profiles == 0 && guard->entries->len == 0)
        return;
    links = gre_links_list(guard->engine->netlink, NULL);
    if (!links)
        return; /* unknown: all stays */
    for (guint i = 0; i < guard->entries->len; i++)
        ((Entry *) g_ptr_array_index(guard->entries, i))->wanted = FALSE;
    for (guint i = 0; i < links->len; i++)
        look_at(guard, &g_array_index(links, GreLink, i));
    for (guint i = guard->entries->len; i > 0; i--)
        if (!((Entry *) g_ptr_array_index(guard->entries, i - 1))->wanted)
            g_ptr_array_remove_index(guard->entries, i - 1);
}

static void
kernel_event(GreNetlinkEvent event, int ifindex, gpointer data)
{
    GreVpnGuard *guard = data;
    GreLink      link;

    switch (event) {
    case GRE_NETLINK_LINK_CHANGED:
        if (guard->profiles > 0 && gre_links_find_index(guard->engine->netlink, ifindex, &link))
            look_at(guard, &link);
        break;
    case GRE_NETLINK_LINK_REMOVED:
        if (guard->entries->len > 0)
            gre_vpn_guard_look(guard);
        break;
    case GRE_NETLINK_OVERRUN:
        gre_vpn_guard_look(guard);
        break;
    case GRE_NETLINK_UNDERLAY:
        break;
    }
}

GreVpnGuard *
gre_vpn_guard_new(GreEngine *engine, const GreProfileSet *set)
{
    GreVpnGuard *guard = g_new0(GreVpnGuard, 1);

    guard->engine = engine;
    guard->set = set;
    guard->entries = g_ptr_array_new_with_free_func(entry_free);
    guard->watch = gre_netlink_watch(engine->netlink, kernel_event, guard);
    gre_vpn_guard_look(guard);
    return guard;
}

void
gre_vpn_guard_free(GreVpnGuard *guard)
{
    if (!guard)
        return;
    gre_netlink_unwatch(guard->engine->netlink, guard->watch);
    g_ptr_array_unref(guard->entries);
    g_free(guard);
}
