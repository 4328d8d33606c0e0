/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/barrier-rules.h"

#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/nft-expr.h"

#define TABLE GRE_BARRIER_RULES_TABLE

/* nft's numbers for the types of keys, by which it shows the sets. */
enum { TYPE_IPV4 = 7, TYPE_IPV6 = 8, TYPE_BITS = 6 };

/* Priorities of netfilter's own parts: include/uapi/linux/netfilter_ipv4.h. A nat chain must come
 * after connection tracking (-200), and the first that sets a mapping wins; the last chain comes
 * after every source NAT (100). */
enum { BEFORE_OTHERS = -300, FILTER = 0, FIRST_NAT = -199, AFTER_NAT = 300 };

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
    { NFPROTO_IPV4, IPPROTO_ICMP, 3, 4, 4, 12, 16, 9, TYPE_IPV4, NFT_CT_SRC_IP, NFT_CT_DST_IP,
      "pairs4", "peers4", "remotes4" },
    { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 2, 16, 8, 24, 6, TYPE_IPV6, NFT_CT_SRC_IP6, NFT_CT_DST_IP6,
      "pairs6", "peers6", "remotes6" },
};

/* ---- rules ---- */

/* What the rules of one set have in common. */
typedef struct {
    GreNftBatch  *batch;
    const Family *family;
    gboolean      any; /* by the remote address alone */
} RuleSet;

typedef struct {
    GreNlMsg      *msg;
    struct nlattr *expressions;
} Rule;

static Rule
rule_begin(GreNftBatch *batch, const char *chain)
{
    Rule rule;

    rule.msg = gre_nft_batch_add(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    nla_put_string(rule.msg, NFTA_RULE_TABLE, TABLE);
    nla_put_string(rule.msg, NFTA_RULE_CHAIN, chain);
    rule.expressions = nla_nest_start(rule.msg, NFTA_RULE_EXPRESSIONS);
    return rule;
}

static void
rule_end(Rule rule)
{
    nla_nest_end(rule.msg, rule.expressions);
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
    GreNlMsg      *msg = gre_nft_batch_add(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    struct nlattr *nest;

    nla_put_string(msg, NFTA_CHAIN_TABLE, TABLE);
    nla_put_string(msg, NFTA_CHAIN_NAME, name);
    nest = nla_nest_start(msg, NFTA_CHAIN_HOOK);
    gre_nft_expr_put_u32(msg, NFTA_HOOK_HOOKNUM, hook);
    gre_nft_expr_put_u32(msg, NFTA_HOOK_PRIORITY, (guint32) priority);
    nla_nest_end(msg, nest);
    nla_put_string(msg, NFTA_CHAIN_TYPE, type);
}

static void
put_set(GreNftBatch *batch, const char *name, guint32 id, guint32 type, guint size)
{
    GreNlMsg *msg = gre_nft_batch_add(batch, NFT_MSG_NEWSET, NLM_F_CREATE);

    nla_put_string(msg, NFTA_SET_TABLE, TABLE);
    nla_put_string(msg, NFTA_SET_NAME, name);
    gre_nft_expr_put_u32(msg, NFTA_SET_ID, id);
    gre_nft_expr_put_u32(msg, NFTA_SET_KEY_TYPE, type);
    gre_nft_expr_put_u32(msg, NFTA_SET_KEY_LEN, size);
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

static GreNlMsg *
put_table(GreNftBatch *batch, int type)
{
    GreNlMsg *msg = gre_nft_batch_add(batch, type, type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);

    nla_put_string(msg, NFTA_TABLE_NAME, TABLE);
    return msg;
}

void
gre_barrier_rules_put_table(GreNftBatch *batch, guint32 flags)
{
    static const guint8 output[] = { IPPROTO_GRE, IPPROTO_ICMP, IPPROTO_ICMPV6, 0 };
    static const guint8 input[] = { IPPROTO_GRE, 0 };

    put_table(batch, NFT_MSG_NEWTABLE); /* so that there is one to delete */
    put_table(batch, NFT_MSG_DELTABLE);
    gre_nft_expr_put_u32(put_table(batch, NFT_MSG_NEWTABLE), NFTA_TABLE_FLAGS, flags);
    put_chain(batch, "filter", "output", NF_INET_LOCAL_OUT, FILTER);
    put_chain(batch, "filter", "input", NF_INET_LOCAL_IN, BEFORE_OTHERS);
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        guint32 type = families[i].type;

        put_set(batch, families[i].pairs, 3 * i + 1, type << TYPE_BITS | type,
                2 * families[i].size);
        put_set(batch, families[i].peers, 3 * i + 2, type, families[i].size);
        put_set(batch, families[i].remotes, 3 * i + 3, type, families[i].size);
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
    put_chain(batch, "nat", "srcnat", NF_INET_POST_ROUTING, FIRST_NAT);
    put_chain(batch, "filter", "postrouting", NF_INET_POST_ROUTING, AFTER_NAT);
    for_each_set(batch, keep_sources);
    for_each_set(batch, drop_unprotected_after_nat);
}

/* ---- pairs ---- */

static void
put_element(GreNftBatch *batch, const char *set, const guint8 *key, gsize size, int type, int flags)
{
    GreNlMsg      *msg = gre_nft_batch_add(batch, type, flags);
    struct nlattr *list, *element;

    nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, TABLE);
    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set);
    list = nla_nest_start(msg, NFTA_SET_ELEM_LIST_ELEMENTS);
    element = nla_nest_start(msg, NFTA_LIST_ELEM);
    gre_nft_expr_put_data(msg, NFTA_SET_ELEM_KEY, key, size);
    nla_nest_end(msg, element);
    nla_nest_end(msg, list);
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
        put_element(batch, family->peers, remote->bytes, family->size, type, flags);
        return;
    }
    memcpy(key, local->bytes, family->size);
    memcpy(key + family->size, remote->bytes, family->size);
    put_element(batch, family->pairs, key, 2 * family->size, type, flags);
}

void
gre_barrier_rules_put_remote(GreNftBatch *batch, const GreAddress *remote, int type, int flags)
{
    const Family *family = family_of(remote);

    put_element(batch, family->remotes, remote->bytes, family->size, type, flags);
}

void
gre_barrier_rules_delete_table(GreNftBatch *batch)
{
    put_table(batch, NFT_MSG_DELTABLE);
}
