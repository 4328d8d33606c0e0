/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a FortiOS configuration with a GRE tunnel (CLI reference, "config system gre-tunnel"): the
 * tunnel, the interface of the same name with its addresses, and routes to it.
 */
#include "config.h"

#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/fortios.h"
#include "import/read.h"

#include <string.h>

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "config system gre-tunnel");
}

/* ---- which tunnel ---- */

static gboolean
is_ip6(const GreBranch *tunnel)
{
    return g_strcmp0(gre_paths_value(tunnel, "ip-version"), "6") == 0;
}

static const char *
name_of(const GreBranch *item)
{
    return gre_paths_nth(item->list->pdata[0], item->depth - 1);
}

/* The tunnel's own, or that of the interface that it is on; "": unknown. */
static const char *
source_of(const GreBranch *root, const GreBranch *tunnel)
{
    const char *source = gre_paths_value(tunnel, is_ip6(tunnel) ? "local-gw6" : "local-gw");
    const char *interface = gre_paths_value(tunnel, "interface");
    GreAddress  address;

    if (source && gre_address_parse(source, &address) && !gre_address_is_any(&address))
        return source;
    if (interface && !is_ip6(tunnel)) {
        g_autoptr(GreBranch) phase1 =
            gre_paths_sub(root, "vpn", "ipsec", "phase1-interface", interface, NULL);
        g_autoptr(GreBranch) one = gre_paths_sub(root, "system", "interface", interface, NULL);

        source = gre_paths_value(phase1, "local-gw");
        source = source ? source : gre_paths_value(one, "ip");
    }
    return source ? source : "";
}

static const char *
destination_of(const GreBranch *tunnel)
{
    const char *destination = gre_paths_value(tunnel, is_ip6(tunnel) ? "remote-gw6" : "remote-gw");

    return destination ? destination : "";
}

enum { TUNNELS_MAX = 256 }; /* whose ends are looked for elsewhere */

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
        gre_error_fail(error, _("%s is missing"), "config system gre-tunnel, edit");
        return NULL;
    }
    for (guint i = 0; i < tunnels->len; i++)
        gre_choice_add(choice, name_of(tunnels->pdata[i]),
                       i < TUNNELS_MAX ? source_of(root, tunnels->pdata[i]) : NULL,
                       destination_of(tunnels->pdata[i]));
    return gre_choice_pick(choice, file, router->builder->notes, &which, error)
               ? tunnels->pdata[which]
               : NULL;
}

/* ---- its settings ---- */

/* A key of 0 is none. */
static gboolean
take_key(GreRouter           *self,
         const GrePath       *path,
         const char          *value,
         const GreRouterRule *rule,
         GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);
    gboolean         in = (rule->value != NULL) != self->of_peer; /* as this machine has it */

    return strcmp(value, "0") == 0 ||
           gre_profile_builder_take_key(self->builder, where, in, !in, value, error);
}

/* Checksums and sequence numbers, in the two directions. */
static gboolean
take_flag(GreRouter           *self,
          const GrePath       *path,
          const char          *value,
          const GreRouterRule *rule,
          GError             **error)
{
    GreOneWay first = rule->words[0] == 'c' ? GRE_ONE_WAY_CHECKSUM_IN : GRE_ONE_WAY_SEQUENCE_IN;
    gboolean  in = (rule->value != NULL) != self->of_peer;

    if (strcmp(value, "enable") == 0)
        self->builder->one_way[in ? first : first + 1] = TRUE;
    return TRUE;
}

