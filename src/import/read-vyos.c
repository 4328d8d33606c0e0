/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the configuration of a VyOS router, as commands or as config.boot (docs.vyos.io,
 * configuration/interfaces/tunnel). Versions before 1.3 have other words for the two ends.
 */
#include "config.h"

#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/read.h"
#include "import/vyos.h"

#include <string.h>

typedef struct {
    const char *name;
    GreBranch  *branch;
    GrePath    *source, *destination;
    char       *local, *remote; /* the router's end and its peer's; "": unknown */
} Tunnel;

static void
free_tunnel(gpointer data)
{
    Tunnel *tunnel = data;

    gre_paths_free_branch(tunnel->branch);
    g_free(tunnel->local);
    g_free(tunnel->remote);
    g_free(tunnel);
}

static gboolean
is_one(const GreFile *file)
{
    return strstr(file->text, "set interfaces tunnel ") || gre_file_has_line(file, "tunnel tun");
}

static GrePaths *
parse(const GreFile *file)
{
    if (strstr(file->text, "set interfaces tunnel "))
        return gre_paths_parse_commands(file->text);
    return gre_paths_parse_tree(file->text, FALSE);
}

/* ---- which tunnel ---- */

static GrePath *
find_either(const GreBranch *branch, const char *words, const char *old_words)
{
    GrePath *path = gre_paths_find(branch, words);

    return path ? path : gre_paths_find(branch, old_words);
}

/* The address of an interface, of the family of @like; "": the file has none. (transfer full) */
static char *
interface_address(const GreBranch *root, const char *name, const char *like)
{
    g_autoptr(GreBranch) interfaces = gre_paths_sub(root, "interfaces", NULL);
    GreAddress want = { .family = AF_INET };
    GrePrefix  prefix;

    gre_address_parse(like, &want);
    for (guint i = 0; i < interfaces->list->len; i++) {
        const GrePath *path = interfaces->list->pdata[i];

        if (strcmp(gre_paths_nth(path, 2), name) == 0 && gre_paths_match(path, 3, "address") &&
            gre_address_prefix_parse(gre_paths_nth(path, 4), &prefix) &&
            prefix.address.family == want.family)
            return g_strndup(path->words[4], strcspn(path->words[4], "/"));
    }
    return g_strdup("");
}

static Tunnel *
find_tunnel_ends(const GreBranch *root, const char *name, GreBranch *branch)
{
    Tunnel *tunnel = g_new0(Tunnel, 1);

    tunnel->name = name;
    tunnel->branch = branch;
    tunnel->source = find_either(branch, "source-address", "local-ip");
    tunnel->destination = find_either(branch, "remote", "remote-ip");
    tunnel->remote =
        g_strdup(tunnel->destination ? gre_paths_nth(tunnel->destination, branch->depth + 1) : "");
    if (tunnel->source) {
        tunnel->local = g_strdup(gre_paths_nth(tunnel->source, branch->depth + 1));
        return tunnel;
    }
    tunnel->source = gre_paths_find(branch, "source-interface");
    tunnel->local = tunnel->source
                        ? interface_address(root, gre_paths_nth(tunnel->source, branch->depth + 1),
                                            tunnel->remote)
                        : g_strdup("");
    return tunnel;
}

/* The tunnels that are GRE; fails for others if there are no such. */
static GPtrArray *
find_tunnels(const GreBranch *root, GError **error)
{
    g_autoptr(GreBranch) all = gre_paths_sub(root, "interfaces", "tunnel", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(all);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_tunnel);
    g_autoptr(GreProfileBuilder) trial = gre_profile_builder_new();
    const char *other = "";
    guint       line = gre_paths_line(all);

    for (guint i = 0; i < names->len && i < 1000; i++) {
        g_autoptr(GreBranch) one = gre_paths_sub(all, names->pdata[i], NULL);
        const char *kind = gre_paths_value(one, "encapsulation");

        if (g_strcmp0(kind, "gre") == 0 || g_strcmp0(kind, "ip6gre") == 0) {
            g_ptr_array_add(found, find_tunnel_ends(root, names->pdata[i], g_steal_pointer(&one)));
        } else if (kind) {
            other = strcmp(kind, "gre-bridge") == 0 ? "gretap" : kind;
            line = gre_paths_find(one, "encapsulation")->first;
        }
    }
    if (found->len == 0) {
        g_autofree char *where = gre_file_where(line);

        if (strcmp(other, "gre-multipoint") == 0)
            gre_router_rules_fail_multipoint(line, error);
        else if (gre_profile_builder_mode(trial, where, other, error))
            gre_error_fail(error, _("%s is missing"), "encapsulation gre");
        return NULL;
    }
    return g_steal_pointer(&found);
}

static const Tunnel *
choose(GPtrArray *tunnels, const GreRouter *router, const GreFile *file, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_either);
    guint which;

    for (guint i = 0; i < tunnels->len; i++) {
        const Tunnel *tunnel = tunnels->pdata[i];

        gre_choice_add(choice, tunnel->name, tunnel->local, tunnel->remote);
    }
    return gre_choice_pick(choice, file, router->builder->notes, &which, error)
               ? tunnels->pdata[which]
               : NULL;
}

static gboolean
check_ends(const Tunnel *tunnel, GError **error)
{
    guint line = gre_paths_line(tunnel->branch);

    if (!tunnel->destination)
        return gre_router_rules_fail_multipoint(line, error);
    if (!tunnel->source)
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              line);
    if (!tunnel->local[0]) {
        g_autofree char *shown =
            gre_value_quote(gre_paths_nth(tunnel->source, tunnel->branch->depth + 1));

        return gre_error_fail(error,
                              _("line %u: the address of %s is not in the file: "
                                "replace the interface with its address"),
                              tunnel->source->first, shown);
    }
    return TRUE;
}

