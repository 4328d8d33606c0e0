/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads public keys only; a profile refers to other files by name. */
#include "config.h"

#include "import/key-files.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import/file.h"

#include <string.h>

enum { DER_INTEGER = 0x02, DER_SEQUENCE = 0x30, DER_BIT_STRING = 0x03, KEY_MAX = 0x4000 };

static const char *in_root = "";

void
gre_key_files_set_root(const char *root)
{
    in_root = root ? root : "";
}

/* ---- names ---- */

char *
gre_key_files_path(const char *dir, const char *name)
{
    return g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(dir, name, NULL);
}

/* "private/moon-Key.pem": "moon". */
static char *
stem_of(const char *name)
{
    static const char *const ends[] = { "key", "cert", "crt", "certificate", "private" };
    g_autofree char         *base = g_path_get_basename(name);
    char                    *dot = strrchr(base, '.');
    char                    *stem;
    gsize                    len;

    if (dot && dot != base)
        *dot = '\0';
    stem = g_ascii_strdown(base, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        len = strlen(stem) - MIN(strlen(stem), strlen(ends[i]));
        if (len > 0 && strcmp(stem + len, ends[i]) == 0)
            stem[len] = '\0';
    }
    len = strlen(stem);
    while (len > 1 && strchr("-_.", stem[len - 1]))
        stem[--len] = '\0';
    return stem;
}

gboolean
gre_key_files_are_kin(const char *a, const char *b)
{
    g_autofree char *x = stem_of(a), *y = stem_of(b);

    return strcmp(x, y) == 0;
}

char *
gre_key_files_token(const char *module, const char *slot, const char *id)
{
    g_autoptr(GString) uri = g_string_new("pkcs11:");
    gsize len;

    if (g_str_has_prefix(id, "0x"))
        id += 2;
    len = strlen(id);
    if (len == 0 || len % 2 != 0 || strspn(id, "0123456789abcdefABCDEF") != len)
        return NULL;
    if (module && module[0]) {
        g_autofree char *escaped = g_uri_escape_string(module, NULL, FALSE);

        g_string_append_printf(uri, "module-name=%s;", escaped);
    }
    if (slot && slot[0])
        g_string_append_printf(uri, "slot-id=%s;", slot);
    g_string_append(uri, "id=");
    for (gsize i = 0; i < len; i += 2)
        g_string_append_printf(uri, "%%%.2s", id + i);
    return g_strdup(uri->str);
}

/* ---- public keys ---- */

static void
put_head(GByteArray *out, guint8 tag, gsize len)
{
    const guint8 head[] = { tag, 0x82, (guint8) (len >> 8), (guint8) len };

    g_byte_array_append(out, head, sizeof head);
}

/* Wraps RFC 8017's RSAPublicKey into RFC 5280's SubjectPublicKeyInfo. */
static char *
wrap_rsa(const guint8 *data, gsize len)
{
    static const guint8 algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree char *base64 = NULL;

    put_head(out, DER_SEQUENCE, sizeof algorithm + 4 + 1 + len);
    g_byte_array_append(out, algorithm, sizeof algorithm);
    put_head(out, DER_BIT_STRING, 1 + len);
    g_byte_array_append(out, (const guint8 *) "", 1); /* no unused bits */
    g_byte_array_append(out, data, (guint) len);
    base64 = g_base64_encode(out->data, out->len);
    return g_strconcat("0s", base64, NULL);
}

/* Whether the sequence begins with an integer: the modulus. */
static gboolean
is_pkcs1_rsa(const guint8 *data, gsize len)
{
    gsize head = len > 1 && (data[1] & 0x80) ? 2 + (gsize) (data[1] & 0x7f) : 2;

    return len > head && data[0] == DER_SEQUENCE && data[head] == DER_INTEGER;
}

/* "0x…" or "0s…" in the profile's form; NULL: not a key. (transfer full) */
static char *
normalize(const char *text)
{
    g_autoptr(GreSecret) bytes = gre_secret_parse(text, NULL);
    g_autofree char *base64 = NULL;
    const guint8    *data;
    gsize            len;

    if (!bytes)
        return NULL;
    data = gre_secret_data(bytes, &len);
    if (len > KEY_MAX)
        return NULL;
    if (is_pkcs1_rsa(data, len))
        return wrap_rsa(data, len);
    base64 = g_base64_encode(data, len);
    return g_strconcat("0s", base64, NULL);
}

/* The base64 between the first PEM lines of the kind; NULL if there are none. */
static char *
find_pem(const char *text, const char *kind)
{
    g_autofree char *begin = g_strdup_printf("-----BEGIN %s-----", kind);
    g_autofree char *end = g_strdup_printf("-----END %s-----", kind);
    const char      *from = strstr(text, begin), *to = from ? strstr(from, end) : NULL;
    GString         *out;

    if (!to)
        return NULL;
    out = g_string_new("0s");
    for (from += strlen(begin); from < to; from++)
        if (!g_ascii_isspace(*from))
            g_string_append_c(out, *from);
    return g_string_free(out, FALSE);
}

