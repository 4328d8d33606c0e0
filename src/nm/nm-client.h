/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The service's requests to NetworkManager. Source: NetworkManager, introspection/.
 */
#ifndef GRE_NM_CLIENT_H
#define GRE_NM_CLIENT_H

#include <gio/gio.h>

#define GRE_NM_BUS_NAME "org.freedesktop.NetworkManager"

/* The bus name that NetworkManager expects for its active connection with object @path. (transfer
 * full). Source: NetworkManager, src/core/vpn/nm-vpn-connection.c. */
char *gre_nm_client_bus_name(const char *path);

/* @ifname: (nullable): interface of the connection's base device. */
typedef void (*GreNmBaseFunc)(const char *ifname, gpointer user_data);

/**
 * gre_nm_client_base:
 * @bus_name: as gre_nm_client_bus_name() has it, from NetworkManager
 * @cancellable: once cancelled, @func is not called
 */
void gre_nm_client_base(GDBusConnection *bus,
                        const char      *bus_name,
                        GCancellable    *cancellable,
                        GreNmBaseFunc    func,
                        gpointer         user_data);

typedef enum {
    GRE_NM_ACTIVATED, /* or was active already */
    GRE_NM_NOT_NOW,   /* may work later: no base connection, NetworkManager not running */
    GRE_NM_NEVER,     /* profile deleted, or permission denied */
} GreNmAnswer;

typedef void (*GreNmActivateFunc)(GreNmAnswer answer, const char *message, gpointer user_data);

/* Asks NetworkManager to activate profile @uuid, on @base (an interface name) if given. */
void gre_nm_client_activate(GDBusConnection  *bus,
                            const char       *uuid,
                            const char       *base,
                            GCancellable     *cancellable,
                            GreNmActivateFunc func,
                            gpointer          user_data);

/* The same on an active connection, given by its object path. */
void gre_nm_client_activate_on(GDBusConnection  *bus,
                               const char       *uuid,
                               const char       *active,
                               GCancellable     *cancellable,
                               GreNmActivateFunc func,
                               gpointer          user_data);

#endif
