/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second barrier: one nftables table of ours for all tunnels. It drops GRE between the tunnels'
 * endpoints that would leave without IPsec or that arrived without it, and ICMP errors that quote a
 * decrypted packet to the peer. It does not depend on the XFRM policies of barrier.h: whoever
 * flushes these leaves it in place. From Linux 6.9 on it has the flags `owner` and `persist`: then
 * `nft flush ruleset` leaves it in place too, and it stays when the process ends.
 */
#ifndef GRE_BARRIER_TABLE_H
#define GRE_BARRIER_TABLE_H

#include "gre-profile.h"
#include "kernel/barrier.h"

typedef struct _GreBarrierTable GreBarrierTable;

/* Never fails: a kernel without nf_tables is reported by gre_barrier_table_add(). What an earlier
 * process left stays until the first pair is added. @netlink must outlive it. */
GreBarrierTable *gre_barrier_table_new(GreNetlink *netlink);

/* The table stays as long as the kernel keeps it. */
void gre_barrier_table_free(GreBarrierTable *table);

/**
 * gre_barrier_table_add:
 * @barrier: its mark does not matter; a pair is dropped until it was removed as often as added
 * @error: GRE_ERROR_KERNEL; the pair is counted all the same
 */
gboolean gre_barrier_table_add(GreBarrierTable *table, const GreBarrier *barrier, GError **error);

/* The table goes with its last pair. */
void gre_barrier_table_remove(GreBarrierTable *table, const GreBarrier *barrier);

/* Removes what an earlier process left if no pair has been added. */
void gre_barrier_table_sweep(GreBarrierTable *table);

/* Whether the table is there, as far as is known. */
gboolean gre_barrier_table_stands(const GreBarrierTable *table);

/**
 * gre_barrier_table_lay_again:
 * @missing: (out): whether it was gone
 *
 * Another program changed nftables: makes the table again if it is gone, and adapts it to source
 * NAT that there is now.
 */
gboolean gre_barrier_table_lay_again(GreBarrierTable *table, gboolean *missing, GError **error);

/**
 * gre_barrier_table_needed:
 * @release: of the running kernel, as uname(2) has it
 *
 * Whether the XFRM policies alone do not keep ip6gre in clear text out. The inbound check came with
 * commit bcf141b2eb55 ("xfrm: fix policy lookup for ipv6 gre packets"): Linux 5.17, and 5.16.3,
 * 5.15.17, 5.10.94, 5.4.174 of the stable series.
 */
gboolean gre_barrier_table_needed(GreMode mode, const char *release);

#endif
