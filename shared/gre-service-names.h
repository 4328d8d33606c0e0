/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names on the system bus, for the service and its clients.
 */
#ifndef GRE_SERVICE_NAMES_H
#define GRE_SERVICE_NAMES_H

#define GRE_SERVICE_NAME      "org.freedesktop.NetworkManager.gre"
#define GRE_SERVICE_PATH      "/org/freedesktop/NetworkManager/gre"
#define GRE_SERVICE_INTERFACE "org.freedesktop.NetworkManager.gre"

/* The version of what GetStatus answers and `nm-gre status --json` prints. Members may be added
 * under the same version; it grows if one is removed or means something else. */
#define GRE_STATUS_VERSION 1

/* polkit's action for changing system connections, which IPsec in a private profile needs. Source:
 * NetworkManager, data/org.freedesktop.NetworkManager.policy.in. */
#define GRE_NM_ACTION_MODIFY_SYSTEM "org.freedesktop.NetworkManager.settings.modify.system"

#endif
