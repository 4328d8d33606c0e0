/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our certificate or public key, its issuer, and what the profile has of the peer, as PEM. */
#include "keys/public-keys.h"

#include "gre-error.h"
#include "keys/keys-check.h"
#include "keys/keys-file.h"

#include <string.h>

typedef struct {
    const GreKeyRequest *request;
    GreKeysSource        ca_source, cert_source, key_source, remote_source;
    GPtrArray           *ca, *own, *remote; /* of certificates; NULL: none given */
    GreLocalKeys        *out;
} Work;

static void
work_clear(Work *work)
{
    g_clear_pointer(&work->ca, g_ptr_array_unref);
    g_clear_pointer(&work->own, g_ptr_array_unref);
    g_clear_pointer(&work->remote, g_ptr_array_unref);
    g_clear_pointer(&work->out, gre_local_keys_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- as text ---- */

static char *
take_text(gnutls_datum_t *datum, int code)
{
    char *text = code >= 0 ? g_strndup((const char *) datum->data, datum->size) : NULL;

    if (code >= 0)
        gnutls_free(datum->data);
    return text;
}

static char *
certificate_pem(gnutls_x509_crt_t crt)
{
    gnutls_datum_t pem;

    return take_text(&pem, gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem));
}

static char *
key_pem(gnutls_pubkey_t key)
{
    gnutls_datum_t pem;

    return take_text(&pem, gnutls_pubkey_export2(key, GNUTLS_X509_FMT_PEM, &pem));
}

/* In the certificate's order, as strongSwan and Libreswan write it; NULL unless it is all printable
 * ASCII, because it is used in scripts. */
static char *
subject_text(gnutls_x509_crt_t crt)
{
    gnutls_datum_t   dn;
    g_autofree char *text =
        take_text(&dn, gnutls_x509_crt_get_dn3(crt, &dn, GNUTLS_X509_DN_FLAG_COMPAT));
    GString *out;

    for (const char *p = text; p && *p; p++)
        if (!g_ascii_isprint(*p))
            return NULL;
    if (!text)
        return NULL;
    out = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        g_string_append_c(out, *p);
        if (*p == ',' && p > text && p[-1] != '\\')
            g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

static GreKeyKind
kind_of(gnutls_pubkey_t key)
{
    int algorithm = gnutls_pubkey_get_pk_algorithm(key, NULL);

    switch (algorithm) {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
        return GRE_KEY_RSA;
    case GNUTLS_PK_ECDSA:
        return GRE_KEY_ECDSA;
    case GNUTLS_PK_EDDSA_ED25519:
    case GNUTLS_PK_EDDSA_ED448:
        return GRE_KEY_EDDSA;
    default:
        return GRE_KEY_UNKNOWN;
    }
}

static GreKeyKind
kind_of_certificate(gnutls_x509_crt_t crt)
{
    gnutls_pubkey_t key;
    GreKeyKind      kind;

    gnutls_pubkey_init(&key);
    gnutls_pubkey_import_x509(key, crt, 0);
    kind = kind_of(key);
    gnutls_pubkey_deinit(key);
    return kind;
}

/* RFC 3110, the form of Libreswan; NULL if it is not RSA. */
static char *
key_rfc3110(gnutls_pubkey_t key)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *base64 = NULL;
    gnutls_datum_t   e, m;
    guint8           head;

    if (gnutls_pubkey_export_rsa_raw2(key, &m, &e, GNUTLS_EXPORT_FLAG_NO_LZ) < 0)
        return NULL;
    if (e.size > 0 && e.size < 256) {
        head = (guint8) e.size;
        g_byte_array_append(bytes, &head, 1);
        g_byte_array_append(bytes, e.data, e.size);
        g_byte_array_append(bytes, m.data, m.size);
        base64 = g_base64_encode(bytes->data, bytes->len);
    }
    gnutls_free(e.data);
    gnutls_free(m.data);
    return base64 ? g_strconcat("0s", base64, NULL) : NULL;
}

/* ---- local side ---- */

static void
take_own_key(Work *work, gnutls_x509_privkey_t key)
{
    gnutls_privkey_t private;
    gnutls_pubkey_t public;

    gnutls_privkey_init(&private);
    gnutls_pubkey_init(&public);
    gnutls_privkey_import_x509(private, key, 0);
    gnutls_pubkey_import_privkey(public, private, 0, 0);
    work->out->kind = kind_of(public);
    work->out->pubkey = key_pem(public);
    work->out->rfc3110 = key_rfc3110(public);
    gnutls_pubkey_deinit(public);
    gnutls_privkey_deinit(private);
}

/* From the file with the private key: its certificates, else its public half. */
static gboolean
read_key_file(Work *work, GError **error)
{
    const char *path = work->request->key;
    g_autoptr(GPtrArray) beside = gre_keys_load_certificates_new();
    g_autoptr(GreSecret) bytes = NULL;
    gnutls_x509_privkey_t key;

    if (g_str_has_prefix(path, "pkcs11:"))
        return gre_keys_load_fail(&work->key_source, GRE_ERROR_PROFILE, error,
                                  "a key in a token needs its certificate in ipsec-cert");
    bytes = gre_keys_file_read(work->key_source.name, path, error);
    if (!bytes)
        return FALSE;
    key = gre_keys_load_private(&work->key_source, bytes, work->request->password, beside, error);
    if (!key)
        return FALSE;
    if (beside->len > 0)
        work->own = g_ptr_array_ref(beside);
    else
        take_own_key(work, key);
    gnutls_x509_privkey_deinit(key);
    return TRUE;
}

/* Our certificate is not an authority's, unless it is self-signed. */
static gnutls_x509_crt_t
find_leaf(const Work *work)
{
    for (guint i = 0; i < work->own->len; i++)
        if (!gre_keys_check_is_authority(work->own->pdata[i]))
            return work->own->pdata[i];
    return work->own->pdata[0];
}

static char *
find_authority(const Work *work, GPtrArray *among, gnutls_x509_crt_t leaf)
{
    for (guint i = 0; among && i < among->len; i++) {
        gnutls_x509_crt_t crt = among->pdata[i];
        g_autoptr(GPtrArray) one = g_ptr_array_new();

        g_ptr_array_add(one, crt);
        if (crt != leaf && gre_keys_check_is_authority(crt) &&
            gre_keys_check_is_signed_by(crt, crt) &&
            gre_keys_check_is_signed_by_any(leaf, one, work->own))
            return certificate_pem(crt);
    }
    return NULL;
}

static gboolean
take_own(Work *work, GError **error)
{
    const GreKeyRequest *request = work->request;
    gnutls_x509_crt_t    leaf;

    if (!work->own) {
        work->out->id = g_strdup(request->local_id ? request->local_id : request->local_address);
        return TRUE;
    }
    leaf = find_leaf(work);
    work->out->kind = kind_of_certificate(leaf);
    work->out->cert = certificate_pem(leaf);
    work->out->subject = subject_text(leaf);
    work->out->authority = find_authority(work, work->own, leaf);
    if (!work->out->authority)
        work->out->authority = find_authority(work, work->ca, leaf);
    work->out->id = request->local_id ? g_strdup(request->local_id)
                                      : gre_keys_identity_default(leaf, request->local_address);
    return gre_keys_check_time(&work->cert_source, leaf, error) &&
           (!request->local_id ||
            gre_keys_check_identity(&work->cert_source, leaf, "ipsec-local-id", request->local_id,
                                    error));
}

/* ---- the peer ---- */

static gboolean
take_remote_key(Work *work, GError **error)
{
    gnutls_pubkey_t key = gre_keys_load_public(work->request->remote_pubkey, error);

    if (!key)
        return FALSE;
    work->out->remote_kind = kind_of(key);
    work->out->remote_pubkey = key_pem(key);
    work->out->remote_rfc3110 = key_rfc3110(key);
    gnutls_pubkey_deinit(key);
    return TRUE;
}

static gboolean
take_remote(Work *work, GError **error)
{
    const GreKeyRequest *request = work->request;
    gnutls_x509_crt_t    pinned = work->remote ? work->remote->pdata[0] : NULL;

    if (pinned) {
        work->out->remote_kind = kind_of_certificate(pinned);
        work->out->remote_cert = certificate_pem(pinned);
        work->out->remote_subject = subject_text(pinned);
    }
    work->out->remote_id = request->remote_id ? g_strdup(request->remote_id)
                           : pinned ? gre_keys_identity_default(pinned, request->remote_address)
                                    : g_strdup(request->remote_address);
    return !request->remote_pubkey || take_remote_key(work, error);
}

/* ---- the whole ---- */

static gboolean
read_file(const GreKeysSource *source, const GreSecret *password, GPtrArray **certs, GError **error)
{
    if (!source->path)
        return TRUE;
    *certs = gre_keys_load_certificates_file(source, password, error);
    return *certs != NULL;
}

GreLocalKeys *
gre_public_keys_read(const GreKeyRequest *request, GError **error)
{
    g_auto(Work) work = {
        .request = request,
        .ca_source = { "ipsec-ca", request->ca },
        .cert_source = { request->cert ? "ipsec-cert" : "ipsec-private-key",
                         request->cert ? request->cert : request->key },
        .key_source = { "ipsec-private-key", request->key },
        .remote_source = { "ipsec-remote-cert", request->remote_cert },
        .out = g_new0(GreLocalKeys, 1),
    };

    if (!(request->cert ? read_file(&work.cert_source, request->password, &work.own, error)
                        : read_key_file(&work, error)) ||
        !read_file(&work.ca_source, NULL, &work.ca, error) ||
        !read_file(&work.remote_source, NULL, &work.remote, error) || !take_own(&work, error) ||
        !take_remote(&work, error))
        return NULL;
    return g_steal_pointer(&work.out);
}
