/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RouterOS' IPsec (help.mikrotik.com, "IPsec"): policies select, peers and identities authenticate.
 * Before 6.44 a peer is all of these.
 */
#include "config.h"

#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "import/file.h"
#include "import/routeros.h"

#include <string.h>

typedef struct {
    GreRouter *router;
    GreBranch *menu; /* ip ipsec */
    GreBranch *peers, *policies, *identities, *profiles, *proposals;
} Ipsec;

/* ---- which policy ---- */

static gboolean
is(const GreBranch *item, const char *key, const char *value)
{
    return g_strcmp0(gre_paths_value(item, key), value) == 0;
}

/* Items that are changed are the router's own: its template and its defaults. */
static gboolean
is_changed(const GreBranch *item)
{
    return gre_paths_nth(item->list->pdata[0], item->depth - 1)[0] == '=';
}

static gboolean
is_active(const GreBranch *item)
{
    return !is(item, "disabled", "yes") && !is_changed(item);
}

/* Whether GRE from the tunnel's source to its destination goes by the policy. */
static gboolean
selects(const GreRouter *router, const GreBranch *policy)
{
    const char *protocol = gre_paths_value(policy, "protocol");

    if (!is_active(policy) || is(policy, "template", "yes") || is(policy, "action", "none"))
        return FALSE;
    if (protocol && strcmp(protocol, "gre") != 0 && strcmp(protocol, "47") != 0 &&
        strcmp(protocol, "all") != 0)
        return FALSE;
    return gre_router_selects(gre_paths_value(policy, "src-address"), router->source) &&
           gre_router_selects(gre_paths_value(policy, "dst-address"), router->destination);
}

/* The peer of the policy: by its name, or its address before 6.44; NULL: there is none. */
static GreBranch *
peer_of(const Ipsec *self, const GreBranch *policy)
{
    const char      *name = gre_paths_value(policy, "peer");
    const char      *to = gre_paths_value(policy, "sa-dst-address");
    g_autofree char *host = gre_routeros_host(to ? to : self->router->destination);
    g_autoptr(GPtrArray) items = NULL;

    if (name)
        return gre_routeros_find(self->peers, "name", name);
    items = gre_paths_branches(self->peers);
    for (guint i = 0; i < items->len; i++) {
        const char      *address = gre_paths_value(items->pdata[i], "address");
        g_autofree char *end = gre_routeros_host(address ? address : "");

        if (strcmp(end, host) == 0 && is_active(items->pdata[i]))
            return gre_routeros_find(self->peers, "address", address);
    }
    return NULL;
}

/* ---- for others ---- */

static void
mark_named(const GreBranch *menu, const char *key, const char *name)
{
    g_autoptr(GreBranch) item = name ? gre_routeros_find(menu, key, name) : NULL;

    if (item)
        gre_paths_mark(item, GRE_PATH_OTHER);
}

/* A peer with another address, and whether its policies are made on demand. */
static gboolean
is_other_peer(const Ipsec *self, const GreBranch *peer)
{
    const char *name = gre_paths_value(peer, "name");
    const char *address = gre_paths_value(peer, "address");
    g_autoptr(GreBranch) identity = name ? gre_routeros_find(self->identities, "peer", name) : NULL;
    const GreBranch *made_by = identity ? identity : peer;
    const char      *made = gre_paths_value(made_by, "generate-policy");
    GreAddress       parsed;
    g_autofree char *host = gre_routeros_host(address ? address : "");

    return is(peer, "disabled", "yes") ||
           (gre_address_parse(host, &parsed) && strcmp(host, self->router->destination) != 0 &&
            (!made || strcmp(made, "no") == 0));
}

/* Without a policy for the tunnel, what is for another peer encrypts no tunnel of ours. */
static void
mark_others(const Ipsec *self)
{
    g_autoptr(GPtrArray) policies = gre_paths_branches(self->policies);
    g_autoptr(GPtrArray) peers = gre_paths_branches(self->peers);

    for (guint i = 0; i < policies->len; i++) {
        const GreBranch *policy = policies->pdata[i];

        gre_paths_mark(policy, GRE_PATH_OTHER);
        if (i < 256)
            mark_named(self->proposals, "name", gre_paths_value(policy, "proposal"));
    }
    for (guint i = 0; i < peers->len && i < 256; i++) {
        const GreBranch *peer = peers->pdata[i];

        if (!is_other_peer(self, peer))
            continue;
        gre_paths_mark(peer, GRE_PATH_OTHER);
        mark_named(self->profiles, "name", gre_paths_value(peer, "profile"));
        mark_named(self->identities, "peer", gre_paths_value(peer, "name"));
    }
}

