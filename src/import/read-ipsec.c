/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads ipsec.conf(5) of Libreswan and strongSwan, and the accompanying ipsec.secrets(5): a conn
 * for GRE. In such a setup, the tunnel itself is configured elsewhere.
 */
#include "config.h"

#include "import/read.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-strongswan.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/ipsec-common.h"
#include "import/local-addresses.h"

#include <string.h>

enum {
    ALSO_MAX = 16,      /* conns that one includes, also indirectly */
    WORK_MAX = 1000000, /* keys of all conns and of what they include, again for each */
};

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "conn ");
}

/* ---- reading ---- */

static void
free_key(gpointer data)
{
    GreIpsecKey *key = data;

    g_free(key->name);
    g_free(key->value);
    g_free(key);
}

static void
free_conn(gpointer data)
{
    GreIpsecSection *conn = data;

    g_free(conn->name);
    g_ptr_array_unref(conn->keys);
    g_free(conn);
}

static GreIpsecSection *
add_section(GPtrArray *to, char *name, guint line)
{
    GreIpsecSection *section = g_new0(GreIpsecSection, 1);

    section->name = g_strdup(g_strstrip(name));
    section->line = line;
    section->keys = g_ptr_array_new_with_free_func(free_key);
    g_ptr_array_add(to, section);
    return section;
}

/* A setting that should be indented, as how-tos often have it. */
static gboolean
is_setting(const char *line)
{
    gsize name = strcspn(line, "= \t");

    return name > 0 && line[name + strspn(line + name, " \t")] == '=';
}

/* "conn NAME", "ca NAME" or "config setup", which may wrongly be indented. */
static gboolean
is_heading(const char *line)
{
    static const char *const words[] = { "conn", "ca", "config" };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(line, words[i]) && g_ascii_isspace(line[strlen(words[i])]))
            return !is_setting(line);
    return FALSE;
}

static gboolean
begin_section(
    GreIpsecConf *reader, char *line, guint number, GreIpsecSection **current, GError **error)
{
    *current = NULL;
    if (g_str_has_prefix(line, "conn") && g_ascii_isspace(line[4])) {
        *current = add_section(reader->conns, line + 5, number);
    } else if (g_str_has_prefix(line, "ca") && g_ascii_isspace(line[2])) {
        *current = add_section(reader->authorities, line + 3, number);
    } else if (g_str_has_prefix(line, "include")) {
        g_autofree char *shown = gre_value_quote(line);

        return gre_error_fail(error,
                              _("line %u: %s: included files are not read; put everything into one "
                                "file, or import the included one"),
                              number, shown);
    } else if (!g_str_has_prefix(line, "config ") && !g_str_has_prefix(line, "version ")) {
        gre_profile_builder_note(reader->builder, _("line %u: not a conn section"), number);
    }
    return TRUE;
}

static gboolean
take_line(GreIpsecConf *reader, char *line, guint number, GreIpsecSection **current, GError **error)
{
    gboolean     indented = g_ascii_isspace(line[0]);
    char        *equals = strchr(line, '=');
    GreIpsecKey *key;

    gre_ipsec_common_cut_comment(line);
    line += strspn(line, " \t");
    if (line[0] == '\0')
        return TRUE;
    if (is_heading(line) || (!indented && !is_setting(line)))
        return begin_section(reader, line, number, current, error);
    if (!*current) {
        g_strstrip(line);
        gre_profile_builder_note(
            reader->builder, _("line %u: %s belongs to the daemon, not to a conn"), number, line);
        return TRUE;
    }
    if (!equals)
        return gre_error_fail(error, _("line %u: neither a section nor key=value"), number);
    key = g_new0(GreIpsecKey, 1);
    *equals = '\0';
    key->name = g_ascii_strdown(g_strstrip(line), -1);
    key->value = gre_ipsec_common_unquote(g_strstrip(equals + 1));
    key->line = number;
    g_ptr_array_add((*current)->keys, key);
    return TRUE;
}

static const GreIpsecSection *
find_conn(const GreIpsecConf *reader, const char *name)
{
    return g_hash_table_lookup(reader->by_name, name);
}

