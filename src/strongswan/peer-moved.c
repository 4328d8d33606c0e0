/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers whose address or port a NAT changes during an SA. charon follows most of these changes
 * itself; this file handles those that it does not follow, and those that the tunnel cannot follow.
 */
#include "strongswan/peer-private.h"

/* Minimum time between two SAs ended because the daemon keeps the old port: if that happens
 * repeatedly, the tunnel works in between. */
#define MOVED_AGAIN (60 * G_TIME_SPAN_SECOND)

static void
leave(GrePeer *peer, const GreIkeSa *ike, char *where)
{
    g_free(peer->moved);
    peer->moved = where;
    gre_peer_remove_terminate(peer, ike->unique_id, NULL, TRUE);
}

/* The policies moved with the SA to the new address, but the tunnel still uses the old one. */
gboolean
gre_peer_moved_leave(GrePeer *peer)
{
    const GreIkeSa *ike = gre_sa_list_moved(&peer->sas, &peer->remote);
    char            buf[GRE_ADDRESS_STRLEN];

    if (ike)
        leave(peer, ike, g_strdup(gre_address_to_string(&ike->remote, buf)));
    return ike != NULL;
}

/* If both ends are behind a NAT, the initiator assumes that the peer's NAT never changes: ike_sa.c,
 * update_hosts(). */
static gboolean
is_followed(const GreIkeSa *ike)
{
    return !ike->ours || !ike->nat_local || !ike->nat_remote;
}

void
gre_peer_moved_mapping(GrePeer *peer, guint32 spi_in, const char *where)
{
    const GreIkeSa *ike = gre_sa_list_ike_of_spi(&peer->sas, spi_in);
    gint64          now = g_get_monotonic_time();

    if (!ike || is_followed(ike) || peer->op || peer->stage != GRE_PEER_LOADED ||
        (peer->moved_at && now - peer->moved_at < MOVED_AGAIN))
        return;
    peer->moved_at = now;
    leave(peer, ike, g_strdup(where));
}
