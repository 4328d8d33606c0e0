/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a Junos configuration with a GRE tunnel, as commands or as a tree (Tunnel and Encryption
 * Services Interfaces Guide, "Configuring Unicast Tunnels"). Only the tunnel: what leads it into
 * IPsec is not followed, and refuses the import.
 */
#include "config.h"

#include "gre-error.h"
#include "gre-i18n.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/read.h"
#include "import/router-rules.h"

#include <string.h>

static gboolean
has_commands(const GreFile *file)
{
    return strstr(file->text, "set interfaces gr-") != NULL;
}

static gboolean
is_one(const GreFile *file)
{
    return has_commands(file) || (gre_file_has_line(file, "gr-") && strchr(file->text, '{'));
}

/* ---- which tunnel ---- */

static const char *
name_of(const GreBranch *item)
{
    return gre_paths_nth(item->list->pdata[0], item->depth - 1);
}

/* The units of gr- interfaces: array of GreBranch. */
static GPtrArray *
find_units(const GreBranch *root)
{
    g_autoptr(GreBranch) all = gre_paths_sub(root, "interfaces", NULL);
    g_autoptr(GPtrArray) interfaces = gre_paths_branches(all);
    g_autoptr(GreBranch) none = gre_paths_sub(root, "interfaces", "gr-", NULL);
    GPtrArray *found = gre_paths_branches(none);

    for (guint i = 0; i < interfaces->len; i++) {
        g_autoptr(GreBranch) units = gre_paths_sub(interfaces->pdata[i], "unit", NULL);

        if (g_str_has_prefix(name_of(interfaces->pdata[i]), "gr-"))
            g_ptr_array_extend_and_steal(found, gre_paths_branches(units));
    }
    return found;
}

static const char *
end_of(const GreBranch *unit, const char *words)
{
    const char *end = gre_paths_value(unit, words);

    return end ? end : "";
}

/* "gr-0/0/0.1" (transfer full) */
static char *
interface_of(const GreBranch *unit)
{
    return g_strdup_printf("%s.%s", gre_paths_nth(unit->list->pdata[0], 1), name_of(unit));
}

static const GreBranch *
choose(GreRouter *router, GPtrArray *units, const GreFile *file, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_either);
    guint which;

    if (units->len == 0) {
        gre_error_fail(error, _("%s is missing"), "gr- unit");
        return NULL;
    }
    for (guint i = 0; i < units->len; i++) {
        g_autofree char *name = interface_of(units->pdata[i]);

        gre_choice_add(choice, name, end_of(units->pdata[i], "tunnel source"),
                       end_of(units->pdata[i], "tunnel destination"));
    }
    return gre_choice_pick(choice, file, router->builder->notes, &which, error)
               ? units->pdata[which]
               : NULL;
}

/* ---- its settings ---- */

static const GreRouterRule unit_rules[] = {
    { "description", NULL, NULL, NULL },
    { "tunnel source", NULL, NULL, NULL }, /* by end_of() */
    { "tunnel destination", NULL, NULL, NULL },
    { "tunnel key", gre_router_rules_key, NULL, NULL },
    { "tunnel ttl", gre_router_rules_value, "ttl", NULL },
    { "tunnel do-not-fragment", gre_router_rules_word, "path-mtu-discovery", "yes" },
    { "tunnel allow-fragmentation", gre_router_rules_word, "path-mtu-discovery", "no" },
    { "copy-tos-to-outer-ip-header", gre_router_rules_word, "tos", "inherit" },
    { "family inet mtu", gre_router_rules_value, "mtu", NULL },
    { "family inet6 mtu", gre_router_rules_value, "mtu", NULL },
    { "family inet address", gre_router_rules_address, NULL, NULL },
    { "family inet6 address", gre_router_rules_address, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* What may enter, and segment sizes: these encrypt nothing. */
static void
mark_harmless(const GreBranch *root)
{
    static const char *const parts[] = { "zones", "flow" };

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GreBranch) part = gre_paths_sub(root, "security", parts[i], NULL);

        gre_paths_mark(part, GRE_PATH_OTHER);
    }
}

/* ---- routes ---- */

/* route NET next-hop gr-0/0/0.0, or a hop */
static gboolean
take_routes(GreRouter *self, const GreBranch *routes, const char *name, GError **error)
{
    for (guint i = 0; i < routes->list->len; i++) {
        GrePath    *path = routes->list->pdata[i];
        const char *to = gre_paths_nth(path, routes->depth);
        const char *hop = gre_paths_nth(path, routes->depth + 2);
        gboolean    named = strcmp(hop, name) == 0;

        if (!gre_paths_match(path, routes->depth + 1, "next-hop") ||
            (!named && !gre_router_is_inside(self, hop)))
            continue;
        path->state = GRE_PATH_USED;
        if (!gre_router_take_route(self, path->first, to, named ? NULL : hop, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_all_routes(GreRouter *self, const GreBranch *root, const char *name, GError **error)
{
    g_autoptr(GreBranch) main = gre_paths_sub(root, "routing-options", "static", "route", NULL);
    g_autoptr(GreBranch) rib =
        gre_paths_sub(root, "routing-options", "rib", "inet6.0", "static", "route", NULL);

    return take_routes(self, main, name, error) && take_routes(self, rib, name, error);
}

/* ---- the whole ---- */

static gboolean
take_unit(GreRouter *self, const GreBranch *root, const GreBranch *unit, GError **error)
{
    const GrePath   *source = gre_paths_find(unit, "tunnel source");
    const GrePath   *destination = gre_paths_find(unit, "tunnel destination");
    const char      *host = gre_paths_take(root, "system host-name");
    g_autofree char *name = interface_of(unit);

    self->source = end_of(unit, "tunnel source");
    self->destination = end_of(unit, "tunnel destination");
    if (!self->source[0] || !self->destination[0])
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              gre_paths_line(unit));
    if (!gre_router_take_ends(self, source->first, destination->first, error))
        return FALSE;
    self->builder->id = g_strdup(host && host[0] && self->of_peer ? host : name);
    return gre_router_rules_take(self, unit, unit_rules, error) &&
           take_all_routes(self, root, name, error);
}

static gboolean
read_tunnel(GreRouter *self, const GrePaths *paths, const GreFile *file, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GPtrArray) units = find_units(root);
    const GreBranch *unit = choose(self, units, file, error);

    if (!unit || !take_unit(self, root, unit, error))
        return FALSE;
    mark_harmless(root);
    gre_router_rules_note_rest(self, paths);
    return TRUE;
}

static NMConnection *
read_junos(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GrePaths) paths = has_commands(file) ? gre_paths_parse_commands(file->text)
                                                   : gre_paths_parse_tree(file->text, TRUE);

    return gre_router_rules_read(paths, file, read_tunnel, ledger, notes, error);
}

const GreReader gre_read_junos = {
    .name = N_("a Junos configuration with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_junos,
};
