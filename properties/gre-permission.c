/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gre-permission.h"

#include "gre-service-names.h"

#define NM "org.freedesktop.NetworkManager"

struct _GrePermission {
    GCancellable *cancellable;
    gboolean      missing;
    void (*changed)(gpointer user_data);
    gpointer user_data;
};

static void
got_permissions(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
    g_autoptr(GVariant) permissions = NULL;
    GrePermission *permission = data;
    const char    *answer;

    if (!reply) /* cancelled: freed; or unknown */
        return;
    permissions = g_variant_get_child_value(reply, 0);
    permission->missing =
        g_variant_lookup(permissions, GRE_NM_ACTION_MODIFY_SYSTEM, "&s", &answer) &&
        !g_str_equal(answer, "yes");
    if (permission->missing)
        permission->changed(permission->user_data);
}

static void
got_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, NULL);
    GrePermission *permission = data;

    if (bus)
        g_dbus_connection_call(bus, NM, "/org/freedesktop/NetworkManager", NM, "GetPermissions",
                               NULL, G_VARIANT_TYPE("(a{ss})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                               permission->cancellable, got_permissions, permission);
}

GrePermission *
gre_permission_new(void (*changed)(gpointer user_data), gpointer user_data)
{
    GrePermission *permission = g_new0(GrePermission, 1);

    permission->cancellable = g_cancellable_new();
    permission->changed = changed;
    permission->user_data = user_data;
    g_bus_get(G_BUS_TYPE_SYSTEM, permission->cancellable, got_bus, permission);
    return permission;
}

void
gre_permission_free(GrePermission *permission)
{
    g_cancellable_cancel(permission->cancellable);
    g_object_unref(permission->cancellable);
    g_free(permission);
}

gboolean
gre_permission_is_missing(const GrePermission *permission)
{
    return permission->missing;
}

gboolean
gre_permission_is_private(NMConnection *connection)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);

    return setting && nm_setting_connection_get_num_permissions(setting) > 0;
}
