/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device is found by hash, whatever the number of tunnels; packets that are no SYN of TCP cost
 * two rules, in the forward chain alone. The size itself is the kernel's: what fits the smaller MTU
 * of the routes to both ends, so it follows every change of the tunnel's.
 */
#include "kernel/mss-clamp.h"

#include <linux/netfilter.h>
#include <net/if.h>
#include <netinet/in.h>

#include "gre-error.h"
#include "kernel/nft-expr.h"
#include "kernel/nft-table.h"

struct _GreMssClamp {
    GreNetlink *netlink;
    GHashTable *ifnames; /* set of char * */
    gboolean    there;
};

static const GreNftSet tunnels = {
    .name = "tunnels",
    .id = 1,
    .key_type = GRE_NFT_TABLE_IFNAME,
    .key_size = IFNAMSIZ,
};

/* ---- rules ---- */

static void
match_byte(GreNlMsg *msg, guint8 value)
{
    gre_nft_expr_compare(msg, NFT_CMP_EQ, &value, sizeof value);
}

/* SYN and SYN-ACK. With the protocol before, as nft does not read back what it prints otherwise. */
static void
match_syn(GreNlMsg *msg)
{
    enum { FLAGS = 13, SYN = 2, RST = 4 }; /* offset in TCP's header; RFC 9293, 3.1 */

    gre_nft_expr_load_meta(msg, NFT_META_L4PROTO);
    match_byte(msg, IPPROTO_TCP);
    gre_nft_expr_load(msg, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS, 1, GRE_NFT_EXPR_REG);
    gre_nft_expr_mask(msg, SYN | RST);
    match_byte(msg, SYN);
}

/* @name: NFT_META_OIFNAME or _IIFNAME. What the peer's LAN announces limits what ours sends there,
 * so both directions need it. */
static void
clamp(GreNftBatch *batch, enum nft_meta_keys name)
{
    GreNftRule rule = gre_nft_table_begin_rule(batch, GRE_MSS_CLAMP_TABLE, "forward");

    match_syn(rule.msg);
    gre_nft_expr_load_meta(rule.msg, name);
    gre_nft_expr_look_up(rule.msg, tunnels.name);
    gre_nft_expr_clamp_mss(rule.msg);
    gre_nft_table_end_rule(rule);
}

/* ---- the table ---- */

static void
put_device(GreNftBatch *batch, const char *ifname, int type)
{
    char key[IFNAMSIZ] = { 0 };

    g_strlcpy(key, ifname, sizeof key);
    gre_nft_table_put_element(batch, GRE_MSS_CLAMP_TABLE, &tunnels, key, type,
                              type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0);
}

static void
put_all(GreNftBatch *batch, guint32 flags, gpointer data)
{
    const GreMssClamp *self = data;
    GHashTableIter     iter;
    gpointer           ifname;

    gre_nft_table_replace(batch, GRE_MSS_CLAMP_TABLE, flags);
    gre_nft_table_put_chain(batch, GRE_MSS_CLAMP_TABLE, "filter", "forward", NF_INET_FORWARD,
                            GRE_NFT_TABLE_MANGLE);
    gre_nft_table_put_set(batch, GRE_MSS_CLAMP_TABLE, &tunnels);
    clamp(batch, NFT_META_OIFNAME);
    clamp(batch, NFT_META_IIFNAME);
    g_hash_table_iter_init(&iter, self->ifnames);
    while (g_hash_table_iter_next(&iter, &ifname, NULL))
        put_device(batch, ifname, NFT_MSG_NEWSETELEM);
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

static int
change(GreMssClamp *self, const char *ifname, int type)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    put_device(batch, ifname, type);
    return gre_nft_table_commit(self->netlink, batch);
}

/* ---- public functions ---- */

GreMssClamp *
gre_mss_clamp_new(GreNetlink *netlink)
{
    GreMssClamp *self = g_new0(GreMssClamp, 1);

    self->netlink = netlink;
    self->ifnames = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    delete_table(self);
    return self;
}

void
gre_mss_clamp_free(GreMssClamp *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->ifnames);
    g_free(self);
}

gboolean
gre_mss_clamp_add(GreMssClamp *self, const char *ifname, GError **error)
{
    int code = 0;

    if (!g_hash_table_add(self->ifnames, g_strdup(ifname)) && self->there)
        return TRUE;
    /* Another program may have removed it a moment ago. */
    if (!self->there || change(self, ifname, NFT_MSG_NEWSETELEM) < 0)
        code = make_table(self);
    if (code == 0)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                "can't install the nftables table " GRE_MSS_CLAMP_TABLE ": %s", g_strerror(-code));
    return FALSE;
}

void
gre_mss_clamp_remove(GreMssClamp *self, const char *ifname)
{
    if (!g_hash_table_remove(self->ifnames, ifname) || !self->there)
        return;
    if (g_hash_table_size(self->ifnames) == 0)
        delete_table(self);
    else
        change(self, ifname, NFT_MSG_DELSETELEM);
}

gboolean
gre_mss_clamp_restore(GreMssClamp *self)
{
    return self->there && !gre_nft_table_is_there(self->netlink, GRE_MSS_CLAMP_TABLE) &&
           make_table(self) == 0;
}
