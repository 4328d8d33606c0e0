/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPsec profile or crypto map that protects a tunnel, and its transform sets. */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-algorithm.h"
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
            gre_profile_builder_note(self->builder, _("line %u: %s has no counterpart"), line->line,
                                     shown);
    }
    return out;
}

/* The profile offers transport mode; a router in tunnel mode may reject it. */
static void
check_mode(GreCisco *self, GreCiscoSection *set)
{
    const GreCiscoLine *mode = gre_cisco_config_find_line(set, "mode");
    g_autofree char    *where = NULL;

    if (mode && gre_cisco_config_begins(mode, "mode transport"))
        return;
    where = gre_file_where((mode ? mode : set->head)->line);
    gre_profile_builder_tunnel_mode(self->builder, where);
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
    check_mode(self, set);
    add_pfs(self, policy, algorithms);
    proposal = gre_cisco_ike_proposal(self, set->head, algorithms);
    return !proposal || gre_cisco_ike_add_proposal(self, "ipsec-esp-proposals", proposal, error);
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
    if (line->n != rule->n + 1 || strcmp(line->words[rule->n], self->destination) != 0)
        gre_cisco_common_note(self, line);
    return TRUE;
}

static const GreCiscoRule policy_rules[] = {
    { "set transform-set", NULL, NULL, 0 }, /* by take_sets() */
    { "set pfs", NULL, NULL, 0 },           /* by take_set() */
    { "set ikev2-profile", NULL, NULL, 0 }, /* by take_ike() */
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

static gboolean
take_ike(GreCisco *self, const GreCiscoSection *policy, GError **error)
{
    const GreCiscoLine *ikev2 = gre_cisco_config_find_line(policy, "set ikev2-profile");

    return ikev2 ? gre_cisco_ike_take_v2(self, ikev2, error)
                 : gre_cisco_ike_take_v1(
                       self, gre_cisco_config_find_line(policy, "set isakmp-profile"), error);
}

static gboolean
take_policy(GreCisco *self, GreCiscoSection *policy, GError **error)
{
    return take_globals(self, error) && take_sets(self, policy, error) &&
           gre_cisco_common_take_section(self, policy, policy_rules, error) &&
           take_ike(self, policy, error);
}

/* ---- access lists ---- */

/* "host A" or "A 0.0.0.0" from word number @i on; advances @i. */
static const char *
take_host(const GreCiscoLine *line, guint *i)
{
    const char *first = gre_cisco_config_word(line, *i),
               *second = gre_cisco_config_word(line, *i + 1);

    *i += 2;
    if (strcmp(first, "host") == 0)
        return second;
    return strcmp(second, "0.0.0.0") == 0 ? first : "";
}

/* Whether the line, from @i on, permits GRE between the tunnel's ends. */
static gboolean
permits_tunnel(const GreCisco *self, const GreCiscoLine *line, guint i)
{
    const char *protocol, *from;

    if (strcmp(gre_cisco_config_word(line, i++), "permit") != 0)
        return FALSE;
    protocol = gre_cisco_config_word(line, i++);
    if (strcmp(protocol, "gre") != 0 && strcmp(protocol, "47") != 0)
        return FALSE;
    from = take_host(line, &i);
    return strcmp(from, self->source) == 0 && strcmp(take_host(line, &i), self->destination) == 0;
}

/* access-list 101 permit …; ip access-list extended NAME with lines that may be numbered. */
static gboolean
list_permits_tunnel(const GreCisco *self, GreCiscoSection *section, const char *name)
{
    gboolean found = FALSE;

    if (gre_cisco_config_begins(section->head, "access-list"))
        found = strcmp(gre_cisco_config_word(section->head, 1), name) == 0 &&
                permits_tunnel(self, section->head, 2);
    else if (gre_cisco_config_begins(section->head, "ip access-list extended") &&
             strcmp(gre_cisco_config_word(section->head, 3), name) == 0)
        for (guint i = 0; !found && i < section->lines->len; i++) {
            const GreCiscoLine *line = section->lines->pdata[i];

            found = permits_tunnel(self, line, g_ascii_isdigit(line->words[0][0]) ? 1 : 0);
        }
    section->used = section->used || found;
    return found;
}

static gboolean
map_fits(const GreCisco *self, const GreCiscoSection *map)
{
    const GreCiscoLine *match = gre_cisco_config_find_line(map, "match address");
    gboolean            found = FALSE;

    for (guint i = 0; match && !found && i < self->sections->len; i++)
        found =
            list_permits_tunnel(self, self->sections->pdata[i], gre_cisco_config_word(match, 2));
    return found;
}

/* The crypto map whose access list matches GRE between the tunnel's ends. */
static GreCiscoSection *
find_map(const GreCisco *self)
{
    for (guint i = 0; i < self->sections->len; i++) {
        GreCiscoSection *section = self->sections->pdata[i];

        if (gre_cisco_config_begins(section->head, "crypto map") && map_fits(self, section))
            return section;
    }
    return NULL;
}

gboolean
gre_cisco_ipsec_take(GreCisco *self, const GreCiscoSection *tunnel, GError **error)
{
    const GreCiscoLine *line =
        gre_cisco_config_find_line(tunnel, "tunnel protection ipsec profile");
    GreCiscoSection *policy = NULL;

    if (!line)
        policy = find_map(self);
    else
        policy = gre_cisco_config_need(self->sections, line, "crypto ipsec profile",
                                       gre_cisco_config_word(line, 4), error);
    if (line && !policy)
        return FALSE;
    return !policy || take_policy(self, policy, error);
}
