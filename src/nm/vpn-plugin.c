/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One private bus connection with one object on it. */
#include "nm/vpn-plugin.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PLUGIN_PATH      "/org/freedesktop/NetworkManager/VPN/Plugin"
#define PLUGIN_INTERFACE "org.freedesktop.NetworkManager.VPN.Plugin"
#define PLUGIN_ERROR     "org.freedesktop.NetworkManager.VPN.Error."

struct _GreVpnPlugin {
    char                    *bus_name;
    const GreVpnPluginFuncs *funcs; /* NULL once closed */
    GreVpnPluginReady        ready;
    gpointer                 data;
    GDBusConnection         *bus;
    char                    *caller; /* unique name of who called last; NULL: nobody yet */
    guint                    object;
    gulong                   closed_handler;
    GreVpnState              state;
    GDBusMethodInvocation   *held; /* NewSecrets, not answered yet */
    guint                    hold_timer;
};

static const char introspection[] =
    "<node><interface name='" PLUGIN_INTERFACE "'>"
    "<method name='Connect'><arg type='a{sa{sv}}' direction='in'/></method>"
    "<method name='ConnectInteractive'>"
    "<arg type='a{sa{sv}}' direction='in'/><arg type='a{sv}' direction='in'/></method>"
    "<method name='NeedSecrets'>"
    "<arg type='a{sa{sv}}' direction='in'/><arg type='s' direction='out'/></method>"
    "<method name='NewSecrets'><arg type='a{sa{sv}}' direction='in'/></method>"
    "<method name='Disconnect'/>"
    "<property name='State' type='u' access='read'/>"
    "<signal name='StateChanged'><arg type='u'/></signal>"
    "<signal name='SecretsRequired'><arg type='s'/><arg type='as'/></signal>"
    "<signal name='Config'><arg type='a{sv}'/></signal>"
    "<signal name='Ip4Config'><arg type='a{sv}'/></signal>"
    "<signal name='Ip6Config'><arg type='a{sv}'/></signal>"
    "<signal name='Failure'><arg type='u'/></signal>"
    "</interface></node>";

/* Replies to NewSecrets. NetworkManager then counts the connection as connecting again. */
static void
answer_held(GreVpnPlugin *plugin)
{
    GDBusMethodInvocation *held = g_steal_pointer(&plugin->held);

    g_clear_handle_id(&plugin->hold_timer, g_source_remove);
    if (held)
        g_dbus_method_invocation_return_value(held, NULL);
}

static void
plugin_free(GreVpnPlugin *plugin)
{
    answer_held(plugin);
    if (plugin->bus) {
        g_clear_signal_handler(&plugin->closed_handler, plugin->bus);
        if (plugin->object)
            g_dbus_connection_unregister_object(plugin->bus, plugin->object);
        g_object_unref(plugin->bus);
    }
    g_free(plugin->caller);
    g_free(plugin->bus_name);
    g_free(plugin);
}

/* ---- methods ---- */

static void
call_connect(GreVpnPlugin          *plugin,
             GVariant              *args,
             gboolean               interactive,
             GDBusMethodInvocation *invocation)
{
    g_autoptr(GVariant) settings = g_variant_get_child_value(args, 0);
    g_autoptr(GError) error = NULL;

    if (plugin->funcs->connect(plugin->data, settings,
                               g_dbus_method_invocation_get_sender(invocation), interactive,
                               &error))
        g_dbus_method_invocation_return_value(invocation, NULL);
    else
        g_dbus_method_invocation_return_dbus_error(invocation, PLUGIN_ERROR "BadArguments",
                                                   error->message);
}

static void
call_need_secrets(GreVpnPlugin *plugin, GVariant *args, GDBusMethodInvocation *invocation)
{
    g_autoptr(GVariant) settings = g_variant_get_child_value(args, 0);
    gboolean need = plugin->funcs->need_secrets(plugin->data, settings);

    g_dbus_method_invocation_return_value(invocation, g_variant_new("(s)", need ? "vpn" : ""));
}

static gboolean
held_long_enough(gpointer data)
{
    GreVpnPlugin *plugin = data;

    plugin->hold_timer = 0;
    answer_held(plugin);
    return G_SOURCE_REMOVE;
}

static void
call_new_secrets(GreVpnPlugin *plugin, GVariant *args, GDBusMethodInvocation *invocation)
{
    g_autoptr(GVariant) settings = g_variant_get_child_value(args, 0);
    g_autoptr(GError) error = NULL;
    guint hold = 0;

    answer_held(plugin);
    plugin->held = invocation;
    if (!plugin->funcs->new_secrets(plugin->data, settings, &hold, &error)) {
        plugin->held = NULL;
        g_dbus_method_invocation_return_dbus_error(invocation, PLUGIN_ERROR "BadArguments",
                                                   error->message);
    } else if (plugin->held && hold > 0)
        plugin->hold_timer = g_timeout_add(hold, held_long_enough, plugin);
    else
        answer_held(plugin);
}

