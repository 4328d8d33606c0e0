/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipsec.conf(5) of Libreswan and of strongSwan, and the ipsec.secrets(5) beside it: a conn for GRE
 * with a pre-shared key. The tunnel itself stands elsewhere in such a setup.
 */
#include "config.h"

#include "format.h"
#include "gre-algorithm.h"
#include "gre-i18n.h"
#include "gre-property.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import.h"
#include "own.h"

#include <string.h>

enum { ALSO_MAX = 16 }; /* conns that one takes in, also by others */

typedef struct {
    char *name, *value;
    guint line;
} Key;

typedef struct {
    char      *name;
    GPtrArray *keys; /* of Key */
} Conn;

typedef struct {
    GreImport  *import;
    GPtrArray  *conns;
    GHashTable *keys;         /* of the conn, with all that it takes in: char* -> Key*, borrowed */
    const char *ours, *other; /* "left", "right" */
} Reader;

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "conn ");
}

static char *
where_of(const Key *key)
{
    return g_strdup_printf(_("line %u, %s"), key->line, key->name);
}

/* ---- reading ---- */

static void
free_key(gpointer data)
{
    Key *key = data;

    g_free(key->name);
    g_free(key->value);
    g_free(key);
}

static void
free_conn(gpointer data)
{
    Conn *conn = data;

    g_free(conn->name);
    g_ptr_array_unref(conn->keys);
    g_free(conn);
}

/* Without the quotes around it. (transfer full) */
static char *
unquote(const char *text)
{
    gsize len = strlen(text);

    if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0])
        return g_strndup(text + 1, len - 2);
    return g_strdup(text);
}

/* Up to a "#" that begins a comment. */
static void
cut_comment(char *line)
{
    char quote = '\0';

    for (char *p = line; *p; p++) {
        if (quote)
            quote = *p == quote ? '\0' : quote;
        else if (*p == '"')
            quote = *p;
        else if (*p == '#' && (p == line || g_ascii_isspace(p[-1])))
            *p = '\0';
        if (!*p)
            break;
    }
    g_strchomp(line);
}

static gboolean
begin_section(Reader *reader, char *line, guint number, Conn **current, GError **error)
{
    *current = NULL;
    if (g_str_has_prefix(line, "conn") && g_ascii_isspace(line[4])) {
        *current = g_new0(Conn, 1);
        (*current)->name = g_strdup(g_strstrip(line + 5));
        (*current)->keys = g_ptr_array_new_with_free_func(free_key);
        g_ptr_array_add(reader->conns, *current);
    } else if (g_str_has_prefix(line, "include")) {
        g_autofree char *shown = gre_value_quote(line);

        return gre_file_fail(error,
                             _("line %u: %s: other files are not read; put what it includes into "
                               "one file, or import that one"),
                             number, shown);
    } else if (!g_str_has_prefix(line, "config ") && !g_str_has_prefix(line, "version ")) {
        gre_import_note(reader->import, _("line %u: a section that is no conn"), number);
    }
    return TRUE;
}

static gboolean
take_line(Reader *reader, char *line, guint number, Conn **current, GError **error)
{
    gboolean indented = g_ascii_isspace(line[0]);
    char    *equals = strchr(line, '=');
    Key     *key;

    cut_comment(line);
    if (line[strspn(line, " \t")] == '\0')
        return TRUE;
    if (!indented)
        return begin_section(reader, line, number, current, error);
    if (!*current) {
        g_strstrip(line);
        gre_import_note(reader->import, _("line %u: %s is the daemon's own, not of a conn"), number,
                        line);
        return TRUE;
    }
    if (!equals)
        return gre_file_fail(error, _("line %u: neither a section nor key=value"), number);
    key = g_new0(Key, 1);
    *equals = '\0';
    key->name = g_ascii_strdown(g_strstrip(line), -1);
    key->value = unquote(g_strstrip(equals + 1));
    key->line = number;
    g_ptr_array_add((*current)->keys, key);
    return TRUE;
}

