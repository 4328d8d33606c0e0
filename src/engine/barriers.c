/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the holders of each barrier. */
#include "engine/barriers.h"

#include "base/log.h"
#include "gre-error.h"
#include "kernel/barrier-rules.h"
#include "kernel/barrier-table.h"

#include <sys/utsname.h>

/* Decrypted packets wait in a queue (net/xfrm/xfrm_input.c, xfrm_trans_queue()), and may leave it
 * after the SA is gone. Until then the barrier stays, and with it the policy that blocks the
 * kernel's answer to a packet that no tunnel accepts. */
enum { QUEUE_MS = 250 };

typedef struct {
    GreBarriers *set;
    GreBarrier   barrier;
    gboolean     needs_table; /* the XFRM policies are not enough on this kernel */
    gboolean     in_table;    /* it is counted there, whether or not there is a table */
    guint        restored;
    gint64       restored_at; /* seconds since 1970 */
    GPtrArray   *holds;       /* GreBarrierHold */
    GPtrArray   *leaving;     /* GreBarrierHold: released, waiting for the end */
    guint        lift;        /* source that removes it once it has no holders */
    GError      *error;       /* why it is not in place */
} Entry;

struct _GreBarrierHold {
    Entry           *entry;
    GreBarrierLaid   laid; /* NULL once called */
    GreBarrierLifted lifted;
    gpointer         data;
};

struct _GreBarriers {
    GreNetlink      *netlink;
    GreBarrierTable *table;
    GPtrArray       *entries;
    gboolean         alone; /* that there is no table is in the journal */
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
    set->table = gre_barrier_table_new(netlink);
    return set;
}

void
gre_barriers_free(GreBarriers *set)
{
    if (!set)
        return;
    gre_barrier_table_free(set->table);
    g_ptr_array_unref(set->entries);
    g_free(set);
}

