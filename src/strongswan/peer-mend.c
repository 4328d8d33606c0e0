/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Renews what another program removed from the kernel: `ip xfrm policy flush`, `ip xfrm state
 * flush`. charon does not notice and lists the CHILD_SA as installed. Rekeying it installs new
 * states and policies at both ends; a trap is uninstalled and loaded again.
 */
#include "strongswan/peer-private.h"

#include "base/log.h"
#include "kernel/xfrm-state.h"
#include "strongswan/peer-config.h"

static gboolean
check_again(gpointer data)
{
    GrePeer *peer = data;

    peer->mend_timer = 0;
    gre_peer_mend_suspect(peer);
    return G_SOURCE_REMOVE;
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
is_whole(const GrePeer *peer, const GreChildSa *child)
{
    GreNetlink *netlink = peer->daemon->netlink;

    return gre_xfrm_state_exists(netlink, &peer->local, child->spi_in) &&
           gre_xfrm_state_exists(netlink, &peer->remote, child->spi_out) &&
           gre_xfrm_state_has_policies(netlink, &peer->local, &peer->remote);
}

void
gre_peer_mend_check(GrePeer *peer)
{
    const GreChildSa *child = gre_sa_list_child(&peer->sas);

    peer->suspect = FALSE;
    if (child)
        peer->mend = !is_whole(peer, child);
    else if (peer->has_trap)
        peer->mend =
            !gre_xfrm_state_has_policies(peer->daemon->netlink, &peer->local, &peer->remote);
    if (!peer->mend)
        g_clear_handle_id(&peer->mend_timer, g_source_remove);
    else if (!peer->mend_timer)
        gre_log(LOG_WARNING,
                "\"%s\": another program removed strongSwan's IPsec states or policies from the "
                "kernel; renewing them",
                peer->name);
}

static void
rekeyed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    /* If it failed, the next check finds it still incomplete. */
    g_clear_handle_id(&peer->mend_timer, g_source_remove);
    peer->mend_timer = g_timeout_add(peer->daemon->timing.mend, check_again, peer);
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

void
gre_peer_mend(GrePeer *peer)
{
    const GreChildSa *child = gre_sa_list_child(&peer->sas);

    peer->mend = FALSE;
    if (child)
        rekey(peer, child);
    else
        gre_peer_request(peer, "uninstall", gre_peer_config_trap(peer->name), uninstalled_cb);
}