static void
index_conns(GreIpsecConf *reader)
{
    for (guint i = 0; i < reader->conns->len; i++) {
        GreIpsecSection *conn = reader->conns->pdata[i];

        if (!find_conn(reader, conn->name))
            g_hash_table_insert(reader->by_name, conn->name, conn);
        for (guint j = 0; j < conn->keys->len; j++) {
            GreIpsecKey *key = conn->keys->pdata[j];

            if (strcmp(key->name, "also") == 0)
                g_hash_table_add(reader->included, key->value);
        }
    }
}

static gboolean
parse(GreIpsecConf *reader, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GreIpsecSection *current = NULL;

    for (guint i = 0; lines[i]; i++)
        if (!take_line(reader, lines[i], i + 1, &current, error))
            return FALSE;
    index_conns(reader);
    return TRUE;
}

/* ---- a conn with all that it includes ---- */

/* Its own keys take precedence over those of `also`, and these over %default's. */
static void
gather(GreIpsecConf *reader, const GreIpsecSection *conn, GHashTable *out, guint *left)
{
    if (!conn || *left == 0)
        return;
    (*left)--;
    reader->work -= MIN(reader->work, conn->keys->len);
    if (reader->work == 0)
        return;
    for (guint i = conn->keys->len; i > 0; i--) {
        GreIpsecKey *key = conn->keys->pdata[i - 1];

        if (strcmp(key->name, "also") != 0 && !g_hash_table_contains(out, key->name))
            g_hash_table_insert(out, key->name, key);
    }
    for (guint i = 0; i < conn->keys->len; i++) {
        const GreIpsecKey *key = conn->keys->pdata[i];

        if (strcmp(key->name, "also") == 0)
            gather(reader, find_conn(reader, key->value), out, left);
    }
}

static GHashTable *
whole(GreIpsecConf *reader, const GreIpsecSection *conn)
{
    GHashTable *out = g_hash_table_new(g_str_hash, g_str_equal);
    guint       left = ALSO_MAX, one = 1;

    gather(reader, conn, out, &left);
    gather(reader, find_conn(reader, "%default"), out, &one);
    return out;
}

static const char *
value(GHashTable *keys, const char *name)
{
    const GreIpsecKey *key = g_hash_table_lookup(keys, name);

    return key ? key->value : "";
}

static gboolean
is_gre_protocol(const char *text)
{
    return strcmp(text, "gre") == 0 || strcmp(text, "47") == 0 || g_str_has_prefix(text, "gre/") ||
           g_str_has_prefix(text, "47/");
}

static gboolean
is_gre(GHashTable *keys)
{
    return (is_gre_protocol(value(keys, "leftprotoport")) &&
            is_gre_protocol(value(keys, "rightprotoport"))) ||
           (strstr(value(keys, "leftsubnet"), "[gre") &&
            strstr(value(keys, "rightsubnet"), "[gre"));
}

/* A conn that another one includes is part of that one. */
static gboolean
is_part(const GreIpsecConf *reader, const GreIpsecSection *conn)
{
    return g_hash_table_contains(reader->included, conn->name) ||
           strcmp(conn->name, "%default") == 0;
}

/* Notes conns that are included but missing from the file. */
static gboolean
check_also(const GreIpsecConf *reader, GError **error)
{
    for (guint i = 0; i < reader->conns->len; i++) {
        const GreIpsecSection *conn = reader->conns->pdata[i];

        for (guint j = 0; j < conn->keys->len; j++) {
            const GreIpsecKey *key = conn->keys->pdata[j];
            g_autofree char   *shown = gre_value_quote(key->value);

            if (strcmp(key->name, "also") == 0 && !find_conn(reader, key->value))
                return gre_error_fail(error, _("line %u: %s is not in the file"), key->line, shown);
        }
    }
    return TRUE;
}

/* Whether it is an address of this machine, or means one. */
static gboolean
is_local(const char *host)
{
    return strcmp(host, "%defaultroute") == 0 || g_str_has_prefix(host, "%eth") ||
           gre_local_addresses_has(host);
}

