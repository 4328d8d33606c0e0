/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barriers in place and their holders: a connection while it is up, the guard as long as a
 * protected profile exists. A barrier is installed for its first holder and removed shortly after
 * the last one, when no decrypted packet is left in the kernel.
 */
#ifndef GRE_BARRIERS_H
#define GRE_BARRIERS_H

#include "gre-profile.h"
#include "kernel/barrier.h"

typedef struct _GreBarriers    GreBarriers;
typedef struct _GreBarrierHold GreBarrierHold;

/* The barrier is in place, or failed (@error); the hold must be released in either case. */
typedef void (*GreBarrierLaid)(gpointer user_data, const GError *error);
typedef void (*GreBarrierLifted)(gpointer user_data);

GreBarriers *gre_barriers_new(GreNetlink *netlink);

/* Held barriers stay in the kernel when the process ends. */
void gre_barriers_free(GreBarriers *set);

/**
 * gre_barriers_hold:
 * @out: (out): set before @laid is called; for gre_barriers_release()
 * @laid: (nullable): called once, possibly before this returns, unless the hold is released first
 */
void gre_barriers_hold(GreBarriers      *set,
                       const GreBarrier *barrier,
                       GreBarrierHold  **out,
                       GreBarrierLaid    laid,
                       gpointer          user_data);

/* @lifted: (nullable): called when the barrier is removed, or at once if it has other holders. */
void gre_barriers_release(GreBarrierHold *hold, GreBarrierLifted lifted, gpointer user_data);

/* Another program removed policies: installs the missing ones again, at once. */
void gre_barriers_restore(GreBarriers *set);

/* Another program changed nftables, or may have: the same for the table of barrier-table.h. */
void gre_barriers_restore_table(GreBarriers *set);

/* What is known of a held barrier now. */
typedef struct {
    gboolean stands;      /* all of its policies are in the kernel */
    gboolean in_table;    /* it is in the nftables table as well */
    guint    restored;    /* how often it was installed again: another program had removed it */
    gint64   restored_at; /* the last time of these, in seconds since 1970 */
} GreBarriersView;

/* @hold: (nullable): all of @view is 0 then */
void gre_barriers_hold_view(const GreBarrierHold *hold, GreBarriersView *view);

/**
 * gre_barriers_sweep:
 * @keep: (nullable): whether a barrier without a holder is to stay
 *
 * Removes the barriers that an earlier run left.
 */
void gre_barriers_sweep(GreBarriers *set,
                        gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                        gpointer user_data);

#endif
