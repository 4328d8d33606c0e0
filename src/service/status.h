/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of every tunnel as a D-Bus value, for `nm-gre status` and for scripts.
 */
#ifndef GRE_STATUS_H
#define GRE_STATUS_H

#include "service/guard.h"
#include "service/history.h"
#include "service/restart.h"

#include <sys/types.h>

/**
 * gre_status_collect:
 * @restart: (nullable): those that are to come up again
 * @uid: the caller: gets only the profiles that NetworkManager shows to this user; SPIs and the
 *   SAs' counters are for root only
 * @lists: (nullable): strongSwan's SAs, char *name -> GreSaList; NULL: it did not answer in time
 *
 * Returns: (transfer floating): aa{sv}: one dictionary for each VPN profile of ours and each
 *   protected tunnel, sorted by id; nm-gre(1) lists the keys.
 */
GVariant *gre_status_collect(GreEngine        *engine,
                             const GreGuard   *guard,
                             const GreHistory *history,
                             const GreRestart *restart,
                             uid_t             uid,
                             GHashTable       *lists);

#endif
