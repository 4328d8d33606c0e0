/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets up the engine and cleans up after an earlier run. */
#include "engine/engine.h"

#include "base/log.h"
#include "engine/connection-private.h"
#include "gre-error.h"
#include "kernel/gre-links.h"

/* Of a connection that an earlier program handed over. */
static gboolean
is_in_use(const GreEngine *engine, const GreLink *tunnel)
{
    for (const GList *l = engine->connections; l; l = l->next) {
        const GreConnection *connection = l->data;

        if (connection->has_device && connection->device.ifindex == tunnel->ifindex)
            return TRUE;
    }
    return FALSE;
}

static void
remove_devices(GreEngine *engine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) tunnels = gre_links_list(engine->netlink, &error);

    if (!tunnels) {
        gre_log_kind(GRE_MESSAGE_LEFTOVER_KEPT, LOG_WARNING,
                     "can't list the devices of an earlier run: %s", error->message);
        return;
    }
    for (guint i = 0; i < tunnels->len; i++) {
        const GreLink *tunnel = &g_array_index(tunnels, GreLink, i);

        if (tunnel->uuid[0] == '\0' || is_in_use(engine, tunnel))
            continue;
        gre_log_kind_full(GRE_MESSAGE_LEFTOVER_REMOVED, LOG_NOTICE, NULL, tunnel->uuid,
                          tunnel->ifname, "removing device \"%s\", left by an earlier run",
                          tunnel->ifname);
        if (!gre_device_delete(engine->netlink, tunnel->ifindex, &error))
            gre_log_kind(GRE_MESSAGE_LEFTOVER_KEPT, LOG_WARNING, "device \"%s\": %s",
                         tunnel->ifname, error->message);
        g_clear_error(&error);
    }
}

/* The last step of the cleanup: nothing is left that could send. */
static gboolean
remove_barriers(gpointer data)
{
    GreEngine *engine = data;

    gre_barriers_sweep(engine->barriers, engine->keep, engine->keep_data);
    return G_SOURCE_REMOVE;
}

static void
kernel_event(GreNetlinkEvent event, int ifindex, gpointer data)
{
    GreEngine *engine = data;

    if (event == GRE_NETLINK_LINK_REMOVED)
        return;
    gre_peers_nudge(engine->peers);
    /* A tunnel's own connections may be the first that are tracked. Once for a burst, as the kernel
     * is asked for it. */
    if (event != GRE_NETLINK_LINK_CHANGED)
        gre_barriers_restore_table(engine->barriers);
}

/* The barriers first: nothing may leave in clear text while the SAs are renewed. */
static void
xfrm_lost(const GreXfrmLoss *loss, gpointer data)
{
    GreEngine *engine = data;

    if (loss->policies)
        gre_barriers_restore(engine->barriers);
    gre_peers_kernel_lost(engine->peers,
                          loss->policies || loss->states ? NULL : loss->deleted_spis);
}

static void
nft_changed(gpointer data)
{
    GreEngine *engine = data;

    gre_barriers_restore_table(engine->barriers);
    if (gre_mss_clamp_restore(engine->mss_clamp))
        gre_log_kind(GRE_MESSAGE_MTU, LOG_NOTICE,
                     "another program removed the nftables table " GRE_MSS_CLAMP_TABLE
                     " (nft flush ruleset?); it is in place again");
}

static void
watch_barriers(GreEngine *engine)
{
    g_autoptr(GError) xfrm_error = NULL;
    g_autoptr(GError) nft_error = NULL;

    engine->xfrm_watch = gre_xfrm_watch_new(xfrm_lost, engine, &xfrm_error);
    if (!engine->xfrm_watch)
        gre_log_kind(GRE_MESSAGE_BARRIER_PARTLY, LOG_WARNING, "%s", xfrm_error->message);
    engine->nft_watch = gre_nft_watch_new(nft_changed, engine, &nft_error);
    if (!engine->nft_watch)
        gre_log_kind(GRE_MESSAGE_BARRIER_PARTLY, LOG_WARNING, "%s", nft_error->message);
}

static void
path_learned(const GreAddress *to, gpointer data)
{
    GreEngine *engine = data;

    for (GList *l = engine->connections; l; l = l->next)
        gre_connection_move_path_learned(l->data, to);
}

static void
watch_paths(GreEngine *engine)
{
    g_autoptr(GError) error = NULL;

    engine->path_mtu_watch = gre_path_mtu_watch_new(path_learned, engine, &error);
    if (!engine->path_mtu_watch)
        gre_log_kind(GRE_MESSAGE_MTU, LOG_WARNING, "%s", error->message);
}

static void
resolver_changed(gpointer data)
{
    gre_engine_names_changed(data);
}

GreEngine *
gre_engine_new(const char *vici_path, const GrePeerTiming *timing, GError **error)
{
    g_autoptr(GreNetlink) netlink = gre_netlink_new(error);
    GreEngine *engine;

    if (!netlink)
        return NULL;
    engine = g_new0(GreEngine, 1);
    engine->netlink = g_steal_pointer(&netlink);
    engine->barriers = gre_barriers_new(engine->netlink);
    engine->mss_clamp = gre_mss_clamp_new(engine->netlink);
    engine->peers = gre_peers_new(vici_path, timing);
    gre_peers_set_netlink(engine->peers, engine->netlink);
    gre_netlink_watch(engine->netlink, kernel_event, engine);
    engine->resolver_watch = gre_resolver_watch_new(resolver_changed, engine);
    watch_barriers(engine);
    watch_paths(engine);
    return engine;
}

void
gre_engine_clean_up(GreEngine *engine)
{
    remove_devices(engine);
    gre_peers_sweep(engine->peers, remove_barriers, engine);
}

void
gre_engine_free(GreEngine *engine)
{
    if (!engine)
        return;
    g_assert(!engine->connections);
    gre_resolver_watch_free(engine->resolver_watch);
    gre_xfrm_watch_free(engine->xfrm_watch);
    gre_nft_watch_free(engine->nft_watch);
    gre_path_mtu_watch_free(engine->path_mtu_watch);
    gre_peers_free(engine->peers);
    gre_barriers_free(engine->barriers);
    gre_mss_clamp_free(engine->mss_clamp);
    gre_netlink_free(engine->netlink);
    g_free(engine);
}

void
gre_engine_set_keep(GreEngine *engine,
                    gboolean (*keep)(const GreBarrier *barrier, gpointer user_data),
                    gpointer user_data)
{
    engine->keep = keep;
    engine->keep_data = user_data;
}

void
gre_engine_names_changed(GreEngine *engine)
{
    for (GList *l = engine->connections; l; l = l->next) {
        gre_connection_prepare_now(l->data, TRUE);
        gre_connection_move_names_changed(l->data);
    }
}

void
gre_engine_clamp_mss(GreEngine *engine, const char *ifname)
{
    g_autoptr(GError) error = NULL;

    if (gre_mss_clamp_add(engine->mss_clamp, ifname, &error) || engine->mss_told)
        return;
    engine->mss_told = TRUE;
    gre_log_kind(GRE_MESSAGE_MTU, LOG_WARNING,
                 "%s: TCP's segment size stays as it is in what this host forwards through tunnels",
                 error->message);
}

GreConnection *
gre_engine_find_older(GreEngine *engine, const GreConnection *than)
{
    for (GList *l = engine->connections; l && l->data != than; l = l->next) {
        GreConnection *other = l->data;

        if (g_strcmp0(other->profile->uuid, than->profile->uuid) == 0)
            return other;
    }
    return NULL;
}
