/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a mesh: for each end of each tunnel a keyfile, or what nm-gre peer would write for
 * an end of that format.
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
own_site(const End *end)
{
    return end->tunnel->sites[end->side];
}

static const GreSite *
other_site(const End *end)
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

/* Which of the two is a name has no local address to be bound to; behind a NAT it has its own. */
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
    set(data, "remote", other_site(end)->address);
    set(data, "local", local_address(own_site(end)));
    if (end->mesh->has_keys)
        set(data, "key", number);
    if (end->tunnel->psk) {
        set(data, "ipsec-local-id", own_site(end)->id);
        set(data, "ipsec-remote-id", other_site(end)->id);
    }
    return data;
}

/* The profile of that end, checked; the site's line is named where it is wrong. */
static GreProfile *
make_profile(const End *end, GHashTable *data, GError **error)
{
    g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) wrong = NULL;
    const GreProfileSource source = { .id = other_site(end)->name,
                                      .uuid = end->tunnel->uuids[end->side],
                                      .data = data,
                                      .secrets = secrets };
    GreProfile            *profile;

    if (end->tunnel->psk)
        g_hash_table_insert(secrets, (gpointer) "ipsec-psk", end->tunnel->psk);
    profile = gre_profile_new(&source, &wrong);
    if (!profile)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, _("line %u: %s: %s"), own_site(end)->line,
                    own_site(end)->name, wrong->message);
    return profile;
}

/* ---- what is routed where ---- */

/* The networks that @end's site reaches by this tunnel: those of the other one, and of a hub all
 * the others' too. */
static GArray *
routed_networks(const End *end)
{
    GArray        *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    const GreMesh *mesh = end->mesh;
    gboolean       by_hub = mesh->is_hub && other_site(end) == mesh->sites->pdata[mesh->hub];

    for (guint i = 0; i < mesh->sites->len; i++) {
        const GreSite *site = mesh->sites->pdata[i];

        if (site == other_site(end) || (by_hub && site != own_site(end)))
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
        g_autofree char *text = gre_common_prefix(inside);

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
    g_key_file_set_string(file, "connection", "id", other_site(end)->name);
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

/* The addresses of one side, of all pools. */
static GArray *
inside_of(const End *end, guint side)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));

    g_array_append_vals(out, end->tunnel->inside[side], end->mesh->pools->len);
    return out;
}

/* Such an end is the far one of the other site's profile. */
static gboolean
fill_near(const End *end, const GreProfile *profile, GreLocalEnd *near, GError **error)
{
    const GreSite *ours = other_site(end), *theirs = own_site(end);

    near->profile = profile;
    near->own = profile->local;
    near->name = ours->name;
    near->show_secrets = TRUE;
    if (gre_address_parse(ours->address, &near->local) &&
        (!profile->remote_name || gre_address_parse(local_address(theirs), &near->remote)))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                _("line %u: %s: format %s wants addresses, not names, of both ends"), theirs->line,
                theirs->name, theirs->format->name);
    return FALSE;
}

static char *
write_peer(const End *end, GError **error)
{
    const End   far = { end->mesh, end->tunnel, !end->side };
    GreLocalEnd near = { 0 };
    g_autoptr(GHashTable) data = make_data(&far);
    g_autoptr(GreProfile) profile = make_profile(&far, data, error);
    g_autoptr(GArray) inside = inside_of(end, !end->side), given = inside_of(end, end->side);
    g_autoptr(GArray) behind = routed_networks(end);
    g_autoptr(GreRemoteEnd) result = NULL;

    if (!profile || !fill_near(end, profile, &near, error))
        return NULL;
    near.inside = (gpointer) inside->data;
    near.n_inside = inside->len;
    near.given = (gpointer) given->data;
    near.n_given = given->len;
    near.behind = (gpointer) behind->data;
    near.n_behind = behind->len;
    result = gre_remote_end_new(&near, error);
    return result ? gre_remote_formats_write(own_site(end)->format, result, error) : NULL;
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
    const GreRemoteFormat *format = own_site(end)->format;
    g_autoptr(GHashTable) data = make_data(end);
    g_autoptr(GError) cause = NULL;
    GreMeshFile *file = g_new0(GreMeshFile, 1);

    file->text = format ? write_peer(end, &cause) : write_keyfile(end, data, &cause);
    file->name = g_strdup_printf("%s/%s.%s", own_site(end)->name, other_site(end)->name,
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
