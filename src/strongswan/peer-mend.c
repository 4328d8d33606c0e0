/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Renews what another program removed from the kernel: `ip xfrm policy flush`, `ip xfrm state
 * flush`. charon does not notice and lists the CHILD_SA as installed. Rekeying it installs new
 * states and policies at both ends; a trap is uninstalled and loaded again. A peer that refuses to
 * rekey (with a group for the ESP proposal at one end only, the first CHILD_SA comes up and no
 * other does) gets a new IKE_SA.
 */
#include "strongswan/peer-private.h"

#include "base/log.h"
#include "kernel/xfrm-state.h"
#include "strongswan/peer-config.h"

enum { REKEYS = 2 }; /* before the SA is set up anew */

static gboolean
check_again(gpointer data)
{
    GrePeer *peer = data;

    peer->mend_timer = 0;
    peer->mend_tries++; /* unless this check finds all there */
    gre_peer_mend_suspect(peer);
    return G_SOURCE_REMOVE;
}

void
gre_peer_mend_clear(GrePeer *peer)
{
    g_clear_handle_id(&peer->mend_timer, g_source_remove);
    peer->suspect = peer->mend = peer->mend_told = FALSE;
    peer->mend_tries = 0;
}

void
gre_peer_mend_suspect(GrePeer *peer)
{
    if (!peer->daemon->netlink || peer->stage != GRE_PEER_LOADED)
        return;
    peer->suspect = TRUE;
    gre_peer_look(peer);
}

static gboolean
has_policies(const GrePeer *peer)
{
    if (peer->if_id)
        return gre_xfrm_state_has_policies_of(peer->daemon->netlink, peer->if_id);
    return gre_xfrm_state_has_policies(peer->daemon->netlink, &peer->local, &peer->remote);
}

static gboolean
is_whole(const GrePeer *peer, const GreChildSa *child)
{
    GreNetlink *netlink = peer->daemon->netlink;

    return gre_xfrm_state_exists(netlink, &peer->local, child->spi_in) &&
           gre_xfrm_state_exists(netlink, &peer->remote, child->spi_out) && has_policies(peer);
}

void
gre_peer_mend_check(GrePeer *peer)
{
    const GreChildSa *child = gre_sa_list_child(&peer->sas);

    peer->suspect = FALSE;
    if (child)
        peer->mend = !is_whole(peer, child);
    else if (peer->has_trap)
        peer->mend = !has_policies(peer);
    if (!peer->mend)
        gre_peer_mend_clear(peer);
    else if (!peer->mend_told)
        gre_log_kind(
            GRE_MESSAGE_SA_RENEWED, LOG_WARNING,
            "\"%s\": another program removed strongSwan's IPsec states or policies from the "
            "kernel; renewing them",
            peer->name);
    peer->mend_told = peer->mend;
}

static void
rekeyed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    gre_peer_converge(peer);
}

static void
rekey(GrePeer *peer, const GreChildSa *child)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "child-id", child->unique_id);
    gre_peer_request(peer, "rekey", vici_builder_finish(builder, NULL), rekeyed_cb);
}

static void
uninstalled_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    if (peer->stage == GRE_PEER_LOADED)
        peer->stage = GRE_PEER_UNLOADED; /* loading installs the trap */
    gre_peer_converge(peer);
}

/* What is refused is found incomplete by the next check. */
void
gre_peer_mend(GrePeer *peer)
{
    const GreChildSa *child = gre_sa_list_child(&peer->sas);

    peer->mend = FALSE;
    g_clear_handle_id(&peer->mend_timer, g_source_remove);
    peer->mend_timer = g_timeout_add(peer->daemon->timing.mend, check_again, peer);
    if (child && peer->mend_tries % (REKEYS + 1) < REKEYS)
        rekey(peer, child);
    else if (child)
        gre_peer_remove_terminate(peer, NULL, NULL, TRUE);
    else
        gre_peer_request(peer, "uninstall", gre_peer_config_trap(peer->name), uninstalled_cb);
}
