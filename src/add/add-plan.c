/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes profiles of answers. */
#include "config.h"

#include "add/add-plan.h"

#include "client/companion-data.h"
#include "client/companion.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-service-names.h"
#include "import/profile-builder.h"

#include <string.h>
#include <sys/socket.h>

void
gre_add_plan_free(GreAddPlan *plan)
{
    g_clear_object(&plan->main);
    g_clear_object(&plan->companion);
    g_free(plan);
}

/* ---- addresses and routes ---- */

static void
add_address(NMSettingIPConfig *ip, const GrePrefix *prefix)
{
    char         text[GRE_ADDRESS_STRLEN];
    NMIPAddress *address =
        nm_ip_address_new(prefix->address.family, gre_address_to_string(&prefix->address, text),
                          prefix->length, NULL);

    nm_setting_ip_config_add_address(ip, address);
    nm_ip_address_unref(address);
}

static void
add_route(NMSettingIPConfig *ip, const GrePrefix *prefix)
{
    char       text[GRE_ADDRESS_STRLEN];
    NMIPRoute *route =
        nm_ip_route_new(prefix->address.family, gre_address_to_string(&prefix->address, text),
                        prefix->length, NULL, -1, NULL);

    nm_setting_ip_config_add_route(ip, route);
    nm_ip_route_unref(route);
}

/* Addresses and routes of one family. */
static NMSetting *
inside(NMSetting *setting, int family, const GreAddAnswers *answers)
{
    NMSettingIPConfig *ip = NM_SETTING_IP_CONFIG(setting);

    for (guint i = 0; i < answers->inside->len; i++)
        if (g_array_index(answers->inside, GrePrefix, i).address.family == family)
            add_address(ip, &g_array_index(answers->inside, GrePrefix, i));
    for (guint i = 0; i < answers->routes->len; i++)
        if (g_array_index(answers->routes, GrePrefix, i).address.family == family)
            add_route(ip, &g_array_index(answers->routes, GrePrefix, i));
    g_object_set(setting, NM_SETTING_IP_CONFIG_METHOD,
                 nm_setting_ip_config_get_num_addresses(ip) > 0 ? "manual" : "disabled", NULL);
    return setting;
}

static void
add_inside(NMConnection *connection, const GreAddAnswers *answers)
{
    nm_connection_add_setting(connection, inside(nm_setting_ip4_config_new(), AF_INET, answers));
    nm_connection_add_setting(connection, inside(nm_setting_ip6_config_new(), AF_INET6, answers));
}

static NMConnection *
new_connection(const char *id, const char *uuid, const char *type, gboolean autoconnect)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSetting    *setting = nm_setting_connection_new();

    g_object_set(setting, NM_SETTING_CONNECTION_ID, id, NM_SETTING_CONNECTION_UUID, uuid,
                 NM_SETTING_CONNECTION_TYPE, type, NM_SETTING_CONNECTION_AUTOCONNECT, autoconnect,
                 NULL);
    nm_connection_add_setting(connection, setting);
    return connection;
}

/* ---- vpn.data and vpn.secrets ---- */

static GHashTable *
copy_data(GHashTable *from)
{
    GHashTable    *data = gre_companion_data_new();
    GHashTableIter iter;
    gpointer       key, value;

    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(data, g_strdup(key), g_strdup(value));
    return data;
}

static void
put(GHashTable *data, const char *key, const char *value)
{
    g_hash_table_insert(data, g_strdup(key), g_strdup(value));
}

/* What both kinds have: IPsec. */
static GHashTable *
ipsec_data(const GreAddAnswers *answers)
{
    GHashTable *data = copy_data(answers->ipsec);

    if (answers->proof != GRE_ADD_PROOF_NONE)
        put(data, "ipsec", answers->proof == GRE_ADD_PROOF_PSK ? "psk" : "pubkey");
    return data;
}

static void
add_vpn(NMConnection *connection, GHashTable *data, GHashTable *secrets)
{
    NMSetting *vpn = nm_setting_vpn_new();

    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, GRE_SERVICE_NAME, NM_SETTING_VPN_PERSISTENT,
                 TRUE, NULL);
    nm_connection_add_setting(connection, vpn);
    gre_companion_set_data(connection, data);
    gre_companion_set_secrets(connection, secrets);
}

static GHashTable *
make_secrets(const char *psk)
{
    GHashTable *secrets = gre_companion_data_secrets_new();

    if (psk)
        put(secrets, "ipsec-psk", psk);
    return secrets;
}

