/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads swanctl.conf(5): the connection with a child for GRE, and its secrets. In such a setup the
 * tunnel itself is configured elsewhere, so the file has no addresses inside and no GRE keys.
 */
#include "config.h"

#include "gre-conf-tree.h"
#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-strongswan.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/key-files.h"
#include "import/profile-builder.h"
#include "import/read.h"

#include <string.h>

typedef struct {
    GreProfileBuilder *builder;
    const GreFile     *file;
    const GreConf     *root, *connection, *child, *local, *remote, *secret;
    const GreConf     *authorities; /* NULL: nothing was read from there */
    const char        *config_dir;  /* of swanctl's directory */
    gboolean           in_secrets;  /* values are never shown */
    GError           **error;
} Reader;

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "connections {") || gre_file_has_line(file, "connections{") ||
           gre_file_has_line(file, "secrets {") || gre_file_has_line(file, "connections :");
}

static char *
where_of(const GreConf *section, const GreConfKey *key)
{
    return g_strdup_printf(_("line %u, %s.%s"), key->line, section->name, key->name);
}

/* ---- traffic selectors ---- */

/* The first item of a list; (transfer full). */
static char *
first_item(const char *list)
{
    return g_strstrip(g_strndup(list, strcspn(list, ",")));
}

/* "dynamic[gre]", "203.0.113.10/32[47]", "[gre/]": whether it selects GRE; @address is the text
 * before the bracket. */
static gboolean
parse_selector(const char *text, char **address)
{
    const char      *open = strchr(text, '[');
    gsize            len = open ? strcspn(open + 1, "]/") : 0;
    g_autofree char *protocol = open ? g_ascii_strdown(open + 1, (gssize) len) : NULL;

    if (!protocol || (strcmp(protocol, "gre") != 0 && strcmp(protocol, "47") != 0))
        return FALSE;
    if (address)
        *address = g_strndup(text, (gsize) (open - text));
    return TRUE;
}

static gboolean
is_gre_selector(const char *list)
{
    g_autofree char *first = first_item(list ? list : "");

    return parse_selector(first, NULL);
}

static gboolean
is_gre_child(const GreConf *child)
{
    return is_gre_selector(gre_conf_tree_value(child, "local_ts")) &&
           is_gre_selector(gre_conf_tree_value(child, "remote_ts"));
}

/* ---- finding the connection ---- */

/* A connection and one of its children that are for GRE. */
typedef struct {
    const GreConf *connection, *child;
} Pair;

/* The children of a connection that are for GRE; @list gets them. */
static guint
list_children(const GreConf *connection, GArray *list)
{
    const GreConf *children = gre_conf_tree_section(connection, "children");
    g_autoptr(GPtrArray) all = children ? gre_conf_tree_all_sections(children) : NULL;
    guint n = 0;

    for (guint i = 0; all && i < all->len; i++) {
        Pair pair = { connection, all->pdata[i] };

        if (is_gre_child(pair.child)) {
            g_array_append_val(list, pair);
            n++;
        }
    }
    return n;
}

static void
note_other_children(Reader *reader)
{
    const GreConf *children = gre_conf_tree_section(reader->connection, "children");
    g_autoptr(GPtrArray) all = gre_conf_tree_all_sections(children);

    for (guint i = 0; i < all->len; i++)
        if (all->pdata[i] != reader->child && !is_gre_child(all->pdata[i]))
            gre_profile_builder_note(reader->builder, _("line %u: %s is not for GRE"),
                                     ((GreConf *) all->pdata[i])->line,
                                     ((GreConf *) all->pdata[i])->name);
}

/* Whether a section of the tree derives from this one of the root. */
static gboolean
is_inherited(const GreConf *tree, const char *name)
{
    if (tree->parents && g_strv_contains((const char *const *) tree->parents, name))
        return TRUE;
    for (guint i = 0; i < tree->sections->len; i++)
        if (is_inherited(tree->sections->pdata[i], name))
            return TRUE;
    return FALSE;
}

