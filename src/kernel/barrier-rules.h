/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in the nftables table of barrier-table.h: `nft list table inet nm-gre` shows it. Pure: it
 * only writes messages.
 *
 * A pair is found by hash, whatever the number of tunnels; other packets than GRE and ICMP cost one
 * rule a chain.
 */
#ifndef GRE_BARRIER_RULES_H
#define GRE_BARRIER_RULES_H

#include "gre-address.h"
#include "kernel/nft-batch.h"

#define GRE_BARRIER_RULES_TABLE "nm-gre" /* of family inet */

/* The table with its sets and rules, without a pair, in place of one that there may be. @flags:
 * NFT_TABLE_F_… */
void gre_barrier_rules_put_table(GreNftBatch *batch, guint32 flags);

/* Two more chains for a machine that has source NAT, or may get it at any moment. One keeps the
 * source address of what belongs to a pair: GRE, ESP, and IKE's UDP. Netfilter changes it after the
 * output chain has seen the packet, and then asks XFRM once more, which has no policy for the new
 * address. The other chain drops what was changed all the same. They switch connection tracking on,
 * so a machine that does without does not get them. */
void gre_barrier_rules_put_source_nat(GreNftBatch *batch);

/* The pair in its set. @local: any: all addresses of this host; @type: NFT_MSG_NEWSETELEM or
 * _DELSETELEM */
void gre_barrier_rules_put_pair(
    GreNftBatch *batch, const GreAddress *local, const GreAddress *remote, int type, int flags);

/* The remote address of a pair in the set of all: an element that is there already is no error. */
void
gre_barrier_rules_put_remote(GreNftBatch *batch, const GreAddress *remote, int type, int flags);

void gre_barrier_rules_delete_table(GreNftBatch *batch);

#endif
