/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates as RFC 5280 and RFC 4945 (IKE) have them. */
#include "keys/issuing-ca.h"

#include "gre-error.h"
#include "gre-secret.h"
#include "keys/keys-check.h"
#include "keys/keys-identity.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

enum {
    DAY = 24 * 60 * 60,
    CA_DAYS = 3650,
    SITE_DAYS = 730,
    RENEW_DAYS = 60,
    CLOCK_SKEW = 60 * 60, /* a site's clock may be late */
    SERIAL_BYTES = 16,
    ID_BYTES = 20, /* SHA-1 */
    NAME_HEX = 4,  /* bytes of the key's id in the authority's name */
};

/* What a certificate says, beside its key. */
typedef struct {
    const char        *name;     /* CN */
    const GreIdentity *identity; /* NULL: an authority */
    time_t             from, to;
} Content;

void
gre_issuing_ca_clear(GreKeyPair *pair)
{
    g_clear_pointer(&pair->key, gre_secret_free_text);
    g_clear_pointer(&pair->cert, g_free);
}

/* Whether @code is no error of GnuTLS. */
static gboolean
check(int code, GError **error)
{
    return code >= 0 || gre_error_fail(error, "%s", gnutls_strerror(code));
}

/* ---- text ---- */

/* Wipes GnuTLS's copy. */
static char *
take(gnutls_datum_t *datum)
{
    char *text = g_strndup((const char *) datum->data, datum->size);

    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
    return text;
}

static gnutls_datum_t
datum_of(const char *text)
{
    return (gnutls_datum_t){ (unsigned char *) text, (unsigned) strlen(text) };
}

static gnutls_x509_privkey_t
read_key(const char *pem, GError **error)
{
    const gnutls_datum_t  datum = datum_of(pem);
    gnutls_x509_privkey_t key;

    gnutls_x509_privkey_init(&key);
    if (check(gnutls_x509_privkey_import2(key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0), error))
        return key;
    gnutls_x509_privkey_deinit(key);
    return NULL;
}

static gnutls_x509_crt_t
read_cert(const char *pem, GError **error)
{
    const gnutls_datum_t datum = datum_of(pem);
    gnutls_x509_crt_t    crt;

    gnutls_x509_crt_init(&crt);
    if (check(gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM), error))
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* The key in *@pem; a new one, which *@pem gets, if there is none. */
static gnutls_x509_privkey_t
read_or_make_key(char **pem, GError **error)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t        text;

    if (*pem)
        return read_key(*pem, error);
    gnutls_x509_privkey_init(&key);
    if (check(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                           GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
              error) &&
        check(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                &text),
              error)) {
        *pem = take(&text);
        return key;
    }
    gnutls_x509_privkey_deinit(key);
    return NULL;
}

/* ---- certificates ---- */

static void
key_id(gnutls_x509_privkey_t key, guint8 id[ID_BYTES])
{
    size_t len = ID_BYTES;

    memset(id, 0, ID_BYTES);
    gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA1, id, &len);
}

/* Whether the certificate is for that key. */
static gboolean
is_for_key(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    guint8 ours[ID_BYTES], its[ID_BYTES] = { 0 };
    size_t len = sizeof its;

    key_id(key, ours);
    return gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, its, &len) >= 0 &&
           memcmp(ours, its, sizeof ours) == 0;
}

/* Random, so that no record of those in use is needed; positive (RFC 5280, 4.1.2.2). */
static int
set_serial(gnutls_x509_crt_t crt)
{
    guint8 serial[SERIAL_BYTES];
    int    code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);

    serial[0] = (serial[0] & 0x7f) | 0x40;
    return code < 0 ? code : gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
}

static int
set_identity(gnutls_x509_crt_t crt, const GreIdentity *identity)
{
    const char *text = identity->text;

    switch (identity->type) {
    case GRE_IDENTITY_ADDRESS:
        return gnutls_x509_crt_set_subject_alt_name(
            crt, GNUTLS_SAN_IPADDRESS, identity->address.bytes,
            (unsigned) gre_address_size(identity->address.family), GNUTLS_FSAN_SET);
    case GRE_IDENTITY_NAME:
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, text,
                                                    (unsigned) strlen(text), GNUTLS_FSAN_SET);
    case GRE_IDENTITY_EMAIL:
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_RFC822NAME, text,
                                                    (unsigned) strlen(text), GNUTLS_FSAN_SET);
    case GRE_IDENTITY_KEY_ID:
    case GRE_IDENTITY_DN:
        break;
    }
    return GNUTLS_E_INVALID_REQUEST;
}

static int
set_use(gnutls_x509_crt_t crt, const GreIdentity *identity)
{
    int code = identity ? set_identity(crt, identity) : 0;

    if (code >= 0)
        code = gnutls_x509_crt_set_basic_constraints(crt, !identity, identity ? -1 : 0);
    if (code >= 0)
        code = gnutls_x509_crt_set_key_usage(crt, identity ? GNUTLS_KEY_DIGITAL_SIGNATURE
                                                           : GNUTLS_KEY_KEY_CERT_SIGN |
                                                                 GNUTLS_KEY_CRL_SIGN);
    return code;
}

