/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GnuTLS reads all formats; this file detects the format and reports errors. */
#include "keys/keys-load.h"

#include "gre-error.h"
#include "gre-escape.h"
#include "gre-value.h"
#include "keys/keys-file.h"

#include <gnutls/pkcs12.h>
#include <string.h>

enum { CERTIFICATES_MAX = 64 };

gboolean
gre_keys_load_fail(const GreKeysSource *source, int code, GError **error, const char *what, ...)
{
    g_autofree char *text = NULL;
    va_list          args;

    va_start(args, what);
    text = g_strdup_vprintf(what, args);
    va_end(args);
    return gre_error_set(error, GRE_ERROR, code, "%s: \"%s\": %s", source->name, source->path,
                         text);
}

static gnutls_datum_t
datum_of(const GreSecret *bytes)
{
    gsize          len;
    gnutls_datum_t datum;

    datum.data = (guint8 *) gre_secret_data(bytes, &len);
    datum.size = (unsigned) len;
    return datum;
}

static gboolean
is_pem(const GreSecret *bytes)
{
    gnutls_datum_t datum = datum_of(bytes);

    return g_strstr_len((const char *) datum.data, datum.size, "-----BEGIN ") != NULL;
}

/* As text, for GnuTLS; wiped with gre_secret_free_text(). */
static char *
text_of(const GreSecret *password)
{
    gsize         len;
    const guint8 *data;

    if (!password)
        return NULL;
    data = gre_secret_data(password, &len);
    return g_strndup((const char *) data, len);
}

/* ---- certificates ---- */

static void
crt_free(gpointer crt)
{
    gnutls_x509_crt_deinit(crt);
}

GPtrArray *
gre_keys_load_certificates_new(void)
{
    return g_ptr_array_new_with_free_func(crt_free);
}

static void
take_certificates(GPtrArray *certs, gnutls_x509_crt_t *list, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_add(certs, list[i]);
    gnutls_free(list);
}

char *
gre_keys_load_certificate_subject(gnutls_x509_crt_t crt)
{
    gnutls_datum_t dn;
    char          *text, *escaped;

    if (gnutls_x509_crt_get_dn3(crt, &dn, 0) < 0)
        return g_strdup("?");
    text = g_strndup((const char *) dn.data, dn.size);
    gnutls_free(dn.data);
    escaped = gre_escape_text(text);
    g_free(text);
    return escaped;
}

GBytes *
gre_keys_load_certificate_der(gnutls_x509_crt_t crt)
{
    gnutls_datum_t der;
    GBytes        *bytes;

    if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) < 0)
        return NULL;
    bytes = g_bytes_new(der.data, der.size);
    gnutls_free(der.data);
    return bytes;
}

/* ---- PKCS #12 ---- */

static gnutls_pkcs12_t
open_pkcs12(const GreSecret *bytes)
{
    gnutls_datum_t  datum = datum_of(bytes);
    gnutls_pkcs12_t p12;

    if (gnutls_pkcs12_init(&p12) < 0)
        return NULL;
    if (gnutls_pkcs12_import(p12, &datum, is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER,
                             0) >= 0)
        return p12;
    gnutls_pkcs12_deinit(p12);
    return NULL;
}

static gboolean
fail_password(const GreKeysSource *source, gboolean given, GError **error)
{
    return gre_keys_load_fail(source, GRE_ERROR_SECRET, error,
                              given ? "wrong password (ipsec-private-key-password)"
                                    : "is encrypted: ipsec-private-key-password is missing");
}

/* @key: filled if there is one; the caller's */
static gboolean
read_pkcs12(const GreKeysSource   *source,
            gnutls_pkcs12_t        p12,
            const GreSecret       *password,
            gnutls_x509_privkey_t *key,
            GPtrArray             *certs,
            GError               **error)
{
    gnutls_x509_crt_t *chain = NULL, *extra = NULL;
    unsigned           n_chain = 0, n_extra = 0;
    char              *text = password ? text_of(password) : g_strdup("");
    int                code = gnutls_pkcs12_verify_mac(p12, text);

    *key = NULL;
    if (code != GNUTLS_E_MAC_VERIFY_FAILED)
        code =
            gnutls_pkcs12_simple_parse(p12, text, key, &chain, &n_chain, &extra, &n_extra, NULL, 0);
    gre_secret_free_text(text);
    if (code == GNUTLS_E_MAC_VERIFY_FAILED || code == GNUTLS_E_DECRYPTION_FAILED)
        return fail_password(source, password != NULL, error);
    if (code < 0)
        return gre_keys_load_fail(source, GRE_ERROR_PROFILE, error, "PKCS #12: %s",
                                  gnutls_strerror(code));
    take_certificates(certs, chain, n_chain);
    take_certificates(certs, extra, n_extra);
    return TRUE;
}

