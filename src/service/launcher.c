/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs without a main loop: it calls the bus and may block. */
#include "service/launcher.h"

#include "gre-error.h"
#include "service/service.h"

/* NetworkManager waits 5 s for the name; a bus that cannot start the service must not use up that
 * time. */
#define ASK_MS 3000

/* DBUS_NAME_FLAG_…; only root may own the name (data/nm-gre-service.conf) */
enum { ALLOW_REPLACEMENT = 1, REPLACE_EXISTING = 2, DO_NOT_QUEUE = 4 };

gboolean
gre_launcher_hand_over(GDBusConnection *bus, const char *bus_name, GError **error)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, GRE_SERVICE_NAME, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE, "Serve",
        g_variant_new("(s)", bus_name), NULL, G_DBUS_CALL_FLAGS_NONE, ASK_MS, NULL, error);

    return reply != NULL;
}

/* The next program takes the name of the one whose place it takes (reload.h). */
gboolean
gre_launcher_take_name(GDBusConnection *bus, gboolean replace, GError **error)
{
    guint32 flags = ALLOW_REPLACEMENT | DO_NOT_QUEUE | (replace ? REPLACE_EXISTING : 0);
    guint32 answer = 0;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", GRE_SERVICE_NAME, flags), G_VARIANT_TYPE("(u)"),
        G_DBUS_CALL_FLAGS_NONE, ASK_MS, NULL, error);

    if (!reply)
        return FALSE;
    g_variant_get(reply, "(u)", &answer);
    if (answer == 1) /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                "another instance of the service is already running");
    return FALSE;
}
