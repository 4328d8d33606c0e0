/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barrier: XFRM policies of our own for one tunnel, at the lowest priority. Two of them block
 * GRE between the tunnel's endpoints, one in each direction. The policies of an SA outrank them;
 * they stay in place whatever happens to the SA. The third blocks the "port unreachable" with which
 * the kernel answers GRE packets that no tunnel accepts (net/ipv4/ip_gre.c, gre_rcv();
 * net/ipv6/ip6_gre.c). It quotes part of the packet: a packet decrypted while the device does not
 * exist would be returned in clear text. The selector's `user` field carries our mark, which
 * distinguishes our policies from strongSwan's for the same selector (net/xfrm/xfrm_policy.c,
 * selector_cmp()).
 */
#ifndef GRE_BARRIER_H
#define GRE_BARRIER_H

#include "gre-address.h"
#include "kernel/netlink.h"

typedef struct {
    GreAddress local; /* any (with the family set): all addresses of this host */
    GreAddress remote;
    guint32    mark; /* gre_barrier_mark() */
} GreBarrier;

/* The mark for a connection: a fixed prefix in the upper half, the rest from its uuid. */
guint32 gre_barrier_mark(const char *uuid);

/* Whether @mark has the prefix. */
gboolean gre_barrier_mark_is_ours(guint32 mark);

/* In the order of their installation. */
typedef enum {
    GRE_BARRIER_ICMP,
    GRE_BARRIER_OUT,
    GRE_BARRIER_IN,
    GRE_N_BARRIER_POLICIES,
} GreBarrierPolicy;

/**
 * gre_barrier_lay:
 *
 * Installs all policies; existing ones of ours with the same selector and mark are kept. On
 * failure, removes those that this call has installed.
 */
gboolean gre_barrier_lay(GreNetlink *netlink, const GreBarrier *barrier, GError **error);

/* The same for one that was in place. @missing: (out): whether any of its policies was gone. */
gboolean gre_barrier_lay_again(GreNetlink       *netlink,
                               const GreBarrier *barrier,
                               gboolean         *missing,
                               GError          **error);

/* Removes them; succeeds if they are gone already. */
gboolean gre_barrier_lift(GreNetlink *netlink, const GreBarrier *barrier, GError **error);

/* The barriers in the kernel with our mark, each once: array of GreBarrier, NULL on error. */
GArray *gre_barrier_list(GreNetlink *netlink, GError **error);

/* Whether all of its policies are in place. */
gboolean gre_barrier_stands(GreNetlink *netlink, const GreBarrier *barrier);

/* Whether they are the same policies. */
gboolean gre_barrier_equal(const GreBarrier *a, const GreBarrier *b);

/* The request of @type (XFRM_MSG_NEWPOLICY, _DELPOLICY or _GETPOLICY) for one policy: pure, for
 * the functions above and their tests. (transfer full) */
GreNlMsg *gre_barrier_build_request(const GreBarrier *barrier, GreBarrierPolicy which, int type);

#endif