static void
method_call(GDBusConnection       *bus,
            const char            *sender,
            const char            *path,
            const char            *interface,
            const char            *method,
            GVariant              *args,
            GDBusMethodInvocation *invocation,
            gpointer               data)
{
    GreVpnPlugin *plugin = data;

    g_free(plugin->caller);
    plugin->caller = g_strdup(sender);
    if (!plugin->funcs)
        g_dbus_method_invocation_return_dbus_error(invocation, PLUGIN_ERROR "AlreadyStopped",
                                                   "this connection has ended");
    else if (strcmp(method, "Connect") == 0)
        call_connect(plugin, args, FALSE, invocation);
    else if (strcmp(method, "ConnectInteractive") == 0)
        call_connect(plugin, args, TRUE, invocation);
    else if (strcmp(method, "NeedSecrets") == 0)
        call_need_secrets(plugin, args, invocation);
    else if (strcmp(method, "Disconnect") == 0) {
        g_dbus_method_invocation_return_value(invocation, NULL);
        plugin->funcs->disconnect(plugin->data);
    } else
        call_new_secrets(plugin, args, invocation);
}

static GVariant *
get_property(GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *property,
             GError         **error,
             gpointer         data)
{
    GreVpnPlugin *plugin = data;

    return g_variant_new_uint32(plugin->state);
}

/* ---- signals ---- */

/* To the caller alone: the bus would show everybody a signal without destination. (The bus policy
 * lets only root call.) */
static void
emit(GreVpnPlugin *plugin, const char *signal, GVariant *args)
{
    g_autoptr(GVariant) owned = g_variant_ref_sink(args);

    /* First, so that NetworkManager is in the state that the signal requires. */
    answer_held(plugin);
    if (!plugin->caller)
        return;
    g_dbus_connection_emit_signal(plugin->bus, plugin->caller, PLUGIN_PATH, PLUGIN_INTERFACE,
                                  signal, owned, NULL);
}

void
gre_vpn_plugin_state(GreVpnPlugin *plugin, GreVpnState state)
{
    if (plugin->state == state)
        return;
    plugin->state = state;
    emit(plugin, "StateChanged", g_variant_new("(u)", (guint32) state));
}

void
gre_vpn_plugin_failure(GreVpnPlugin *plugin, GreVpnFailure reason)
{
    emit(plugin, "Failure", g_variant_new("(u)", (guint32) reason));
}

void
gre_vpn_plugin_ask(GreVpnPlugin *plugin, const char *message, const char *secret)
{
    const char *secrets[] = { secret, NULL };

    emit(plugin, "SecretsRequired", g_variant_new("(s^as)", message, secrets));
}

void
gre_vpn_plugin_config(GreVpnPlugin *plugin, GVariant *config, GVariant *ip4, GVariant *ip6)
{
    emit(plugin, "Config", g_variant_new("(@a{sv})", config));
    if (ip4)
        emit(plugin, "Ip4Config", g_variant_new("(@a{sv})", ip4));
    if (ip6)
        emit(plugin, "Ip6Config", g_variant_new("(@a{sv})", ip6));
}

/* ---- opening ---- */

static void
bus_closed(GDBusConnection *bus, gboolean remote, GError *error, gpointer data)
{
    GreVpnPlugin *plugin = data;

    if (plugin->funcs)
        plugin->funcs->closed(plugin->data);
}

static void
watch_close(GreVpnPlugin *plugin)
{
    plugin->closed_handler =
        g_signal_connect(plugin->bus, "closed", G_CALLBACK(bus_closed), plugin);
}

static void
open_failed(GreVpnPlugin *plugin, GError *error)
{
    plugin->ready(NULL, error, plugin->data);
    g_error_free(error);
    plugin_free(plugin);
}

static void
name_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    GreVpnPlugin *plugin = data;
    GError       *error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    guint32 answer = 0;

    if (reply)
        g_variant_get(reply, "(u)", &answer);
    if (reply && answer != 1) /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
        g_set_error(&error, G_IO_ERROR, G_IO_ERROR_EXISTS, "the bus name is already owned");
    if (error)
        open_failed(plugin, error);
    else
        plugin->ready(plugin, NULL, plugin->data);
}

