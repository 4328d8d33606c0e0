/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out what must be known before anything is changed: that an earlier instance of the same
 * profile is gone, the peer's address, the route to it, that device name and endpoints are free,
 * and keys and certificates. A persistent connection goes on looking for address and route while it
 * counts as up.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "base/resolver.h"
#include "gre-error.h"

/* Between tries after an error that may heal. */
#define RETRY_MS       2000
#define BACKOFF_MS     1000 /* of a persistent connection, doubling … */
#define BACKOFF_MAX_MS 60000
/* From one try to the next if the reason is a change: on a router, routes change all the time. */
#define CHANGED_MS 2000
/* A lookup that takes longer begins anew when routes change, or when a name server does. */
#define LOOKUP_MS       12000
#define LOOKUP_NAMES_MS 500

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

void
gre_connection_prepare_later(GreConnection *connection)
{
    guint pause = MAX(connection->backoff, BACKOFF_MS);

    if (!connection->wish.persistent) {
        schedule(connection, RETRY_MS);
        return;
    }
    connection->backoff = MIN(pause * 2, BACKOFF_MAX_MS);
    schedule(connection, pause);
}

/* Counts as up from here on; what was found so far does not suffice, and counts for nothing. */
static void
wait_armed(GreConnection *connection)
{
    connection->underlay = (GreRoute){ 0 };
    connection->remote = (GreAddress){ 0 };
    gre_connection_dispatch(connection, GRE_EVENT_ARMED);
}

/* The error may heal: tries again later. */
static void
try_later(GreConnection *connection, const GError *error)
{
    gre_connection_note(connection, error);
    gre_connection_prepare_later(connection);
    if (connection->arm_due && connection->state == GRE_STATE_PREPARING)
        wait_armed(connection);
}

/* Takes @error: tries again later if that can help. */
static void
not_ready(GreConnection *connection, GError *error)
{
    if (!gre_error_may_heal(error)) {
        gre_connection_fail(connection, error);
        return;
    }
    try_later(connection, error);
    g_error_free(error);
}

/* ---- counting as up ---- */

GError *
gre_connection_prepare_unresolved(const GreConnection *connection)
{
    if (!connection->resolving)
        return NULL;
    return g_error_new(GRE_ERROR, GRE_ERROR_RESOLVE,
                       "the peer's name \"%s\" does not resolve: no answer from a name server yet",
                       connection->profile->remote_name);
}

void
gre_connection_prepare_arm(GreConnection *connection)
{
    g_autoptr(GError) unresolved = gre_connection_prepare_unresolved(connection);

    connection->arm_due = TRUE;
    if (connection->waits_turn || !(connection->prepare_source || unresolved))
        return; /* an earlier instance has the device, or only the keys are missing */
    if (unresolved && !connection->logged)
        gre_connection_note(connection, unresolved);
    wait_armed(connection);
}

/* ---- keys ---- */

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
    if (!credentials && connection->remains) {
        try_later(connection, error); /* its SA needs no key meanwhile */
        g_error_free(error);
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

/* ---- the route; the kernel answers everything here at once ---- */

static void
found(GreConnection *connection, const GreAddress *remote, const GreRoute *underlay)
{
    GError *error = NULL;

    connection->backoff = 0;
    if (connection->state == GRE_STATE_WAITING) {
        gre_connection_move_to(connection, remote, underlay);
        return;
    }
    connection->remote = *remote;
    connection->underlay = *underlay;
    connection->mode = gre_connection_device_mode(connection, remote->family);
    if (!gre_connection_device_check(connection, &error))
        not_ready(connection, error);
    else if (connection->profile->ipsec.method == GRE_IPSEC_PUBKEY)
        read_keys(connection);
    else
        gre_connection_dispatch(connection, GRE_EVENT_PREPARED);
}

/* strongSwan sends by the main tables, whatever the tunnel's parent. */
static gboolean
check_vrf(const GreConnection *connection, GError **error)
{
    GreDeviceInfo info;

    if (connection->profile->ipsec.method == GRE_IPSEC_NO || connection->parent == 0 ||
        !gre_device_info(connection->engine->netlink, connection->parent, NULL, &info) || !info.vrf)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "parent: interface \"%s\" is in a VRF, where strongSwan does not send: IPsec needs "
                "a route to the peer outside of VRFs",
                info.ifname);
    return FALSE;
}

