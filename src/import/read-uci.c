/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads OpenWrt's network configuration with a GRE tunnel (package gre: package/network/config/gre/
 * files/gre.sh): its file, `uci show`, or a script of commands, which may have the swanctl.conf
 * that protects the tunnel as a here-document.
 */
#include "config.h"

#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/read.h"
#include "import/router-rules.h"
#include "import/uci.h"

#include <string.h>

/* "option proto 'gre'", "network.gre1.proto='grev6'" */
#define PROTOCOL                                                                              \
    "^[ \\t]*(?:option[ \\t]+proto[ \\t]+|[^#\\n]*\\.proto=)['\"]?gre(?:v6)?(?:tap)?['\"]?[ " \
    "\\t\\r]*$"

static gboolean
is_one(const GreFile *file)
{
    return strstr(file->text, "proto") &&
           g_regex_match_simple(PROTOCOL, file->text, G_REGEX_MULTILINE | G_REGEX_RAW, 0);
}

/* ---- which tunnel ---- */

typedef struct {
    GPtrArray       *sections; /* of GreBranch, of the package "network" */
    const GreBranch *tunnel;
    const char      *name; /* of the tunnel's section */
} Network;

static const char *
name_of(const GreBranch *section)
{
    return gre_paths_nth(section->list->pdata[0], section->depth - 1);
}

static const char *
end_of(const GreBranch *tunnel, gboolean local)
{
    gboolean    ip6 = g_strcmp0(gre_paths_value(tunnel, "proto"), "grev6") == 0;
    const char *end = gre_paths_value(tunnel, local ? (ip6 ? "ip6addr" : "ipaddr")
                                                    : (ip6 ? "peer6addr" : "peeraddr"));

    return end ? end : "";
}

/* The sections that are GRE: array of GreBranch, borrowed. Fails for Ethernet if there are none. */
static GPtrArray *
find_tunnels(GPtrArray *sections, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GreProfileBuilder) trial = gre_profile_builder_new();

    for (guint i = 0; i < sections->len; i++) {
        const char *proto = gre_paths_value(sections->pdata[i], "proto");

        if (g_strcmp0(proto, "gre") == 0 || g_strcmp0(proto, "grev6") == 0)
            g_ptr_array_add(found, sections->pdata[i]);
    }
    for (guint i = 0; found->len == 0 && i < sections->len; i++) {
        const GrePath   *path = gre_paths_find(sections->pdata[i], "proto");
        g_autofree char *where = gre_file_where(path ? path->first : 0);

        if (path && g_str_has_suffix(gre_paths_nth(path, path->n - 1), "tap")) {
            gre_profile_builder_mode(trial, where, "gretap", error);
            return NULL;
        }
    }
    return g_steal_pointer(&found);
}

static gboolean
choose(Network *self, const GreRouter *router, const GreFile *file, GError **error)
{
    g_autoptr(GPtrArray) tunnels = find_tunnels(self->sections, error);
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_either);
    guint which;

    if (!tunnels)
        return FALSE;
    if (tunnels->len == 0)
        return gre_error_fail(error, _("%s is missing"), "proto gre");
    for (guint i = 0; i < tunnels->len; i++)
        gre_choice_add(choice, name_of(tunnels->pdata[i]), end_of(tunnels->pdata[i], TRUE),
                       end_of(tunnels->pdata[i], FALSE));
    if (!gre_choice_pick(choice, file, router->builder->notes, &which, error))
        return FALSE;
    self->tunnel = tunnels->pdata[which];
    self->name = name_of(self->tunnel);
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
    return gre_router_rules_value(self, path, strcmp(value, "grev6") == 0 ? "ip6gre" : "gre", rule,
                                  error);
}

/* The tos is in hex. */
static gboolean
take_tos(GreRouter           *self,
         const GrePath       *path,
         const char          *value,
         const GreRouterRule *rule,
         GError             **error)
{
    g_autofree char *hex = strcmp(value, "inherit") == 0 || g_str_has_prefix(value, "0x")
                               ? g_strdup(value)
                               : g_strconcat("0x", value, NULL);

    return gre_router_rules_value(self, path, hex, rule, error);
}

