/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The D-Bus object that NetworkManager talks to for one connection: interface
 * org.freedesktop.NetworkManager.VPN.Plugin, on a bus connection of its own, because NetworkManager
 * identifies VPNs by their unique bus name. Source: NetworkManager,
 * introspection/org.freedesktop.NetworkManager.VPN.Plugin.xml, nm-vpn-dbus-interface.h.
 */
#ifndef GRE_VPN_PLUGIN_H
#define GRE_VPN_PLUGIN_H

#include <gio/gio.h>

/* NMVpnServiceState */
typedef enum {
    GRE_VPN_STATE_INIT = 1,
    GRE_VPN_STATE_STARTING = 3,
    GRE_VPN_STATE_STARTED = 4,
    GRE_VPN_STATE_STOPPING = 5,
    GRE_VPN_STATE_STOPPED = 6,
} GreVpnState;

/* NMVpnPluginFailure */
typedef enum {
    GRE_VPN_FAILURE_LOGIN = 0,
    GRE_VPN_FAILURE_CONNECT = 1,
    GRE_VPN_FAILURE_BAD_IP_CONFIG = 2,
} GreVpnFailure;

typedef struct _GreVpnPlugin GreVpnPlugin;

typedef struct {
    /* Whether secrets are missing. It cannot fail: NetworkManager would read an error as "no valid
     * secrets"; `connect`, which follows, reports what is wrong. */
    gboolean (*need_secrets)(gpointer user_data, GVariant *settings);
    /* @interactive: gre_vpn_plugin_ask() may be called. An @error is returned to NetworkManager. */
    gboolean (*connect)(gpointer    user_data,
                        GVariant   *settings,
                        const char *sender,
                        gboolean    interactive,
                        GError    **error);
    /* The answer to gre_vpn_plugin_ask(). @hold: (out): ms for which the reply to NetworkManager's
     * call is delayed, unless a signal is due before; the limit is 10 s. */
    gboolean (*new_secrets)(gpointer user_data, GVariant *settings, guint *hold, GError **error);
    void (*disconnect)(gpointer user_data);
    /* The bus connection is lost. */
    void (*closed)(gpointer user_data);
} GreVpnPluginFuncs;

/* @plugin is NULL if @error is set. */
typedef void (*GreVpnPluginReady)(GreVpnPlugin *plugin, const GError *error, gpointer user_data);

/**
 * gre_vpn_plugin_open:
 * @bus_name: the name to own, from NetworkManager
 * @ready: called once, when the object is exported and the name is owned
 */
void gre_vpn_plugin_open(const char              *bus_name,
                         const GreVpnPluginFuncs *funcs,
                         GreVpnPluginReady        ready,
                         gpointer                 user_data);

/* An open plugin object as another process can have it. */
typedef struct {
    int         fd; /* of its bus connection */
    const char *bus_name;
    const char *caller; /* NetworkManager's unique name */
} GreVpnPluginHandle;

/**
 * gre_vpn_plugin_hand_over:
 * @out: borrows from @plugin, but for the descriptor, which is a copy that programs inherit
 *
 * For a program that this process executes in its place, at once: the bus, and so NetworkManager,
 * does not notice. Nothing of @plugin is changed. gre_vpn_plugin_is_quiet() comes first.
 *
 * Returns: FALSE if there are no more descriptors.
 */
gboolean gre_vpn_plugin_hand_over(GreVpnPlugin *plugin, GreVpnPluginHandle *out);

/* Whether NetworkManager has it as up, and no call is under way. */
gboolean gre_vpn_plugin_is_quiet(GreVpnPlugin *plugin);

/**
 * gre_vpn_plugin_resume:
 * @handle: from the earlier program; its descriptor is taken
 *
 * Returns: (transfer full): the plugin in state STARTED, or NULL.
 */
GreVpnPlugin *gre_vpn_plugin_resume(const GreVpnPluginHandle *handle,
                                    const GreVpnPluginFuncs  *funcs,
                                    gpointer                  user_data,
                                    GError                  **error);

/* Releases the name once all signals are sent; no further callbacks. */
void gre_vpn_plugin_close(GreVpnPlugin *plugin);

void gre_vpn_plugin_state(GreVpnPlugin *plugin, GreVpnState state);
void gre_vpn_plugin_failure(GreVpnPlugin *plugin, GreVpnFailure reason);

/**
 * gre_vpn_plugin_ask:
 * @message: for the user
 * @secret: name of the secret to ask for
 *
 * Emits SecretsRequired. NetworkManager asks its agents and calls `new_secrets`, or `disconnect` if
 * it got none. It ignores the signal once the connection is up.
 */
void gre_vpn_plugin_ask(GreVpnPlugin *plugin, const char *message, const char *secret);

/* Emits Config, and Ip4Config and Ip6Config if they are not NULL (all a{sv}, floating taken). */
void gre_vpn_plugin_config(GreVpnPlugin *plugin, GVariant *config, GVariant *ip4, GVariant *ip6);

#endif
