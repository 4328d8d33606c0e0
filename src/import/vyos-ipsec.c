/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Site-to-site peers, their groups and secrets. */
#include "config.h"

#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "import/file.h"
#include "import/vyos.h"

#include <string.h>

enum { PEERS_MAX = 256 }; /* that are looked at; the lines of more are not known to be for others */

typedef struct {
    GreRouter  *router;
    GreBranch  *root;
    GreBranch  *ipsec; /* vpn ipsec */
    GreBranch  *peer;
    const char *name;  /* of the peer */
    GreBranch  *child; /* its "tunnel N" that has GRE */
} Ipsec;

/* ---- which peer ---- */

/* Before 1.4, a peer's name is its address. */
static const char *
remote_of(const GreBranch *peer, const char *name)
{
    const char *remote = gre_paths_value(peer, "remote-address");

    return remote ? remote : name;
}

/* Any address, or a name, whose address isn't known here. */
static gboolean
is_open(const char *address)
{
    GreAddress parsed;

    return !address || !gre_address_parse(address, &parsed) || gre_address_is_any(&parsed);
}

static gboolean
is_end(const char *address, const char *end)
{
    return is_open(address) || strcmp(address, end) == 0;
}

/* Whether what goes from the tunnel's source to its destination as GRE goes by the child. */
static gboolean
selects(const GreRouter *router, const GreBranch *peer, const char *name, const GreBranch *child)
{
    const char *protocol = gre_paths_value(child, "protocol");
    const char *local = gre_paths_value(child, "local prefix");
    const char *remote = gre_paths_value(child, "remote prefix");

    if (gre_paths_find(child, "disable"))
        return FALSE;
    if (protocol && strcmp(protocol, "gre") != 0 && strcmp(protocol, "all") != 0 &&
        strcmp(protocol, "47") != 0)
        return FALSE;
    local = local ? local : gre_paths_value(child, "local subnet");
    remote = remote ? remote : gre_paths_value(child, "remote subnet");
    return (local ? gre_router_selects(local, router->source)
                  : is_end(gre_paths_value(peer, "local-address"), router->source)) &&
           (remote ? gre_router_selects(remote, router->destination)
                   : is_end(remote_of(peer, name), router->destination));
}

static GreBranch *
find_child(const GreRouter *router, const GreBranch *peer, const char *name)
{
    g_autoptr(GreBranch) children = gre_paths_sub(peer, "tunnel", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(children);

    for (guint i = 0; i < names->len && i < PEERS_MAX; i++) {
        g_autoptr(GreBranch) child = gre_paths_sub(children, names->pdata[i], NULL);

        if (selects(router, peer, name, child))
            return g_steal_pointer(&child);
    }
    return NULL;
}

/* What is only for another peer encrypts no tunnel of ours. A peer of a VTI may: what is routed
 * there isn't known. */
static void
mark_other(const GreBranch *ipsec, const GreBranch *peer)
{
    const char *const groups[][2] = {
        { "ike-group", gre_paths_value(peer, "ike-group") },
        { "esp-group", gre_paths_value(peer, "default-esp-group") },
    };
    static const char *const globals[] = { "interface",   "ipsec-interfaces", "log",
                                           "logging",     "options",          "nat-traversal",
                                           "nat-networks" };

    if (gre_paths_find(peer, "vti"))
        return;
    gre_paths_mark(peer, GRE_PATH_OTHER);
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autoptr(GreBranch) group =
            groups[i][1] ? gre_paths_sub(ipsec, groups[i][0], groups[i][1], NULL) : NULL;

        if (group)
            gre_paths_mark(group, GRE_PATH_OTHER);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(globals); i++) {
        g_autoptr(GreBranch) global = gre_paths_sub(ipsec, globals[i], NULL);

        gre_paths_mark(global, GRE_PATH_OTHER);
    }
}

/* Takes the peer; frees the one before. */
static void
set_peer(Ipsec *self, const char *name, GreBranch *peer, GreBranch *child)
{
    gre_paths_free_branch(self->peer);
    gre_paths_free_branch(self->child);
    self->name = name;
    self->peer = peer;
    self->child = child;
}

