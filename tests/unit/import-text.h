/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile as text, one thing a line and sorted, to compare what became of a file with.
 */
#ifndef GRE_IMPORT_TEXT_H
#define GRE_IMPORT_TEXT_H

#include <NetworkManager.h>

static inline void
formats_text_data(const char *name, const char *value, gpointer lines)
{
    g_ptr_array_add(lines, g_strdup_printf("%s=%s", name, value));
}

static inline void
formats_text_secret(const char *name, const char *value, gpointer lines)
{
    g_ptr_array_add(lines, g_strdup_printf("!%s=%s", name, value));
}

static inline gint
formats_text_compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *) a, *(char *const *) b);
}

static inline void
formats_text_route(GString *out, NMIPRoute *route)
{
    const char *hop = nm_ip_route_get_next_hop(route);
    gint64      metric = nm_ip_route_get_metric(route);
    g_auto(GStrv) names = nm_ip_route_get_attribute_names(route);

    g_string_append_printf(out, "  route %s/%u", nm_ip_route_get_dest(route),
                           nm_ip_route_get_prefix(route));
    if (hop)
        g_string_append_printf(out, " via %s", hop);
    if (metric >= 0)
        g_string_append_printf(out, " metric %" G_GINT64_FORMAT, metric);
    for (gsize i = 0; names[i]; i++) {
        g_autofree char *value = g_variant_print(nm_ip_route_get_attribute(route, names[i]), FALSE);

        g_string_append_printf(out, " %s=%s", names[i], value);
    }
    g_string_append_c(out, '\n');
}

static inline void
formats_text_ip(GString *out, const char *name, NMSettingIPConfig *ip)
{
    if (!ip)
        return;
    g_string_append_printf(out, "%s %s\n", name, nm_setting_ip_config_get_method(ip));
    for (guint i = 0; i < nm_setting_ip_config_get_num_addresses(ip); i++) {
        NMIPAddress *address = nm_setting_ip_config_get_address(ip, (int) i);

        g_string_append_printf(out, "  address %s/%u\n", nm_ip_address_get_address(address),
                               nm_ip_address_get_prefix(address));
    }
    if (nm_setting_ip_config_get_gateway(ip))
        g_string_append_printf(out, "  gateway %s\n", nm_setting_ip_config_get_gateway(ip));
    for (guint i = 0; i < nm_setting_ip_config_get_num_routes(ip); i++)
        formats_text_route(out, nm_setting_ip_config_get_route(ip, (int) i));
    for (guint i = 0; i < nm_setting_ip_config_get_num_dns(ip); i++)
        g_string_append_printf(out, "  dns %s\n", nm_setting_ip_config_get_dns(ip, (int) i));
    for (guint i = 0; i < nm_setting_ip_config_get_num_dns_searches(ip); i++)
        g_string_append_printf(out, "  search %s\n",
                               nm_setting_ip_config_get_dns_search(ip, (int) i));
}

/* (transfer full) */
static inline char *
formats_text(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    GString      *out = g_string_new(NULL);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    g_string_append_printf(out, "id %s\n", nm_connection_get_id(connection));
    if (nm_connection_get_interface_name(connection))
        g_string_append_printf(out, "interface-name %s\n",
                               nm_connection_get_interface_name(connection));
    nm_setting_vpn_foreach_data_item(vpn, formats_text_data, lines);
    nm_setting_vpn_foreach_secret(vpn, formats_text_secret, lines);
    g_ptr_array_sort(lines, formats_text_compare);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(out, "%s\n", (char *) lines->pdata[i]);
    formats_text_ip(out, "ipv4", nm_connection_get_setting_ip4_config(connection));
    formats_text_ip(out, "ipv6", nm_connection_get_setting_ip6_config(connection));
    return g_string_free(out, FALSE);
}

/* Where two profiles differ, the UUID apart: "" or a list. (transfer full) */
static inline char *
formats_text_difference(NMConnection *a, NMConnection *b)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GHashTable) all = NULL;
    GHashTableIter iter;
    gpointer       setting, names, name;

    g_object_set(nm_connection_get_setting_connection(b), "uuid", nm_connection_get_uuid(a), NULL);
    if (nm_connection_diff(a, b, NM_SETTING_COMPARE_FLAG_EXACT, &all))
        return g_string_free(out, FALSE);
    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, &setting, &names)) {
        GHashTableIter inner;

        g_string_append_printf(out, "%s:", (char *) setting);
        g_hash_table_iter_init(&inner, names);
        while (g_hash_table_iter_next(&inner, &name, NULL))
            g_string_append_printf(out, " %s", (char *) name);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

#endif
