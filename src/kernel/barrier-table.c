/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/barrier-table.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>

#include "base/log.h"
#include "gre-error.h"
#include "kernel/barrier-rules.h"
#include "kernel/nft-table.h"
#include "kernel/source-nat.h"

typedef struct {
    GreAddress local, remote; /* local: any for all of this host */
    guint      refs;
} Pair;

struct _GreBarrierTable {
    GreNetlink *netlink;
    GArray     *pairs; /* Pair */
    gboolean    there;
    gboolean    source_nat;  /* with the chains for it */
    gboolean    nat_refused; /* the kernel has no such chains */
};

/* ---- transactions ---- */

static int
commit(const GreBarrierTable *table, GreNftBatch *batch)
{
    return gre_nft_table_commit(table->netlink, batch);
}

static void
delete_table(GreBarrierTable *table)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    gre_barrier_rules_delete_table(batch);
    commit(table, batch); /* it may be gone */
    table->there = table->source_nat = FALSE;
}

/* What connection tracking remembers of a pair. */
static void
forget(const GreBarrierTable *table, const Pair *pair)
{
    if (table->source_nat && !gre_address_is_any(&pair->local))
        gre_source_nat_forget(table->netlink, &pair->local, &pair->remote);
}

static void
forget_all(const GreBarrierTable *table)
{
    for (guint i = 0; i < table->pairs->len; i++)
        forget(table, &g_array_index(table->pairs, Pair, i));
}

/* With all pairs at once: no instant in which there is a table that lets them pass. */
static void
put_all(GreNftBatch *batch, guint32 flags, gpointer data)
{
    const GreBarrierTable *table = data;

    gre_barrier_rules_put_table(batch, flags);
    if (table->source_nat && !table->nat_refused)
        gre_barrier_rules_put_source_nat(batch);
    for (guint i = 0; i < table->pairs->len; i++) {
        const Pair *pair = &g_array_index(table->pairs, Pair, i);

        gre_barrier_rules_put_pair(batch, &pair->local, &pair->remote, NFT_MSG_NEWSETELEM,
                                   NLM_F_CREATE);
        gre_barrier_rules_put_remote(batch, &pair->remote, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
    }
}

static int
make_table(GreBarrierTable *table)
{
    int code = gre_nft_table_make(table->netlink, put_all, table);

    table->there = code == 0;
    if (table->there)
        forget_all(table);
    return code;
}

static gboolean
has_remote(const GreBarrierTable *table, const GreAddress *remote)
{
    for (guint i = 0; i < table->pairs->len; i++)
        if (gre_address_equal(&g_array_index(table->pairs, Pair, i).remote, remote))
            return TRUE;
    return FALSE;
}

static int
change(const GreBarrierTable *table, const Pair *pair, int type, int flags)
{
    g_autoptr(GreNftBatch) batch = gre_nft_batch_new(NFPROTO_INET);

    gre_barrier_rules_put_pair(batch, &pair->local, &pair->remote, type, flags);
    if (type == NFT_MSG_NEWSETELEM || !has_remote(table, &pair->remote))
        gre_barrier_rules_put_remote(batch, &pair->remote, type, flags);
    return commit(table, batch);
}

static gboolean
fail(GError **error, int code)
{
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                "can't install the nftables table " GRE_BARRIER_RULES_TABLE ": %s",
                g_strerror(-code));
    return FALSE;
}

/* ---- source NAT ---- */

/* The chains stay until the table goes: without another's source NAT they change nothing. A kernel
 * without nft_nat does source NAT by iptables-legacy alone. */
static void
adapt_to_source_nat(GreBarrierTable *table)
{
    g_autoptr(GreNftBatch) batch = NULL;
    int code;

    if (table->source_nat || !gre_source_nat_is_possible(table->netlink))
        return;
    batch = gre_nft_batch_new(NFPROTO_INET);
    gre_barrier_rules_put_source_nat(batch);
    code = commit(table, batch);
    table->source_nat = TRUE;
    table->nat_refused = code < 0;
    if (code < 0) {
        gre_log_kind(GRE_MESSAGE_BARRIER_PARTLY, LOG_WARNING,
                     "can't add chains to the nftables table " GRE_BARRIER_RULES_TABLE
                     ": %s; source NAT on this host would stop tunnels with IPsec",
                     g_strerror(-code));
        return;
    }
    forget_all(table);
}