/* Defaults of every router, and firewall rules: they encrypt nothing. */
static void
mark_harmless(const GreBranch *root, const GreBranch *ipsec)
{
    static const char *const menus[] = { "l2tp-client", "l2tp-server", "sstp-client", "ipip" };
    g_autoptr(GreBranch) firewall = gre_paths_sub(root, "ip", "firewall", NULL);
    g_autoptr(GreBranch) firewall6 = gre_paths_sub(root, "ipv6", "firewall", NULL);
    g_autoptr(GPtrArray) submenus = gre_paths_branches(ipsec);

    gre_paths_mark(firewall, GRE_PATH_OTHER);
    gre_paths_mark(firewall6, GRE_PATH_OTHER);
    for (gsize i = 0; i < G_N_ELEMENTS(menus); i++) {
        g_autoptr(GreBranch) menu = gre_paths_sub(root, "interface", menus[i], NULL);

        gre_paths_mark(menu, GRE_PATH_OTHER);
    }
    for (guint i = 0; i < submenus->len; i++) {
        g_autoptr(GPtrArray) items = gre_paths_branches(submenus->pdata[i]);

        for (guint j = 0; j < items->len; j++)
            if (is_changed(items->pdata[j]) || is(items->pdata[j], "disabled", "yes"))
                gre_paths_mark(items->pdata[j], GRE_PATH_OTHER);
    }
}

/* ---- values ---- */

/* "1d", "1h30m", "00:30:00", "1d 00:00:00", "3600" as seconds. */
static gboolean
parse_duration(const char *text, guint64 *seconds)
{
    static const struct {
        char  unit;
        guint seconds;
    } units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
    guint64 fields = 0; /* of HH:MM:SS */

    *seconds = 0;
    while (*text) {
        char   *end;
        guint64 n = g_ascii_strtoull(text, &end, 10);
        gsize   i = 0;

        if (end == text || n > G_MAXUINT32)
            return FALSE;
        while (i < G_N_ELEMENTS(units) && units[i].unit != *end)
            i++;
        if (i < G_N_ELEMENTS(units))
            *seconds += n * units[i].seconds;
        else if (*end == ':' || *end == '\0')
            fields = (fields + n) * (*end == ':' ? 60 : 1);
        else
            return FALSE;
        text = end + (*end != '\0');
        text += strspn(text, " ");
    }
    *seconds += fields;
    return TRUE;
}

static gboolean
take_duration(GreRouter           *self,
              const GrePath       *path,
              const char          *value,
              const GreRouterRule *rule,
              GError             **error)
{
    guint64          seconds;
    g_autofree char *text = NULL;

    if (strcmp(value, "disable-dpd") == 0)
        seconds = 0;
    else if (!parse_duration(value, &seconds))
        return gre_router_rules_value(self, path, value, rule, error); /* names it */
    text = g_strdup_printf("%" G_GUINT64_FORMAT, seconds);
    return gre_router_rules_value(self, path, text, rule, error);
}

/* address:192.0.2.1, fqdn:a.example.org, user-fqdn:a@example.org, key-id:a */
static gboolean
take_id(GreRouter           *self,
        const GrePath       *path,
        const char          *value,
        const GreRouterRule *rule,
        GError             **error)
{
    static const char *const kinds[] = { "address:", "fqdn:", "user-fqdn:" };

    if (strcmp(value, "auto") == 0 || strcmp(value, "ignore") == 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(value, kinds[i]))
            return gre_router_take_id(self, path->first, rule->value != NULL,
                                      value + strlen(kinds[i]), error);
    if (g_str_has_prefix(value, "key-id:")) {
        g_autofree char *id = g_strconcat("keyid:", value + strlen("key-id:"), NULL);

        return gre_router_take_id(self, path->first, rule->value != NULL, id, error);
    }
    gre_router_rules_note(self, (GrePath *) path, path->n - 2);
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
    gboolean         pubkey = strcmp(value, "digital-signature") == 0;

    if (!pubkey && strcmp(value, "pre-shared-key") != 0)
        return gre_error_fail(error, _("%s: only %s can be imported"), where,
                              "pre-shared-key, digital-signature");
    return gre_profile_builder_set(self->builder, where, "ipsec", pubkey ? "pubkey" : "psk", error);
}

