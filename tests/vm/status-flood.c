/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls GetStatus from several bus connections, each with several calls under way at a time:
 * status-flood CONNECTIONS CALLS [SECONDS]. Each call is made once, or again and again for so many
 * seconds or until SIGTERM. Prints "calling" when all have begun, and at the end the number of
 * answers by kind: "answered 3 limited 17 failed 0".
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdlib.h>

#include "gre-service-names.h"

#define TIMEOUT_MS 120000

typedef struct {
    GMainLoop *loop;
    gint64     until; /* monotonic µs; calls answered before it are made again */
    guint      pending;
    guint      answered, limited, failed;
} Flood;

static void call(GDBusConnection *bus, Flood *flood);

static void
count(Flood *flood, const GError *error)
{
    if (!error)
        flood->answered++;
    else if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
        flood->limited++;
    else {
        flood->failed++;
        g_printerr("%s\n", error->message);
    }
}

static void
on_answer(GObject *bus, GAsyncResult *result, gpointer data)
{
    Flood *flood = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error);

    count(flood, reply ? NULL : error);
    flood->pending--;
    if (g_get_monotonic_time() < flood->until)
        call(G_DBUS_CONNECTION(bus), flood);
    else if (flood->pending == 0)
        g_main_loop_quit(flood->loop);
}

static void
call(GDBusConnection *bus, Flood *flood)
{
    flood->pending++;
    g_dbus_connection_call(bus, GRE_SERVICE_NAME, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE,
                           "GetStatus", NULL, G_VARIANT_TYPE("(aa{sv})"),
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, on_answer, flood);
}

static GDBusConnection *
connect_to_bus(void)
{
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus =
        g_dbus_connection_new_for_address_sync(address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    if (!bus)
        g_error("%s", error->message);
    return bus;
}

static gboolean
on_terminate(gpointer data)
{
    ((Flood *) data)->until = 0;
    return G_SOURCE_CONTINUE;
}

int
main(int argc, char **argv)
{
    Flood flood = { .loop = g_main_loop_new(NULL, FALSE) };

    if (argc < 3)
        return 2;
    g_unix_signal_add(SIGTERM, on_terminate, &flood);
    if (argc > 3)
        flood.until = g_get_monotonic_time() + atoi(argv[3]) * G_TIME_SPAN_SECOND;
    for (int i = 0; i < atoi(argv[1]); i++) {
        GDBusConnection *bus = connect_to_bus();

        for (int j = 0; j < atoi(argv[2]); j++)
            call(bus, &flood);
    }
    g_print("calling\n");
    g_main_loop_run(flood.loop);
    g_print("answered %u limited %u failed %u\n", flood.answered, flood.limited, flood.failed);
    return flood.failed > 0;
}
