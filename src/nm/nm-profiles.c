/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: NetworkManager, introspection/org.freedesktop.NetworkManager.Settings*.xml. */
#include "nm/nm-profiles.h"

#include "base/log.h"
#include "nm/bus-reader.h"
#include "nm/nm-client.h"

#define SETTINGS_PATH "/org/freedesktop/NetworkManager/Settings"
#define SETTINGS      "org.freedesktop.NetworkManager.Settings"
#define CONNECTION    "org.freedesktop.NetworkManager.Settings.Connection"
#define TIMEOUT_MS    10000
#define RETRY_MS      500

/* A pending call of gre_nm_profiles_sync(). */
typedef struct {
    GreNmProfiles *profiles; /* NULL once that is freed */
    GCancellable  *cancellable;
    void (*func)(gpointer user_data);
    gpointer       data;
    GDestroyNotify destroy;
} Waiter;

struct _GreNmProfiles {
    GDBusConnection *bus;
    GreProfileSet   *set;
    void (*changed)(gpointer user_data);
    gpointer      data;
    GreBusReader *reader;
    GCancellable
            *cancellable; /* for the calls to this NetworkManager; NULL while it is not running */
    guint    added, removed, updated; /* subscriptions */
    guint    retry;
    gboolean listed;    /* the list is complete */
    GHashTable *unread; /* those not read yet, until all are read for the first time */
    gboolean    dirty;
    GList      *pings;   /* Waiter: not answered yet */
    GList      *waiters; /* Waiter: answered */
};

/* It will not be called any more. */
static void
waiter_dismiss(Waiter *waiter)
{
    if (waiter->destroy)
        waiter->destroy(waiter->data);
    waiter->destroy = NULL;
    waiter->profiles = NULL;
}

static void
waiter_free(Waiter *waiter)
{
    waiter_dismiss(waiter);
    g_object_unref(waiter->cancellable);
    g_free(waiter);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Waiter, waiter_free)

/* ---- reading ---- */

static void list(GreNmProfiles *profiles);

static gboolean
list_again(gpointer data)
{
    GreNmProfiles *profiles = data;

    profiles->retry = 0;
    list(profiles);
    return G_SOURCE_REMOVE;
}

static void
list_later(GreNmProfiles *profiles)
{
    profiles->listed = FALSE;
    if (!profiles->retry)
        profiles->retry = g_timeout_add(RETRY_MS, list_again, profiles);
}

static void
got_settings(const char *path, GVariant *reply, const GError *error, gpointer data)
{
    GreNmProfiles   *profiles = data;
    GreKnownProfile *profile = NULL;
    g_autoptr(GVariant) settings = NULL;

    if (error && !gre_bus_reader_is_gone(error)) {
        /* The profile stays as it was: a missing answer deletes nothing. */
        gre_log_kind(GRE_MESSAGE_PROFILE_IGNORED, LOG_WARNING,
                     "can't read the profile %s from NetworkManager: %s", path, error->message);
        list_later(profiles);
        return;
    }
    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(a{sa{sv}})"))) {
        settings = g_variant_get_child_value(reply, 0);
        profile = gre_profile_set_known_new(path, settings);
    }
    if (profile)
        gre_profile_set_put(profiles->set, profile);
    else
        gre_profile_set_remove(profiles->set, path);
    profiles->dirty = TRUE;
}

static void
add_key(const GreKnownProfile *profile, gpointer keys)
{
    g_ptr_array_add(keys, g_strdup(profile->key));
}

/* Removes profiles from files or an earlier NetworkManager that this one does not have. */
static void
remove_unlisted(GreNmProfiles *profiles)
{
    g_autoptr(GHashTable) listed = g_steal_pointer(&profiles->unread);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    gre_profile_set_each(profiles->set, add_key, keys);
    for (guint i = 0; i < keys->len; i++)
        if (!g_hash_table_contains(listed, g_ptr_array_index(keys, i)))
            gre_profile_set_remove(profiles->set, g_ptr_array_index(keys, i));
    profiles->dirty = TRUE;
    gre_log_kind(GRE_MESSAGE_PROFILES_READ, LOG_INFO, "read %u profiles from NetworkManager",
                 gre_profile_set_size(profiles->set));
}

static void
all_read(gpointer data)
{
    GreNmProfiles *profiles = data;
    g_autolist(Waiter) waiters = NULL;

    if (!profiles->listed || !gre_bus_reader_is_idle(profiles->reader))
        return;
    if (profiles->unread)
        remove_unlisted(profiles);
    if (profiles->dirty) {
        profiles->dirty = FALSE;
        profiles->changed(profiles->data);
    }
    waiters = g_steal_pointer(&profiles->waiters);
    for (GList *l = waiters; l; l = l->next) {
        Waiter *waiter = l->data;

        if (!g_cancellable_is_cancelled(waiter->cancellable))
            waiter->func(waiter->data);
    }
}

static void
listed(GObject *source, GAsyncResult *result, gpointer data)
{
    GreNmProfiles *profiles = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariantIter) iter = NULL;
    const char *path;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!reply) {
        /* NetworkManager owns its name before its objects exist. */
        gre_log_kind(GRE_MESSAGE_PROFILES_READ, LOG_INFO,
                     "NetworkManager can't list its profiles yet: %s", error->message);
        list_later(profiles);
        return;
    }
    g_variant_get(reply, "(ao)", &iter);
    profiles->listed = TRUE;
    g_clear_pointer(&profiles->unread, g_hash_table_unref);
    profiles->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (g_variant_iter_next(iter, "&o", &path)) {
        g_hash_table_add(profiles->unread, g_strdup(path));
        gre_bus_reader_add(profiles->reader, path);
    }
    all_read(profiles);
}

