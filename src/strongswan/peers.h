/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of peers: every address pair that a tunnel of this host needs in strongSwan, and their
 * shared connection to the daemon.
 */
#ifndef GRE_PEERS_H
#define GRE_PEERS_H

#include "kernel/netlink.h"
#include "strongswan/peer.h"

typedef struct _GrePeers GrePeers;

/**
 * gre_peers_new:
 * @vici_path: (nullable): the daemon's socket; NULL: the usual one
 *
 * Connects only when a peer is wanted or gre_peers_sweep() is called.
 */
GrePeers *gre_peers_new(const char *vici_path, const GrePeerTiming *timing);
void      gre_peers_free(GrePeers *set); /* leaves the daemon as it is */

/* Lets it remove stale SAs of a killed daemon from the kernel. */
void gre_peers_set_netlink(GrePeers *set, GreNetlink *netlink);

/**
 * gre_peers_sweep:
 * @done: called once, when the daemon holds nothing unused of ours (or cannot be reached)
 *
 * Removes what an earlier run left in the daemon; its names identify it.
 */
void gre_peers_sweep(GrePeers *set, GSourceFunc done, gpointer user_data);

/**
 * gre_peers_acquire:
 * @credentials: of a profile with ipsec=pubkey, else NULL
 * @if_id: of the profile's XFRM interface, which has the address pair to itself; 0 for GRE
 * @error: GRE_ERROR_TAKEN: another tunnel between the two addresses, or of the same identity, has
 *   different settings, or a profile of other users. The message names it and the property, but a
 *   profile of other users only to those who may see it, and never a property of it
 *
 * Returns: a handle; release it with gre_peer_user_release().
 */
GrePeerUser *gre_peers_acquire(GrePeers               *set,
                               GreProfile             *profile,
                               GreCredentials         *credentials,
                               const GreAddress       *local,
                               const GreAddress       *remote,
                               guint32                 if_id,
                               const GrePeerUserFuncs *funcs,
                               gpointer                user_data,
                               GError                **error);

/**
 * gre_peers_kernel_lost:
 * @spis: (nullable): guint32, of the states that are gone, in host byte order; NULL: any state or
 *   policy may be gone
 *
 * Checks the peers concerned, and has strongSwan renew what another program removed.
 */
void gre_peers_kernel_lost(GrePeers *set, const GArray *spis);

/* Call it when a change could let an attempt succeed (an address, a route, a link): tries now, but
 * at most every few seconds. */
void gre_peers_nudge(GrePeers *set);

#endif
