/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKEv1 and IKEv2: identities, authentication and proposals. */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-address.h"
#include "gre-algorithm.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/file.h"

#include <NetworkManager.h>
#include <string.h>

/* ---- proposals ---- */

static gboolean
has_kind(GPtrArray *algorithms, GreAlgorithmKind kind)
{
    for (guint i = 0; i < algorithms->len; i++)
        if (((const GreAlgorithm *) algorithms->pdata[i])->kind == kind)
            return TRUE;
    return FALSE;
}

/* The lines of a proposal, in both versions, and the router's default for a missing one. */
static const struct {
    const char      *words, *version1; /* NULL: has no default */
    GreAlgorithmKind kind;
} parts[] = {
    { "encryption", "des", GRE_ALGORITHM_ENCRYPTION },
    { "integrity", NULL, GRE_ALGORITHM_INTEGRITY },
    { "hash", "sha", GRE_ALGORITHM_INTEGRITY },
    { "prf", NULL, GRE_ALGORITHM_PRF },
    { "group", "1", GRE_ALGORITHM_GROUP },
};

/* IKEv1 has one algorithm on a line, of one or two words. */
static gboolean
add_part(GreCisco *self, const GreCiscoLine *line, GreAlgorithmWords words, GPtrArray *out)
{
    g_autofree char *rest = gre_cisco_config_rest(line, 1);

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!gre_cisco_config_begins(line, parts[i].words))
            continue;
        if (words == GRE_WORDS_CISCO_IKEV1)
            gre_router_add_algorithm(&self->router, line->line, words, parts[i].kind, rest, out);
        for (guint j = 1; words == GRE_WORDS_CISCO_IKEV2 && j < line->n; j++)
            gre_router_add_algorithm(&self->router, line->line, words, parts[i].kind,
                                     line->words[j], out);
        return TRUE;
    }
    return FALSE;
}

static void
add_defaults(GreCisco *self, const GreCiscoSection *policy, GPtrArray *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!parts[i].version1 || has_kind(out, parts[i].kind))
            continue;
        gre_profile_builder_note(self->router.builder,
                                 _("line %u: has no %s: assuming %s, the router's default"),
                                 policy->head->line, parts[i].words, parts[i].version1);
        gre_router_add_algorithm(&self->router, policy->head->line, GRE_WORDS_CISCO_IKEV1,
                                 parts[i].kind, parts[i].version1, out);
    }
}

/* crypto ikev2 proposal NAME */
static gboolean
take_ikev2_proposal(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error)
{
    GreCiscoSection *section = gre_cisco_config_find(self->sections, "crypto ikev2 proposal", name);
    g_autoptr(GPtrArray) algorithms = g_ptr_array_new();
    g_autofree char *proposal = NULL;

    if (!section && strcmp(name, "default") == 0) {
        gre_cisco_common_note(self, line);
        return TRUE;
    }
    section = gre_cisco_config_need(self->sections, line, "crypto ikev2 proposal", name, error);
    if (!section)
        return FALSE;
    section->used = TRUE;
    for (guint i = 0; i < section->lines->len; i++)
        if (!add_part(self, section->lines->pdata[i], GRE_WORDS_CISCO_IKEV2, algorithms))
            gre_cisco_common_note(self, section->lines->pdata[i]);
    if (!has_kind(algorithms, GRE_ALGORITHM_GROUP)) {
        gre_profile_builder_note(self->router.builder, _("line %u: has no group: left out"),
                                 section->head->line);
        return TRUE;
    }
    proposal = gre_router_proposal(&self->router, section->head->line, algorithms);
    return !proposal ||
           gre_router_add_proposal(&self->router, "ipsec-ike-proposals", proposal, error);
}

