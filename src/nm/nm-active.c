/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: NetworkManager, introspection/org.freedesktop.NetworkManager.Connection.Active.xml. */
#include "nm/nm-active.h"

#include "nm/bus-reader.h"
#include "nm/nm-client.h"

#define NM_PATH    "/org/freedesktop/NetworkManager"
#define ACTIVE     "org.freedesktop.NetworkManager.Connection.Active"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define TIMEOUT_MS 10000
#define RETRY_MS   500

typedef struct {
    char          *uuid;
    GreActiveState state;
} Entry;

struct _GreNmActive {
    GDBusConnection *bus;
    void (*changed)(gpointer user_data);
    gpointer        data;
    GreNmActivating activating;
    gpointer        activating_data;
    GreBusReader   *reader;
    GCancellable   *cancellable; /* NULL while NetworkManager is away */
    guint           subscription;
    guint           retry;
    GHashTable     *entries; /* char *path -> Entry */
    guint           changed_source;
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->uuid);
    g_free(entry);
}

static gboolean
notify(gpointer data)
{
    GreNmActive *active = data;

    active->changed_source = 0;
    active->changed(active->data);
    return G_SOURCE_REMOVE;
}

static void
notify_later(GreNmActive *active)
{
    if (!active->changed_source)
        active->changed_source = g_idle_add(notify, active);
}

static void
set_state(GreNmActive *active, const char *path, Entry *entry, guint32 state)
{
    if (state >= GRE_ACTIVE_DEACTIVATED)
        g_hash_table_remove(active->entries, path);
    else if (entry->state != state)
        entry->state = (GreActiveState) state;
    else
        return;
    notify_later(active);
}

static void
got_properties(const char *path, GVariant *reply, const GError *error, gpointer data)
{
    GreNmActive *active = data;
    g_autoptr(GVariant) properties = NULL;
    const char *uuid;
    guint32     state;
    Entry      *entry;

    if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(a{sv})"))) {
        notify_later(active); /* it appeared, and is gone already */
        return;
    }
    properties = g_variant_get_child_value(reply, 0);
    if (!g_variant_lookup(properties, "Uuid", "&s", &uuid) ||
        !g_variant_lookup(properties, "State", "u", &state))
        return;
    entry = g_new0(Entry, 1);
    entry->uuid = g_ascii_strdown(uuid, -1);
    g_hash_table_insert(active->entries, g_strdup(path), entry);
    set_state(active, path, entry, state);
    if (state == GRE_ACTIVE_ACTIVATING && active->activating)
        active->activating(path, entry->uuid, active->activating_data);
}

static void
on_changed(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *args,
           gpointer         data)
{
    GreNmActive *active = data;
    Entry       *entry = g_hash_table_lookup(active->entries, path);
    g_autoptr(GVariant) properties = NULL;
    guint32 state;

    if (!g_variant_is_of_type(args, G_VARIANT_TYPE("(sa{sv}as)")))
        return;
    properties = g_variant_get_child_value(args, 1);
    if (!g_variant_lookup(properties, "State", "u", &state))
        return;
    if (entry)
        set_state(active, path, entry, state);
    else if (state < GRE_ACTIVE_DEACTIVATED)
        gre_bus_reader_add(active->reader, path);
}

GreNmActive *
gre_nm_active_new(GDBusConnection *bus, void (*changed)(gpointer user_data), gpointer user_data)
{
    GreNmActive *active = g_new0(GreNmActive, 1);

    active->bus = g_object_ref(bus);
    active->changed = changed;
    active->data = user_data;
    active->reader = gre_bus_reader_new(bus, GRE_NM_BUS_NAME, PROPERTIES, "GetAll",
                                        g_variant_new("(s)", ACTIVE), got_properties, NULL, active);
    active->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return active;
}

void
gre_nm_active_on_activating(GreNmActive *active, GreNmActivating func, gpointer user_data)
{
    active->activating = func;
    active->activating_data = user_data;
}

void
gre_nm_active_free(GreNmActive *active)
{
    if (!active)
        return;
    gre_nm_active_stop(active);
    g_clear_handle_id(&active->changed_source, g_source_remove);
    gre_bus_reader_free(active->reader);
    g_hash_table_unref(active->entries);
    g_object_unref(active->bus);
    g_free(active);
}

static void list(GreNmActive *active);

static gboolean
list_again(gpointer data)
{
    GreNmActive *active = data;

    active->retry = 0;
    list(active);
    return G_SOURCE_REMOVE;
}

static void
listed(GObject *source, GAsyncResult *result, gpointer data)
{
    GreNmActive *active = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) value = NULL;
    GVariantIter iter;
    const char  *path;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!reply) { /* NetworkManager owns its name before its objects exist */
        active->retry = g_timeout_add(RETRY_MS, list_again, active);
        return;
    }
    g_variant_get(reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE("ao")))
        return;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "&o", &path))
        gre_bus_reader_add(active->reader, path);
}

static void
list(GreNmActive *active)
{
    g_dbus_connection_call(active->bus, GRE_NM_BUS_NAME, NM_PATH, PROPERTIES, "Get",
                           g_variant_new("(ss)", GRE_NM_BUS_NAME, "ActiveConnections"),
                           G_VARIANT_TYPE("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS,
                           active->cancellable, listed, active);
}

void
gre_nm_active_start(GreNmActive *active)
{
    gre_nm_active_stop(active);
    active->cancellable = g_cancellable_new();
    active->subscription = g_dbus_connection_signal_subscribe(
        active->bus, GRE_NM_BUS_NAME, PROPERTIES, "PropertiesChanged", NULL, ACTIVE,
        G_DBUS_SIGNAL_FLAGS_NONE, on_changed, active, NULL);
    list(active);
}

void
gre_nm_active_stop(GreNmActive *active)
{
    if (!active->cancellable)
        return;
    g_cancellable_cancel(active->cancellable);
    g_clear_object(&active->cancellable);
    g_clear_handle_id(&active->retry, g_source_remove);
    g_dbus_connection_signal_unsubscribe(active->bus, active->subscription);
    gre_bus_reader_clear(active->reader);
    g_hash_table_remove_all(active->entries);
    notify_later(active);
}

/* A profile that is being reactivated has two for a while: the most advanced one counts. */
static int
progress(GreActiveState state)
{
    static const int order[] = { 0, 3, 4, 2, 1 }; /* by GreActiveState */

    return state < G_N_ELEMENTS(order) ? order[state] : 0;
}

GreActiveState
gre_nm_active_state(const GreNmActive *active, const char *uuid, const char **path)
{
    GreActiveState best = GRE_ACTIVE_DEACTIVATED;
    GHashTableIter iter;
    gpointer       key, value;

    *path = NULL;
    g_hash_table_iter_init(&iter, active->entries);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Entry *entry = value;

        if (!g_str_equal(entry->uuid, uuid) || progress(entry->state) <= progress(best))
            continue;
        best = entry->state;
        *path = key;
    }
    return best;
}

gboolean
gre_nm_active_is_down(const GreNmActive *active, const char *uuid)
{
    const char *path;

    return gre_nm_active_state(active, uuid, &path) == GRE_ACTIVE_DEACTIVATED;
}