static gboolean
take_key(GreRouter           *self,
         const GrePath       *path,
         const char          *value,
         const GreRouterRule *rule,
         GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);
    gboolean         in = (rule->value != NULL) != self->of_peer; /* as this machine has it */

    return gre_profile_builder_take_key(self->builder, where, in, !in, value, error);
}

/* Checksums and sequence numbers, in the two directions. */
static gboolean
take_flag(GreRouter           *self,
          const GrePath       *path,
          const char          *value,
          const GreRouterRule *rule,
          GError             **error)
{
    GreOneWay first = rule->words[1] == 'c' ? GRE_ONE_WAY_CHECKSUM_IN : GRE_ONE_WAY_SEQUENCE_IN;
    gboolean  in = (rule->words[0] == 'i') != self->of_peer;

    if (strcmp(value, "0") != 0)
        self->builder->one_way[in ? first : first + 1] = TRUE;
    return TRUE;
}

static gboolean
take_discovery(GreRouter           *self,
               const GrePath       *path,
               const char          *value,
               const GreRouterRule *rule,
               GError             **error)
{
    return gre_router_rules_value(self, path, strcmp(value, "0") == 0 ? "no" : "yes", rule, error);
}

static gboolean
take_limit(GreRouter           *self,
           const GrePath       *path,
           const char          *value,
           const GreRouterRule *rule,
           GError             **error)
{
    return gre_router_rules_value(self, path, strcmp(value, "ignore") == 0 ? "none" : value, rule,
                                  error);
}

