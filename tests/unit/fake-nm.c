/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source of the interfaces: NetworkManager, introspection/. */
#include "fake-nm.h"

#include "fake-bus.h"
#include "service/service.h"

static const char introspection[] =
    "<node><interface name='" NM "'>"
    "<method name='ActivateConnection'><arg type='o' direction='in'/><arg type='o' direction='in'/>"
    "<arg type='o' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='GetDeviceByIpIface'><arg type='s' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<property name='ActiveConnections' type='ao' access='read'/></interface>"
    "<interface name='" NM ".Settings'>"
    "<method name='ListConnections'><arg type='ao' direction='out'/></method>"
    "<method name='GetConnectionByUuid'><arg type='s' direction='in'/>"
    "<arg type='o' direction='out'/></method></interface>"
    "<interface name='" NM_PROFILE "'>"
    "<method name='GetSettings'><arg type='a{sa{sv}}' direction='out'/></method></interface>"
    "<interface name='" NM ".Connection.Active'>"
    "<property name='Uuid' type='s' access='read'/><property name='State' type='u' access='read'/>"
    "</interface><interface name='" NM ".Device'>"
    "<property name='ActiveConnection' type='o' access='read'/>"
    "<property name='Interface' type='s' access='read'/>"
    "<property name='Managed' type='b' access='readwrite'/></interface></node>";

typedef struct {
    FakeNm *nm;
    char   *path, *uuid;
    guint32 state;
    guint   object;
} Active;

/* An answer that is kept back. */
typedef struct {
    GDBusMethodInvocation *invocation;
    GVariant              *settings;
    const char            *error;
} Held;

struct _FakeNm {
    GDBusConnection *bus;
    GDBusNodeInfo   *node;
    GHashTable      *profiles;   /* char *path -> FakeNmProfile */
    GHashTable      *actives;    /* char *path -> Active */
    GHashTable      *devices;    /* char *path -> FakeNmDevice */
    guint            objects[2]; /* the manager and the settings, once exported */
    gboolean         hold;
    GQueue           held;
    guint            lists, active_asked;
};

/* ---- answering ---- */

static void
held_answer(Held *held)
{
    if (held->error)
        g_dbus_method_invocation_return_dbus_error(held->invocation, held->error, "no");
    else
        g_dbus_method_invocation_return_value(held->invocation,
                                              g_variant_new("(@a{sa{sv}})", held->settings));
    g_variant_unref(held->settings);
    g_free(held);
}

static void
profile_call(GDBusConnection       *bus,
             const char            *sender,
             const char            *path,
             const char            *interface,
             const char            *method,
             GVariant              *args,
             GDBusMethodInvocation *invocation,
             gpointer               data)
{
    FakeNmProfile *profile = data;
    Held          *held = g_new0(Held, 1);

    profile->asked++;
    held->invocation = invocation;
    held->settings = g_variant_ref(profile->settings);
    held->error = profile->settings_error;
    if (profile->nm->hold)
        g_queue_push_tail(&profile->nm->held, held);
    else
        held_answer(held);
}

static GVariant *
paths_of(GHashTable *objects)
{
    guint                length;
    g_autofree gpointer *paths = g_hash_table_get_keys_as_array(objects, &length);

    return g_variant_new_objv((const char *const *) paths, length);
}

static FakeNmProfile *
find_uuid(const FakeNm *nm, const char *uuid)
{
    GHashTableIter iter;
    gpointer       profile;

    g_hash_table_iter_init(&iter, nm->profiles);
    while (g_hash_table_iter_next(&iter, NULL, &profile)) {
        g_autoptr(GVariant) connection = g_variant_lookup_value(
            ((FakeNmProfile *) profile)->settings, "connection", G_VARIANT_TYPE_VARDICT);
        const char *found = NULL;

        g_variant_lookup(connection, "uuid", "&s", &found);
        if (g_strcmp0(found, uuid) == 0)
            return profile;
    }
    return NULL;
}

static void
answer_uuid(const FakeNm *nm, GVariant *args, GDBusMethodInvocation *invocation)
{
    const char    *uuid, *error;
    FakeNmProfile *profile;

    g_variant_get(args, "(&s)", &uuid);
    profile = find_uuid(nm, uuid);
    error = profile ? profile->look_error : NM ".Settings.InvalidConnection";
    if (profile)
        g_string_append(profile->calls, "look ");
    if (error)
        g_dbus_method_invocation_return_dbus_error(invocation, error, "no");
    else
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", profile->path));
}

