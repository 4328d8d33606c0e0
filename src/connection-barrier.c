/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection's barrier: held from before its SA until after its device. */
#include "connection-private.h"

static void
laid(gpointer data, const GError *error)
{
    GreConnection *connection = data;

    if (error)
        gre_connection_fail(connection, g_error_copy(error));
    else
        gre_connection_barrier_stands(connection);
}

void
gre_connection_lay_barrier(GreConnection *connection)
{
    GreBarrier barrier = {
        .local = gre_connection_is_companion(connection) ? connection->native.local
                                                         : connection->underlay.source,
        .remote = connection->remote,
        .mark = gre_barrier_mark(connection->profile->uuid),
    };

    gre_barriers_hold(connection->engine->barriers, &barrier, connection->mode,
                      &connection->barrier, laid, connection);
}

static void
lifted(gpointer data)
{
    gre_connection_dispatch(data, GRE_EVENT_RELEASED);
}

void
gre_connection_lift_barrier(GreConnection *connection)
{
    GreBarrierHold *hold = g_steal_pointer(&connection->barrier);

    if (hold)
        gre_barrier_release(hold, lifted, connection);
    else
        gre_connection_dispatch(connection, GRE_EVENT_RELEASED);
}
