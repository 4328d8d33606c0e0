/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/barrier-rules.h"

#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/nft-expr.h"
#include "kernel/nft-table.h"

#define TABLE GRE_BARRIER_RULES_TABLE

/* Offsets in an IP header, and what else differs between the families. */
typedef struct {
    guint8           nfproto;
    guint8           icmp;
    guint8           icmp_unreachable; /* type */
    guint8           icmp_too_big;     /* type, or code of unreachable */
    guint            size;             /* of an address */
    guint            from, to, proto;
    guint32          type;
    enum nft_ct_keys original_from, original_to;
    const char      *pairs, *peers; /* sets: local and remote; remote where local is any */
    const char      *remotes;       /* of all */
} Family;

static const Family families[] = {
    { NFPROTO_IPV4, IPPROTO_ICMP, 3, 4, 4, 12, 16, 9, GRE_NFT_TABLE_IPV4, NFT_CT_SRC_IP,
      NFT_CT_DST_IP, "pairs4", "peers4", "remotes4" },
    { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 2, 16, 8, 24, 6, GRE_NFT_TABLE_IPV6, NFT_CT_SRC_IP6,
      NFT_CT_DST_IP6, "pairs6", "peers6", "remotes6" },
};

/* The sets of a family. */
enum { PAIRS, PEERS, REMOTES, N_KINDS };

static GreNftSet
set_of(const Family *family, guint kind)
{
    const char *const names[] = { family->pairs, family->peers, family->remotes };
    guint32           type = family->type;

    return (GreNftSet){
        .name = names[kind],
        .id = N_KINDS * (guint) (family - families) + kind + 1,
        .key_type = kind == PAIRS ? type << GRE_NFT_TABLE_TYPE_BITS | type : type,
        .key_size = kind == PAIRS ? 2 * family->size : family->size,
    };
}

/* ---- rules ---- */

/* What the rules of one set have in common. */
typedef struct {
    GreNftBatch  *batch;
    const Family *family;
    gboolean      any; /* by the remote address alone */
} RuleSet;

typedef GreNftRule Rule;

static Rule
rule_begin(GreNftBatch *batch, const char *chain)
{
    return gre_nft_table_begin_rule(batch, TABLE, chain);
}

static void
rule_end(Rule rule)
{
    gre_nft_table_end_rule(rule);
}

static void
rule_drop(Rule rule)
{
    gre_nft_expr_count(rule.msg);
    gre_nft_expr_verdict(rule.msg, NF_DROP);
    rule_end(rule);
}

static void
compare_byte(GreNlMsg *msg, enum nft_cmp_ops op, guint8 value)
{
    gre_nft_expr_compare(msg, op, &value, sizeof value);
}

static void
match_meta(GreNlMsg *msg, enum nft_meta_keys key, guint8 value)
{
    gre_nft_expr_load_meta(msg, key);
    compare_byte(msg, NFT_CMP_EQ, value);
}

/* From an address of this host. */
static void
match_own(GreNlMsg *msg)
{
    static const guint32 local = RTN_LOCAL;

    gre_nft_expr_load_source_type(msg);
    gre_nft_expr_compare(msg, NFT_CMP_EQ, &local, sizeof local);
}

static void
match_byte(GreNlMsg *msg, guint offset, enum nft_cmp_ops op, guint8 value)
{
    gre_nft_expr_load(msg, NFT_PAYLOAD_TRANSPORT_HEADER, offset, 1, GRE_NFT_EXPR_REG);
    compare_byte(msg, op, value);
}

static Rule
family_rule_begin(const RuleSet *rules, const char *chain, guint8 protocol)
{
    Rule rule = rule_begin(rules->batch, chain);

    match_meta(rule.msg, NFT_META_L4PROTO, protocol);
    match_meta(rule.msg, NFT_META_NFPROTO, rules->family->nfproto);
    return rule;
}

static void
look_up(const RuleSet *rules, GreNlMsg *msg)
{
    gre_nft_expr_look_up(msg, rules->any ? rules->family->peers : rules->family->pairs);
}

/* The addresses in the header at @offset: the set has local before remote. */
static void
match_pair(const RuleSet         *rules,
           GreNlMsg              *msg,
           enum nft_payload_bases base,
           guint                  offset,
           gboolean               outbound)
{
    const Family *family = rules->family;
    guint         local = offset + (outbound ? family->from : family->to);
    guint         remote = offset + (outbound ? family->to : family->from);
    guint         reg = GRE_NFT_EXPR_REG;

    if (!rules->any) {
        gre_nft_expr_load(msg, base, local, family->size, reg);
        reg += family->size / 4;
    }
    gre_nft_expr_load(msg, base, remote, family->size, reg);
    look_up(rules, msg);
}