/* Notes pools and authorities, and secrets of other connections. */
static void
note_other_sections(Reader *reader, const GreConf *parent)
{
    g_autoptr(GPtrArray) all = parent ? gre_conf_tree_all_sections(parent) : NULL;

    for (guint i = 0; all && i < all->len; i++) {
        const GreConf *one = all->pdata[i];

        if (one != reader->secret && one != reader->authorities &&
            strcmp(one->name, "connections") != 0 && strcmp(one->name, "secrets") != 0 &&
            !is_inherited(reader->root, one->name))
            gre_profile_builder_note(reader->builder, _("line %u: %s is not part of the tunnel"),
                                     one->line, one->name);
    }
}

/* The first address of a connection's end, or NULL. (transfer full) */
static char *
address_of(const GreConf *connection, const char *name)
{
    const char *list = gre_conf_tree_value(connection, name);

    return list ? first_item(list) : NULL;
}

/* The name of a connection, or of one of its several children: "a", "a.g". */
static void
add_pair(GreChoice *choice, GArray *pairs, guint i)
{
    const Pair *all = (const Pair *) pairs->data, *pair = &all[i];
    gboolean    single = (i == 0 || all[i - 1].connection != pair->connection) &&
                      (i + 1 == pairs->len || all[i + 1].connection != pair->connection);
    g_autofree char *from = address_of(pair->connection, "local_addrs");
    g_autofree char *to = address_of(pair->connection, "remote_addrs");
    g_autofree char *whole =
        g_strconcat(pair->connection->name, single ? NULL : ".", pair->child->name, NULL);

    gre_choice_add(choice, whole, from, to);
}

static gboolean
choose(Reader *reader, GArray *pairs)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_from);
    guint which;

    for (guint i = 0; i < pairs->len; i++)
        add_pair(choice, pairs, i);
    if (!gre_choice_pick(choice, reader->file, reader->builder->notes, &which, reader->error))
        return FALSE;
    reader->connection = g_array_index(pairs, Pair, which).connection;
    reader->child = g_array_index(pairs, Pair, which).child;
    return TRUE;
}

static gboolean
find_connection(Reader *reader)
{
    const GreConf *connections = gre_conf_tree_section(reader->root, "connections");
    g_autoptr(GPtrArray) all = connections ? gre_conf_tree_all_sections(connections) : NULL;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(Pair));

    for (guint i = 0; all && i < all->len; i++)
        if (list_children(all->pdata[i], pairs) == 0)
            gre_profile_builder_note(reader->builder, _("line %u: %s is not for GRE"),
                                     ((GreConf *) all->pdata[i])->line,
                                     ((GreConf *) all->pdata[i])->name);
    if (pairs->len > 0)
        return choose(reader, pairs);
    return gre_error_fail(reader->error,
                          _("no connection has a child whose local_ts and remote_ts are for GRE, "
                            "such as dynamic[gre]"));
}

/* "local", "local-1": the first authentication round of the connection. */
static const GreConf *
find_round(Reader *reader, const char *name)
{
    g_autoptr(GPtrArray) all = gre_conf_tree_all_sections(reader->connection);
    const GreConf *found = NULL;
    gsize          len = strlen(name);

    for (guint i = 0; i < all->len; i++) {
        const GreConf *one = all->pdata[i];

        if (strncmp(one->name, name, len) != 0)
            continue;
        if (found)
            gre_profile_builder_note(reader->builder,
                                     _("line %u: %s is another authentication round"), one->line,
                                     one->name);
        else
            found = one;
    }
    return found;
}

/* ---- keys ---- */

typedef struct Rule Rule;
struct Rule {
    const char *name;
    gboolean (*take)(Reader           *reader,
                     const GreConf    *section,
                     const GreConfKey *key,
                     const Rule       *rule);
    const char *property;
};

static gboolean
take_same(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);

    return gre_profile_builder_set(reader->builder, where, rule->property, key->value,
                                   reader->error);
}

static void
note_key(Reader *reader, const GreConf *section, const GreConfKey *key)
{
    g_autofree char *where = where_of(section, key);
    g_autofree char *shown = gre_value_quote(reader->in_secrets ? "…" : key->value);

    gre_profile_builder_note(reader->builder, _("%s: %s has no counterpart"), where, shown);
}

static gboolean
take_unless_no(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    gboolean yes;

    if (!gre_value_boolean(key->value, &yes) || yes)
        note_key(reader, section, key);
    return TRUE;
}