static gboolean
is_here(const char *left, const char *right)
{
    return is_local(left) || is_local(right);
}

/* The conns for GRE, of which @found gets the indices; notes the others. */
static gboolean
list_conns(GreIpsecConf *reader, GreChoice *choice, GArray *found, GError **error)
{
    for (guint i = 0; i < reader->conns->len; i++) {
        const GreIpsecSection *conn = reader->conns->pdata[i];
        g_autoptr(GHashTable) keys = is_part(reader, conn) ? NULL : whole(reader, conn);

        if (reader->work == 0)
            return gre_error_fail(error, _("line %u: %s"), conn->line,
                                  _("too many settings in one section"));
        if (keys && !is_gre(keys)) {
            gre_profile_builder_note(reader->builder, _("conn %s: not for GRE"), conn->name);
        } else if (keys) {
            gre_choice_add(choice, conn->name, value(keys, "left"), value(keys, "right"));
            g_array_append_val(found, i);
        }
    }
    return found->len > 0 ||
           gre_error_fail(error, _("no conn is for GRE: expected leftprotoport=gre and "
                                   "rightprotoport=gre, or [gre] in both subnets"));
}

static gboolean
choose(GreIpsecConf *reader, const GreFile *file, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(is_here);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint));
    const GreIpsecSection *conn;
    guint                  which;

    if (!list_conns(reader, choice, found, error) ||
        !gre_choice_pick(choice, file, reader->builder->notes, &which, error))
        return FALSE;
    conn = reader->conns->pdata[g_array_index(found, guint, which)];
    reader->keys = whole(reader, conn);
    reader->builder->id = g_strdup(conn->name);
    return TRUE;
}

/* ---- which end is local ---- */

/* left=%any or none is this machine, unless right is. */
static gboolean
is_any(const char *host)
{
    return host[0] == '\0' || strcmp(host, "%any") == 0 || strcmp(host, "0.0.0.0") == 0;
}

/* leftsubnet=203.0.113.1/32[gre] without the protocol. (transfer full) */
static char *
selector_of(const GreIpsecKey *key)
{
    return g_strstrip(g_strndup(key->value, strcspn(key->value, "[,")));
}

/* The tunnel's ends are the selectors, and IKE may use other addresses. */
static gboolean
check_selectors(GreIpsecConf *reader, GError **error)
{
    const struct {
        const char *side, *property;
    } ends[] = { { reader->local, "local" }, { reader->remote, "remote" } };

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        const GreIpsecKey *key = gre_ipsec_common_side(reader, ends[i].side, "subnet");
        const char        *end = gre_profile_builder_get(reader->builder, ends[i].property);
        g_autofree char   *selector = key ? selector_of(key) : NULL;
        g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
        GreSelector        relation =
            key ? gre_profile_builder_selector(selector, end ? end : "") : GRE_SELECTOR_END;

        if (relation == GRE_SELECTOR_OTHER)
            return gre_profile_builder_fail_selector(where, error);
        if (relation == GRE_SELECTOR_WIDER || (key && strchr(key->value, ',')))
            gre_ipsec_common_note(reader, key);
    }
    return TRUE;
}

static gboolean
orient(GreIpsecConf *reader, GError **error)
{
    const char      *left = value(reader->keys, "left"), *right = value(reader->keys, "right");
    g_autofree char *left_shown = gre_value_quote(left), *right_shown = gre_value_quote(right);

    if (is_any(left) && !is_any(right) && !is_local(right)) {
        reader->local = "left";
        reader->remote = "right";
        return TRUE;
    }
    if (is_local(left) == is_local(right))
        return gre_error_fail(error,
                              _("left=%s, right=%s: can't tell which of them is this machine: "
                                "write %%defaultroute for that one"),
                              left_shown, right_shown);
    reader->local = is_local(left) ? "left" : "right";
    reader->remote = is_local(left) ? "right" : "left";
    return TRUE;
}

/* strongSwan treats "@name" as "name", unlike "@#hex" and "@@mail"; "@[text]" is Libreswan's.
 * (transfer full) */
