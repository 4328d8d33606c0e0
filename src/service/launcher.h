/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager starts a program for each connection; there is one service for all. The program
 * hands the connection over, or becomes the service where none can be had.
 */
#ifndef GRE_LAUNCHER_H
#define GRE_LAUNCHER_H

#include <gio/gio.h>

/**
 * gre_launcher_hand_over:
 * @bus_name: of the connection that NetworkManager wants served
 *
 * Returns: whether a running service took it; the bus starts one where it knows how.
 */
gboolean gre_launcher_hand_over(GDBusConnection *bus, const char *bus_name, GError **error);

/**
 * gre_launcher_take_name:
 * @error: GRE_ERROR_TAKEN where another process is the service
 *
 * Makes this process the service. Its object must be on the bus by then: calls may wait for the
 * name.
 */
gboolean gre_launcher_take_name(GDBusConnection *bus, GError **error);

#endif
