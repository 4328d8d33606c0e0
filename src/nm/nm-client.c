/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains of D-Bus calls to NetworkManager; each step's reply starts the next. */
#include "nm/nm-client.h"

#include "gre-service-names.h"

#include <string.h>

#define NM_PATH      "/org/freedesktop/NetworkManager"
#define NM_INTERFACE "org.freedesktop.NetworkManager"
#define PROPERTIES   "org.freedesktop.DBus.Properties"
#define TIMEOUT_MS   3000

typedef struct {
    GDBusConnection  *bus;
    GCancellable     *cancellable;
    char             *uuid;
    char             *base;        /* interface name */
    char             *base_active; /* object path, in place of that */
    char             *profile_path;
    GreNmBaseFunc     base_func;
    GreNmActivateFunc activate_func;
    gpointer          data;
} Chain;

static Chain *
chain_new(GDBusConnection *bus, GCancellable *cancellable, gpointer data)
{
    Chain *chain = g_new0(Chain, 1);

    chain->bus = g_object_ref(bus);
    chain->cancellable = cancellable ? g_object_ref(cancellable) : NULL;
    chain->data = data;
    return chain;
}

static void
chain_free(Chain *chain)
{
    g_object_unref(chain->bus);
    g_clear_object(&chain->cancellable);
    g_free(chain->uuid);
    g_free(chain->base);
    g_free(chain->base_active);
    g_free(chain->profile_path);
    g_free(chain);
}

static void
call(Chain              *chain,
     const char         *path,
     const char         *interface,
     const char         *method,
     GVariant           *args,
     GAsyncReadyCallback done)
{
    g_dbus_connection_call(chain->bus, GRE_NM_BUS_NAME, path, interface, method, args, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, chain->cancellable, done,
                           chain);
}

/* The text without D-Bus's prefix: the last use of @error. */
static const char *
text_of(GError *error)
{
    g_dbus_error_strip_remote_error(error);
    return error->message;
}

/* The reply, or NULL with @error; after a cancellation the chain is freed and FALSE returned. */
static gboolean
answer(Chain *chain, GAsyncResult *result, GVariant **reply, GError **error)
{
    *reply = g_dbus_connection_call_finish(chain->bus, result, error);
    if (!g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return TRUE;
    g_clear_error(error);
    chain_free(chain);
    return FALSE;
}

/* ---- the base device ---- */

static void
base_done(Chain *chain, const char *ifname)
{
    chain->base_func(ifname, chain->data);
    chain_free(chain);
}

static void
got_interface(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = NULL, value = NULL;
    g_autoptr(GError) error = NULL;

    if (!answer(chain, result, &reply, &error))
        return;
    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(v)")))
        g_variant_get(reply, "(v)", &value);
    base_done(chain, value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)
                         ? g_variant_get_string(value, NULL)
                         : NULL);
}

static void
got_devices(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = NULL, value = NULL;
    g_autoptr(GError) error = NULL;
    const char *device = NULL;

    if (!answer(chain, result, &reply, &error))
        return;
    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(v)")))
        g_variant_get(reply, "(v)", &value);
    if (value && g_variant_is_of_type(value, G_VARIANT_TYPE("ao")) &&
        g_variant_n_children(value) > 0)
        g_variant_get_child(value, 0, "&o", &device);
    if (device)
        call(chain, device, PROPERTIES, "Get",
             g_variant_new("(ss)", NM_INTERFACE ".Device", "IpInterface"), got_interface);
    else
        base_done(chain, NULL);
}

char *
gre_nm_client_bus_name(const char *path)
{
    return g_strconcat(GRE_SERVICE_NAME ".Connection_", strrchr(path, '/') + 1, NULL);
}

void
gre_nm_client_base(GDBusConnection *bus,
                   const char      *bus_name,
                   GCancellable    *cancellable,
                   GreNmBaseFunc    func,
                   gpointer         user_data)
{
    Chain           *chain = chain_new(bus, cancellable, user_data);
    const char      *number = strrchr(bus_name, '_');
    g_autofree char *path = NULL;

    chain->base_func = func;
    path = g_strdup_printf(NM_PATH "/ActiveConnection/%" G_GUINT64_FORMAT,
                           number ? g_ascii_strtoull(number + 1, NULL, 10) : 0);
    call(chain, path, PROPERTIES, "Get",
         g_variant_new("(ss)", NM_INTERFACE ".Connection.Active", "Devices"), got_devices);
}

/* ---- activating ---- */

static void
activate_done(Chain *chain, GreNmAnswer what, const char *message)
{
    chain->activate_func(what, message, chain->data);
    chain_free(chain);
}

