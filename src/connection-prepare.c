/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be known before anything is touched: that an earlier instance of the same profile is
 * gone, the peer's address, the way to it, and that device name and endpoints are free.
 */
#include "connection-private.h"

#include "gre-error.h"
#include "gre-mtu.h"
#include "log.h"
#include "resolver.h"

/* Between tries while something that may heal is missing. */
#define RETRY_MS 2000

static void find_way(GreConnection *connection);

static gboolean
prepare_again(gpointer data)
{
    GreConnection *connection = data;

    connection->prepare_source = 0;
    gre_connection_prepare(connection);
    return G_SOURCE_REMOVE;
}

static void
schedule(GreConnection *connection, guint ms)
{
    g_clear_handle_id(&connection->prepare_source, g_source_remove);
    connection->prepare_source = g_timeout_add(ms, prepare_again, connection);
}

/* Takes @error: tries again later where that can help. */
static void
not_ready(GreConnection *connection, GError *error)
{
    if (!gre_error_may_heal(error)) {
        gre_connection_fail(connection, error);
        return;
    }
    gre_connection_note(connection, error);
    g_error_free(error);
    schedule(connection, RETRY_MS);
}

static int
wanted_family(const GreProfile *profile)
{
    if (!profile->mode_is_set)
        return profile->local.family;
    return profile->mode == GRE_MODE_GRE ? AF_INET : AF_INET6;
}

static void
resolved(const GreAddress *address, const GError *error, gpointer data)
{
    GreConnection *connection = data;

    if (error) {
        not_ready(connection, g_error_copy(error));
        return;
    }
    connection->remote = *address;
    find_way(connection);
}

GreDeviceSpec
gre_connection_spec(const GreConnection *connection)
{
    const GreProfile *profile = connection->profile;

    return (GreDeviceSpec){
        .uuid = profile->uuid,
        .ifname = profile->ifname,
        .mode = connection->mode,
        .local = connection->underlay.source,
        .remote = connection->remote,
        .parent_ifindex = connection->parent,
        .mtu = connection->mtu,
        .options = &profile->tunnel,
    };
}

guint
gre_connection_fit_mtu(const GreConnection *connection)
{
    const GreProfile *profile = connection->profile;
    const GreChildSa *child = connection->peer ? gre_peer_user_child(connection->peer) : NULL;
    GreMtuInput       input = {
              .underlay_mtu = connection->underlay.mtu,
              .family = connection->remote.family,
              .key = profile->tunnel.has_output_key,
              .checksum = profile->tunnel.checksum,
              .sequence = profile->tunnel.sequence,
              .encap_limit = connection->mode == GRE_MODE_IP6GRE &&
                             profile->tunnel.encap_limit != GRE_ENCAP_LIMIT_NONE,
    };

    if (profile->mtu != GRE_MTU_AUTO)
        return profile->mtu;
    if (profile->ipsec.method != GRE_IPSEC_NO && !child)
        return gre_mtu_worst_case(&input);
    if (child)
        input.esp = (GreMtuEsp){
            .esp = TRUE,
            .encr_alg = child->encr_alg,
            .integ_alg = child->integ_alg,
            .tunnel_mode = child->tunnel_mode,
            .encap = child->encap,
        };
    return gre_mtu_compute(&input, NULL);
}

static gboolean
find_parent(GreConnection *connection, GError **error)
{
    const char *parent = connection->profile->parent;

    if (!parent)
        return TRUE;
    connection->parent = gre_device_index(connection->engine->netlink, parent);
    if (connection->parent > 0)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_ROUTE, "parent: there is no interface \"%s\"", parent);
    return FALSE;
}

/* Everything here is answered by the kernel at once. */
static void
find_way(GreConnection *connection)
{
    const GreProfile *profile = connection->profile;
    GreDeviceSpec     spec;
    GError           *error = NULL;

    connection->mode = connection->remote.family == AF_INET ? GRE_MODE_GRE : GRE_MODE_IP6GRE;
    if (!find_parent(connection, &error) ||
        !gre_underlay_lookup(connection->engine->netlink, &connection->remote,
                             profile->local.family != AF_UNSPEC ? &profile->local : NULL,
                             connection->parent, profile->tunnel.fwmark, 0, &connection->underlay,
                             &error)) {
        not_ready(connection, error);
        return;
    }
    spec = gre_connection_spec(connection);
    if (!gre_device_check(connection->engine->netlink, &spec, &error)) {
        not_ready(connection, error);
        return;
    }
    gre_connection_dispatch(connection, GRE_EVENT_PREPARED);
}

void
gre_connection_prepare(GreConnection *connection)
{
    const GreProfile *profile = connection->profile;

    connection->waits_turn = gre_engine_find_older(connection->engine, connection) != NULL;
    if (connection->waits_turn)
        return; /* its end calls us */
    if (profile->remote.family != AF_UNSPEC) {
        connection->remote = profile->remote;
        find_way(connection);
        return;
    }
    g_clear_object(&connection->cancellable);
    connection->cancellable = g_cancellable_new();
    gre_resolver_lookup(profile->remote_name, wanted_family(profile), connection->cancellable,
                        resolved, connection);
}

void
gre_connection_prepare_now(GreConnection *connection)
{
    if (connection->state == GRE_STATE_PREPARING && connection->prepare_source)
        schedule(connection, 0);
}

void
gre_connection_prepare_stop(GreConnection *connection)
{
    g_clear_handle_id(&connection->prepare_source, g_source_remove);
    if (connection->cancellable)
        g_cancellable_cancel(connection->cancellable);
    g_clear_object(&connection->cancellable);
}
