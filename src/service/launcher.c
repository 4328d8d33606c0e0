/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs without a main loop: it calls the bus and may block. */
#include "service/launcher.h"

#include "gre-error.h"
#include "service/service.h"

/* NetworkManager waits 5 s for the name; a bus that cannot start the service must not use up that
 * time. */
#define ASK_MS 3000

gboolean
gre_launcher_hand_over(GDBusConnection *bus, const char *bus_name, GError **error)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, GRE_SERVICE_NAME, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE, "Serve",
        g_variant_new("(s)", bus_name), NULL, G_DBUS_CALL_FLAGS_NONE, ASK_MS, NULL, error);

    return reply != NULL;
}

static GVariant *
call_bus(GDBusConnection *bus, const char *method, GVariant *args, GError **error)
{
    return g_dbus_connection_call_sync(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", method, args, G_VARIANT_TYPE("(u)"),
                                       G_DBUS_CALL_FLAGS_NONE, ASK_MS, NULL, error);
}

gboolean
gre_launcher_take_name(GDBusConnection *bus, GError **error)
{
    guint32 answer = 0;
    g_autoptr(GVariant) reply = call_bus(
        bus, "RequestName", g_variant_new("(su)", GRE_SERVICE_NAME, 4 /* DO_NOT_QUEUE */), error);

    if (!reply)
        return FALSE;
    g_variant_get(reply, "(u)", &answer);
    if (answer == 1) /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                "another instance of the service is already running");
    return FALSE;
}

void
gre_launcher_leave_name(GDBusConnection *bus)
{
    g_autoptr(GVariant) reply =
        call_bus(bus, "ReleaseName", g_variant_new("(s)", GRE_SERVICE_NAME), NULL);
}
