/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a connection from what a reader found. */
#include "config.h"

#include "import/profile-builder.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-profile.h"
#include "gre-property.h"
#include "gre-service-names.h"
#include "gre-value.h"
#include "import/file.h"

#include <string.h>

static void
free_secret(gpointer text)
{
    gre_secret_free_text(text);
}

GreProfileBuilder *
gre_profile_builder_new(void)
{
    GreProfileBuilder *builder = g_new0(GreProfileBuilder, 1);

    builder->data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    builder->secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_secret);
    builder->origins = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    builder->addresses = g_ptr_array_new_with_free_func((GDestroyNotify) nm_ip_address_unref);
    builder->routes = g_ptr_array_new_with_free_func((GDestroyNotify) nm_ip_route_unref);
    builder->dns = g_ptr_array_new_with_free_func(g_free);
    builder->searches = g_ptr_array_new_with_free_func(g_free);
    builder->notes = g_ptr_array_new_with_free_func(g_free);
    return builder;
}

void
gre_profile_builder_free(GreProfileBuilder *builder)
{
    if (!builder)
        return;
    g_free(builder->id);
    g_hash_table_unref(builder->data);
    g_hash_table_unref(builder->secrets);
    g_hash_table_unref(builder->origins);
    g_ptr_array_unref(builder->addresses);
    g_ptr_array_unref(builder->routes);
    g_ptr_array_unref(builder->dns);
    g_ptr_array_unref(builder->searches);
    g_ptr_array_unref(builder->notes);
    g_free(builder->keys[0]);
    g_free(builder->keys[1]);
    g_free(builder);
}

void
gre_profile_builder_took(GreProfileBuilder *builder, guint line)
{
    gre_ledger_take(builder->ledger, line, line);
}

gboolean
gre_profile_builder_set(GreProfileBuilder *builder,
                        const char        *where,
                        const char        *name,
                        const char        *value,
                        GError           **error)
{
    const GreProperty *property = gre_property_find_for_import(name);

    g_return_val_if_fail(property, FALSE);
    if (!gre_property_check(property, value, error)) {
        g_prefix_error(error, "%s: ", where);
        return FALSE;
    }
    g_hash_table_insert(property->secret ? builder->secrets : builder->data,
                        g_strdup(property->name), g_strdup(value));
    g_hash_table_insert(builder->origins, (gpointer) property->name, g_strdup(where));
    return TRUE;
}

gboolean
gre_profile_builder_endpoint(GreProfileBuilder *builder,
                             const char        *where,
                             const char        *name,
                             const char        *value,
                             GError           **error)
{
    GreAddress address;

    if (strcmp(value, "any") == 0 || g_str_has_prefix(value, "%any") ||
        (gre_address_parse(value, &address) && gre_address_is_any(&address)))
        return TRUE;
    return gre_profile_builder_set(builder, where, name, value, error);
}

const char *
gre_profile_builder_get(const GreProfileBuilder *builder, const char *name)
{
    const char *value = g_hash_table_lookup(builder->data, name);

    return value ? value : g_hash_table_lookup(builder->secrets, name);
}