static gboolean
take_exchange(GreRouter           *self,
              const GrePath       *path,
              const char          *value,
              const GreRouterRule *rule,
              GError             **error)
{
    if (strcmp(value, "main") != 0 && strcmp(value, "ike2") != 0)
        gre_router_rules_note(self, (GrePath *) path, path->n - 2);
    return gre_router_rules_value(self, path, strcmp(value, "ike2") == 0 ? "2" : "1", rule, error);
}

/* ---- proposals ---- */

typedef struct {
    const char      *key, *usual; /* the router's default */
    GreAlgorithmKind kind;
} Part;

static const Part ike_parts[] = {
    { "enc-algorithm", "aes-128,3des", GRE_ALGORITHM_ENCRYPTION },
    { "hash-algorithm", "sha1", GRE_ALGORITHM_INTEGRITY },
    { "dh-group", "modp2048,modp1024", GRE_ALGORITHM_GROUP },
};

static const Part esp_parts[] = {
    { "enc-algorithms", "aes-256-cbc,aes-192-cbc,aes-128-cbc", GRE_ALGORITHM_ENCRYPTION },
    { "auth-algorithms", "sha1", GRE_ALGORITHM_INTEGRITY },
    { "pfs-group", "modp1024", GRE_ALGORITHM_GROUP },
};

/* @of: NULL: the file doesn't have it, it is the router's default. */
static gboolean
take_proposal(GreRouter *router, const GreBranch *of, guint line, gboolean ike, GError **error)
{
    const Part             *parts = ike ? ike_parts : esp_parts;
    const GreAlgorithmWords words = ike ? GRE_WORDS_ROUTEROS_IKE : GRE_WORDS_ROUTEROS_ESP;
    g_autoptr(GPtrArray) algorithms = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(ike_parts); i++) {
        const char *list = of ? gre_paths_take(of, parts[i].key) : NULL;

        if (!list)
            gre_router_assume_algorithms(router, line, words, parts[i].kind, parts[i].key,
                                         parts[i].usual, algorithms);
        else if (strcmp(list, "none") != 0)
            gre_router_add_algorithms(router, line, words, parts[i].kind, list, algorithms);
    }
    return gre_router_take_proposal(router, line, ike, algorithms, error);
}

static const GreRouterRule profile_rules[] = {
    { "name", NULL, NULL, NULL },
    { "enc-algorithm", NULL, NULL, NULL }, /* by take_proposal() */
    { "hash-algorithm", NULL, NULL, NULL },
    { "dh-group", NULL, NULL, NULL },
    { "proposal-check", NULL, NULL, NULL },
    { "dpd-maximum-failures", NULL, NULL, NULL },
    { "nat-traversal yes", NULL, NULL, NULL },
    { "lifetime", take_duration, "ipsec-ike-lifetime", NULL },
    { "dpd-interval", take_duration, "ipsec-dpd-delay", NULL },
    { NULL, NULL, NULL, NULL },
};

static const GreRouterRule proposal_rules[] = {
    { "name", NULL, NULL, NULL },
    { "enc-algorithms", NULL, NULL, NULL },
    { "auth-algorithms", NULL, NULL, NULL },
    { "pfs-group", NULL, NULL, NULL },
    { "lifetime", take_duration, "ipsec-esp-lifetime", NULL },
    { NULL, NULL, NULL, NULL },
};

/* The item that @item names, or "default", which the file may not have; FALSE and @error for
 * another name that it hasn't. */
static gboolean
find_named(
    const GreBranch *menu, const GreBranch *item, const char *key, GreBranch **out, GError **error)
{
    GrePath    *path = item ? gre_paths_find(item, key) : NULL;
    const char *name = path ? path->words[path->n - 1] : "default";

    *out = gre_routeros_find(menu, "name", name);
    return *out || strcmp(name, "default") == 0 || gre_router_rules_fail_missing(path, error);
}

static gboolean
take_named(const Ipsec *self, const GreBranch *item, gboolean ike, guint line, GError **error)
{
    g_autoptr(GreBranch) named = NULL;

    if (!find_named(ike ? self->profiles : self->proposals, item, ike ? "profile" : "proposal",
                    &named, error))
        return FALSE;
    line = named ? gre_paths_line(named) : line;
    return (!named || gre_router_rules_take(self->router, named,
                                            ike ? profile_rules : proposal_rules, error)) &&
           take_proposal(self->router, named, line, ike, error);
}