/* An address or name; the first one of a list. */
static gboolean
take_host(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    g_autofree char *first = first_item(key->value);
    GreAddress       address;

    if (strchr(key->value, ','))
        note_key(reader, section, key);
    if (strcmp(rule->property, "local") == 0 && !gre_address_parse(first, &address) &&
        gre_value_is_host_name(first)) {
        gre_profile_builder_note(reader->builder, _("%s: using the address that leads to the peer"),
                                 where);
        return TRUE;
    }
    return !first[0] || gre_profile_builder_endpoint(reader->builder, where, rule->property, first,
                                                     reader->error);
}

static gboolean
take_version(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    return strcmp(key->value, "0") == 0 || take_same(reader, section, key, rule);
}

/* "default" means strongSwan's own proposals; alone it is our default too. */
static gboolean
take_proposals(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    g_auto(GStrv) items = g_strsplit(key->value, ",", -1);
    GString         *list = g_string_new(NULL);
    g_autofree char *text = NULL;

    for (gsize i = 0; items[i]; i++) {
        g_strstrip(items[i]);
        if (strcmp(items[i], "default") != 0)
            g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "", items[i]);
    }
    text = g_string_free(list, FALSE);
    if (text[0] && strstr(key->value, "default"))
        note_key(reader, section, key);
    return !text[0] ||
           gre_profile_builder_set(reader->builder, where, rule->property, text, reader->error);
}

static gboolean
take_encap(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    gboolean         yes = FALSE;

    if (!gre_value_boolean(key->value, &yes))
        note_key(reader, section, key);
    return !yes ||
           gre_profile_builder_set(reader->builder, where, rule->property, "yes", reader->error);
}

/* A child without "mode" uses tunnel mode. */
static gboolean
take_mode(Reader *reader)
{
    g_autofree char *where = gre_file_where(reader->child->line);

    return gre_profile_builder_esp_mode(reader->builder, where,
                                        gre_conf_tree_value(reader->child, "mode"), reader->error);
}

/* The plugin makes any number of attempts. */
static gboolean
take_tries(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    if (strcmp(key->value, "0") != 0 && strcmp(key->value, "%forever") != 0)
        note_key(reader, section, key);
    return TRUE;
}

/* "pubkey-sha256": a constraint on the peer's signature. */
static gboolean
take_auth(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    if (strcmp(key->value, "psk") != 0 && strcmp(key->value, "pubkey") != 0)
        note_key(reader, section, key);
    return TRUE;
}

/* Without it, the connection waits; a profile initiates. */
static void
note_start(Reader *reader)
{
    const char *start = gre_conf_tree_value(reader->child, "start_action");

    if (!start || strcmp(start, "none") == 0)
        gre_profile_builder_note(
            reader->builder,
            _("line %u, %s: start_action is none: the connection waits for the peer or a command, "
              "but the profile initiates: set ipsec-start=respond to wait for the peer"),
            reader->child->line, reader->child->name);
}

/* Without an id, swanctl accepts any; a profile expects the address. A certificate or key of the
 * peer has its own. */
static void
note_remote_id(Reader *reader)
{
    if (gre_profile_builder_get(reader->builder, "ipsec-remote-id") ||
        gre_profile_builder_get(reader->builder, "ipsec-remote-cert") ||
        gre_profile_builder_get(reader->builder, "ipsec-remote-pubkey") ||
        (reader->remote && gre_conf_tree_value(reader->remote, "id")))
        return;
    gre_profile_builder_note(reader->builder,
                             _("line %u, %s: the remote section has no id and accepts any, but the "
                               "profile expects the peer's address: set ipsec-remote-id if the "
                               "peer has another identity"),
                             reader->connection->line, reader->connection->name);
}

static gboolean
take_start(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    static const char *const initiating[] = { "start", "none", "trap|start", "start|trap", NULL };
    g_autofree char         *where = where_of(section, key);

    if (strcmp(key->value, "trap") == 0)
        return gre_profile_builder_set(reader->builder, where, rule->property, "trap",
                                       reader->error);
    if (!g_strv_contains(initiating, key->value))
        note_key(reader, section, key);
    return TRUE;
}

