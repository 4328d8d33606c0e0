/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the route to the peer: another local address, another default route, or, if the peer has
 * a name and does not answer, another address of that name, one after the other. First the new
 * barrier, then the new peer in strongSwan, then the device's new endpoints, then the old peer and
 * barrier are removed: nothing leaves in clear text in between.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "base/resolver.h"
#include "keys/keys-client.h"

/* How often the name is looked up again: while the peer does not answer, or, without IPsec, where
 * nothing shows whether it does, as long as the tunnel is up. */
#define SOUGHT_S 10
#define PLAIN_S  60

/* ms: until the kernel has read a message that the watch has seen before it */
#define LEARNED_MS 100

/* ---- the move itself ---- */

static gboolean
has_ipsec(const GreConnection *connection)
{
    return connection->profile->ipsec.method != GRE_IPSEC_NO;
}

static void
report_moved(GreConnection *connection)
{
    g_clear_pointer(&connection->logged, g_free); /* a failure there is new */
    if (gre_connection_fsm_is_up(connection->state))
        connection->funcs->moved(connection->data);
    if (connection->state == GRE_STATE_WAITING)
        gre_connection_dispatch(connection,
                                has_ipsec(connection) ? GRE_EVENT_ARMED : GRE_EVENT_SECURED);
    else if (has_ipsec(connection))
        gre_connection_dispatch(connection, GRE_EVENT_LOST);
}

static void
arrive(GreConnection *connection)
{
    GreProtection *old = connection->protection;
    GError        *error = NULL;

    connection->remote = connection->next_remote;
    connection->underlay = connection->next_underlay;
    connection->mode = gre_connection_device_mode(connection, connection->remote.family);
    connection->protection = g_steal_pointer(&connection->next);
    if (!gre_connection_device_move(connection, &error)) {
        if (old)
            gre_connection_unprotect(connection, old);
        gre_connection_fail(connection, error);
        return;
    }
    if (old)
        gre_connection_unprotect(connection, old);
    if (has_ipsec(connection))
        gre_peer_user_set_eager(gre_protection_peer(connection->protection),
                                connection->state == GRE_STATE_SECURING ||
                                    !gre_connection_is_patient(connection));
    report_moved(connection);
    gre_connection_move_follow_route(connection); /* which may have changed again */
}

/* It stays where it is. */
static void
give_up(GreConnection *connection, const GError *error)
{
    gre_connection_note(connection, error);
    if (connection->state == GRE_STATE_WAITING)
        gre_connection_prepare_later(connection);
}

void
gre_connection_move_held(GreConnection *connection, GError *error)
{
    if (!error) {
        arrive(connection);
        return;
    }
    gre_connection_unprotect(connection, g_steal_pointer(&connection->next));
    give_up(connection, error);
    g_error_free(error);
}

static void
hold_next(GreConnection *connection)
{
    if (!has_ipsec(connection))
        arrive(connection);
    else
        gre_connection_protect(connection, &connection->next_underlay.source,
                               &connection->next_remote, &connection->next);
}

