/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's keyfiles for one end of a tunnel: a VPN profile, or an ip-tunnel profile and the
 * companion that protects it. A companion is what client/companion.c makes: persistent, without
 * addresses, and named in the tunnel's connection.secondaries.
 */
#include "config.h"

#include "mesh/mesh-private.h"
#include "gre-i18n.h"
#include "gre-native.h"
#include "gre-property.h"
#include "gre-service-names.h"
#include "remote/common.h"

#include <string.h>

/* ---- what all have ---- */

static void
write_connection(GKeyFile *file, const char *id, const char *uuid, const char *type)
{
    g_key_file_set_string(file, "connection", "id", id);
    g_key_file_set_string(file, "connection", "uuid", uuid);
    g_key_file_set_string(file, "connection", "type", type);
}

/* Network, gateway, metric. */
static char *
route_text(const GreMeshRoute *route)
{
    g_autofree char *network = gre_common_network(&route->network);
    const char      *none = route->network.address.family == AF_INET6 ? "::" : "0.0.0.0";

    if (route->metric == 0)
        return g_steal_pointer(&network);
    return g_strdup_printf("%s,%s,%u", network, none, route->metric);
}

static void
write_family(const GreMeshEnd *end, GKeyFile *file, const GArray *routes, int family)
{
    const char *group = family == AF_INET ? "ipv4" : "ipv6";
    guint       n = 0;

    for (guint i = 0; i < end->mesh->pools->len; i++) {
        const GrePrefix *inside = &end->tunnel->inside[end->side][i];
        g_autofree char *text = gre_address_prefix_to_string(inside);

        if (inside->address.family == family)
            g_key_file_set_string(file, group, "address1", text);
    }
    if (!g_key_file_has_group(file, group)) {
        g_key_file_set_string(file, group, "method", "disabled");
        return;
    }
    g_key_file_set_string(file, group, "method", "manual");
    for (guint i = 0; i < routes->len; i++) {
        const GreMeshRoute *route = &g_array_index(routes, GreMeshRoute, i);
        g_autofree char    *text = route_text(route);
        g_autofree char    *key = g_strdup_printf("route%u", n + 1);

        if (route->network.address.family != family)
            continue;
        n++;
        g_key_file_set_string(file, group, key, text);
    }
}

static void
write_inside(const GreMeshEnd *end, GKeyFile *file)
{
    g_autoptr(GArray) routes = gre_mesh_end_routes(end);

    write_family(end, file, routes, AF_INET);
    write_family(end, file, routes, AF_INET6);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *) a, *(char *const *) b);
}

/* A VPN of this plugin with that vpn.data. */
static void
write_vpn(const GreMeshEnd *end, GKeyFile *file, GHashTable *data)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    GHashTableIter iter;
    gpointer       key;

    g_key_file_set_string(file, "vpn", "service-type", GRE_SERVICE_NAME);
    g_key_file_set_string(file, "vpn", "persistent", "true");
    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(keys, key);
    g_ptr_array_sort(keys, by_name);
    for (guint i = 0; i < keys->len; i++)
        g_key_file_set_string(file, "vpn", keys->pdata[i],
                              g_hash_table_lookup(data, keys->pdata[i]));
    if (end->tunnel->psk)
        g_key_file_set_string(file, "vpn-secrets", "ipsec-psk", end->tunnel->psk);
}

/* ---- a VPN profile ---- */

char *
gre_mesh_keyfile_vpn(const GreMeshEnd *end, GError **error)
{
    g_autoptr(GHashTable) data = gre_mesh_end_data(end);
    g_autoptr(GreProfile) profile = gre_mesh_end_profile(end, data, error);
    g_autoptr(GKeyFile) file = g_key_file_new();

    if (!profile)
        return NULL;
    write_connection(file, gre_mesh_end_peer(end)->name, end->tunnel->uuids[end->side], "vpn");
    write_vpn(end, file, data);
    write_inside(end, file);
    return g_key_file_to_data(file, NULL, NULL);
}

/* ---- an ip-tunnel profile ---- */

/* NetworkManager's profile has no setting for these, or takes 0 for "none". */
static const char *
lacking(const GreTunnelOptions *tunnel)
{
    if (tunnel->checksum)
        return "checksum";
    if (tunnel->sequence)
        return "sequence";
    if (tunnel->ignore_df)
        return "ignore-df";
    if (tunnel->fwmark)
        return "fwmark";
    if (tunnel->flow_label == GRE_FLOW_LABEL_INHERIT)
        return "flow-label";
    if (!tunnel->path_mtu_discovery && tunnel->ttl != 0)
        return "path-mtu-discovery";
    return tunnel->has_output_key && tunnel->output_key == 0 ? "key" : NULL;
}