/* ---- what every machine gets ---- */

/* Nearly all packets leave the chain by this rule. */
static void
pass_others(GreNftBatch *batch, const char *chain, const guint8 *protocols)
{
    Rule rule = rule_begin(batch, chain);

    gre_nft_expr_load_meta(rule.msg, NFT_META_L4PROTO);
    for (; *protocols; protocols++)
        compare_byte(rule.msg, NFT_CMP_NEQ, *protocols);
    gre_nft_expr_verdict(rule.msg, NF_ACCEPT);
    rule_end(rule);
}

static void
drop_unprotected_out(const RuleSet *rules)
{
    Rule rule = family_rule_begin(rules, "output", IPPROTO_GRE);

    match_pair(rules, rule.msg, NFT_PAYLOAD_NETWORK_HEADER, 0, TRUE);
    gre_nft_expr_unprotected(rule.msg);
    rule_drop(rule);
}

static void
drop_unprotected_in(const RuleSet *rules)
{
    Rule rule = family_rule_begin(rules, "input", IPPROTO_GRE);

    match_pair(rules, rule.msg, NFT_PAYLOAD_NETWORK_HEADER, 0, FALSE);
    match_meta(rule.msg, NFT_META_SECPATH, 0);
    rule_drop(rule);
}

enum { ICMP_HEADER = 8 }; /* bytes, before the header that an error quotes */

/* An error to a peer that quotes its packet; all but "packet too big", which path MTU discovery
 * needs. */
static Rule
quote_rule_begin(const RuleSet *rules, guint8 protocol)
{
    enum { FIRST_NO_ERROR = 128 };
    const Family *family = rules->family;
    Rule          rule = family_rule_begin(rules, "output", family->icmp);

    if (family->nfproto == NFPROTO_IPV4) {
        match_byte(rule.msg, 0, NFT_CMP_EQ, family->icmp_unreachable);
        match_byte(rule.msg, 1, NFT_CMP_NEQ, family->icmp_too_big);
    } else {
        match_byte(rule.msg, 0, NFT_CMP_LT, FIRST_NO_ERROR);
        match_byte(rule.msg, 0, NFT_CMP_NEQ, family->icmp_too_big);
    }
    match_byte(rule.msg, ICMP_HEADER + family->proto, NFT_CMP_EQ, protocol);
    gre_nft_expr_load(rule.msg, NFT_PAYLOAD_NETWORK_HEADER, family->to, family->size,
                      GRE_NFT_EXPR_REG);
    gre_nft_expr_look_up(rule.msg, family->remotes);
    return rule;
}

/* ip6gre may put its encapsulation limit (RFC 2473) in a header of options before GRE. */
static void
drop_icmp_quotes(GreNftBatch *batch, const Family *family)
{
    enum { IPV6_HEADER = 40 };
    const RuleSet rules = { batch, family, FALSE };
    Rule          rule = quote_rule_begin(&rules, IPPROTO_GRE);

    rule_drop(rule);
    if (family->nfproto != NFPROTO_IPV6)
        return;
    rule = quote_rule_begin(&rules, IPPROTO_DSTOPTS);
    match_byte(rule.msg, ICMP_HEADER + IPV6_HEADER, NFT_CMP_EQ, IPPROTO_GRE);
    rule_drop(rule);
}

static void
put_chain(GreNftBatch *batch, const char *type, const char *name, guint32 hook, gint32 priority)
{
    gre_nft_table_put_chain(batch, TABLE, type, name, hook, priority);
}

/* @put: adds the rules of one kind of pair */
static void
for_each_set(GreNftBatch *batch, void (*put)(const RuleSet *rules))
{
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        for (gboolean any = FALSE; any <= TRUE; any++) {
            const RuleSet rules = { batch, &families[i], any };

            put(&rules);
        }
}