/* On some kernels ip6gre needs more than the XFRM policies. */
static gboolean
needs_table(const GreBarrier *barrier)
{
    GreMode        mode = gre_profile_family_mode(barrier->remote.family);
    struct utsname kernel;

    return uname(&kernel) == 0 && gre_barrier_table_needed(mode, kernel.release);
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

/* ---- both barriers ---- */

/* A kernel without nf_tables has the policies alone. */
static void
tell_alone(GreBarriers *set, const GError *error)
{
    if (error && !set->alone)
        gre_log_kind(GRE_MESSAGE_BARRIER_PARTLY, LOG_WARNING,
                     "%s: only the IPsec policies block GRE in clear text", error->message);
    set->alone = error != NULL;
}

/* It is counted there once, also if there is no table yet. */
static void
lay_in_table(Entry *entry)
{
    GreBarriers *set = entry->set;
    gboolean     missing;
    g_autoptr(GError) error = NULL;

    if (entry->in_table)
        gre_barrier_table_lay_again(set->table, &missing, &error);
    else
        gre_barrier_table_add(set->table, &entry->barrier, &error);
    entry->in_table = TRUE;
    tell_alone(set, error);
    if (error && entry->needs_table)
        entry->error = g_steal_pointer(&error);
}

static void
lay(Entry *entry)
{
    if (gre_barrier_lay(entry->set->netlink, &entry->barrier, &entry->error))
        lay_in_table(entry);
}

static void
remove_entry(Entry *entry)
{
    g_rc_box_acquire(entry);
    g_ptr_array_remove(entry->set->entries, entry);
    call_lifted(entry);
    entry_unref(entry);
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
add(GreBarriers *set, const GreBarrier *barrier)
{
    Entry *entry = g_rc_box_new0(Entry);

    entry->set = set;
    entry->barrier = *barrier;
    entry->needs_table = needs_table(barrier);
    entry->holds = g_ptr_array_new();
    entry->leaving = g_ptr_array_new();
    g_ptr_array_add(set->entries, entry);
    return entry;
}

void
gre_barriers_hold(GreBarriers      *set,
                  const GreBarrier *barrier,
                  GreBarrierHold  **out,
                  GreBarrierLaid    laid,
                  gpointer          user_data)
{
    GreBarrierHold *hold = g_new0(GreBarrierHold, 1);
    Entry          *entry = find(set, barrier);

    if (!entry)
        entry = add(set, barrier);
    hold->entry = entry;
    hold->laid = laid;
    hold->data = user_data;
    *out = hold;
    g_ptr_array_add(entry->holds, hold);
    g_clear_handle_id(&entry->lift, g_source_remove);
    if (entry->holds->len == 1)
        lay(entry);
    call_lifted(entry); /* a holder that released it a moment ago no longer waits for its removal */
    call_laid(entry);
}

static gboolean
lift(gpointer data)
{
    Entry *entry = data;
    g_autoptr(GError) error = NULL;

    entry->lift = 0;
    if (!gre_barrier_lift(entry->set->netlink, &entry->barrier, &error))
        gre_log_kind(GRE_MESSAGE_BARRIER_FAILED, LOG_ERR, "can't remove the barrier: %s",
                     error->message);
    if (entry->in_table)
        gre_barrier_table_remove(entry->set->table, &entry->barrier);
    remove_entry(entry);
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

void
gre_barriers_hold_view(const GreBarrierHold *hold, GreBarriersView *view)
{
    *view = (GreBarriersView){ 0 };
    if (!hold)
        return;
    view->stands = gre_barrier_stands(hold->entry->set->netlink, &hold->entry->barrier);
    view->in_table = hold->entry->in_table && gre_barrier_table_stands(hold->entry->set->table);
    view->restored = hold->entry->restored;
    view->restored_at = hold->entry->restored_at;
}

static void
count_restored(Entry *entry)
{
    entry->restored++;
    entry->restored_at = g_get_real_time() / G_USEC_PER_SEC;
}

void
gre_barriers_restore_table(GreBarriers *set)
{
    gboolean missing = FALSE;
    g_autoptr(GError) error = NULL;

    gre_barrier_table_lay_again(set->table, &missing, &error);
    tell_alone(set, error);
    if (!error && missing) {
        for (guint i = 0; i < set->entries->len; i++)
            count_restored(g_ptr_array_index(set->entries, i));
        gre_log_kind(GRE_MESSAGE_BARRIER_REMOVED, LOG_WARNING,
                     "another program removed the nftables table " GRE_BARRIER_RULES_TABLE
                     " (nft flush ruleset?); it is in place again");
    }
}

void
gre_barriers_restore(GreBarriers *set)
{
    guint n = 0;

    for (guint i = 0; i < set->entries->len; i++) {
        Entry   *entry = g_ptr_array_index(set->entries, i);
        gboolean missing = FALSE;
        g_autoptr(GError) error = NULL;

        if (entry->holds->len == 0 && !entry->lift)
            continue; /* it is being removed */
        if (!gre_barrier_lay_again(set->netlink, &entry->barrier, &missing, &error))
            gre_log_kind(GRE_MESSAGE_BARRIER_FAILED, LOG_ERR, "can't install a barrier again: %s",
                         error->message);
        else if (missing) {
            count_restored(entry);
            n++;
        }
    }
    if (n > 0)
        gre_log_kind(
            GRE_MESSAGE_BARRIER_REMOVED, LOG_WARNING,
            "another program removed the IPsec policies of %u barrier%s from the kernel (ip "
            "xfrm policy flush?); they are in place again",
            n, n == 1 ? "" : "s");
}

/* ---- barriers of an earlier run ---- */

void
gre_barriers_sweep(GreBarriers *set,
                   gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                   gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) barriers = gre_barrier_list(set->netlink, &error);

    gre_barrier_table_sweep(set->table);
    if (!barriers) {
        gre_log_kind(GRE_MESSAGE_LEFTOVER_KEPT, LOG_WARNING,
                     "can't list the barriers of an earlier run: %s", error->message);
        return;
    }
    for (guint i = 0; i < barriers->len; i++) {
        const GreBarrier *barrier = &g_array_index(barriers, GreBarrier, i);

        if (find(set, barrier) || (keep && keep(barrier, user_data)))
            continue;
        if (!gre_barrier_lift(set->netlink, barrier, &error)) {
            gre_log_kind(GRE_MESSAGE_LEFTOVER_KEPT, LOG_WARNING,
                         "can't remove a barrier of an earlier run: %s", error->message);
            g_clear_error(&error);
        }
    }
}
