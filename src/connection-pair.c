/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection holds between two addresses: the barrier, from before its SA until after its
 * device, and the peer in strongSwan. One that moves holds two pairs for a while.
 */
#include "connection-private.h"

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
    GrePair *pair = data;

    gre_connection_armed(pair->connection);
}

static void
up(gpointer data, const GreChildSa *child)
{
    GrePair *pair = data;

    gre_connection_secured(pair->connection, child);
}

static void
failed(gpointer data, const GError *cause)
{
    GrePair *pair = data;

    gre_connection_unsecured(pair->connection, cause);
}

/* ---- giving it back: the peer, then the barrier ---- */

static void
lifted(gpointer data)
{
    GrePair       *pair = data;
    GreConnection *connection = pair->connection;

    g_free(pair);
    gre_connection_pair_gone(connection);
}

static void
lift(GrePair *pair)
{
    GreBarrierHold *hold = g_steal_pointer(&pair->barrier);

    if (hold)
        gre_barrier_release(hold, lifted, pair);
    else
        lifted(pair);
}

static void
released(gpointer data)
{
    GrePair *pair = data;

    pair->peer = NULL;
    lift(pair);
}

static gboolean
no_peer_to_release(gpointer data)
{
    GrePair *pair = data;

    pair->release_source = 0;
    lift(pair);
    return G_SOURCE_REMOVE;
}

void
gre_pair_release(GrePair *pair)
{
    pair->connection->n_leaving++;
    if (pair->peer)
        gre_peer_user_release(pair->peer);
    else
        pair->release_source = g_idle_add(no_peer_to_release, pair);
}

/* ---- taking it ---- */

static const GrePeerUserFuncs peer_funcs = { armed, up, failed, released };

static void
laid(gpointer data, const GError *error)
{
    GrePair       *pair = data;
    GreConnection *connection = pair->connection;
    GError        *refused = error ? g_error_copy(error) : NULL;

    if (!refused)
        pair->peer = gre_peers_acquire(connection->engine->peers, connection->profile,
                                       connection->credentials, &pair->local, &pair->remote,
                                       &peer_funcs, pair, &refused);
    gre_connection_pair_held(connection, pair, refused);
}

void
gre_pair_hold(GreConnection    *connection,
              const GreAddress *local,
              const GreAddress *remote,
              GrePair         **out)
{
    GrePair   *pair = g_new0(GrePair, 1);
    GreBarrier barrier = {
        /* A native tunnel may leave it open. */
        .local = gre_connection_is_companion(connection) ? connection->native.local : *local,
        .remote = *remote,
        .mark = gre_barrier_mark(connection->profile->uuid),
    };

    *out = pair;
    pair->connection = connection;
    pair->local = *local;
    pair->remote = *remote;
    gre_barriers_hold(connection->engine->barriers, &barrier, connection->mode, &pair->barrier,
                      laid, pair);
}

GrePeerUser *
gre_pair_peer(const GrePair *pair)
{
    return pair ? pair->peer : NULL;
}

gboolean
gre_pair_has_barrier(const GrePair *pair)
{
    return pair && pair->barrier && gre_barrier_hold_stands(pair->barrier);
}
