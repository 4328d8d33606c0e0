/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of peers: every address pair that a tunnel here wants in strongSwan, and the connection
 * to the daemon that they share.
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
 * Nothing is connected before a peer is wanted or gre_peers_sweep() is called.
 */
GrePeers *gre_peers_new(const char *vici_path, const GrePeerTiming *timing);
void      gre_peers_free(GrePeers *peers); /* leaves the daemon as it is */

/* Lets it remove from the kernel what a killed daemon left of the SAs that it had had set up. */
void gre_peers_set_netlink(GrePeers *peers, GreNetlink *netlink);

/**
 * gre_peers_sweep:
 * @done: called once, when the daemon holds nothing of ours that nobody wants (or can't be reached)
 *
 * Finds by their names what an earlier run left in the daemon and removes it.
 */
void gre_peers_sweep(GrePeers *peers, GSourceFunc done, gpointer user_data);

/**
 * gre_peers_acquire:
 * @credentials: of a profile with ipsec=pubkey, else NULL
 * @error: GRE_ERROR_TAKEN: another tunnel between the two addresses wants it otherwise; the
 *   message names it and the key
 *
 * Returns: a handle, to be given back with gre_peer_user_release().
 */
GrePeerUser *gre_peers_acquire(GrePeers               *peers,
                               GreProfile             *profile,
                               GreCredentials         *credentials,
                               const GreAddress       *local,
                               const GreAddress       *remote,
                               const GrePeerUserFuncs *funcs,
                               gpointer                user_data,
                               GError                **error);

/* @lists: char *name -> GreSaList, of those that have any; for the call only. */
typedef void (*GrePeersListed)(GHashTable *lists, gpointer user_data);

/* Asks for all SAs of ours as they are now; nothing is listed where strongSwan can't be asked. Told
 * from the main loop, unless the set is freed before. */
void gre_peers_list(GrePeers *peers, GrePeersListed listed, gpointer user_data);

/* Something changed that could let an attempt succeed (an address, a route, a link): try now, but
 * not more often than every few seconds however often it changes. */
void gre_peers_nudge(GrePeers *peers);

#endif