static const GreRouterRule tunnel_rules[] = {
    { ".type", NULL, NULL, NULL },
    { "proto", take_mode, "mode", NULL },
    { "ipaddr", NULL, NULL, NULL }, /* by end_of() */
    { "ip6addr", NULL, NULL, NULL },
    { "peeraddr", NULL, NULL, NULL },
    { "peer6addr", NULL, NULL, NULL },
    { "mtu", gre_router_rules_value, "mtu", NULL },
    { "ttl", gre_router_rules_value, "ttl", NULL },
    { "tos", take_tos, "tos", NULL },
    { "ikey", take_key, NULL, "in" },
    { "okey", take_key, NULL, NULL },
    { "icsum", take_flag, NULL, NULL },
    { "ocsum", take_flag, NULL, NULL },
    { "iseqno", take_flag, NULL, NULL },
    { "oseqno", take_flag, NULL, NULL },
    { "df", take_discovery, "path-mtu-discovery", NULL },
    { "encaplimit", take_limit, "encapsulation-limit", NULL },
    { "auto", NULL, NULL, NULL },
    { "force_link", NULL, NULL, NULL },
    { "nohostroute", NULL, NULL, NULL },
    { "zone", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* ---- addresses and routes ---- */

/* Whether the section is on the tunnel: device '@gre1', or ifname before 21.02. */
static gboolean
is_inside(const Network *self, const GreBranch *section)
{
    const char *device = gre_paths_value(section, "device");

    device = device ? device : gre_paths_value(section, "ifname");
    return device && device[0] == '@' && strcmp(device + 1, self->name) == 0;
}

/* "10.0.0.1/30", or with a netmask beside it. (transfer full) */
static char *
with_mask(const char *address, const char *mask)
{
    GreAddress parsed;
    guint8     length;

    if (!strchr(address, '/') && mask && gre_address_parse(mask, &parsed) &&
        gre_address_mask_length(&parsed, &length))
        return g_strdup_printf("%s/%u", address, length);
    return g_strdup(address);
}

static gboolean
take_addresses(GreRouter *self, const GreBranch *section, GError **error)
{
    const char *mask = gre_paths_value(section, "netmask");

    gre_paths_mark(section, GRE_PATH_USED);
    for (guint i = 0; i < section->list->len; i++) {
        const GrePath   *path = section->list->pdata[i];
        gboolean         four = gre_paths_match(path, section->depth, "ipaddr");
        g_autofree char *text =
            with_mask(gre_paths_nth(path, section->depth + 1), four ? mask : NULL);

        if ((four || gre_paths_match(path, section->depth, "ip6addr")) &&
            !gre_router_take_address_text(self, path->first, text, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_inside(GreRouter *self, const Network *network, GHashTable *names, GError **error)
{
    for (guint i = 0; i < network->sections->len; i++) {
        const GreBranch *section = network->sections->pdata[i];

        if (!is_inside(network, section))
            continue;
        g_hash_table_add(names, (gpointer) name_of(section));
        if (!take_addresses(self, section, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_route(GreRouter *self, const GreBranch *section, GError **error)
{
    const char      *target = gre_paths_value(section, "target");
    g_autofree char *to = with_mask(target ? target : "", gre_paths_value(section, "netmask"));

    gre_paths_mark(section, GRE_PATH_USED);
    return gre_router_take_route(self, gre_paths_line(section), to,
                                 gre_paths_value(section, "gateway"), error);
}

static gboolean
take_routes(GreRouter *self, const Network *network, GHashTable *names, GError **error)
{
    for (guint i = 0; i < network->sections->len; i++) {
        const GreBranch *section = network->sections->pdata[i];
        const char      *type = gre_paths_value(section, ".type");
        const char      *interface = gre_paths_value(section, "interface");

        if ((g_strcmp0(type, "route") == 0 || g_strcmp0(type, "route6") == 0) && interface &&
            g_hash_table_contains(names, interface) && !take_route(self, section, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- swanctl.conf in the script ---- */

/* The here-document with the connections, at its own lines; NULL: there is none. (transfer full) */
static char *
find_document(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *mark = NULL;
    gboolean         inside = FALSE, found = FALSE;

    for (gsize i = 0; lines[i] && !(found && !inside); i++) {
        const char *begin = strstr(lines[i], "<<");

        if (inside && strcmp(lines[i], mark) == 0) {
            inside = FALSE;
        } else if (inside) {
            found = found || g_str_has_prefix(lines[i], "connections");
            g_string_append(out, lines[i]);
        } else if (begin) {
            g_free(mark);
            mark = g_strdup(begin + 2 + strspn(begin + 2, "-'\""));
            mark[strcspn(mark, "'\"; \t")] = '\0';
            inside = mark[0] != '\0';
            memset(out->str, '\n', i);
            g_string_truncate(out, i);
        }
        g_string_append_c(out, '\n');
    }
    return found ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

static gboolean
take_identity(
    GreRouter *self, NMSettingVpn *vpn, const char *name, gboolean of_router, GError **error)
{
    const char *id = nm_setting_vpn_get_data_item(vpn, name);

    return !id || gre_router_take_id(self, 0, of_router, id, error);
}

/* The router's own files, if this machine replaces it. */
static gboolean
take_keys(GreRouter *self, NMSettingVpn *vpn, GError **error)
{
    static const char *const files[] = { "ipsec-ca", "ipsec-cert", "ipsec-remote-cert",
                                         "ipsec-private-key", "ipsec-remote-pubkey" };

    if (self->of_peer && nm_setting_vpn_get_data_item(vpn, "ipsec-remote-pubkey"))
        return gre_error_fail(error, _("%s: only %s can be imported"), "swanctl.conf", "psk, cert");
    for (gsize i = 0; !self->of_peer && i < G_N_ELEMENTS(files); i++) {
        const char *file = nm_setting_vpn_get_data_item(vpn, files[i]);

        if (file && !gre_profile_builder_set(self->builder, "swanctl.conf", files[i], file, error))
            return FALSE;
    }
    return !self->of_peer || gre_router_take_pubkey(self, error);
}

static gboolean
take_vpn(GreRouter *self, NMSettingVpn *vpn, GError **error)
{
    static const char *const shared[] = {
        "ipsec-ike-version",  "ipsec-ike-proposals", "ipsec-esp-proposals",
        "ipsec-ike-lifetime", "ipsec-esp-lifetime",  "ipsec-dpd-delay",
        "ipsec-mode",         "ipsec-encap",         "ipsec-replay-window",
    };
    const char *psk = nm_setting_vpn_get_secret(vpn, "ipsec-psk");
    const char *method = nm_setting_vpn_get_data_item(vpn, "ipsec");

    for (gsize i = 0; i < G_N_ELEMENTS(shared); i++) {
        const char *value = nm_setting_vpn_get_data_item(vpn, shared[i]);

        if (value &&
            !gre_profile_builder_set(self->builder, "swanctl.conf", shared[i], value, error))
            return FALSE;
    }
    if (!gre_profile_builder_set(self->builder, "swanctl.conf", "ipsec", method, error) ||
        !take_identity(self, vpn, "ipsec-local-id", TRUE, error) ||
        !take_identity(self, vpn, "ipsec-remote-id", FALSE, error) ||
        (psk && !gre_profile_builder_set(self->builder, "swanctl.conf", "ipsec-psk", psk, error)))
        return FALSE;
    if (g_strcmp0(method, "pubkey") == 0)
        return take_keys(self, vpn, error);
    gre_router_note_psk(self);
    return TRUE;
}

static gboolean
is_same(const char *a, const char *b)
{
    return !a || strcmp(a, b) == 0;
}

static gboolean
take_connection(GreRouter *self, NMConnection *connection, GError **error)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);

    if (!is_same(nm_setting_vpn_get_data_item(vpn, "local"), self->source) ||
        !is_same(nm_setting_vpn_get_data_item(vpn, "remote"), self->destination))
        return gre_profile_builder_fail_selector("swanctl.conf", error);
    return take_vpn(self, vpn, error);
}

/* What the other file lacks, this one has. */
static void
pass_notes(GreRouter *self, GPtrArray *notes)
{
    const char *lacks =
        _("this format has no addresses inside the tunnel and no GRE key: add them");

    for (guint i = 0; i < notes->len; i++)
        if (strcmp(notes->pdata[i], lacks) != 0)
            gre_profile_builder_note(self->builder, "%s", (const char *) notes->pdata[i]);
}

static gboolean
take_ipsec(GreRouter *self, const GreFile *file, GError **error)
{
    char    *text = find_document(file->text);
    gboolean done = TRUE;

    if (text) {
        g_autoptr(GreFile) document = gre_file_new(file->path, text, strlen(text), error);
        g_autoptr(GreLedger) ledger = gre_ledger_new(text);
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(NMConnection) connection =
            document ? gre_read_swanctl.read(document, ledger, notes, error) : NULL;

        pass_notes(self, notes);
        done = connection && take_connection(self, connection, error);
    }
    gre_secret_free_text(text);
    return done;
}

/* ---- the whole ---- */

static gboolean
take_tunnel(GreRouter *self, const Network *network, const GreFile *file, GError **error)
{
    guint line = gre_paths_line(network->tunnel);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    self->source = end_of(network->tunnel, TRUE);
    self->destination = end_of(network->tunnel, FALSE);
    if (!self->source[0] || !self->destination[0])
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              line);
    self->builder->id = g_strdup(network->name);
    g_hash_table_add(names, (gpointer) network->name);
    return gre_router_take_ends(self, line, line, error) &&
           gre_router_rules_take(self, network->tunnel, tunnel_rules, error) &&
           take_inside(self, network, names, error) && take_routes(self, network, names, error) &&
           take_ipsec(self, file, error);
}

static gboolean
read_all(GreRouter *self, const GrePaths *paths, const GreFile *file, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GreBranch) package = gre_paths_sub(root, "network", NULL);
    g_autoptr(GPtrArray) sections = gre_paths_branches(package);
    Network network = { .sections = sections };

    if (!choose(&network, self, file, error) || !take_tunnel(self, &network, file, error))
        return FALSE;
    gre_router_rules_note_rest(self, paths);
    return TRUE;
}

static NMConnection *
read_uci(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GrePaths) paths = gre_uci_parse(file->text);

    return gre_router_rules_read(paths, file, read_all, ledger, notes, error);
}

const GreReader gre_read_uci = {
    .name = N_("an OpenWrt network configuration with a GRE tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_uci,
};
