/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPsec profile or crypto map that protects a tunnel, and its transform sets. */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-address.h"
#include "gre-algorithm.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/file.h"

#include <string.h>

/* ---- transform sets ---- */

/* A transform's name and the key length if it follows: "esp-aes 256"; (transfer full). */
static char *
take_transform(const GreCiscoLine *line, guint *i)
{
    const char *name = gre_cisco_config_word(line, (*i)++), *bits = gre_cisco_config_word(line, *i);

    if (!g_ascii_isdigit(bits[0]))
        return g_strdup(name);
    (*i)++;
    return g_strconcat(name, " ", bits, NULL);
}

static const GreAlgorithm *
find_transform(const char *word)
{
    const GreAlgorithm *row =
        gre_algorithm_find_word(GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_ENCRYPTION, word);

    return row ? row : gre_algorithm_find_word(GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_INTEGRITY, word);
}

/* crypto ipsec transform-set NAME esp-aes 256 esp-sha256-hmac */
static GPtrArray *
find_transforms(GreCisco *self, const GreCiscoLine *line)
{
    GPtrArray *out = g_ptr_array_new();

    for (guint i = 4; i < line->n;) {
        g_autofree char    *word = take_transform(line, &i);
        const GreAlgorithm *row = find_transform(word);
        g_autofree char    *shown = gre_value_quote(word);

        if (row)
            g_ptr_array_add(out, (gpointer) row);
        else
            gre_profile_builder_note(self->router.builder, _("line %u: %s has no counterpart"),
                                     line->line, shown);
    }
    return out;
}

/* A transform set without "mode" uses tunnel mode. */
static gboolean
take_mode(GreCisco *self, GreCiscoSection *set, GError **error)
{
    const GreCiscoLine *mode = gre_cisco_config_find_line(set, "mode");
    g_autofree char    *where = gre_file_where((mode ? mode : set->head)->line);

    return gre_profile_builder_esp_mode(self->router.builder, where,
                                        mode ? gre_cisco_config_word(mode, 1) : NULL, error);
}

/* set pfs group14; without a group the router chooses one. */
static void
add_pfs(GreCisco *self, const GreCiscoSection *policy, GPtrArray *algorithms)
{
    const GreCiscoLine *pfs = gre_cisco_config_find_line(policy, "set pfs");
    const GreAlgorithm *group =
        pfs ? gre_algorithm_find_word(GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_GROUP,
                                      gre_cisco_config_word(pfs, 2))
            : NULL;

    if (group)
        g_ptr_array_add(algorithms, (gpointer) group);
    else if (pfs)
        gre_cisco_common_note(self, pfs);
}

static gboolean
take_set(GreCisco              *self,
         const GreCiscoLine    *line,
         const GreCiscoSection *policy,
         const char            *name,
         GError               **error)
{
    GreCiscoSection *set =
        gre_cisco_config_need(self->sections, line, "crypto ipsec transform-set", name, error);
    g_autoptr(GPtrArray) algorithms = NULL;
    g_autofree char *proposal = NULL;

    if (!set)
        return FALSE;
    set->used = TRUE;
    algorithms = find_transforms(self, set->head);
    if (!take_mode(self, set, error))
        return FALSE;
    add_pfs(self, policy, algorithms);
    proposal = gre_router_proposal(&self->router, set->head->line, algorithms);
    return !proposal ||
           gre_router_add_proposal(&self->router, "ipsec-esp-proposals", proposal, error);
}

/* set transform-set NAME [NAME …] */
static gboolean
take_sets(GreCisco *self, const GreCiscoSection *policy, GError **error)
{
    const GreCiscoLine *line = gre_cisco_config_find_line(policy, "set transform-set");

    for (guint i = 2; line && i < line->n; i++)
        if (!take_set(self, line, policy, line->words[i], error))
            return FALSE;
    return TRUE;
}

/* ---- profile and map ---- */

