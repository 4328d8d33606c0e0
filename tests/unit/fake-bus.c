/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GTestDBus, and calls of the bus itself. */
#include "fake-bus.h"

static char *bus_address;

int
fake_bus_run_tests(void)
{
    g_autoptr(GTestDBus) bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    int status;

    g_test_dbus_up(bus);
    bus_address = g_strdup(g_test_dbus_get_bus_address(bus));
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address, TRUE);
    status = g_test_run();
    g_test_dbus_down(bus);
    g_clear_pointer(&bus_address, g_free);
    return status;
}

GDBusConnection *
fake_bus_connect(void)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus =
        g_dbus_connection_new_for_address_sync(bus_address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return bus;
}

static GVariant *
call(GDBusConnection *bus, const char *method, GVariant *args)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method, args,
        NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);

    g_assert_no_error(error);
    return reply;
}

void
fake_bus_own(GDBusConnection *bus, const char *name)
{
    g_autoptr(GVariant) reply = call(bus, "RequestName", g_variant_new("(su)", name, 4));
    guint32 result;

    g_variant_get(reply, "(u)", &result);
    g_assert_cmpuint(result, ==, 1);
}

void
fake_bus_disown(GDBusConnection *bus, const char *name)
{
    g_variant_unref(call(bus, "ReleaseName", g_variant_new("(s)", name)));
}

gboolean
fake_bus_has_owner(GDBusConnection *bus, const char *name)
{
    g_autoptr(GVariant) reply = call(bus, "NameHasOwner", g_variant_new("(s)", name));
    gboolean has = FALSE;

    g_variant_get(reply, "(b)", &has);
    return has;
}

/* A closed connection's names are free only when the bus has noticed. */
void
fake_bus_disconnect(GDBusConnection *bus)
{
    g_autofree char *name = g_strdup(g_dbus_connection_get_unique_name(bus));
    GDBusConnection *other = fake_bus_connect();

    g_dbus_connection_close_sync(bus, NULL, NULL);
    g_object_unref(bus);
    while (fake_bus_has_owner(other, name))
        g_usleep(1000);
    g_dbus_connection_close_sync(other, NULL, NULL);
    g_object_unref(other);
}

gboolean
fake_bus_on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

static gboolean
on_late(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

void
fake_bus_run(guint ms)
{
    gboolean late = FALSE;

    g_timeout_add(ms, on_late, &late);
    WAIT(late);
}
