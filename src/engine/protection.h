/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protection of one connection between two addresses: the barrier, and behind it the peer in
 * strongSwan. Taken in that order and given back in the other.
 */
#ifndef GRE_PROTECTION_H
#define GRE_PROTECTION_H

#include "engine/barriers.h"
#include "strongswan/peers.h"

typedef struct _GreProtection GreProtection;

/* What the owner is told, always with the pointer that it gave to gre_protection_hold(). */
typedef struct {
    /* The barrier stands and the peer is taken, or @error (nullable, taken by the callee) says why
     * not; then there is no peer. May come before gre_protection_hold() returns. */
    void (*held)(gpointer owner, GreProtection *protection, GError *error);
    /* After gre_protection_release(): nothing of it is left, and nothing else follows. */
    void (*gone)(gpointer owner);
    /* As of GrePeerUserFuncs, which has them for the peer. */
    void (*armed)(gpointer owner);
    void (*secured)(gpointer owner, const GreChildSa *child);
    void (*unsecured)(gpointer owner, const GError *cause);
} GreProtectionFuncs;

/* What is to be protected; all is copied or referenced. */
typedef struct {
    GreBarriers    *barriers;
    GrePeers       *peers;
    GreProfile     *profile;
    GreCredentials *credentials; /* of ipsec=pubkey, else NULL */
    GreMode         mode;        /* of the tunnel */
    GreBarrier      barrier;
    GreAddress      local, remote; /* in strongSwan */
} GreProtectionSpec;

/**
 * gre_protection_hold:
 * @out: (out): set before anything is told; to be given back with gre_protection_release() in any
 *   case
 *
 * Lays the barrier, then takes the peer.
 */
void gre_protection_hold(const GreProtectionSpec  *spec,
                         const GreProtectionFuncs *funcs,
                         gpointer                  owner,
                         GreProtection           **out);

/* Takes @protection; `gone` follows. */
void gre_protection_release(GreProtection *protection);

/* The peer's handle; NULL: none yet. @protection: (nullable) */
GrePeerUser *gre_protection_peer(const GreProtection *protection);

/* Whether the barrier is in the kernel now. @protection: (nullable) */
gboolean gre_protection_has_barrier(const GreProtection *protection);

#endif
