/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds and creates tunnel profiles and their companions in libnm. */
#include "config.h"

#include "client/companion.h"
#include "client/command.h"
#include "client/companion-data.h"
#include "gre-i18n.h"
#include "gre-service-names.h"

/* ---- finding ---- */

static gboolean
is_named(NMConnection *connection, const char *name)
{
    return g_strcmp0(nm_connection_get_uuid(connection), name) == 0 ||
           g_strcmp0(nm_connection_get_id(connection), name) == 0;
}

static gboolean
is_gre_tunnel(NMConnection *connection)
{
    NMSettingIPTunnel *tunnel = nm_connection_get_setting_ip_tunnel(connection);

    if (!nm_connection_is_type(connection, NM_SETTING_IP_TUNNEL_SETTING_NAME) || !tunnel)
        return FALSE;
    switch (nm_setting_ip_tunnel_get_mode(tunnel)) {
    case NM_IP_TUNNEL_MODE_GRE:
    case NM_IP_TUNNEL_MODE_IP6GRE:
    case NM_IP_TUNNEL_MODE_GRETAP:
    case NM_IP_TUNNEL_MODE_IP6GRETAP:
        return nm_setting_ip_tunnel_get_remote(tunnel) != NULL;
    default:
        return FALSE;
    }
}

static gboolean
is_vpn(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);

    return nm_connection_is_type(connection, NM_SETTING_VPN_SETTING_NAME) && vpn &&
           g_strcmp0(nm_setting_vpn_get_service_type(vpn), GRE_SERVICE_NAME) == 0;
}

/* The id or UUID that a companion protects; NULL if the profile is no companion. */
static const char *
protected_by(NMConnection *connection)
{
    if (!is_vpn(connection))
        return NULL;
    return nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), "protects");
}

/* The profiles with that name that @test accepts; a UUID takes precedence over an equal id.
 * (transfer container) */
static GPtrArray *
find_named(NMClient *client, const char *name, gboolean (*test)(NMConnection *connection))
{
    const GPtrArray *all = nm_client_get_connections(client);
    GPtrArray       *found = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        if (!is_named(all->pdata[i], name) || !test(all->pdata[i]))
            continue;
        if (g_strcmp0(nm_connection_get_uuid(all->pdata[i]), name) == 0) {
            g_ptr_array_set_size(found, 0);
            g_ptr_array_add(found, all->pdata[i]);
            return found;
        }
        g_ptr_array_add(found, all->pdata[i]);
    }
    return found;
}

static gboolean
is_any(NMConnection *connection)
{
    return TRUE;
}

static gboolean
is_companion(NMConnection *connection)
{
    return protected_by(connection) != NULL;
}

NMRemoteConnection *
gre_companion_find_tunnel(NMClient *client, const char *name, GError **error)
{
    g_autoptr(GPtrArray) tunnels = find_named(client, name, is_gre_tunnel);
    g_autoptr(GPtrArray) others = find_named(client, name, is_any);

    if (tunnels->len == 1)
        return tunnels->pdata[0];
    if (tunnels->len > 1)
        gre_command_fail(error, GRE_EXIT_FAILED, _("%u tunnels are called \"%s\": give the UUID"),
                         tunnels->len, name);
    else if (others->len > 0)
        gre_command_fail(
            error, GRE_EXIT_FAILED,
            _("\"%s\" is not of type ip-tunnel with mode gre, ip6gre, gretap or ip6gretap "
              "and a remote"),
            name);
    else
        gre_command_fail(error, GRE_EXIT_NOT_FOUND, _("there is no connection \"%s\""), name);
    return NULL;
}

NMRemoteConnection *
gre_companion_find(NMClient *client, const char *name)
{
    g_autoptr(GPtrArray) found = find_named(client, name, is_companion);

    return found->len == 1 ? found->pdata[0] : NULL;
}

static gboolean
is_own_tunnel(NMConnection *connection)
{
    return is_vpn(connection) && !protected_by(connection);
}

NMRemoteConnection *
gre_companion_find_vpn(NMClient *client, const char *name, GError **error)
{
    g_autoptr(GPtrArray) found = find_named(client, name, is_own_tunnel);
    g_autoptr(GPtrArray) others = find_named(client, name, is_any);

    if (found->len == 1)
        return found->pdata[0];
    if (found->len > 1)
        gre_command_fail(error, GRE_EXIT_FAILED, _("%u tunnels are called \"%s\": give the UUID"),
                         found->len, name);
    else if (others->len > 0)
        gre_command_fail(
            error, GRE_EXIT_FAILED,
            _("\"%s\" is neither a VPN profile of type gre nor an ip-tunnel profile of "
              "mode gre, ip6gre, gretap or ip6gretap"),
            name);
    else
        gre_command_fail(error, GRE_EXIT_NOT_FOUND, _("there is no connection \"%s\""), name);
    return NULL;
}