static gboolean
check_native(const GreMeshEnd *end, const GreProfile *profile, GError **error)
{
    const char      *property = lacking(&profile->tunnel);
    g_autofree char *message = NULL;

    if (profile->remote_name)
        return gre_mesh_end_fail(
            end, _("kind: native needs an address of the other site, not a name"), error);
    if (profile->mode == GRE_MODE_IP6GRE && profile->local.family == AF_UNSPEC)
        return gre_mesh_end_fail(end, _("kind: native needs this site's IPv6 address"), error);
    if (!property)
        return TRUE;
    message = g_strdup_printf(
        _("%s: NetworkManager's ip-tunnel profiles can't express this; use kind: vpn"), property);
    return gre_mesh_end_fail(end, message, error);
}

static void
set_number(GKeyFile *file, const char *name, guint64 number)
{
    g_key_file_set_uint64(file, "ip-tunnel", name, number);
}

static void
set_address(GKeyFile *file, const char *name, const GreAddress *address)
{
    char text[GRE_ADDRESS_STRLEN];

    if (address->family != AF_UNSPEC)
        g_key_file_set_string(file, "ip-tunnel", name, gre_address_to_string(address, text));
}

/* Without ip-tunnel.flags, which NetworkManager 1.42 rejects for ip6gre: an encapsulation limit of
 * 0 and a traffic class of 0 take the place of none and of the packet's own. */
static void
write_ip6(const GreTunnelOptions *tunnel, GKeyFile *file)
{
    if (tunnel->encap_limit != GRE_ENCAP_LIMIT_NONE)
        set_number(file, "encapsulation-limit", (guint64) tunnel->encap_limit);
    if (tunnel->flow_label > 0)
        set_number(file, "flow-label", (guint64) tunnel->flow_label);
}

/* In the IPv4 modes, "inherit" is in the TOS itself. */
static void
write_options(const GreProfile *profile, GKeyFile *file)
{
    const GreTunnelOptions *tunnel = &profile->tunnel;

    if (tunnel->has_input_key)
        set_number(file, "input-key", tunnel->input_key);
    if (tunnel->has_output_key)
        set_number(file, "output-key", tunnel->output_key);
    if (tunnel->ttl != 0)
        set_number(file, "ttl", tunnel->ttl);
    if (!tunnel->path_mtu_discovery)
        g_key_file_set_boolean(file, "ip-tunnel", "path-mtu-discovery", FALSE);
    if (profile->mtu != GRE_MTU_AUTO)
        set_number(file, "mtu", profile->mtu);
    if (tunnel->tos != GRE_TOS_INHERIT)
        set_number(file, "tos", (guint64) tunnel->tos);
    else if (profile->mode == GRE_MODE_GRE)
        set_number(file, "tos", GRE_NATIVE_TOS_INHERIT);
    if (profile->mode == GRE_MODE_IP6GRE)
        write_ip6(tunnel, file);
}

char *
gre_mesh_keyfile_tunnel(const GreMeshEnd *end, GError **error)
{
    g_autoptr(GHashTable) data = gre_mesh_end_data(end);
    g_autoptr(GreProfile) profile = gre_mesh_end_profile(end, data, error);
    g_autoptr(GKeyFile) file = g_key_file_new();
    guint side = end->side;

    if (!profile || !check_native(end, profile, error))
        return NULL;
    write_connection(file, gre_mesh_end_peer(end)->name, end->tunnel->uuids[side], "ip-tunnel");
    g_key_file_set_string(file, "connection", "interface-name", end->tunnel->ifnames[side]);
    if (profile->ipsec.method != GRE_IPSEC_NO)
        g_key_file_set_string(file, "connection", "secondaries", end->tunnel->companions[side]);
    set_number(file, "mode", profile->mode == GRE_MODE_IP6GRE ? GRE_NATIVE_IP6GRE : GRE_NATIVE_GRE);
    set_address(file, "local", &profile->local);
    set_address(file, "remote", &profile->remote);
    write_options(profile, file);
    write_inside(end, file);
    return g_key_file_to_data(file, NULL, NULL);
}

/* ---- its companion ---- */

/* NetworkManager starts it with the tunnel. */
char *
gre_mesh_keyfile_companion(const GreMeshEnd *end, GError **error)
{
    g_autoptr(GHashTable) data = gre_mesh_end_data(end);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *id = g_strconcat(gre_mesh_end_peer(end)->name, GRE_MESH_COMPANION, NULL);
    GHashTableIter   iter;
    gpointer         key;

    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (!gre_property_is_companions(gre_property_find(key)))
            g_hash_table_iter_remove(&iter);
    g_hash_table_insert(data, g_strdup("protects"), g_strdup(end->tunnel->uuids[end->side]));
    write_connection(file, id, end->tunnel->companions[end->side], "vpn");
    g_key_file_set_string(file, "connection", "autoconnect", "false");
    write_vpn(end, file, data);
    g_key_file_set_string(file, "ipv4", "method", "disabled");
    g_key_file_set_string(file, "ipv6", "method", "disabled");
    return g_key_file_to_data(file, NULL, NULL);
}