static gboolean
certificates_of_pkcs12(const GreKeysSource *source,
                       gnutls_pkcs12_t      p12,
                       const GreSecret     *password,
                       GPtrArray           *certs,
                       GError             **error)
{
    gnutls_x509_privkey_t key;

    if (!read_pkcs12(source, p12, password, &key, certs, error))
        return FALSE;
    if (key)
        gnutls_x509_privkey_deinit(key);
    return TRUE;
}

GPtrArray *
gre_keys_load_certificates(const GreKeysSource *source,
                           const GreSecret     *bytes,
                           const GreSecret     *password,
                           GError             **error)
{
    g_autoptr(GPtrArray) certs = gre_keys_load_certificates_new();
    gnutls_datum_t        datum = datum_of(bytes);
    gnutls_x509_crt_t    *list = NULL;
    gnutls_pkcs12_t       p12;
    unsigned              n = 0;
    gnutls_x509_crt_fmt_t format = is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
    int                   code = gnutls_x509_crt_list_import2(&list, &n, &datum, format, 0);

    if (code >= 0)
        take_certificates(certs, list, n);
    else if ((p12 = open_pkcs12(bytes))) {
        gboolean valid = certificates_of_pkcs12(source, p12, password, certs, error);

        gnutls_pkcs12_deinit(p12);
        if (!valid)
            return NULL;
    }
    if (certs->len > 0 && certs->len <= CERTIFICATES_MAX)
        return g_steal_pointer(&certs);
    gre_keys_load_fail(source, GRE_ERROR_PROFILE, error,
                       certs->len > 0 ? "contains more than 64 certificates"
                                      : "contains no certificate: expected PEM, DER or PKCS #12");
    return NULL;
}

/* ---- private keys ---- */

static gboolean
is_encrypted(const gnutls_datum_t *datum, gnutls_x509_crt_fmt_t format)
{
    const char *text = (const char *) datum->data;
    char       *oid = NULL;
    unsigned    schema, cipher, iterations;
    int         code;

    if (format == GNUTLS_X509_FMT_PEM)
        return g_strstr_len(text, datum->size, "ENCRYPTED") != NULL;
    code = gnutls_pkcs8_info(datum, format, &schema, &cipher, NULL, NULL, &iterations, &oid);
    gnutls_free(oid);
    return code >= 0 || code == GNUTLS_E_UNKNOWN_CIPHER_TYPE;
}

static gnutls_x509_privkey_t
import_key(const GreKeysSource *source,
           const GreSecret     *bytes,
           const GreSecret     *password,
           GError             **error)
{
    gnutls_x509_crt_fmt_t format = is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
    gnutls_datum_t        datum = datum_of(bytes);
    gboolean              encrypted = is_encrypted(&datum, format);
    gnutls_x509_privkey_t key;
    char                 *text;
    int                   code;

    if (encrypted && !password) {
        fail_password(source, FALSE, error);
        return NULL;
    }
    if (gnutls_x509_privkey_init(&key) < 0)
        return NULL;
    text = encrypted ? text_of(password) : NULL;
    code =
        gnutls_x509_privkey_import2(key, &datum, format, text, encrypted ? 0 : GNUTLS_PKCS_PLAIN);
    gre_secret_free_text(text);
    if (code >= 0)
        return key;
    gnutls_x509_privkey_deinit(key);
    /* A wrong password can produce any content. */
    if (encrypted && code != GNUTLS_E_UNKNOWN_CIPHER_TYPE &&
        code != GNUTLS_E_UNKNOWN_HASH_ALGORITHM)
        fail_password(source, TRUE, error);
    else
        gre_keys_load_fail(source, GRE_ERROR_PROFILE, error,
                           "contains no readable private key: expected PEM, DER or PKCS #12 (%s)",
                           gnutls_strerror(code));
    return NULL;
}