/* IKE must run with the tunnel's peer; a router can use another address. */
static gboolean
take_peer(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    const char *peer = gre_cisco_config_word(line, rule->n);
    GreAddress  address, destination;

    if (gre_address_parse(peer, &address) &&
        gre_address_parse(self->router.destination, &destination) &&
        !gre_address_equal(&address, &destination))
        return gre_error_fail(error,
                              _("line %u: IKE uses another address than the tunnel: a profile has "
                                "one pair of addresses for both"),
                              line->line);
    if (line->n != rule->n + 1 || strcmp(peer, self->router.destination) != 0)
        gre_cisco_common_note(self, line);
    return TRUE;
}

static const GreCiscoRule policy_rules[] = {
    { "set transform-set", NULL, NULL, 0 }, /* by take_sets() */
    { "set pfs", NULL, NULL, 0 },           /* by take_set() */
    { "set ikev2-profile", NULL, NULL, 0 }, /* by ike_of_policy() */
    { "set isakmp-profile", NULL, NULL, 0 },
    { "match address", NULL, NULL, 0 }, /* by find_map() */
    { "set peer", take_peer, NULL, 2 },
    { "description", NULL, NULL, 0 },
    { "set security-association lifetime seconds", gre_cisco_common_take_word, "ipsec-esp-lifetime",
      4 },
    { "set security-association replay window-size", gre_cisco_common_take_word,
      "ipsec-replay-window", 4 },
    { NULL, NULL, NULL, 0 },
};

static const GreCiscoRule global_rules[] = {
    { "crypto ipsec security-association lifetime seconds", gre_cisco_common_take_word,
      "ipsec-esp-lifetime", 5 },
    { "crypto ipsec security-association replay window-size", gre_cisco_common_take_word,
      "ipsec-replay-window", 5 },
    { NULL, NULL, NULL, 0 },
};

/* The router's global settings, used if the profile or map doesn't override them. */
static gboolean
take_globals(GreCisco *self, GError **error)
{
    for (const GreCiscoRule *rule = global_rules; rule->words; rule++) {
        GreCiscoSection *section = gre_cisco_config_find(self->sections, rule->words, NULL);

        if (!section)
            continue;
        section->used = TRUE;
        if (!rule->take(self, section->head, rule, error))
            return FALSE;
    }
    return TRUE;
}

/* The profile for IKE, and the line that names it; NULL: none is named. */
typedef struct {
    gboolean            version2;
    const GreCiscoLine *line;
    const char         *name;
} Ike;

static Ike
ike_of_policy(const GreCiscoSection *policy)
{
    const GreCiscoLine *ikev2 = gre_cisco_config_find_line(policy, "set ikev2-profile");
    const GreCiscoLine *line =
        ikev2 ? ikev2 : gre_cisco_config_find_line(policy, "set isakmp-profile");

    return (Ike){ ikev2 != NULL, line, line ? gre_cisco_config_word(line, 2) : NULL };
}

static gboolean
take_policy(GreCisco *self, GreCiscoSection *policy, Ike ike, GError **error)
{
    return take_globals(self, error) && take_sets(self, policy, error) &&
           gre_cisco_common_take_section(self, policy, policy_rules, error) &&
           (ike.version2 ? gre_cisco_ike_take_v2(self, ike.line, ike.name, error)
                         : gre_cisco_ike_take_v1(self, ike.line, ike.name, error));
}

/* ---- crypto maps ---- */

/* crypto map [ipv6] NAME 10 …: the number of the word that is the name. */
static guint
map_name(const GreCiscoLine *head)
{
    const char *next = gre_cisco_config_word(head, 3), *after = gre_cisco_config_word(head, 4);

    return gre_cisco_config_begins(head, "crypto map ipv6") && next[0] &&
                   (!g_ascii_isdigit(next[0]) || g_ascii_isdigit(after[0]))
               ? 3
               : 2;
}

/* A map's entry has a number; other lines are settings of the whole map. */
static gboolean
is_map_entry(const GreCiscoSection *section)
{
    return gre_cisco_config_begins(section->head, "crypto map") &&
           g_ascii_isdigit(gre_cisco_config_word(section->head, map_name(section->head) + 1)[0]);
}

