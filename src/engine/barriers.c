/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the holders of each barrier. XFRM policies take effect at once; the nftables table takes a
 * while, one command at a time.
 */
#include "engine/barriers.h"

#include "base/log.h"
#include "gre-error.h"
#include "kernel/barrier-nft.h"

#include <sys/utsname.h>

/* Decrypted packets wait in a queue (net/xfrm/xfrm_input.c, xfrm_trans_queue()), and may leave it
 * after the SA is gone. Until then the barrier stays, and with it the policy that blocks the
 * kernel's answer to a packet that no tunnel accepts. */
enum { QUEUE_MS = 250 };

typedef struct {
    GreBarriers *set;
    GreBarrier   barrier;
    gboolean     needs_nft;
    GPtrArray   *holds;   /* GreBarrierHold */
    GPtrArray   *leaving; /* GreBarrierHold: released, waiting for the end */
    guint        lift;    /* source that removes it once it has no holders */
    GError      *error;   /* why it is not in place */
    gboolean     nft_busy;
    gboolean     nft_stands;
} Entry;

struct _GreBarrierHold {
    Entry           *entry;
    GreBarrierLaid   laid; /* NULL once called */
    GreBarrierLifted lifted;
    gpointer         data;
};

struct _GreBarriers {
    GreNetlink   *netlink;
    GPtrArray    *entries;
    GCancellable *cancellable;
};

static void
entry_clear(gpointer data)
{
    Entry *entry = data;

    g_clear_handle_id(&entry->lift, g_source_remove);
    g_ptr_array_unref(entry->holds);
    g_ptr_array_unref(entry->leaving);
    g_clear_error(&entry->error);
}

static void
entry_unref(gpointer entry)
{
    g_rc_box_release_full(entry, entry_clear);
}

GreBarriers *
gre_barriers_new(GreNetlink *netlink)
{
    GreBarriers *set = g_new0(GreBarriers, 1);

    set->netlink = netlink;
    set->entries = g_ptr_array_new_with_free_func(entry_unref);
    set->cancellable = g_cancellable_new();
    return set;
}

void
gre_barriers_free(GreBarriers *set)
{
    if (!set)
        return;
    g_cancellable_cancel(set->cancellable);
    g_object_unref(set->cancellable);
    g_ptr_array_unref(set->entries);
    g_free(set);
}

static gboolean
needs_nft(GreMode mode)
{
    struct utsname kernel;

    return uname(&kernel) == 0 && gre_barrier_nft_needed(mode, kernel.release);
}

/* ---- callbacks ---- */

/* The callback may release its hold, or hold another barrier. */
static void
call_laid(Entry *entry)
{
    g_autoptr(GPtrArray) holds = g_ptr_array_copy(entry->holds, NULL, NULL);
    g_autoptr(GError) error = entry->error ? g_error_copy(entry->error) : NULL;

    g_rc_box_acquire(entry);
    for (guint i = 0; i < holds->len; i++) {
        GreBarrierHold *hold = g_ptr_array_index(holds, i);
        GreBarrierLaid  laid;

        if (!g_ptr_array_find(entry->holds, hold, NULL))
            continue;
        laid = g_steal_pointer(&hold->laid);
        if (laid)
            laid(hold->data, error);
    }
    entry_unref(entry);
}

static void
call_lifted(Entry *entry)
{
    g_autoptr(GPtrArray) leaving = g_steal_pointer(&entry->leaving);

    entry->leaving = g_ptr_array_new();
    for (guint i = 0; i < leaving->len; i++) {
        GreBarrierHold *hold = g_ptr_array_index(leaving, i);

        if (hold->lifted)
            hold->lifted(hold->data);
        g_free(hold);
    }
}

/* ---- the nftables table ---- */

static void settle(Entry *entry);