static gboolean
parse(Reader *reader, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Conn *current = NULL;

    for (guint i = 0; lines[i]; i++)
        if (!take_line(reader, lines[i], i + 1, &current, error))
            return FALSE;
    return TRUE;
}

/* ---- a conn with all that it takes in ---- */

static const Conn *
find_conn(const Reader *reader, const char *name)
{
    for (guint i = 0; i < reader->conns->len; i++)
        if (strcmp(((Conn *) reader->conns->pdata[i])->name, name) == 0)
            return reader->conns->pdata[i];
    return NULL;
}

/* Its own keys go before those of `also`, and these before %default's. */
static void
gather(const Reader *reader, const Conn *conn, GHashTable *out, guint *left)
{
    if (!conn || *left == 0)
        return;
    (*left)--;
    for (guint i = conn->keys->len; i > 0; i--) {
        Key *key = conn->keys->pdata[i - 1];

        if (strcmp(key->name, "also") != 0 && !g_hash_table_contains(out, key->name))
            g_hash_table_insert(out, key->name, key);
    }
    for (guint i = 0; i < conn->keys->len; i++) {
        const Key *key = conn->keys->pdata[i];

        if (strcmp(key->name, "also") == 0)
            gather(reader, find_conn(reader, key->value), out, left);
    }
}

static GHashTable *
whole(const Reader *reader, const Conn *conn)
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
    const Key *key = g_hash_table_lookup(keys, name);

    return key ? key->value : "";
}