static gboolean
fail_unknown(const GreCiscoLine *line, GError **error)
{
    g_autofree char *text = gre_cisco_config_shown(line);
    g_autofree char *shown = gre_value_quote(text);

    return gre_error_fail(
        error,
        _("line %u: can't tell whether %s encrypts this tunnel: remove the crypto "
          "map if it doesn't, or select the tunnel by \"permit gre host A host "
          "B\""),
        line->line, shown);
}

/* Whether the list that a map's entry matches selects the tunnel; @line: what can't be told. */
static GreCiscoAnswer
selects_tunnel(GreCisco *self, const GreCiscoSection *entry, const GreCiscoLine **line)
{
    const GreCiscoLine *match = gre_cisco_config_find_line(entry, "match address");
    GreCiscoAnswer      selects = GRE_CISCO_UNKNOWN;

    *line = NULL;
    if (match)
        selects = gre_cisco_acl_permits(self, gre_cisco_config_word(match, 2), line);
    if (!*line)
        *line = match ? match : entry->head;
    return selects;
}

/* crypto map NAME 10 ipsec-isakmp dynamic OTHER: every entry of the other map counts. An entry that
 * may select the tunnel waits for the peer, which a profile can't tell from any other. */
static GreCiscoAnswer
dynamic_selects(GreCisco *self, const char *name, const GreCiscoLine **line)
{
    gboolean found = FALSE;

    for (guint i = 0; i < self->sections->len; i++) {
        const GreCiscoSection *section = self->sections->pdata[i];

        if (!gre_cisco_config_begins(section->head, "crypto dynamic-map") ||
            strcmp(gre_cisco_config_word(section->head, 2), name) != 0)
            continue;
        found = TRUE;
        if (selects_tunnel(self, section, line) != GRE_CISCO_NO)
            return GRE_CISCO_UNKNOWN;
    }
    return found ? GRE_CISCO_NO : GRE_CISCO_UNKNOWN;
}

static GreCiscoAnswer
entry_selects(GreCisco *self, const GreCiscoSection *entry, const GreCiscoLine **line)
{
    guint          n = map_name(entry->head) + 2;
    const char    *kind = gre_cisco_config_word(entry->head, n);
    GreCiscoAnswer selects;

    *line = entry->head;
    if (strcmp(kind, "gdoi") == 0)
        return GRE_CISCO_UNKNOWN;
    if (strcmp(gre_cisco_config_word(entry->head, n + 1), "dynamic") == 0)
        return dynamic_selects(self, gre_cisco_config_word(entry->head, n + 2), line);
    selects = selects_tunnel(self, entry, line);
    return selects == GRE_CISCO_YES && !g_str_has_prefix("ipsec-isakmp", kind) ? GRE_CISCO_UNKNOWN
                                                                               : selects;
}

/* The map's entry that selects GRE between the tunnel's ends; FALSE and @error if that can't be
 * told. Takes the entries that are for something else. */
static gboolean
find_map(GreCisco *self, GreCiscoSection **found, GError **error)
{
    for (guint i = 0; !*found && i < self->sections->len; i++) {
        GreCiscoSection    *section = self->sections->pdata[i];
        const GreCiscoLine *line = NULL;
        GreCiscoAnswer      selects =
            is_map_entry(section) ? entry_selects(self, section, &line) : GRE_CISCO_NO;

        if (selects == GRE_CISCO_UNKNOWN)
            return fail_unknown(line, error);
        if (selects == GRE_CISCO_YES)
            *found = section;
        else if (is_map_entry(section))
            gre_cisco_common_took_section(self, section);
    }
    return TRUE;
}

