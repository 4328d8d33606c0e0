/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frr.conf of a site: OSPF over its tunnels, and BFD to notice the loss of one within a second. The
 * networks of the description are announced from whatever interfaces they are on, which stay
 * passive. Written for FRR 8 and later.
 */
#include "config.h"

#include "mesh/mesh-private.h"
#include "remote/common.h"

/* A path through the second hub costs more than one through the first, in both directions. */
enum { COST_STEP = 10 };

static guint
cost_of(const GreMeshEnd *end)
{
    guint site = gre_mesh_end_site(end)->hub, peer = gre_mesh_end_peer(end)->hub;

    return COST_STEP * (site > 0 && peer > 0 ? 1 : MAX(MAX(site, peer), 1));
}

/* The site's end of @tunnel; FALSE if it has none. */
static gboolean
find_end(const GreMesh *mesh, const GreMeshTunnel *tunnel, const GreSite *site, GreMeshEnd *end)
{
    *end = (GreMeshEnd){ mesh, tunnel, tunnel->sites[1] == site };
    return gre_mesh_end_site(end) == site;
}

static const GrePrefix *
inside_of(const GreMeshEnd *end)
{
    const GArray *pools = end->mesh->pools;
    guint         ip4 = g_array_index(pools, GrePrefix, 0).address.family == AF_INET ? 0 : 1;

    return &end->tunnel->inside[end->side][ip4];
}

/* MTUs are computed for each end, and may differ. */
static void
write_interface(const GreMeshEnd *end, GString *out)
{
    g_string_append_printf(out,
                           "interface %s\n"
                           " ip ospf network point-to-point\n"
                           " ip ospf cost %u\n"
                           " ip ospf mtu-ignore\n"
                           " ip ospf bfd\n"
                           " ip ospf bfd profile nm-gre\n"
                           " no ip ospf passive\n"
                           "exit\n"
                           "!\n",
                           end->tunnel->ifnames[end->side], cost_of(end));
}

static void
write_network(const GrePrefix *prefix, GString *out)
{
    g_autofree char *network = gre_common_network(prefix);

    if (prefix->address.family == AF_INET)
        g_string_append_printf(out, " network %s area 0\n", network);
}

/* The address in its first tunnel is the site's alone. */
static void
write_router(const GreMesh *mesh, GPtrArray *tunnels, const GreSite *site, GString *out)
{
    gboolean   first = TRUE;
    GreMeshEnd end;
    char       id[GRE_ADDRESS_STRLEN];

    g_string_append(out, "router ospf\n");
    for (guint i = 0; i < tunnels->len; i++) {
        if (!find_end(mesh, tunnels->pdata[i], site, &end))
            continue;
        if (first)
            g_string_append_printf(out, " ospf router-id %s\n passive-interface default\n",
                                   gre_address_to_string(&inside_of(&end)->address, id));
        first = FALSE;
        write_network(inside_of(&end), out);
    }
    for (guint i = 0; i < site->networks->len; i++)
        write_network(&g_array_index(site->networks, GrePrefix, i), out);
    g_string_append(out, "exit\n!\n");
}

char *
gre_mesh_frr_write(const GreMesh *mesh, GPtrArray *tunnels, const GreSite *site)
{
    GString   *out = g_string_new(NULL);
    GreMeshEnd end;

    g_string_append_printf(out,
                           "! For %s, FRR with ospfd and bfdd. By nm-gre mesh.\n"
                           "bfd\n"
                           " profile nm-gre\n"
                           "  detect-multiplier 3\n"
                           "  receive-interval 300\n"
                           "  transmit-interval 300\n"
                           " exit\n"
                           "exit\n"
                           "!\n",
                           site->name);
    for (guint i = 0; i < tunnels->len; i++)
        if (find_end(mesh, tunnels->pdata[i], site, &end))
            write_interface(&end, out);
    write_router(mesh, tunnels, site, out);
    return g_string_free(out, FALSE);
}