void
gre_profile_builder_note(GreProfileBuilder *builder, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(builder->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

void
gre_profile_builder_note_once(GreProfileBuilder *builder, const char *format, ...)
{
    GPtrArray       *notes = builder->notes;
    g_autofree char *note = NULL;
    va_list          args;

    va_start(args, format);
    note = g_strdup_vprintf(format, args);
    va_end(args);
    if (notes->len == 0 || strcmp(notes->pdata[notes->len - 1], note) != 0)
        g_ptr_array_add(notes, g_steal_pointer(&note));
}

gboolean
gre_profile_builder_esp_mode(GreProfileBuilder *builder,
                             const char        *where,
                             const char        *mode,
                             GError           **error)
{
    g_autofree char *shown = NULL;

    if (g_strcmp0(mode, "transport") == 0)
        return TRUE;
    if (!mode || !mode[0] || strcmp(mode, "tunnel") == 0)
        return gre_profile_builder_set(builder, where, "ipsec-mode", "tunnel", error);
    shown = gre_value_quote(mode);
    return gre_error_fail(error,
                          _("%s: ESP in mode %s is not supported: expected \"transport\" or "
                            "\"tunnel\""),
                          where, shown);
}

/* "address/length", or an address alone, which means one host. */
static gboolean
parse_prefix(const char *text, GrePrefix *out)
{
    if (gre_address_prefix_parse(text, out))
        return TRUE;
    if (!gre_address_parse(text, &out->address))
        return FALSE;
    out->length = (guint8) (gre_address_size(out->address.family) * 8);
    return TRUE;
}

/* The address of one host, such as 192.0.2.1/32. */
static gboolean
parse_host(const char *text, GreAddress *out)
{
    GrePrefix prefix;

    if (!parse_prefix(text, &prefix) ||
        prefix.length != gre_address_size(prefix.address.family) * 8)
        return FALSE;
    *out = prefix.address;
    return TRUE;
}

/* RFC 1918 and RFC 4193. FALSE for a name. */
static gboolean
is_private(const GreAddress *address)
{
    static const char *const networks[] = { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                            "fc00::/7" };
    GrePrefix                prefix;

    for (gsize i = 0; i < G_N_ELEMENTS(networks); i++)
        if (gre_address_prefix_parse(networks[i], &prefix) &&
            gre_address_prefix_contains(&prefix, address))
            return TRUE;
    return FALSE;
}

gboolean
gre_profile_builder_inner_end(GreProfileBuilder *builder,
                              const char        *where,
                              const char        *name,
                              const char        *text,
                              GError           **error)
{
    const char *outer = gre_profile_builder_get(builder, name);
    GreAddress  inner, address = { .family = AF_UNSPEC };
    char        shown[GRE_ADDRESS_STRLEN];

    if (g_strcmp0(gre_profile_builder_get(builder, "ipsec-mode"), "tunnel") != 0 ||
        !parse_host(text, &inner))
        return TRUE;
    /* The address of a name isn't known here. */
    if (outer && (!gre_address_parse(outer, &address) || gre_address_equal(&inner, &address)))
        return TRUE;
    gre_address_to_string(&inner, shown);
    if (outer && !is_private(&address))
        return gre_error_fail(error,
                              _("%s: GRE has the address %s, and IKE %s: a profile has one address "
                                "for both"),
                              where, shown, outer);
    if (outer)
        gre_profile_builder_note(builder,
                                 _("%s: GRE has the address %s, and IKE the private address %s: "
                                   "the profile uses the first for both, as seen through a NAT"),
                                 where, shown, outer);
    return gre_profile_builder_set(builder, where, name, shown, error);
}

void
gre_profile_builder_boot(GreProfileBuilder *builder)
{
    gre_profile_builder_note(
        builder,
        _("the file brings the tunnel up at boot, but NetworkManager brings up no VPN by itself: "
          "name this one in connection.secondaries of the connection that leads to the peer"));
}

void
gre_profile_builder_give_notes(GreProfileBuilder *builder, GPtrArray *notes)
{
    g_ptr_array_extend_and_steal(notes, g_steal_pointer(&builder->notes));
    builder->notes = g_ptr_array_new_with_free_func(g_free);
}

/* libnm compares each new address, route or name with all before it. */
enum { LIST_MAX = 1024 };

static gboolean
has_room(const GPtrArray *list, const char *where, GError **error)
{
    return list->len < LIST_MAX ||
           gre_error_fail(error, _("%s: more than %u addresses, routes or names"), where,
                          (guint) LIST_MAX);
}

static gboolean
fail_quoted(GError **error, const char *where, const char *text, const char *allowed)
{
    g_autofree char *shown = gre_value_quote(text);

    return gre_error_fail(error, _("%s: %s is invalid: expected %s"), where, shown, allowed);
}

gboolean
gre_profile_builder_address(GreProfileBuilder *builder,
                            const char        *where,
                            const char        *text,
                            GError           **error)
{
    GrePrefix    prefix;
    char         shown[GRE_ADDRESS_STRLEN];
    NMIPAddress *address;

    if (!parse_prefix(text, &prefix) || gre_address_is_any(&prefix.address) ||
        gre_address_is_multicast(&prefix.address))
        return fail_quoted(error, where, text,
                           _("an address inside the tunnel, such as 10.0.0.1/30"));
    if (!has_room(builder->addresses, where, error))
        return FALSE;
    gre_address_to_string(&prefix.address, shown);
    address = nm_ip_address_new(prefix.address.family, shown, prefix.length, error);
    if (!address)
        return FALSE;
    for (guint i = 0; i < builder->addresses->len; i++) {
        if (nm_ip_address_equal(builder->addresses->pdata[i], address)) {
            nm_ip_address_unref(address);
            return TRUE;
        }
    }
    g_ptr_array_add(builder->addresses, address);
    return TRUE;
}

/* Many files set host bits in a destination; the kernel would reject them. */
static void
mask_host(GrePrefix *prefix)
{
    gsize size = gre_address_size(prefix->address.family);

    for (gsize i = 0; i < size; i++) {
        guint bits = prefix->length > i * 8 ? MIN(prefix->length - (guint) i * 8, 8) : 0;

        prefix->address.bytes[i] &= (guint8) (0xff00 >> bits);
    }
}

static gboolean
parse_destination(const char *text, int family, GrePrefix *out)
{
    if (strcmp(text, "default") == 0) {
        *out = (GrePrefix){ .address.family = family };
        return TRUE;
    }
    if (!parse_prefix(text, out))
        return FALSE;
    mask_host(out);
    return TRUE;
}

NMIPRoute *
gre_profile_builder_route(GreProfileBuilder *builder,
                          const char        *where,
                          int                family,
                          const char        *destination,
                          const char        *via,
                          gint64             metric,
                          GError           **error)
{
    GrePrefix  prefix;
    GreAddress hop = { .family = AF_UNSPEC };
    char       to[GRE_ADDRESS_STRLEN], by[GRE_ADDRESS_STRLEN];
    NMIPRoute *route;

    if (!has_room(builder->routes, where, error))
        return NULL;
    if (via && !gre_address_parse(via, &hop)) {
        fail_quoted(error, where, via, _("the address of a next hop"));
        return NULL;
    }
    if (!parse_destination(destination, hop.family ? hop.family : family, &prefix)) {
        fail_quoted(error, where, destination, _("a route such as 192.168.20.0/24"));
        return NULL;
    }
    if (via && hop.family != prefix.address.family) {
        fail_quoted(error, where, via, _("a next hop of the destination's family"));
        return NULL;
    }
    gre_address_to_string(&prefix.address, to);
    gre_address_to_string(&hop, by);
    route = nm_ip_route_new(prefix.address.family, to, prefix.length,
                            gre_address_is_any(&hop) ? NULL : by, metric, error);
    if (route)
        g_ptr_array_add(builder->routes, route);
    return route;
}

void
gre_profile_builder_source(GreProfileBuilder *builder,
                           const char        *where,
                           NMIPRoute         *route,
                           const char        *source)
{
    GreAddress       address;
    g_autofree char *shown = gre_value_quote(source);

    if (gre_address_parse(source, &address) && address.family == nm_ip_route_get_family(route))
        nm_ip_route_set_attribute(route, NM_IP_ROUTE_ATTRIBUTE_SRC, g_variant_new_string(source));
    else
        gre_profile_builder_note(builder, _("%s: source %s of the route has no counterpart"), where,
                                 shown);
}

void
gre_profile_builder_names(GreProfileBuilder *builder, gboolean servers, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);

    for (gsize i = 0; words[i]; i++)
        if (words[i][0] && (servers ? builder->dns : builder->searches)->len < LIST_MAX)
            g_ptr_array_add(servers ? builder->dns : builder->searches, g_strdup(words[i]));
}

gboolean
gre_profile_builder_take_key(GreProfileBuilder *builder,
                             const char        *where,
                             gboolean           in,
                             gboolean           out,
                             const char        *text,
                             GError           **error)
{
    const gboolean given[] = { in, out };

    if (!gre_property_check(gre_property_find("key"), text, error)) {
        g_prefix_error(error, "%s: ", where);
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(given); i++) {
        if (!given[i])
            continue;
        g_free(builder->keys[i]);
        builder->keys[i] = g_strdup(text);
    }
    return TRUE;
}

gboolean
gre_profile_builder_mode(GreProfileBuilder *builder,
                         const char        *where,
                         const char        *mode,
                         GError           **error)
{
    static const struct {
        const char *name, *mode;
    } modes[] = {
        { "gre", "gre" },         { "gre/ip", "gre" },  { "gre ip", "gre" },
        { "ip6gre", "ip6gre" },   { "gre6", "ip6gre" }, { "gre/ipv6", "ip6gre" },
        { "gre ipv6", "ip6gre" },
    };
    g_autofree char *shown = gre_value_quote(mode);
    g_autofree char *lower = g_ascii_strdown(mode, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
        if (strcmp(lower, modes[i].name) == 0)
            return gre_profile_builder_set(builder, where, "mode", modes[i].mode, error);
    if (strstr(lower, "gretap") || strstr(lower, "erspan"))
        return gre_error_fail(
            error,
            _("%s: %s carries Ethernet frames; a VPN profile of type gre carries only IP packets"),
            where, shown);
    return gre_error_fail(error, _("%s: %s is not a GRE tunnel: expected \"gre\" or \"ip6gre\""),
                          where, shown);
}

GreSelector
gre_profile_builder_selector(const char *selector, const char *end)
{
    GrePrefix  prefix;
    GreAddress address;

    if (!selector[0] || selector[0] == '%' || strcmp(selector, "dynamic") == 0)
        return GRE_SELECTOR_END;
    if (!gre_address_parse(end, &address) || !parse_prefix(selector, &prefix))
        return GRE_SELECTOR_WIDER;
    if (!gre_address_prefix_contains(&prefix, &address))
        return GRE_SELECTOR_OTHER;
    return prefix.length == gre_address_size(address.family) * 8 ? GRE_SELECTOR_END
                                                                 : GRE_SELECTOR_WIDER;
}

gboolean
gre_profile_builder_fail_selector(const char *where, GError **error)
{
    return gre_error_fail(error,
                          _("%s: the tunnel's end is not the address that IKE uses: a profile has "
                            "one pair of addresses for both"),
                          where);
}

static void
put_data(GreProfileBuilder *builder, const char *name, const char *value)
{
    g_hash_table_insert(builder->data, g_strdup(name), g_strdup(value));
}

static void
put_keys(GreProfileBuilder *builder)
{
    guint32 in, out;

    if (builder->keys[0] && builder->keys[1] && gre_value_key(builder->keys[0], &in) &&
        gre_value_key(builder->keys[1], &out) && in == out) {
        put_data(builder, "key", builder->keys[0]);
        return;
    }
    if (builder->keys[0])
        put_data(builder, "input-key", builder->keys[0]);
    if (builder->keys[1])
        put_data(builder, "output-key", builder->keys[1]);
}

static void
put_both_directions(GreProfileBuilder *builder, const char *name, GreOneWay in, GreOneWay out)
{
    if (builder->one_way[in] && builder->one_way[out])
        put_data(builder, name, "yes");
    else if (builder->one_way[in] || builder->one_way[out])
        gre_profile_builder_note(builder, _("%s in one direction only is not supported: left out"),
                                 name);
}

static NMSettingIPConfig *
new_ip_setting(int family)
{
    return NM_SETTING_IP_CONFIG(family == AF_INET ? nm_setting_ip4_config_new()
                                                  : nm_setting_ip6_config_new());
}

/* A route needs an address of its family inside the tunnel. */
static void
add_routes(GreProfileBuilder *builder, NMSettingIPConfig *setting, int family, gboolean has_address)
{
    for (guint i = 0; i < builder->routes->len; i++) {
        NMIPRoute *route = builder->routes->pdata[i];

        if (nm_ip_route_get_family(route) != family)
            continue;
        if (has_address)
            nm_setting_ip_config_add_route(setting, route);
        else
            gre_profile_builder_note(
                builder, _("route %s/%u: needs an address of the same family inside the tunnel"),
                nm_ip_route_get_dest(route), nm_ip_route_get_prefix(route));
    }
}

static gboolean
is_search(const char *text)
{
    return gre_value_is_host_name(text + (text[0] == '~'));
}

/* The servers of the family; check_names() has noted invalid ones. */
static void
add_dns(GreProfileBuilder *builder, NMSettingIPConfig *setting, int family)
{
    GreAddress address;

    for (guint i = 0; i < builder->dns->len; i++)
        if (gre_address_parse(builder->dns->pdata[i], &address) && address.family == family)
            nm_setting_ip_config_add_dns(setting, builder->dns->pdata[i]);
    for (guint i = 0; i < builder->searches->len; i++)
        if (is_search(builder->searches->pdata[i]))
            nm_setting_ip_config_add_dns_search(setting, builder->searches->pdata[i]);
}

static void
check_names(GreProfileBuilder *builder)
{
    GreAddress address;

    for (guint i = 0; i < builder->dns->len; i++) {
        g_autofree char *shown = gre_value_quote(builder->dns->pdata[i]);

        if (!gre_address_parse(builder->dns->pdata[i], &address))
            gre_profile_builder_note(builder, _("DNS server %s: not an address"), shown);
    }
    for (guint i = 0; i < builder->searches->len; i++) {
        g_autofree char *shown = gre_value_quote(builder->searches->pdata[i]);

        if (!is_search(builder->searches->pdata[i]))
            gre_profile_builder_note(builder, _("DNS domain %s: not a domain name"), shown);
    }
}

static NMSetting *
make_ip(GreProfileBuilder *builder, int family)
{
    NMSettingIPConfig *setting = new_ip_setting(family);
    gboolean           has_address = FALSE;

    for (guint i = 0; i < builder->addresses->len; i++) {
        if (nm_ip_address_get_family(builder->addresses->pdata[i]) != family)
            continue;
        has_address = TRUE;
        nm_setting_ip_config_add_address(setting, builder->addresses->pdata[i]);
    }
    g_object_set(setting, NM_SETTING_IP_CONFIG_METHOD, has_address ? "manual" : "disabled", NULL);
    add_routes(builder, setting, family, has_address);
    if (has_address)
        add_dns(builder, setting, family);
    return NM_SETTING(setting);
}

static void
add_items(GHashTable   *table,
          NMSettingVpn *vpn,
          void (*add)(NMSettingVpn *vpn, const char *name, const char *value))
{
    GHashTableIter iter;
    gpointer       name, value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &name, &value))
        add(vpn, name, value);
}

