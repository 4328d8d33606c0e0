/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all connections share: the sockets to the kernel, the peers in strongSwan, the list of
 * connections themselves, and the removal of what a run before this one left behind.
 */
#ifndef GRE_ENGINE_H
#define GRE_ENGINE_H

#include "engine/barriers.h"
#include "engine/connection.h"
#include "kernel/netlink.h"
#include "strongswan/peers.h"

struct _GreEngine {
    GreNetlink  *netlink;
    GreBarriers *barriers;
    GrePeers    *peers;
    gboolean (*keep)(const GreBarrier *barrier, gpointer user_data);
    gpointer keep_data;
    GList   *connections; /* GreConnection; each adds and removes itself */
};

/**
 * gre_engine_new:
 * @vici_path, @timing: (nullable): as for gre_peers_new()
 *
 * Opens the sockets and begins to clear away what a crashed run left: devices at once, then what is
 * in strongSwan, then the barriers.
 */
GreEngine *gre_engine_new(const char *vici_path, const GrePeerTiming *timing, GError **error);
void       gre_engine_free(GreEngine *engine);

/* Asks @keep of each barrier that an earlier run left whether it is to stay. */
void gre_engine_set_keep(GreEngine *engine,
                         gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                         gpointer user_data);

/* Another connection of this uuid, older than @than, that isn't gone yet; or NULL. */
GreConnection *gre_engine_find_older(GreEngine *engine, const GreConnection *than);

#endif
