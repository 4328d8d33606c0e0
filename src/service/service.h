/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one process for all connections: it owns the service's name on the system bus, accepts each
 * connection from NetworkManager, and ends them when NetworkManager or the service stops.
 */
#ifndef GRE_SERVICE_H
#define GRE_SERVICE_H

#include "gre-service-names.h"

#include <gio/gio.h>

typedef struct _GreService GreService;

/* Exports the service's object on @bus, the system bus. gre_service_run() answers its calls. */
GreService *gre_service_new(GDBusConnection *bus, gboolean persist, GError **error);
void        gre_service_free(GreService *service);

/**
 * gre_service_run:
 * @service: its process already owns GRE_SERVICE_NAME
 * @bus_name: (nullable): name of a connection to serve from the start
 *
 * Runs until SIGTERM or SIGINT, until the bus connection is lost, or, unless @persist was set,
 * until it has been idle for a while.
 *
 * Returns: the exit status.
 */
int gre_service_run(GreService *service, const char *bus_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreService, gre_service_free)

#endif
