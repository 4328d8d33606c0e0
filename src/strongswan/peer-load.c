/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a peer into strongSwan: the secret, the connection, then the trap; and again if it was
 * refused or unloaded.
 */
#include "strongswan/peer-private.h"

#include "gre-error.h"
#include "strongswan/peer-config.h"

static gboolean
load_again(gpointer data)
{
    GrePeer *peer = data;

    peer->load_timer = 0;
    gre_peer_converge(peer);
    return G_SOURCE_REMOVE;
}

void
gre_peer_load_failed(GrePeer *peer, GreErrorCode code, const char *what, const GError *error)
{
    g_autoptr(GError) cause = NULL;

    if (!g_error_matches(error, GRE_ERROR, GRE_ERROR_REFUSED)) {
        /* The daemon has stopped or hangs: `down` follows and informs all users. */
        return;
    }
    g_set_error(&cause, GRE_ERROR, code, "strongSwan refused the %s: %s", what, error->message);
    peer->up = FALSE; /* an existing SA is reported again once all is loaded */
    gre_peer_tell(peer, GRE_TELL_FAILED, cause);
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    peer->load_timer = g_timeout_add(peer->daemon->timing.load, load_again, peer);
}

static void
loaded(GrePeer *peer)
{
    peer->stage = GRE_PEER_LOADED;
    peer->trapped = TRUE;
    peer->look = TRUE;
    gre_peer_tell(peer, GRE_TELL_ARMED, NULL);
    gre_peer_converge(peer);
}

/* If all users wait for the peer, a trap would initiate with the first packet; the barrier blocks
 * that packet. */
static gboolean
wants_trap(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->profile->ipsec.start != GRE_START_RESPOND)
            return TRUE;
    }
    return FALSE;
}

static void
installed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    if (error) {
        /* Not the profile's fault: the connection was unloaded in between, or the kernel had no
         * room.
         */
        gre_peer_load_failed(peer, GRE_ERROR_DAEMON, "trap policy", error);
        return;
    }
    peer->has_trap = TRUE;
    loaded(peer);
}

static void
connection_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    if (error)
        gre_peer_load_failed(peer, GRE_ERROR_PROFILE, "connection", error);
    else if (!gre_peer_wanted(peer))
        gre_peer_remove(peer);
    else if (wants_trap(peer))
        gre_peer_request(peer, "install", gre_peer_config_trap(peer->name), installed_cb);
    else {
        peer->has_trap = FALSE;
        loaded(peer);
    }
}

void
gre_peer_load_connection(GrePeer *peer)
{
    const GrePeerUser *user = gre_peer_first_user(peer);
    g_autoptr(GError) wrong = NULL;
    GBytes *message;

    if (!user) {
        gre_peer_remove(peer);
        return;
    }
    message = gre_peer_config_connection(peer->name, user->profile, user->if_id, peer->credentials,
                                         &peer->local, &peer->remote, &wrong);
    if (message)
        gre_peer_request(peer, "load-conn", message, connection_loaded_cb);
    else
        gre_peer_tell(peer, GRE_TELL_FAILED, wrong);
}

static void
secret_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    if (error)
        gre_peer_load_failed(peer, GRE_ERROR_PROFILE, "secret", error);
    else
        gre_peer_load_connection(peer);
}

void
gre_peer_load(GrePeer *peer)
{
    const GrePeerUser *user = gre_peer_first_user(peer);
    g_autoptr(GError) error = NULL;
    GBytes *message;

    peer->held = TRUE;
    peer->if_id = user->if_id;
    g_clear_pointer(&peer->credentials, gre_credentials_unref);
    if (user->credentials) {
        peer->credentials = gre_credentials_ref(user->credentials);
        gre_peer_keys_load(peer);
        return;
    }
    message = gre_peer_config_secret(peer->name, gre_peer_options(peer), &peer->remote, &error);
    if (message)
        gre_peer_request(peer, "load-shared", message, secret_loaded_cb);
    else
        gre_peer_tell(peer, GRE_TELL_FAILED, error);
}

static gboolean
settled(gpointer data)
{
    GrePeer *peer = data;

    peer->settle_timer = 0;
    if (peer->stage == GRE_PEER_LOADED) {
        peer->stage = GRE_PEER_UNLOADED;
        gre_peer_converge(peer);
    }
    return G_SOURCE_REMOVE;
}

void
gre_peer_load_again_soon(GrePeer *peer)
{
    if (peer->stage == GRE_PEER_REMOVING)
        return; /* it was us */
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    peer->settle_timer = g_timeout_add(peer->daemon->timing.settle, settled, peer);
}
