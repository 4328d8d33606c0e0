/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service is called on the system bus, and its own interface there: for the service and
 * for whoever asks it.
 */
#ifndef GRE_SERVICE_NAMES_H
#define GRE_SERVICE_NAMES_H

#define GRE_SERVICE_NAME      "org.freedesktop.NetworkManager.gre"
#define GRE_SERVICE_PATH      "/org/freedesktop/NetworkManager/gre"
#define GRE_SERVICE_INTERFACE "org.freedesktop.NetworkManager.gre"

#endif