static char *
plain_id(const char *text)
{
    gsize len = strlen(text);

    if (g_str_has_prefix(text, "@[") && text[len - 1] == ']')
        return g_strdup_printf("keyid:%.*s", (int) len - 3, text + 2);
    return g_strdup(text + (text[0] == '@' && text[1] != '#' && text[1] != '@'));
}

static gboolean
set_side(GreIpsecConf *reader, const char *side, const char *what, const char *name, GError **error)
{
    g_autofree char   *full = g_strconcat(side, what, NULL);
    const GreIpsecKey *key = g_hash_table_lookup(reader->keys, full);
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
    g_autofree char   *id = NULL;

    if (!key || !key->value[0] || key->value[0] == '%')
        return TRUE;
    id = plain_id(key->value);
    return gre_profile_builder_endpoint(reader->builder, where, name, id, error);
}

static gboolean
set_sides(GreIpsecConf *reader, GError **error)
{
    return set_side(reader, reader->local, "", "local", error) &&
           set_side(reader, reader->remote, "", "remote", error) &&
           set_side(reader, reader->local, "id", "ipsec-local-id", error) &&
           set_side(reader, reader->remote, "id", "ipsec-remote-id", error);
}

/* ---- the other keys ---- */

static const struct {
    const char *name, *their_value;   /* NULL: any */
    const char *property, *our_value; /* NULL: nothing to set */
} rules[] = {
    { "ikelifetime", NULL, "ipsec-ike-lifetime", NULL },
    { "lifetime", NULL, "ipsec-esp-lifetime", NULL },
    { "salifetime", NULL, "ipsec-esp-lifetime", NULL },
    { "keylife", NULL, "ipsec-esp-lifetime", NULL },
    { "dpddelay", NULL, "ipsec-dpd-delay", NULL },
    { "replay-window", NULL, "ipsec-replay-window", NULL },
    { "replay_window", NULL, "ipsec-replay-window", NULL },
    { "keyexchange", "ikev1", "ipsec-ike-version", "1" },
    { "keyexchange", "ikev2", "ipsec-ike-version", "2" },
    { "keyexchange", "ike", NULL, NULL },
    { "ikev2", "no", "ipsec-ike-version", "1" },
    { "ikev2", "never", "ipsec-ike-version", "1" },
    { "ikev2", "insist", "ipsec-ike-version", "2" },
    { "ikev2", "yes", "ipsec-ike-version", "2" },
    { "forceencaps", "yes", "ipsec-encap", "yes" },
    { "forceencaps", "no", NULL, NULL },
    { "encapsulation", "yes", "ipsec-encap", "yes" },
    { "encapsulation", "auto", NULL, NULL },
    { "encapsulation", "no", "ipsec-encap", "no" },
    { "auto", "route", "ipsec-start", "trap" },
    { "auto", "ondemand", "ipsec-start", "trap" },
    { "auto", "start", NULL, NULL },
    { "auto", "add", NULL, NULL }, /* by note_start() */
    { "auto", "ignore", NULL, NULL },
    { "type", NULL, NULL, NULL }, /* by take_mode() */
    { "authby", NULL, NULL, NULL },
    { "keyingtries", "%forever", NULL, NULL },
    { "keyingtries", "0", NULL, NULL },
    { "dpdaction", "restart", NULL, NULL },
    { "dpdaction", "hold", NULL, NULL },
    { "dpdaction", "none", "ipsec-dpd-delay", "0" },
    { "mobike", "no", NULL, NULL },
};

static gboolean
take_key(GreIpsecConf *reader, const GreIpsecKey *key, GError **error)
{
    g_autofree char *where = gre_ipsec_common_where(key);

    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].name, key->name) != 0 ||
            (rules[i].their_value && strcmp(rules[i].their_value, key->value) != 0))
            continue;
        return !rules[i].property ||
               gre_profile_builder_set(reader->builder, where, rules[i].property,
                                       rules[i].our_value ? rules[i].our_value : key->value, error);
    }
    gre_ipsec_common_note(reader, key);
    return TRUE;
}