NMRemoteConnection *
gre_companion_tunnel_of(NMClient *client, NMRemoteConnection *companion)
{
    const char *name = protected_by(NM_CONNECTION(companion));
    g_autoptr(GPtrArray) found = find_named(client, name, is_gre_tunnel);

    return found->len == 1 ? found->pdata[0] : NULL;
}

GPtrArray *
gre_companion_list(NMClient *client, NMRemoteConnection *tunnel)
{
    const GPtrArray *all = nm_client_get_connections(client);
    GPtrArray       *found = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const char *name = protected_by(all->pdata[i]);

        if (name && is_named(NM_CONNECTION(tunnel), name))
            g_ptr_array_add(found, all->pdata[i]);
    }
    return found;
}

gboolean
gre_companion_is_linked(NMRemoteConnection *tunnel, NMRemoteConnection *companion)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(NM_CONNECTION(tunnel));
    const char          *uuid = nm_connection_get_uuid(NM_CONNECTION(companion));

    for (guint i = 0; i < nm_setting_connection_get_num_secondaries(setting); i++)
        if (g_strcmp0(nm_setting_connection_get_secondary(setting, i), uuid) == 0)
            return TRUE;
    return FALSE;
}

NMRemoteConnection *
gre_companion_of(NMClient *client, NMRemoteConnection *tunnel)
{
    g_autoptr(GPtrArray) all = gre_companion_list(client, tunnel);

    for (guint i = 0; i < all->len; i++)
        if (gre_companion_is_linked(tunnel, all->pdata[i]))
            return all->pdata[i];
    return all->len > 0 ? all->pdata[0] : NULL;
}

/* ---- making ---- */

char *
gre_companion_free_name(NMClient *client, const char *tunnel)
{
    char *name = g_strdup_printf("%s-ipsec", tunnel);

    for (guint n = 2; nm_client_get_connection_by_id(client, name); n++) {
        g_free(name);
        name = g_strdup_printf("%s-ipsec-%u", tunnel, n);
    }
    return name;
}

/* A user who may not see or use the tunnel may not see its companion. */
static void
copy_permissions(NMSettingConnection *from, NMSettingConnection *to)
{
    const char *type, *item, *detail;

    for (guint i = 0; i < nm_setting_connection_get_num_permissions(from); i++)
        if (nm_setting_connection_get_permission(from, i, &type, &item, &detail))
            nm_setting_connection_add_permission(to, type, item, detail);
}

static NMSetting *
disabled(NMSetting *ip)
{
    g_object_set(ip, NM_SETTING_IP_CONFIG_METHOD, "disabled", NULL);
    return ip;
}

void
gre_companion_disable_ip(NMConnection *companion)
{
    nm_connection_add_setting(companion, disabled(nm_setting_ip4_config_new()));
    nm_connection_add_setting(companion, disabled(nm_setting_ip6_config_new()));
}

NMConnection *
gre_companion_new(NMClient *client, NMRemoteConnection *tunnel)
{
    NMConnection    *connection = nm_simple_connection_new();
    NMSetting       *setting = nm_setting_connection_new(), *vpn = nm_setting_vpn_new();
    g_autofree char *name =
        gre_companion_free_name(client, nm_connection_get_id(NM_CONNECTION(tunnel)));
    g_autofree char *uuid = nm_utils_uuid_generate();

    g_object_set(setting, NM_SETTING_CONNECTION_ID, name, NM_SETTING_CONNECTION_UUID, uuid,
                 NM_SETTING_CONNECTION_TYPE, NM_SETTING_VPN_SETTING_NAME,
                 NM_SETTING_CONNECTION_AUTOCONNECT, FALSE, NULL);
    copy_permissions(nm_connection_get_setting_connection(NM_CONNECTION(tunnel)),
                     NM_SETTING_CONNECTION(setting));
    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, GRE_SERVICE_NAME, NULL);
    nm_connection_add_setting(connection, setting);
    nm_connection_add_setting(connection, vpn);
    gre_companion_disable_ip(connection);
    return connection;
}

/* ---- vpn.data and vpn.secrets ---- */

void
gre_companion_set_data(NMConnection *companion, GHashTable *data)
{
    g_object_set(nm_connection_get_setting_vpn(companion), NM_SETTING_VPN_DATA, data, NULL);
}

void
gre_companion_set_secrets(NMConnection *companion, GHashTable *secrets)
{
    g_object_set(nm_connection_get_setting_vpn(companion), NM_SETTING_VPN_SECRETS, secrets, NULL);
}

static void
keep_item(const char *name, const char *value, gpointer data)
{
    g_hash_table_insert(data, g_strdup(name), g_strdup(value));
}

GHashTable *
gre_companion_get_data(NMConnection *companion)
{
    GHashTable *data = gre_companion_data_new();

    nm_setting_vpn_foreach_data_item(nm_connection_get_setting_vpn(companion), keep_item, data);
    return data;
}

GHashTable *
gre_companion_get_secrets(NMConnection *companion)
{
    GHashTable *secrets = gre_companion_data_secrets_new();

    nm_setting_vpn_foreach_secret(nm_connection_get_setting_vpn(companion), keep_item, secrets);
    return secrets;
}