static void
settings_call(GDBusConnection       *bus,
              const char            *sender,
              const char            *path,
              const char            *interface,
              const char            *method,
              GVariant              *args,
              GDBusMethodInvocation *invocation,
              gpointer               data)
{
    FakeNm *nm = data;

    if (g_str_equal(method, "GetConnectionByUuid")) {
        answer_uuid(nm, args, invocation);
        return;
    }
    nm->lists++;
    g_dbus_method_invocation_return_value(invocation,
                                          g_variant_new("(@ao)", paths_of(nm->profiles)));
}

static void
answer_activate(const FakeNm *nm, GVariant *args, GDBusMethodInvocation *invocation)
{
    const char    *path, *device, *base;
    FakeNmProfile *profile;

    g_variant_get(args, "(&o&o&o)", &path, &device, &base);
    g_assert_cmpstr(device, ==, "/");
    profile = g_hash_table_lookup(nm->profiles, path);
    g_assert_nonnull(profile);
    g_string_append_printf(profile->calls, "activate(%s) ", base);
    profile->activated = g_get_monotonic_time();
    if (profile->activate_error)
        g_dbus_method_invocation_return_dbus_error(invocation, profile->activate_error, "no");
    else
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", "/a/1"));
}

static void
manager_call(GDBusConnection       *bus,
             const char            *sender,
             const char            *path,
             const char            *interface,
             const char            *method,
             GVariant              *args,
             GDBusMethodInvocation *invocation,
             gpointer               data)
{
    g_autofree char *device = NULL;
    const char      *name;

    if (g_str_equal(method, "ActivateConnection")) {
        answer_activate(data, args, invocation);
        return;
    }
    g_variant_get(args, "(&s)", &name);
    device = g_strdup_printf("/d/%s", name);
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", device));
}

static GVariant *
get_actives(GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *property,
            GError         **error,
            gpointer         data)
{
    return paths_of(((FakeNm *) data)->actives);
}

static GVariant *
get_active(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *property,
           GError         **error,
           gpointer         data)
{
    Active *active = data;

    if (g_str_equal(property, "State"))
        return g_variant_new_uint32(active->state);
    active->nm->active_asked++;
    return g_variant_new_string(active->uuid);
}

/* The device's active connection, which is what a VPN stands on. */
static GVariant *
get_device(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *property,
           GError         **error,
           gpointer         data)
{
    return g_variant_new_object_path(data);
}

/* ---- there and gone ---- */

static guint export(FakeNm                     *nm,
                    const char                 *path,
                    const char                 *interface,
                    const GDBusInterfaceVTable *vtable,
                    gpointer                    data,
                    GDestroyNotify              destroy)
{
    g_autoptr(GError) error = NULL;
    GDBusInterfaceInfo *info = g_dbus_node_info_lookup_interface(nm->node, interface);
    guint               object =
        g_dbus_connection_register_object(nm->bus, path, info, vtable, data, destroy, &error);

    g_assert_no_error(error);
    return object;
}

static void
profile_free(gpointer data)
{
    FakeNmProfile *profile = data;

    g_dbus_connection_unregister_object(profile->nm->bus, profile->object);
    g_variant_unref(profile->settings);
    g_string_free(profile->calls, TRUE);
    g_free(profile->path);
    g_free(profile);
}

static void
active_free(gpointer data)
{
    Active *active = data;

    g_dbus_connection_unregister_object(active->nm->bus, active->object);
    g_free(active->path);
    g_free(active->uuid);
    g_free(active);
}

static void
device_free(gpointer data)
{
    FakeNmDevice *device = data;

    g_dbus_connection_unregister_object(device->nm->bus, device->object);
    g_free(device->path);
    g_free(device->ifname);
    g_free(device);
}

FakeNm *
fake_nm_new(void)
{
    FakeNm *nm = g_new0(FakeNm, 1);

    nm->bus = fake_bus_connect();
    nm->node = g_dbus_node_info_new_for_xml(introspection, NULL);
    nm->profiles = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, profile_free);
    nm->actives = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, active_free);
    nm->devices = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, device_free);
    g_queue_init(&nm->held);
    return nm;
}

static void
held_drop(gpointer data)
{
    Held *held = data;

    g_object_unref(held->invocation);
    g_variant_unref(held->settings);
    g_free(held);
}