/* Keys of the two ends that other functions read. */
static gboolean
is_side_key(const char *name)
{
    static const char *const known[] = { "", "id", "protoport", "subnet", "auth", "authby", NULL };
    gsize side = g_str_has_prefix(name, "left") ? 4 : g_str_has_prefix(name, "right") ? 5 : 0;

    return side > 0 && g_strv_contains(known, name + side);
}

static gint
by_line(gconstpointer a, gconstpointer b)
{
    guint x = ((const GreIpsecKey *) a)->line, y = ((const GreIpsecKey *) b)->line;

    return (x > y) - (x < y);
}

/* A conn that neither daemon starts by itself. */
static void
note_start(GreIpsecConf *reader)
{
    const char *start = value(reader->keys, "auto");

    if (strcmp(start, "add") == 0 || strcmp(start, "ignore") == 0 || start[0] == '\0')
        gre_profile_builder_note(
            reader->builder,
            _("conn %s: auto=%s: the connection waits for the peer or a command, but the profile "
              "initiates: set ipsec-start=respond to wait for the peer"),
            reader->builder->id, start[0] ? start : "ignore");
}

/* Only the peer's: GRE of an address that this machine doesn't have can't be sent. */
static gboolean
take_subnet(GreIpsecConf *reader, GError **error)
{
    const GreIpsecKey *key = gre_ipsec_common_side(reader, reader->remote, "subnet");
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
    g_autofree char   *host = key ? g_strndup(key->value, strcspn(key->value, "[,")) : NULL;

    return !key || gre_profile_builder_inner_end(reader->builder, where, "remote", host, error);
}

/* A conn without "type" uses tunnel mode. */
static gboolean
take_mode(GreIpsecConf *reader, GError **error)
{
    g_autofree char *where = g_strconcat("conn ", reader->builder->id, NULL);

    return gre_profile_builder_esp_mode(reader->builder, where, value(reader->keys, "type"),
                                        error) &&
           take_subnet(reader, error);
}

static gboolean
take_keys(GreIpsecConf *reader, GError **error)
{
    g_autoptr(GList) keys = NULL;

    gre_ipsec_proposals_take(reader);
    keys = g_list_sort(g_hash_table_get_values(reader->keys), by_line);
    for (GList *l = keys; l; l = l->next)
        if (!is_side_key(((GreIpsecKey *) l->data)->name) && !take_key(reader, l->data, error))
            return FALSE;
    return TRUE;
}

/* ---- authentication ---- */

typedef enum { AUTH_OTHER, AUTH_PSK, AUTH_PUBKEY, AUTH_NARROW } Auth;

/* One item of a list; "rsa-3072-sha256" is strongSwan's constraint on the peer's signature. */
static Auth
auth_of(const char *word)
{
    static const char *const keys[] = { "pubkey",  "rsasig", "ecdsasig", "rsa",       "ecdsa",
                                        "ed25519", "ed448",  "rsa-sha2", "ecdsa-sha2" };
    static const char *const kinds[] = { "pubkey-", "rsa", "ecdsa", "ed25519-", "ike:", "sha" };

    if (strcmp(word, "secret") == 0 || strcmp(word, "psk") == 0)
        return AUTH_PSK;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i], word) == 0)
            return AUTH_PUBKEY;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(word, kinds[i]))
            return AUTH_NARROW;
    return AUTH_OTHER;
}

/* "rsasig", "ecdsa,rsa-sha2", "secret|rsasig": all must be the same method. */
static Auth
auth_of_list(const char *list)
{
    g_auto(GStrv) words = g_strsplit_set(list, ",|", -1);
    Auth all = words[0] ? auth_of(g_strstrip(words[0])) : AUTH_OTHER;

    for (gsize i = 1; words[0] && words[i]; i++) {
        Auth one = auth_of(g_strstrip(words[i]));

        if ((one == AUTH_PSK) != (all == AUTH_PSK) || one == AUTH_OTHER)
            return AUTH_OTHER;
        all = MAX(all, one);
    }
    return all;
}