/* "left" and "id": the value of "leftid". */
static const char *
side_value(const Reader *reader, const char *side, const char *name)
{
    g_autofree char *key = g_strconcat(side, name, NULL);

    return value(reader->keys, key);
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

/* One that another takes in is a part of that one. */
static gboolean
is_part(const Reader *reader, const Conn *conn)
{
    for (guint i = 0; i < reader->conns->len; i++) {
        const Conn *other = reader->conns->pdata[i];

        for (guint j = 0; j < other->keys->len; j++) {
            const Key *key = other->keys->pdata[j];

            if (strcmp(key->name, "also") == 0 && strcmp(key->value, conn->name) == 0)
                return TRUE;
        }
    }
    return strcmp(conn->name, "%default") == 0;
}

/* What a conn wants to take in and the file doesn't have. */
static gboolean
check_also(const Reader *reader, GError **error)
{
    for (guint i = 0; i < reader->conns->len; i++) {
        const Conn *conn = reader->conns->pdata[i];

        for (guint j = 0; j < conn->keys->len; j++) {
            const Key       *key = conn->keys->pdata[j];
            g_autofree char *shown = gre_value_quote(key->value);

            if (strcmp(key->name, "also") == 0 && !find_conn(reader, key->value))
                return gre_file_fail(error, _("line %u: %s is not in the file"), key->line, shown);
        }
    }
    return TRUE;
}

static gboolean
choose(Reader *reader, GError **error)
{
    guint n = 0;

    for (guint i = 0; i < reader->conns->len; i++) {
        const Conn *conn = reader->conns->pdata[i];
        g_autoptr(GHashTable) keys = is_part(reader, conn) ? NULL : whole(reader, conn);

        if (!keys)
            continue;
        if (!is_gre(keys)) {
            gre_import_note(reader->import, _("conn %s: is not for GRE"), conn->name);
        } else if (n++ == 0) {
            reader->keys = g_steal_pointer(&keys);
            reader->import->id = g_strdup(conn->name);
        }
    }
    if (n > 1)
        return gre_file_fail(
            error, _("%u conns are for GRE: an import takes one, leave the others out of the file"),
            n);
    return n == 1 || gre_file_fail(error, _("no conn is for GRE: leftprotoport=gre and "
                                            "rightprotoport=gre, or [gre] in both subnets"));
}

/* ---- which end is this one ---- */

static gboolean
is_here(const char *host)
{
    return strcmp(host, "%defaultroute") == 0 || g_str_has_prefix(host, "%eth") ||
           gre_own_has(host);
}

static gboolean
orient(Reader *reader, GError **error)
{
    const char      *left = value(reader->keys, "left"), *right = value(reader->keys, "right");
    g_autofree char *left_shown = gre_value_quote(left), *right_shown = gre_value_quote(right);

    if (is_here(left) == is_here(right))
        return gre_file_fail(error,
                             _("left=%s, right=%s: which of them is this machine can't be told by "
                               "its addresses: write %%defaultroute for that one"),
                             left_shown, right_shown);
    reader->ours = is_here(left) ? "left" : "right";
    reader->other = is_here(left) ? "right" : "left";
    return TRUE;
}

static gboolean
set_side(Reader *reader, const char *side, const char *what, const char *name, GError **error)
{
    g_autofree char *full = g_strconcat(side, what, NULL);
    const Key       *key = g_hash_table_lookup(reader->keys, full);
    g_autofree char *where = key ? where_of(key) : NULL;

    if (!key || !key->value[0] || key->value[0] == '%')
        return TRUE;
    return gre_import_endpoint(reader->import, where, name, key->value + (key->value[0] == '@'),
                               error);
}

static gboolean
set_sides(Reader *reader, GError **error)
{
    return set_side(reader, reader->ours, "", "local", error) &&
           set_side(reader, reader->other, "", "remote", error) &&
           set_side(reader, reader->ours, "id", "ipsec-local-id", error) &&
           set_side(reader, reader->other, "id", "ipsec-remote-id", error);
}

/* ---- the other keys ---- */

static const struct {
    const char *theirs, *their_value; /* NULL: any */
    const char *ours, *our_value;     /* NULL: nothing to set; the same */
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
    { "auto", "route", "ipsec-start", "trap" },
    { "auto", "ondemand", "ipsec-start", "trap" },
    { "auto", "start", NULL, NULL },
    { "auto", "add", NULL, NULL },
    { "type", NULL, NULL, NULL }, /* by check_mode() */
    { "authby", NULL, NULL, NULL },
    { "keyingtries", "%forever", NULL, NULL },
    { "keyingtries", "0", NULL, NULL },
    { "dpdaction", "restart", NULL, NULL },
    { "dpdaction", "hold", NULL, NULL },
    { "dpdaction", "none", "ipsec-dpd-delay", "0" },
    { "mobike", "no", NULL, NULL },
};

/* Libreswan's word for an algorithm, or strongSwan's. In IKE the word for an integrity beside an
 * AEAD means a PRF. */
static const GreAlgorithm *
find_algorithm(const char *word, gboolean prf)
{
    static const GreAlgorithmKind kinds[] = { GRE_ALGORITHM_ENCRYPTION, GRE_ALGORITHM_INTEGRITY,
                                              GRE_ALGORITHM_GROUP };
    const GreAlgorithm           *row = NULL;

    if (prf)
        row = gre_algorithm_find_word(GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_PRF, word);
    for (gsize i = 0; !row && i < G_N_ELEMENTS(kinds); i++)
        row = gre_algorithm_find_word(GRE_WORDS_LIBRESWAN, kinds[i], word);
    return row ? row : gre_algorithm_find(word);
}

/* The longer key first, as Libreswan offers them where none is given. */
static const char *
without_length(const char *word)
{
    static const char *const words[][2] = { { "aes", "aes256-aes128" },
                                            { "aes_gcm", "aes256gcm16-aes128gcm16" } };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i][0], word) == 0)
            return words[i][1];
    return NULL;
}

/* One word's algorithms to the end of @out. FALSE: unknown. */
static gboolean
add_word(GString *out, const char *word, gboolean ike, gboolean *aead)
{
    const char         *lengths = without_length(word);
    const GreAlgorithm *row = lengths ? NULL : find_algorithm(word, ike && *aead);

    *aead = *aead || (lengths && strstr(lengths, "gcm")) || (row && row->aead);
    if (*aead && g_ascii_strcasecmp(word, "null") == 0)
        return TRUE; /* Libreswan's integrity of an AEAD */
    if (!lengths && !row)
        return FALSE;
    g_string_append_printf(out, "%s%s", out->len > 0 ? "-" : "", lengths ? lengths : row->name);
    return TRUE;
}

