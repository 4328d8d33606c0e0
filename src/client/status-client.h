/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the service for its tunnels, and selects the requested ones.
 */
#ifndef GRE_STATUS_CLIENT_H
#define GRE_STATUS_CLIENT_H

#include <gio/gio.h>

/* Calls GetStatus without starting the service. */
void gre_status_client_fetch(GDBusConnection    *bus,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            data);

/**
 * gre_status_client_fetch_finish:
 * @error: GRE_EXIT_ERROR
 *
 * Returns: (transfer full): aa{sv}, or NULL.
 */
GVariant *
gre_status_client_fetch_finish(GDBusConnection *bus, GAsyncResult *result, GError **error);

/* The same, synchronous. */
GVariant *gre_status_client_fetch_sync(GDBusConnection *bus, GError **error);

/* Whether @name is the id or UUID of the tunnel's profile or of its companion. */
gboolean gre_status_client_is_named(GVariant *tunnel, const char *name);

/* Whether one of @names names it; without names, any tunnel matches. */
gboolean gre_status_client_is_wanted(GVariant *tunnel, char **names);

/* The requested ones of @tunnels, in their order. Returns: (transfer full): aa{sv}. */
GVariant *gre_status_client_select(GVariant *tunnels, char **names);

/* Whether each of @names names a tunnel. @error: GRE_EXIT_NOT_FOUND. */
gboolean gre_status_client_check_names(GVariant *tunnels, char **names, GError **error);

#endif
