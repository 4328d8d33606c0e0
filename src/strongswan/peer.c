/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One peer. gre_peer_converge() alone decides what to do next: it compares the wanted with the
 * actual state and starts at most one request, whose reply calls it again.
 */
#include "strongswan/peer-private.h"

#include "gre-permissions.h"
#include "strongswan/peer-config.h"

const GrePeerTiming gre_peer_timing_default = {
    .attempt = 3500,
    .attempt_idle = 4500,
    .exchange = 20000,
    .pause_eager = 500,
    .repeat = 1000,
    .pause_first = 1000,
    .pause_last = 60000,
    .surplus = 2000,
    .terminate = 2000,
    .load = 5000,
    .settle = 500,
    .mend = 3000,
    .nudge = 5000,
    .request = 10000,
    .left = 30000,
};

static gboolean
kicked(gpointer data)
{
    GrePeer *peer = data;

    peer->kick = 0;
    gre_peer_converge(peer);
    return G_SOURCE_REMOVE;
}

void
gre_peer_converge_later(GrePeer *peer)
{
    if (!peer->kick)
        peer->kick = g_idle_add(kicked, peer);
}

GrePeer *
gre_peer_new(GrePeerDaemon           *daemon,
             const GrePeerOwnerFuncs *owner_funcs,
             gpointer                 owner,
             const char              *name)
{
    GrePeer *peer = g_new0(GrePeer, 1);

    peer->daemon = daemon;
    peer->owner_funcs = owner_funcs;
    peer->owner = owner;
    peer->name = g_strdup(name);
    peer->users = g_ptr_array_new();
    peer->old_authorities = g_ptr_array_new_with_free_func(g_free);
    peer->stale = g_array_new(FALSE, FALSE, sizeof(StaleSa));
    gre_sa_list_init(&peer->sas);
    gre_sa_list_init(&peer->listing);
    return peer;
}

static void
user_free(GrePeerUser *user)
{
    gre_profile_unref(user->profile);
    gre_credentials_unref(user->credentials);
    g_free(user);
}

void
gre_peer_clear_timers(GrePeer *peer)
{
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    g_clear_handle_id(&peer->surplus_timer, g_source_remove);
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    gre_peer_mend_clear(peer);
}

void
gre_peer_free(GrePeer *peer)
{
    if (peer->op)
        vici_client_cancel(peer->daemon->vici, peer->op);
    gre_peer_attempt_clear(peer);
    g_clear_handle_id(&peer->kick, g_source_remove);
    gre_peer_clear_timers(peer);
    g_clear_handle_id(&peer->remove_timer, g_source_remove);
    for (guint i = 0; i < peer->users->len; i++)
        user_free(g_ptr_array_index(peer->users, i));
    g_ptr_array_unref(peer->users);
    g_array_unref(peer->stale);
    g_ptr_array_unref(peer->old_authorities);
    gre_credentials_unref(peer->credentials);
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_clear(&peer->listing);
    g_free(peer->moved);
    g_free(peer->name);
    g_free(peer);
}

GrePeerUser *
gre_peer_first_user(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing)
            return user;
    }
    return NULL;
}

gboolean
gre_peer_wanted(const GrePeer *peer)
{
    return gre_peer_first_user(peer) != NULL;
}

const GrePeerCounts *
gre_peer_user_counts(const GrePeerUser *user)
{
    return &user->peer->counts;
}

const char *
gre_peer_user_name(const GrePeerUser *user)
{
    return user->peer->name;
}

const GreIpsecOptions *
gre_peer_options(const GrePeer *peer)
{
    const GrePeerUser *user = gre_peer_first_user(peer);

    return user ? &user->profile->ipsec : NULL;
}

gboolean
gre_peer_eager(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->eager)
            return TRUE;
    }
    return FALSE;
}

gboolean
gre_peer_initiates(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->profile->ipsec.start == GRE_START_INITIATE)
            return TRUE;
    }
    return FALSE;
}

/* A callback may release its user or acquire another: iterate over a copy of the list. */
void
gre_peer_tell(GrePeer *peer, GreTell what, const GError *cause)
{
    g_autoptr(GPtrArray) users = g_ptr_array_copy(peer->users, NULL, NULL);

    for (guint i = 0; i < users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(users, i);
        gboolean     fresh;

        if (!g_ptr_array_find(peer->users, user, NULL) || user->releasing)
            continue;
        fresh = user->fresh;
        user->fresh = FALSE;
        switch (what) {
        case GRE_TELL_ARMED:
            user->funcs->armed(user->data);
            /* A user that joined during a reload: the SA stayed, so nothing else reports it. */
            if (fresh && peer->up && !user->releasing)
                user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
            break;
        case GRE_TELL_UP:
            user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
            break;
        case GRE_TELL_FAILED:
            user->funcs->failed(user->data, cause);
            break;
        case GRE_TELL_WARNED:
            user->funcs->warned(user->data, cause);
            break;
        }
    }
}