static int
fill(gnutls_x509_crt_t     crt,
     const Content        *content,
     gnutls_x509_privkey_t key,
     gnutls_x509_privkey_t issuer_key)
{
    guint8 id[ID_BYTES], issuer[ID_BYTES];
    int    code = gnutls_x509_crt_set_version(crt, 3);

    key_id(key, id);
    key_id(issuer_key, issuer);
    if (code >= 0)
        code = set_serial(crt);
    if (code >= 0)
        code = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, content->name,
                                             (unsigned) strlen(content->name));
    if (code >= 0)
        code = gnutls_x509_crt_set_activation_time(crt, content->from);
    if (code >= 0)
        code = gnutls_x509_crt_set_expiration_time(crt, content->to);
    if (code >= 0)
        code = gnutls_x509_crt_set_key(crt, key);
    if (code >= 0)
        code = set_use(crt, content->identity);
    if (code >= 0)
        code = gnutls_x509_crt_set_subject_key_id(crt, id, sizeof id);
    if (code >= 0)
        code = gnutls_x509_crt_set_authority_key_id(crt, issuer, sizeof issuer);
    return code;
}

/* @issuer: NULL: it signs itself. Returns: PEM (transfer full) */
static char *
make_cert(const Content        *content,
          gnutls_x509_privkey_t key,
          gnutls_x509_crt_t     issuer,
          gnutls_x509_privkey_t issuer_key,
          GError              **error)
{
    gnutls_x509_crt_t crt;
    gnutls_datum_t    text;
    char             *pem = NULL;

    gnutls_x509_crt_init(&crt);
    if (check(fill(crt, content, key, issuer_key), error) &&
        check(gnutls_x509_crt_sign2(crt, issuer ? issuer : crt, issuer_key, GNUTLS_DIG_SHA256, 0),
              error) &&
        check(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &text), error))
        pem = take(&text);
    gnutls_x509_crt_deinit(crt);
    return pem;
}

/* ---- the authority ---- */

/* Two authorities have different names: strongSwan looks for an issuer by its name. */
static char *
authority_name(gnutls_x509_privkey_t key)
{
    GString *name = g_string_new("nm-gre mesh CA ");
    guint8   id[ID_BYTES];

    key_id(key, id);
    for (guint i = 0; i < NAME_HEX; i++)
        g_string_append_printf(name, "%02x", id[i]);
    return g_string_free(name, FALSE);
}

/* Whether the certificate stays. */
static gboolean
check_authority(
    const char *pem, gnutls_x509_privkey_t key, time_t now, gboolean *keep, GError **error)
{
    gnutls_x509_crt_t crt = read_cert(pem, error);
    gboolean          fits;

    if (!crt)
        return FALSE;
    fits = is_for_key(crt, key) && gre_keys_check_is_authority(crt);
    *keep = gnutls_x509_crt_get_expiration_time(crt) >= now + (time_t) SITE_DAYS * DAY;
    gnutls_x509_crt_deinit(crt);
    return fits || gre_error_fail(error, "the CA's certificate is not that of its private key");
}

gboolean
gre_issuing_ca_complete(GreKeyPair *ca, time_t now, GError **error)
{
    gnutls_x509_privkey_t key = read_or_make_key(&ca->key, error);
    Content          content = { .from = now - CLOCK_SKEW, .to = now + (time_t) CA_DAYS * DAY };
    g_autofree char *name = key ? authority_name(key) : NULL;
    gboolean         keep = FALSE, done;

    if (!key)
        return FALSE;
    content.name = name;
    done = !ca->cert || check_authority(ca->cert, key, now, &keep, error);
    if (done && !keep) {
        g_free(ca->cert);
        ca->cert = make_cert(&content, key, NULL, key, error);
        done = ca->cert != NULL;
    }
    gnutls_x509_privkey_deinit(key);
    return done;
}

/* ---- sites ---- */

/* What one call works with. */
typedef struct {
    gnutls_x509_privkey_t ca_key, key;
    gnutls_x509_crt_t     ca;
} Work;

static void
work_clear(Work *work)
{
    if (work->ca_key)
        gnutls_x509_privkey_deinit(work->ca_key);
    if (work->key)
        gnutls_x509_privkey_deinit(work->key);
    if (work->ca)
        gnutls_x509_crt_deinit(work->ca);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static gboolean
still_good(const Work *work, const char *pem, const GreIdentity *identity, time_t now)
{
    gnutls_x509_crt_t crt = read_cert(pem, NULL);
    gboolean          good;

    if (!crt)
        return FALSE;
    good = is_for_key(crt, work->key) && gre_keys_check_is_signed_by(crt, work->ca) &&
           gre_keys_identity_is_in(identity, crt) &&
           gnutls_x509_crt_get_expiration_time(crt) >= now + (time_t) RENEW_DAYS * DAY;
    gnutls_x509_crt_deinit(crt);
    return good;
}

static gboolean
check_identity(const GreIdentity *identity, const char *text, GError **error)
{
    if (identity->type != GRE_IDENTITY_KEY_ID && identity->type != GRE_IDENTITY_DN)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_IDENTITY,
                "\"%s\": these certificates are for an address, a name or an e-mail address", text);
    return FALSE;
}

gboolean
gre_issuing_ca_issue(const GreKeyPair *ca,
                     const char       *name,
                     const char       *identity,
                     time_t            now,
                     GreKeyPair       *site,
                     GError          **error)
{
    g_auto(Work) work = { 0 };
    g_auto(GreIdentity) parsed = { 0 };
    const Content content = { name, &parsed, now - CLOCK_SKEW, now + (time_t) SITE_DAYS * DAY };

    gre_keys_identity_parse(&parsed, identity);
    if (!check_identity(&parsed, identity, error))
        return FALSE;
    work.ca_key = read_key(ca->key, error);
    work.ca = work.ca_key ? read_cert(ca->cert, error) : NULL;
    work.key = work.ca ? read_or_make_key(&site->key, error) : NULL;
    if (!work.key)
        return FALSE;
    if (site->cert && still_good(&work, site->cert, &parsed, now))
        return TRUE;
    g_free(site->cert);
    site->cert = make_cert(&content, work.key, work.ca, work.ca_key, error);
    return site->cert != NULL;
}
