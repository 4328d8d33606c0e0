/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and certificates of a conn. strongSwan has them in files below ipsec.d, beside ipsec.conf.
 * Libreswan has them in an NSS database, which can't be read here: the profile then names files,
 * and a note has the commands that create them.
 */
#include "config.h"

#include "import/ipsec-common.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import/key-files.h"

#include <string.h>

#define IPSEC_DIR "/etc/ipsec.d"           /* Libreswan's */
#define NSS       "sql:/var/lib/ipsec/nss" /* Libreswan's; before 4.0 in /etc/ipsec.d */

/* ---- strongSwan or Libreswan ---- */

static gboolean
has_any(const GreIpsecConf *conf, const char *const *names)
{
    for (; *names; names++) {
        g_autofree char *left = g_strconcat("left", *names, NULL);
        g_autofree char *right = g_strconcat("right", *names, NULL);

        if (g_hash_table_contains(conf->keys, *names) || g_hash_table_contains(conf->keys, left) ||
            g_hash_table_contains(conf->keys, right))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_file_name(const char *text)
{
    static const char *const ends[] = { ".pem", ".crt", ".cer", ".der", ".p12" };

    if (g_str_has_prefix(text, "0s") || g_str_has_prefix(text, "0x"))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(text, ends[i]))
            return TRUE;
    return strchr(text, '/') || text[0] == '%';
}

/* Whether one of the words is among the authentication methods. */
static gboolean
has_method(const GreIpsecConf *conf, const char *const *words)
{
    static const char *const names[] = { "authby", "leftauth", "rightauth" };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const GreIpsecKey *key = g_hash_table_lookup(conf->keys, names[i]);

        for (gsize j = 0; key && words[j]; j++)
            if (strncmp(key->value, words[j], strlen(words[j])) == 0)
                return TRUE;
    }
    return FALSE;
}

/* Tells the dialect: by words that only one of the two has; else by whether the certificate is a
 * file or a nickname; without a certificate, by whether a key is in the file, as with Libreswan. */
static gboolean
is_libreswan(const GreIpsecConf *conf)
{
    static const char *const libreswan[] = { "ikev2",    "phase2alg", "salifetime",    "ckaid",
                                             "ecdsakey", "pubkey",    "encapsulation", NULL };
    static const char *const strongswan[] = { "sigkey", "closeaction", "reauth", "firewall", NULL };
    static const char *const libreswan_methods[] = { "rsa-sha", "ecdsa-sha", "ecdsa,", NULL };
    static const char *const strongswan_methods[] = { "pubkey", "ecdsasig", NULL };
    const GreIpsecKey       *named = gre_ipsec_common_side(conf, conf->local, "cert");

    if (conf->authorities->len > 0 || has_any(conf, strongswan) ||
        has_method(conf, strongswan_methods))
        return FALSE;
    if (has_any(conf, libreswan) || has_method(conf, libreswan_methods))
        return TRUE;
    named = named ? named : gre_ipsec_common_side(conf, conf->remote, "cert");
    named = named ? named : gre_ipsec_common_side(conf, conf->remote, "rsasigkey");
    return named && !is_file_name(named->value);
}

/* ---- strongSwan: local side ---- */

/* The path of a file that strongSwan looks for in the directory @kind. (transfer full) */
static char *
path_in(const GreIpsecConf *conf, const char *kind, const char *name)
{
    g_autofree char *dir = g_build_filename(conf->config_dir, "ipsec.d", kind, NULL);

    return gre_key_files_path(dir, name);
}

/* The first item of a list. (transfer full) */
static char *
first_of(GreIpsecConf *conf, const GreIpsecKey *key)
{
    if (strchr(key->value, ','))
        gre_ipsec_common_note(conf, key);
    return g_strstrip(g_strndup(key->value, strcspn(key->value, ",")));
}

/* "%smartcard1@opensc:50": slot and module are optional. (transfer full) NULL: not such a name */
static char *
token_of(const char *text)
{
    const char      *spec = text + strlen("%smartcard");
    const char      *colon = strchr(spec, ':');
    g_autofree char *slot = NULL, *module = NULL;

    if (!colon)
        return NULL;
    slot = g_strndup(spec, strcspn(spec, "@:"));
    if (spec[strlen(slot)] == '@')
        module = g_strndup(spec + strlen(slot) + 1, (gsize) (colon - spec) - strlen(slot) - 1);
    return gre_key_files_token(module, slot, colon + 1);
}

