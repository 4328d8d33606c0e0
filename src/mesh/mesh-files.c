/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the files of a mesh: for each end of each tunnel a keyfile, or the output of nm-gre peer
 * for another format.
 */
#include "config.h"

#include "mesh/mesh.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "remote/common.h"

#include <string.h>

/* One end of a tunnel: the site, and the other one. */
typedef struct {
    const GreMesh       *mesh;
    const GreMeshTunnel *tunnel;
    guint                side;
} End;

static const GreSite *
local_site(const End *end)
{
    return end->tunnel->sites[end->side];
}

static const GreSite *
peer_site(const End *end)
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
static const char *
local_address(const GreSite *site)
{
    GreAddress unused;

    if (site->local)
        return site->local;
    return gre_address_parse(site->address, &unused) ? site->address : NULL;
}

static GHashTable *
make_data(const End *end)
{
    GHashTable      *data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter   iter;
    gpointer         key, value;
    g_autofree char *number = g_strdup_printf("%u", end->mesh->first_key + end->tunnel->number);

    g_hash_table_iter_init(&iter, end->mesh->options);
    while (g_hash_table_iter_next(&iter, &key, &value))
        set(data, key, value);
    set(data, "remote", peer_site(end)->address);
    set(data, "local", local_address(local_site(end)));
    if (end->mesh->has_keys)
        set(data, "key", number);
    if (end->tunnel->psk) {
        set(data, "ipsec-local-id", local_site(end)->id);
        set(data, "ipsec-remote-id", peer_site(end)->id);
    }
    return data;
}

/* The profile of that end, checked; an error names the site's line. */
static GreProfile *
make_profile(const End *end, GHashTable *data, GError **error)
{
    g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) wrong = NULL;
    const GreProfileSource source = { .id = peer_site(end)->name,
                                      .uuid = end->tunnel->uuids[end->side],
                                      .data = data,
                                      .secrets = secrets };
    GreProfile            *profile;

    if (end->tunnel->psk)
        g_hash_table_insert(secrets, (gpointer) "ipsec-psk", end->tunnel->psk);
    profile = gre_profile_new(&source, &wrong);
    if (!profile)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, _("line %u: %s: %s"),
                    local_site(end)->line, local_site(end)->name, wrong->message);
    return profile;
}

/* ---- routing ---- */

/* The networks that @end's site reaches through this tunnel: the other site's, and through a hub
 * those of all other sites too. */
static GArray *
routed_networks(const End *end)
{
    GArray        *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    const GreMesh *mesh = end->mesh;
    gboolean       by_hub = mesh->is_hub && peer_site(end) == mesh->sites->pdata[mesh->hub];

    for (guint i = 0; i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        if (site == peer_site(end) || (by_hub && site != local_site(end)))
            g_array_append_vals(out, site->networks->data, site->networks->len);
    }
    return out;
}

/* ---- keyfiles ---- */

static void
write_family(const End *end, GKeyFile *file, const GArray *routes, int family)
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
        const GrePrefix *route = &g_array_index(routes, GrePrefix, i);
        g_autofree char *text = gre_common_network(route);
        g_autofree char *key = g_strdup_printf("route%u", n + 1);

        if (route->address.family != family)
            continue;
        n++;
        g_key_file_set_string(file, group, key, text);
    }
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *) a, *(char *const *) b);
}

static void
write_data(GKeyFile *file, GHashTable *data)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    GHashTableIter iter;
    gpointer       key;

    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(keys, key);
    g_ptr_array_sort(keys, by_name);
    for (guint i = 0; i < keys->len; i++)
        g_key_file_set_string(file, "vpn", keys->pdata[i],
                              g_hash_table_lookup(data, keys->pdata[i]));
}

