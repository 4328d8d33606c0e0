/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all connections share: the netlink sockets, the peers in strongSwan, the list of
 * connections, and the cleanup after an earlier run.
 */
#ifndef GRE_ENGINE_H
#define GRE_ENGINE_H

#include "base/resolver.h"
#include "engine/barriers.h"
#include "engine/connection.h"
#include "kernel/mss-clamp.h"
#include "kernel/netlink.h"
#include "kernel/nft-watch.h"
#include "kernel/path-mtu-watch.h"
#include "kernel/xfrm-watch.h"
#include "strongswan/peers.h"

struct _GreEngine {
    GreNetlink      *netlink;
    GreXfrmWatch    *xfrm_watch; /* NULL: it can't be watched */
    GreNftWatch     *nft_watch;
    GrePathMtuWatch *path_mtu_watch;
    GreBarriers     *barriers;
    GreMssClamp     *mss_clamp;
    gboolean         mss_told; /* that it can't be installed */
    GrePeers        *peers;
    gboolean (*keep)(const GreBarrier *barrier, gpointer user_data);
    gpointer          keep_data;
    GList            *connections; /* GreConnection; each adds and removes itself */
    GreResolverWatch *resolver_watch;
};

/**
 * gre_engine_new:
 * @vici_path, @timing: (nullable): as for gre_peers_new()
 */
GreEngine *gre_engine_new(const char *vici_path, const GrePeerTiming *timing, GError **error);
void       gre_engine_free(GreEngine *engine);

/* Starts to clean up after an earlier run: devices at once, then strongSwan, then the barriers.
 * What belongs to a connection stays, so call it once those that are resumed are up again. */
void gre_engine_clean_up(GreEngine *engine);

/* Sets the function that decides which barriers of an earlier run stay. */
void gre_engine_set_keep(GreEngine *engine,
                         gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                         gpointer user_data);

/* Call it when names may resolve differently, for example by another name server: names that
 * connections wait for are looked up now. */
void gre_engine_names_changed(GreEngine *engine);

/* As gre_mss_clamp_add(); a failure is in the journal once. */
void gre_engine_clamp_mss(GreEngine *engine, const char *ifname);

/* Another connection of this UUID, older than @than, that has not ended yet; or NULL. */
GreConnection *gre_engine_find_older(GreEngine *engine, const GreConnection *than);

#endif