/* ---- its settings ---- */

static gboolean
take_mode(GreRouter           *self,
          const GrePath       *path,
          const char          *value,
          const GreRouterRule *rule,
          GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    return gre_profile_builder_mode(self->builder, where, value, error);
}

/* "dhcp" and the like are none. */
static gboolean
take_address(GreRouter           *self,
             const GrePath       *path,
             const char          *value,
             const GreRouterRule *rule,
             GError             **error)
{
    if (g_str_has_prefix(value, "dhcp")) {
        gre_router_rules_note(self, (GrePath *) path, path->n - 2);
        return TRUE;
    }
    return gre_router_take_address_text(self, path->first, value, error);
}

/* Numbers in hex, with or without 0x: "tclass 10" */
static gboolean
take_hex(GreRouter           *self,
         const GrePath       *path,
         const char          *value,
         const GreRouterRule *rule,
         GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);
    g_autofree char *hex = strcmp(value, "inherit") == 0 || g_str_has_prefix(value, "0x")
                               ? NULL
                               : g_strconcat("0x", value, NULL);

    return gre_profile_builder_set(self->builder, where, rule->property, hex ? hex : value, error);
}

static const GreRouterRule tunnel_rules[] = {
    { "description", NULL, NULL, NULL },
    { "encapsulation", take_mode, NULL, NULL },
    { "source-address", NULL, NULL, NULL }, /* by find_tunnel_ends() */
    { "source-interface", NULL, NULL, NULL },
    { "local-ip", NULL, NULL, NULL },
    { "remote", NULL, NULL, NULL },
    { "remote-ip", NULL, NULL, NULL },
    { "address", take_address, NULL, NULL },
    { "mtu", gre_router_rules_value, "mtu", NULL },
    { "multicast", NULL, NULL, NULL },
    { "enable-multicast", NULL, NULL, NULL },
    { "ip adjust-mss", NULL, NULL, NULL }, /* the profile does so by itself */
    { "ipv6 adjust-mss", NULL, NULL, NULL },
    { "parameters ip key", gre_router_rules_key, NULL, NULL },
    { "parameters ip ttl", gre_router_rules_value, "ttl", NULL },
    { "parameters ip tos", gre_router_rules_value, "tos", NULL },
    { "parameters ip no-pmtu-discovery", gre_router_rules_word, "path-mtu-discovery", "no" },
    { "parameters ip ignore-df", gre_router_rules_word, "ignore-df", "yes" },
    { "parameters ipv6 hoplimit", gre_router_rules_value, "ttl", NULL },
    { "parameters ipv6 encaplimit", gre_router_rules_value, "encapsulation-limit", NULL },
    { "parameters ipv6 flowlabel", take_hex, "flow-label", NULL },
    { "parameters ipv6 tclass", take_hex, "tos", NULL },
    { NULL, NULL, NULL, NULL },
};

/* ---- routes ---- */

/* After the network: "interface tun0", "next-hop HOP", and next-hop-interface before 1.3. */
static gboolean
take_route(GreRouter *self, GrePath *path, const char *tunnel, GHashTable *seen, GError **error)
{
    const char *to = gre_paths_nth(path, 3), *kind = gre_paths_nth(path, 4);
    const char *by = gre_paths_nth(path, 5), *hop = NULL;

    if (strcmp(kind, "next-hop") == 0 && gre_router_is_inside(self, by))
        hop = by;
    else if ((strcmp(kind, "interface") != 0 && strcmp(kind, "next-hop-interface") != 0) ||
             strcmp(by, tunnel) != 0)
        return TRUE;
    path->state = GRE_PATH_USED;
    if (path->n > 6 && !self->of_peer) /* a distance */
        gre_router_rules_note(self, path, 2);
    return !g_hash_table_add(seen, (gpointer) to) ||
           gre_router_take_route(self, path->first, to, hop, error);
}

static gboolean
take_routes(GreRouter *self, const GreBranch *root, const char *tunnel, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    static const char *const kinds[] = { "route", "route6", "interface-route", "interface-route6" };

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GreBranch) routes = gre_paths_sub(root, "protocols", "static", kinds[i], NULL);

        for (guint j = 0; j < routes->list->len; j++)
            if (!take_route(self, routes->list->pdata[j], tunnel, seen, error))
                return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

/* The connection gets the peer's name if the file is the peer's. */
static void
set_id(GreRouter *self, const GreBranch *root, const Tunnel *tunnel)
{
    const char *host = gre_paths_take(root, "system host-name");

    self->builder->id = g_strdup(host && host[0] && self->of_peer ? host : tunnel->name);
}

static gboolean
read_tunnel(GreRouter *self, const GrePaths *paths, const GreFile *file, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GPtrArray) tunnels = find_tunnels(root, error);
    const Tunnel *tunnel = tunnels ? choose(tunnels, self, file, error) : NULL;

    if (!tunnel || !check_ends(tunnel, error))
        return FALSE;
    self->source = tunnel->local;
    self->destination = tunnel->remote;
    if (!gre_router_take_ends(self, tunnel->source->first, tunnel->destination->first, error) ||
        !gre_router_rules_take(self, tunnel->branch, tunnel_rules, error) ||
        !gre_vyos_take_ipsec(self, paths, error) || !take_routes(self, root, tunnel->name, error))
        return FALSE;
    set_id(self, root, tunnel);
    gre_router_rules_note_rest(self, paths);
    return TRUE;
}

static NMConnection *
read_vyos(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GrePaths) paths = parse(file);

    return gre_router_rules_read(paths, file, read_tunnel, ledger, notes, error);
}

const GreReader gre_read_vyos = {
    .name = N_("a VyOS configuration with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_vyos,
};