/* Goes to the first of the addresses that has a route. */
static void
find_route(GreConnection    *connection,
           const GreAddress *remotes,
           guint             n_remotes,
           const GreAddress *local,
           guint32           fwmark)
{
    GError  *error = NULL;
    GreRoute underlay;

    if (!check_vrf(connection, &error)) {
        not_ready(connection, error);
        return;
    }
    if (connection->remains && gre_address_is_any(local) &&
        gre_route_lookup(connection->engine->netlink, &remotes[0], &connection->remains->local,
                         connection->parent, fwmark, connection->device.ifindex, &underlay, NULL)) {
        found(connection, &remotes[0], &underlay);
        return;
    }
    for (guint i = 0; i < n_remotes; i++)
        if (gre_route_lookup(connection->engine->netlink, &remotes[i],
                             gre_address_is_any(local) ? NULL : local, connection->parent, fwmark,
                             connection->device.ifindex, &underlay, error ? NULL : &error)) {
            g_clear_error(&error);
            found(connection, &remotes[i], &underlay);
            return;
        }
    not_ready(connection, error);
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
find_own_route(GreConnection *connection, const GreAddress *remotes, guint n_remotes)
{
    const GreProfile *profile = connection->profile;
    GError           *error = NULL;

    if (find_parent(connection, &error))
        find_route(connection, remotes, n_remotes, &profile->local, profile->tunnel.fwmark);
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
    connection->parent = native->parent_ifindex;
    find_route(connection, &native->remote, 1, &native->local, native->options.fwmark);
}

/* ---- the peer's address ---- */

int
gre_connection_prepare_family(const GreConnection *connection)
{
    const GreProfile *profile = connection->profile;

    if (!profile->mode_is_set || profile->mode == GRE_MODE_XFRM)
        return profile->local.family;
    return gre_profile_mode_family(profile->mode);
}

static void
resolved(const GArray *addresses, const GError *error, gpointer data)
{
    GreConnection *connection = data;

    connection->resolving = FALSE;
    g_clear_handle_id(&connection->prepare_source, g_source_remove);
    if (addresses)
        find_own_route(connection, &g_array_index(addresses, GreAddress, 0), addresses->len);
    else if (connection->wish.persistent)
        try_later(connection, error); /* a record that is missing today may be there tomorrow */
    else
        not_ready(connection, g_error_copy(error));
}

static void
find_address(GreConnection *connection)
{
    const GreProfile           *profile = connection->profile;
    const GreConnectionRemains *remains = connection->remains;

    /* The name may have several addresses: this one works. */
    if (remains && !gre_address_is_any(&remains->remote) &&
        connection->state == GRE_STATE_PREPARING)
        find_own_route(connection, &remains->remote, 1);
    else if (profile->remote_name) {
        GCancellable *cancellable = gre_connection_prepare_cancellable(connection);

        connection->resolving = TRUE;
        gre_resolver_lookup(profile->remote_name, gre_connection_prepare_family(connection),
                            cancellable, resolved, connection);
    } else
        find_own_route(connection, &profile->remote, 1);
}

void
gre_connection_prepare(GreConnection *connection)
{
    if (connection->next || connection->looking)
        return; /* on its way already */
    connection->tried = g_get_monotonic_time();
    if (gre_connection_device_is_native(connection)) {
        find_native_route(connection);
        return;
    }
    if (connection->state == GRE_STATE_PREPARING) {
        connection->waits_turn = gre_engine_find_older(connection->engine, connection) != NULL;
        if (connection->waits_turn)
            return; /* its end calls us */
    }
    find_address(connection);
}

void
gre_connection_prepare_now(GreConnection *connection, gboolean names)
{
    guint passed = (guint) MIN((g_get_monotonic_time() - connection->tried) / 1000, G_MAXINT);
    guint least = 0;

    if (connection->state != GRE_STATE_PREPARING && connection->state != GRE_STATE_WAITING)
        return;
    if (connection->resolving)
        least = names ? LOOKUP_NAMES_MS : LOOKUP_MS;
    else if (!connection->prepare_source)
        return;
    else if (connection->state == GRE_STATE_WAITING && !names)
        least = CHANGED_MS;
    connection->backoff = 0;
    schedule(connection, passed >= least ? 0 : least - passed);
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
    connection->resolving = FALSE;
    if (connection->cancellable)
        g_cancellable_cancel(connection->cancellable);
    g_clear_object(&connection->cancellable);
}