NMConnection *
gre_profile_builder_connection(const char *id, GHashTable *data, GHashTable *secrets)
{
    NMConnection    *connection = nm_simple_connection_new();
    NMSetting       *setting = nm_setting_connection_new();
    NMSettingVpn    *vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autofree char *uuid = nm_utils_uuid_generate();

    g_object_set(setting, NM_SETTING_CONNECTION_ID, id, NM_SETTING_CONNECTION_UUID, uuid,
                 NM_SETTING_CONNECTION_TYPE, NM_SETTING_VPN_SETTING_NAME, NULL);
    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, GRE_SERVICE_NAME, NULL);
    add_items(data, vpn, nm_setting_vpn_add_data_item);
    add_items(secrets, vpn, nm_setting_vpn_add_secret);
    nm_connection_add_setting(connection, setting);
    nm_connection_add_setting(connection, NM_SETTING(vpn));
    return connection;
}

static void
copy_item(const char *name, const char *value, gpointer table)
{
    g_hash_table_insert(table, g_strdup(name), g_strdup(value));
}

gboolean
gre_profile_builder_check(NMConnection *connection, GError **error)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    g_autoptr(GHashTable) data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) secrets =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_secret);
    g_autoptr(GreProfile) profile = NULL;
    const GreProfileSource source = {
        .id = nm_connection_get_id(connection),
        .uuid = nm_connection_get_uuid(connection),
        .interface_name = nm_connection_get_interface_name(connection),
        .data = data,
        .secrets = secrets,
    };

    if (!vpn || g_strcmp0(nm_setting_vpn_get_service_type(vpn), GRE_SERVICE_NAME) != 0)
        return gre_error_fail(error, _("this is not a profile of the GRE plugin"));
    nm_setting_vpn_foreach_data_item(vpn, copy_item, data);
    nm_setting_vpn_foreach_secret(vpn, copy_item, secrets);
    profile = gre_profile_new(&source, error);
    return profile != NULL;
}