/* Whether a selector means the end that the connection already has. */
static gboolean
check_selector(Reader           *reader,
               const GreConf    *section,
               const GreConfKey *key,
               const char       *address,
               const char       *end)
{
    g_autofree char *where = where_of(section, key);

    switch (gre_profile_builder_selector(address, end)) {
    case GRE_SELECTOR_OTHER:
        return gre_profile_builder_fail_selector(where, reader->error);
    case GRE_SELECTOR_WIDER:
        note_key(reader, section, key);
        return TRUE;
    default:
        return TRUE;
    }
}

/* Addresses in the selectors are used if the connection's own are open. */
static gboolean
take_selector(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    g_autofree char *first = first_item(key->value);
    g_autofree char *address = NULL;
    const char      *end = gre_profile_builder_get(reader->builder, rule->property);
    char            *slash;

    if (strchr(key->value, ','))
        note_key(reader, section, key);
    if (!parse_selector(first, &address))
        return TRUE;
    if (end && strcmp(rule->property, "remote") == 0) {
        if (!gre_profile_builder_inner_end(reader->builder, where, "remote", address,
                                           reader->error))
            return FALSE;
        end = gre_profile_builder_get(reader->builder, "remote");
    }
    if (end)
        return check_selector(reader, section, key, address, end);
    slash = strchr(address, '/');
    if (strcmp(rule->property, "local") == 0 && slash && strcmp(slash, "/0") == 0) {
        note_key(reader, section, key);
        return TRUE;
    }
    if (slash && strcmp(slash, "/32") != 0 && strcmp(slash, "/128") != 0)
        return gre_error_fail(reader->error, _("%s: a tunnel is between two hosts, not networks"),
                              where);
    if (slash)
        *slash = '\0';
    if (!address[0] || strcmp(address, "dynamic") == 0 || address[0] == '%')
        return TRUE;
    return gre_profile_builder_set(reader->builder, where, rule->property, address, reader->error);
}

static gboolean
take_identity(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    if (key->value[0] && strcmp(key->value, "%any") != 0)
        return take_same(reader, section, key, rule);
    note_key(reader, section, key);
    return TRUE;
}

/* A directory of swanctl's. (transfer full) */
static char *
swanctl_dir(const Reader *reader, const char *name)
{
    return g_build_filename(reader->config_dir, "swanctl", name, NULL);
}

/* The directory where swanctl keeps a kind of secret; the section's name begins with the kind. */
static const char *
secret_dir(const GreConf *section)
{
    static const char *const kinds[] = { "private", "rsa", "ecdsa", "pkcs8", "pkcs12" };

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(section->name, kinds[i]))
            return kinds[i];
    return NULL;
}

/* A file name is relative to swanctl's directory for such files. */
static gboolean
take_file(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    static const struct {
        const char *property, *dir;
    } dirs[] = {
        { "ipsec-cert", "x509" },
        { "ipsec-remote-cert", "x509" },
        { "ipsec-ca", "x509ca" },
    };
    g_autofree char *where = where_of(section, key);
    g_autofree char *first = first_item(key->value);
    g_autofree char *dir = NULL, *path = NULL;
    const char      *name = secret_dir(section);

    if (strchr(key->value, ','))
        note_key(reader, section, key);
    for (gsize i = 0; i < G_N_ELEMENTS(dirs); i++)
        if (strcmp(dirs[i].property, rule->property) == 0)
            name = dirs[i].dir;
    dir = swanctl_dir(reader, name);
    path = gre_key_files_path(dir, first);
    return gre_profile_builder_set(reader->builder, where, rule->property, path, reader->error);
}

static gboolean
take_public(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    g_autofree char *first = first_item(key->value);
    g_autofree char *dir = swanctl_dir(reader, "pubkey");

    if (strchr(key->value, ','))
        note_key(reader, section, key);
    return gre_key_files_take_public(reader->builder, where, dir, first, reader->error);
}

/* handle: the key's ID in its token; the words next to it belong to it. */
static gboolean
take_token(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rule)
{
    g_autofree char *where = where_of(section, key);
    g_autofree char *uri = gre_key_files_token(gre_conf_tree_value(section, "module"),
                                               gre_conf_tree_value(section, "slot"), key->value);

    if (uri)
        return gre_profile_builder_set(reader->builder, where, rule->property, uri, reader->error);
    return gre_error_fail(reader->error, _("%s: expected the key's ID in its token, in hex"),
                          where);
}

