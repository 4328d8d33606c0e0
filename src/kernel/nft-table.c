/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/nft-table.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <string.h>

#include "kernel/nft-expr.h"

enum { OWNER = 2, PERSIST = 4 }; /* NFT_TABLE_F_…, which older headers do not have */

/* ---- for a transaction ---- */

static GreNlMsg *
put_table(GreNftBatch *batch, const char *table, int type)
{
    GreNlMsg *msg = gre_nft_batch_add(batch, type, type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);

    nla_put_string(msg, NFTA_TABLE_NAME, table);
    return msg;
}

void
gre_nft_table_replace(GreNftBatch *batch, const char *table, guint32 flags)
{
    put_table(batch, table, NFT_MSG_NEWTABLE); /* so that there is one to delete */
    put_table(batch, table, NFT_MSG_DELTABLE);
    gre_nft_expr_put_u32(put_table(batch, table, NFT_MSG_NEWTABLE), NFTA_TABLE_FLAGS, flags);
}

void
gre_nft_table_delete(GreNftBatch *batch, const char *table)
{
    put_table(batch, table, NFT_MSG_DELTABLE);
}

void
gre_nft_table_put_chain(GreNftBatch *batch,
                        const char  *table,
                        const char  *type,
                        const char  *name,
                        guint32      hook,
                        gint32       priority)
{
    GreNlMsg      *msg = gre_nft_batch_add(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    struct nlattr *nest;

    nla_put_string(msg, NFTA_CHAIN_TABLE, table);
    nla_put_string(msg, NFTA_CHAIN_NAME, name);
    nest = nla_nest_start(msg, NFTA_CHAIN_HOOK);
    gre_nft_expr_put_u32(msg, NFTA_HOOK_HOOKNUM, hook);
    gre_nft_expr_put_u32(msg, NFTA_HOOK_PRIORITY, (guint32) priority);
    nla_nest_end(msg, nest);
    nla_put_string(msg, NFTA_CHAIN_TYPE, type);
}

/* For nft alone, which would show the names of interfaces backwards: type, length and value.
 * Source: libnftnl, include/libnftnl/udata.h; nftables, include/datatype.h. */
static void
put_byte_order(GreNlMsg *msg)
{
    enum { OF_KEY = 0, HOST = 1 };
    struct {
        guint8 type, length;
        guint8 value[4];
    } order = { OF_KEY, 4, { 0 } };
    const guint32 host = HOST;

    memcpy(order.value, &host, sizeof host);
    nla_put(msg, NFTA_SET_USERDATA, sizeof order, &order);
}

void
gre_nft_table_put_set(GreNftBatch *batch, const char *table, const GreNftSet *set)
{
    GreNlMsg *msg = gre_nft_batch_add(batch, NFT_MSG_NEWSET, NLM_F_CREATE);

    nla_put_string(msg, NFTA_SET_TABLE, table);
    nla_put_string(msg, NFTA_SET_NAME, set->name);
    gre_nft_expr_put_u32(msg, NFTA_SET_ID, set->id);
    gre_nft_expr_put_u32(msg, NFTA_SET_KEY_TYPE, set->key_type);
    gre_nft_expr_put_u32(msg, NFTA_SET_KEY_LEN, set->key_size);
    if (set->key_type == GRE_NFT_TABLE_IFNAME)
        put_byte_order(msg);
}

void
gre_nft_table_put_element(GreNftBatch     *batch,
                          const char      *table,
                          const GreNftSet *set,
                          gconstpointer    key,
                          int              type,
                          int              flags)
{
    GreNlMsg      *msg = gre_nft_batch_add(batch, type, flags);
    struct nlattr *list, *element;

    nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table);
    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set->name);
    list = nla_nest_start(msg, NFTA_SET_ELEM_LIST_ELEMENTS);
    element = nla_nest_start(msg, NFTA_LIST_ELEM);
    gre_nft_expr_put_data(msg, NFTA_SET_ELEM_KEY, key, set->key_size);
    nla_nest_end(msg, element);
    nla_nest_end(msg, list);
}

GreNftRule
gre_nft_table_begin_rule(GreNftBatch *batch, const char *table, const char *chain)
{
    GreNftRule rule;

    rule.msg = gre_nft_batch_add(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    nla_put_string(rule.msg, NFTA_RULE_TABLE, table);
    nla_put_string(rule.msg, NFTA_RULE_CHAIN, chain);
    rule.expressions = nla_nest_start(rule.msg, NFTA_RULE_EXPRESSIONS);
    return rule;
}

void
gre_nft_table_end_rule(GreNftRule rule)
{
    nla_nest_end(rule.msg, rule.expressions);
}

/* ---- in the kernel ---- */

int
gre_nft_table_commit(GreNetlink *netlink, GreNftBatch *batch)
{
    struct nl_sock *socket = gre_netlink_netfilter(netlink);

    return socket ? gre_nft_batch_commit(batch, socket) : -EOPNOTSUPP;
}

static int
try_flags(GreNetlink *netlink,
          void (*put)(GreNftBatch *batch, guint32 flags, gpointer user_data),
          gpointer user_data,
          guint32  flags)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    put(batch, flags, user_data);
    return gre_nft_table_commit(netlink, batch);
}

/* An older kernel refuses flags that it does not know. Not `owner` alone: the table would go with
 * this process, and nft 1.0.6 prints broken JSON of a table with a single flag. */
int
gre_nft_table_make(GreNetlink *netlink,
                   void (*put)(GreNftBatch *batch, guint32 flags, gpointer user_data),
                   gpointer user_data)
{
    int code = try_flags(netlink, put, user_data, OWNER | PERSIST);

    if (code == -EOPNOTSUPP || code == -EINVAL)
        code = try_flags(netlink, put, user_data, 0);
    return code;
}

gboolean
gre_nft_table_is_there(GreNetlink *netlink, const char *table)
{
    struct nl_sock *socket = gre_netlink_netfilter(netlink);
    g_autoptr(GreNlMsg) msg =
        gre_nft_batch_request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, 0, NFPROTO_INET);

    nla_put_string(msg, NFTA_TABLE_NAME, table);
    return socket && gre_netlink_talk(netlink, socket, msg, NULL) == 0;
}
