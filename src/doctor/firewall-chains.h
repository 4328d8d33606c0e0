/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains of rules, common to nftables and iptables, with each rule's verdict for one packet;
 * follows the packet through them.
 */
#ifndef GRE_FIREWALL_CHAINS_H
#define GRE_FIREWALL_CHAINS_H

#include "doctor/firewall.h"

typedef enum {
    GRE_MATCH_NO,
    GRE_MATCH_YES,
    GRE_MATCH_MAYBE, /* unknown for this packet */
} GreMatch;

typedef enum {
    GRE_VERDICT_NONE, /* continues with the next rule */
    GRE_VERDICT_ACCEPT,
    GRE_VERDICT_DROP,
    GRE_VERDICT_RETURN,
    GRE_VERDICT_JUMP,
    GRE_VERDICT_GOTO,
    GRE_VERDICT_UNKNOWN, /* a queue, or unknown to the reader */
} GreVerdict;

typedef struct {
    GreMatch   match;
    GreVerdict verdict;
    char      *target; /* of a jump or goto */
    char      *text;   /* as shown if it drops; NULL: made from the verdict */
} GreRule;

typedef struct {
    char      *name;
    gboolean   hooked; /* attached to a kernel hook */
    gboolean   drops;  /* its policy */
    GPtrArray *rules;  /* GreRule */
} GreChain;

/* The chains of one table: char* -> GreChain. */
GHashTable *gre_firewall_chains_new(void);

/* The chain of that name; created if missing. */
GreChain *gre_firewall_chains_get(GHashTable *chains, const char *name);

/* Takes ownership of @rule's strings. */
void gre_firewall_chains_add(GreChain *chain, const GreRule *rule);

/**
 * gre_firewall_chains_drop:
 * @table: name of the table for @drop
 *
 * Returns: whether one of the hooked chains certainly drops the packet; then @drop is set.
 */
gboolean gre_firewall_chains_drop(GHashTable *chains, const char *table, GreDrop *drop);

GreMatch gre_firewall_match_not(GreMatch match);
GreMatch gre_firewall_match_and(GreMatch a, GreMatch b);
GreMatch gre_firewall_match_of(gboolean value);

#endif