/* The whole map's settings: IKE from another address than the tunnel's can't be expressed. */
static gboolean
check_map(const GreCisco *self, const GreCiscoSection *entry, GError **error)
{
    const char *name = gre_cisco_config_word(entry->head, map_name(entry->head));

    for (guint i = 0; i < self->sections->len; i++) {
        GreCiscoSection *section = self->sections->pdata[i];
        guint            n = map_name(section->head);
        g_autofree char *address = NULL;

        if (!gre_cisco_config_begins(section->head, "crypto map") || is_map_entry(section) ||
            strcmp(gre_cisco_config_word(section->head, n), name) != 0 ||
            !g_str_has_prefix(gre_cisco_config_word(section->head, n + 1), "local-addr"))
            continue;
        address = gre_cisco_config_address(
            self->sections, gre_cisco_config_word(section->head, n + 2), self->router.source);
        if (g_strcmp0(address, self->router.source) != 0)
            return gre_error_fail(error,
                                  _("line %u: IKE uses another address than the tunnel: a profile "
                                    "has one pair of addresses for both"),
                                  section->head->line);
        section->used = TRUE;
    }
    return TRUE;
}

static gboolean
take_map(GreCisco *self, GreCiscoSection *entry, GError **error)
{
    const GreCiscoLine *match = gre_cisco_config_find_line(entry, "match address");

    gre_cisco_acl_use(self, gre_cisco_config_word(match, 2));
    return check_map(self, entry, error) && take_policy(self, entry, ike_of_policy(entry), error);
}

/* ---- a tunnel without protection ---- */

/* Whether a section has an entry of the map. */
static gboolean
has_map(GreCisco *self, const char *name)
{
    if (self->maps)
        return g_hash_table_contains(self->maps, name);
    self->maps = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < self->sections->len; i++) {
        const GreCiscoSection *section = self->sections->pdata[i];

        if (is_map_entry(section))
            g_hash_table_add(self->maps, (gpointer) gre_cisco_config_word(section->head,
                                                                          map_name(section->head)));
    }
    return g_hash_table_contains(self->maps, name);
}

/* Whether the packets of our tunnel leave through this interface: it is their source, or a route to
 * the destination names it. */
static gboolean
carries_tunnel(const GreCisco *self, const GreCiscoSection *tunnel, const GreCiscoSection *other)
{
    const GreCiscoLine *from = gre_cisco_config_find_line(tunnel, "tunnel source");
    g_autofree char    *source = from ? gre_cisco_config_rest(from, 2) : g_strdup("");
    g_autofree char    *name = gre_cisco_config_rest(other->head, 1);

    if (gre_cisco_config_same_interface(name, source))
        return TRUE;
    for (guint i = 0; i < self->sections->len; i++) {
        const GreCiscoLine *route = ((GreCiscoSection *) self->sections->pdata[i])->head;

        if (!gre_cisco_config_begins(route, "ip route") &&
            !gre_cisco_config_begins(route, "ipv6 route"))
            continue;
        if (strcmp(gre_cisco_config_word(route, 2), self->router.destination) == 0 ||
            g_str_has_prefix(gre_cisco_config_word(route, 2), "0.0.0.0") ||
            g_str_has_prefix(gre_cisco_config_word(route, 2), "::/0"))
            for (guint j = 3; j < route->n; j++)
                if (gre_cisco_config_same_interface(name, route->words[j]))
                    return TRUE;
    }
    return FALSE;
}

enum { WORK_MAX = 500 }; /* lines of other tunnels that are judged; the others stay in the ledger */

/* Also another part of our interface, of which it isn't clear how they go together. */
static gboolean
is_same(const GreCiscoSection *a, const GreCiscoSection *b)
{
    g_autofree char *one = gre_cisco_config_rest(a->head, 1);
    g_autofree char *other = gre_cisco_config_rest(b->head, 1);

    return gre_cisco_config_same_interface(one, other);
}

/* What an interface other than ours applies: its own protection, or a map whose entries select
 * other packets. Returns whether it applies any. */
