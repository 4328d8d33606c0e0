/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads netplan's YAML: one GRE tunnel of network.tunnels. */
#include "config.h"

#include "import/read.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/profile-builder.h"
#include "import/yaml-tree.h"

#include <string.h>

typedef struct Rule Rule;
struct Rule {
    const char *key;
    gboolean (*take)(GreProfileBuilder *builder,
                     const GreYaml     *node,
                     const Rule        *rule,
                     GError           **error);
    const char *property;
};

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "network:") || gre_file_has_line(file, "tunnels:");
}

static char *
where_of(const GreYaml *node, const char *key)
{
    return g_strdup_printf(_("line %u, %s"), node->line, key);
}

static void
note(GreProfileBuilder *builder, const GreYaml *node, const char *key)
{
    gre_profile_builder_note(builder, _("line %u: %s has no counterpart"), node->line, key);
}

/* Notes the keys of a map that are not among those that are read. */
static void
note_keys(GreProfileBuilder *builder, const GreYaml *map, const char *const *known)
{
    for (guint i = 0; map && map->keys && i < map->keys->len; i++)
        if (!g_strv_contains(known, map->keys->pdata[i]))
            note(builder, map->values->pdata[i], map->keys->pdata[i]);
}

/* The text, or "" for a list or map, which is never a valid value. */
static const char *
text_of(const GreYaml *node)
{
    return node && node->text ? node->text : "";
}

/* ---- values ---- */

static gboolean
take_same(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(node, rule->key);

    return gre_profile_builder_set(builder, where, rule->property, text_of(node), error);
}

static gboolean
take_endpoint(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(node, rule->key);

    return gre_profile_builder_endpoint(builder, where, rule->property, text_of(node), error);
}

static gboolean
take_mode(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(node, rule->key);

    return gre_profile_builder_mode(builder, where, text_of(node), error);
}

/* One key for both directions, or a map of input and output. YAML's "0o52" is "052" elsewhere. */
static gboolean
take_key(GreProfileBuilder *builder,
         const GreYaml     *node,
         const char        *name,
         gboolean           in,
         gboolean           out,
         GError           **error)
{
    g_autofree char *where = where_of(node, name);
    const char      *text = text_of(node);
    g_autofree char *octal = NULL;

    if (g_str_has_prefix(text, "0o")) {
        octal = g_strdup_printf("0%s", text + 2);
        text = octal;
    }
    return gre_profile_builder_take_key(builder, where, in, out, text, error);
}

static gboolean
take_keys(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    static const char *const known[] = { "input", "output", NULL };
    const GreYaml *in = gre_yaml_tree_get(node, "input"), *out = gre_yaml_tree_get(node, "output");

    if (!node->keys)
        return take_key(builder, node, rule->key, TRUE, TRUE, error);
    note_keys(builder, node, known);
    return (!in || take_key(builder, in, "input", TRUE, FALSE, error)) &&
           (!out || take_key(builder, out, "output", FALSE, TRUE, error));
}

/* An address, or an address with options: a map with one key. */
static gboolean
take_address(GreProfileBuilder *builder, const GreYaml *node, GError **error)
{
    g_autofree char *where = where_of(node, "addresses");

    if (node->keys && node->keys->len == 1) {
        gre_profile_builder_note(builder, _("line %u: options of an address have no counterpart"),
                                 node->line);
        return gre_profile_builder_address(builder, where, node->keys->pdata[0], error);
    }
    return gre_profile_builder_address(builder, where, text_of(node), error);
}

static gboolean
check_list(const GreYaml *node, const char *key, GError **error)
{
    g_autofree char *where = where_of(node, key);

    return (node->values && !node->keys) || gre_error_fail(error, _("%s: not a list"), where);
}