gnutls_x509_privkey_t
gre_keys_load_private(const GreKeysSource *source,
                      const GreSecret     *bytes,
                      const GreSecret     *password,
                      GPtrArray           *certs,
                      GError             **error)
{
    gnutls_pkcs12_t       p12 = open_pkcs12(bytes);
    gnutls_x509_privkey_t key = NULL;

    if (!p12)
        return import_key(source, bytes, password, error);
    if (read_pkcs12(source, p12, password, &key, certs, error) && !key)
        gre_keys_load_fail(source, GRE_ERROR_PROFILE, error, "has no private key");
    gnutls_pkcs12_deinit(p12);
    return key;
}

/* ---- public keys ---- */

/* RFC 3110: the exponent's length in one byte, or 0 and two; the exponent; the modulus. */
static int
import_rfc3110(gnutls_pubkey_t key, const guint8 *data, gsize len)
{
    gsize          head = len > 0 && data[0] > 0 ? 1 : 3;
    gsize          n_e;
    gnutls_datum_t e, m;

    if (len < head)
        return GNUTLS_E_INVALID_REQUEST;
    n_e = head == 1 ? data[0] : (gsize) data[1] << 8 | data[2];
    if (n_e == 0 || len - head <= n_e || len - head - n_e < 64)
        return GNUTLS_E_INVALID_REQUEST;
    e = (gnutls_datum_t){ (guint8 *) data + head, (unsigned) n_e };
    m = (gnutls_datum_t){ (guint8 *) data + head + n_e, (unsigned) (len - head - n_e) };
    return gnutls_pubkey_import_rsa_raw(key, &m, &e);
}

gnutls_pubkey_t
gre_keys_load_public(const char *text, GError **error)
{
    g_autoptr(GreSecret) bytes = gre_value_public_key(text);
    gnutls_datum_t  datum;
    gnutls_pubkey_t key;
    int             code = GNUTLS_E_INVALID_REQUEST;

    if (!bytes || gnutls_pubkey_init(&key) < 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, "ipsec-remote-pubkey: not a public key");
        return NULL;
    }
    datum = datum_of(bytes);
    if (datum.size > 0 && datum.data[0] == 0x30)
        code = gnutls_pubkey_import(key, &datum, GNUTLS_X509_FMT_DER);
    if (code < 0 && g_str_has_prefix(text, "0s"))
        code = import_rfc3110(key, datum.data, datum.size);
    if (code >= 0)
        return key;
    gnutls_pubkey_deinit(key);
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "ipsec-remote-pubkey: not a public key: expected PEM, or \"0s\" and RSA as "
                "Libreswan prints it for leftrsasigkey");
    return NULL;
}

/* Steps into a DER element: @at becomes its content, or with @over what follows it. */
static gboolean
der_step(const guint8 **at, const guint8 *end, guint8 tag, gboolean over)
{
    const guint8 *p = *at;
    gsize         len, n;

    if (end - p < 2 || p[0] != tag)
        return FALSE;
    len = p[1];
    p += 2;
    if (len & 0x80) {
        n = len & 0x7f;
        if (n == 0 || n > 4 || (gsize) (end - p) < n)
            return FALSE;
        for (len = 0; n > 0; n--)
            len = len << 8 | *p++;
    }
    if (len > (gsize) (end - p))
        return FALSE;
    *at = over ? p + len : p;
    return TRUE;
}

char *
gre_keys_load_public_id(gnutls_pubkey_t key)
{
    gnutls_datum_t der;
    const guint8  *at, *end;
    char          *id = NULL;

    if (gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) < 0)
        return NULL;
    at = der.data;
    end = at + der.size;
    /* SubjectPublicKeyInfo: SEQUENCE of an algorithm and a BIT STRING without unused bits. */
    if (der_step(&at, end, 0x30, FALSE) && der_step(&at, end, 0x30, TRUE) &&
        der_step(&at, end, 0x03, FALSE) && at < end && *at == 0)
        id = g_compute_checksum_for_data(G_CHECKSUM_SHA1, at + 1, (gsize) (end - at - 1));
    gnutls_free(der.data);
    return id;
}

GPtrArray *
gre_keys_load_certificates_file(const GreKeysSource *source,
                                const GreSecret     *password,
                                GError             **error)
{
    g_autoptr(GreSecret) bytes = NULL;

    if (g_str_has_prefix(source->path, "pkcs11:")) {
        gre_keys_load_fail(source, GRE_ERROR_PROFILE, error,
                           "only a private key can be in a token: expected a file");
        return NULL;
    }
    bytes = gre_keys_file_read(source->name, source->path, error);
    return bytes ? gre_keys_load_certificates(source, bytes, password, error) : NULL;
}
