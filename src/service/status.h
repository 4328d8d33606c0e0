/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of every tunnel as a D-Bus value, for `nm-gre status` and for scripts.
 */
#ifndef GRE_STATUS_H
#define GRE_STATUS_H

#include "service/guard.h"
#include "service/history.h"

#include <sys/types.h>

/* @status: (transfer floating): aa{sv} */
typedef void (*GreStatusFunc)(GVariant *status, gpointer user_data);

/**
 * gre_status_collect:
 * @uid: the caller: gets only the profiles that NetworkManager shows to this user; SPIs and the
 *   SAs' counters are for root only
 *
 * Calls @done, from the main loop, with one dictionary for each VPN profile of ours and each
 * protected tunnel, sorted by id; nm-gre(1) lists the keys.
 */
void gre_status_collect(GreEngine        *engine,
                        const GreGuard   *guard,
                        const GreHistory *history,
                        uid_t             uid,
                        GreStatusFunc     done,
                        gpointer          user_data);

#endif
