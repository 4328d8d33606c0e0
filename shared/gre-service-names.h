/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The service's names on the system bus: for the service and its clients.
 */
#ifndef GRE_SERVICE_NAMES_H
#define GRE_SERVICE_NAMES_H

#define GRE_SERVICE_NAME      "org.freedesktop.NetworkManager.gre"
#define GRE_SERVICE_PATH      "/org/freedesktop/NetworkManager/gre"
#define GRE_SERVICE_INTERFACE "org.freedesktop.NetworkManager.gre"

#endif