static gboolean
export_object(GreVpnPlugin *plugin, GError **error)
{
    static const GDBusInterfaceVTable vtable = { .method_call = method_call,
                                                 .get_property = get_property };
    static GDBusNodeInfo             *node;

    if (!node)
        node = g_dbus_node_info_new_for_xml(introspection, error);
    if (!node)
        return FALSE;
    plugin->object = g_dbus_connection_register_object(
        plugin->bus, PLUGIN_PATH, node->interfaces[0], &vtable, plugin, NULL, error);
    return plugin->object != 0;
}

static void
bus_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    GreVpnPlugin *plugin = data;
    GError       *error = NULL;

    plugin->bus = g_dbus_connection_new_for_address_finish(result, &error);
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
        g_prefix_error(&error, "each VPN needs a D-Bus connection, and the bus allows no more (see "
                               "\"Many tunnels\" in gateway.md): ");
    if (!plugin->bus || !export_object(plugin, &error)) {
        open_failed(plugin, error);
        return;
    }
    watch_close(plugin);
    g_dbus_connection_call(
        plugin->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new("(su)", plugin->bus_name, 4 /* DO_NOT_QUEUE */),
        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, name_answered, plugin);
}

void
gre_vpn_plugin_open(const char              *bus_name,
                    const GreVpnPluginFuncs *funcs,
                    GreVpnPluginReady        ready,
                    gpointer                 user_data)
{
    g_autofree char *address = NULL;
    GreVpnPlugin    *plugin = g_new0(GreVpnPlugin, 1);
    GError          *error = NULL;

    plugin->bus_name = g_strdup(bus_name);
    plugin->funcs = funcs;
    plugin->ready = ready;
    plugin->data = user_data;
    plugin->state = GRE_VPN_STATE_INIT;
    address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
    if (!address) {
        open_failed(plugin, error);
        return;
    }
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, NULL, bus_opened, plugin);
}

/* ---- handing over ---- */

static int
socket_of(const GreVpnPlugin *plugin)
{
    GIOStream *stream = g_dbus_connection_get_stream(plugin->bus);

    return g_socket_get_fd(g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)));
}

/* GDBus's thread may have read a message that this process has not seen yet, but only since the
 * last turn of the main loop. */
gboolean
gre_vpn_plugin_is_quiet(GreVpnPlugin *plugin)
{
    int unread = 0;

    return plugin->state == GRE_VPN_STATE_STARTED && !plugin->held && plugin->caller &&
           g_dbus_connection_flush_sync(plugin->bus, NULL, NULL) &&
           ioctl(socket_of(plugin), FIONREAD, &unread) == 0 && unread == 0;
}

gboolean
gre_vpn_plugin_hand_over(GreVpnPlugin *plugin, GreVpnPluginHandle *out)
{
    *out = (GreVpnPluginHandle){
        .fd = fcntl(socket_of(plugin), F_DUPFD, 3),
        .bus_name = plugin->bus_name,
        .caller = plugin->caller,
    };
    return out->fd >= 0;
}

/* No handshake, and none of the message bus's greeting: the connection has its name. */
static GDBusConnection *
resume_bus(int fd, GError **error)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, error);
    g_autoptr(GSocketConnection) stream = NULL;

    if (!socket) {
        close(fd);
        return NULL;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    stream = g_socket_connection_factory_create_connection(socket);
    return g_dbus_connection_new_sync(G_IO_STREAM(stream), NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL,
                                      NULL, error);
}

GreVpnPlugin *
gre_vpn_plugin_resume(const GreVpnPluginHandle *handle,
                      const GreVpnPluginFuncs  *funcs,
                      gpointer                  user_data,
                      GError                  **error)
{
    GreVpnPlugin *plugin = g_new0(GreVpnPlugin, 1);

    plugin->bus_name = g_strdup(handle->bus_name);
    plugin->caller = g_strdup(handle->caller);
    plugin->funcs = funcs;
    plugin->data = user_data;
    plugin->state = GRE_VPN_STATE_STARTED;
    plugin->bus = resume_bus(handle->fd, error);
    if (!plugin->bus || !export_object(plugin, error)) {
        plugin_free(plugin);
        return NULL;
    }
    watch_close(plugin);
    return plugin;
}

/* ---- closing ---- */

static void
closed_now(GObject *source, GAsyncResult *result, gpointer data)
{
    plugin_free(data);
}

static void
flushed(GObject *source, GAsyncResult *result, gpointer data)
{
    GreVpnPlugin *plugin = data;

    g_dbus_connection_close(G_DBUS_CONNECTION(source), NULL, closed_now, plugin);
}

void
gre_vpn_plugin_close(GreVpnPlugin *plugin)
{
    plugin->funcs = NULL;
    answer_held(plugin);
    g_clear_signal_handler(&plugin->closed_handler, plugin->bus);
    g_dbus_connection_flush(plugin->bus, NULL, flushed, plugin);
}