void
gre_peer_request(GrePeer *peer, const char *command, GBytes *message, ViciReplyFunc reply)
{
    peer->op = vici_client_request(peer->daemon->vici, command, message, NULL, NULL,
                                   peer->daemon->timing.request, reply, peer);
}

void
gre_peer_release_users(GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len;) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(peer->users, i);
        user->funcs->released(user->data);
        user_free(user);
    }
}

void
gre_peer_daemon_lost(GrePeer *peer, const GError *error)
{
    if (peer->op)
        vici_client_cancel(peer->daemon->vici, peer->op);
    peer->op = 0;
    gre_peer_attempt_clear(peer);
    gre_peer_clear_timers(peer);
    gre_peer_remove_note_stale(peer);
    if (peer->stage == GRE_PEER_REMOVING || !gre_peer_wanted(peer)) {
        gre_peer_remove_done(peer);
        return;
    }
    peer->stage = GRE_PEER_UNLOADED;
    peer->up = FALSE;
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_init(&peer->sas);
    gre_peer_tell(peer, GRE_TELL_FAILED, error);
}

/* Users that joined while everything was loaded, or while the daemon is known to be unreachable,
 * are informed separately. */
static void
greet(GrePeer *peer)
{
    g_autoptr(GPtrArray) users = g_ptr_array_copy(peer->users, NULL, NULL);
    const GError *away = peer->daemon->away;

    for (guint i = 0; i < users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(users, i);

        if (!g_ptr_array_find(peer->users, user, NULL) || !user->fresh || user->releasing)
            continue;
        if (peer->stage != GRE_PEER_LOADED && !away)
            continue;
        user->fresh = FALSE;
        if (peer->stage != GRE_PEER_LOADED)
            user->funcs->failed(user->data, away);
        else
            user->funcs->armed(user->data);
        if (peer->up && !user->releasing)
            user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
    }
}

const char *
gre_peer_conflict(const GrePeerUser    *user,
                  const GreProfile     *profile,
                  const GreCredentials *credentials)
{
    const char *key;

    if (!gre_permissions_equal(user->profile->users, profile->users))
        return "connection.permissions";
    if (user->profile->mode == GRE_MODE_XFRM || profile->mode == GRE_MODE_XFRM)
        return "mode"; /* each has an if_id of its own */
    key = gre_peer_config_conflict(&user->profile->ipsec, &profile->ipsec);
    return key ? key : gre_credentials_conflict(user->credentials, credentials);
}

/* Whether the daemon's configuration was loaded for a user that is being released, and @next has
 * different settings. */
static gboolean
is_outdated(const GrePeer *peer, const GrePeerUser *next)
{
    for (guint i = 0; i < peer->users->len; i++) {
        const GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (user->releasing && gre_peer_conflict(user, next->profile, next->credentials))
            return TRUE;
    }
    return FALSE;
}

/* Removes what has no users left. Returns whether nothing more is to do (@peer may be freed). */
static gboolean
let_go(GrePeer *peer)
{
    const GrePeerUser *next = gre_peer_first_user(peer);

    if (next) {
        if (peer->stage == GRE_PEER_REMOVING)
            return FALSE;
        if (vici_client_is_up(peer->daemon->vici) && is_outdated(peer, next)) {
            gre_peer_remove(peer);
            return TRUE;
        }
        gre_peer_release_users(peer);
        return FALSE;
    }
    if (!vici_client_is_up(peer->daemon->vici))
        gre_peer_remove_done(peer);
    else if (peer->stage != GRE_PEER_REMOVING)
        gre_peer_remove(peer);
    else
        return FALSE;
    return TRUE;
}

void
gre_peer_converge(GrePeer *peer)
{
    if (let_go(peer))
        return;
    greet(peer);
    if (peer->op || !vici_client_is_up(peer->daemon->vici))
        return;
    if (peer->stage == GRE_PEER_REMOVING) {
        if (peer->look)
            gre_peer_look_list(peer);
        else
            gre_peer_remove_step(peer);
    } else if (!gre_peer_wanted(peer))
        gre_peer_converge_later(peer);
    else if (peer->stage == GRE_PEER_UNLOADED) {
        if (!peer->load_timer)
            gre_peer_load(peer);
    } else if (peer->look)
        gre_peer_look_list(peer);
    else if (peer->mend)
        gre_peer_mend(peer);
    else if (!peer->up)
        gre_peer_attempt_step(peer);
}

/* ---- users ---- */

void
gre_peer_user_set_eager(GrePeerUser *user, gboolean eager)
{
    if (eager && !user->eager)
        gre_peer_attempt_now(user->peer);
    user->eager = eager;
}

const GreChildSa *
gre_peer_user_child(const GrePeerUser *user)
{
    return user->peer->up ? gre_sa_list_child(&user->peer->sas) : NULL;
}

void
gre_peer_user_release(GrePeerUser *user)
{
    user->releasing = TRUE;
    user->eager = FALSE;
    gre_peer_converge_later(user->peer);
}