static gboolean
is_remote(const GError *error, const char *const *names)
{
    g_autofree char *name = g_dbus_error_get_remote_error(error);

    for (; name && *names; names++)
        if (strcmp(name, *names) == 0)
            return TRUE;
    return FALSE;
}

static void
activated(GObject *source, GAsyncResult *result, gpointer data)
{
    static const char *const active[] = { NM_INTERFACE ".ConnectionAlreadyActive", NULL };
    /* Of a profile that exists, this means: not yet, for example at boot, or not by itself. A
     * deleted profile is detected by the first step of the next try. */
    static const char *const no_base[] = { NM_INTERFACE ".UnknownConnection", NULL };
    static const char *const never[] = { NM_INTERFACE ".PermissionDenied", NULL };
    Chain                   *chain = data;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;

    if (!answer(chain, result, &reply, &error))
        return;
    if (reply || is_remote(error, active))
        activate_done(chain, GRE_NM_ACTIVATED, NULL);
    else if (is_remote(error, never))
        activate_done(chain, GRE_NM_NEVER, text_of(error));
    else if (is_remote(error, no_base))
        activate_done(chain, GRE_NM_NOT_NOW,
                      "NetworkManager has no base connection for the VPN profile (where it doesn't "
                      "manage the uplink: nmcli connection up NAME ifname lo)");
    else
        activate_done(chain, GRE_NM_NOT_NOW, text_of(error));
}

/* A VPN's base is an active connection, passed as the specific object: the device alone is not
 * enough, NetworkManager would then take the connection with the default route, if any. */
static void
activate_on(Chain *chain, const char *active)
{
    call(chain, NM_PATH, NM_INTERFACE, "ActivateConnection",
         g_variant_new("(ooo)", chain->profile_path, "/", active), activated);
}

static void
got_base_active(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = NULL, value = NULL;
    g_autoptr(GError) error = NULL;
    const char *active = "/";

    if (!answer(chain, result, &reply, &error))
        return;
    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(v)")))
        g_variant_get(reply, "(v)", &value);
    if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_OBJECT_PATH))
        active = g_variant_get_string(value, NULL);
    activate_on(chain, active);
}

static void
got_base_device(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;
    const char *device = NULL;

    if (!answer(chain, result, &reply, &error))
        return;
    if (reply && g_variant_is_of_type(reply, G_VARIANT_TYPE("(o)")))
        g_variant_get(reply, "(&o)", &device);
    if (device)
        call(chain, device, PROPERTIES, "Get",
             g_variant_new("(ss)", NM_INTERFACE ".Device", "ActiveConnection"), got_base_active);
    else
        activate_on(chain, "/");
}

static void
got_profile(GObject *source, GAsyncResult *result, gpointer data)
{
    static const char *const unknown[] = { NM_INTERFACE ".Settings.InvalidConnection", NULL };
    Chain                   *chain = data;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;

    if (!answer(chain, result, &reply, &error))
        return;
    if (!reply || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(o)"))) {
        gboolean gone = error && is_remote(error, unknown);

        activate_done(chain, gone ? GRE_NM_NEVER : GRE_NM_NOT_NOW,
                      error ? text_of(error) : "unexpected answer");
        return;
    }
    g_variant_get(reply, "(o)", &chain->profile_path);
    if (chain->base)
        call(chain, NM_PATH, NM_INTERFACE, "GetDeviceByIpIface", g_variant_new("(s)", chain->base),
             got_base_device);
    else
        activate_on(chain, chain->base_active ? chain->base_active : "/");
}

static void
activate(Chain *chain, GreNmActivateFunc func)
{
    chain->activate_func = func;
    call(chain, NM_PATH "/Settings", NM_INTERFACE ".Settings", "GetConnectionByUuid",
         g_variant_new("(s)", chain->uuid), got_profile);
}

void
gre_nm_client_activate(GDBusConnection  *bus,
                       const char       *uuid,
                       const char       *base,
                       GCancellable     *cancellable,
                       GreNmActivateFunc func,
                       gpointer          user_data)
{
    Chain *chain = chain_new(bus, cancellable, user_data);

    chain->uuid = g_strdup(uuid);
    chain->base = g_strdup(base);
    activate(chain, func);
}

void
gre_nm_client_activate_on(GDBusConnection  *bus,
                          const char       *uuid,
                          const char       *active,
                          GCancellable     *cancellable,
                          GreNmActivateFunc func,
                          gpointer          user_data)
{
    Chain *chain = chain_new(bus, cancellable, user_data);

    chain->uuid = g_strdup(uuid);
    chain->base_active = g_strdup(active);
    activate(chain, func);
}