static void
keys_read(GObject *source, GAsyncResult *result, gpointer data)
{
    GreConnection *connection = data;
    g_autoptr(GError) error = NULL;
    GreCredentials *credentials = gre_keys_client_read_finish(result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the connection may be freed */
    connection->looking = FALSE;
    if (!credentials) {
        give_up(connection, error);
        return;
    }
    gre_credentials_unref(connection->credentials);
    connection->credentials = credentials;
    hold_next(connection);
}

/* An identity that is not set may be an address. */
static void
read_keys(GreConnection *connection)
{
    g_autoptr(GreKeyRequest) request =
        gre_keys_client_request(&connection->profile->ipsec, &connection->next_underlay.source,
                                &connection->next_remote, connection->user);

    connection->looking = TRUE;
    gre_keys_client_read_async(request, gre_connection_prepare_cancellable(connection), keys_read,
                               connection);
}

void
gre_connection_move_to(GreConnection    *connection,
                       const GreAddress *remote,
                       const GreRoute   *underlay)
{
    char local_text[GRE_ADDRESS_STRLEN], remote_text[GRE_ADDRESS_STRLEN];

    gre_connection_log_kind(connection, GRE_MESSAGE_MOVED, LOG_NOTICE,
                            "moving the tunnel: %s to %s, through %s",
                            gre_address_to_string(&underlay->source, local_text),
                            gre_address_to_string(remote, remote_text), underlay->ifname);
    connection->next_remote = *remote;
    connection->next_underlay = *underlay;
    if (connection->profile->ipsec.method == GRE_IPSEC_PUBKEY)
        read_keys(connection);
    else
        hold_next(connection);
}

/* ---- reasons to move ---- */

static gboolean
may_move(const GreConnection *connection)
{
    return (connection->state == GRE_STATE_ACTIVE || connection->state == GRE_STATE_SEEKING ||
            (connection->state == GRE_STATE_SECURING &&
             gre_protection_peer(connection->protection))) &&
           !connection->next && !connection->looking;
}

static gboolean
look(const GreConnection *connection,
     const GreAddress    *remote,
     const GreAddress    *local,
     GreRoute            *out)
{
    guint32 fwmark = gre_connection_device_is_native(connection)
                         ? connection->native.options.fwmark
                         : connection->profile->tunnel.fwmark;

    return gre_route_lookup(connection->engine->netlink, remote, local, connection->parent, fwmark,
                            connection->device.ifindex, out, NULL);
}

/**
 * find_route:
 *
 * Keeps the local address if it is still on the interface that the packets leave by, whatever the
 * kernel would choose now: temporary addresses (RFC 8981) replace each other while the old one
 * still works.
 *
 * Returns: whether there is a route.
 */
static gboolean
find_route(const GreConnection *connection, const GreAddress *remote, GreRoute *out)
{
    const GreAddress *fixed = gre_connection_device_is_native(connection)
                                  ? &connection->native.local
                                  : &connection->profile->local;
    GreRoute          same;

    if (!gre_address_is_any(fixed))
        return look(connection, remote, fixed, out);
    if (!look(connection, remote, NULL, out))
        return FALSE;
    if (out->ifindex == connection->underlay.ifindex &&
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an element of an array */
        remote->family == connection->underlay.source.family &&
        look(connection, remote, &connection->underlay.source, &same))
        *out = same;
    return TRUE;
}

static void
consider(GreConnection *connection, const GreAddress *remote)
{
    GreRoute now;

    if (!find_route(connection, remote, &now))
        return; /* no move until there is a route */
    if (!gre_address_equal(remote, &connection->remote) ||
        !gre_address_equal(&now.source, &connection->underlay.source)) {
        gre_connection_move_to(connection, remote, &now);
        return;
    }
    connection->underlay = now;
    gre_connection_move_follow_path(connection);
    if (gre_connection_fsm_is_up(connection->state))
        gre_connection_device_follow_mtu(connection);
}

void
gre_connection_move_follow_route(GreConnection *connection)
{
    if (may_move(connection))
        consider(connection, &connection->remote);
}

/* ---- what the kernel learns of the path ---- */

static gboolean
look_at_path(gpointer data)
{
    GreConnection *connection = data;

    connection->path_timer = 0;
    connection->path_learned = FALSE;
    gre_connection_move_follow_route(connection);
    return G_SOURCE_REMOVE;
}

void
gre_connection_move_follow_path(GreConnection *connection)
{
    guint    expires_s = connection->underlay.mtu_expires_s;
    gboolean up = gre_connection_fsm_is_up(connection->state);

    if (connection->path_learned && up)
        return;
    connection->path_learned = FALSE;
    g_clear_handle_id(&connection->path_timer, g_source_remove);
    if (expires_s != 0 && up)
        connection->path_timer = g_timeout_add_seconds(expires_s + 1, look_at_path, connection);
}

void
gre_connection_move_path_learned(GreConnection *connection, const GreAddress *to)
{
    if (connection->path_learned || !gre_connection_fsm_is_up(connection->state) ||
        !gre_address_equal(to, &connection->remote))
        return;
    g_clear_handle_id(&connection->path_timer, g_source_remove);
    connection->path_learned = TRUE;
    connection->path_timer = g_timeout_add(LEARNED_MS, look_at_path, connection);
}

/* ---- names ---- */

static gboolean
has_address(const GArray *addresses, const GreAddress *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (gre_address_equal(&g_array_index(addresses, GreAddress, i), address))
            return TRUE;
    return FALSE;
}

/* The first one that has a route and was not tried since the last SA; NULL: none. */
static const GreAddress *
find_untried(const GreConnection *connection, const GArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++) {
        const GreAddress *address = &g_array_index(addresses, GreAddress, i);
        GreRoute          route;

        if (!has_address(connection->tried_addresses, address) &&
            find_route(connection, address, &route))
            return address;
    }
    return NULL;
}

/* The current address stays as long as the name has it, unless it was given its time without an
 * answer. When all were tried, they are tried again. */
static const GreAddress *
choose(GreConnection *connection, const GArray *addresses)
{
    const GreAddress *next;

    if (has_address(addresses, &connection->remote) && !connection->next_turn)
        return &connection->remote;
    if (!has_address(connection->tried_addresses, &connection->remote))
        g_array_append_val(connection->tried_addresses, connection->remote);
    next = find_untried(connection, addresses);
    if (!next) {
        g_array_set_size(connection->tried_addresses, 0);
        g_array_append_val(connection->tried_addresses, connection->remote);
        next = find_untried(connection, addresses);
    }
    return next ? next : &connection->remote;
}

static void
resolved(const GArray *addresses, const GError *error, gpointer data)
{
    GreConnection *connection = data;

    connection->looking = FALSE;
    if (error)
        gre_connection_log(connection, LOG_DEBUG, "%s", error->message);
    if (may_move(connection))
        consider(connection, addresses ? choose(connection, addresses) : &connection->remote);
}

static void
look_up(GreConnection *connection, gboolean next_turn)
{
    if (!may_move(connection))
        return;
    connection->looking = TRUE;
    connection->next_turn = next_turn;
    gre_resolver_lookup(connection->profile->remote_name, gre_connection_prepare_family(connection),
                        gre_connection_prepare_cancellable(connection), resolved, connection);
}

/* Waits for an SA. */
static gboolean
is_sought(const GreConnection *connection)
{
    return has_ipsec(connection) &&
           (connection->state == GRE_STATE_SECURING || connection->state == GRE_STATE_SEEKING);
}

static gboolean
look_up_again(gpointer data)
{
    GreConnection *connection = data;

    look_up(connection, is_sought(connection));
    return G_SOURCE_CONTINUE;
}

void
gre_connection_move_follow_name(GreConnection *connection)
{
    g_clear_handle_id(&connection->name_timer, g_source_remove);
    if (!connection->profile->remote_name)
        return;
    if (is_sought(connection)) {
        connection->name_timer = g_timeout_add_seconds(SOUGHT_S, look_up_again, connection);
        look_up(connection, FALSE);
    } else if (!has_ipsec(connection) && connection->state == GRE_STATE_ACTIVE)
        connection->name_timer = g_timeout_add_seconds(PLAIN_S, look_up_again, connection);
}

void
gre_connection_move_names_changed(GreConnection *connection)
{
    if (connection->name_timer)
        look_up(connection, FALSE);
}
