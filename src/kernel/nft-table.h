/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a table of family inet that is ours alone, for a transaction. Source:
 * include/uapi/linux/netfilter/nf_tables.h.
 */
#ifndef GRE_NFT_TABLE_H
#define GRE_NFT_TABLE_H

#include "kernel/nft-batch.h"

/* nft's numbers for the types of keys, by which it shows the sets. */
enum {
    GRE_NFT_TABLE_IPV4 = 7,
    GRE_NFT_TABLE_IPV6 = 8,
    GRE_NFT_TABLE_IFNAME = 41,
    GRE_NFT_TABLE_TYPE_BITS = 6, /* of each type in a concatenation */
};

/* Priorities of netfilter's own parts: include/uapi/linux/netfilter_ipv4.h. A nat chain must come
 * after connection tracking (-200), and the first that sets a mapping wins; the last comes after
 * every source NAT (100). */
enum {
    GRE_NFT_TABLE_BEFORE_OTHERS = -300,
    GRE_NFT_TABLE_FIRST_NAT = -199,
    GRE_NFT_TABLE_MANGLE = -150,
    GRE_NFT_TABLE_FILTER = 0,
    GRE_NFT_TABLE_AFTER_NAT = 300,
};

/* An empty table in place of one that there may be. @flags: NFT_TABLE_F_… */
void gre_nft_table_replace(GreNftBatch *batch, const char *table, guint32 flags);
void gre_nft_table_delete(GreNftBatch *batch, const char *table);

/* @type: "filter" or "nat"; @hook: NF_INET_… */
void gre_nft_table_put_chain(GreNftBatch *batch,
                             const char  *table,
                             const char  *type,
                             const char  *name,
                             guint32      hook,
                             gint32       priority);

typedef struct {
    const char *name;
    guint32     id; /* within the transaction */
    guint32     key_type;
    guint       key_size;
} GreNftSet;

void gre_nft_table_put_set(GreNftBatch *batch, const char *table, const GreNftSet *set);

/* @type: NFT_MSG_NEWSETELEM or _DELSETELEM */
void gre_nft_table_put_element(GreNftBatch     *batch,
                               const char      *table,
                               const GreNftSet *set,
                               gconstpointer    key,
                               int              type,
                               int              flags);

/* A rule at the end of a chain: expressions are added to its message. */
typedef struct {
    GreNlMsg      *msg;
    struct nlattr *expressions;
} GreNftRule;

GreNftRule gre_nft_table_begin_rule(GreNftBatch *batch, const char *table, const char *chain);
void       gre_nft_table_end_rule(GreNftRule rule);

/* ---- in the kernel ---- */

/**
 * gre_nft_table_make:
 * @put: adds the whole table
 *
 * Makes the table so that nobody else can change it and that it stays when this process ends, where
 * the kernel can do both (Linux 6.9).
 *
 * Returns: 0 or a negative errno.
 */
int gre_nft_table_make(GreNetlink *netlink,
                       void (*put)(GreNftBatch *batch, guint32 flags, gpointer user_data),
                       gpointer user_data);

/* 0 or a negative errno. */
int gre_nft_table_commit(GreNetlink *netlink, GreNftBatch *batch);

gboolean gre_nft_table_is_there(GreNetlink *netlink, const char *table);

#endif
