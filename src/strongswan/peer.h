/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer: one address pair and all that strongSwan holds for it (secret, connection, trap policy,
 * SAs), shared by every tunnel between the two. It knows what is wanted and what is there, and
 * takes the next step towards it whenever something happened; the daemon's own list of SAs is the
 * truth, its events only say when to look.
 */
#ifndef GRE_PEER_H
#define GRE_PEER_H

#include "kernel/netlink.h"
#include "keys/credentials.h"
#include "strongswan/sa-list.h"

typedef struct _GrePeers    GrePeers;
typedef struct _GrePeer     GrePeer;
typedef struct _GrePeerUser GrePeerUser;

/* What a tunnel is told; always from the main loop, never from within a call of its own. */
typedef struct {
    /* Secret, connection and trap are in the daemon: nothing leaves in clear text through it. */
    void (*armed)(gpointer user_data);
    /* The CHILD_SA carries traffic; told again whenever it is another one or has other properties.
     */
    void (*up)(gpointer user_data, const GreChildSa *child);
    /* An attempt failed, or the SA is lost (then it is sought again without being asked). */
    void (*failed)(gpointer user_data, const GError *cause);
    /* Nothing of this user is left in the daemon, or only while that doesn't answer: the handle is
     * gone. */
    void (*released)(gpointer user_data);
} GrePeerUserFuncs;

/* All times in milliseconds; the tests have shorter ones. */
typedef struct {
    guint attempt;      /* for an answer to an attempt, when somebody waits for it */
    guint attempt_idle; /* the same when nobody does */
    guint exchange;     /* for the whole exchange once the peer answered */
    guint pause_eager;  /* longest random pause between attempts that somebody waits for */
    guint repeat;       /* the least from one such attempt to the next, however quickly it fails */
    guint pause_first;  /* pause after the first failure when nobody does, doubling … */
    guint pause_last;   /* … up to this */
    guint surplus;      /* how long two SAs may stand before one is ended */
    guint terminate;    /* for the peer to answer a DELETE */
    guint load;         /* before the daemon is asked again to take what it refused */
    guint settle;       /* between an unload by somebody else and our loading again */
    guint nudge;        /* between two gre_peers_nudge() that count */
    guint request;      /* for the daemon's answer to any request */
    guint left;         /* before what a hanging daemon didn't let go of is sought again */
} GrePeerTiming;

extern const GrePeerTiming gre_peer_timing_default;

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

/* Whether somebody waits for the SA: attempts follow each other every few seconds. */
void gre_peer_user_set_eager(GrePeerUser *user, gboolean eager);

/* The CHILD_SA that carries the traffic, or NULL; valid until the main loop runs again. */
const GreChildSa *gre_peer_user_child(const GrePeerUser *user);

/* Gives the handle back. Callbacks end at once, but for `released`, which comes when the last
 * user's removal from the daemon is through, or at once if others stay. */
void gre_peer_user_release(GrePeerUser *user);

/* The connection's name in strongSwan, which its SAs have too. */
const char *gre_peer_user_name(const GrePeerUser *user);

/* @lists: char *name -> GreSaList, of those that have any; for the call only. */
typedef void (*GrePeersListed)(GHashTable *lists, gpointer user_data);

/* Asks for all SAs of ours as they are now; nothing is listed where strongSwan can't be asked. Told
 * from the main loop, unless the set is freed before. */
void gre_peers_list(GrePeers *peers, GrePeersListed listed, gpointer user_data);

/* Something changed that could let an attempt succeed (an address, a route, a link): try now, but
 * not more often than every few seconds however often it changes. */
void gre_peers_nudge(GrePeers *peers);

#endif
