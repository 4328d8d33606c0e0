/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer: one address pair and everything that strongSwan holds for it (secret, connection, trap
 * policy, SAs), shared by every tunnel between the two addresses. It compares the wanted with the
 * actual state and takes the next step whenever something happens. The daemon's list of SAs is
 * authoritative; its events only trigger a look at it.
 */
#ifndef GRE_PEER_H
#define GRE_PEER_H

#include "kernel/netlink.h"
#include "keys/credentials.h"
#include "strongswan/sa-list.h"

typedef struct _GrePeer     GrePeer;
typedef struct _GrePeerUser GrePeerUser;

/* Callbacks of a tunnel; always from the main loop, never from within one of its own calls. */
typedef struct {
    /* Secret, connection and trap are in the daemon: it lets nothing leave in clear text. */
    void (*armed)(gpointer user_data);
    /* The CHILD_SA carries traffic; called again whenever it is replaced or its properties
     * change. */
    void (*up)(gpointer user_data, const GreChildSa *child);
    /* An attempt failed, or the SA was lost (reconnection starts by itself). */
    void (*failed)(gpointer user_data, const GError *cause);
    /* The SA still carries traffic, but will end without a successor. */
    void (*warned)(gpointer user_data, const GError *cause);
    /* Nothing of this user is left in the daemon, or the daemon does not answer: the handle is
     * freed. */
    void (*released)(gpointer user_data);
} GrePeerUserFuncs;

/* What has happened to an address pair since the first tunnel between the two came up. */
typedef struct {
    guint64 ike_rekeyed, esp_rekeyed; /* how often the SAs got new keys */
    guint64 rekeys_refused;           /* for lack of a common proposal, by either side */
} GrePeerCounts;

/* All times in milliseconds; the tests use shorter ones. */
typedef struct {
    guint attempt;      /* for an answer to an attempt when a user waits for it */
    guint attempt_idle; /* the same when none does */
    guint exchange;     /* for the whole exchange once the peer has answered */
    guint pause_eager;  /* longest random pause between attempts when a user waits */
    guint repeat; /* minimum time from one such attempt to the next, however quickly it fails */
    guint pause_first; /* pause after the first failure when none does, doubling … */
    guint pause_last;  /* … up to this */
    guint surplus;     /* how long two SAs may exist before one is ended */
    guint terminate;   /* for the peer to answer a DELETE */
    guint load;        /* before loading again what the daemon refused */
    guint settle;      /* between an unload by another program and our loading again */
    guint mend;        /* between two checks whether a mended SA is complete */
    guint nudge;       /* between two effective calls of gre_peers_nudge() */
    guint request;     /* for the daemon's answer to any request */
    guint left;        /* before searching again for what a hanging daemon kept */
} GrePeerTiming;

extern const GrePeerTiming gre_peer_timing_default;

/* Sets whether a user waits for the SA: then attempts are made every few seconds. */
void gre_peer_user_set_eager(GrePeerUser *user, gboolean eager);

/* The CHILD_SA that carries the traffic, or NULL; valid until the main loop runs again. */
const GreChildSa *gre_peer_user_child(const GrePeerUser *user);

/* Releases the handle. Callbacks end immediately, except `released`, which is called when the last
 * user's removal from the daemon is complete, or soon if other users stay. */
void gre_peer_user_release(GrePeerUser *user);

/* Valid as long as the handle. */
const GrePeerCounts *gre_peer_user_counts(const GrePeerUser *user);

/* The name of the connection and its SAs in strongSwan. */
const char *gre_peer_user_name(const GrePeerUser *user);

#endif
