/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices NetworkManager is told to leave alone. */
#include "nm/nm-devices.h"

#include "base/log.h"
#include "fake-bus.h"
#include "fake-nm.h"

#include <string.h>

typedef struct {
    FakeNm          *nm;
    GDBusConnection *bus;
    GreNmDevices    *devices;
} Fixture;

static GString *journal; /* the texts of all lines */

static GLogWriterOutput
on_line(GLogLevelFlags flags, const GLogField *fields, gsize n, gpointer data)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(fields[i].key, "MESSAGE") == 0)
            g_string_append_printf(journal, "%s\n", (const char *) fields[i].value);
    return G_LOG_WRITER_HANDLED;
}

static void
setup(Fixture *f, gconstpointer data)
{
    journal = g_string_new(NULL);
    f->nm = fake_nm_new();
    f->bus = fake_bus_connect();
    f->devices = gre_nm_devices_new(f->bus);
    fake_nm_export(f->nm);
    fake_nm_own(f->nm);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_nm_devices_free(f->devices);
    fake_bus_run(20); /* what was cancelled ends from the main loop */
    fake_nm_free(f->nm);
    fake_bus_disconnect(f->bus);
    g_string_free(journal, TRUE);
}

/* Ours, and no other. */
static void
test_ours(Fixture *f, gconstpointer data)
{
    FakeNmDevice *early = fake_nm_find_device(f->nm, 1, "nmgre1"), *ours, *other;

    fake_bus_run(50);
    g_assert_cmpuint(early->asked, ==, 0); /* none is ours */
    gre_nm_devices_add(f->devices, "nmgre0");
    other = fake_nm_find_device(f->nm, 2, "nmgre00");
    ours = fake_nm_find_device(f->nm, 3, "nmgre0");
    WAIT(ours->set == 1 && other->asked == 1);
    fake_bus_run(50);
    g_assert_cmpuint(ours->set, ==, 1);
    g_assert_cmpuint(other->set, ==, 0);
    g_assert_cmpuint(early->set, ==, 0);
    g_assert_cmpstr(journal->str, ==, "");
}

/* The device is created again under the same name, or NetworkManager starts again. */
static void
test_again(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    WAIT(device->set == 1);
    fake_nm_lose_device(f->nm, 1);
    device = fake_nm_find_device(f->nm, 2, "nmgre0");
    WAIT(device->set == 1);
    fake_nm_free(f->nm);
    f->nm = fake_nm_new();
    fake_nm_own(f->nm);
    fake_nm_export(f->nm);
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    WAIT(device->set == 1);
}

/* One connection's device is gone, and another connection has taken the name already. */
static void
test_removed(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    gre_nm_devices_add(f->devices, "nmgre0");
    gre_nm_devices_remove(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    WAIT(device->set == 1);
    gre_nm_devices_remove(f->devices, "nmgre0");
    gre_nm_devices_add(f->devices, "other");
    device = fake_nm_find_device(f->nm, 2, "nmgre0");
    WAIT(device->asked == 1);
    fake_bus_run(50);
    g_assert_cmpuint(device->set, ==, 0);
}

/* NetworkManager refuses at first. */
static void
test_retries(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    device->set_error = G_DBUS_ERROR_NO_REPLY;
    WAIT(device->set == 2);
    device->set_error = 0;
    WAIT(device->set == 3);
    fake_bus_run(700);
    g_assert_cmpuint(device->set, ==, 3);
    g_assert_cmpstr(journal->str, ==, "");
}

/* It is said once, and the next device is set as any other. */
static void
test_refused(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    device->set_error = G_DBUS_ERROR_ACCESS_DENIED;
    WAIT(journal->len > 0);
    fake_bus_run(700);
    g_assert_cmpstr(journal->str, ==,
                    "can't keep NetworkManager from managing the device \"nmgre0\": no\n");
    g_assert_cmpuint(device->set, ==, 5);
    device = fake_nm_find_device(f->nm, 2, "nmgre0");
    WAIT(device->set == 1);
}

/* It is gone before NetworkManager is told: nothing to say about it. */
static void
test_gone(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    fake_nm_find_device(f->nm, 1, "nmgre0");
    fake_nm_lose_device(f->nm, 1);
    device = fake_nm_find_device(f->nm, 2, "nmgre0");
    device->set_error = G_DBUS_ERROR_UNKNOWN_OBJECT;
    WAIT(device->set == 1);
    fake_bus_run(50);
    g_assert_cmpstr(journal->str, ==, "");
}

/* It is gone, or ours no longer, before NetworkManager is asked again. */
static void
test_gone_later(Fixture *f, gconstpointer data)
{
    FakeNmDevice *first, *second;

    gre_nm_devices_add(f->devices, "nmgre0");
    gre_nm_devices_add(f->devices, "nmgre1");
    first = fake_nm_find_device(f->nm, 1, "nmgre0");
    second = fake_nm_find_device(f->nm, 2, "nmgre1");
    first->set_error = second->set_error = G_DBUS_ERROR_ACCESS_DENIED;
    WAIT(first->set == 1 && second->set == 1);
    fake_nm_lose_device(f->nm, 1);
    gre_nm_devices_remove(f->devices, "nmgre1");
    fake_bus_run(700);
    first = fake_nm_find_device(f->nm, 3, "nmgre0");
    first->set_error = G_DBUS_ERROR_ACCESS_DENIED;
    WAIT(first->set == 2); /* which does not look at the other again */
    g_assert_cmpuint(second->set, ==, 1);
    g_assert_cmpuint(second->asked, ==, 2);
    g_assert_cmpstr(journal->str, ==, "");
}

/* Freed before NetworkManager is asked again, and while it is. */
static void
test_freed_later(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    device->set_error = G_DBUS_ERROR_ACCESS_DENIED;
    WAIT(device->set == 1);
    if (data)
        fake_bus_run(50);
    g_clear_pointer(&f->devices, gre_nm_devices_free);
    fake_bus_run(700);
    g_assert_cmpuint(device->set, ==, 1);
}

/* Freed while NetworkManager is asked. */
static void
test_freed(Fixture *f, gconstpointer data)
{
    FakeNmDevice *device;

    gre_nm_devices_add(f->devices, "nmgre0");
    device = fake_nm_find_device(f->nm, 1, "nmgre0");
    WAIT(device->asked == 1);
    g_clear_pointer(&f->devices, gre_nm_devices_free);
    fake_bus_run(50);
    g_assert_cmpuint(device->set, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    gre_log_init(LOG_NOTICE, FALSE);
    gre_log_set_journal(on_line);
    g_test_add("/nm-devices/ours", Fixture, NULL, setup, test_ours, teardown);
    g_test_add("/nm-devices/again", Fixture, NULL, setup, test_again, teardown);
    g_test_add("/nm-devices/removed", Fixture, NULL, setup, test_removed, teardown);
    g_test_add("/nm-devices/retries", Fixture, NULL, setup, test_retries, teardown);
    g_test_add("/nm-devices/gone-later", Fixture, NULL, setup, test_gone_later, teardown);
    g_test_add("/nm-devices/freed-later", Fixture, "", setup, test_freed_later, teardown);
    g_test_add("/nm-devices/freed-in-call", Fixture, NULL, setup, test_freed_later, teardown);
    g_test_add("/nm-devices/refused", Fixture, NULL, setup, test_refused, teardown);
    g_test_add("/nm-devices/gone", Fixture, NULL, setup, test_gone, teardown);
    g_test_add("/nm-devices/freed", Fixture, NULL, setup, test_freed, teardown);
    return fake_bus_run_tests();
}