/* ---- the table ---- */

GreBarrierTable *
gre_barrier_table_new(GreNetlink *netlink)
{
    GreBarrierTable *table = g_new0(GreBarrierTable, 1);

    table->netlink = netlink;
    table->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    return table;
}

void
gre_barrier_table_free(GreBarrierTable *table)
{
    if (!table)
        return;
    g_array_unref(table->pairs);
    g_free(table);
}

static Pair *
find(const GreBarrierTable *table, const GreBarrier *barrier, guint *at)
{
    for (guint i = 0; i < table->pairs->len; i++) {
        Pair *pair = &g_array_index(table->pairs, Pair, i);

        *at = i;
        if (gre_address_equal(&pair->local, &barrier->local) &&
            gre_address_equal(&pair->remote, &barrier->remote))
            return pair;
    }
    return NULL;
}

/* In a table that is there already; it may be gone without our knowledge. */
static int
add_pair(GreBarrierTable *table, const Pair *pair)
{
    int code = -ENOENT;

    if (table->there)
        code = change(table, pair, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
    if (code < 0)
        code = make_table(table);
    if (code < 0)
        return code;
    forget(table, pair);
    adapt_to_source_nat(table);
    return 0;
}

gboolean
gre_barrier_table_add(GreBarrierTable *table, const GreBarrier *barrier, GError **error)
{
    Pair  added = { .local = barrier->local, .remote = barrier->remote, .refs = 1 };
    guint at;
    Pair *pair = find(table, barrier, &at);
    int   code;

    if (pair) {
        pair->refs++;
        if (table->there)
            return TRUE;
    } else
        g_array_append_val(table->pairs, added);
    code = add_pair(table, &added);
    return code == 0 || fail(error, code);
}

void
gre_barrier_table_remove(GreBarrierTable *table, const GreBarrier *barrier)
{
    guint at;
    Pair *pair = find(table, barrier, &at);
    Pair  removed;

    if (!pair || --pair->refs > 0)
        return;
    removed = *pair;
    g_array_remove_index_fast(table->pairs, at);
    if (!table->there)
        return;
    if (table->pairs->len == 0)
        delete_table(table);
    else
        change(table, &removed, NFT_MSG_DELSETELEM, 0);
}

void
gre_barrier_table_sweep(GreBarrierTable *table)
{
    if (!table->there)
        delete_table(table);
}

gboolean
gre_barrier_table_stands(const GreBarrierTable *table)
{
    return table->there;
}

gboolean
gre_barrier_table_lay_again(GreBarrierTable *table, gboolean *missing, GError **error)
{
    int code = 0;

    *missing = table->there && !gre_nft_table_is_there(table->netlink, GRE_BARRIER_RULES_TABLE);
    if (table->pairs->len == 0)
        return TRUE;
    if (*missing || !table->there)
        code = make_table(table);
    if (code < 0)
        return fail(error, code);
    adapt_to_source_nat(table);
    return TRUE;
}

/* ---- old kernels ---- */

gboolean
gre_barrier_table_needed(GreMode mode, const char *release)
{
    /* The first release of each stable series that has the commit. */
    static const guint fixed[][3] = { { 5, 4, 174 }, { 5, 10, 94 }, { 5, 15, 17 }, { 5, 16, 3 } };
    guint              major = 0, minor = 0, patch = 0;

    if (mode != GRE_MODE_IP6GRE)
        return FALSE;
    /* NOLINTNEXTLINE(cert-err34-c): the kernel's own release has no number that is too big */
    if (sscanf(release, "%u.%u.%u", &major, &minor, &patch) < 2)
        return TRUE;
    if (major > 5 || (major == 5 && minor >= 17))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (fixed[i][0] == major && fixed[i][1] == minor)
            return patch < fixed[i][2];
    return TRUE;
}