static const Rule connection_rules[] = {
    { "version", take_version, "ipsec-ike-version" },
    { "local_addrs", take_host, "local" },
    { "remote_addrs", take_host, "remote" },
    { "proposals", take_proposals, "ipsec-ike-proposals" },
    { "encap", take_encap, "ipsec-encap" },
    { "dpd_delay", take_same, "ipsec-dpd-delay" },
    { "rekey_time", take_same, "ipsec-ike-lifetime" },
    { "mobike", take_unless_no, NULL },
    { "reauth_time", take_unless_no, NULL },
    { "keyingtries", take_tries, NULL },
    { "unique", NULL, NULL },
    { NULL, NULL, NULL },
};

static const Rule child_rules[] = {
    { "local_ts", take_selector, "local" },
    { "remote_ts", take_selector, "remote" },
    { "esp_proposals", take_proposals, "ipsec-esp-proposals" },
    { "rekey_time", take_same, "ipsec-esp-lifetime" },
    { "replay_window", take_same, "ipsec-replay-window" },
    { "hw_offload", take_same, "ipsec-hw-offload" },
    { "start_action", take_start, "ipsec-start" },
    { "mode", NULL, NULL }, /* by take_mode() */
    { "dpd_action", NULL, NULL },
    { "close_action", NULL, NULL },
    { NULL, NULL, NULL },
};

static const Rule local_rules[] = {
    { "auth", take_auth, NULL },
    { "id", take_identity, "ipsec-local-id" },
    { "certs", take_file, "ipsec-cert" },
    { "pubkeys", NULL, NULL }, /* the private key covers it */
    { NULL, NULL, NULL },
};

static const Rule remote_rules[] = {
    { "auth", take_auth, NULL },
    { "id", take_identity, "ipsec-remote-id" },
    { "certs", take_file, "ipsec-remote-cert" },
    { "cacerts", take_file, "ipsec-ca" },
    { "pubkeys", take_public, NULL },
    { NULL, NULL, NULL },
};

static const Rule private_rules[] = {
    { "file", take_file, "ipsec-private-key" },
    { "secret", take_same, "ipsec-private-key-password" },
    { NULL, NULL, NULL },
};

static const Rule token_rules[] = {
    { "handle", take_token, "ipsec-private-key" },
    { "module", NULL, NULL },
    { "slot", NULL, NULL },
    { "pin", take_same, "ipsec-private-key-password" },
    { NULL, NULL, NULL },
};

/* In a section of its own within a round: a path for the daemon, or a token, which is not
 * supported. */
static const Rule cert_rules[] = {
    { "file", take_file, "ipsec-cert" },
    { NULL, NULL, NULL },
};
static const Rule remote_cert_rules[] = {
    { "file", take_file, "ipsec-remote-cert" },
    { NULL, NULL, NULL },
};
static const Rule cacert_rules[] = {
    { "file", take_file, "ipsec-ca" },
    { NULL, NULL, NULL },
};
static const Rule authority_rules[] = {
    { "cacert", take_file, "ipsec-ca" },
    { "file", take_file, "ipsec-ca" },
    { NULL, NULL, NULL },
};

static gboolean
take_key(Reader *reader, const GreConf *section, const GreConfKey *key, const Rule *rules)
{
    for (; rules->name; rules++)
        if (strcmp(rules->name, key->name) == 0)
            return !rules->take || rules->take(reader, section, key, rules);
    note_key(reader, section, key);
    return TRUE;
}

static gint
by_line(gconstpointer a, gconstpointer b)
{
    guint x = (*(GreConfKey *const *) a)->line, y = (*(GreConfKey *const *) b)->line;

    return (x > y) - (x < y);
}

static gboolean
take_section(Reader *reader, const GreConf *section, const Rule *rules)
{
    g_autoptr(GPtrArray) keys = section ? gre_conf_tree_all_keys(section) : NULL;

    if (keys)
        g_ptr_array_sort(keys, by_line);
    for (guint i = 0; keys && i < keys->len; i++)
        if (!take_key(reader, section, keys->pdata[i], rules))
            return FALSE;
    return TRUE;
}

