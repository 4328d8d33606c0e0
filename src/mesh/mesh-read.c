/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the description of a mesh, as documented in nm-gre(1), from YAML. */
#include "config.h"

#include "mesh/mesh.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-property.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import/yaml-tree.h"

#include <string.h>

enum { NAME_CHARS = 60 };

typedef struct {
    GreMesh *mesh;
    GError **error;
} Reader;

static gboolean
fail(Reader *reader, const GreYaml *at, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean
fail(Reader *reader, const GreYaml *at, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list          args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return gre_error_fail(reader->error, _("line %u: %s"), at->line, text);
}

/* ---- rows of a map ---- */

typedef struct {
    const char *key;
    gboolean (*take)(Reader *reader, GreSite *site, const GreYaml *value);
} Rule;

static gboolean
take_map(Reader *reader, GreSite *site, const GreYaml *map, const Rule *rules)
{
    for (guint i = 0; i < map->keys->len; i++) {
        const char      *key = map->keys->pdata[i];
        const GreYaml   *value = map->values->pdata[i];
        const Rule      *rule = rules;
        g_autofree char *shown = gre_value_quote(key);

        while (rule->key && strcmp(rule->key, key) != 0)
            rule++;
        if (!rule->key)
            return fail(reader, value, _("%s: unknown property"), shown);
        if (!rule->take(reader, site, value))
            return FALSE;
    }
    return TRUE;
}

/* A scalar, or each item of a list of scalars. */
static gboolean
each_item(Reader        *reader,
          const GreYaml *value,
          gpointer       data,
          gboolean (*take)(Reader *reader, const GreYaml *item, gpointer data))
{
    if (value->text)
        return take(reader, value, data);
    if (value->keys || !value->values)
        return fail(reader, value, _("expected one value or a list of values"));
    for (guint i = 0; i < value->values->len; i++) {
        const GreYaml *item = value->values->pdata[i];

        if (!item->text)
            return fail(reader, item, _("expected one value or a list of values"));
        if (!take(reader, item, data))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_prefix(Reader *reader, const GreYaml *item, gpointer prefixes)
{
    GrePrefix        prefix;
    g_autofree char *shown = gre_value_quote(item->text);

    if (!gre_address_prefix_parse(item->text, &prefix))
        return fail(reader, item, _("%s: expected a network such as 192.168.10.0/24"), shown);
    g_array_append_val((GArray *) prefixes, prefix);
    return TRUE;
}

/* ---- a site ---- */

/* A property value, checked by the property table. */
static gboolean
take_property(Reader *reader, const GreYaml *value, const char *property, char **out)
{
    g_autoptr(GError) wrong = NULL;

    if (!value->text || !gre_property_check(gre_property_find(property), value->text, &wrong))
        return fail(reader, value, "%s", wrong ? wrong->message : _("expected one value"));
    g_free(*out);
    *out = g_strdup(value->text);
    return TRUE;
}

static gboolean
take_address(Reader *reader, GreSite *site, const GreYaml *value)
{
    return take_property(reader, value, "remote", &site->address);
}

static gboolean
take_local(Reader *reader, GreSite *site, const GreYaml *value)
{
    return take_property(reader, value, "local", &site->local);
}

static gboolean
take_id(Reader *reader, GreSite *site, const GreYaml *value)
{
    return take_property(reader, value, "ipsec-local-id", &site->id);
}

static gboolean
take_networks(Reader *reader, GreSite *site, const GreYaml *value)
{
    return each_item(reader, value, site->networks, take_prefix);
}

static gboolean
take_format(Reader *reader, GreSite *site, const GreYaml *value)
{
    g_autofree char *shown = gre_value_quote(value->text ? value->text : "");

    if (g_strcmp0(value->text, "keyfile") == 0)
        return TRUE;
    site->format = value->text ? gre_remote_formats_find(value->text) : NULL;
    return site->format ||
           fail(reader, value, _("%s: expected \"keyfile\" or a format of nm-gre peer"), shown);
}

static gboolean
read_kind(Reader *reader, const GreYaml *value, GreSiteKind *kind)
{
    if (g_strcmp0(value->text, "vpn") == 0)
        *kind = GRE_SITE_VPN;
    else if (g_strcmp0(value->text, "native") == 0)
        *kind = GRE_SITE_NATIVE;
    else
        return fail(reader, value, _("kind: expected vpn or native"));
    return TRUE;
}

static gboolean
take_site_kind(Reader *reader, GreSite *site, const GreYaml *value)
{
    return read_kind(reader, value, &site->kind);
}

static const Rule site_rules[] = {
    { "address", take_address },
    { "local", take_local },
    { "id", take_id },
    { "networks", take_networks },
    { "format", take_format },
    { "kind", take_site_kind },
    { NULL, NULL },
};

static void
free_site(gpointer data)
{
    GreSite *site = data;

    g_free(site->name);
    g_free(site->address);
    g_free(site->local);
    g_free(site->id);
    g_clear_pointer(&site->key, gre_secret_free_text);
    g_free(site->cert);
    g_array_unref(site->networks);
    g_free(site);
}

/* The name becomes a file name. */
static gboolean
is_site_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
            return FALSE;
    return g_ascii_isalnum(name[0]) && strlen(name) <= NAME_CHARS;
}

/* If the address doesn't identify a site, its name does. */
static void
complete_site(GreSite *site)
{
    GreAddress unused;

    if (!site->id && (site->local || !gre_address_parse(site->address, &unused)))
        site->id = g_strdup(site->name);
}

static gboolean
take_site(Reader *reader, const char *name, const GreYaml *value)
{
    g_autofree char *shown = gre_value_quote(name);
    GreSite         *site = g_new0(GreSite, 1);

    site->name = g_strdup(name);
    site->line = value->line;
    site->networks = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    g_ptr_array_add(reader->mesh->sites, site);
    if (!is_site_name(name))
        return fail(reader, value,
                    _("%s: a site's name has up to 60 letters, digits, \"-\", \"_\" and \".\""),
                    shown);
    if (!value->keys)
        return fail(reader, value, _("%s: expected a map with address and networks"), shown);
    if (!take_map(reader, site, value, site_rules))
        return FALSE;
    if (!site->address)
        return fail(reader, value, _("%s: address is missing"), shown);
    complete_site(site);
    return TRUE;
}

/* ---- all together ---- */

static gboolean
take_sites(Reader *reader, GreSite *unused, const GreYaml *value)
{
    if (!value->keys)
        return fail(reader, value, _("expected a map of sites"));
    for (guint i = 0; i < value->keys->len; i++)
        if (!take_site(reader, value->keys->pdata[i], value->values->pdata[i]))
            return FALSE;
    return reader->mesh->sites->len >= 2 || fail(reader, value, _("at least two sites are needed"));
}

static gboolean
take_kind(Reader *reader, GreSite *unused, const GreYaml *value)
{
    return read_kind(reader, value, &reader->mesh->kind);
}

static gboolean
take_topology(Reader *reader, GreSite *unused, const GreYaml *value)
{
    return g_strcmp0(value->text, "hub") == 0 || g_strcmp0(value->text, "full") == 0 ||
           fail(reader, value, _("topology: expected full or hub"));
}

/* Read once the sites are known. */
static gboolean
take_hub(Reader *reader, GreSite *unused, const GreYaml *value)
{
    return TRUE;
}

static gboolean
take_routing(Reader *reader, GreSite *unused, const GreYaml *value)
{
    reader->mesh->ospf = g_strcmp0(value->text, "ospf") == 0;
    return reader->mesh->ospf || g_strcmp0(value->text, "static") == 0 ||
           fail(reader, value, _("routing: expected static or ospf"));
}

static gboolean
take_pool(Reader *reader, GreSite *unused, const GreYaml *value)
{
    GArray *pools = reader->mesh->pools;

    if (!each_item(reader, value, pools, take_prefix))
        return FALSE;
    if (pools->len == 1 ||
        (pools->len == 2 && g_array_index(pools, GrePrefix, 0).address.family !=
                                g_array_index(pools, GrePrefix, 1).address.family))
        return TRUE;
    return fail(reader, value, _("pool: expected one network, or one of IPv4 and one of IPv6"));
}

static gboolean
take_keys(Reader *reader, GreSite *unused, const GreYaml *value)
{
    GreMesh *mesh = reader->mesh;

    mesh->has_keys = FALSE;
    if (g_strcmp0(value->text, "no") == 0)
        return TRUE;
    mesh->has_keys = value->text && gre_value_number(value->text, &mesh->first_key);
    return mesh->has_keys ||
           fail(reader, value, _("keys: expected \"no\" or the number of the first tunnel's key"));
}

static gboolean
take_seed_file(Reader *reader, GreSite *unused, const GreYaml *value)
{
    reader->mesh->seed_file = g_strdup(value->text);
    return value->text || fail(reader, value, _("expected one value"));
}

static gboolean
take_ca_directory(Reader *reader, GreSite *unused, const GreYaml *value)
{
    reader->mesh->ca_directory = g_strdup(value->text);
    return value->text || fail(reader, value, _("expected one value"));
}

/* Properties that differ between tunnels or machines. */
static gboolean
is_common(const GreProperty *property)
{
    static const char *const own[] = { "mode",
                                       "remote",
                                       "local",
                                       "parent",
                                       "ifname",
                                       "key",
                                       "input-key",
                                       "output-key",
                                       "ip4",
                                       "ip6",
                                       "protects",
                                       "ipsec-local-id",
                                       "ipsec-remote-id",
                                       "ipsec-ca",
                                       "ipsec-cert",
                                       "ipsec-remote-cert",
                                       "ipsec-private-key",
                                       "ipsec-remote-pubkey",
                                       NULL };

    return !property->secret && !g_strv_contains(own, property->name);
}

static gboolean
take_options(Reader *reader, GreSite *unused, const GreYaml *map)
{
    for (guint i = 0; map->keys && i < map->keys->len; i++) {
        const char        *key = map->keys->pdata[i];
        const GreYaml     *value = map->values->pdata[i];
        const GreProperty *property = gre_property_find(key);
        g_autofree char   *shown = gre_value_quote(key), *text = NULL;

        if (!property || !is_common(property))
            return fail(reader, value,
                        _("%s: not a property of vpn.data that all tunnels can share"), shown);
        if (!take_property(reader, value, key, &text))
            return FALSE;
        g_hash_table_insert(reader->mesh->options, g_strdup(key), g_steal_pointer(&text));
    }
    return map->keys || fail(reader, map, _("expected a map of vpn.data properties"));
}

static const Rule mesh_rules[] = {
    { "sites", take_sites },
    { "topology", take_topology },
    { "hub", take_hub },
    { "pool", take_pool },
    { "keys", take_keys },
    { "seed-file", take_seed_file },
    { "options", take_options },
    { "kind", take_kind },
    { "routing", take_routing },
    { "ca-directory", take_ca_directory },
    { NULL, NULL },
};

static GreSite *
find_site(const GreMesh *mesh, const char *name)
{
    for (guint i = 0; i < mesh->sites->len; i++)
        if (strcmp(((GreSite *) mesh->sites->pdata[i])->name, name) == 0)
            return mesh->sites->pdata[i];
    return NULL;
}

static gboolean
mark_hub(Reader *reader, const GreYaml *item, gpointer unused)
{
    GreSite *site = find_site(reader->mesh, item->text);

    if (!site)
        return fail(reader, item, _("hub: expected the name of a site"));
    if (site->hub > 0)
        return fail(reader, item, _("hub: %s is named twice"), site->name);
    site->hub = ++reader->mesh->n_hubs;
    return TRUE;
}

static gboolean
find_hubs(Reader *reader, const GreYaml *root)
{
    const GreYaml *topology = gre_yaml_tree_get(root, "topology");
    const GreYaml *hub = gre_yaml_tree_get(root, "hub");

    if (!topology || strcmp(topology->text, "hub") != 0)
        return !hub || fail(reader, hub, _("hub: only with topology: hub"));
    if (hub && !each_item(reader, hub, NULL, mark_hub))
        return FALSE;
    return reader->mesh->n_hubs > 0 ||
           fail(reader, hub ? hub : root, _("hub: expected the name of a site"));
}

static gboolean
complete_kinds(Reader *reader)
{
    const GreMesh *mesh = reader->mesh;

    for (guint i = 0; i < mesh->sites->len; i++) {
        GreSite *site = mesh->sites->pdata[i];

        if (site->format && site->kind != GRE_SITE_UNSET)
            return gre_error_fail(reader->error, _("line %u: %s: kind: only with format: keyfile"),
                                  site->line, site->name);
        if (site->kind == GRE_SITE_UNSET)
            site->kind = site->format ? GRE_SITE_VPN : mesh->kind;
    }
    return TRUE;
}

/* A companion's file may not have the name of another tunnel's. */
static gboolean
check_companions(Reader *reader)
{
    const GreMesh *mesh = reader->mesh;
    gboolean       native = FALSE;

    for (guint i = 0; i < mesh->sites->len; i++)
        native |= ((GreSite *) mesh->sites->pdata[i])->kind == GRE_SITE_NATIVE;
    for (guint i = 0; native && i < mesh->sites->len; i++) {
        GreSite         *site = mesh->sites->pdata[i];
        g_autofree char *companion = g_strconcat(site->name, GRE_MESH_COMPANION, NULL);

        if (find_site(mesh, companion))
            return gre_error_fail(reader->error,
                                  _("line %u: %s: another site is called %s, which is the name of "
                                    "this one's companion"),
                                  site->line, site->name, companion);
    }
    return TRUE;
}

/* FRR routes for keyfiles' tunnels alone, and needs their IPv4 addresses. */
static gboolean
check_routing(Reader *reader, const GreYaml *root)
{
    const GreMesh *mesh = reader->mesh;

    if (!mesh->ospf)
        return TRUE;
    if (!gre_address_prefixes_have(mesh->pools, AF_INET))
        return fail(reader, gre_yaml_tree_get(root, "routing"),
                    _("routing: ospf needs an IPv4 pool"));
    for (guint i = 0; i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        if (site->format)
            return gre_error_fail(reader->error,
                                  _("line %u: %s: routing: ospf needs format: keyfile"), site->line,
                                  site->name);
    }
    return TRUE;
}

static gboolean
read_root(Reader *reader, const GreYaml *root)
{
    static const char *const required[] = { "sites", "pool" };

    if (!root->keys)
        return fail(reader, root, _("expected a map with sites and pool"));
    if (!take_map(reader, NULL, root, mesh_rules))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(required); i++)
        if (!gre_yaml_tree_get(root, required[i]))
            return fail(reader, root, _("%s is missing"), required[i]);
    return find_hubs(reader, root) && complete_kinds(reader) && check_companions(reader) &&
           check_routing(reader, root);
}

GreMesh *
gre_mesh_read(const char *text, GError **error)
{
    g_autoptr(GreYaml) root = gre_yaml_tree_parse(text, error);
    g_autoptr(GreMesh) mesh = g_new0(GreMesh, 1);
    Reader reader = { mesh, error };

    mesh->pools = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    mesh->sites = g_ptr_array_new_with_free_func(free_site);
    mesh->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mesh->kind = GRE_SITE_VPN;
    mesh->has_keys = TRUE;
    mesh->first_key = 1;
    if (!root || !read_root(&reader, root))
        return NULL;
    if (!g_hash_table_contains(mesh->options, "ipsec"))
        g_hash_table_insert(mesh->options, g_strdup("ipsec"), g_strdup("psk"));
    mesh->has_ca = strcmp(g_hash_table_lookup(mesh->options, "ipsec"), "pubkey") == 0;
    return g_steal_pointer(&mesh);
}

void
gre_mesh_free(GreMesh *mesh)
{
    g_array_unref(mesh->pools);
    g_ptr_array_unref(mesh->sites);
    g_hash_table_unref(mesh->options);
    g_free(mesh->seed_file);
    g_free(mesh->ca_directory);
    g_free(mesh->ca);
    g_free(mesh);
}
