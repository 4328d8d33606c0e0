/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager starts a program for each connection, but one service handles all of them. The
 * program hands the connection over, or becomes the service if none is available.
 */
#ifndef GRE_LAUNCHER_H
#define GRE_LAUNCHER_H

#include <gio/gio.h>

/**
 * gre_launcher_hand_over:
 * @bus_name: of the connection that NetworkManager wants served
 *
 * Returns: whether a running service took it; the bus starts one if it can.
 */
gboolean gre_launcher_hand_over(GDBusConnection *bus, const char *bus_name, GError **error);

/**
 * gre_launcher_take_name:
 * @replace: this process takes the place of an earlier program, which has the name
 * @error: GRE_ERROR_TAKEN if another process is the service
 *
 * Makes this process the service. Its object must be on the bus by then: calls may wait for the
 * name.
 */
gboolean gre_launcher_take_name(GDBusConnection *bus, gboolean replace, GError **error);

#endif