/* ---- the two kinds ---- */

static NMConnection *
new_vpn(const GreAddAnswers *answers, const GreAddPlace *place, const char *psk)
{
    g_autoptr(GHashTable) data = ipsec_data(answers), secrets = make_secrets(psk);
    NMConnection *connection =
        new_connection(answers->name, place->uuids[0], NM_SETTING_VPN_SETTING_NAME, FALSE);
    char text[GRE_ADDRESS_STRLEN];

    put(data, "remote", answers->remote);
    if (answers->local.family != AF_UNSPEC)
        put(data, "local", gre_address_to_string(&answers->local, text));
    if (answers->has_key)
        g_hash_table_insert(data, g_strdup("key"), g_strdup_printf("%u", answers->key));
    if (answers->ifname)
        put(data, "ifname", answers->ifname);
    add_vpn(connection, data, secrets);
    add_inside(connection, answers);
    return connection;
}

/* In mode ip6gre NetworkManager needs the local address. */
static const GreAddress *
local_of(const GreAddAnswers *answers, const GreAddPlace *place)
{
    if (answers->local.family == AF_UNSPEC && place->family == AF_INET6)
        return &place->source;
    return &answers->local;
}

static NMSetting *
tunnel_setting(const GreAddAnswers *answers, const GreAddPlace *place)
{
    const GreAddress *local = local_of(answers, place);
    NMIPTunnelMode    mode =
        place->family == AF_INET6 ? NM_IP_TUNNEL_MODE_IP6GRE : NM_IP_TUNNEL_MODE_GRE;
    g_autofree char *key = answers->has_key ? g_strdup_printf("%u", answers->key) : NULL;
    NMSetting       *setting = nm_setting_ip_tunnel_new();
    char             text[GRE_ADDRESS_STRLEN];

    g_object_set(setting, NM_SETTING_IP_TUNNEL_MODE, mode, NM_SETTING_IP_TUNNEL_REMOTE,
                 answers->remote, NM_SETTING_IP_TUNNEL_LOCAL,
                 local->family != AF_UNSPEC ? gre_address_to_string(local, text) : NULL,
                 NM_SETTING_IP_TUNNEL_INPUT_KEY, key, NM_SETTING_IP_TUNNEL_OUTPUT_KEY, key, NULL);
    return setting;
}

static NMConnection *
new_native(const GreAddAnswers *answers, const GreAddPlace *place)
{
    NMConnection *connection =
        new_connection(answers->name, place->uuids[0], NM_SETTING_IP_TUNNEL_SETTING_NAME, TRUE);
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);

    g_object_set(setting, NM_SETTING_CONNECTION_INTERFACE_NAME,
                 answers->ifname ? answers->ifname : place->ifname, NULL);
    if (answers->proof != GRE_ADD_PROOF_NONE)
        nm_setting_connection_add_secondary(setting, place->uuids[1]);
    nm_connection_add_setting(connection, tunnel_setting(answers, place));
    add_inside(connection, answers);
    return connection;
}

static NMConnection *
new_companion(const GreAddAnswers *answers, const GreAddPlace *place, const char *psk)
{
    g_autoptr(GHashTable) data = ipsec_data(answers), secrets = make_secrets(psk);
    NMConnection *connection =
        new_connection(place->companion, place->uuids[1], NM_SETTING_VPN_SETTING_NAME, FALSE);

    put(data, "protects", place->uuids[0]);
    add_vpn(connection, data, secrets);
    gre_companion_disable_ip(connection);
    return connection;
}

/* ---- checks ---- */

static gboolean
check_family(const GreAddAnswers *answers, const GreAddPlace *place, GError **error)
{
    GreAddress remote;

    if (answers->local.family != AF_UNSPEC && place->family != AF_UNSPEC &&
        answers->local.family != place->family)
        return gre_error_fail(error, _("local: the peer's address is of the other family"));
    if (place->kind == GRE_ADD_KIND_NATIVE && !gre_address_parse(answers->remote, &remote))
        return gre_error_fail(error, _("remote: a native tunnel needs an address, not a name; use "
                                       "the address, or --kind vpn"));
    return TRUE;
}

static gboolean
verify(NMConnection *connection, GError **error)
{
    g_autoptr(GError) bad = NULL;

    return nm_connection_normalize(connection, NULL, NULL, &bad) ||
           gre_error_fail(error, "%s", bad->message);
}