/* cert1 {}, cacert-a {}: sections in a round whose names begin so. */
static gboolean
take_certs(Reader *reader, const GreConf *round, const char *prefix, const Rule *rules)
{
    g_autoptr(GPtrArray) all = round ? gre_conf_tree_all_sections(round) : NULL;

    for (guint i = 0; all && i < all->len; i++)
        if (g_str_has_prefix(((GreConf *) all->pdata[i])->name, prefix) &&
            !take_section(reader, all->pdata[i], rules))
            return FALSE;
    return TRUE;
}

/* ---- authentication ---- */

static const char *
method_of(const GreConf *round)
{
    const char *auth = round ? gre_conf_tree_value(round, "auth") : NULL;

    return auth ? auth : "pubkey"; /* swanctl's default */
}

static gboolean
take_method(Reader *reader)
{
    const char *local = method_of(reader->local), *remote = method_of(reader->remote);
    gboolean    psk = strcmp(local, "psk") == 0 && strcmp(remote, "psk") == 0;

    if (!psk && (!g_str_has_prefix(local, "pubkey") || !g_str_has_prefix(remote, "pubkey")))
        return gre_error_fail(reader->error,
                              _("line %u, %s: auth: both ends must use psk, or both pubkey; other "
                                "methods are not supported"),
                              reader->connection->line, reader->connection->name);
    return gre_profile_builder_set(reader->builder, "auth", "ipsec", psk ? "psk" : "pubkey",
                                   reader->error);
}

/* How well a section of secrets matches: 0 for other peers, higher the more it names. */
static guint
rate_secret(Reader *reader, const GreConf *secret)
{
    static const char *const properties[] = { "ipsec-remote-id", "remote", "ipsec-local-id",
                                              "local" };
    g_autoptr(GPtrArray) keys = gre_conf_tree_all_keys(secret);
    guint rate = 1, ids = 0;

    for (guint i = 0; i < keys->len; i++) {
        GreConfKey *key = keys->pdata[i];

        if (!g_str_has_prefix(key->name, "id"))
            continue;
        ids++;
        for (gsize j = 0; j < G_N_ELEMENTS(properties); j++)
            if (g_strcmp0(gre_profile_builder_get(reader->builder, properties[j]), key->value) == 0)
                rate += j < 2 ? 4 : 1;
    }
    return ids > 0 && rate == 1 ? 0 : rate;
}

/* The section of secrets whose name begins so and that matches best. */
static const GreConf *
find_secret(Reader *reader, const char *prefix)
{
    const GreConf *secrets = gre_conf_tree_section(reader->root, "secrets"), *found = NULL;
    g_autoptr(GPtrArray) all = secrets ? gre_conf_tree_all_sections(secrets) : NULL;
    guint best = 0;

    for (guint i = 0; all && i < all->len; i++) {
        const GreConf *one = all->pdata[i];
        guint          rate = g_str_has_prefix(one->name, prefix) ? rate_secret(reader, one) : 0;

        if (rate > best) {
            best = rate;
            found = one;
        }
    }
    reader->secret = found ? found : reader->secret;
    return found;
}

static gboolean
take_psk(Reader *reader)
{
    const GreConf    *secret = find_secret(reader, "ike");
    const GreConfKey *key = secret ? gre_conf_tree_key(secret, "secret") : NULL;
    g_autofree char  *where = key ? where_of(secret, key) : NULL;

    if (key)
        return gre_profile_builder_set(reader->builder, where, "ipsec-psk", key->value,
                                       reader->error);
    gre_profile_builder_note(reader->builder,
                             _("the file has no pre-shared key for this connection: set it "
                               "before the first use"));
    return TRUE;
}

/* A private key is identified by its certificate, which isn't read here: 0 for no key, higher the
 * more similar the two file names are. */
static guint
rate_private(Reader *reader, const GreConf *secret)
{
    const char *cert = gre_profile_builder_get(reader->builder, "ipsec-cert");
    const char *file = gre_conf_tree_value(secret, "file");

    if (g_str_has_prefix(secret->name, "token"))
        return gre_conf_tree_value(secret, "handle") ? 1 : 0;
    if (!secret_dir(secret) || !file)
        return 0;
    return cert && gre_key_files_are_kin(cert, file) ? 2 : 1;
}

