/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barriers that stand, and who wants them: a connection while it is up, the guard as long as a
 * protected profile exists. Each is laid for the first who holds it and lifted a moment after the
 * last, when nothing that was decrypted is on its way any more.
 */
#ifndef GRE_BARRIERS_H
#define GRE_BARRIERS_H

#include "gre-profile.h"
#include "kernel/barrier.h"

typedef struct _GreBarriers    GreBarriers;
typedef struct _GreBarrierHold GreBarrierHold;

/* It stands, or can't (@error): then the hold must be released all the same. */
typedef void (*GreBarrierLaid)(gpointer user_data, const GError *error);
typedef void (*GreBarrierLifted)(gpointer user_data);

GreBarriers *gre_barriers_new(GreNetlink *netlink);

/* What is held stays in the kernel: who ends takes no barrier along. */
void gre_barriers_free(GreBarriers *barriers);

/**
 * gre_barriers_hold:
 * @mode: of the tunnel; on some kernels ip6gre needs more than the XFRM policies
 * @hold: (out): set before @laid is told; for gre_barriers_release()
 * @laid: (nullable): told once, maybe before this returns, unless the hold is released before
 */
void gre_barriers_hold(GreBarriers      *barriers,
                       const GreBarrier *barrier,
                       GreMode           mode,
                       GreBarrierHold  **hold,
                       GreBarrierLaid    laid,
                       gpointer          user_data);

/* @lifted: (nullable): told when nothing of it is left, or at once where others hold it too. */
void gre_barriers_release(GreBarrierHold *hold, GreBarrierLifted lifted, gpointer user_data);

/* Whether all policies of a held barrier are in the kernel now. */
gboolean gre_barriers_hold_stands(const GreBarrierHold *hold);

/**
 * gre_barriers_sweep:
 * @keep: (nullable): whether one that nobody holds is to stay
 *
 * Lifts what an earlier run left.
 */
void gre_barriers_sweep(GreBarriers *barriers,
                        gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                        gpointer user_data);

#endif
