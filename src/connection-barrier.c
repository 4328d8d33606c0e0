/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection's barrier: the XFRM policies, and beside them an nftables rule on kernels whose
 * ip6gre doesn't ask XFRM about what comes in.
 */
#include "connection-private.h"

#include "barrier-nft.h"
#include "gre-error.h"
#include "log.h"

#include <sys/utsname.h>

gboolean
gre_connection_needs_nft(GreMode mode)
{
    struct utsname kernel;

    return uname(&kernel) == 0 && gre_barrier_nft_needed(mode, kernel.release);
}

static void
nft_laid(GObject *source, GAsyncResult *result, gpointer data)
{
    GreConnection *connection = data;
    GError        *error = NULL;

    (void) source;
    if (gre_barrier_nft_finish(result, &error))
        gre_connection_barrier_stands(connection);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_error_free(error); /* on its way down: the lifting removes it */
    else
        gre_connection_fail(connection, error);
}

void
gre_connection_lay_barrier(GreConnection *connection)
{
    GError *error = NULL;

    connection->barrier = (GreBarrier){
        .local = connection->underlay.source,
        .remote = connection->remote,
        .mark = gre_barrier_mark(connection->profile->uuid),
    };
    connection->has_barrier =
        gre_barrier_lay(connection->engine->netlink, &connection->barrier, &error);
    if (!connection->has_barrier)
        gre_connection_fail(connection, error);
    else if (gre_connection_needs_nft(connection->mode)) {
        g_clear_object(&connection->cancellable);
        connection->cancellable = g_cancellable_new();
        connection->has_nft = TRUE;
        gre_barrier_nft_lay_async(&connection->barrier, connection->cancellable, nft_laid,
                                  connection);
    } else
        gre_connection_barrier_stands(connection);
}

/* Two tunnels of the same endpoints may have the same mark by chance: the last one lifts. */
static gboolean
is_shared(const GreConnection *connection)
{
    for (GList *l = connection->engine->connections; l; l = l->next) {
        const GreConnection *other = l->data;

        if (other != connection && other->has_barrier &&
            gre_barrier_equal(&other->barrier, &connection->barrier))
            return TRUE;
    }
    return FALSE;
}

static void
nft_lifted(GObject *source, GAsyncResult *result, gpointer data)
{
    GreConnection *connection = data;
    g_autoptr(GError) error = NULL;

    (void) source;
    if (!gre_barrier_nft_finish(result, &error))
        gre_connection_log(connection, LOG_ERR, "lifting the barrier: %s", error->message);
    gre_connection_dispatch(connection, GRE_EVENT_RELEASED);
}

void
gre_connection_lift_barrier(GreConnection *connection)
{
    g_autoptr(GError) error = NULL;
    gboolean lift = connection->has_barrier && !is_shared(connection);

    connection->has_barrier = FALSE;
    if (lift && !gre_barrier_lift(connection->engine->netlink, &connection->barrier, &error))
        gre_connection_log(connection, LOG_ERR, "lifting the barrier: %s", error->message);
    if (lift && connection->has_nft)
        gre_barrier_nft_lift_async(&connection->barrier, NULL, nft_lifted, connection);
    else
        gre_connection_dispatch(connection, GRE_EVENT_RELEASED);
}