/* Without a setting, both daemons use keys and certificates. */
static Auth
auth_of_side(GreIpsecConf *reader, const char *side)
{
    const GreIpsecKey *key = gre_ipsec_common_side(reader, side, "auth");
    Auth               auth;

    key = key ? key : g_hash_table_lookup(reader->keys, "authby");
    auth = key ? auth_of_list(key->value) : AUTH_PUBKEY;
    if (auth == AUTH_NARROW && (side == reader->remote || strcmp(key->name, "authby") != 0))
        gre_ipsec_common_note(reader, key);
    return auth == AUTH_NARROW ? AUTH_PUBKEY : auth;
}

static gboolean
take_method(GreIpsecConf *reader, GError **error)
{
    Auth local = auth_of_side(reader, reader->local), remote = auth_of_side(reader, reader->remote);

    if (local != remote || local == AUTH_OTHER)
        return gre_error_fail(error,
                              _("conn %s: both ends must authenticate with a pre-shared key, or "
                                "both with keys and certificates; nothing else can be imported"),
                              reader->builder->id);
    return gre_profile_builder_set(reader->builder, "authby", "ipsec",
                                   local == AUTH_PSK ? "psk" : "pubkey", error);
}

/* A pre-shared key needs no authority. */
static void
note_authorities(GreIpsecConf *reader)
{
    for (guint i = 0; i < reader->authorities->len; i++)
        gre_profile_builder_note(reader->builder, _("line %u: not a conn section"),
                                 ((GreIpsecSection *) reader->authorities->pdata[i])->line);
}

static gboolean
take_psk(GreIpsecConf *reader, const GreFile *secrets, const char *name, GError **error)
{
    note_authorities(reader);
    if (secrets && !gre_ipsec_secrets_take_psk(reader, secrets, name, error))
        return FALSE;
    if (!gre_profile_builder_get(reader->builder, "ipsec-psk"))
        gre_profile_builder_note(reader->builder,
                                 _("no pre-shared key for this connection in %s beside it: set "
                                   "it before the first use"),
                                 name);
    return TRUE;
}

/* Keys and certificates that can't be used are noted with the other keys. */
static gboolean
take_rest(GreIpsecConf *reader, const char *path, GError **error)
{
    gboolean         psk = strcmp(gre_profile_builder_get(reader->builder, "ipsec"), "psk") == 0;
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GreFile) secrets = NULL;

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        secrets = gre_file_load(path, error);
        if (!secrets)
            return FALSE;
    }
    if (!psk && !gre_ipsec_credentials_take(reader, secrets, name, error))
        return FALSE;
    return take_keys(reader, error) && (!psk || take_psk(reader, secrets, name, error));
}

static NMConnection *
read_ipsec(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    g_autoptr(GPtrArray) conns = g_ptr_array_new_with_free_func(free_conn);
    g_autoptr(GPtrArray) authorities = g_ptr_array_new_with_free_func(free_conn);
    g_autofree char *secrets = gre_file_sibling(file, ".secrets");
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) included = g_hash_table_new(g_str_hash, g_str_equal);
    GreIpsecConf  reader = { .builder = builder,
                             .config_dir = gre_strongswan_config_dir_of(file->path),
                             .conns = conns,
                             .authorities = authorities,
                             .by_name = by_name,
                             .included = included,
                             .work = WORK_MAX };
    NMConnection *connection = NULL;

    builder->ledger = ledger;
    if (parse(&reader, file->text, error) && check_also(&reader, error) &&
        choose(&reader, file, error) && orient(&reader, error) && set_sides(&reader, error) &&
        take_method(&reader, error) && take_rest(&reader, secrets, error) &&
        take_mode(&reader, error) && check_selectors(&reader, error)) {
        note_start(&reader);
        gre_profile_builder_note(
            builder, _("this format has no addresses inside the tunnel and no GRE key: add them"));
        connection = gre_profile_builder_finish(builder, error);
    }
    g_clear_pointer(&reader.keys, g_hash_table_unref);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_ipsec = {
    .name = N_("an ipsec.conf with a conn for GRE"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_ipsec,
};