static char *
read_public(const char *where, const char *path, GError **error)
{
    g_autofree char *there = g_strconcat(in_root, path, NULL);
    g_autofree char *shown = gre_value_quote(path);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GreFile) file = gre_file_load(there, &cause);
    g_autofree char *text = file ? find_pem(file->text, "PUBLIC KEY") : NULL;

    if (file && !text)
        text = find_pem(file->text, "RSA PUBLIC KEY");
    if (text)
        return g_steal_pointer(&text);
    gre_error_fail(error,
                   _("%s: the profile needs the peer's public key itself, and %s can't be read or "
                     "is not in PEM form (convert it with openssl pkey -pubin)"),
                   where, shown);
    return NULL;
}

gboolean
gre_key_files_take_public(GreProfileBuilder *builder,
                          const char        *where,
                          const char        *dir,
                          const char        *text,
                          GError           **error)
{
    gboolean         dns = g_str_has_prefix(text, "dns:");
    const char      *inline_key = text + (dns ? strlen("dns:") : 0);
    g_autofree char *path = gre_key_files_path(dir, text);
    g_autofree char *read = NULL, *key = NULL;

    if (g_str_has_prefix(text, "ssh:"))
        return gre_error_fail(
            error,
            _("%s: a public key in SSH format: convert it to PEM with \"ssh-keygen -e -m PKCS8\""),
            where);
    if (!g_str_has_prefix(inline_key, "0s") && !g_str_has_prefix(inline_key, "0x")) {
        read = read_public(where, path, error);
        if (!read)
            return FALSE;
        inline_key = read;
    }
    key = normalize(inline_key);
    return gre_profile_builder_set(builder, where, "ipsec-remote-pubkey", key ? key : inline_key,
                                   error);
}

/* ---- authorities ---- */

/* The name of the only certificate in the directory; NULL: none, several, or unreadable. */
static char *
only_one(const char *dir)
{
    g_autofree char *there = g_strconcat(in_root, dir, NULL);
    g_autoptr(GDir) entries = g_dir_open(there, 0, NULL);
    g_autofree char *found = NULL;
    const char      *name;

    while (entries && (name = g_dir_read_name(entries))) {
        if (name[0] == '.')
            continue;
        if (found)
            return NULL;
        found = g_strdup(name);
    }
    return found && gre_value_is_printable(found) ? g_steal_pointer(&found) : NULL;
}

gboolean
gre_key_files_take_authority(GreProfileBuilder *builder, const char *dir, GError **error)
{
    g_autofree char *found = NULL, *path = NULL;

    if (gre_profile_builder_get(builder, "ipsec-ca") ||
        gre_profile_builder_get(builder, "ipsec-remote-cert") ||
        gre_profile_builder_get(builder, "ipsec-remote-pubkey"))
        return TRUE;
    found = only_one(dir);
    path = g_build_filename(dir, found ? found : "ca.pem", NULL);
    if (found)
        gre_profile_builder_note(
            builder, _("ipsec-ca: %s, the only CA certificate in that directory"), path);
    else
        gre_profile_builder_note(
            builder,
            _("ipsec-ca: the file doesn't name a CA certificate, strongSwan trusts all in %s: "
              "before the first use, put the right one into %s or set ipsec-ca to its file"),
            dir, path);
    return gre_profile_builder_set(builder, dir, "ipsec-ca", path, error);
}

/* ---- private keys ---- */

/* The paths of files in the directories where swanctl keeps private keys. */
static GPtrArray *
list_private(const char *dir)
{
    static const char *const names[] = { "private", "rsa", "ecdsa", "pkcs8" };
    GPtrArray               *paths = g_ptr_array_new_with_free_func(g_free);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *there = g_strconcat(in_root, dir, "/", names[i], NULL);
        g_autoptr(GDir) entries = g_dir_open(there, 0, NULL);
        const char *name;

        while (entries && (name = g_dir_read_name(entries)))
            if (name[0] != '.' && gre_value_is_printable(name))
                g_ptr_array_add(paths, g_build_filename(dir, names[i], name, NULL));
    }
    return paths;
}

/* The only one whose name is like the certificate's, else the only one; NULL: it can't be told. */
static const char *
choose_private(GPtrArray *paths, const char *cert)
{
    const char *found = NULL;
    guint       n = 0;

    for (guint i = 0; cert && i < paths->len; i++) {
        if (gre_key_files_are_kin(cert, paths->pdata[i])) {
            found = paths->pdata[i];
            n++;
        }
    }
    if (n == 0 && paths->len == 1)
        return paths->pdata[0];
    return n == 1 ? found : NULL;
}

gboolean
gre_key_files_take_private(GreProfileBuilder *builder, const char *dir, GError **error)
{
    const char *cert = gre_profile_builder_get(builder, "ipsec-cert");
    g_autoptr(GPtrArray) paths = list_private(dir);
    const char      *found = choose_private(paths, cert);
    g_autofree char *stem = cert ? stem_of(cert) : g_strdup("local");
    g_autofree char *name = g_strconcat(stem, "Key.pem", NULL);
    g_autofree char *place = g_build_filename(dir, "private", name, NULL);

    if (found)
        gre_profile_builder_note(
            builder, _("ipsec-private-key: %s, as the file names none and swanctl loads it"),
            found);
    else
        gre_profile_builder_note(
            builder,
            _("ipsec-private-key: the file names none, and swanctl loads all in %s/private: before "
              "the first use, put the right one into %s or set ipsec-private-key to its file"),
            dir, place);
    return gre_profile_builder_set(builder, dir, "ipsec-private-key", found ? found : place, error);
}