gboolean
gre_profile_builder_verify(NMConnection *connection, GError **error)
{
    g_autoptr(GError) bad = NULL;

    if (!gre_profile_builder_check(connection, error))
        return FALSE;
    return nm_connection_normalize(connection, NULL, NULL, &bad) ||
           gre_error_fail(error, "%s", bad->message);
}

static char *
suggest_id(const GreProfileBuilder *builder)
{
    const char *ifname = gre_profile_builder_get(builder, "ifname");
    const char *remote = gre_profile_builder_get(builder, "remote");

    return g_strdup(ifname ? ifname : remote ? remote : "gre");
}

static gboolean
check_there(const GreProfileBuilder *builder, GError **error)
{
    if (gre_profile_builder_get(builder, "remote") || gre_profile_builder_get(builder, "protects"))
        return TRUE;
    return gre_error_fail(
        error,
        _("the peer's address is missing: a tunnel to any or several peers is not supported"));
}

static gboolean
check_texts(const GreProfileBuilder *builder, GError **error)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, builder->secrets);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (!g_utf8_validate(value, -1, NULL))
            return gre_error_fail(error, _("a secret is not UTF-8: write it as 0x and hex digits"));
    return TRUE;
}

/* Checks of several properties begin their message with the name of one. */
static void
prefix_origin(const GreProfileBuilder *builder, GError **error)
{
    const char      *colon = error && *error ? strchr((*error)->message, ':') : NULL;
    g_autofree char *name = colon ? g_strndup((*error)->message, colon - (*error)->message) : NULL;
    const char      *where = name ? g_hash_table_lookup(builder->origins, name) : NULL;

    if (where)
        g_prefix_error(error, "%s: ", where);
}

NMConnection *
gre_profile_builder_finish(GreProfileBuilder *builder, GError **error)
{
    g_autoptr(NMConnection) connection = NULL;

    put_keys(builder);
    check_names(builder);
    put_both_directions(builder, "checksum", GRE_ONE_WAY_CHECKSUM_IN, GRE_ONE_WAY_CHECKSUM_OUT);
    put_both_directions(builder, "sequence", GRE_ONE_WAY_SEQUENCE_IN, GRE_ONE_WAY_SEQUENCE_OUT);
    if (!check_there(builder, error) || !check_texts(builder, error))
        return NULL;
    if (!builder->id || !builder->id[0] || !gre_value_is_printable(builder->id)) {
        g_free(builder->id);
        builder->id = suggest_id(builder);
    }
    connection = gre_profile_builder_connection(builder->id, builder->data, builder->secrets);
    nm_connection_add_setting(connection, make_ip(builder, AF_INET));
    nm_connection_add_setting(connection, make_ip(builder, AF_INET6));
    if (gre_profile_builder_verify(connection, error))
        return g_steal_pointer(&connection);
    prefix_origin(builder, error);
    return NULL;
}
