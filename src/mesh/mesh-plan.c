/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Determines the tunnels and their addresses, keys and secrets. A tunnel's number depends only on
 * the sites before it, so that a new site at the end changes nothing for the others.
 */
#include "config.h"

#include "mesh/mesh.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"

#include <string.h>

enum {
    SEED_CHARS = 32,
    DIGEST_BYTES = 32, /* SHA-256 */
    HOST_BITS = 2,     /* four addresses for each tunnel: a /30, of IPv6 a /126 */
};

/* ---- secrets ---- */

/* HMAC-SHA256 of the words with the seed as key: one result reveals nothing about another. */
static void
derive(const char *seed, const char *const *words, guint8 digest[DIGEST_BYTES])
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) seed, strlen(seed));
    gsize  len = DIGEST_BYTES;

    for (; *words; words++) /* with the NUL, so that "ab" "c" isn't "a" "bc" */
        g_hmac_update(hmac, (const guchar *) *words, (gssize) strlen(*words) + 1);
    g_hmac_get_digest(hmac, digest, &len);
    g_hmac_unref(hmac);
}

/* Independent of the order of the two sites in the description. Hex, as base64 may begin with "0x"
 * or "0s", which would change how the rest is read. */
static char *
make_psk(const char *seed, const GreMeshTunnel *tunnel)
{
    const char *a = tunnel->sites[0]->name, *b = tunnel->sites[1]->name;
    gboolean    swap = strcmp(a, b) > 0;
    const char *words[] = { "nm-gre mesh 1 psk", swap ? b : a, swap ? a : b, NULL };
    guint8      digest[DIGEST_BYTES];
    char       *text = g_malloc(2 * DIGEST_BYTES + 1);

    derive(seed, words, digest);
    for (guint i = 0; i < DIGEST_BYTES; i++)
        g_snprintf(text + (gsize) 2 * i, 3, "%02x", digest[i]);
    explicit_bzero(digest, sizeof digest);
    return text;
}

/* RFC 9562, version 8: custom content. */
static char *
make_uuid(const char *seed, const char *what, const char *site, const char *peer)
{
    const char *words[] = { what, site, peer, NULL };
    guint8      d[DIGEST_BYTES];

    derive(seed, words, d);
    d[6] = (d[6] & 0x0f) | 0x80;
    d[8] = (d[8] & 0x3f) | 0x80;
    return g_strdup_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11],
                           d[12], d[13], d[14], d[15]);
}

/* ---- names of interfaces ---- */

/* "gre-PEER"; of a long name the beginning and four digits that depend on all of it, because an
 * interface's name has at most 15 characters. */
static char *
make_ifname(const char *peer)
{
    g_autofree char *name = g_strconcat("gre-", peer, NULL), *sum = NULL;

    if (gre_value_is_new_ifname(name))
        return g_steal_pointer(&name);
    sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, peer, -1);
    return g_strdup_printf("%.10s-%.4s", name, sum);
}

/* ---- addresses ---- */

/* @address plus @n; the caller has checked that this stays in the pool. */
static void
add_to_address(GreAddress *address, guint64 n)
{
    gsize at = gre_address_size(address->family);

    while (n > 0 && at-- > 0) {
        n += address->bytes[at];
        address->bytes[at] = (guint8) n;
        n >>= 8;
    }
}

static gboolean
fits(const GrePrefix *pool, guint n_tunnels)
{
    guint bits = (guint) gre_address_size(pool->address.family) * 8 - pool->length;

    return bits >= HOST_BITS &&
           (bits - HOST_BITS >= 32 || (guint64) n_tunnels <= G_GUINT64_CONSTANT(1)
                                                                 << (bits - HOST_BITS));
}

/* The pool's first address, whatever host bits are set. */
static GreAddress
first_of(const GrePrefix *pool)
{
    GreAddress address = pool->address;
    guint      size = (guint) gre_address_size(address.family) * 8;

    for (guint bit = pool->length; bit < size; bit++)
        address.bytes[bit / 8] &= (guint8) ~(0x80u >> (bit % 8));
    return address;
}