/* The proposals of each policy, except policies for another address of the router. */
static gboolean
take_ikev2_policy(GreCisco *self, GreCiscoSection *policy, GError **error)
{
    const GreCiscoLine *match = gre_cisco_config_find_line(policy, "match address local");

    if (match && strcmp(gre_cisco_config_word(match, 3), self->router.source) != 0)
        return TRUE;
    policy->used = TRUE;
    for (guint i = 0; i < policy->lines->len; i++) {
        const GreCiscoLine *line = policy->lines->pdata[i];

        if (!gre_cisco_config_begins(line, "proposal")) {
            if (line != match)
                gre_cisco_common_note(self, line);
        } else if (!take_ikev2_proposal(self, line, gre_cisco_config_word(line, 1), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
take_ikev2_policies(GreCisco *self, GError **error)
{
    for (guint i = 0; i < self->sections->len; i++) {
        GreCiscoSection *section = self->sections->pdata[i];

        if (gre_cisco_config_begins(section->head, "crypto ikev2 policy") &&
            !take_ikev2_policy(self, section, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- identities ---- */

/* Whether "ADDRESS [MASK]" or "ADDRESS/LENGTH" contains the host: 0 for no, else higher for a more
 * specific match, as a router decides between several. */
static guint
covers(const char *address, const char *mask, const char *host)
{
    GrePrefix  net;
    GreAddress netmask, of;

    if (!gre_address_parse(host, &of))
        return 0;
    if (!gre_address_prefix_parse(address, &net)) {
        if (!gre_address_parse(address, &net.address))
            return 0;
        net.length = (guint8) (8 * gre_address_size(net.address.family));
        if (gre_address_parse(mask, &netmask) && net.address.family == AF_INET &&
            !gre_address_mask_length(&netmask, &net.length))
            return 0;
    }
    if (gre_address_is_any(&net.address))
        return 1;
    return gre_address_prefix_contains(&net, &of) ? 1u + net.length : 0;
}

/* In IKEv1, "ipv6" comes before an IPv6 address. Returns the number of the word that is the
 * address. */
static guint
after_family(const GreCiscoLine *line, guint n)
{
    return n + (strcmp(gre_cisco_config_word(line, n), "ipv6") == 0);
}

/* An address without the mask of a single host; NULL: the mask is a network's. (transfer full) */
static char *
host_of(const GreCiscoLine *line, guint n)
{
    const char *value = gre_cisco_config_word(line, n);
    const char *slash = strchr(value, '/');

    if (line->n > n + 1 && strcmp(gre_cisco_config_word(line, n + 1), "255.255.255.255") != 0)
        return NULL;
    if (slash && strcmp(slash, "/128") != 0)
        return NULL;
    return slash ? g_strndup(value, (gsize) (slash - value)) : g_strdup(value);
}

/* An identity in strongSwan's notation; NULL: it matches several identities, or its kind is
 * unknown. (transfer full) */
static char *
identity_of(const GreCiscoLine *line, guint n)
{
    const char *kind = gre_cisco_config_word(line, n), *value = gre_cisco_config_word(line, n + 1);

    if (strcmp(kind, "key-id") == 0)
        return g_strconcat("keyid:", value, NULL);
    if (strcmp(kind, "address") == 0)
        return host_of(line, n + 1);
    return (strcmp(kind, "fqdn") == 0 || strcmp(kind, "email") == 0) && line->n == n + 2
               ? g_strdup(value)
               : NULL;
}

/* @of_router: whether it is the router's identity. */
static gboolean
take_identity(GreCisco *self, const GreCiscoLine *line, guint n, gboolean of_router, GError **error)
{
    const char *name = of_router != self->router.of_peer ? "ipsec-local-id" : "ipsec-remote-id";
    g_autofree char *id = identity_of(line, n);

    if (!id || gre_profile_builder_get(self->router.builder, name)) {
        gre_cisco_common_note(self, line);
        return TRUE;
    }
    return gre_router_take_id(&self->router, line->line, of_router, id, error);
}

static gboolean
take_router_identity(GreCisco           *self,
                     const GreCiscoLine *line,
                     const GreCiscoRule *rule,
                     GError            **error)
{
    return take_identity(self, line, rule->n, TRUE, error);
}

/* The identities that the router accepts: "any" is fine if it means this machine. */
static gboolean
take_peer_identity(GreCisco           *self,
                   const GreCiscoLine *line,
                   const GreCiscoRule *rule,
                   GError            **error)
{
    const char *kind = gre_cisco_config_word(line, rule->n);
    guint       value = after_family(line, rule->n + 1);

    if (strcmp(kind, "any") == 0 && self->router.of_peer)
        return TRUE;
    if (strcmp(kind, "address") == 0 && self->router.of_peer &&
        covers(gre_cisco_config_word(line, value), gre_cisco_config_word(line, value + 1),
               self->router.destination))
        return TRUE;
    return take_identity(self, line, rule->n, FALSE, error);
}

/* ---- the pre-shared key ---- */

/* "[0] KEY", "6 ENCRYPTED", "hex DIGITS" from word number @n on. */
static gboolean
take_psk(GreCisco *self, const GreCiscoLine *line, guint n, GError **error)
{
    const char *type = gre_cisco_config_word(line, n), *next = gre_cisco_config_word(line, n + 1);
    gboolean    typed = next[0] && strcmp(next, "address") != 0 && strcmp(next, "hostname") != 0;

    if (typed && (strcmp(type, "6") == 0 || strcmp(type, "7") == 0)) {
        gre_profile_builder_note(self->router.builder,
                                 _("line %u: the pre-shared key is encrypted (type %s) and only "
                                   "the router can decrypt it: set it before the first use"),
                                 line->line, type);
        self->router.has_key = TRUE;
        return TRUE;
    }
    typed = typed && (strcmp(type, "0") == 0 || strcmp(type, "hex") == 0);
    return gre_router_take_psk(&self->router, line->line, typed ? next : type,
                               typed && strcmp(type, "hex") == 0, error);
}

/* "pre-share", "rsa-sig", "ecdsa-sig" */
static gboolean
take_method(GreCisco *self, const GreCiscoLine *line, const char *word, GError **error)
{
    g_autofree char *where = gre_file_where(line->line);

    if (g_str_has_prefix(word, "pre-share"))
        self->psk = TRUE;
    else if (strcmp(word, "rsa-sig") == 0 || strcmp(word, "ecdsa-sig") == 0)
        self->pubkey = TRUE;
    else
        return gre_error_fail(error, _("%s: only pre-share, rsa-sig and ecdsa-sig can be imported"),
                              where);
    return TRUE;
}

static gboolean
finish_method(GreCisco *self, const GreCiscoLine *line, GError **error)
{
    g_autofree char *where = gre_file_where(line ? line->line : 1);

    if (self->psk && self->pubkey)
        return gre_error_fail(error,
                              _("%s: both ends must have a pre-shared key, or both rsa-sig or "
                                "ecdsa-sig"),
                              where);
    if (!gre_profile_builder_set(self->router.builder, "ipsec", "ipsec",
                                 self->pubkey ? "pubkey" : "psk", error))
        return FALSE;
    if (self->pubkey)
        return gre_router_take_pubkey(&self->router, error);
    gre_router_note_psk(&self->router);
    return TRUE;
}

/* ---- IKEv2 ---- */

/* How specifically the lines of a keyring's peer, from @i up to the next peer, match the tunnel's
 * peer; 0: they belong to other peers. */
static guint
rate_peer(const GreCisco *self, const GreCiscoSection *keyring, guint i)
{
    guint rate = 0;

    for (i++; i < keyring->lines->len; i++) {
        const GreCiscoLine *line = keyring->lines->pdata[i];
        guint               n = gre_cisco_config_begins(line, "identity address") ? 2 : 1;

        if (gre_cisco_config_begins(line, "peer"))
            break;
        if (n == 2 || gre_cisco_config_begins(line, "address"))
            rate = MAX(rate, covers(gre_cisco_config_word(line, n),
                                    gre_cisco_config_word(line, n + 1), self->router.destination));
    }
    return rate;
}

/* pre-shared-key [local|remote] KEY */
static gboolean
take_peer_keys(GreCisco *self, const GreCiscoSection *keyring, guint i, GError **error)
{
    for (i++; i < keyring->lines->len; i++) {
        const GreCiscoLine *line = keyring->lines->pdata[i];
        const char         *direction = gre_cisco_config_word(line, 1);
        gboolean one_way = strcmp(direction, "local") == 0 || strcmp(direction, "remote") == 0;

        if (gre_cisco_config_begins(line, "peer"))
            return TRUE;
        if (gre_cisco_config_begins(line, "pre-shared-key") &&
            !take_psk(self, line, one_way && line->n > 2 ? 2 : 1, error))
            return FALSE;
    }
    return TRUE;
}

/* keyring [local] NAME */
static gboolean
take_keyring(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    const char      *name = gre_cisco_config_word(line, line->n - 1);
    GreCiscoSection *keyring =
        gre_cisco_config_need(self->sections, line, "crypto ikev2 keyring", name, error);

    guint best = 0, peer = 0;

    if (!keyring)
        return FALSE;
    keyring->used = TRUE;
    for (guint i = 0; i < keyring->lines->len; i++) {
        guint rate = gre_cisco_config_begins(keyring->lines->pdata[i], "peer")
                         ? rate_peer(self, keyring, i)
                         : 0;

        if (rate > best) {
            best = rate;
            peer = i;
        }
    }
    return best == 0 || take_peer_keys(self, keyring, peer, error); /* none: note_psk() */
}

/* authentication remote pre-share [key KEY], authentication local rsa-sig */
static gboolean
take_authentication(GreCisco           *self,
                    const GreCiscoLine *line,
                    const GreCiscoRule *rule,
                    GError            **error)
{
    if (!take_method(self, line, gre_cisco_config_word(line, 2), error))
        return FALSE;
    return strcmp(gre_cisco_config_word(line, 3), "key") != 0 || take_psk(self, line, 4, error);
}

static const GreCiscoRule ikev2_rules[] = {
    { "match identity remote", take_peer_identity, NULL, 3 },
    { "identity local", take_router_identity, NULL, 2 },
    { "authentication local", take_authentication, NULL, 0 },
    { "authentication remote", take_authentication, NULL, 0 },
    { "keyring", take_keyring, NULL, 0 },
    { "pki trustpoint", NULL, NULL, 0 }, /* by take_pubkey() */
    { "dpd", gre_cisco_common_take_word, "ipsec-dpd-delay", 1 },
    { "lifetime", gre_cisco_common_take_word, "ipsec-ike-lifetime", 1 },
    { "description", NULL, NULL, 0 },
    { NULL, NULL, NULL, 0 },
};

/* The router's global settings, used if the profile doesn't override them. */
static gboolean
take_global(GreCisco *self, const char *words, guint n, GError **error)
{
    const GreCiscoRule rule = { words, gre_cisco_common_take_word, "ipsec-dpd-delay", n };
    GreCiscoSection   *section = gre_cisco_config_find(self->sections, words, NULL);

    if (!section)
        return TRUE;
    section->used = TRUE;
    return gre_cisco_common_take_word(self, section->head, &rule, error);
}

gboolean
gre_cisco_ike_take_v2(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error)
{
    GreCiscoSection *profile =
        gre_cisco_config_need(self->sections, line, "crypto ikev2 profile", name, error);

    if (!profile ||
        !gre_profile_builder_set(self->router.builder, "ikev2", "ipsec-ike-version", "2", error) ||
        !take_global(self, "crypto ikev2 dpd", 3, error) ||
        !gre_cisco_common_take_section(self, profile, ikev2_rules, error) ||
        !take_ikev2_policies(self, error))
        return FALSE;
    return finish_method(self, profile->head, error);
}

/* ---- IKEv1 ---- */

/* A policy without "authentication" is for rsa-sig. */
static gboolean
is_for_keys(const GreCiscoLine *method)
{
    return !method || !g_str_has_prefix(gre_cisco_config_word(method, 1), "pre-share");
}

static gboolean
take_isakmp_policy(GreCisco *self, GreCiscoSection *policy, gboolean pubkey, GError **error)
{
    const GreCiscoRule  lifetime = { "lifetime", NULL, "ipsec-ike-lifetime", 1 };
    const GreCiscoLine *method = gre_cisco_config_find_line(policy, "authentication");
    g_autoptr(GPtrArray) algorithms = g_ptr_array_new();
    g_autofree char *proposal = NULL;

    if (is_for_keys(method) != pubkey)
        return TRUE; /* for other peers; noted as unused */
    if (!take_method(self, policy->head, method ? gre_cisco_config_word(method, 1) : "rsa-sig",
                     error))
        return FALSE;
    policy->used = TRUE;
    for (guint i = 0; i < policy->lines->len; i++) {
        const GreCiscoLine *line = policy->lines->pdata[i];

        if (gre_cisco_config_begins(line, "lifetime") &&
            !gre_profile_builder_get(self->router.builder, lifetime.property)) {
            if (!gre_cisco_common_take_word(self, line, &lifetime, error))
                return FALSE;
        } else if (line != method && !add_part(self, line, GRE_WORDS_CISCO_IKEV1, algorithms)) {
            gre_cisco_common_note(self, line);
        }
    }
    add_defaults(self, policy, algorithms);
    proposal = gre_router_proposal(&self->router, policy->head->line, algorithms);
    return !proposal ||
           gre_router_add_proposal(&self->router, "ipsec-ike-proposals", proposal, error);
}

static gboolean
take_some_policies(GreCisco *self, gboolean pubkey, GError **error)
{
    for (guint i = 0; i < self->sections->len; i++) {
        GreCiscoSection *section = self->sections->pdata[i];

        if (gre_cisco_config_begins(section->head, "crypto isakmp policy") &&
            !take_isakmp_policy(self, section, pubkey, error))
            return FALSE;
    }
    return TRUE;
}

/* A router's policies are not bound to a peer. Uses those for a pre-shared key if there is a key
 * for this peer or there are no other policies. */
static gboolean
take_isakmp_policies(GreCisco *self, GError **error)
{
    gboolean has_psk =
        self->router.has_key || gre_profile_builder_get(self->router.builder, "ipsec-psk");

    if (!take_some_policies(self, FALSE, error))
        return FALSE;
    if (self->psk || has_psk)
        return self->psk || gre_error_fail(error, _("%s: none has \"authentication pre-share\""),
                                           "crypto isakmp policy");
    return take_some_policies(self, TRUE, error) &&
           (self->pubkey || gre_error_fail(error, _("%s is missing"), "crypto isakmp policy"));
}

/* The number of the word after this one; 0 if there is none. */
static guint
after_word(const GreCiscoLine *line, guint from, const char *word)
{
    for (guint i = from; i < line->n; i++)
        if (g_ascii_strcasecmp(line->words[i], word) == 0)
            return i + 1;
    return 0;
}

/* crypto isakmp key KEY address A [MASK], crypto isakmp key KEY address ipv6 A/LENGTH */
static gboolean
take_isakmp_keys(GreCisco *self, GError **error)
{
    GreCiscoSection *found = NULL;
    guint            best = 0;

    for (guint i = 0; i < self->sections->len; i++) {
        GreCiscoSection *section = self->sections->pdata[i];
        guint            word = after_word(section->head, 4, "address");
        guint            address = after_family(section->head, word);
        guint            rate =
            covers(gre_cisco_config_word(section->head, address),
                   gre_cisco_config_word(section->head, address + 1), self->router.destination);

        if (!gre_cisco_config_begins(section->head, "crypto isakmp key") || word == 0 ||
            rate <= best)
            continue;
        best = rate;
        found = section;
    }
    if (!found || self->router.has_key ||
        gre_profile_builder_get(self->router.builder, "ipsec-psk"))
        return TRUE;
    found->used = TRUE;
    return take_psk(self, found->head, 3, error);
}

/* keyring NAME: its lines are "pre-shared-key address A [MASK] key KEY", or "address ipv6 …". */
static gboolean
take_isakmp_keyring(GreCisco           *self,
                    const GreCiscoLine *line,
                    const GreCiscoRule *rule,
                    GError            **error)
{
    GreCiscoSection *keyring =
        gre_cisco_config_find(self->sections, "crypto keyring", gre_cisco_config_word(line, 1));
    const GreCiscoLine *found = NULL;
    guint               best = 0;

    if (!keyring) {
        gre_cisco_common_note(self, line);
        return TRUE;
    }
    keyring->used = TRUE;
    for (guint i = 0; i < keyring->lines->len; i++) {
        const GreCiscoLine *one = keyring->lines->pdata[i];
        guint               n = after_family(one, 2);
        guint rate = covers(gre_cisco_config_word(one, n), gre_cisco_config_word(one, n + 1),
                            self->router.destination);

        if (!gre_cisco_config_begins(one, "pre-shared-key address") || rate <= best ||
            after_word(one, 2, "key") == 0)
            continue;
        best = rate;
        found = one;
    }
    return !found || take_psk(self, found, after_word(found, 2, "key"), error);
}

static const GreCiscoRule isakmp_rules[] = {
    { "match identity", take_peer_identity, NULL, 2 },
    { "self-identity", take_router_identity, NULL, 1 },
    { "keyring", take_isakmp_keyring, NULL, 0 },
    { "ca trust-point", NULL, NULL, 0 }, /* by take_pubkey() */
    { "keepalive", gre_cisco_common_take_word, "ipsec-dpd-delay", 1 },
    { "description", NULL, NULL, 0 },
    { NULL, NULL, NULL, 0 },
};

static gboolean
take_isakmp_profile(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error)
{
    GreCiscoSection *profile =
        gre_cisco_config_need(self->sections, line, "crypto isakmp profile", name, error);

    return profile && gre_cisco_common_take_section(self, profile, isakmp_rules, error);
}

gboolean
gre_cisco_ike_take_v1(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error)
{
    if (!gre_profile_builder_set(self->router.builder, "isakmp", "ipsec-ike-version", "1", error) ||
        !take_global(self, "crypto isakmp keepalive", 3, error) ||
        (line && !take_isakmp_profile(self, line, name, error)) || !take_isakmp_keys(self, error) ||
        !take_isakmp_policies(self, error))
        return FALSE;
    return finish_method(self, line, error);
}
