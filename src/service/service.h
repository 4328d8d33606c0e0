/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one process for all connections: it owns the service's name on the system bus, accepts each
 * connection from NetworkManager, and ends them when NetworkManager or the service stops.
 */
#ifndef GRE_SERVICE_H
#define GRE_SERVICE_H

#include "gre-service-names.h"
#include "service/handover.h"

#include <gio/gio.h>

typedef struct _GreService GreService;

/* Exports the service's object on @bus, the system bus. gre_service_run() answers its calls. */
GreService *gre_service_new(GDBusConnection *bus, gboolean persist, GError **error);
void        gre_service_free(GreService *service);

/* What takes its place on SIGHUP; NULL-terminated. */
void gre_service_set_program(GreService *service, const char *const *program);

/* What the program that it took the place of had; NULL: nothing. Takes @handover. */
void gre_service_resume(GreService *service, GreHandover *handover);

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