static const GreConf *
find_private(Reader *reader)
{
    const GreConf *secrets = gre_conf_tree_section(reader->root, "secrets"), *found = NULL;
    g_autoptr(GPtrArray) all = secrets ? gre_conf_tree_all_sections(secrets) : NULL;
    g_autofree char *where = NULL;
    guint            best = 0, same = 0;

    for (guint i = 0; all && i < all->len; i++) {
        guint rate = rate_private(reader, all->pdata[i]);

        same = rate > best ? 1 : rate == best ? same + 1 : same;
        found = rate > best ? all->pdata[i] : found;
        best = MAX(best, rate);
    }
    where = gre_file_where(found ? found->line : 0);
    if (found && same > 1)
        gre_profile_builder_note(
            reader->builder, _("%s: can't tell which of %u private keys is meant: using the first"),
            where, same);
    return found;
}

static gboolean
take_private_key(Reader *reader)
{
    g_autofree char *dir = swanctl_dir(reader, NULL);

    reader->secret = find_private(reader);
    reader->in_secrets = TRUE;
    if (reader->secret)
        return take_section(reader, reader->secret,
                            g_str_has_prefix(reader->secret->name, "token") ? token_rules
                                                                            : private_rules);
    return gre_key_files_take_private(reader->builder, dir, reader->error);
}

/* The only one of authorities {}; else any that swanctl has loaded would do. */
static gboolean
take_authority(Reader *reader)
{
    const GreConf *section = gre_conf_tree_section(reader->root, "authorities");
    g_autoptr(GPtrArray) all = section ? gre_conf_tree_all_sections(section) : NULL;
    g_autofree char *dir = swanctl_dir(reader, "x509ca");

    if (all && all->len == 1 && !gre_profile_builder_get(reader->builder, "ipsec-ca") &&
        !gre_profile_builder_get(reader->builder, "ipsec-remote-cert") &&
        !gre_profile_builder_get(reader->builder, "ipsec-remote-pubkey")) {
        reader->authorities = section;
        if (!take_section(reader, all->pdata[0], authority_rules))
            return FALSE;
    }
    return gre_key_files_take_authority(reader->builder, dir, reader->error);
}

static gboolean
take_pubkey(Reader *reader)
{
    return take_certs(reader, reader->local, "cert", cert_rules) &&
           take_certs(reader, reader->remote, "cert", remote_cert_rules) &&
           take_certs(reader, reader->remote, "cacert", cacert_rules) && take_authority(reader) &&
           take_private_key(reader);
}

static gboolean
take_all(Reader *reader)
{
    if (!take_section(reader, reader->connection, connection_rules) ||
        !take_section(reader, reader->child, child_rules) || !take_method(reader) ||
        !take_section(reader, reader->local, local_rules) ||
        !take_section(reader, reader->remote, remote_rules))
        return FALSE;
    return strcmp(gre_profile_builder_get(reader->builder, "ipsec"), "psk") == 0
               ? take_psk(reader)
               : take_pubkey(reader);
}

static NMConnection *
read_tree(Reader *reader)
{
    if (!find_connection(reader))
        return NULL;
    reader->local = find_round(reader, "local");
    reader->remote = find_round(reader, "remote");
    note_other_children(reader);
    if (!take_mode(reader) || !take_all(reader))
        return NULL;
    note_remote_id(reader);
    note_start(reader);
    note_other_sections(reader, reader->root);
    note_other_sections(reader, gre_conf_tree_section(reader->root, "secrets"));
    reader->builder->id = g_strdup(reader->connection->name);
    gre_profile_builder_note(
        reader->builder,
        _("this format has no addresses inside the tunnel and no GRE key: add them"));
    return gre_profile_builder_finish(reader->builder, reader->error);
}

static NMConnection *
read_swanctl(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GreConf) root = gre_conf_tree_parse(file->text, error);
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    Reader        reader = { .builder = builder,
                             .file = file,
                             .root = root,
                             .config_dir = gre_strongswan_config_dir_of(file->path),
                             .error = error };
    NMConnection *connection = NULL;

    builder->ledger = ledger;
    if (root)
        connection = read_tree(&reader);

    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_swanctl = {
    .name = N_("a swanctl.conf with a child for GRE"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_swanctl,
};
