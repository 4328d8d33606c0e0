/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barrier: XFRM policies of our own, for one tunnel, at the lowest priority. Two block GRE
 * between its two ends, in both directions: any policy of an SA outranks them; whatever happens to
 * the SA, they stand. The third blocks the "port unreachable" with which the kernel answers GRE
 * that no tunnel takes, a piece of the packet in it (net/ipv4/ip_gre.c, gre_rcv();
 * net/ipv6/ip6_gre.c): what came through ESP while the device isn't there yet, or any more, would
 * go back in clear. The selector's `user` field carries our mark, which makes them other policies
 * than strongSwan's for the same selector (net/xfrm/xfrm_policy.c, selector_cmp()).
 */
#ifndef GRE_BARRIER_H
#define GRE_BARRIER_H

#include "gre-address.h"
#include "kernel/netlink.h"

typedef struct {
    GreAddress local; /* any (with the family set): from whichever address of ours */
    GreAddress remote;
    guint32    mark; /* gre_barrier_mark() */
} GreBarrier;

/* The mark for a connection: a fixed prefix in the upper half, the rest from its uuid. */
guint32 gre_barrier_mark(const char *uuid);

/* Whether @mark has the prefix. */
gboolean gre_barrier_mark_is_ours(guint32 mark);

/* In the order in which they are laid. */
typedef enum {
    GRE_BARRIER_ICMP,
    GRE_BARRIER_OUT,
    GRE_BARRIER_IN,
    GRE_N_BARRIER_POLICIES,
} GreBarrierPolicy;

/**
 * gre_barrier_lay:
 *
 * Lays all policies; one of ours that stands already with the same selector and mark is success.
 * When one can't be laid those that this laid are removed again.
 */
gboolean gre_barrier_lay(GreNetlink *netlink, const GreBarrier *barrier, GError **error);

/* Lifts them; what is gone already is success. */
gboolean gre_barrier_lift(GreNetlink *netlink, const GreBarrier *barrier, GError **error);

/* The barriers in the kernel with our mark (each once): array of GreBarrier, NULL on error. */
GArray *gre_barrier_list(GreNetlink *netlink, GError **error);

/* Whether all of its policies stand. */
gboolean gre_barrier_stands(GreNetlink *netlink, const GreBarrier *barrier);

/* Whether they are the same policies. */
gboolean gre_barrier_equal(const GreBarrier *a, const GreBarrier *b);

/* The request of @type (XFRM_MSG_NEWPOLICY, _DELPOLICY or _GETPOLICY) for one policy: pure, for
 * the functions above and their tests. (transfer full) */
GreNlMsg *gre_barrier_build_request(const GreBarrier *barrier, GreBarrierPolicy which, int type);

#endif
