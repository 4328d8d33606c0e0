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

/* Whether somebody waits for the SA: attempts follow each other every few seconds. */
void gre_peer_user_set_eager(GrePeerUser *user, gboolean eager);

/* The CHILD_SA that carries the traffic, or NULL; valid until the main loop runs again. */
const GreChildSa *gre_peer_user_child(const GrePeerUser *user);

/* Gives the handle back. Callbacks end at once, but for `released`, which comes when the last
 * user's removal from the daemon is through, or at once if others stay. */
void gre_peer_user_release(GrePeerUser *user);

/* The connection's name in strongSwan, which its SAs have too. */
const char *gre_peer_user_name(const GrePeerUser *user);

#endif
