/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a RouterOS export, or commands for it, with a GRE tunnel (help.mikrotik.com, "GRE"). */
#include "config.h"

#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/read.h"
#include "import/routeros.h"

#include <string.h>

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "/interface gre") || gre_file_has_line(file, "/interface/gre") ||
           strstr(file->text, "> /interface gre") || strstr(file->text, "> /interface/gre");
}

/* ---- which tunnel ---- */

/* A host that the policies or peers name for a tunnel that leaves its own end open. (transfer full)
 */
static char *
find_source(const GreBranch *root, const char *remote)
{
    static const char *const places[][3] = {
        { "policy", "src-address", "dst-address" },
        { "policy", "sa-src-address", "sa-dst-address" },
        { "peer", "local-address", "address" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(GreBranch) menu = gre_paths_sub(root, "ip", "ipsec", places[i][0], NULL);
        g_autoptr(GPtrArray) items = gre_paths_branches(menu);

        for (guint j = 0; j < items->len; j++) {
            const char      *from = gre_paths_value(items->pdata[j], places[i][1]);
            const char      *to = gre_paths_value(items->pdata[j], places[i][2]);
            g_autofree char *source = gre_routeros_host(from ? from : "");
            g_autofree char *end = gre_routeros_host(to ? to : "");
            GreAddress       address;

            if (strcmp(end, remote) == 0 && gre_address_parse(source, &address) &&
                !gre_address_is_any(&address))
                return g_steal_pointer(&source);
        }
    }
    return g_strdup("");
}

/* The router's end; "": unknown. (transfer full) */
static char *
source_of(const GreBranch *root, const GreBranch *tunnel)
{
    const char *source = gre_paths_value(tunnel, "local-address");
    const char *remote = gre_paths_value(tunnel, "remote-address");
    GreAddress  address;

    if (source && gre_address_parse(source, &address) && !gre_address_is_any(&address))
        return g_strdup(source);
    return find_source(root, remote ? remote : "");
}

/* The items of both menus: array of GreBranch. */
static GPtrArray *
find_tunnels(const GreBranch *root)
{
    g_autoptr(GreBranch) four = gre_paths_sub(root, "interface", "gre", NULL);
    g_autoptr(GreBranch) six = gre_paths_sub(root, "interface", "gre6", NULL);
    GPtrArray *found = gre_paths_branches(four);
    g_autoptr(GPtrArray) others = gre_paths_branches(six);

    g_ptr_array_extend_and_steal(found, g_steal_pointer(&others));
    return found;
}

enum { TUNNELS_MAX = 256 }; /* whose ends are looked for elsewhere */

static const char *
name_of(const GreBranch *tunnel)
{
    const char *name = gre_paths_value(tunnel, "name");

    return name && name[0] ? name : "gre-tunnel1"; /* as the router would call it */
}

static const GreBranch *
choose(GreRouter       *router,
       const GreBranch *root,
       GPtrArray       *tunnels,
       const GreFile   *file,
       GError         **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_either);
    guint which;

    if (tunnels->len == 0) {
        gre_error_fail(error, _("%s is missing"), "/interface gre add");
        return NULL;
    }
    for (guint i = 0; i < tunnels->len; i++) {
        const GreBranch *tunnel = tunnels->pdata[i];
        g_autofree char *source = i < TUNNELS_MAX ? source_of(root, tunnel) : NULL;

        gre_choice_add(choice, name_of(tunnel), source, gre_paths_value(tunnel, "remote-address"));
    }
    return gre_choice_pick(choice, file, router->builder->notes, &which, error)
               ? tunnels->pdata[which]
               : NULL;
}

/* ---- its settings ---- */

/* Differentiated services: the upper six bits. */
static gboolean
take_dscp(GreRouter           *self,
          const GrePath       *path,
          const char          *value,
          const GreRouterRule *rule,
          GError             **error)
{
    guint32          number;
    g_autofree char *tos =
        gre_value_number(value, &number) && number < 64 ? g_strdup_printf("%u", number << 2) : NULL;

    return gre_router_rules_value(self, path, tos ? tos : value, rule, error);
}

static gboolean
take_fragment(GreRouter           *self,
              const GrePath       *path,
              const char          *value,
              const GreRouterRule *rule,
              GError             **error)
{
    return gre_router_rules_value(self, path, strcmp(value, "no") == 0 ? "no" : "yes", rule, error);
}

