/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of every tunnel as one D-Bus value, for `nm-gre status` and for scripts.
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
 * @uid: who asks: sees the profiles that NetworkManager lets him see, and without being root
 *   neither SPIs nor the SAs' counters
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
