/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the needed values from NetworkManager's settings dictionary. */
#include "nm/settings.h"

#include "gre-error.h"
#include "gre-permissions.h"

#include <string.h>

static GVariant *
setting(GVariant *connection, const char *name)
{
    return g_variant_lookup_value(connection, name, G_VARIANT_TYPE_VARDICT);
}

/* The strings of an a{ss} value; the table's memory is freed without a wipe unless @secret. */
static GHashTable *
string_table(GVariant *vpn, const char *key, gboolean secret)
{
    GHashTable *table = g_hash_table_new_full(
        g_str_hash, g_str_equal, g_free, secret ? (GDestroyNotify) gre_secret_free_text : g_free);
    g_autoptr(GVariant) dict = g_variant_lookup_value(vpn, key, G_VARIANT_TYPE("a{ss}"));
    GVariantIter iter;
    char        *name, *value;

    if (!dict)
        return table;
    g_variant_iter_init(&iter, dict);
    while (g_variant_iter_next(&iter, "{ss}", &name, &value))
        g_hash_table_insert(table, name, value);
    return table;
}

static gboolean
method_is_auto(GVariant *connection, const char *family)
{
    g_autoptr(GVariant) ip = setting(connection, family);
    const char *method;

    return ip && g_variant_lookup(ip, "method", "&s", &method) && g_str_equal(method, "auto");
}

/* A prefix from an address and a length; host bits are kept. */
static void
add_route(GArray *routes, const char *address, guint32 length)
{
    GrePrefix route = { .length = (guint8) MIN(length, 128) };

    if (gre_address_parse(address, &route.address))
        g_array_append_val(routes, route);
}

/* The networks and the default route of "ipv4" or "ipv6". */
static void
read_routes(GVariant *connection, const char *family, const char *any, GArray *routes)
{
    g_autoptr(GVariant) ip = setting(connection, family);
    g_autoptr(GVariant) list = NULL;
    const char  *address;
    GVariantIter iter;
    GVariant    *item;
    guint32      length;

    if (!ip)
        return;
    if (g_variant_lookup(ip, "gateway", "&s", &address))
        add_route(routes, any, 0);
    list = g_variant_lookup_value(ip, "route-data", G_VARIANT_TYPE("aa{sv}"));
    if (!list)
        return;
    g_variant_iter_init(&iter, list);
    while ((item = g_variant_iter_next_value(&iter))) {
        if (g_variant_lookup(item, "dest", "&s", &address) &&
            g_variant_lookup(item, "prefix", "u", &length))
            add_route(routes, address, length);
        g_variant_unref(item);
    }
}

gboolean
gre_settings_covers(const GreSettings *settings, const GreAddress *address)
{
    for (guint i = 0; settings->routes && i < settings->routes->len; i++)
        if (gre_address_prefix_contains(&g_array_index(settings->routes, GrePrefix, i), address))
            return TRUE;
    return FALSE;
}

/* Files are read as one user, so only one is allowed. */
static gboolean
read_user(const GreProfile *profile, char **user, GError **error)
{
    char **users = profile->users;

    *user = NULL;
    if (!users)
        return TRUE;
    if (profile->ipsec.method == GRE_IPSEC_PUBKEY && users[0] && users[1]) {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE,
                            "connection.permissions: expected one user only: key and certificate "
                            "files are read as the user who owns the profile");
        return FALSE;
    }
    if (profile->ipsec.private_key && g_str_has_prefix(profile->ipsec.private_key, "pkcs11:")) {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE,
                            "connection.permissions: a token (ipsec-private-key) is shared by all "
                            "users of the machine and can't be limited to one");
        return FALSE;
    }
    if (users[0] && users[0][0]) {
        *user = g_strdup(users[0]);
        return TRUE;
    }
    g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE,
                        "connection.permissions: expected user:NAME");
    return FALSE;
}

gboolean
gre_settings_read(GVariant *connection, const GreNative *tunnel, GreSettings *out, GError **error)
{
    g_autoptr(GVariant) con = setting(connection, "connection");
    g_autoptr(GVariant) vpn = setting(connection, "vpn");
    g_autoptr(GHashTable) data = NULL;
    g_autoptr(GHashTable) secrets = NULL;
    g_auto(GStrv) users = NULL;
    GreProfileSource source = { 0 };

    if (!con || !vpn || !g_variant_lookup(con, "id", "&s", &source.id) ||
        !g_variant_lookup(con, "uuid", "&s", &source.uuid)) {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE, "not a VPN profile");
        return FALSE;
    }
    g_variant_lookup(con, "interface-name", "&s", &source.interface_name);
    data = string_table(vpn, "data", FALSE);
    secrets = string_table(vpn, "secrets", TRUE);
    source.data = data;
    source.secrets = secrets;
    source.tunnel = tunnel;
    users = gre_permissions_read(con);
    source.users = users;
    *out = (GreSettings){ 0 };
    out->profile = gre_profile_new(&source, error);
    if (!out->profile)
        return FALSE;
    if (!read_user(out->profile, &out->user, error)) {
        gre_settings_clear(out);
        return FALSE;
    }
    g_variant_lookup(vpn, "persistent", "b", &out->wish.persistent);
    g_variant_lookup(vpn, "timeout", "u", &out->wish.timeout);
    out->ip4_auto = method_is_auto(connection, "ipv4");
    out->ip6_auto = method_is_auto(connection, "ipv6");
    out->routes = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    read_routes(connection, "ipv4", "0.0.0.0", out->routes);
    read_routes(connection, "ipv6", "::", out->routes);
    return TRUE;
}

void
gre_settings_clear(GreSettings *settings)
{
    g_clear_pointer(&settings->profile, gre_profile_unref);
    g_clear_pointer(&settings->user, g_free);
    g_clear_pointer(&settings->routes, g_array_unref);
}

char *
gre_settings_uuid(GVariant *connection)
{
    g_autoptr(GVariant) con = setting(connection, "connection");
    char *uuid = NULL;

    if (con)
        g_variant_lookup(con, "uuid", "s", &uuid);
    return uuid;
}