/* "aes256-sha2_256;dh14", "aes_gcm256-null", "aes128+aes256-sha1": (transfer full), NULL where a
 * word is unknown. */
static char *
translate_one(const char *proposal, gboolean ike)
{
    g_auto(GStrv) words = g_strsplit_set(proposal, "-;+", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean aead = FALSE;

    for (gsize i = 0; words[i]; i++)
        if (!add_word(out, words[i], ike, &aead))
            return NULL;
    return g_strdup(out->str);
}

/* A strict list of strongSwan's ends in "!", as ours all are. */
static char *
translate(const char *proposals, gboolean ike)
{
    g_auto(GStrv) items = g_strsplit(proposals, ",", -1);

    for (gsize i = 0; items[i]; i++) {
        char *mark = strchr(items[i], '!');
        char *translated;

        if (mark)
            *mark = '\0';
        translated = translate_one(g_strstrip(items[i]), ike);
        if (!translated)
            return NULL;
        g_free(items[i]);
        items[i] = translated;
    }
    return g_strjoinv(",", items);
}

static void
note_key(Reader *reader, const Key *key)
{
    g_autofree char *shown = gre_value_quote(key->value);

    gre_import_note(reader->import, _("line %u: %s=%s has no counterpart"), key->line, key->name,
                    shown);
}

static gboolean
take_proposals(Reader *reader, const Key *key, const char *name)
{
    g_autofree char *translated = translate(key->value, strcmp(key->name, "ike") == 0);

    if (!translated || !gre_import_set(reader->import, key->name, name, translated, NULL))
        note_key(reader, key);
    return TRUE;
}

static gboolean
take_key(Reader *reader, const Key *key, GError **error)
{
    g_autofree char *where = where_of(key);

    if (strcmp(key->name, "ike") == 0)
        return take_proposals(reader, key, "ipsec-ike-proposals");
    if (strcmp(key->name, "esp") == 0 || strcmp(key->name, "phase2alg") == 0)
        return take_proposals(reader, key, "ipsec-esp-proposals");
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].theirs, key->name) != 0 ||
            (rules[i].their_value && strcmp(rules[i].their_value, key->value) != 0))
            continue;
        return !rules[i].ours ||
               gre_import_set(reader->import, where, rules[i].ours,
                              rules[i].our_value ? rules[i].our_value : key->value, error);
    }
    note_key(reader, key);
    return TRUE;
}

/* Of the two ends' keys these are read elsewhere. */
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
    guint x = ((const Key *) a)->line, y = ((const Key *) b)->line;

    return (x > y) - (x < y);
}

/* Tunnel mode is what a conn has that doesn't say. */
static void
check_mode(Reader *reader)
{
    g_autofree char *where = g_strconcat("conn ", reader->import->id, NULL);

    if (strcmp(value(reader->keys, "type"), "transport") != 0)
        gre_import_tunnel_mode(reader->import, where);
}

static gboolean
take_keys(Reader *reader, GError **error)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_values(reader->keys), by_line);

    for (GList *l = keys; l; l = l->next)
        if (!is_side_key(((Key *) l->data)->name) && !take_key(reader, l->data, error))
            return FALSE;
    return TRUE;
}

/* ---- the secret ---- */

static gboolean
is_psk(const char *text)
{
    return strcmp(text, "secret") == 0 || strcmp(text, "psk") == 0;
}

static gboolean
take_method(Reader *reader, GError **error)
{
    gboolean both =
        is_psk(side_value(reader, "left", "auth")) && is_psk(side_value(reader, "right", "auth"));

    if (!both && !is_psk(value(reader->keys, "authby")))
        return gre_file_fail(error,
                             _("conn %s: only authby=secret, a pre-shared key, can be imported"),
                             reader->import->id);
    return gre_import_set(reader->import, "authby", "ipsec", "psk", error);
}