static void
nft_laid(GObject *source, GAsyncResult *result, gpointer data)
{
    Entry *entry = data;

    entry->nft_busy = FALSE;
    entry->nft_stands = gre_barrier_nft_finish(result, &entry->error);
    if (!g_error_matches(entry->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        settle(entry);
    entry_unref(entry);
}

static void
nft_lifted(GObject *source, GAsyncResult *result, gpointer data)
{
    Entry *entry = data;
    g_autoptr(GError) error = NULL;

    entry->nft_busy = entry->nft_stands = FALSE;
    if (!gre_barrier_nft_finish(result, &error))
        gre_log(LOG_ERR, "can't remove the barrier: %s", error->message);
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        settle(entry);
    entry_unref(entry);
}

/* Takes the table's next step towards the wanted state, or reports that it is reached. */
static void
settle(Entry *entry)
{
    GreBarriers *set = entry->set;
    gboolean     held = entry->holds->len > 0;

    if (entry->nft_busy || entry->lift)
        return;
    if (entry->needs_nft && !entry->error && held != entry->nft_stands) {
        entry->nft_busy = TRUE;
        if (held)
            gre_barrier_nft_lay_async(&entry->barrier, set->cancellable, nft_laid,
                                      g_rc_box_acquire(entry));
        else
            gre_barrier_nft_lift_async(&entry->barrier, set->cancellable, nft_lifted,
                                       g_rc_box_acquire(entry));
    } else if (held)
        call_laid(entry);
    else {
        g_rc_box_acquire(entry);
        g_ptr_array_remove(set->entries, entry);
        call_lifted(entry);
        entry_unref(entry);
    }
}

/* ---- holding ---- */

static Entry *
find(const GreBarriers *set, const GreBarrier *barrier)
{
    for (guint i = 0; i < set->entries->len; i++) {
        Entry *entry = g_ptr_array_index(set->entries, i);

        if (gre_barrier_equal(&entry->barrier, barrier))
            return entry;
    }
    return NULL;
}

static Entry *
add(GreBarriers *set, const GreBarrier *barrier, GreMode mode)
{
    Entry *entry = g_rc_box_new0(Entry);

    entry->set = set;
    entry->barrier = *barrier;
    entry->needs_nft = needs_nft(mode);
    entry->holds = g_ptr_array_new();
    entry->leaving = g_ptr_array_new();
    g_ptr_array_add(set->entries, entry);
    return entry;
}

void
gre_barriers_hold(GreBarriers      *set,
                  const GreBarrier *barrier,
                  GreMode           mode,
                  GreBarrierHold  **out,
                  GreBarrierLaid    laid,
                  gpointer          user_data)
{
    GreBarrierHold *hold = g_new0(GreBarrierHold, 1);
    Entry          *entry = find(set, barrier);

    if (!entry)
        entry = add(set, barrier, mode);
    hold->entry = entry;
    hold->laid = laid;
    hold->data = user_data;
    *out = hold;
    g_ptr_array_add(entry->holds, hold);
    g_clear_handle_id(&entry->lift, g_source_remove);
    if (entry->holds->len == 1)
        gre_barrier_lay(set->netlink, barrier, &entry->error);
    call_lifted(entry); /* a holder that released it a moment ago no longer waits for its removal */
    settle(entry);
}

static gboolean
lift(gpointer data)
{
    Entry *entry = data;
    g_autoptr(GError) error = NULL;

    entry->lift = 0;
    if (!gre_barrier_lift(entry->set->netlink, &entry->barrier, &error))
        gre_log(LOG_ERR, "can't remove the barrier: %s", error->message);
    settle(entry);
    return G_SOURCE_REMOVE;
}

void
gre_barriers_release(GreBarrierHold *hold, GreBarrierLifted lifted, gpointer user_data)
{
    Entry *entry = hold->entry;

    g_ptr_array_remove(entry->holds, hold);
    if (entry->holds->len > 0) {
        g_free(hold);
        if (lifted)
            lifted(user_data);
        return;
    }
    hold->lifted = lifted;
    hold->data = user_data;
    g_ptr_array_add(entry->leaving, hold);
    g_clear_error(&entry->error);
    entry->lift = g_timeout_add(QUEUE_MS, lift, entry);
}

gboolean
gre_barriers_hold_stands(const GreBarrierHold *hold)
{
    return gre_barrier_stands(hold->entry->set->netlink, &hold->entry->barrier);
}

void
gre_barriers_restore(GreBarriers *set)
{
    guint n = 0;

    for (guint i = 0; i < set->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(set->entries, i);
        gboolean     missing = FALSE;
        g_autoptr(GError) error = NULL;

        if (entry->holds->len == 0 && !entry->lift)
            continue; /* it is being removed */
        if (!gre_barrier_lay_again(set->netlink, &entry->barrier, &missing, &error))
            gre_log(LOG_ERR, "can't install a barrier again: %s", error->message);
        else
            n += missing;
    }
    if (n > 0)
        gre_log(LOG_WARNING,
                "another program removed the IPsec policies of %u barrier%s from the kernel (ip "
                "xfrm policy flush?); they are in place again",
                n, n == 1 ? "" : "s");
}

/* ---- barriers of an earlier run ---- */

static gboolean
table_is_held(const GreBarriers *set, const char *table)
{
    for (guint i = 0; i < set->entries->len; i++) {
        const Entry     *entry = g_ptr_array_index(set->entries, i);
        g_autofree char *own = gre_barrier_nft_table(&entry->barrier);

        if (entry->needs_nft && g_str_equal(own, table))
            return TRUE;
    }
    return FALSE;
}

static void
tables_removed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (!gre_barrier_nft_finish(result, &error))
        gre_log(LOG_WARNING, "can't remove the nftables tables of an earlier run: %s",
                error->message);
}

static void
tables_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    GreBarriers *set = data;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) tables = gre_barrier_nft_list_finish(result, &error);
    g_autoptr(GPtrArray) unused = g_ptr_array_new();

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    for (char **table = tables; table && *table; table++)
        if (!table_is_held(set, *table))
            g_ptr_array_add(unused, *table);
    g_ptr_array_add(unused, NULL);
    if (unused->len > 1)
        gre_barrier_nft_remove_async((const char *const *) unused->pdata, NULL, tables_removed,
                                     NULL);
}

void
gre_barriers_sweep(GreBarriers *set,
                   gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                   gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) barriers = gre_barrier_list(set->netlink, &error);

    if (!barriers) {
        gre_log(LOG_WARNING, "can't list the barriers of an earlier run: %s", error->message);
        return;
    }
    for (guint i = 0; i < barriers->len; i++) {
        const GreBarrier *barrier = &g_array_index(barriers, GreBarrier, i);

        if (find(set, barrier) || (keep && keep(barrier, user_data)))
            continue;
        if (!gre_barrier_lift(set->netlink, barrier, &error)) {
            gre_log(LOG_WARNING, "can't remove a barrier of an earlier run: %s", error->message);
            g_clear_error(&error);
        }
    }
    if (needs_nft(GRE_MODE_IP6GRE))
        gre_barrier_nft_list_async(set->cancellable, tables_listed, set);
}