static gboolean
take_addresses(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    if (!check_list(node, rule->key, error))
        return FALSE;
    for (guint i = 0; i < node->values->len; i++)
        if (!take_address(builder, node->values->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* A number of a route, or -1; notes invalid numbers. */
static gint64
number_in(GreProfileBuilder *builder, const GreYaml *route, const char *key)
{
    const GreYaml *node = gre_yaml_tree_get(route, key);
    guint32        number;

    if (node && gre_value_number(text_of(node), &number))
        return number;
    if (node)
        note(builder, node, key);
    return -1;
}

static void
take_route_options(GreProfileBuilder *builder, const GreYaml *node, NMIPRoute *route)
{
    static const char *const known[] = { "to",  "via",   "metric",  "from",
                                         "mtu", "table", "on-link", NULL };
    const GreYaml           *on_link = gre_yaml_tree_get(node, "on-link");
    gint64                   mtu = number_in(builder, node, "mtu");
    gint64                   table = number_in(builder, node, "table");
    gboolean                 yes = FALSE;

    if (mtu >= 0)
        nm_ip_route_set_attribute(route, NM_IP_ROUTE_ATTRIBUTE_MTU,
                                  g_variant_new_uint32((guint32) mtu));
    if (table >= 0)
        nm_ip_route_set_attribute(route, NM_IP_ROUTE_ATTRIBUTE_TABLE,
                                  g_variant_new_uint32((guint32) table));
    if (on_link && !gre_value_boolean(text_of(on_link), &yes))
        note(builder, on_link, "on-link");
    if (yes)
        nm_ip_route_set_attribute(route, NM_IP_ROUTE_ATTRIBUTE_ONLINK, g_variant_new_boolean(TRUE));
    note_keys(builder, node, known);
}

static gboolean
take_route(GreProfileBuilder *builder, const GreYaml *node, GError **error)
{
    g_autofree char *where = where_of(node, "routes");
    const GreYaml   *via = gre_yaml_tree_get(node, "via"), *from = gre_yaml_tree_get(node, "from");
    NMIPRoute       *route = gre_profile_builder_route(
              builder, where, AF_INET, text_of(gre_yaml_tree_get(node, "to")), via ? text_of(via) : NULL,
              number_in(builder, node, "metric"), error);

    if (!route)
        return FALSE;
    if (from)
        gre_profile_builder_source(builder, where, route, text_of(from));
    take_route_options(builder, node, route);
    return TRUE;
}

static gboolean
take_routes(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    if (!check_list(node, rule->key, error))
        return FALSE;
    for (guint i = 0; i < node->values->len; i++)
        if (!take_route(builder, node->values->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
take_gateway(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(node, rule->key);

    return gre_profile_builder_route(builder, where, AF_UNSPEC, "default", text_of(node), -1,
                                     error) != NULL;
}

static gboolean
add_texts(GPtrArray *out, const GreYaml *map, const char *key, GError **error)
{
    const GreYaml *list = gre_yaml_tree_get(map, key);

    if (list && !check_list(list, key, error))
        return FALSE;
    for (guint i = 0; list && i < list->values->len; i++)
        g_ptr_array_add(out, g_strdup(text_of(list->values->pdata[i])));
    return TRUE;
}

static gboolean
take_nameservers(GreProfileBuilder *builder, const GreYaml *node, const Rule *rule, GError **error)
{
    static const char *const known[] = { "addresses", "search", NULL };

    note_keys(builder, node, known);
    return add_texts(builder->dns, node, "addresses", error) &&
           add_texts(builder->searches, node, "search", error);
}

static const Rule rules[] = {
    { "mode", take_mode, NULL },
    { "local", take_endpoint, "local" },
    { "remote", take_endpoint, "remote" },
    { "ttl", take_same, "ttl" },
    { "key", take_keys, NULL },
    { "keys", take_keys, NULL },
    { "mtu", take_same, "mtu" },
    { "addresses", take_addresses, NULL },
    { "routes", take_routes, NULL },
    { "gateway4", take_gateway, NULL },
    { "gateway6", take_gateway, NULL },
    { "nameservers", take_nameservers, NULL },
    { NULL, NULL, NULL },
};

static gboolean
take_entry(GreProfileBuilder *builder, const char *key, const GreYaml *node, GError **error)
{
    for (const Rule *rule = rules; rule->key; rule++) {
        if (strcmp(rule->key, key) != 0)
            continue;
        gre_profile_builder_took(builder, node->line);
        return rule->take(builder, node, rule, error);
    }
    note(builder, node, key);
    return TRUE;
}

static gboolean
take_tunnel(GreProfileBuilder *builder, const char *name, const GreYaml *tunnel, GError **error)
{
    g_autofree char *where = where_of(tunnel, name);

    if (!gre_profile_builder_set(builder, where, "ifname", name, error))
        return FALSE;
    for (guint i = 0; tunnel->keys && i < tunnel->keys->len; i++)
        if (!take_entry(builder, tunnel->keys->pdata[i], tunnel->values->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* ---- which tunnel ---- */

static gboolean
is_gre(const GreYaml *tunnel)
{
    const char *mode = text_of(gre_yaml_tree_get(tunnel, "mode"));

    return strcmp(mode, "gre") == 0 || strcmp(mode, "ip6gre") == 0;
}

static gboolean
find_tunnel(GreProfileBuilder *builder,
            const GreFile     *file,
            const GreYaml     *tunnels,
            guint             *found,
            GError           **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_from);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
    guint which;

    for (guint i = 0; tunnels && tunnels->keys && i < tunnels->keys->len; i++) {
        const GreYaml *tunnel = tunnels->values->pdata[i];

        if (!is_gre(tunnel)) {
            note(builder, tunnel, tunnels->keys->pdata[i]);
            continue;
        }
        gre_choice_add(choice, tunnels->keys->pdata[i], text_of(gre_yaml_tree_get(tunnel, "local")),
                       text_of(gre_yaml_tree_get(tunnel, "remote")));
        g_array_append_val(places, i);
    }
    if (places->len == 0)
        return gre_error_fail(error, _("network.tunnels has no tunnel of mode gre or ip6gre"));
    if (!gre_choice_pick(choice, file, builder->notes, &which, error))
        return FALSE;
    *found = g_array_index(places, guint, which);
    return TRUE;
}

static NMConnection *
read_tree(GreProfileBuilder *builder, const GreFile *file, const GreYaml *root, GError **error)
{
    static const char *const of_root[] = { "network", NULL };
    static const char *const of_network[] = { "tunnels", "version", "renderer", NULL };
    const GreYaml           *whole = gre_yaml_tree_get(root, "network");
    const GreYaml           *network = whole ? whole : root; /* a part, from "tunnels:" on */
    const GreYaml           *tunnels = gre_yaml_tree_get(network, "tunnels");
    guint                    i = 0;

    if (!find_tunnel(builder, file, tunnels, &i, error) ||
        !take_tunnel(builder, tunnels->keys->pdata[i], tunnels->values->pdata[i], error))
        return NULL;
    if (whole)
        note_keys(builder, root, of_root);
    note_keys(builder, network, of_network);
    gre_profile_builder_boot(builder);
    return gre_profile_builder_finish(builder, error);
}

static NMConnection *
read_netplan(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GreYaml) root = gre_yaml_tree_parse(file->text, error);
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    NMConnection *connection = NULL;

    builder->ledger = ledger;
    if (root)
        connection = read_tree(builder, file, root, error);

    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_netplan = {
    .name = N_("a netplan file with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_netplan,
};