static const GreRouterRule tunnel_rules[] = {
    { "name", NULL, NULL, NULL },
    { "comment", NULL, NULL, NULL },
    { "local-address", NULL, NULL, NULL }, /* by source_of() */
    { "remote-address", NULL, NULL, NULL },
    { "mtu auto", NULL, NULL, NULL },
    { "mtu", gre_router_rules_value, "mtu", NULL },
    { "dscp", take_dscp, "tos", NULL },
    { "dont-fragment", take_fragment, "path-mtu-discovery", NULL },
    { "clamp-tcp-mss", NULL, NULL, NULL }, /* the profile does so by itself */
    { "allow-fast-path", NULL, NULL, NULL },
    { "keepalive", NULL, NULL, NULL }, /* by note_keepalive() */
    { "!keepalive", NULL, NULL, NULL },
    { "ipsec-secret", NULL, NULL, NULL }, /* by gre_routeros_take_ipsec() */
    { "disabled no", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* It is on if nothing is said. */
static void
note_keepalive(GreRouter *self, const GreBranch *tunnel)
{
    if (self->of_peer && !gre_paths_find(tunnel, "!keepalive"))
        gre_profile_builder_note(self->builder,
                                 _("line %u: Linux doesn't answer the router's keepalive, which "
                                   "would take the tunnel down: set \"!keepalive\" there"),
                                 gre_paths_line(tunnel));
}

/* ---- addresses and routes ---- */

/* address=A/32 network=B: the router's end and ours. */
static gboolean
take_pair(GreRouter *self, guint line, const char *address, const char *network, GError **error)
{
    const char      *own = self->of_peer ? network : address;
    g_autofree char *host = gre_routeros_host(own);
    g_autofree char *where = gre_file_where(line);

    return gre_profile_builder_address(self->builder, where, host, error);
}

static gboolean
take_address(GreRouter *self, const GreBranch *item, const char *tunnel, GError **error)
{
    const char      *address = gre_paths_value(item, "address");
    const char      *network = gre_paths_value(item, "network");
    guint            line = gre_paths_line(item);
    g_autofree char *host = NULL;
    GreAddress       parsed;

    if (g_strcmp0(gre_paths_value(item, "interface"), tunnel) != 0 || !address)
        return TRUE;
    gre_paths_mark(item, GRE_PATH_USED);
    host = gre_routeros_host(address);
    if (network && gre_address_parse(host, &parsed) && strcmp(network, host) != 0)
        return take_pair(self, line, address, network, error);
    return gre_router_take_address_text(self, line, address, error);
}

/* gateway=gre1, gateway=10.0.0.1, gateway=10.0.0.1%gre1 */
static gboolean
take_route(GreRouter *self, const GreBranch *item, const char *tunnel, GError **error)
{
    const char      *to = gre_paths_value(item, "dst-address");
    const char      *gateway = gre_paths_value(item, "gateway");
    const char      *zone = gateway ? strchr(gateway, '%') : NULL;
    g_autofree char *hop = g_strndup(gateway ? gateway : "", strcspn(gateway ? gateway : "", "%"));
    gboolean         named = g_strcmp0(gateway, tunnel) == 0;

    if (!to ||
        (!named && !gre_router_is_inside(self, hop) && (!zone || strcmp(zone + 1, tunnel) != 0)))
        return TRUE;
    if (gre_paths_find(item, "disabled yes"))
        return TRUE;
    gre_paths_mark(item, GRE_PATH_USED);
    return gre_router_take_route(self, gre_paths_line(item), to, named ? NULL : hop, error);
}

typedef gboolean (*Take)(GreRouter *, const GreBranch *, const char *, GError **);

static gboolean
take_items(GreRouter       *self,
           const GreBranch *root,
           const char      *menu,
           const char      *tunnel,
           Take             take,
           GError         **error)
{
    static const char *const families[] = { "ip", "ipv6" };

    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autoptr(GreBranch) branch = gre_paths_sub(root, families[i], menu, NULL);
        g_autoptr(GPtrArray) items = gre_paths_branches(branch);

        for (guint j = 0; j < items->len; j++)
            if (!take(self, items->pdata[j], tunnel, error))
                return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

/* The connection gets the peer's name if the file is the peer's. */
static void
set_id(GreRouter *self, const GreBranch *root, const char *tunnel)
{
    g_autoptr(GreBranch) menu = gre_paths_sub(root, "system", "identity", NULL);
    g_autoptr(GPtrArray) items = gre_paths_branches(menu);
    const char *host = items->len > 0 ? gre_paths_take(items->pdata[0], "name") : NULL;

    self->builder->id = g_strdup(host && host[0] && self->of_peer ? host : tunnel);
}

static gboolean
set_mode(GreRouter *self, const GreBranch *tunnel, GError **error)
{
    const GrePath *path = tunnel->list->pdata[0];

    return gre_profile_builder_set(self->builder, "mode", "mode",
                                   strcmp(gre_paths_nth(path, 1), "gre6") == 0 ? "ip6gre" : "gre",
                                   error);
}

static gboolean
read_tunnel(GreRouter *self, const GrePaths *paths, const GreFile *file, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GPtrArray) tunnels = find_tunnels(root);
    const GreBranch *tunnel = choose(self, root, tunnels, file, error);
    g_autofree char *source = tunnel ? source_of(root, tunnel) : NULL;
    const char      *name = tunnel ? name_of(tunnel) : NULL;
    guint            line = tunnel ? gre_paths_line(tunnel) : 0;

    if (!tunnel)
        return FALSE;
    self->source = source;
    self->destination = gre_paths_value(tunnel, "remote-address");
    if (!source[0] || !self->destination)
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              line);
    if (!gre_router_take_ends(self, line, line, error) || !set_mode(self, tunnel, error) ||
        !gre_router_rules_take(self, tunnel, tunnel_rules, error) ||
        !gre_routeros_take_ipsec(self, paths, tunnel, error) ||
        !take_items(self, root, "address", name, take_address, error) ||
        !take_items(self, root, "route", name, take_route, error))
        return FALSE;
    note_keepalive(self, tunnel);
    set_id(self, root, name);
    gre_router_rules_note_rest(self, paths);
    return TRUE;
}

static NMConnection *
read_routeros(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GrePaths) paths = gre_routeros_parse(file->text);

    return gre_router_rules_read(paths, file, read_tunnel, ledger, notes, error);
}

const GreReader gre_read_routeros = {
    .name = N_("a RouterOS export with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_routeros,
};