static char *
write_keyfile(const End *end, GHashTable *data, GError **error)
{
    g_autoptr(GreProfile) profile = make_profile(end, data, error);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GArray) routes = routed_networks(end);

    if (!profile)
        return NULL;
    g_key_file_set_string(file, "connection", "id", peer_site(end)->name);
    g_key_file_set_string(file, "connection", "uuid", end->tunnel->uuids[end->side]);
    g_key_file_set_string(file, "connection", "type", "vpn");
    g_key_file_set_string(file, "vpn", "service-type", "org.freedesktop.NetworkManager.gre");
    g_key_file_set_string(file, "vpn", "persistent", "true");
    write_data(file, data);
    if (end->tunnel->psk)
        g_key_file_set_string(file, "vpn-secrets", "ipsec-psk", end->tunnel->psk);
    write_family(end, file, routes, AF_INET);
    write_family(end, file, routes, AF_INET6);
    return g_key_file_to_data(file, NULL, NULL);
}

/* ---- other formats ---- */

/* The addresses of one side, from all pools. */
static GArray *
inside_of(const End *end, guint side)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));

    g_array_append_vals(out, end->tunnel->inside[side], end->mesh->pools->len);
    return out;
}

/* Such an end is the peer of the other site's profile. */
static gboolean
fill_local_end(const End *end, const GreProfile *profile, GreLocalEnd *local_end, GError **error)
{
    const GreSite *site = peer_site(end), *peer = local_site(end);

    local_end->profile = profile;
    local_end->actual = profile->local;
    local_end->name = site->name;
    local_end->show_secrets = TRUE;
    if (gre_address_parse(site->address, &local_end->local) &&
        (!profile->remote_name || gre_address_parse(local_address(peer), &local_end->remote)))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                _("line %u: %s: format %s needs addresses, not names, for both ends"), peer->line,
                peer->name, peer->format->name);
    return FALSE;
}

static char *
write_peer(const End *end, GError **error)
{
    const End   opposite = { end->mesh, end->tunnel, !end->side };
    GreLocalEnd local_end = { 0 };
    g_autoptr(GHashTable) data = make_data(&opposite);
    g_autoptr(GreProfile) profile = make_profile(&opposite, data, error);
    g_autoptr(GArray) inside = inside_of(end, !end->side), given = inside_of(end, end->side);
    g_autoptr(GArray) behind = routed_networks(end);
    g_autoptr(GreRemoteEnd) result = NULL;

    if (!profile || !fill_local_end(end, profile, &local_end, error))
        return NULL;
    local_end.inside = (gpointer) inside->data;
    local_end.n_inside = inside->len;
    local_end.given = (gpointer) given->data;
    local_end.n_given = given->len;
    local_end.behind = (gpointer) behind->data;
    local_end.n_behind = behind->len;
    result = gre_remote_end_new(&local_end, error);
    return result ? gre_remote_formats_write(local_site(end)->format, result, error) : NULL;
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

static GreMeshFile *
make_file(const End *end, GError **error)
{
    const GreRemoteFormat *format = local_site(end)->format;
    g_autoptr(GHashTable) data = make_data(end);
    g_autoptr(GError) cause = NULL;
    GreMeshFile *file = g_new0(GreMeshFile, 1);

    file->text = format ? write_peer(end, &cause) : write_keyfile(end, data, &cause);
    file->name = g_strdup_printf("%s/%s.%s", local_site(end)->name, peer_site(end)->name,
                                 format ? format->name : "nmconnection");
    if (file->text)
        return file;
    g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", file->name);
    free_file(file);
    return NULL;
}

GPtrArray *
gre_mesh_files(const GreMesh *mesh, GPtrArray *tunnels, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);

    for (guint i = 0; i < tunnels->len; i++) {
        for (guint side = 0; side < 2; side++) {
            const End    end = { mesh, tunnels->pdata[i], side };
            GreMeshFile *file = make_file(&end, error);

            if (!file)
                return NULL;
            g_ptr_array_add(files, file);
        }
    }
    return g_steal_pointer(&files);
}
