/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FortiOS' IPsec interfaces: phase 1 is IKE, phase 2 is ESP. */
#include "config.h"

#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "import/file.h"
#include "import/fortios.h"

#include <string.h>

/* ---- proposals ---- */

/* "aes256-sha256", "aes256gcm-prfsha384", with all groups. */
static gboolean
take_proposal(
    GreRouter *self, guint line, gboolean ike, const char *word, const char *groups, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(word, "-", 2);
    gboolean prf = parts[1] && g_str_has_prefix(parts[1], "prf");
    g_autoptr(GPtrArray) algorithms = g_ptr_array_new();

    gre_router_add_algorithm(self, line, GRE_WORDS_FORTIGATE, GRE_ALGORITHM_ENCRYPTION, parts[0],
                             algorithms);
    if (parts[1])
        gre_router_add_algorithm(self, line, GRE_WORDS_FORTIGATE,
                                 prf ? GRE_ALGORITHM_PRF : GRE_ALGORITHM_INTEGRITY, parts[1],
                                 algorithms);
    gre_router_add_algorithms(self, line, GRE_WORDS_FORTIGATE, GRE_ALGORITHM_GROUP, groups,
                              algorithms);
    return gre_router_take_proposal(self, line, ike, algorithms, error);
}

/* The words of a setting after its key, or the router's default, with a note. (transfer full) */
static char *
words_of(GreRouter *self, const GreBranch *phase, const char *key, const char *usual)
{
    GrePath *path = gre_paths_find(phase, key);

    if (path) {
        path->state = GRE_PATH_USED;
        return g_strjoinv(" ", (char **) path->words + MIN(phase->depth + 1, path->n));
    }
    gre_profile_builder_note(self->builder,
                             _("line %u: has no %s: assuming %s, the router's default"),
                             gre_paths_line(phase), key, usual);
    return g_strdup(usual);
}

static gboolean
take_proposals(GreRouter *self, const GreBranch *phase, gboolean ike, gboolean pfs, GError **error)
{
    g_autofree char *all = words_of(self, phase, "proposal", "aes128-sha256 aes256-sha256");
    g_autofree char *groups = pfs ? words_of(self, phase, "dhgrp", "14 5") : g_strdup("");
    g_auto(GStrv) words = g_strsplit(all, " ", 32);

    for (gsize i = 0; words[i]; i++)
        if (words[i][0] &&
            !take_proposal(self, gre_paths_line(phase), ike, words[i], groups, error))
            return FALSE;
    return TRUE;
}

/* ---- phase 1 ---- */

static gboolean
take_secret(GreRouter           *self,
            const GrePath       *path,
            const char          *value,
            const GreRouterRule *rule,
            GError             **error)
{
    if (strcmp(value, "ENC") != 0)
        return gre_router_take_psk(self, path->first, value, FALSE, error);
    gre_profile_builder_note(self->builder,
                             _("line %u: the pre-shared key is encrypted (type %s) and only "
                               "the router can decrypt it: set it before the first use"),
                             path->first, value);
    self->has_key = TRUE;
    return TRUE;
}

static gboolean
take_method(GreRouter           *self,
            const GrePath       *path,
            const char          *value,
            const GreRouterRule *rule,
            GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    return gre_profile_builder_set(self->builder, where, "ipsec",
                                   strcmp(value, "signature") == 0 ? "pubkey" : "psk", error);
}

static gboolean
take_id(GreRouter           *self,
        const GrePath       *path,
        const char          *value,
        const GreRouterRule *rule,
        GError             **error)
{
    return gre_router_take_id(self, path->first, rule->value != NULL, value, error);
}

static gboolean
take_encap(GreRouter           *self,
           const GrePath       *path,
           const char          *value,
           const GreRouterRule *rule,
           GError             **error)
{
    return gre_router_rules_value(self, path,
                                  strcmp(value, "forced") == 0    ? "yes"
                                  : strcmp(value, "disable") == 0 ? "no"
                                                                  : "auto",
                                  rule, error);
}