void
fake_nm_free(FakeNm *nm)
{
    g_queue_clear_full(&nm->held, held_drop);
    for (guint i = 0; i < G_N_ELEMENTS(nm->objects); i++) /* a call may have arrived by now */
        if (nm->objects[i])
            g_dbus_connection_unregister_object(nm->bus, nm->objects[i]);
    g_hash_table_unref(nm->profiles);
    g_hash_table_unref(nm->actives);
    g_hash_table_unref(nm->devices);
    fake_bus_disconnect(nm->bus);
    g_dbus_node_info_unref(nm->node);
    g_free(nm);
}

void
fake_nm_own(FakeNm *nm)
{
    fake_bus_own(nm->bus, NM);
}

void
fake_nm_disown(FakeNm *nm)
{
    fake_bus_disown(nm->bus, NM);
}

void
fake_nm_export(FakeNm *nm)
{
    static const GDBusInterfaceVTable manager = { .method_call = manager_call,
                                                  .get_property = get_actives };
    static const GDBusInterfaceVTable settings = { .method_call = settings_call };

    nm->objects[0] = export(nm, NM_PATH, NM, &manager, nm, NULL);
    nm->objects[1] = export(nm, NM_PATH "/Settings", NM ".Settings", &settings, nm, NULL);
}

void
fake_nm_add_device(FakeNm *nm, const char *device)
{
    static const GDBusInterfaceVTable vtable = { .get_property = get_device };
    g_autofree char                  *path = g_strdup_printf("/d/%s", device);

    export(nm, path, NM ".Device", &vtable, g_strdup_printf("/a/%s", device), g_free);
}

/* ---- profiles ---- */

G_GNUC_PRINTF(1, 2)
static GVariant *
parse(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list          args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return g_variant_new_parsed(text);
}

GVariant *
fake_nm_tunnel(const char *id, const char *uuid)
{
    return parse("{'connection': {'id': <'%s'>, 'uuid': <'%s'>, 'type': <'ip-tunnel'>}, "
                 "'ip-tunnel': {'mode': <uint32 2>, 'remote': <'198.51.100.2'>}}",
                 id, uuid);
}

GVariant *
fake_nm_companion(const char *id, const char *uuid, const char *protects)
{
    return parse("{'connection': {'id': <'%s'>, 'uuid': <'%s'>, 'type': <'vpn'>}, "
                 "'vpn': {'service-type': <'" GRE_SERVICE_NAME "'>, "
                 "'data': <{'protects': '%s'}>}}",
                 id, uuid, protects);
}

GVariant *
fake_nm_ethernet(const char *id, const char *uuid)
{
    return parse("{'connection': {'id': <'%s'>, 'uuid': <'%s'>, 'type': <'802-3-ethernet'>}}", id,
                 uuid);
}

FakeNmProfile *
fake_nm_profile(FakeNm *nm, guint number)
{
    g_autofree char *path = g_strdup_printf("/s/%u", number);

    return g_hash_table_lookup(nm->profiles, path);
}

FakeNmProfile *
fake_nm_put(FakeNm *nm, guint number, GVariant *settings)
{
    static const GDBusInterfaceVTable vtable = { .method_call = profile_call };
    FakeNmProfile                    *profile = fake_nm_profile(nm, number);

    if (profile) {
        g_variant_unref(profile->settings);
    } else {
        profile = g_new0(FakeNmProfile, 1);
        profile->nm = nm;
        profile->path = g_strdup_printf("/s/%u", number);
        profile->calls = g_string_new(NULL);
        profile->object = export(nm, profile->path, NM_PROFILE, &vtable, profile, NULL);
        g_hash_table_insert(nm->profiles, profile->path, profile);
    }
    profile->settings = g_variant_ref_sink(settings);
    return profile;
}

static void
emit(FakeNm *nm, const char *path, const char *interface, const char *signal, GVariant *args)
{
    g_assert_true(
        g_dbus_connection_emit_signal(nm->bus, NULL, path, interface, signal, args, NULL));
}

void
fake_nm_add(FakeNm *nm, guint number, GVariant *settings)
{
    FakeNmProfile *profile = fake_nm_put(nm, number, settings);

    emit(nm, NM_PATH "/Settings", NM ".Settings", "NewConnection",
         g_variant_new("(o)", profile->path));
}