/* How well the ids before the ":" fit; 0: they are others'. */
static guint
rate_ids(Reader *reader, const char *ids)
{
    static const char *const ours[] = { "remote", "ipsec-remote-id", "local", "ipsec-local-id" };
    g_auto(GStrv) words = g_strsplit_set(ids, " \t", -1);
    guint rate = 1, n = 0;

    for (gsize i = 0; words[i]; i++) {
        const char *id = words[i] + (words[i][0] == '@');

        if (!id[0] || strcmp(id, "%any") == 0 || strcmp(id, "0.0.0.0") == 0)
            continue;
        n++;
        for (gsize j = 0; j < G_N_ELEMENTS(ours); j++)
            if (g_strcmp0(gre_import_get(reader->import, ours[j]), id) == 0)
                rate += j < 2 ? 4 : 1;
    }
    return n > 0 && rate == 1 ? 0 : rate;
}

/* The colon before "PSK"; ids of IPv6 have colons too. */
static char *
find_psk(char *line)
{
    for (char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *kind = colon + 1 + strspn(colon + 1, " \t");

        if (g_ascii_strncasecmp(kind, "PSK", 3) == 0 && !g_ascii_isalnum(kind[3]))
            return colon;
    }
    return NULL;
}

/* "ids : PSK secret" */
static char *
secret_of(Reader *reader, char *line, guint *best)
{
    char *colon = find_psk(line), *p;
    guint rate;

    if (!colon)
        return NULL;
    p = colon + 1 + strspn(colon + 1, " \t");
    *colon = '\0';
    rate = rate_ids(reader, line);
    if (rate <= *best)
        return NULL;
    *best = rate;
    return unquote(g_strstrip(p + 3));
}

static gboolean
take_secret(Reader *reader, const GreFile *secrets, const char *name, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(secrets->text, "\n", -1);
    g_autofree char *where = NULL;
    char            *found = NULL;
    guint            best = 0, line = 0;
    gboolean         done = TRUE;

    for (gsize i = 0; lines[i]; i++) {
        char *secret;

        cut_comment(lines[i]);
        if (g_str_has_prefix(lines[i], "include"))
            gre_import_note(reader->import, _("%s: include: other files are not read"), name);
        secret = secret_of(reader, lines[i], &best);
        if (secret) {
            gre_secret_free_text(found);
            found = secret;
            line = (guint) i + 1;
        }
        explicit_bzero(lines[i], strlen(lines[i]));
    }
    where = g_strdup_printf(_("%s, line %u"), name, line);
    if (found)
        done = gre_import_set(reader->import, where, "ipsec-psk", found, error);
    gre_secret_free_text(found);
    return done;
}

static gboolean
read_secrets(Reader *reader, const char *path, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GreFile) secrets = NULL;

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        secrets = gre_file_load(path, error);
        if (!secrets || !take_secret(reader, secrets, name, error))
            return FALSE;
    }
    if (!gre_import_get(reader->import, "ipsec-psk"))
        gre_import_note(reader->import,
                        _("no pre-shared key for this connection in %s beside it: set "
                          "it before the first use"),
                        name);
    return TRUE;
}

static NMConnection *
read_ipsec(const GreFile *file, GPtrArray *notes, GError **error)
{
    g_autoptr(GreImport) import = gre_import_new();
    g_autoptr(GPtrArray) conns = g_ptr_array_new_with_free_func(free_conn);
    g_autofree char *secrets = gre_file_sibling(file, ".secrets");
    Reader           reader = { .import = import, .conns = conns };
    NMConnection    *connection = NULL;

    if (parse(&reader, file->text, error) && check_also(&reader, error) && choose(&reader, error) &&
        orient(&reader, error) && set_sides(&reader, error) && take_method(&reader, error) &&
        take_keys(&reader, error) && read_secrets(&reader, secrets, error)) {
        check_mode(&reader);
        gre_import_note(import,
                        _("addresses inside the tunnel and a GRE key are not in such a file: "
                          "add them"));
        connection = gre_import_finish(import, error);
    }
    g_clear_pointer(&reader.keys, g_hash_table_unref);
    gre_import_give_notes(import, notes);
    return connection;
}

const GreFormat gre_format_ipsec = {
    .name = N_("an ipsec.conf with a conn for GRE"),
    .is_one = is_one,
    .read = read_ipsec,
};
