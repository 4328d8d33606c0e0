/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets the engine up, and clears away what an earlier run left. */
#include "engine.h"

#include "barrier-nft.h"
#include "connection-private.h"
#include "gre-error.h"
#include "log.h"

static void
remove_devices(GreEngine *engine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) devices = gre_device_list(engine->netlink, &error);

    if (!devices) {
        gre_log(LOG_WARNING, "looking for devices of an earlier run: %s", error->message);
        return;
    }
    for (guint i = 0; i < devices->len; i++) {
        const GreDevice *device = &g_array_index(devices, GreDevice, i);

        gre_log_full(LOG_NOTICE, NULL, device->uuid, device->ifname,
                     "removing device \"%s\", left by an earlier run", device->ifname);
        if (!gre_device_delete(engine->netlink, device->ifindex, &error))
            gre_log(LOG_WARNING, "removing \"%s\": %s", device->ifname, error->message);
        g_clear_error(&error);
    }
}

static gboolean
barrier_in_use(const GreEngine *engine, const GreBarrier *barrier)
{
    for (GList *l = engine->connections; l; l = l->next) {
        const GreConnection *connection = l->data;

        if (connection->has_barrier && gre_barrier_equal(&connection->barrier, barrier))
            return TRUE;
    }
    return FALSE;
}

static gboolean
table_in_use(const GreEngine *engine, const char *table)
{
    for (GList *l = engine->connections; l; l = l->next) {
        const GreConnection *connection = l->data;
        g_autofree char     *own = gre_barrier_nft_table(&connection->barrier);

        if (connection->has_nft && g_str_equal(own, table))
            return TRUE;
    }
    return FALSE;
}

static void
tables_removed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;

    (void) source;
    (void) data;
    if (!gre_barrier_nft_finish(result, &error))
        gre_log(LOG_WARNING, "removing nftables tables of an earlier run: %s", error->message);
}

static void
tables_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    GreEngine *engine = data;
    g_auto(GStrv) tables = gre_barrier_nft_list_finish(result, NULL);
    g_autoptr(GPtrArray) unused = g_ptr_array_new();

    (void) source;
    for (char **table = tables; table && *table; table++)
        if (!table_in_use(engine, *table))
            g_ptr_array_add(unused, *table);
    g_ptr_array_add(unused, NULL);
    if (unused->len > 1)
        gre_barrier_nft_remove_async((const char *const *) unused->pdata, NULL, tables_removed,
                                     NULL);
}

/* The last step of the removal: nothing that could send is left. */
static gboolean
remove_barriers(gpointer data)
{
    GreEngine *engine = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) barriers = gre_barrier_list(engine->netlink, &error);

    if (!barriers) {
        gre_log(LOG_WARNING, "looking for barriers of an earlier run: %s", error->message);
        return G_SOURCE_REMOVE;
    }
    for (guint i = 0; i < barriers->len; i++) {
        const GreBarrier *barrier = &g_array_index(barriers, GreBarrier, i);

        if (!barrier_in_use(engine, barrier) &&
            !gre_barrier_lift(engine->netlink, barrier, &error)) {
            gre_log(LOG_WARNING, "lifting a barrier of an earlier run: %s", error->message);
            g_clear_error(&error);
        }
    }
    if (gre_connection_needs_nft(GRE_MODE_IP6GRE))
        gre_barrier_nft_list_async(NULL, tables_listed, engine);
    return G_SOURCE_REMOVE;
}

static void
kernel_event(GreNetlinkEvent event, int ifindex, gpointer data)
{
    GreEngine *engine = data;

    (void) ifindex;
    if (event != GRE_NETLINK_LINK_REMOVED)
        gre_peers_nudge(engine->peers);
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
    engine->peers = gre_peers_new(vici_path, timing);
    gre_peers_set_netlink(engine->peers, engine->netlink);
    gre_netlink_watch(engine->netlink, kernel_event, engine);
    remove_devices(engine);
    gre_peers_sweep(engine->peers, remove_barriers, engine);
    return engine;
}

void
gre_engine_free(GreEngine *engine)
{
    if (!engine)
        return;
    g_assert(!engine->connections);
    gre_peers_free(engine->peers);
    gre_netlink_free(engine->netlink);
    g_free(engine);
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
