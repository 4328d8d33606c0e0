/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager announces each of its devices; those whose name is in the table are set. */
#include "nm/nm-devices.h"

#include "base/log.h"
#include "nm/bus-reader.h"
#include "nm/nm-client.h"

#define DEVICE     GRE_NM_BUS_NAME ".Device"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define TIMEOUT_MS 10000
/* A busy NetworkManager may refuse: "Unable to determine UID of the request". */
#define TRIES    5
#define RETRY_MS 500

struct _GreNmDevices {
    GDBusConnection *bus;
    GHashTable      *names;    /* char *ifname -> how often it was added */
    GHashTable      *failures; /* char *path -> how many tries have failed */
    GreBusReader    *reader;
    GCancellable    *cancellable;
    guint            subscription;
    guint            retry_source;
};

typedef struct {
    GreNmDevices *devices;
    char         *path;
    char         *ifname;
} Call;

static void
call_free(Call *call)
{
    g_free(call->path);
    g_free(call->ifname);
    g_free(call);
}

static gboolean
retry(gpointer data)
{
    GreNmDevices  *devices = data;
    GHashTableIter iter;
    gpointer       path;

    devices->retry_source = 0;
    g_hash_table_iter_init(&iter, devices->failures);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        gre_bus_reader_add(devices->reader, path);
    return G_SOURCE_REMOVE;
}

/* @error: is changed */
static void
try_failed(const Call *call, GError *error)
{
    GreNmDevices *devices = call->devices;
    guint         n = GPOINTER_TO_UINT(g_hash_table_lookup(devices->failures, call->path)) + 1;

    if (n < TRIES) {
        g_hash_table_insert(devices->failures, g_strdup(call->path), GUINT_TO_POINTER(n));
        if (!devices->retry_source)
            devices->retry_source = g_timeout_add(RETRY_MS, retry, devices);
        return;
    }
    g_hash_table_remove(devices->failures, call->path);
    g_dbus_error_strip_remote_error(error);
    gre_log_kind_full(GRE_MESSAGE_DEVICE_NOT_UNMANAGED, LOG_WARNING, NULL, NULL, call->ifname,
                      "can't keep NetworkManager from managing the device \"%s\": %s", call->ifname,
                      error->message);
}

static void
was_set(GObject *source, GAsyncResult *result, gpointer data)
{
    Call *call = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (reply || gre_bus_reader_is_gone(error)) /* removed meanwhile */
        g_hash_table_remove(call->devices->failures, call->path);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* else it is freed */
        try_failed(call, error);
    call_free(call);
}

/* Also where udev has done so: while a device is down, its property cannot tell. */
static void
set_unmanaged(GreNmDevices *devices, const char *path, const char *ifname)
{
    Call *call = g_new0(Call, 1);

    call->devices = devices;
    call->path = g_strdup(path);
    call->ifname = g_strdup(ifname);
    g_dbus_connection_call(devices->bus, GRE_NM_BUS_NAME, path, PROPERTIES, "Set",
                           g_variant_new("(ssv)", DEVICE, "Managed", g_variant_new_boolean(FALSE)),
                           NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, devices->cancellable,
                           was_set, call);
}

static void
got_name(const char *path, GVariant *reply, const GError *error, gpointer data)
{
    GreNmDevices *devices = data;
    g_autoptr(GVariant) value = NULL;

    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(v)")))
        g_variant_get(reply, "(v)", &value);
    if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) &&
        g_hash_table_contains(devices->names, g_variant_get_string(value, NULL)))
        set_unmanaged(devices, path, g_variant_get_string(value, NULL));
    else
        g_hash_table_remove(devices->failures, path);
}

static void
device_added(GDBusConnection *bus,
             const char      *sender,
             const char      *object,
             const char      *interface,
             const char      *signal,
             GVariant        *args,
             gpointer         data)
{
    GreNmDevices *devices = data;
    const char   *path;

    if (!g_variant_is_of_type(args, G_VARIANT_TYPE("(o)")) ||
        g_hash_table_size(devices->names) == 0)
        return;
    g_variant_get(args, "(&o)", &path);
    gre_bus_reader_add(devices->reader, path);
}

GreNmDevices *
gre_nm_devices_new(GDBusConnection *bus)
{
    GreNmDevices *devices = g_new0(GreNmDevices, 1);

    devices->bus = g_object_ref(bus);
    devices->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    devices->failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    devices->cancellable = g_cancellable_new();
    devices->reader =
        gre_bus_reader_new(bus, GRE_NM_BUS_NAME, PROPERTIES, "Get",
                           g_variant_new("(ss)", DEVICE, "Interface"), got_name, NULL, devices);
    devices->subscription = g_dbus_connection_signal_subscribe(
        bus, GRE_NM_BUS_NAME, GRE_NM_BUS_NAME, "DeviceAdded", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        device_added, devices, NULL);
    return devices;
}

void
gre_nm_devices_free(GreNmDevices *devices)
{
    if (!devices)
        return;
    g_dbus_connection_signal_unsubscribe(devices->bus, devices->subscription);
    g_clear_handle_id(&devices->retry_source, g_source_remove);
    g_cancellable_cancel(devices->cancellable);
    g_object_unref(devices->cancellable);
    gre_bus_reader_free(devices->reader);
    g_hash_table_unref(devices->names);
    g_hash_table_unref(devices->failures);
    g_object_unref(devices->bus);
    g_free(devices);
}

void
gre_nm_devices_add(GreNmDevices *devices, const char *ifname)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(devices->names, ifname));

    g_hash_table_insert(devices->names, g_strdup(ifname), GUINT_TO_POINTER(n + 1));
}

void
gre_nm_devices_remove(GreNmDevices *devices, const char *ifname)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(devices->names, ifname));

    if (n > 1)
        g_hash_table_insert(devices->names, g_strdup(ifname), GUINT_TO_POINTER(n - 1));
    else
        g_hash_table_remove(devices->names, ifname);
}