static gboolean
took_applied(GreCisco              *self,
             const GreCiscoSection *tunnel,
             const GreCiscoSection *other,
             const GreCiscoLine    *line)
{
    guint    map = gre_cisco_config_begins(line, "ipv6 crypto map") ? 3 : 2;
    gboolean is_map = gre_cisco_config_begins(line, "crypto map") || map == 3;
    gboolean applied = FALSE;

    if (is_map)
        applied = has_map(self, gre_cisco_config_word(line, map));
    else if (gre_cisco_config_begins(other->head, "interface range"))
        applied = other->used; /* else our tunnel may be in it */
    else if (gre_cisco_config_begins(line, "tunnel") && self->work++ < WORK_MAX)
        applied = !is_same(tunnel, other) && !carries_tunnel(self, tunnel, other);
    if (applied)
        gre_cisco_common_took(self, line);
    return applied;
}

/* The lines that are not about IPsec, such as an access list for it; and what is applied elsewhere.
 * Returns whether any IPsec is. */
static gboolean
took_others(GreCisco *self, const GreCiscoSection *tunnel, const GreCiscoSection *section)
{
    gboolean applied = FALSE;

    if (!gre_cisco_config_is_ipsec(section->head))
        gre_cisco_common_took(self, section->head);
    for (guint i = 0; i < section->lines->len; i++) {
        const GreCiscoLine *line = section->lines->pdata[i];

        if (gre_cisco_config_begins(section->head, "interface") && gre_cisco_config_is_ipsec(line))
            applied = took_applied(self, tunnel, section, line) || applied;
        else if (!gre_cisco_config_begins(section->head, "crypto") &&
                 !gre_cisco_config_is_ipsec(line))
            gre_cisco_common_took(self, line);
    }
    return applied;
}

/* Definitions that another interface's protection uses; without any such interface, they may be
 * what is left of this tunnel's. */
static void
take_others(GreCisco *self, const GreCiscoSection *tunnel)
{
    gboolean applied = FALSE;

    for (guint i = 0; i < self->sections->len; i++)
        applied = took_others(self, tunnel, self->sections->pdata[i]) || applied;
    for (guint i = 0; applied && i < self->sections->len; i++)
        if (gre_cisco_config_is_ipsec(((GreCiscoSection *) self->sections->pdata[i])->head))
            gre_cisco_common_took_section(self, self->sections->pdata[i]);
}

/* ---- tunnel protection ---- */

/* What follows the profile's name takes precedence over what is in the profile. */
static gboolean
find_ike(const GreCiscoLine *line, Ike *ike, GError **error)
{
    for (guint i = 5; i < line->n; i++) {
        if (strcmp(line->words[i], "shared") == 0)
            continue;
        if (i + 1 == line->n || (strcmp(line->words[i], "ikev2-profile") != 0 &&
                                 strcmp(line->words[i], "isakmp-profile") != 0)) {
            g_autofree char *shown = gre_value_quote(line->words[i]);

            return gre_error_fail(error, _("line %u: %s of the protection can't be imported"),
                                  line->line, shown);
        }
        ike->version2 = line->words[i][2] == 'e';
        ike->line = line;
        ike->name = line->words[++i];
    }
    return TRUE;
}

static gboolean
take_protection(GreCisco *self, const GreCiscoLine *line, GError **error)
{
    GreCiscoSection *policy = gre_cisco_config_need(self->sections, line, "crypto ipsec profile",
                                                    gre_cisco_config_word(line, 4), error);
    Ike              ike = { 0 };

    if (!policy)
        return FALSE;
    ike = ike_of_policy(policy);
    return find_ike(line, &ike, error) && take_policy(self, policy, ike, error);
}

gboolean
gre_cisco_ipsec_take(GreCisco *self, const GreCiscoSection *tunnel, GError **error)
{
    const GreCiscoLine *line =
        gre_cisco_config_find_line(tunnel, "tunnel protection ipsec profile");
    GreCiscoSection *map = NULL;

    if (line)
        return take_protection(self, line, error);
    if (!find_map(self, &map, error))
        return FALSE;
    if (map)
        return take_map(self, map, error);
    take_others(self, tunnel);
    return TRUE;
}
