/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of peers and its connection to the daemon. */
#include "strongswan/peers-private.h"

#include "base/runtime-state.h"
#include "gre-error.h"
#include "strongswan/peer-config.h"

static void
each_peer(GrePeers *set, void (*func)(GrePeer *peer, gpointer data), gpointer data)
{
    g_autoptr(GList) peers = g_hash_table_get_values(set->peers);

    /* @func may remove the peer that it is called for, but no other. */
    for (GList *l = peers; l; l = l->next)
        func(l->data, data);
}

/* ---- the daemon's side ---- */

static void
peer_daemon_up(GrePeer *peer, gpointer data)
{
    gre_peer_converge_later(peer);
}

static void
daemon_up(ViciClient *client, gpointer data)
{
    GrePeers *set = data;

    g_clear_error(&set->daemon.away);
    each_peer(set, peer_daemon_up, NULL);
    /* The search for leftovers waits for its timer: it may be the reason why the daemon stopped. */
    if (set->swept || (set->left && !set->left_timer))
        gre_peers_sweep_ask(set);
}

static void
peer_daemon_lost(GrePeer *peer, gpointer error)
{
    gre_peer_daemon_lost(peer, error);
}

static void
daemon_down(ViciClient *client, const GError *error, gpointer data)
{
    GrePeers *set = data;

    g_clear_error(&set->daemon.away);
    set->daemon.away = g_error_copy(error);
    each_peer(set, peer_daemon_lost, set->daemon.away);
    if (!set->sweep_pending)
        gre_peers_sweep_finish(set); /* nothing is loaded then */
    gre_peers_sweep_rest_later(set);
}

/* ---- the set ---- */

static void
peer_destroy(gpointer peer)
{
    gre_peer_free(peer);
}

GrePeers *
gre_peers_new(const char *vici_path, const GrePeerTiming *timing)
{
    static const char *const         events[] = { "ike-updown",  "child-updown", "ike-rekey",
                                                  "child-rekey", "log",          NULL };
    static const ViciClientCallbacks callbacks = { daemon_up, daemon_down, gre_peers_event };
    GrePeers                        *set = g_new0(GrePeers, 1);

    set->daemon.timing = timing ? *timing : gre_peer_timing_default;
    set->peers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, peer_destroy);
    set->sweep_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->daemon.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gre_runtime_state_load_keys(set->daemon.keys);
    set->daemon.vici = vici_client_new(vici_path, events, &callbacks, set);
    return set;
}

void
gre_peers_free(GrePeers *set)
{
    if (!set)
        return;
    g_clear_handle_id(&set->rest_source, g_source_remove);
    g_clear_handle_id(&set->nudge_timer, g_source_remove);
    g_clear_handle_id(&set->left_timer, g_source_remove);
    g_hash_table_unref(set->peers);
    g_hash_table_unref(set->sweep_names);
    g_hash_table_unref(set->daemon.keys);
    vici_client_free(set->daemon.vici);
    g_clear_error(&set->daemon.away);
    g_free(set->seeker);
    g_free(set->daemon.differ_id);
    g_free(set->daemon.theirs);
    g_free(set->daemon.ours);
    g_free(set);
}

void
gre_peers_set_netlink(GrePeers *set, GreNetlink *netlink)
{
    set->daemon.netlink = netlink;
}

static void
unwanted(GrePeer *peer, gpointer set)
{
    gre_peers_sweep_forget(set, peer);
}

static gboolean
wants_key(gpointer set, const char *id)
{
    return gre_peers_keys_wanted(set, id);
}

GrePeer *
gre_peers_new_peer(GrePeers *set, const char *name)
{
    static const GrePeerOwnerFuncs funcs = { unwanted, wants_key };
    GrePeer                       *peer = gre_peer_new(&set->daemon, &funcs, set, name);

    g_hash_table_insert(set->peers, peer->name, peer);
    return peer;
}

static GrePeer *
peer_get(GrePeers *set, const char *name, const GreAddress *local, const GreAddress *remote)
{
    GrePeer *peer = g_hash_table_lookup(set->peers, name);

    if (!peer)
        peer = gre_peers_new_peer(set, name);
    peer->local = *local;
    peer->remote = *remote;
    return peer;
}

GrePeerUser *
gre_peers_acquire(GrePeers               *set,
                  GreProfile             *profile,
                  GreCredentials         *credentials,
                  const GreAddress       *local,
                  const GreAddress       *remote,
                  guint32                 if_id,
                  const GrePeerUserFuncs *funcs,
                  gpointer                user_data,
                  GError                **error)
{
    g_autofree char *name = gre_peer_config_name(local, remote);
    GrePeer         *peer;
    GrePeerUser     *user;

    if (!gre_peers_share_allows(set, name, profile, credentials, remote, error))
        return NULL;
    peer = peer_get(set, name, local, remote);
    user = g_new0(GrePeerUser, 1);
    user->peer = peer;
    user->profile = gre_profile_ref(profile);
    user->credentials = credentials ? gre_credentials_ref(credentials) : NULL;
    user->if_id = if_id;
    user->funcs = funcs;
    user->data = user_data;
    user->fresh = TRUE;
    g_ptr_array_add(peer->users, user);
    if (peer->stage == GRE_PEER_LOADED && !peer->has_trap &&
        profile->ipsec.start != GRE_START_RESPOND)
        peer->stage = GRE_PEER_UNLOADED; /* loading again does no harm, and installs the trap */
    vici_client_start(set->daemon.vici);
    vici_client_poke(set->daemon.vici);
    gre_peer_converge_later(peer);
    return user;
}

static void
nudge(GrePeer *peer, gpointer data)
{
    gre_peer_attempt_now(peer);
}

static gboolean
nudge_again(gpointer data)
{
    GrePeers *set = data;

    set->nudge_timer = 0;
    if (set->nudge_waits)
        gre_peers_nudge(set);
    return G_SOURCE_REMOVE;
}

void
gre_peers_nudge(GrePeers *set)
{
    /* Routes may change constantly (BGP): one reason to try is enough. */
    set->nudge_waits = set->nudge_timer != 0;
    if (set->nudge_waits)
        return;
    set->nudge_timer = g_timeout_add(set->daemon.timing.nudge, nudge_again, set);
    each_peer(set, nudge, NULL);
}

static gboolean
has_one_of(const GrePeer *peer, const GArray *spis)
{
    for (guint i = 0; i < spis->len; i++)
        if (gre_sa_list_has_spi(&peer->sas, g_array_index(spis, guint32, i)))
            return TRUE;
    return FALSE;
}

static void
suspect(GrePeer *peer, gpointer spis)
{
    if (!spis || has_one_of(peer, spis))
        gre_peer_mend_suspect(peer);
}

void
gre_peers_kernel_lost(GrePeers *set, const GArray *spis)
{
    each_peer(set, suspect, (gpointer) spis);
}