static void
list(GreNmProfiles *profiles)
{
    g_dbus_connection_call(profiles->bus, GRE_NM_BUS_NAME, SETTINGS_PATH, SETTINGS,
                           "ListConnections", NULL, G_VARIANT_TYPE("(ao)"),
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, profiles->cancellable,
                           listed, profiles);
}

/* ---- following ---- */

static void
on_added(GDBusConnection *bus,
         const char      *sender,
         const char      *path,
         const char      *interface,
         const char      *signal,
         GVariant        *args,
         gpointer         data)
{
    GreNmProfiles *profiles = data;
    const char    *profile;

    if (!g_variant_is_of_type(args, G_VARIANT_TYPE("(o)")))
        return;
    g_variant_get(args, "(&o)", &profile);
    if (profiles->unread)
        g_hash_table_add(profiles->unread, g_strdup(profile));
    gre_bus_reader_add(profiles->reader, profile);
}

static void
on_removed(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *args,
           gpointer         data)
{
    GreNmProfiles *profiles = data;
    const char    *profile;

    if (!g_variant_is_of_type(args, G_VARIANT_TYPE("(o)")))
        return;
    g_variant_get(args, "(&o)", &profile);
    gre_bus_reader_forget(profiles->reader, profile);
    gre_profile_set_remove(profiles->set, profile);
    profiles->dirty = TRUE;
    all_read(profiles);
}

static void
on_updated(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *args,
           gpointer         data)
{
    GreNmProfiles *profiles = data;

    gre_bus_reader_add(profiles->reader, path);
}

GreNmProfiles *
gre_nm_profiles_new(GDBusConnection *bus,
                    GreProfileSet   *set,
                    void (*changed)(gpointer user_data),
                    gpointer user_data)
{
    GreNmProfiles *profiles = g_new0(GreNmProfiles, 1);

    profiles->bus = g_object_ref(bus);
    profiles->set = set;
    profiles->changed = changed;
    profiles->data = user_data;
    profiles->reader = gre_bus_reader_new(bus, GRE_NM_BUS_NAME, CONNECTION, "GetSettings", NULL,
                                          got_settings, all_read, profiles);
    return profiles;
}

void
gre_nm_profiles_free(GreNmProfiles *profiles)
{
    if (!profiles)
        return;
    gre_nm_profiles_stop(profiles);
    g_list_free_full(profiles->pings, (GDestroyNotify) waiter_dismiss); /* the answer frees them */
    g_list_free_full(profiles->waiters, (GDestroyNotify) waiter_free);
    gre_bus_reader_free(profiles->reader);
    g_object_unref(profiles->bus);
    g_free(profiles);
}

static guint
subscribe(GreNmProfiles      *profiles,
          const char         *interface,
          const char         *signal,
          const char         *path,
          GDBusSignalCallback callback)
{
    return g_dbus_connection_signal_subscribe(profiles->bus, GRE_NM_BUS_NAME, interface, signal,
                                              path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback,
                                              profiles, NULL);
}

void
gre_nm_profiles_start(GreNmProfiles *profiles)
{
    gre_nm_profiles_stop(profiles);
    profiles->cancellable = g_cancellable_new();
    profiles->added = subscribe(profiles, SETTINGS, "NewConnection", SETTINGS_PATH, on_added);
    profiles->removed =
        subscribe(profiles, SETTINGS, "ConnectionRemoved", SETTINGS_PATH, on_removed);
    profiles->updated = subscribe(profiles, CONNECTION, "Updated", NULL, on_updated);
    list(profiles);
}

static void
unsubscribe(GreNmProfiles *profiles, guint *id)
{
    if (*id)
        g_dbus_connection_signal_unsubscribe(profiles->bus, *id);
    *id = 0;
}

void
gre_nm_profiles_stop(GreNmProfiles *profiles)
{
    if (!profiles->cancellable)
        return;
    g_cancellable_cancel(profiles->cancellable);
    g_clear_object(&profiles->cancellable);
    g_clear_handle_id(&profiles->retry, g_source_remove);
    unsubscribe(profiles, &profiles->added);
    unsubscribe(profiles, &profiles->removed);
    unsubscribe(profiles, &profiles->updated);
    gre_bus_reader_clear(profiles->reader);
    g_clear_pointer(&profiles->unread, g_hash_table_unref);
    profiles->listed = FALSE;
    g_clear_list(&profiles->waiters, (GDestroyNotify) waiter_free);
}

/* ---- waiting ---- */

/* All signals that NetworkManager sent before its answer are in the queue by now. */
static void
ponged(GObject *source, GAsyncResult *result, gpointer data)
{
    Waiter        *waiter = data;
    GreNmProfiles *profiles = waiter->profiles;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);

    if (profiles)
        profiles->pings = g_list_remove(profiles->pings, waiter);
    /* @profiles is freed, or the call is cancelled, or NetworkManager has stopped. */
    if (!profiles || !reply) {
        waiter_free(waiter);
        return;
    }
    profiles->waiters = g_list_append(profiles->waiters, waiter);
    all_read(profiles);
}

void
gre_nm_profiles_sync(GreNmProfiles *profiles,
                     GCancellable  *cancellable,
                     void (*func)(gpointer user_data),
                     gpointer       user_data,
                     GDestroyNotify destroy)
{
    Waiter *waiter = g_new0(Waiter, 1);

    waiter->profiles = profiles;
    waiter->cancellable = g_object_ref(cancellable);
    waiter->func = func;
    waiter->data = user_data;
    waiter->destroy = destroy;
    profiles->pings = g_list_prepend(profiles->pings, waiter);
    g_dbus_connection_call(
        profiles->bus, GRE_NM_BUS_NAME, SETTINGS_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL,
        NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, cancellable, ponged, waiter);
}