/* A certificate in a token, which the plugin needs as a file. */
static gboolean
take_token_cert(GreIpsecConf *conf, const GreIpsecKey *key, const char *name, GError **error)
{
    g_autofree char *where = gre_ipsec_common_where(key);
    g_autofree char *path = path_in(conf, "certs", "smartcard.pem");

    gre_profile_builder_note(conf->builder,
                             _("%s: only a private key can stay in a token: before the first use, "
                               "put the certificate into %s or set %s to its file"),
                             where, path, name);
    return gre_profile_builder_set(conf->builder, where, name, path, error);
}

static gboolean
take_cert(GreIpsecConf *conf, const char *side, const char *name, GError **error)
{
    const GreIpsecKey *key = gre_ipsec_common_take(conf, side, "cert");
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
    g_autofree char   *first = key ? first_of(conf, key) : NULL;
    g_autofree char   *path = key ? path_in(conf, "certs", first) : NULL;

    if (!key)
        return TRUE;
    if (g_str_has_prefix(first, "%smartcard"))
        return take_token_cert(conf, key, name, error);
    return gre_profile_builder_set(conf->builder, where, name, path, error);
}

static gboolean
take_password(GreIpsecConf *conf, const GreIpsecPrivate *private_key, GError **error)
{
    if (!private_key->password)
        return TRUE;
    if (strcmp(private_key->password, "%prompt") == 0)
        return gre_profile_builder_set(conf->builder, "%prompt", "ipsec-private-key-password-flags",
                                       "2", error);
    return gre_profile_builder_set(conf->builder, private_key->kind, "ipsec-private-key-password",
                                   private_key->password, error);
}

static gboolean
take_private(GreIpsecConf          *conf,
             const GreIpsecPrivate *private_key,
             const char            *name,
             GError               **error)
{
    g_autofree char *where = g_strdup_printf(_("%s, line %u"), name, private_key->line);
    gboolean         token = strcmp(private_key->kind, "PIN") == 0;
    g_autofree char *path = NULL;

    if (private_key->file && private_key->file[0] == '{')
        return gre_error_fail(
            error, _("%s: a private key as numbers: write it to a PEM file and name that file"),
            where);
    if (private_key->file && token && g_str_has_prefix(private_key->file, "%smartcard"))
        path = token_of(private_key->file);
    else if (private_key->file && !token)
        path = path_in(conf, "private", private_key->file);
    if (!path)
        return gre_error_fail(error, _("%s: expected a file or %%smartcard:ID"), where);
    return gre_profile_builder_set(conf->builder, where, "ipsec-private-key", path, error) &&
           take_password(conf, private_key, error);
}

static gboolean
take_local(GreIpsecConf *conf, const GreFile *secrets, const char *name, GError **error)
{
    const GreIpsecKey *cert = gre_ipsec_common_side(conf, conf->local, "cert");
    const GreIpsecKey *sigkey = gre_ipsec_common_take(conf, conf->local, "sigkey");
    const GreIpsecKey *rsasigkey = gre_ipsec_common_take(conf, conf->local, "rsasigkey");
    g_autoptr(GreIpsecPrivate) private_key =
        secrets ? gre_ipsec_secrets_find_private(conf, secrets, name, cert ? cert->value : NULL)
                : NULL;

    if (!private_key)
        return gre_error_fail(error,
                              _("conn %s: no private key is named: expected \": RSA FILE\" in %s "
                                "beside it (or ECDSA, PKCS8, P12, PIN)"),
                              conf->builder->id, name);
    if (!cert && !sigkey && !rsasigkey && strcmp(private_key->kind, "P12") != 0)
        gre_profile_builder_note(conf->builder,
                                 _("conn %s: has no %scert: the private key serves as a raw public "
                                   "key unless ipsec-cert is set"),
                                 conf->builder->id, conf->local);
    return take_cert(conf, conf->local, "ipsec-cert", error) &&
           take_private(conf, private_key, name, error);
}

/* ---- Libreswan ---- */