void
gre_barrier_rules_put_table(GreNftBatch *batch, guint32 flags)
{
    static const guint8 output[] = { IPPROTO_GRE, IPPROTO_ICMP, IPPROTO_ICMPV6, 0 };
    static const guint8 input[] = { IPPROTO_GRE, 0 };

    gre_nft_table_replace(batch, TABLE, flags);
    put_chain(batch, "filter", "output", NF_INET_LOCAL_OUT, GRE_NFT_TABLE_FILTER);
    put_chain(batch, "filter", "input", NF_INET_LOCAL_IN, GRE_NFT_TABLE_BEFORE_OTHERS);
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        for (guint kind = 0; kind < N_KINDS; kind++) {
            GreNftSet set = set_of(&families[i], kind);

            gre_nft_table_put_set(batch, TABLE, &set);
        }
    pass_others(batch, "output", output);
    pass_others(batch, "input", input);
    for_each_set(batch, drop_unprotected_out);
    for_each_set(batch, drop_unprotected_in);
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        drop_icmp_quotes(batch, &families[i]);
}

/* ---- what a machine with source NAT gets ---- */

/* @port: the source port in network byte order, 0 where the protocol has none */
static void
keep_source(const RuleSet *rules, guint8 protocol, guint16 port)
{
    const Family *family = rules->family;
    Rule          rule = family_rule_begin(rules, "srcnat", protocol);

    if (port != 0) {
        gre_nft_expr_load(rule.msg, NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof port, GRE_NFT_EXPR_REG);
        gre_nft_expr_compare(rule.msg, NFT_CMP_EQ, &port, sizeof port);
    }
    if (rules->any)
        match_own(rule.msg);
    match_pair(rules, rule.msg, NFT_PAYLOAD_NETWORK_HEADER, 0, TRUE);
    gre_nft_expr_load(rule.msg, NFT_PAYLOAD_NETWORK_HEADER, family->from, family->size,
                      GRE_NFT_EXPR_REG);
    gre_nft_expr_source_nat(rule.msg, family->nfproto);
    rule_end(rule);
}

static void
keep_sources(const RuleSet *rules)
{
    enum { IKE = 500, IKE_BEHIND_NAT = 4500 };

    keep_source(rules, IPPROTO_GRE, 0);
    keep_source(rules, IPPROTO_ESP, 0);
    keep_source(rules, IPPROTO_UDP, htons(IKE));
    keep_source(rules, IPPROTO_UDP, htons(IKE_BEHIND_NAT));
}

/* By the addresses that the packet had before the mapping. Where local is any, the IPsec policies
 * cover the new address as well. */
static void
drop_unprotected_after_nat(const RuleSet *rules)
{
    const Family *family = rules->family;
    Rule          rule;

    if (rules->any)
        return;
    rule = family_rule_begin(rules, "postrouting", IPPROTO_GRE);
    gre_nft_expr_load_original(rule.msg, family->original_from, GRE_NFT_EXPR_REG);
    gre_nft_expr_load_original(rule.msg, family->original_to, GRE_NFT_EXPR_REG + family->size / 4);
    look_up(rules, rule.msg);
    gre_nft_expr_unprotected(rule.msg);
    rule_drop(rule);
}

void
gre_barrier_rules_put_source_nat(GreNftBatch *batch)
{
    put_chain(batch, "nat", "srcnat", NF_INET_POST_ROUTING, GRE_NFT_TABLE_FIRST_NAT);
    put_chain(batch, "filter", "postrouting", NF_INET_POST_ROUTING, GRE_NFT_TABLE_AFTER_NAT);
    for_each_set(batch, keep_sources);
    for_each_set(batch, drop_unprotected_after_nat);
}

/* ---- pairs ---- */

static void
put_element(
    GreNftBatch *batch, const Family *family, guint kind, const guint8 *key, int type, int flags)
{
    GreNftSet set = set_of(family, kind);

    gre_nft_table_put_element(batch, TABLE, &set, key, type, flags);
}

static const Family *
family_of(const GreAddress *remote)
{
    return &families[remote->family == AF_INET6];
}

void
gre_barrier_rules_put_pair(
    GreNftBatch *batch, const GreAddress *local, const GreAddress *remote, int type, int flags)
{
    const Family *family = family_of(remote);
    guint8        key[32];

    if (gre_address_is_any(local)) {
        put_element(batch, family, PEERS, remote->bytes, type, flags);
        return;
    }
    memcpy(key, local->bytes, family->size);
    memcpy(key + family->size, remote->bytes, family->size);
    put_element(batch, family, PAIRS, key, type, flags);
}

void
gre_barrier_rules_put_remote(GreNftBatch *batch, const GreAddress *remote, int type, int flags)
{
    const Family *family = family_of(remote);

    put_element(batch, family, REMOTES, remote->bytes, type, flags);
}

void
gre_barrier_rules_delete_table(GreNftBatch *batch)
{
    gre_nft_table_delete(batch, TABLE);
}
