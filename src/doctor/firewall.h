/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells whether this machine's packet filter drops a packet, from the output of nft and
 * iptables-save. Pure. Reports only certain drops: if a rule that could accept the packet depends
 * on something unknown, the packet counts as accepted.
 */
#ifndef GRE_FIREWALL_H
#define GRE_FIREWALL_H

#include "gre-address.h"

typedef struct {
    gboolean    out; /* leaves this machine; else it arrives */
    const char *interface;
    GreAddress  source, destination;
    guint8      protocol;     /* IPPROTO_… */
    guint16     sport, dport; /* of UDP */
    gboolean    ipsec;        /* was, or will be, inside ESP */
    const char *state;        /* conntrack's: "new", "established", "invalid" */
} GrePacket;

typedef struct {
    char    *table; /* "inet filter" of nftables, "filter" of iptables */
    char    *chain;
    char    *rule; /* as its tool prints it, or "policy drop" */
    char    *zone; /* firewalld's zone, or NULL if firewalld doesn't drop it */
    gboolean iptables;
} GreDrop;

/**
 * gre_firewall_nft:
 * @ruleset: output of `nft -j list ruleset`
 * @drop: set if it is dropped; free with gre_firewall_drop_clear()
 *
 * Returns: whether the packet is dropped or rejected; FALSE too if @ruleset can't be read.
 */
gboolean gre_firewall_nft(const char *ruleset, const GrePacket *packet, GreDrop *drop);

/* Whether it is valid JSON. What nft 1.0.6 prints for some rulesets is not. */
gboolean gre_firewall_nft_is_readable(const char *ruleset);

/* As gre_firewall_nft(), for the output of `iptables-save` (or `ip6tables-save`, by the packet's
 * family). */
gboolean gre_firewall_iptables(const char *saved, const GrePacket *packet, GreDrop *drop);

void gre_firewall_drop_clear(GreDrop *drop);

#endif
