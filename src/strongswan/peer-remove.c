/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes a peer from strongSwan: the trap, the SAs, the connection, the secret or keys; and from
 * the kernel the stale SAs of a killed strongSwan.
 */
#include "strongswan/peer-private.h"

#include "kernel/stale-sa.h"
#include "strongswan/peer-config.h"

void
gre_peer_remove_note_stale(GrePeer *peer)
{
    for (guint i = 0; i < peer->sas.ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(peer->sas.ike, i);

        for (guint j = 0; j < ike->children->len; j++) {
            const GreChildSa *child = g_ptr_array_index(ike->children, j);
            StaleSa           stale = { child->spi_in, child->spi_out };

            g_array_append_val(peer->stale, stale);
        }
    }
}

void
gre_peer_remove_stale_sas(GrePeer *peer)
{
    gboolean known = peer->daemon->netlink && peer->remote.family != AF_UNSPEC;

    for (guint i = 0; known && i < peer->stale->len; i++) {
        const StaleSa *stale = &g_array_index(peer->stale, StaleSa, i);

        gre_stale_sa_remove(peer->daemon->netlink, &peer->local, &peer->remote, stale->spi_in,
                            stale->spi_out);
    }
    g_array_set_size(peer->stale, 0);
}

static void
looked_after_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    /* An error: nothing matched, it is already gone. */
    peer->op = 0;
    peer->look = TRUE;
    gre_peer_converge(peer);
}

void
gre_peer_remove_terminate(GrePeer *peer, const char *ike_id, const char *child_id, gboolean force)
{
    ViciBuilder *builder = vici_builder_new();

    if (child_id)
        vici_builder_string(builder, "child-id", child_id);
    else if (ike_id)
        vici_builder_string(builder, "ike-id", ike_id);
    else
        vici_builder_string(builder, "ike", peer->name);
    vici_builder_string(builder, "timeout", "-1");
    if (force)
        vici_builder_string(builder, "force", "yes");
    gre_peer_request(peer, "terminate", vici_builder_finish(builder, NULL), looked_after_cb);
}

static gboolean
sas_gone(const GrePeer *peer)
{
    return peer->sas.ike->len == 0 && peer->sas.leaving == 0;
}

static void
remove_stale_policies(GrePeer *peer)
{
    if (peer->if_id)
        gre_stale_sa_remove_policies_of(peer->daemon->netlink, peer->if_id);
    else
        gre_stale_sa_remove_policies(peer->daemon->netlink, &peer->local, &peer->remote);
}

void
gre_peer_remove_done(GrePeer *peer)
{
    /* An unreachable daemon may only hang, and still hold everything. */
    if (vici_client_is_up(peer->daemon->vici) && sas_gone(peer))
        peer->held = FALSE;
    g_clear_handle_id(&peer->remove_timer, g_source_remove);
    peer->stage = GRE_PEER_UNLOADED;
    peer->up = FALSE;
    peer->dead = FALSE;
    peer->remove_tries = 0;
    gre_peer_remove_stale_sas(peer);
    if (peer->trapped && peer->daemon->netlink && !vici_client_is_up(peer->daemon->vici))
        remove_stale_policies(peer);
    peer->trapped = FALSE;
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_init(&peer->sas);
    gre_peer_release_users(peer);
    if (gre_peer_wanted(peer))
        gre_peer_converge_later(peer);
    else
        peer->owner_funcs->unwanted(peer, peer->owner);
}

static GBytes *
one_string(const char *key, const char *value)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, key, value);
    return vici_builder_finish(builder, NULL);
}

/* Continues with @command, unless the last one failed because the daemon stopped: then nothing more
 * may be sent to the next one. */
void
gre_peer_remove_unload(
    GrePeer *peer, const char *command, const char *key, const char *value, ViciReplyFunc reply)
{
    peer->op = 0;
    if (vici_client_is_up(peer->daemon->vici))
        gre_peer_request(peer, command, one_string(key, value), reply);
    else
        gre_peer_converge(peer);
}

static void
shared_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    /* An error: it did not exist, which is fine; likewise for the others. */
    gre_peer_keys_unload(data);
}

static void
connection_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    gre_peer_remove_unload(peer, "unload-shared", "id", peer->name, shared_unloaded_cb);
}

static void
uninstalled_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    gre_peer_remove_unload(peer, "unload-conn", "name", peer->name, connection_unloaded_cb);
}

static gboolean
remove_due(gpointer data)
{
    GrePeer *peer = data;

    peer->remove_timer = 0;
    gre_peer_look(peer);
    return G_SOURCE_REMOVE;
}

/* Ends the SAs seen by the last look, until none is left or the peer does not confirm. */
void
gre_peer_remove_step(GrePeer *peer)
{
    if (sas_gone(peer) || peer->remove_tries > 3) {
        gre_peer_remove_done(peer);
        return;
    }
    if (peer->remove_timer)
        return; /* a DELETE is in progress */
    peer->remove_timer = g_timeout_add(peer->daemon->timing.terminate, remove_due, peer);
    gre_peer_remove_terminate(peer, NULL, NULL, peer->dead || peer->remove_tries > 0);
    peer->remove_tries++;
}

/* The connection is unloaded before its SAs: a peer whose tunnel stays up answers their end with a
 * new SA immediately, which must not find a connection. */
void
gre_peer_remove(GrePeer *peer)
{
    peer->stage = GRE_PEER_REMOVING;
    peer->remove_tries = 0;
    gre_peer_attempt_clear(peer);
    gre_peer_clear_timers(peer);
    if (peer->op) /* its answer no longer matters, but later ones do */
        vici_client_cancel(peer->daemon->vici, peer->op);
    gre_peer_request(peer, "uninstall", gre_peer_config_trap(peer->name), uninstalled_cb);
}
