/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few things that the service asks of NetworkManager. Source: NetworkManager, introspection/.
 */
#ifndef GRE_NM_CLIENT_H
#define GRE_NM_CLIENT_H

#include <gio/gio.h>

#define GRE_NM_BUS_NAME "org.freedesktop.NetworkManager"

/* @ifname: (nullable): interface of the device that the connection is based on. */
typedef void (*GreNmBaseFunc)(const char *ifname, gpointer user_data);

/**
 * gre_nm_client_base:
 * @bus_name: "…Connection_N", as NetworkManager named it: N is the number of its active connection
 * @cancellable: after it is cancelled @func is not called
 */
void gre_nm_client_base(GDBusConnection *bus,
                        const char      *bus_name,
                        GCancellable    *cancellable,
                        GreNmBaseFunc    func,
                        gpointer         user_data);

typedef enum {
    GRE_NM_ACTIVATED, /* or it is active already */
    GRE_NM_NOT_NOW,   /* may work later: no base connection, NetworkManager away */
    GRE_NM_NEVER,     /* no such profile any more, not allowed */
} GreNmAnswer;

typedef void (*GreNmActivateFunc)(GreNmAnswer answer, const char *message, gpointer user_data);

/* Asks NetworkManager to bring profile @uuid up, on @base (an interface name) where that is given.
 */
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
