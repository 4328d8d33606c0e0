/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this machine's packet filter drops a packet, read from what nft and iptables-save print.
 * Pure. Only what is certain counts: where a rule asks for something that isn't known of the
 * packet, and could let it pass, the packet passes.
 */
#ifndef GRE_FIREWALL_H
#define GRE_FIREWALL_H

#include "gre-address.h"

typedef struct {
    gboolean    out; /* leaves this machine; else it enters */
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
    char    *rule; /* in the words of its tool, or "policy drop" */
    char    *zone; /* firewalld's, or NULL where it isn't firewalld that drops */
    gboolean iptables;
} GreDrop;

/**
 * gre_firewall_nft:
 * @ruleset: what `nft -j list ruleset` prints
 * @drop: filled where it is dropped: gre_firewall_drop_clear()
 *
 * Returns: whether the packet is dropped or rejected; FALSE too where @ruleset can't be read.
 */
gboolean gre_firewall_nft(const char *ruleset, const GrePacket *packet, GreDrop *drop);

/* The same for what `iptables-save` (or `ip6tables-save`, by the packet's family) prints. */
gboolean gre_firewall_iptables(const char *saved, const GrePacket *packet, GreDrop *drop);

void gre_firewall_drop_clear(GreDrop *drop);

#endif
