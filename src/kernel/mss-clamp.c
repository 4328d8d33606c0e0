/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device is found by hash, whatever the number of tunnels; packets that are no SYN of TCP cost
 * two rules, in the forward chain alone.
 */
#include "kernel/mss-clamp.h"

#include <linux/netfilter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "gre-error.h"
#include "kernel/nft-expr.h"
#include "kernel/nft-table.h"

struct _GreMssClamp {
    GreNetlink *netlink;
    GHashTable *mtus; /* char *ifname -> guint */
    gboolean    there;
};

enum { TCP_HEADER = 20 }; /* bytes, without options */

typedef struct {
    guint8 nfproto;
    guint  header; /* bytes */
    guint  mtu_min;
} Family;

static const Family families[] = {
    { NFPROTO_IPV4, 20, 68 },
    { NFPROTO_IPV6, 40, 1280 },
};

static GreNftSet
map_of(const Family *family)
{
    return (GreNftSet){
        .name = family->nfproto == NFPROTO_IPV4 ? "mss4" : "mss6",
        .id = (guint) (family - families) + 1,
        .key_type = GRE_NFT_TABLE_IFNAME,
        .key_size = IFNAMSIZ,
        .data_type = GRE_NFT_TABLE_PORT, /* two bytes: nft has no type of its own for it */
        .data_size = sizeof(guint16),
    };
}

/* ---- rules ---- */

static void
match_byte(GreNlMsg *msg, enum nft_cmp_ops op, guint8 value)
{
    gre_nft_expr_compare(msg, op, &value, sizeof value);
}

static void
pass(GreNftRule rule)
{
    gre_nft_expr_verdict(rule.msg, NF_ACCEPT);
    gre_nft_table_end_rule(rule);
}

/* All but SYN and SYN-ACK leave the chain. */
static void
pass_others(GreNftBatch *batch)
{
    enum { FLAGS = 13, SYN = 2, RST = 4 }; /* offset in TCP's header; RFC 9293, 3.1 */
    GreNftRule rule = gre_nft_table_begin_rule(batch, GRE_MSS_CLAMP_TABLE, "forward");

    gre_nft_expr_load_meta(rule.msg, NFT_META_L4PROTO);
    match_byte(rule.msg, NFT_CMP_NEQ, IPPROTO_TCP);
    pass(rule);
    rule = gre_nft_table_begin_rule(batch, GRE_MSS_CLAMP_TABLE, "forward");
    gre_nft_expr_load(rule.msg, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS, 1, GRE_NFT_EXPR_REG);
    gre_nft_expr_mask(rule.msg, SYN | RST);
    match_byte(rule.msg, NFT_CMP_NEQ, SYN);
    pass(rule);
}

/* @name: NFT_META_OIFNAME or _IIFNAME. What the peer's LAN announces limits what ours sends there,
 * so both directions need it. */
static void
clamp(GreNftBatch *batch, const Family *family, enum nft_meta_keys name)
{
    GreNftRule rule = gre_nft_table_begin_rule(batch, GRE_MSS_CLAMP_TABLE, "forward");
    GreNftSet  map = map_of(family);

    gre_nft_expr_load_meta(rule.msg, NFT_META_NFPROTO);
    match_byte(rule.msg, NFT_CMP_EQ, family->nfproto);
    gre_nft_expr_load_meta(rule.msg, name);
    gre_nft_expr_map(rule.msg, map.name);
    gre_nft_expr_clamp_mss(rule.msg);
    gre_nft_table_end_rule(rule);
}

/* ---- the table ---- */

/* An MTU that is too small for the family carries nothing of it. */
static void
put_device(GreNftBatch *batch, const char *ifname, guint mtu, int type)
{
    char key[IFNAMSIZ] = { 0 };

    g_strlcpy(key, ifname, sizeof key);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        const Family *family = &families[i];
        guint16       mss = htons((guint16) (mtu - MIN(mtu, family->header + TCP_HEADER)));
        GreNftSet     map = map_of(family);

        if (mtu < family->mtu_min)
            continue;
        gre_nft_table_put_element(batch, GRE_MSS_CLAMP_TABLE, &map, key,
                                  type == NFT_MSG_NEWSETELEM ? &mss : NULL, type,
                                  type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0);
    }
}

static void
put_all(GreNftBatch *batch, guint32 flags, gpointer data)
{
    const GreMssClamp *self = data;
    GHashTableIter     iter;
    gpointer           ifname, mtu;

    gre_nft_table_replace(batch, GRE_MSS_CLAMP_TABLE, flags);
    gre_nft_table_put_chain(batch, GRE_MSS_CLAMP_TABLE, "filter", "forward", NF_INET_FORWARD,
                            GRE_NFT_TABLE_MANGLE);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        GreNftSet map = map_of(&families[i]);

        gre_nft_table_put_set(batch, GRE_MSS_CLAMP_TABLE, &map);
    }
    pass_others(batch);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        clamp(batch, &families[i], NFT_META_OIFNAME);
        clamp(batch, &families[i], NFT_META_IIFNAME);
    }
    g_hash_table_iter_init(&iter, self->mtus);
    while (g_hash_table_iter_next(&iter, &ifname, &mtu))
        put_device(batch, ifname, GPOINTER_TO_UINT(mtu), NFT_MSG_NEWSETELEM);
}

static int
make_table(GreMssClamp *self)
{
    int code = gre_nft_table_make(self->netlink, put_all, self);

    self->there = code == 0;
    return code;
}

static void
delete_table(GreMssClamp *self)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    gre_nft_table_delete(batch, GRE_MSS_CLAMP_TABLE);
    gre_nft_table_commit(self->netlink, batch); /* it may be gone */
    self->there = FALSE;
}

GreMssClamp *
gre_mss_clamp_new(GreNetlink *netlink)
{
    GreMssClamp *self = g_new0(GreMssClamp, 1);

    self->netlink = netlink;
    self->mtus = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    delete_table(self);
    return self;
}

void
gre_mss_clamp_free(GreMssClamp *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->mtus);
    g_free(self);
}

/* In one transaction; @before: its MTU in the table, 0: it is not there. */
static int
change(GreMssClamp *self, const char *ifname, guint before, guint mtu)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    if (before != 0)
        put_device(batch, ifname, before, NFT_MSG_DELSETELEM);
    if (mtu != 0)
        put_device(batch, ifname, mtu, NFT_MSG_NEWSETELEM);
    return gre_nft_table_commit(self->netlink, batch);
}

gboolean
gre_mss_clamp_set(GreMssClamp *self, const char *ifname, guint mtu, GError **error)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(self->mtus, ifname));
    int   code = 0;

    if (mtu == before)
        return TRUE;
    if (mtu == 0)
        g_hash_table_remove(self->mtus, ifname);
    else
        g_hash_table_insert(self->mtus, g_strdup(ifname), GUINT_TO_POINTER(mtu));
    if (g_hash_table_size(self->mtus) == 0)
        delete_table(self);
    else if (!self->there || change(self, ifname, before, mtu) < 0)
        code = make_table(self); /* another program may have removed it a moment ago */
    if (code == 0)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                "can't install the nftables table " GRE_MSS_CLAMP_TABLE ": %s", g_strerror(-code));
    return FALSE;
}

gboolean
gre_mss_clamp_restore(GreMssClamp *self)
{
    return self->there && !gre_nft_table_is_there(self->netlink, GRE_MSS_CLAMP_TABLE) &&
           make_table(self) == 0;
}
