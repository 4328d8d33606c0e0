/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protection of one connection between two addresses: the barrier, and then the peer in
 * strongSwan. They are released in reverse order.
 */
#ifndef GRE_PROTECTION_H
#define GRE_PROTECTION_H

#include "engine/barriers.h"
#include "strongswan/peers.h"

typedef struct _GreProtection GreProtection;

/* Callbacks to the owner, always with the pointer that it passed to gre_protection_hold(). */
typedef struct {
    /* The barrier is in place and the peer is acquired, or @error (nullable, taken by the callee)
     * gives the reason for the failure; then there is no peer. May be called before
     * gre_protection_hold() returns. */
    void (*held)(gpointer owner, GreProtection *protection, GError *error);
    /* After gre_protection_release(): all is released; the last callback. */
    void (*gone)(gpointer owner);
    /* Like those of GrePeerUserFuncs. */
    void (*armed)(gpointer owner);
    void (*secured)(gpointer owner, const GreChildSa *child);
    void (*unsecured)(gpointer owner, const GError *cause);
    void (*warned)(gpointer owner, const GError *cause);
} GreProtectionFuncs;

/* The parameters of a protection; all are copied or referenced. */
typedef struct {
    GreBarriers    *barriers;
    GrePeers       *peers;
    GreProfile     *profile;
    GreCredentials *credentials;   /* of ipsec=pubkey, else NULL */
    GreBarrier      barrier;       /* unused with an if_id: an XFRM interface without an SA drops */
    GreAddress      local, remote; /* in strongSwan */
    guint32         if_id;         /* 0: GRE */
} GreProtectionSpec;

/**
 * gre_protection_hold:
 * @out: (out): set before the first callback; must be released with gre_protection_release() in any
 *   case
 *
 * Installs the barrier, if there is one, then acquires the peer.
 */
void gre_protection_hold(const GreProtectionSpec  *spec,
                         const GreProtectionFuncs *funcs,
                         gpointer                  owner,
                         GreProtection           **out);

/* Takes @protection; `gone` follows. */
void gre_protection_release(GreProtection *protection);

/* The peer's handle; NULL: none yet. @protection: (nullable) */
GrePeerUser *gre_protection_peer(const GreProtection *protection);

/* @protection: (nullable) */
void gre_protection_view_barrier(const GreProtection *protection, GreBarriersView *view);

#endif