static void
place(const GreMesh *mesh, GreMeshTunnel *tunnel)
{
    for (guint i = 0; i < mesh->pools->len; i++) {
        const GrePrefix *pool = &g_array_index(mesh->pools, GrePrefix, i);
        guint            bits = (guint) gre_address_size(pool->address.family) * 8;

        for (guint side = 0; side < 2; side++) {
            GrePrefix *inside = &tunnel->inside[side][i];

            inside->address = first_of(pool);
            inside->length = (guint8) (bits - HOST_BITS);
            add_to_address(&inside->address, ((guint64) tunnel->number << HOST_BITS) + 1 + side);
        }
    }
}

/* ---- tunnels ---- */

static void
free_tunnel(gpointer data)
{
    GreMeshTunnel *tunnel = data;

    gre_secret_free_text(tunnel->psk);
    for (guint side = 0; side < 2; side++) {
        g_free(tunnel->uuids[side]);
        g_free(tunnel->companions[side]);
        g_free(tunnel->ifnames[side]);
    }
    g_free(tunnel);
}

static gboolean
is_pair(const GreMesh *mesh, guint a, guint b)
{
    const GreSite *first = mesh->sites->pdata[a], *second = mesh->sites->pdata[b];

    return mesh->n_hubs == 0 || first->hub > 0 || second->hub > 0;
}

/* Between the sites @a and @b, where @a comes before @b. */
static GreMeshTunnel *
make_tunnel(const GreMesh *mesh, const char *seed, guint a, guint b)
{
    GreMeshTunnel *tunnel = g_new0(GreMeshTunnel, 1);

    tunnel->sites[0] = mesh->sites->pdata[a];
    tunnel->sites[1] = mesh->sites->pdata[b];
    tunnel->number = b * (b - 1) / 2 + a;
    for (guint side = 0; side < 2; side++) {
        const char *site = tunnel->sites[side]->name, *peer = tunnel->sites[!side]->name;

        tunnel->uuids[side] = make_uuid(seed, "nm-gre mesh 1 uuid", site, peer);
        tunnel->companions[side] = make_uuid(seed, "nm-gre mesh 1 companion", site, peer);
        tunnel->ifnames[side] = make_ifname(peer);
    }
    if (strcmp(g_hash_table_lookup(mesh->options, "ipsec"), "psk") == 0)
        tunnel->psk = make_psk(seed, tunnel);
    return tunnel;
}

/* Hubs need fewer numbers; but they may be any sites, and may change. */
static guint
count_numbers(const GreMesh *mesh)
{
    return mesh->sites->len * (mesh->sites->len - 1) / 2;
}

GPtrArray *
gre_mesh_plan(const GreMesh *mesh, const char *seed, GError **error)
{
    g_autoptr(GPtrArray) tunnels = g_ptr_array_new_with_free_func(free_tunnel);

    if (strlen(seed) < SEED_CHARS) {
        gre_error_fail(error, _("the seed is too short: at least 32 characters are needed"));
        return NULL;
    }
    for (guint i = 0; i < mesh->pools->len; i++) {
        if (fits(&g_array_index(mesh->pools, GrePrefix, i), count_numbers(mesh)))
            continue;
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    _("pool: too small: %u sites need four addresses for each of %u pairs"),
                    mesh->sites->len, count_numbers(mesh));
        return NULL;
    }
    for (guint b = 1; b < mesh->sites->len; b++) {
        for (guint a = 0; a < b; a++) {
            GreMeshTunnel *tunnel = is_pair(mesh, a, b) ? make_tunnel(mesh, seed, a, b) : NULL;

            if (!tunnel)
                continue;
            place(mesh, tunnel);
            g_ptr_array_add(tunnels, tunnel);
        }
    }
    return g_steal_pointer(&tunnels);
}