/* The characters of a nickname or conn name that a file name can have. (transfer full) */
static char *
file_name(const char *text, const char *suffix)
{
    g_autofree char *base = g_strdup(text);

    g_strcanon(base, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-", '_');
    return g_strconcat(IPSEC_DIR "/", base, suffix, NULL);
}

/* A nickname quoted for a shell, as users paste it from the note. (transfer full) */
static char *
shell_word(const char *text)
{
    g_autofree char *safe = g_strdup(text);

    g_strcanon(safe, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-", '_');
    return safe[0] && strcmp(safe, text) == 0 ? g_strdup(text) : g_shell_quote(text);
}

static gboolean
check_nickname(const GreIpsecKey *key, GError **error)
{
    g_autofree char *where = gre_ipsec_common_where(key);

    return (key->value[0] && gre_value_is_printable(key->value)) ||
           gre_error_fail(error, _("%s: not the name of a certificate"), where);
}

static gboolean
set_after(GreIpsecConf *conf,
          const char   *where,
          const char   *name,
          const char   *path,
          const char   *commands,
          GError      **error)
{
    gre_profile_builder_note(
        conf->builder,
        _("%s: stored in Libreswan's database; before the first use, export it to %s: %s"), where,
        path, commands);
    return gre_profile_builder_set(conf->builder, where, name, path, error);
}

/* Certificate, chain and key in one file. */
static gboolean
take_nss_local_cert(GreIpsecConf *conf, const GreIpsecKey *key, GError **error)
{
    g_autofree char *where = gre_ipsec_common_where(key);
    g_autofree char *path = file_name(key->value, ".p12");
    g_autofree char *nickname = shell_word(key->value);
    g_autofree char *commands = g_strdup_printf("pk12util -d " NSS " -n %s -o %s", nickname, path);

    return check_nickname(key, error) &&
           set_after(conf, where, "ipsec-private-key", path, commands, error);
}

/* NSS exports a key only with a certificate, so the commands create a temporary one. */
static char *
raw_key_commands(const GreIpsecKey *ckaid, const char *path)
{
    gboolean         known = ckaid && ckaid->value[0] && gre_value_is_printable(ckaid->value);
    g_autofree char *id = known ? shell_word(ckaid->value) : g_strdup("ID");

    return g_strdup_printf("%scertutil -d " NSS " -S -x -k %s -n nm-gre -s CN=nm-gre -t ,, && "
                           "pk12util -d " NSS " -n nm-gre -o %s.p12 && "
                           "openssl pkcs12 -in %s.p12 -nodes -nocerts -out %s",
                           known ? "" : "certutil -d " NSS " -K; ", id, path, path, path);
}

static gboolean
take_nss_raw_key(GreIpsecConf *conf, GError **error)
{
    const GreIpsecKey *ckaid = gre_ipsec_common_take(conf, conf->local, "ckaid");
    g_autofree char   *where = g_strdup_printf(_("conn %s, private key"), conf->builder->id);
    g_autofree char   *path = file_name(conf->builder->id, ".key");
    g_autofree char   *commands = raw_key_commands(ckaid, path);

    return set_after(conf, where, "ipsec-private-key", path, commands, error);
}

/* FreeS/WAN's private keys, which are in ipsec.secrets itself. */
static void
note_numbers(GreIpsecConf *conf, const GreFile *secrets, const char *name)
{
    g_autoptr(GreIpsecPrivate) private_key =
        secrets ? gre_ipsec_secrets_find_private(conf, secrets, name, NULL) : NULL;
    g_autofree char *where = NULL;

    where = g_strdup_printf(_("%s, line %u"), name, private_key ? private_key->line : 0);
    if (private_key && private_key->file && private_key->file[0] == '{')
        gre_profile_builder_note(
            conf->builder,
            _("%s: a private key as numbers: Libreswan keeps private keys in its database"), where);
}

static gboolean
take_nss_local(GreIpsecConf *conf, GError **error)
{
    static const char *const publics[] = { "rsasigkey", "ecdsakey", "pubkey" };
    const GreIpsecKey       *cert = gre_ipsec_common_take(conf, conf->local, "cert");

    for (gsize i = 0; i < G_N_ELEMENTS(publics); i++)
        gre_ipsec_common_take(conf, conf->local, publics[i]);
    return cert ? take_nss_local_cert(conf, cert, error) : take_nss_raw_key(conf, error);
}

static gboolean
take_nss_cert(GreIpsecConf *conf, GError **error)
{
    const GreIpsecKey *key = gre_ipsec_common_take(conf, conf->remote, "cert");
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
    g_autofree char   *path = key ? file_name(key->value, ".pem") : NULL;
    g_autofree char   *nickname = key ? shell_word(key->value) : NULL;
    g_autofree char   *commands =
        key ? g_strdup_printf("certutil -d " NSS " -L -a -n %s >%s", nickname, path) : NULL;

    return !key || (check_nickname(key, error) &&
                    set_after(conf, where, "ipsec-remote-cert", path, commands, error));
}

static gboolean
take_nss_authority(GreIpsecConf *conf, GError **error)
{
    g_autofree char *where = g_strdup_printf(_("conn %s, authority"), conf->builder->id);

    if (gre_profile_builder_get(conf->builder, "ipsec-remote-cert") ||
        gre_profile_builder_get(conf->builder, "ipsec-remote-pubkey"))
        return TRUE;
    return set_after(conf, where, "ipsec-ca", IPSEC_DIR "/ca.pem",
                     "certutil -d " NSS " -L -a -n NAME >" IPSEC_DIR "/ca.pem", error);
}

/* ---- both: the peer ---- */

/* A raw public key; "%cert": the peer sends a certificate. */
static gboolean
take_public(GreIpsecConf *conf, const char *what, GError **error)
{
    const GreIpsecKey *key = gre_ipsec_common_take(conf, conf->remote, what);
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;
    g_autofree char   *certs = path_in(conf, "certs", "");

    if (!key || !key->value[0] || strcmp(key->value, "%cert") == 0)
        return TRUE;
    if (key->value[0] == '%')
        return gre_error_fail(error,
                              _("%s: keys from DNS are not supported: set the peer's public key or "
                                "the CA of its certificate"),
                              where);
    return gre_key_files_take_public(conf->builder, where, certs, key->value, error);
}

static gboolean
take_publics(GreIpsecConf *conf, GError **error)
{
    return take_public(conf, "sigkey", error) && take_public(conf, "rsasigkey", error) &&
           take_public(conf, "ecdsakey", error) && take_public(conf, "pubkey", error);
}

/* In such a conn, anyone with a certificate of the authority. */
static void
note_any(GreIpsecConf *conf)
{
    const GreIpsecKey *key = gre_ipsec_common_side(conf, conf->remote, "id");
    g_autofree char   *where = key ? gre_ipsec_common_where(key) : NULL;

    if (key && key->value[0] == '%' && !gre_profile_builder_get(conf->builder, "ipsec-remote-cert"))
        gre_profile_builder_note(conf->builder,
                                 _("%s: the profile expects one identity, the peer's address: set "
                                   "ipsec-remote-id if the peer has another"),
                                 where);
}

/* ---- strongSwan: authorities ---- */

static const GreIpsecKey *
find_cacert(const GreIpsecSection *section)
{
    for (guint i = 0; i < section->keys->len; i++)
        if (strcmp(((GreIpsecKey *) section->keys->pdata[i])->name, "cacert") == 0)
            return section->keys->pdata[i];
    return NULL;
}

/* The only one that is named. strongSwan accepts any, and a conn names it by its subject. */
static const GreIpsecKey *
only_cacert(const GreIpsecConf *conf)
{
    const GreIpsecKey *found = NULL;

    for (guint i = 0; i < conf->authorities->len; i++) {
        const GreIpsecKey *one = find_cacert(conf->authorities->pdata[i]);

        if (one && found)
            return NULL;
        found = one ? one : found;
    }
    return found;
}

static void
note_authority_keys(GreIpsecConf *conf, const GreIpsecKey *used)
{
    for (guint i = 0; i < conf->authorities->len; i++) {
        const GreIpsecSection *section = conf->authorities->pdata[i];

        for (guint j = 0; j < section->keys->len; j++) {
            const GreIpsecKey *key = section->keys->pdata[j];

            if (key != used && strcmp(key->name, "auto") != 0)
                gre_ipsec_common_note(conf, key);
        }
    }
}

static gboolean
take_authority(GreIpsecConf *conf, GError **error)
{
    gboolean known = gre_profile_builder_get(conf->builder, "ipsec-remote-cert") ||
                     gre_profile_builder_get(conf->builder, "ipsec-remote-pubkey");
    const GreIpsecKey *cacert = known ? NULL : only_cacert(conf);
    g_autofree char   *where = cacert ? gre_ipsec_common_where(cacert) : NULL;
    g_autofree char   *path = cacert ? path_in(conf, "cacerts", cacert->value) : NULL;
    g_autofree char   *authorities = path_in(conf, "cacerts", "");

    note_authority_keys(conf, cacert);
    if (cacert && !gre_profile_builder_set(conf->builder, where, "ipsec-ca", path, error))
        return FALSE;
    return gre_key_files_take_authority(conf->builder, authorities, error);
}

gboolean
gre_ipsec_credentials_take(GreIpsecConf  *conf,
                           const GreFile *secrets,
                           const char    *name,
                           GError       **error)
{
    gboolean libreswan = is_libreswan(conf);

    if (libreswan)
        note_numbers(conf, secrets, name);
    if (libreswan ? !take_nss_local(conf, error) || !take_nss_cert(conf, error)
                  : !take_local(conf, secrets, name, error) ||
                        !take_cert(conf, conf->remote, "ipsec-remote-cert", error))
        return FALSE;
    if (gre_profile_builder_get(conf->builder, "ipsec-remote-cert"))
        gre_ipsec_common_take(conf, conf->remote, "rsasigkey"); /* "%cert" */
    else if (!take_publics(conf, error))
        return FALSE;
    note_any(conf);
    return libreswan ? take_nss_authority(conf, error) : take_authority(conf, error);
}
