/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one process for all connections: owns the service's name on the system bus, takes in each
 * connection that NetworkManager asks for, and ends them with NetworkManager or with itself.
 */
#ifndef GRE_SERVICE_H
#define GRE_SERVICE_H

#include "gre-service-names.h"

#include <gio/gio.h>

typedef struct _GreService GreService;

/* Puts the service's object on @bus, the system bus. Its calls are answered by gre_service_run().
 */
GreService *gre_service_new(GDBusConnection *bus, gboolean persist, GError **error);
void        gre_service_free(GreService *service);

/**
 * gre_service_run:
 * @service: its process owns GRE_SERVICE_NAME by now
 * @bus_name: (nullable): name of a connection to serve from the start
 *
 * Runs until SIGTERM or SIGINT, until the bus goes, or, unless told to persist, until there was
 * nothing to do for a while.
 *
 * Returns: the exit status.
 */
int gre_service_run(GreService *service, const char *bus_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreService, gre_service_free)

#endif
