/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection holds between two addresses: the barrier, from before its SA until after its
 * device, and the peer in strongSwan. One that moves holds two pairs for a while.
 */
#include "engine/connection-private.h"

struct _GrePair {
    GreConnection  *connection;
    GreAddress      local, remote; /* in strongSwan */
    GreBarrierHold *barrier;
    GrePeerUser    *peer;
    guint           release_source;
};

/* ---- what the peer says, as long as it is the connection's ---- */

static void
armed(gpointer data)
{
    GreProtection *protection = data;

    gre_connection_armed(protection->connection);
}

static void
up(gpointer data, const GreChildSa *child)
{
    GreProtection *protection = data;

    gre_connection_secured(protection->connection, child);
}

static void
failed(gpointer data, const GError *cause)
{
    GreProtection *protection = data;

    gre_connection_unsecured(protection->connection, cause);
}

/* ---- giving it back: the peer, then the barrier ---- */

static void
lifted(gpointer data)
{
    GreProtection *protection = data;
    GreConnection *connection = protection->connection;

    g_free(protection);
    gre_connection_pair_gone(connection);
}

static void
lift(GreProtection *protection)
{
    GreBarrierHold *hold = g_steal_pointer(&protection->barrier);

    if (hold)
        gre_barriers_release(hold, lifted, protection);
    else
        lifted(protection);
}

static void
released(gpointer data)
{
    GreProtection *protection = data;

    protection->peer = NULL;
    lift(protection);
}

static gboolean
no_peer_to_release(gpointer data)
{
    GreProtection *protection = data;

    protection->release_source = 0;
    lift(protection);
    return G_SOURCE_REMOVE;
}

void
gre_protection_release(GreProtection *protection)
{
    protection->connection->n_leaving++;
    if (protection->peer)
        gre_peer_user_release(protection->peer);
    else
        protection->release_source = g_idle_add(no_peer_to_release, protection);
}

/* ---- taking it ---- */

static const GrePeerUserFuncs peer_funcs = { armed, up, failed, released };

static void
laid(gpointer data, const GError *error)
{
    GreProtection *protection = data;
    GreConnection *connection = protection->connection;
    GError        *refused = error ? g_error_copy(error) : NULL;

    if (!refused)
        protection->peer = gre_peers_acquire(
            connection->engine->peers, connection->profile, connection->credentials,
            &protection->local, &protection->remote, &peer_funcs, protection, &refused);
    gre_connection_pair_held(connection, protection, refused);
}

void
gre_protection_hold(GreConnection    *connection,
                    const GreAddress *local,
                    const GreAddress *remote,
                    GreProtection   **out)
{
    GreProtection *protection = g_new0(GreProtection, 1);
    GreBarrier     barrier = {
            /* A native tunnel may leave it open. */
            .local = gre_connection_device_is_native(connection) ? connection->native.local : *local,
            .remote = *remote,
            .mark = gre_barrier_mark(connection->profile->uuid),
    };

    *out = protection;
    protection->connection = connection;
    protection->local = *local;
    protection->remote = *remote;
    gre_barriers_hold(connection->engine->barriers, &barrier, connection->mode,
                      &protection->barrier, laid, protection);
}

GrePeerUser *
gre_protection_peer(const GreProtection *protection)
{
    return protection ? protection->peer : NULL;
}

gboolean
gre_protection_has_barrier(const GreProtection *protection)
{
    return protection && protection->barrier && gre_barriers_hold_stands(protection->barrier);
}