/* The service's own rules. */
static gboolean
check_vpn(NMConnection *connection, GError **error)
{
    g_autoptr(GHashTable) data = gre_companion_get_data(connection);
    g_autoptr(GHashTable) secrets = gre_companion_get_secrets(connection);

    return gre_companion_data_check(nm_connection_get_id(connection),
                                    nm_connection_get_uuid(connection), data, secrets, error) &&
           verify(connection, error);
}

static gboolean
check_plan(const GreAddPlan *plan, GError **error)
{
    if (plan->companion)
        return check_vpn(plan->companion, error) && verify(plan->main, error);
    return nm_connection_get_setting_vpn(plan->main) ? check_vpn(plan->main, error)
                                                     : verify(plan->main, error);
}

GreAddPlan *
gre_add_plan_new(const GreAddAnswers *answers,
                 const GreAddPlace   *place,
                 const char          *psk,
                 GError             **error)
{
    g_autoptr(GreAddPlan) plan = g_new0(GreAddPlan, 1);

    if (!check_family(answers, place, error))
        return NULL;
    if (place->kind == GRE_ADD_KIND_VPN)
        plan->main = new_vpn(answers, place, psk);
    else
        plan->main = new_native(answers, place);
    if (place->kind == GRE_ADD_KIND_NATIVE && answers->proof != GRE_ADD_PROOF_NONE)
        plan->companion = new_companion(answers, place, psk);
    return check_plan(plan, error) ? g_steal_pointer(&plan) : NULL;
}

/* ---- as text ---- */

static void
hide_secret(const char *name, const char *value, gpointer keyfile)
{
    g_key_file_set_string(keyfile, "vpn-secrets", name, "…");
}

/* Without secrets and what belongs to this machine. */
static GKeyFile *
keyfile_of(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    GKeyFile     *keyfile =
        nm_keyfile_write(connection, NM_KEYFILE_HANDLER_FLAGS_NONE, NULL, NULL, NULL);

    if (!keyfile)
        return g_key_file_new();
    g_key_file_remove_group(keyfile, "vpn-secrets", NULL);
    g_key_file_remove_group(keyfile, "proxy", NULL); /* empty; newer libnm doesn't write it */
    g_key_file_remove_key(keyfile, "ipv6", "addr-gen-mode", NULL);
    if (vpn)
        nm_setting_vpn_foreach_secret(vpn, hide_secret, keyfile);
    return keyfile;
}

char *
gre_add_plan_text(NMConnection *connection)
{
    g_autoptr(GKeyFile) keyfile = keyfile_of(connection);

    return g_key_file_to_data(keyfile, NULL, NULL);
}

/* ---- differences ---- */

/* The answers don't decide these. */
static gboolean
is_ours(const char *group, const char *key)
{
    static const char *const others[] = { "uuid", "timestamp", "permissions" };

    if (strcmp(group, "connection") != 0)
        return strcmp(group, "vpn-secrets") != 0 && strcmp(key, "protects") != 0;
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(key, others[i]) == 0)
            return FALSE;
    return TRUE;
}

static void
compare_key(
    GPtrArray *out, GKeyFile *existing, GKeyFile *wanted, const char *group, const char *key)
{
    g_autofree char *old = g_key_file_get_value(existing, group, key, NULL);
    g_autofree char *new = g_key_file_get_value(wanted, group, key, NULL);

    if (is_ours(group, key) && g_strcmp0(old, new) != 0)
        g_ptr_array_add(
            out, g_strdup_printf("%s.%s: %s -> %s", group, key, old ? old : "-", new ? new : "-"));
}

/* Keys of @from; @missing_in: only those that it lacks (nullable). */
static void
compare_keys(
    GPtrArray *out, GKeyFile *from, GKeyFile *missing_in, GKeyFile *existing, GKeyFile *wanted)
{
    g_auto(GStrv) groups = g_key_file_get_groups(from, NULL);

    for (gsize i = 0; groups[i]; i++) {
        g_auto(GStrv) keys = g_key_file_get_keys(from, groups[i], NULL, NULL);

        for (gsize k = 0; keys && keys[k]; k++)
            if (!missing_in || !g_key_file_has_key(missing_in, groups[i], keys[k], NULL))
                compare_key(out, existing, wanted, groups[i], keys[k]);
    }
}

GPtrArray *
gre_add_plan_differences(NMConnection *existing, NMConnection *wanted)
{
    g_autoptr(GKeyFile) old = keyfile_of(existing), new = keyfile_of(wanted);
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);

    compare_keys(out, new, NULL, old, new);
    compare_keys(out, old, new, old, new);
    return out;
}
