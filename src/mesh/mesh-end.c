/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One end of a tunnel: its properties, checked, and its routes. */
#include "config.h"

#include "mesh/mesh-private.h"
#include "gre-error.h"
#include "gre-i18n.h"

const GreSite *
gre_mesh_end_site(const GreMeshEnd *end)
{
    return end->tunnel->sites[end->side];
}

const GreSite *
gre_mesh_end_peer(const GreMeshEnd *end)
{
    return end->tunnel->sites[!end->side];
}

/* ---- vpn.data ---- */

static void
set(GHashTable *data, const char *key, const char *value)
{
    if (value)
        g_hash_table_insert(data, g_strdup(key), g_strdup(value));
}

/* An end with a DNS name has no local address to bind to; behind a NAT it has its own. */
const char *
gre_mesh_end_local(const GreSite *site)
{
    GreAddress unused;

    if (site->local)
        return site->local;
    return gre_address_parse(site->address, &unused) ? site->address : NULL;
}

const char *
gre_mesh_identity(const GreSite *site)
{
    return site->id ? site->id : site->address;
}

static void
set_keys(const GreMeshEnd *end, GHashTable *data)
{
    const char      *name = gre_mesh_end_site(end)->name;
    g_autofree char *key = g_strdup_printf(GRE_MESH_KEYS "/%s.key", name);
    g_autofree char *cert = g_strdup_printf(GRE_MESH_KEYS "/%s.pem", name);

    set(data, "ipsec-ca", GRE_MESH_KEYS "/" GRE_MESH_CA);
    set(data, "ipsec-cert", cert);
    set(data, "ipsec-private-key", key);
    set(data, "ipsec-local-id", gre_mesh_identity(gre_mesh_end_site(end)));
    set(data, "ipsec-remote-id", gre_mesh_identity(gre_mesh_end_peer(end)));
}

GHashTable *
gre_mesh_end_data(const GreMeshEnd *end)
{
    GHashTable      *data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter   iter;
    gpointer         key, value;
    g_autofree char *number = g_strdup_printf("%u", end->mesh->first_key + end->tunnel->number);

    g_hash_table_iter_init(&iter, end->mesh->options);
    while (g_hash_table_iter_next(&iter, &key, &value))
        set(data, key, value);
    set(data, "remote", gre_mesh_end_peer(end)->address);
    set(data, "local", gre_mesh_end_local(gre_mesh_end_site(end)));
    if (end->mesh->has_keys)
        set(data, "key", number);
    if (end->mesh->ospf) /* frr.conf names it */
        set(data, "ifname", end->tunnel->ifnames[end->side]);
    if (end->tunnel->psk) {
        set(data, "ipsec-local-id", gre_mesh_end_site(end)->id);
        set(data, "ipsec-remote-id", gre_mesh_end_peer(end)->id);
    }
    if (end->mesh->has_ca)
        set_keys(end, data);
    return data;
}

gboolean
gre_mesh_end_fail(const GreMeshEnd *end, const char *message, GError **error)
{
    const GreSite *site = gre_mesh_end_site(end);

    return gre_error_fail(error, _("line %u: %s: %s"), site->line, site->name, message);
}

GreProfile *
gre_mesh_end_profile(const GreMeshEnd *end, GHashTable *data, GError **error)
{
    g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) wrong = NULL;
    const GreProfileSource source = { .id = gre_mesh_end_peer(end)->name,
                                      .uuid = end->tunnel->uuids[end->side],
                                      .data = data,
                                      .secrets = secrets };
    GreProfile            *profile;

    if (end->tunnel->psk)
        g_hash_table_insert(secrets, (gpointer) "ipsec-psk", end->tunnel->psk);
    profile = gre_profile_new(&source, &wrong);
    if (!profile)
        gre_mesh_end_fail(end, wrong->message, error);
    return profile;
}

/* ---- routing ---- */

/* Between the metrics of two hubs there is room for the administrator's own. */
enum { METRIC_STEP = 100 };

static void
add_routes(const GreMesh *mesh, GArray *routes, const GreSite *site, guint metric)
{
    for (guint i = 0; i < site->networks->len; i++) {
        const GreMeshRoute route = { g_array_index(site->networks, GrePrefix, i), metric };

        if (!mesh->ospf || route.network.address.family != AF_INET)
            g_array_append_val(routes, route);
    }
}

/* The other site's networks, and through a hub those of all sites that are no hubs. (All others
 * have a tunnel to each hub, and so has each hub to them.) */
GArray *
gre_mesh_end_routes(const GreMeshEnd *end)
{
    GArray        *routes = g_array_new(FALSE, FALSE, sizeof(GreMeshRoute));
    const GreMesh *mesh = end->mesh;
    const GreSite *local = gre_mesh_end_site(end), *peer = gre_mesh_end_peer(end);
    gboolean       by_hub = peer->hub > 0 && local->hub == 0;
    guint          metric = mesh->n_hubs > 1 ? peer->hub * METRIC_STEP : 0;

    for (guint i = 0; i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        if (site == peer)
            add_routes(mesh, routes, site, 0);
        else if (by_hub && site != local && site->hub == 0)
            add_routes(mesh, routes, site, metric);
    }
    return routes;
}