/* The peer with the tunnel's destination, else the only one that may have it. */
static gboolean
find_peer(Ipsec *self, GError **error)
{
    g_autoptr(GreBranch) all = gre_paths_sub(self->ipsec, "site-to-site", "peer", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(all);
    gboolean exact = FALSE;
    guint    n_open = 0;

    for (guint i = 0; i < names->len && i < PEERS_MAX; i++) {
        g_autoptr(GreBranch) peer = gre_paths_sub(all, names->pdata[i], NULL);
        g_autoptr(GreBranch) child = find_child(self->router, peer, names->pdata[i]);
        gboolean open = is_open(remote_of(peer, names->pdata[i]));

        n_open += child && open;
        if (!child)
            mark_other(self->ipsec, peer);
        else if (!self->peer || (!exact && !open))
            set_peer(self, names->pdata[i], g_steal_pointer(&peer), g_steal_pointer(&child));
        exact = exact || (self->peer && !is_open(remote_of(self->peer, self->name)));
    }
    return exact || n_open <= 1 ||
           gre_error_fail(error,
                          _("%u peers may have the address %s: remove the others from the file"),
                          n_open, self->router->destination);
}

/* Networks are more than the profile asks for. */
static void
note_selector(const Ipsec *self, const char *words, const char *end)
{
    GrePath *path = gre_paths_find(self->child, words);

    if (path && gre_profile_builder_selector(path->words[path->n - 1], end) == GRE_SELECTOR_WIDER)
        gre_router_rules_note(self->router, path, self->child->depth);
}

static gboolean
check_ends(const Ipsec *self, GError **error)
{
    g_autofree char *where = gre_file_where(gre_paths_line(self->peer));

    note_selector(self, "local prefix", self->router->source);
    note_selector(self, "remote prefix", self->router->destination);
    return (is_end(gre_paths_value(self->peer, "local-address"), self->router->source) &&
            is_end(remote_of(self->peer, self->name), self->router->destination)) ||
           gre_profile_builder_fail_selector(where, error);
}

/* ---- proposals ---- */

/* The settings of a proposal, and the router's defaults. */
static const struct {
    const char      *name, *usual;
    GreAlgorithmKind kind;
} parts[] = {
    { "encryption", "aes128", GRE_ALGORITHM_ENCRYPTION },
    { "hash", "sha1", GRE_ALGORITHM_INTEGRITY },
    { "prf", NULL, GRE_ALGORITHM_PRF },
    { "dh-group", "2", GRE_ALGORITHM_GROUP },
};

static void
add_part(GreRouter *router, const GreBranch *proposal, gsize i, GPtrArray *out)
{
    guint       line = gre_paths_line(proposal);
    const char *word = gre_paths_take(proposal, parts[i].name);

    if (word)
        gre_router_add_algorithm(router, line, GRE_WORDS_VYOS, parts[i].kind, word, out);
    else if (parts[i].usual)
        gre_router_assume_algorithms(router, line, GRE_WORDS_VYOS, parts[i].kind, parts[i].name,
                                     parts[i].usual, out);
}

/* @group: of ESP, or NULL */
static gboolean
take_proposals(
    GreRouter *router, const GreBranch *of, gboolean ike, const GreAlgorithm *group, GError **error)
{
    g_autoptr(GreBranch) all = gre_paths_sub(of, "proposal", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(all);

    for (guint i = 0; i < names->len && i < PEERS_MAX; i++) {
        g_autoptr(GreBranch) proposal = gre_paths_sub(all, names->pdata[i], NULL);
        g_autoptr(GPtrArray) algorithms = g_ptr_array_new();

        for (gsize j = 0; j < G_N_ELEMENTS(parts); j++)
            if (ike || parts[j].kind < GRE_ALGORITHM_PRF)
                add_part(router, proposal, j, algorithms);
        if (group)
            g_ptr_array_add(algorithms, (gpointer) group);
        if (!gre_router_take_proposal(router, gre_paths_line(proposal), ike, algorithms, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- groups ---- */

/* The group that the setting names; NULL and @error if there is none. */
static GreBranch *
find_group(const Ipsec *self, GrePath *path, const char *kind, GError **error)
{
    g_autoptr(GreBranch) group = gre_paths_sub(self->ipsec, kind, path->words[path->n - 1], NULL);

    path->state = GRE_PATH_USED;
    if (group->list->len == 0) {
        gre_router_rules_fail_missing(path, error);
        return NULL;
    }
    return g_steal_pointer(&group);
}

static gboolean
take_version(GreRouter           *self,
             const GrePath       *path,
             const char          *value,
             const GreRouterRule *rule,
             GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    return gre_profile_builder_set(self->builder, where, rule->property,
                                   g_str_has_prefix(value, "ikev") ? value + 4 : value, error);
}

static const GreRouterRule ike_rules[] = {
    { "key-exchange", take_version, "ipsec-ike-version", NULL },
    { "lifetime", gre_router_rules_value, "ipsec-ike-lifetime", NULL },
    { "dead-peer-detection interval", gre_router_rules_value, "ipsec-dpd-delay", NULL },
    { "dead-peer-detection", NULL, NULL, NULL },
    { "close-action", NULL, NULL, NULL },
    { "ikev2-reauth", NULL, NULL, NULL },
    { "disable-mobike", NULL, NULL, NULL },
    { "mobike", NULL, NULL, NULL },
    { "mode main", NULL, NULL, NULL },
    { "proposal", NULL, NULL, NULL }, /* by take_proposals() */
    { NULL, NULL, NULL, NULL },
};

static const GreRouterRule esp_rules[] = {
    { "lifetime", gre_router_rules_value, "ipsec-esp-lifetime", NULL },
    { "mode", NULL, NULL, NULL }, /* by take_esp() */
    { "pfs", NULL, NULL, NULL },
    { "compression disable", NULL, NULL, NULL },
    { "proposal", NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* Perfect forward secrecy is on if nothing is said, with the group of IKE. */
static const GreAlgorithm *
pfs_of(GreRouter *router, const GreBranch *esp, const GreBranch *ike)
{
    GrePath    *path = gre_paths_find(esp, "pfs");
    const char *word = path ? gre_paths_nth(path, path->n - 1) : "enable";
    g_autoptr(GreBranch) proposals = gre_paths_sub(ike, "proposal", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(proposals);
    const GreAlgorithm *group;

    if (strcmp(word, "disable") == 0)
        return NULL;
    if (strcmp(word, "enable") == 0) {
        g_autoptr(GreBranch) first =
            names->len > 0 ? gre_paths_sub(proposals, names->pdata[0], NULL) : NULL;

        word = first ? gre_paths_value(first, "dh-group") : NULL;
        return gre_algorithm_find_word(GRE_WORDS_VYOS, GRE_ALGORITHM_GROUP, word ? word : "2");
    }
    group = gre_algorithm_find_word(GRE_WORDS_VYOS, GRE_ALGORITHM_GROUP,
                                    word + (g_str_has_prefix(word, "dh-group") ? 8 : 0));
    if (!group)
        gre_router_rules_note(router, path, esp->depth);
    return group;
}

static gboolean
take_esp(Ipsec *self, const GreBranch *esp, const GreBranch *ike, GError **error)
{
    GreRouter       *router = self->router;
    GrePath         *mode = gre_paths_find(esp, "mode");
    g_autofree char *where = gre_file_where(mode ? mode->first : gre_paths_line(esp));

    return gre_router_rules_take(router, esp, esp_rules, error) &&
           gre_profile_builder_esp_mode(router->builder, where,
                                        mode ? gre_paths_nth(mode, mode->n - 1) : NULL, error) &&
           take_proposals(router, esp, FALSE, pfs_of(router, esp, ike), error);
}

static gboolean
take_groups(Ipsec *self, GError **error)
{
    GrePath *ike_name = gre_paths_find(self->peer, "ike-group");
    GrePath *esp_name = gre_paths_find(self->child, "esp-group");
    g_autoptr(GreBranch) ike = NULL;
    g_autoptr(GreBranch) esp = NULL;

    esp_name = esp_name ? esp_name : gre_paths_find(self->peer, "default-esp-group");
    if (!ike_name || !esp_name)
        return gre_error_fail(error, _("%s is missing"),
                              ike_name ? "default-esp-group" : "ike-group");
    ike = find_group(self, ike_name, "ike-group", error);
    esp = ike ? find_group(self, esp_name, "esp-group", error) : NULL;
    return esp && gre_router_rules_take(self->router, ike, ike_rules, error) &&
           take_proposals(self->router, ike, TRUE, NULL, error) && take_esp(self, esp, ike, error);
}

/* ---- authentication ---- */

/* Before 1.4, a name has "@" before it. */
static const char *
bare_id(const char *id)
{
    return id[0] == '@' && id[1] != '\0' && id[1] != '#' ? id + 1 : id;
}

static gboolean
take_id(GreRouter           *self,
        const GrePath       *path,
        const char          *value,
        const GreRouterRule *rule,
        GError             **error)
{
    return gre_router_take_id(self, path->first, rule->value != NULL, bare_id(value), error);
}

static gboolean
take_method(GreRouter           *self,
            const GrePath       *path,
            const char          *value,
            const GreRouterRule *rule,
            GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    if (strcmp(value, "pre-shared-secret") != 0 && strcmp(value, "x509") != 0 &&
        strcmp(value, "rsa") != 0)
        return gre_error_fail(error, _("%s: only %s can be imported"), where,
                              "pre-shared-secret, rsa, x509");
    return gre_profile_builder_set(self->builder, where, "ipsec",
                                   value[0] == 'p' ? "psk" : "pubkey", error);
}

static gboolean
take_encap(GreRouter           *self,
           const GrePath       *path,
           const char          *value,
           const GreRouterRule *rule,
           GError             **error)
{
    return strcmp(value, "disable") == 0 || gre_router_rules_word(self, path, value, rule, error);
}

static const GreRouterRule peer_rules[] = {
    { "authentication mode", take_method, NULL, NULL },
    { "authentication pre-shared-secret", gre_router_rules_psk, NULL, NULL },
    { "authentication local-id", take_id, NULL, "router" },
    { "authentication id", take_id, NULL, "router" },
    { "authentication remote-id", take_id, NULL, NULL },
    { "authentication x509", NULL, NULL, NULL }, /* by gre_router_take_pubkey() */
    { "authentication rsa", NULL, NULL, NULL },  /* by take_raw() */
    { "connection-type", NULL, NULL, NULL },
    { "description", NULL, NULL, NULL },
    { "ike-group", NULL, NULL, NULL }, /* by take_groups() */
    { "default-esp-group", NULL, NULL, NULL },
    { "ikev2-reauth", NULL, NULL, NULL },
    { "local-address", NULL, NULL, NULL }, /* by find_peer() */
    { "remote-address", NULL, NULL, NULL },
    { "tunnel", NULL, NULL, NULL },
    { "force-udp-encapsulation", take_encap, "ipsec-encap", "yes" },
    { "force-encapsulation", take_encap, "ipsec-encap", "yes" },
    { "replay-window", gre_router_rules_value, "ipsec-replay-window", NULL },
    { NULL, NULL, NULL, NULL },
};

/* How well the identities of a secret fit: both ends, one, or none of them. */
static guint
rate_secret(const Ipsec *self, const GreBranch *secret)
{
    const char *local = gre_paths_value(self->peer, "authentication local-id");
    const char *remote = gre_paths_value(self->peer, "authentication remote-id");
    guint       local_fits = 0, remote_fits = 0;

    for (guint i = 0; i < secret->list->len; i++) {
        const GrePath *path = secret->list->pdata[i];
        const char    *id = gre_paths_nth(path, secret->depth + 1);

        if (!gre_paths_match(path, secret->depth, "id"))
            continue;
        local_fits |= strcmp(id, local ? local : self->router->source) == 0;
        remote_fits |= strcmp(id, remote ? remote : self->router->destination) == 0;
    }
    return 1 + local_fits + 2 * remote_fits;
}

static gboolean
take_typed_secret(GreRouter *router, const GreBranch *secret, GError **error)
{
    GrePath         *path = gre_paths_find(secret, "secret");
    const char      *type = gre_paths_take(secret, "secret-type");
    const char      *text = path ? gre_paths_nth(path, path->n - 1) : "";
    g_autofree char *where = gre_file_where(path ? path->first : 0);
    char            *base64;
    gboolean         done;

    if (!path)
        return TRUE;
    gre_paths_mark(secret, GRE_PATH_USED);
    if (g_strcmp0(type, "base64") != 0)
        return gre_router_take_psk(router, path->first, text, g_strcmp0(type, "hex") == 0, error);
    base64 = g_strconcat("0s", text, NULL);
    done = gre_profile_builder_set(router->builder, where, "ipsec-psk", base64, error);
    gre_secret_free_text(base64);
    return done;
}

/* Since 1.4, secrets stand beside the peers and are for identities. */
static gboolean
take_psk(const Ipsec *self, GError **error)
{
    g_autoptr(GreBranch) all = gre_paths_sub(self->ipsec, "authentication", "psk", NULL);
    g_autoptr(GPtrArray) names = gre_paths_names(all);
    g_autoptr(GreBranch) found = NULL;
    guint best = 0;

    for (guint i = 0; i < names->len && i < PEERS_MAX; i++) {
        g_autoptr(GreBranch) secret = gre_paths_sub(all, names->pdata[i], NULL);
        gboolean is_any = !gre_paths_find(secret, "id");
        guint    rate = is_any ? 1 : rate_secret(self, secret);

        if ((!is_any && rate == 1) || rate <= best)
            continue; /* for others */
        best = rate;
        gre_paths_free_branch(found);
        found = g_steal_pointer(&secret);
    }
    return !found || take_typed_secret(self->router, found, error);
}

/* The peer's key pair, which the file has a public key of if it is the router's own. */
static gboolean
take_raw(const Ipsec *self, GError **error)
{
    GreRouter *router = self->router;
    GrePath   *path = gre_paths_find(self->peer, router->of_peer ? "authentication rsa local-key"
                                                                 : "authentication rsa remote-key");
    g_autoptr(GreBranch) pair = NULL;
    const char      *base64;
    g_autofree char *pem = NULL;
    g_autofree char *where = gre_file_where(path ? path->first : gre_paths_line(self->peer));

    if (!path)
        return gre_error_fail(error, _("%s is missing"), "authentication rsa");
    pair = gre_paths_sub(self->root, "pki", "key-pair", path->words[path->n - 1], NULL);
    base64 = gre_paths_take(pair, "public key");
    if (!base64)
        return gre_router_rules_fail_missing(path, error);
    pem = g_strdup_printf("-----BEGIN PUBLIC KEY----- %s -----END PUBLIC KEY-----", base64);
    return gre_profile_builder_set(router->builder, where, "ipsec-remote-pubkey", pem, error) &&
           gre_router_take_private_key(router, error);
}

static gboolean
take_authentication(const Ipsec *self, GError **error)
{
    GreProfileBuilder *builder = self->router->builder;

    if (!gre_router_rules_take(self->router, self->peer, peer_rules, error))
        return FALSE;
    if (g_strcmp0(gre_paths_value(self->peer, "authentication mode"), "rsa") == 0)
        return take_raw(self, error);
    if (g_strcmp0(gre_profile_builder_get(builder, "ipsec"), "pubkey") == 0)
        return gre_router_take_pubkey(self->router, error);
    if (!gre_profile_builder_set(builder, "ipsec", "ipsec", "psk", error) || !take_psk(self, error))
        return FALSE;
    gre_router_note_psk(self->router);
    return TRUE;
}

gboolean
gre_vyos_take_ipsec(GreRouter *router, const GrePaths *paths, GError **error)
{
    g_autoptr(GreBranch) root = gre_paths_root(paths);
    g_autoptr(GreBranch) ipsec = gre_paths_sub(root, "vpn", "ipsec", NULL);
    Ipsec    self = { .router = router, .root = root, .ipsec = ipsec };
    gboolean done;

    done = find_peer(&self, error) &&
           (!self.peer || (check_ends(&self, error) && take_authentication(&self, error) &&
                           take_groups(&self, error)));
    gre_paths_free_branch(self.peer);
    gre_paths_free_branch(self.child);
    return done;
}