void
fake_nm_update(FakeNm *nm, guint number, GVariant *settings)
{
    FakeNmProfile *profile = fake_nm_put(nm, number, settings);

    emit(nm, profile->path, NM_PROFILE, "Updated", NULL);
}

void
fake_nm_remove(FakeNm *nm, guint number)
{
    g_autofree char *path = g_strdup_printf("/s/%u", number);

    g_assert_true(g_hash_table_remove(nm->profiles, path));
    emit(nm, NM_PATH "/Settings", NM ".Settings", "ConnectionRemoved", g_variant_new("(o)", path));
}

guint
fake_nm_lists(const FakeNm *nm)
{
    return nm->lists;
}

void
fake_nm_hold(FakeNm *nm)
{
    nm->hold = TRUE;
}

guint
fake_nm_held(const FakeNm *nm)
{
    return nm->held.length;
}

void
fake_nm_let_go(FakeNm *nm)
{
    g_assert_false(g_queue_is_empty(&nm->held));
    held_answer(g_queue_pop_head(&nm->held));
}

void
fake_nm_let_all_go(FakeNm *nm)
{
    nm->hold = FALSE;
    while (!g_queue_is_empty(&nm->held))
        fake_nm_let_go(nm);
}

/* ---- active connections ---- */

static Active *
get(FakeNm *nm, const char *path, const char *uuid)
{
    static const GDBusInterfaceVTable vtable = { .get_property = get_active };
    Active                           *active = g_hash_table_lookup(nm->actives, path);

    if (active)
        return active;
    active = g_new0(Active, 1);
    active->nm = nm;
    active->path = g_strdup(path);
    active->uuid = g_strdup(uuid);
    active->object = export(nm, path, NM ".Connection.Active", &vtable, active, NULL);
    g_hash_table_insert(nm->actives, active->path, active);
    return active;
}

void
fake_nm_set_active(FakeNm *nm, guint number, const char *uuid, guint32 state)
{
    g_autofree char *path = g_strdup_printf("/a/%u", number);
    Active          *active = get(nm, path, uuid);

    active->state = state;
    emit(nm, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
         g_variant_new_parsed("(%s, {'State': <%u>}, @as [])", NM ".Connection.Active", state));
    if (state >= 4)
        g_hash_table_remove(nm->actives, path);
}

guint
fake_nm_active_asked(const FakeNm *nm)
{
    return nm->active_asked;
}

guint
fake_nm_activations(const FakeNmProfile *profile)
{
    guint n = 0;

    for (const char *at = profile->calls->str; (at = strstr(at, "activate")); at++)
        n++;
    return n;
}

/* ---- devices of the kernel's ---- */

static GVariant *
get_name(GDBusConnection *bus,
         const char      *sender,
         const char      *path,
         const char      *interface,
         const char      *property,
         GError         **error,
         gpointer         data)
{
    FakeNmDevice *device = data;

    g_assert_cmpstr(property, ==, "Interface");
    device->asked++;
    return g_variant_new_string(device->ifname);
}

static gboolean
set_managed(GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *property,
            GVariant        *value,
            GError         **error,
            gpointer         data)
{
    FakeNmDevice *device = data;

    g_assert_cmpstr(property, ==, "Managed");
    g_assert_false(g_variant_get_boolean(value));
    device->set++;
    if (!device->set_error)
        return TRUE;
    g_set_error_literal(error, G_DBUS_ERROR, (gint) device->set_error, "no");
    return FALSE;
}

FakeNmDevice *
fake_nm_find_device(FakeNm *nm, guint number, const char *ifname)
{
    static const GDBusInterfaceVTable vtable = { .get_property = get_name,
                                                 .set_property = set_managed };
    FakeNmDevice                     *device = g_new0(FakeNmDevice, 1);

    device->nm = nm;
    device->path = g_strdup_printf("/d/%u", number);
    device->ifname = g_strdup(ifname);
    device->object = export(nm, device->path, NM ".Device", &vtable, device, NULL);
    g_hash_table_insert(nm->devices, device->path, device);
    emit(nm, NM_PATH, NM, "DeviceAdded", g_variant_new("(o)", device->path));
    return device;
}

void
fake_nm_lose_device(FakeNm *nm, guint number)
{
    g_autofree char *path = g_strdup_printf("/d/%u", number);

    g_assert_true(g_hash_table_remove(nm->devices, path));
}
