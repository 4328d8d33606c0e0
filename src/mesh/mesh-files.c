/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a mesh: for each end of each tunnel its keyfiles, or the output of nm-gre peer for
 * another format.
 */
#include "config.h"

#include "mesh/mesh-private.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"

#include <string.h>

/* ---- other formats ---- */

/* The addresses of one side, from all pools. */
static GArray *
inside_of(const GreMeshEnd *end, guint side)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));

    g_array_append_vals(out, end->tunnel->inside[side], end->mesh->pools->len);
    return out;
}

/* Such an end is the peer of the other site's profile. */
static gboolean
fill_local_end(const GreMeshEnd *end,
               const GreProfile *profile,
               GreLocalEnd      *local_end,
               GError          **error)
{
    const GreSite *site = gre_mesh_end_peer(end), *peer = gre_mesh_end_site(end);

    local_end->profile = profile;
    local_end->actual = profile->local;
    local_end->name = site->name;
    local_end->show_secrets = TRUE;
    if (gre_address_parse(site->address, &local_end->local) &&
        (!profile->remote_name || gre_address_parse(gre_mesh_end_local(peer), &local_end->remote)))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                _("line %u: %s: format %s needs addresses, not names, for both ends"), peer->line,
                peer->name, peer->format->name);
    return FALSE;
}

/* The formats have no metrics: of several hubs, the preferred one leads to the other sites. */
static GArray *
networks_of(const GreMeshEnd *end)
{
    g_autoptr(GArray) routes = gre_mesh_end_routes(end);
    GArray *networks = g_array_new(FALSE, FALSE, sizeof(GrePrefix));

    for (guint i = 0; i < routes->len; i++) {
        const GreMeshRoute *route = &g_array_index(routes, GreMeshRoute, i);

        if (route->metric == 0 || gre_mesh_end_peer(end)->hub == 1)
            g_array_append_val(networks, route->network);
    }
    return networks;
}

/* What the other site would show to this one. All is borrowed. */
static void
borrow_keys(const GreMeshEnd *end, GreLocalKeys *keys)
{
    const GreSite *site = gre_mesh_end_site(end), *peer = gre_mesh_end_peer(end);

    keys->kind = keys->remote_kind = GRE_KEY_ECDSA;
    keys->authority = end->mesh->ca;
    keys->cert = peer->cert;
    keys->remote_cert = site->cert;
    keys->id = (char *) gre_mesh_identity(peer);
    keys->remote_id = (char *) gre_mesh_identity(site);
}

static char *
write_peer(const GreMeshEnd *end, GError **error)
{
    const GreMeshEnd opposite = { end->mesh, end->tunnel, !end->side };
    GreLocalKeys     keys = { 0 };
    GreLocalEnd      local_end = { 0 };
    g_autoptr(GHashTable) data = gre_mesh_end_data(&opposite);
    g_autoptr(GreProfile) profile = gre_mesh_end_profile(&opposite, data, error);
    g_autoptr(GArray) inside = inside_of(end, !end->side), given = inside_of(end, end->side);
    g_autoptr(GArray) behind = networks_of(end);
    g_autoptr(GreRemoteEnd) result = NULL;

    if (!profile || !fill_local_end(end, profile, &local_end, error))
        return NULL;
    if (end->mesh->has_ca) {
        borrow_keys(end, &keys);
        local_end.keys = &keys;
    }
    local_end.inside = (gpointer) inside->data;
    local_end.n_inside = inside->len;
    local_end.given = (gpointer) given->data;
    local_end.n_given = given->len;
    local_end.behind = (gpointer) behind->data;
    local_end.n_behind = behind->len;
    result = gre_remote_end_new(&local_end, error);
    return result ? gre_remote_formats_write(gre_mesh_end_site(end)->format, result, error) : NULL;
}

/* ---- files ---- */

static void
free_file(gpointer data)
{
    GreMeshFile *file = data;

    g_free(file->name);
    gre_secret_free_text(file->text);
    g_free(file);
}

/* Takes @text. */
static void
add_file(GPtrArray *files, const char *site, const char *name, const char *suffix, char *text)
{
    GreMeshFile *file = g_new0(GreMeshFile, 1);

    file->name = g_strdup_printf("%s/%s%s", site, name, suffix);
    file->text = text;
    g_ptr_array_add(files, file);
}

static void
add_keys(const GreMesh *mesh, GPtrArray *files)
{
    for (guint i = 0; mesh->has_ca && i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        add_file(files, site->name, site->name, ".key", g_strdup(site->key));
        add_file(files, site->name, site->name, ".pem", g_strdup(site->cert));
        add_file(files, site->name, GRE_MESH_CA, "", g_strdup(mesh->ca));
    }
}

static void
add_routing(const GreMesh *mesh, GPtrArray *tunnels, GPtrArray *files)
{
    for (guint i = 0; mesh->ospf && i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        add_file(files, site->name, "frr.conf", "", gre_mesh_frr_write(mesh, tunnels, site));
    }
}

typedef char *(*Writer)(const GreMeshEnd *end, GError **error);

static gboolean
write_file(
    const GreMeshEnd *end, GPtrArray *files, const char *suffix, Writer write, GError **error)
{
    GError *cause = NULL;
    char   *text = write(end, &cause);

    if (text)
        add_file(files, gre_mesh_end_site(end)->name, gre_mesh_end_peer(end)->name, suffix, text);
    else
        g_propagate_prefixed_error(error, cause, "%s/%s%s: ", gre_mesh_end_site(end)->name,
                                   gre_mesh_end_peer(end)->name, suffix);
    return text != NULL;
}

static gboolean
write_native(const GreMeshEnd *end, GPtrArray *files, GError **error)
{
    const char *method = g_hash_table_lookup(end->mesh->options, "ipsec");

    return write_file(end, files, ".nmconnection", gre_mesh_keyfile_tunnel, error) &&
           (strcmp(method, "no") == 0 || write_file(end, files, GRE_MESH_COMPANION ".nmconnection",
                                                    gre_mesh_keyfile_companion, error));
}

static gboolean
write_end(const GreMeshEnd *end, GPtrArray *files, GError **error)
{
    const GreSite   *site = gre_mesh_end_site(end);
    g_autofree char *suffix = site->format ? g_strconcat(".", site->format->name, NULL) : NULL;

    if (site->format)
        return write_file(end, files, suffix, write_peer, error);
    if (site->kind == GRE_SITE_NATIVE)
        return write_native(end, files, error);
    return write_file(end, files, ".nmconnection", gre_mesh_keyfile_vpn, error);
}

GPtrArray *
gre_mesh_files(const GreMesh *mesh, GPtrArray *tunnels, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);

    add_keys(mesh, files);
    add_routing(mesh, tunnels, files);
    for (guint i = 0; i < tunnels->len; i++) {
        for (guint side = 0; side < 2; side++) {
            const GreMeshEnd end = { mesh, tunnels->pdata[i], side };

            if (!write_end(&end, files, error))
                return NULL;
        }
    }
    return g_steal_pointer(&files);
}
