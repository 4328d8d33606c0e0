/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out what must be known before anything is changed: that an earlier instance of the same
 * profile is gone, the peer's address, the route to it, that device name and endpoints are free,
 * and keys and certificates.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "base/resolver.h"
#include "gre-error.h"

/* Between tries after an error that may heal. */
#define RETRY_MS 2000

static void find_own_route(GreConnection *connection);

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

/* Takes @error: tries again later if that can help. */
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
    return gre_profile_mode_family(profile->mode);
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
    find_own_route(connection);
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
    g_set_error(error, GRE_ERROR, GRE_ERROR_ROUTE, "parent: interface \"%s\" does not exist",
                parent);
    return FALSE;
}

static void
keys_read(GObject *source, GAsyncResult *result, gpointer data)
{
    GreConnection  *connection = data;
    GError         *error = NULL;
    GreCredentials *credentials = gre_keys_client_read_finish(result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_error_free(error); /* the connection may be freed */
        return;
    }
    if (!credentials) {
        not_ready(connection, error);
        return;
    }
    connection->credentials = credentials;
    gre_connection_dispatch(connection, GRE_EVENT_PREPARED);
}

static void
read_keys(GreConnection *connection)
{
    g_autoptr(GreKeyRequest) request =
        gre_keys_client_request(&connection->profile->ipsec, &connection->underlay.source,
                                &connection->remote, connection->user);

    gre_keys_client_read_async(request, gre_connection_prepare_cancellable(connection), keys_read,
                               connection);
}

/* The kernel answers everything here at once. */
static void
find_route(GreConnection *connection, const GreAddress *local, guint32 fwmark)
{
    GError *error = NULL;

    connection->mode = connection->remote.family == AF_INET ? GRE_MODE_GRE : GRE_MODE_IP6GRE;
    if (!gre_route_lookup(connection->engine->netlink, &connection->remote,
                          gre_address_is_any(local) ? NULL : local, connection->parent, fwmark,
                          connection->native.ifindex, &connection->underlay, &error) ||
        !gre_connection_device_check(connection, &error))
        not_ready(connection, error);
    else if (connection->profile->ipsec.method == GRE_IPSEC_PUBKEY)
        read_keys(connection);
    else
        gre_connection_dispatch(connection, GRE_EVENT_PREPARED);
}

static void
find_own_route(GreConnection *connection)
{
    const GreProfile *profile = connection->profile;
    GError           *error = NULL;

    if (find_parent(connection, &error))
        find_route(connection, &profile->local, profile->tunnel.fwmark);
    else
        not_ready(connection, error);
}

static void
find_native_route(GreConnection *connection)
{
    const GreLink *native = &connection->native;
    GError        *error = NULL;

    if (!gre_connection_device_find_native(connection, &error)) {
        not_ready(connection, error);
        return;
    }
    connection->remote = native->remote;
    connection->parent = native->parent_ifindex;
    find_route(connection, &native->local, native->options.fwmark);
}

void
gre_connection_prepare(GreConnection *connection)
{
    const GreProfile *profile = connection->profile;

    if (gre_connection_device_is_native(connection)) {
        find_native_route(connection);
        return;
    }
    connection->waits_turn = gre_engine_find_older(connection->engine, connection) != NULL;
    if (connection->waits_turn)
        return; /* its end calls us */
    if (profile->remote.family != AF_UNSPEC) {
        connection->remote = profile->remote;
        find_own_route(connection);
        return;
    }
    gre_resolver_lookup(profile->remote_name, wanted_family(profile), NULL,
                        gre_connection_prepare_cancellable(connection), resolved, connection);
}

void
gre_connection_prepare_now(GreConnection *connection)
{
    if (connection->state == GRE_STATE_PREPARING && connection->prepare_source)
        schedule(connection, 0);
}

GCancellable *
gre_connection_prepare_cancellable(GreConnection *connection)
{
    gre_connection_prepare_stop(connection);
    connection->cancellable = g_cancellable_new();
    return connection->cancellable;
}

void
gre_connection_prepare_stop(GreConnection *connection)
{
    g_clear_handle_id(&connection->prepare_source, g_source_remove);
    if (connection->cancellable)
        g_cancellable_cancel(connection->cancellable);
    g_clear_object(&connection->cancellable);
}