static const GreRouterRule tunnel_rules[] = {
    { "interface", NULL, NULL, NULL }, /* by gre_fortios_take_ipsec() */
    { "ip-version", NULL, NULL, NULL },
    { "local-gw", NULL, NULL, NULL }, /* by source_of() */
    { "local-gw6", NULL, NULL, NULL },
    { "remote-gw", NULL, NULL, NULL },
    { "remote-gw6", NULL, NULL, NULL },
    { "key-inbound", take_key, NULL, "in" },
    { "key-outbound", take_key, NULL, NULL },
    { "checksum-reception", take_flag, NULL, "in" },
    { "checksum-transmission", take_flag, NULL, NULL },
    { "sequence-number-reception", take_flag, NULL, "in" },
    { "sequence-number-transmission", take_flag, NULL, NULL },
    { "dscp-copying enable", gre_router_rules_word, "tos", "inherit" },
    { "keepalive-interval 0", NULL, NULL, NULL },
    { "auto-asic-offload", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* ---- addresses ---- */

/* The length of "A M", "A/LENGTH" or "A". */
static guint8
length_of(const GrePath *path, guint n)
{
    GreAddress mask;
    GrePrefix  prefix;
    guint8     length;

    if (gre_address_prefix_parse(gre_paths_nth(path, n), &prefix))
        return prefix.length;
    return gre_address_parse(gre_paths_nth(path, n + 1), &mask) &&
                   gre_address_mask_length(&mask, &length)
               ? length
               : 32;
}

/* set ip A 255.255.255.255, set remote-ip B M: the two ends are named. */
static gboolean
take_pair(GreRouter *self, const GreBranch *interface, GError **error)
{
    GrePath         *own = gre_paths_find(interface, "ip");
    GrePath         *other = gre_paths_find(interface, "remote-ip");
    guint            n = interface->depth + 1;
    const GrePath   *local = self->of_peer ? other : own;
    g_autofree char *where = gre_file_where(local ? local->first : 0);
    const char      *text = local ? gre_paths_nth(local, n) : "";
    g_autofree char *host = g_strndup(text, strcspn(text, "/"));
    g_autofree char *whole = NULL;
    guint8           length;

    if (own && !other) {
        whole = g_strdup_printf("%s/%u", gre_paths_nth(own, n), length_of(own, n));
        return gre_router_take_address_text(self, own->first, whole, error);
    }
    if (!own)
        return TRUE;
    length = MIN(length_of(own, n), length_of(other, n));
    whole = g_strdup_printf("%s/%u", host, length);
    return gre_profile_builder_address(self->builder, where, whole, error);
}

static const GreRouterRule interface_rules[] = {
    { "ip", NULL, NULL, NULL }, /* by take_pair() */
    { "remote-ip", NULL, NULL, NULL },
    { "mtu-override", NULL, NULL, NULL },
    { "mtu", gre_router_rules_value, "mtu", NULL },
    { "ipv6 ip6-address", gre_router_rules_address, NULL, NULL },
    { "vdom", NULL, NULL, NULL },
    { "type", NULL, NULL, NULL },
    { "mode static", NULL, NULL, NULL },
    { "interface", NULL, NULL, NULL },
    { "allowaccess", NULL, NULL, NULL },
    { "snmp-index", NULL, NULL, NULL },
    { "description", NULL, NULL, NULL },
    { "alias", NULL, NULL, NULL },
    { "role", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

static gboolean
take_interface(GreRouter *self, const GreBranch *root, const char *name, GError **error)
{
    g_autoptr(GreBranch) interface = gre_paths_sub(root, "system", "interface", name, NULL);

    return take_pair(self, interface, error) &&
           gre_router_rules_take(self, interface, interface_rules, error);
}

/* ---- routes ---- */

static gboolean
take_route(GreRouter *self, const GreBranch *item, GError **error)
{
    const GrePath   *path = gre_paths_find(item, "dst");
    const char      *net = path ? gre_paths_nth(path, item->depth + 1) : "default";
    const char      *gateway = gre_paths_value(item, "gateway");
    g_autofree char *to = path && !strchr(net, '/')
                              ? g_strdup_printf("%s/%u", net, length_of(path, item->depth + 1))
                              : g_strdup(net);

    gre_paths_mark(item, GRE_PATH_USED);
    return gre_router_take_route(self, gre_paths_line(item), to, gateway, error);
}

static gboolean
take_routes(GreRouter *self, const GreBranch *root, const char *name, GError **error)
{
    static const char *const menus[] = { "static", "static6" };

    for (gsize i = 0; i < G_N_ELEMENTS(menus); i++) {
        g_autoptr(GreBranch) routes = gre_paths_sub(root, "router", menus[i], NULL);
        g_autoptr(GPtrArray) items = gre_paths_branches(routes);

        for (guint j = 0; j < items->len; j++)
            if (g_strcmp0(gre_paths_value(items->pdata[j], "device"), name) == 0 &&
                !take_route(self, items->pdata[j], error))
                return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

/* The connection gets the peer's name if the file is the peer's. */
static void
set_id(GreRouter *self, const GreBranch *root, const char *tunnel)
{
    const char *host = gre_paths_take(root, "system global hostname");

    self->builder->id = g_strdup(host && host[0] && self->of_peer ? host : tunnel);
}

static gboolean
read_tunnel(GreRouter *self, const GrePaths *paths, const GreFile *file, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GreBranch) all = gre_paths_sub(root, "system", "gre-tunnel", NULL);
    g_autoptr(GPtrArray) tunnels = gre_paths_branches(all);
    const GreBranch *tunnel = choose(self, root, tunnels, file, error);
    const char      *interface = tunnel ? gre_paths_value(tunnel, "interface") : NULL;
    guint            line = tunnel ? gre_paths_line(tunnel) : 0;

    if (!tunnel)
        return FALSE;
    self->source = source_of(root, tunnel);
    self->destination = destination_of(tunnel);
    if (!self->source[0] || !self->destination[0])
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              line);
    if (!gre_router_take_ends(self, line, line, error) ||
        !gre_profile_builder_set(self->builder, "mode", "mode", is_ip6(tunnel) ? "ip6gre" : "gre",
                                 error) ||
        !gre_router_rules_take(self, tunnel, tunnel_rules, error) ||
        !take_interface(self, root, name_of(tunnel), error) ||
        !take_routes(self, root, name_of(tunnel), error) ||
        !gre_fortios_take_ipsec(self, paths, interface ? interface : "", is_ip6(tunnel), error))
        return FALSE;
    set_id(self, root, name_of(tunnel));
    gre_router_rules_note_rest(self, paths);
    return TRUE;
}

static NMConnection *
read_fortios(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GrePaths) paths = gre_fortios_parse(file->text);

    return gre_router_rules_read(paths, file, read_tunnel, ledger, notes, error);
}

const GreReader gre_read_fortios = {
    .name = N_("a FortiOS configuration with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_fortios,
};
