/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps NetworkManager from managing the devices of VPN profiles. Otherwise it generates an
 * ip-tunnel profile for each, and the rollback of a checkpoint rebuilds the device from that,
 * without IPsec. udev does the same earlier where it runs (data/85-nm-gre.rules).
 */
#ifndef GRE_NM_DEVICES_H
#define GRE_NM_DEVICES_H

#include <gio/gio.h>

typedef struct _GreNmDevices GreNmDevices;

GreNmDevices *gre_nm_devices_new(GDBusConnection *bus);
void          gre_nm_devices_free(GreNmDevices *devices);

/**
 * gre_nm_devices_add:
 * @ifname: of a device that was just created, before the main loop runs again
 *
 * As soon as NetworkManager has the device, sets its property Managed to false; again for each
 * later device of that name. NetworkManager then leaves addresses, routes and MTU as they are. A
 * failure is logged, after a few tries, and has no other effect. Source: NetworkManager,
 * introspection/.
 */
void gre_nm_devices_add(GreNmDevices *devices, const char *ifname);

/* Call once for each gre_nm_devices_add(). */
void gre_nm_devices_remove(GreNmDevices *devices, const char *ifname);

#endif