static const GreRouterRule phase1_rules[] = {
    { "type static", NULL, NULL, NULL },
    { "type dynamic", NULL, NULL, NULL },
    { "interface", NULL, NULL, NULL },
    { "ip-version", NULL, NULL, NULL },
    { "ike-version", NULL, NULL, NULL }, /* by take_phase1() */
    { "local-gw", NULL, NULL, NULL },    /* by check_ends() */
    { "local-gw6", NULL, NULL, NULL },
    { "remote-gw", NULL, NULL, NULL },
    { "remote-gw6", NULL, NULL, NULL },
    { "mode main", NULL, NULL, NULL },
    { "authmethod", take_method, NULL, NULL },
    { "certificate", NULL, NULL, NULL }, /* by gre_router_take_pubkey() */
    { "peer", NULL, NULL, NULL },
    { "psksecret", take_secret, NULL, NULL },
    { "localid", take_id, NULL, "router" },
    { "localid-type", NULL, NULL, NULL },
    { "peertype", NULL, NULL, NULL },
    { "peerid", take_id, NULL, NULL },
    { "proposal", NULL, NULL, NULL }, /* by take_proposals() */
    { "dhgrp", NULL, NULL, NULL },
    { "keylife", gre_router_rules_value, "ipsec-ike-lifetime", NULL },
    { "nattraversal", take_encap, "ipsec-encap", NULL },
    { "dpd disable", gre_router_rules_word, "ipsec-dpd-delay", "0" },
    { "dpd", NULL, NULL, NULL },
    { "dpd-retryinterval", gre_router_rules_value, "ipsec-dpd-delay", NULL },
    { "dpd-retrycount", NULL, NULL, NULL },
    { "net-device", NULL, NULL, NULL },
    { "add-route", NULL, NULL, NULL },
    { "auto-negotiate", NULL, NULL, NULL },
    { "passive-mode", NULL, NULL, NULL },
    { "comments", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

static gboolean
is_end(const char *address, const char *end)
{
    GreAddress parsed;

    return !address || !gre_address_parse(address, &parsed) || gre_address_is_any(&parsed) ||
           strcmp(address, end) == 0;
}

static gboolean
check_ends(const GreRouter *self, const GreBranch *phase1, gboolean ip6, GError **error)
{
    g_autofree char *where = gre_file_where(gre_paths_line(phase1));

    return (is_end(gre_paths_value(phase1, ip6 ? "local-gw6" : "local-gw"), self->source) &&
            is_end(gre_paths_value(phase1, ip6 ? "remote-gw6" : "remote-gw"), self->destination)) ||
           gre_profile_builder_fail_selector(where, error);
}

static gboolean
take_phase1(GreRouter *self, const GreBranch *phase1, GError **error)
{
    const char        *version = gre_paths_value(phase1, "ike-version");
    GreProfileBuilder *builder = self->builder;

    if (!gre_profile_builder_set(builder, "ike-version", "ipsec-ike-version",
                                 version ? version : "1", error) ||
        !gre_profile_builder_set(builder, "authmethod", "ipsec", "psk", error) ||
        !gre_router_rules_take(self, phase1, phase1_rules, error) ||
        !take_proposals(self, phase1, TRUE, TRUE, error))
        return FALSE;
    if (g_strcmp0(gre_profile_builder_get(builder, "ipsec"), "pubkey") == 0)
        return gre_router_take_pubkey(self, error);
    gre_router_note_psk(self);
    return TRUE;
}

/* ---- phase 2 ---- */

static const GreRouterRule phase2_rules[] = {
    { "phase1name", NULL, NULL, NULL },
    { "proposal", NULL, NULL, NULL }, /* by take_proposals() */
    { "dhgrp", NULL, NULL, NULL },
    { "pfs", NULL, NULL, NULL },
    { "protocol", NULL, NULL, NULL },   /* by has_gre() */
    { "src-subnet", NULL, NULL, NULL }, /* by check_selector() */
    { "dst-subnet", NULL, NULL, NULL },
    { "encapsulation", NULL, NULL, NULL }, /* by take_phase2() */
    { "auto-negotiate", NULL, NULL, NULL },
    { "keepalive", NULL, NULL, NULL },
    { "keylife-type seconds", NULL, NULL, NULL },
    { "keylifeseconds", gre_router_rules_value, "ipsec-esp-lifetime", NULL },
    { "comments", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* "192.0.2.1 255.255.255.255" or "192.0.2.0/24"; all addresses are none. */
static gboolean
check_selector(
    GreRouter *self, const GreBranch *phase2, const char *key, const char *end, GError **error)
{
    GrePath         *path = gre_paths_find(phase2, key);
    const char      *net = path ? gre_paths_nth(path, phase2->depth + 1) : "";
    const char      *mask = path ? gre_paths_nth(path, phase2->depth + 2) : "";
    g_autofree char *where = gre_file_where(path ? path->first : 0);
    g_autofree char *selector = NULL;
    GreAddress       parsed;
    guint8           length;

    if (!path || (gre_address_parse(net, &parsed) && gre_address_is_any(&parsed)))
        return TRUE;
    selector = gre_address_parse(mask, &parsed) && gre_address_mask_length(&parsed, &length)
                   ? g_strdup_printf("%s/%u", net, length)
                   : g_strdup(net);
    if (!gre_router_selects(selector, end))
        return gre_profile_builder_fail_selector(where, error);
    if (gre_profile_builder_selector(selector, end) == GRE_SELECTOR_WIDER)
        gre_router_rules_note(self, path, phase2->depth);
    return TRUE;
}

static gboolean
take_phase2(GreRouter *self, const GreBranch *phase2, GError **error)
{
    const char      *mode = gre_paths_value(phase2, "encapsulation");
    gboolean         pfs = g_strcmp0(gre_paths_value(phase2, "pfs"), "disable") != 0;
    g_autofree char *where = gre_file_where(gre_paths_line(phase2));
    gboolean         transport = g_strcmp0(mode, "transport-mode") == 0;

    return check_selector(self, phase2, "src-subnet", self->source, error) &&
           check_selector(self, phase2, "dst-subnet", self->destination, error) &&
           gre_router_rules_take(self, phase2, phase2_rules, error) &&
           gre_profile_builder_esp_mode(self->builder, where, transport ? "transport" : "tunnel",
                                        error) &&
           take_proposals(self, phase2, FALSE, pfs, error);
}

static gboolean
has_gre(const GreBranch *phase2)
{
    const char *protocol = gre_paths_value(phase2, "protocol");

    return !protocol || strcmp(protocol, "47") == 0 || strcmp(protocol, "0") == 0;
}

/* The phase 2 of the name's phase 1 that has GRE. */
static const GreBranch *
find_phase2(GPtrArray *all, const char *name)
{
    for (guint i = 0; i < all->len; i++)
        if (g_strcmp0(gre_paths_value(all->pdata[i], "phase1name"), name) == 0 &&
            has_gre(all->pdata[i]))
            return all->pdata[i];
    return NULL;
}

/* ---- for others ---- */

/* A tunnel goes by the interface that it is on: an IPsec interface to another peer is not its. What
 * is not of VPNs encrypts nothing, but for policies. */
static void
mark_others(const GreRouter *self, const GreBranch *root, GPtrArray *phases1, GPtrArray *phases2)
{
    g_autoptr(GHashTable) others = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < phases1->len; i++) {
        const GreBranch *phase1 = phases1->pdata[i];
        const char      *remote = gre_paths_value(phase1, "remote-gw");

        remote = remote ? remote : gre_paths_value(phase1, "remote-gw6");
        if (!remote || is_end(remote, self->destination))
            continue;
        gre_paths_mark(phase1, GRE_PATH_OTHER);
        g_hash_table_add(others,
                         (gpointer) gre_paths_nth(phase1->list->pdata[0], phase1->depth - 1));
    }
    for (guint i = 0; i < phases2->len; i++) {
        const char *name = gre_paths_value(phases2->pdata[i], "phase1name");

        if (name && g_hash_table_contains(others, name))
            gre_paths_mark(phases2->pdata[i], GRE_PATH_OTHER);
    }
    for (guint i = 0; i < root->list->len; i++) {
        GrePath *path = root->list->pdata[i];

        if (path->state == GRE_PATH_LEFT && !gre_paths_match(path, 0, "vpn") &&
            !g_str_has_prefix(gre_paths_nth(path, 1), "policy") &&
            !gre_paths_match(path, 0, "system gre-tunnel") &&
            !gre_paths_match(path, 0, "system ipsec-aggregate"))
            path->state = GRE_PATH_OTHER;
    }
}

gboolean
gre_fortios_take_ipsec(
    GreRouter *self, const GrePaths *paths, const char *interface, gboolean ip6, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GreBranch) one = gre_paths_sub(root, "vpn", "ipsec", "phase1-interface", NULL);
    g_autoptr(GreBranch) two = gre_paths_sub(root, "vpn", "ipsec", "phase2-interface", NULL);
    g_autoptr(GreBranch) phase1 = gre_paths_sub(one, interface, NULL);
    g_autoptr(GPtrArray) phases1 = gre_paths_branches(one);
    g_autoptr(GPtrArray) phases2 = gre_paths_branches(two);
    const GreBranch *phase2;

    if (phase1->list->len == 0) {
        mark_others(self, root, phases1, phases2);
        return TRUE;
    }
    phase2 = find_phase2(phases2, interface);
    if (!phase2)
        return gre_error_fail(error, _("%s is missing"), "config vpn ipsec phase2-interface");
    return check_ends(self, phase1, ip6, error) && take_phase1(self, phase1, error) &&
           take_phase2(self, phase2, error);
}