/* ---- the peer ---- */

static const GreRouterRule peer_rules[] = {
    { "name", NULL, NULL, NULL },
    { "comment", NULL, NULL, NULL },
    { "address", NULL, NULL, NULL }, /* by check_ends() */
    { "local-address", NULL, NULL, NULL },
    { "exchange-mode", NULL, NULL, NULL }, /* by take_peer() */
    { "profile", NULL, NULL, NULL },
    { "passive", NULL, NULL, NULL },
    { "send-initial-contact", NULL, NULL, NULL },
    { "auth-method", take_method, NULL, NULL }, /* before 6.44 */
    { "secret", gre_router_rules_psk, NULL, NULL },
    { "my-id", take_id, NULL, "router" },
    { "generate-policy", NULL, NULL, NULL },
    { "enc-algorithm", NULL, NULL, NULL },
    { "hash-algorithm", NULL, NULL, NULL },
    { "dh-group", NULL, NULL, NULL },
    { "nat-traversal", NULL, NULL, NULL },
    { "lifetime", take_duration, "ipsec-ike-lifetime", NULL },
    { "dpd-interval", take_duration, "ipsec-dpd-delay", NULL },
    { NULL, NULL, NULL, NULL },
};

static const GreRouterRule identity_rules[] = {
    { "peer", NULL, NULL, NULL },
    { "comment", NULL, NULL, NULL },
    { "auth-method", take_method, NULL, NULL },
    { "secret", gre_router_rules_psk, NULL, NULL },
    { "my-id", take_id, NULL, "router" },
    { "remote-id", take_id, NULL, NULL },
    { "certificate", NULL, NULL, NULL }, /* by gre_router_take_pubkey() */
    { "remote-certificate", NULL, NULL, NULL },
    { "generate-policy", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

static gboolean
is_end(const char *text, const char *end)
{
    g_autofree char *host = gre_routeros_host(text ? text : end);
    GreAddress       address;

    return strcmp(host, end) == 0 || !gre_address_parse(host, &address) ||
           gre_address_is_any(&address);
}

static gboolean
check_ends(const Ipsec *self, const GreBranch *peer, GError **error)
{
    g_autofree char *where = gre_file_where(gre_paths_line(peer));

    return (is_end(gre_paths_value(peer, "local-address"), self->router->source) &&
            is_end(gre_paths_value(peer, "address"), self->router->destination)) ||
           gre_profile_builder_fail_selector(where, error);
}

static gboolean
take_version(const Ipsec *self, const GreBranch *peer, GError **error)
{
    const GreRouterRule rule = { "exchange-mode", NULL, "ipsec-ike-version", NULL };
    GrePath            *path = gre_paths_find(peer, "exchange-mode");

    return path ? take_exchange(self->router, path, path->words[path->n - 1], &rule, error)
                : gre_profile_builder_set(self->router->builder, "exchange-mode",
                                          "ipsec-ike-version", "1", error);
}

static gboolean
take_identity(const Ipsec *self, const GreBranch *peer, GError **error)
{
    const char *name = gre_paths_value(peer, "name");
    g_autoptr(GreBranch) identity = name ? gre_routeros_find(self->identities, "peer", name) : NULL;
    GreProfileBuilder *builder = self->router->builder;

    if (identity && !gre_router_rules_take(self->router, identity, identity_rules, error))
        return FALSE;
    if (!gre_profile_builder_get(builder, "ipsec") &&
        !gre_profile_builder_set(builder, "ipsec", "ipsec", "psk", error))
        return FALSE;
    if (g_strcmp0(gre_profile_builder_get(builder, "ipsec"), "pubkey") == 0)
        return gre_router_take_pubkey(self->router, error);
    gre_router_note_psk(self->router);
    return TRUE;
}

static gboolean
take_peer(const Ipsec *self, const GreBranch *peer, GError **error)
{
    guint    line = gre_paths_line(peer);
    gboolean old = gre_paths_find(peer, "secret") || gre_paths_find(peer, "enc-algorithm");

    return check_ends(self, peer, error) && take_version(self, peer, error) &&
           gre_router_rules_take(self->router, peer, peer_rules, error) &&
           take_identity(self, peer, error) &&
           (old ? take_proposal(self->router, peer, line, TRUE, error)
                : take_named(self, peer, TRUE, line, error));
}

/* ---- the policy ---- */

static const GreRouterRule policy_rules[] = {
    { "peer", NULL, NULL, NULL },
    { "comment", NULL, NULL, NULL },
    { "src-address", NULL, NULL, NULL }, /* by selects() */
    { "dst-address", NULL, NULL, NULL },
    { "sa-src-address", NULL, NULL, NULL }, /* those of the peer */
    { "sa-dst-address", NULL, NULL, NULL },
    { "protocol", NULL, NULL, NULL },
    { "tunnel", NULL, NULL, NULL }, /* by take_policy() */
    { "proposal", NULL, NULL, NULL },
    { "level", NULL, NULL, NULL },
    { "action encrypt", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

static void
note_selector(const Ipsec *self, const GreBranch *policy, const char *key, const char *end)
{
    GrePath *path = gre_paths_find(policy, key);

    if (path && gre_profile_builder_selector(path->words[path->n - 1], end) == GRE_SELECTOR_WIDER)
        gre_router_rules_note(self->router, path, policy->depth);
}

static gboolean
take_policy(const Ipsec *self, const GreBranch *policy, GError **error)
{
    GreRouter       *router = self->router;
    guint            line = gre_paths_line(policy);
    g_autofree char *where = gre_file_where(line);
    g_autoptr(GreBranch) peer = peer_of(self, policy);

    if (!peer)
        return gre_error_fail(error, _("line %u: %s is not in the file"), line, "/ip ipsec peer");
    note_selector(self, policy, "src-address", router->source);
    note_selector(self, policy, "dst-address", router->destination);
    return take_peer(self, peer, error) &&
           gre_router_rules_take(router, policy, policy_rules, error) &&
           gre_profile_builder_esp_mode(router->builder, where,
                                        is(policy, "tunnel", "yes") ? "tunnel" : "transport",
                                        error) &&
           take_named(self, policy, FALSE, line, error);
}

/* "ipsec-secret" of the tunnel itself makes a peer, with the router's defaults, and a policy. */
static gboolean
take_own_secret(const Ipsec *self, const GreBranch *tunnel, GError **error)
{
    GreRouter  *router = self->router;
    GrePath    *path = gre_paths_find(tunnel, "ipsec-secret");
    const char *secret = gre_paths_take(tunnel, "ipsec-secret");

    return gre_profile_builder_set(router->builder, "ipsec-secret", "ipsec", "psk", error) &&
           gre_profile_builder_set(router->builder, "ipsec-secret", "ipsec-ike-version", "1",
                                   error) &&
           gre_router_take_psk(router, path->first, secret, FALSE, error) &&
           take_named(self, NULL, TRUE, path->first, error) &&
           take_named(self, NULL, FALSE, path->first, error);
}

static gboolean
take_all(const Ipsec *self, const GreBranch *root, const GreBranch *tunnel, GError **error)
{
    g_autoptr(GPtrArray) policies = gre_paths_branches(self->policies);

    if (gre_paths_value(tunnel, "ipsec-secret"))
        return take_own_secret(self, tunnel, error);
    for (guint i = 0; i < policies->len; i++)
        if (selects(self->router, policies->pdata[i]))
            return take_policy(self, policies->pdata[i], error);
    mark_others(self);
    mark_harmless(root, self->menu);
    return TRUE;
}

gboolean
gre_routeros_take_ipsec(GreRouter       *router,
                        const GrePaths  *paths,
                        const GreBranch *tunnel,
                        GError         **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GreBranch) menu = gre_paths_sub(root, "ip", "ipsec", NULL);
    g_autoptr(GreBranch) peers = gre_paths_sub(menu, "peer", NULL);
    g_autoptr(GreBranch) policies = gre_paths_sub(menu, "policy", NULL);
    g_autoptr(GreBranch) identities = gre_paths_sub(menu, "identity", NULL);
    g_autoptr(GreBranch) profiles = gre_paths_sub(menu, "profile", NULL);
    g_autoptr(GreBranch) proposals = gre_paths_sub(menu, "proposal", NULL);
    const Ipsec self = { router, menu, peers, policies, identities, profiles, proposals };

    return take_all(&self, root, tunnel, error);
}
