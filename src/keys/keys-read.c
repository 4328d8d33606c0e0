/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First the local side, then the peer; all files are read before strongSwan gets anything. */
#include "keys/keys-read.h"

#include "gre-error.h"
#include "keys/keys-check.h"
#include "keys/keys-file.h"
#include "keys/keys-token.h"
#include "keys/pinning-ca.h"

#include <string.h>

/* The data collected so far. */
typedef struct {
    const GreKeyRequest  *request;
    GreKeysSource         ca_source, cert_source, key_source, remote_source;
    GPtrArray            *ca;     /* NULL: none given */
    GPtrArray            *own;    /* our certificate and its chain; NULL: raw public key */
    GPtrArray            *remote; /* NULL: none given */
    gnutls_x509_crt_t     leaf;   /* our certificate; in @own */
    gnutls_x509_privkey_t key;    /* NULL: in a token */
    gnutls_pubkey_t public;       /* own */
    gnutls_pubkey_t remote_key;
    GrePinningCa   *pinning; /* NULL: not needed */
    GreCredentials *out;
} Work;

static void
work_clear(Work *work)
{
    g_clear_pointer(&work->ca, g_ptr_array_unref);
    g_clear_pointer(&work->own, g_ptr_array_unref);
    g_clear_pointer(&work->remote, g_ptr_array_unref);
    g_clear_pointer(&work->key, gnutls_x509_privkey_deinit);
    g_clear_pointer(&work->public, gnutls_pubkey_deinit);
    g_clear_pointer(&work->remote_key, gnutls_pubkey_deinit);
    g_clear_pointer(&work->pinning, gre_pinning_ca_free);
    g_clear_pointer(&work->out, gre_credentials_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- local side ---- */

static gboolean
read_own_key(Work *work, GPtrArray *beside, GError **error)
{
    const char *path = work->request->key;
    g_autoptr(GreSecret) bytes = NULL;
    gnutls_datum_t der;

    if (g_str_has_prefix(path, "pkcs11:")) {
        work->out->token = gre_keys_token_parse(path, error);
        return work->out->token != NULL;
    }
    bytes = gre_keys_file_read(work->key_source.name, path, error);
    if (!bytes)
        return FALSE;
    work->key =
        gre_keys_load_private(&work->key_source, bytes, work->request->password, beside, error);
    if (!work->key)
        return FALSE;
    if (gnutls_x509_privkey_export2_pkcs8(work->key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN,
                                          &der) < 0)
        return gre_keys_load_fail(&work->key_source, GRE_ERROR_PROFILE, error,
                                  "has an unsupported type");
    work->out->key = gre_secret_new(der.data, der.size);
    gnutls_memset(der.data, 0, der.size);
    gnutls_free(der.data);
    return TRUE;
}

static gboolean
belongs_to(gnutls_x509_privkey_t key, gnutls_x509_crt_t crt)
{
    guint8 a[20], b[20];
    size_t n_a = sizeof a, n_b = sizeof b;

    return gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA1, a, &n_a) >= 0 &&
           gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, b, &n_b) >= 0 && n_a == n_b &&
           memcmp(a, b, n_a) == 0;
}

/* The chain may be in any order: our certificate is the one that matches the key. */
static gboolean
find_leaf(Work *work, GError **error)
{
    if (!work->key)
        work->leaf = work->own->pdata[0];
    for (guint i = 0; !work->leaf && i < work->own->len; i++)
        if (belongs_to(work->key, work->own->pdata[i]))
            work->leaf = work->own->pdata[i];
    if (work->leaf)
        return TRUE;
    return gre_keys_load_fail(&work->key_source, GRE_ERROR_PROFILE, error,
                              "does not match the certificate in \"%s\"", work->cert_source.path);
}

static gboolean
read_own(Work *work, GError **error)
{
    g_autoptr(GPtrArray) beside = gre_keys_load_certificates_new();

    if (!read_own_key(work, beside, error))
        return FALSE;
    if (work->request->cert)
        work->own =
            gre_keys_load_certificates_file(&work->cert_source, work->request->password, error);
    else if (beside->len > 0) {
        work->own = g_ptr_array_ref(beside);
        work->cert_source = (GreKeysSource){ "ipsec-private-key", work->request->key };
    } else if (!work->key)
        return gre_keys_load_fail(&work->key_source, GRE_ERROR_PROFILE, error,
                                  "a key in a token needs its certificate in ipsec-cert");
    else
        return TRUE;
    return work->own && find_leaf(work, error);
}

/* A certificate in ipsec-ca that has the issuer's name, but not the key that signed. */
static gboolean
check_issuer(const Work *work, GError **error)
{
    gnutls_x509_crt_t issuer = work->ca ? gre_keys_check_named_issuer(work->leaf, work->ca) : NULL;
    g_autofree char  *name = NULL;

    if (!issuer || issuer == work->leaf ||
        gre_keys_check_is_signed_by_any(work->leaf, work->ca, work->own))
        return TRUE;
    name = gre_keys_load_certificate_subject(issuer);
    return gre_keys_load_fail(
        &work->cert_source, GRE_ERROR_PROFILE, error,
        "names \"%s\" as its issuer, but the certificate of that name in ipsec-ca has another key",
        name);
}

/* strongSwan keeps our certificate until it ends, and trusts it for other connections: VICI has no
 * command that removes it. One that signs itself would be an anchor there. Whoever accepts it has
 * it already; so it is a raw public key with names, which can be removed. An authority's would let
 * in whom it has signed, too. */
static gboolean
hand_over(Work *work, GError **error)
{
    g_autofree char *subject = NULL;

    if (gre_keys_check_is_self_signed(work->leaf))
        return TRUE;
    if (!gre_keys_check_is_authority(work->leaf)) {
        work->out->cert = gre_keys_load_certificate_der(work->leaf);
        return TRUE;
    }
    subject = gre_keys_load_certificate_subject(work->leaf);
    return gre_keys_load_fail(&work->cert_source, GRE_ERROR_PROFILE, error,
                              "\"%s\" is the certificate of an authority (it has the CA flag), "
                              "and strongSwan would trust it for other connections: use one "
                              "without the CA flag",
                              subject);
}

static gboolean
check_own(Work *work, GError **error)
{
    const GreKeyRequest *request = work->request;

    if (gnutls_pubkey_init(&work->public) < 0)
        return FALSE;
    if (!work->leaf) {
        gnutls_privkey_t private;

        gnutls_privkey_init(&private);
        gnutls_privkey_import_x509(private, work->key, 0);
        gnutls_pubkey_import_privkey(work->public, private, 0, 0);
        gnutls_privkey_deinit(private);
        work->out->local_id =
            g_strdup(request->local_id ? request->local_id : request->local_address);
        return TRUE;
    }
    gnutls_pubkey_import_x509(work->public, work->leaf, 0);
    work->out->local_id = request->local_id
                              ? g_strdup(request->local_id)
                              : gre_keys_identity_default(work->leaf, request->local_address);
    return gre_keys_check_time(&work->cert_source, work->leaf, error) && hand_over(work, error) &&
           check_issuer(work, error) &&
           (!request->local_id ||
            gre_keys_check_identity(&work->cert_source, work->leaf, "ipsec-local-id",
                                    request->local_id, error));
}

/* ---- the peer ---- */

static gboolean
check_pinned(Work *work, GError **error)
{
    gnutls_x509_crt_t pinned = work->remote->pdata[0];
    const char       *id = work->request->remote_id;

    if (work->ca && !gre_keys_check_is_signed_by_any(pinned, work->ca, work->remote))
        return gre_keys_load_fail(&work->remote_source, GRE_ERROR_PROFILE, error,
                                  "was not signed by the authority in ipsec-ca (\"%s\")",
                                  work->request->ca);
    work->out->remote_id =
        id ? g_strdup(id) : gre_keys_identity_default(pinned, work->request->remote_address);
    gnutls_pubkey_init(&work->remote_key);
    gnutls_pubkey_import_x509(work->remote_key, pinned, 0);
    return gre_keys_check_time(&work->remote_source, pinned, error) &&
           (!id ||
            gre_keys_check_identity(&work->remote_source, pinned, "ipsec-remote-id", id, error));
}

static gboolean
read_peer(Work *work, GError **error)
{
    const GreKeyRequest *request = work->request;

    if (request->ca && !(work->ca = gre_keys_load_certificates_file(&work->ca_source, NULL, error)))
        return FALSE;
    if (request->remote_cert) {
        work->remote = gre_keys_load_certificates_file(&work->remote_source, NULL, error);
        return work->remote && check_pinned(work, error);
    }
    work->out->remote_id =
        g_strdup(request->remote_id ? request->remote_id : request->remote_address);
    if (!request->remote_pubkey)
        return TRUE;
    work->remote_key = gre_keys_load_public(request->remote_pubkey, error);
    return work->remote_key != NULL;
}

/* ---- for strongSwan ---- */

static gboolean
add(Work *work, GBytes *der)
{
    if (!der)
        return FALSE;
    g_ptr_array_add(work->out->authorities, der);
    return TRUE;
}

/* strongSwan trusts only self-signed certificates. */
static gboolean
add_trusted(Work *work, GError **error)
{
    g_autoptr(GPtrArray) anchors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) expired = NULL;

    for (guint i = 0; i < work->ca->len; i++) {
        gnutls_x509_crt_t crt = work->ca->pdata[i];
        g_autofree char  *subject = gre_keys_load_certificate_subject(crt);
        GBytes           *der = gre_keys_load_certificate_der(crt);

        if (!gre_keys_check_is_authority(crt)) {
            g_bytes_unref(der);
            return gre_keys_load_fail(
                &work->ca_source, GRE_ERROR_PROFILE, error,
                "\"%s\" is not the certificate of an authority: it lacks the CA flag", subject);
        }
        add(work, der);
        if (!gre_keys_check_is_signed_by(crt, crt))
            continue;
        g_clear_error(&expired);
        if (gre_keys_check_time(&work->ca_source, crt, &expired))
            g_ptr_array_add(anchors, g_compute_checksum_for_bytes(G_CHECKSUM_SHA1, der));
    }
    if (anchors->len == 0 && expired) {
        g_propagate_error(error, g_steal_pointer(&expired));
        return FALSE;
    }
    if (anchors->len == 0)
        return gre_keys_load_fail(&work->ca_source, GRE_ERROR_PROFILE, error,
                                  "contains no self-signed authority, and strongSwan trusts no "
                                  "other: add the root authority");
    g_ptr_array_add(anchors, NULL);
    work->out->anchors = g_strdupv((char **) anchors->pdata);
    work->out->ca_id = g_strjoinv(",", work->out->anchors);
    return TRUE;
}

static gboolean
need_pinning_ca(Work *work, GError **error)
{
    g_autofree char *pin = NULL;

    if (work->pinning)
        return TRUE;
    pin = g_strdup_printf("nm-gre %s %s",
                          work->out->remote_key_id ? work->out->remote_key_id : work->out->key_id,
                          work->out->remote_id);
    work->pinning = gre_pinning_ca_new(pin, error);
    return work->pinning && add(work, gre_pinning_ca_cert(work->pinning));
}

static gboolean
add_key(Work *work, const char *what, gnutls_pubkey_t key, const char *id, GError **error)
{
    g_auto(GreIdentity) identity = { 0 };

    gre_keys_identity_parse(&identity, id);
    return need_pinning_ca(work, error) &&
           add(work, gre_pinning_ca_sign_key(work->pinning, what, key, &identity, error));
}

static gboolean
add_pinned(Work *work, GError **error)
{
    gboolean added;

    if (!need_pinning_ca(work, error))
        return FALSE;
    if (work->remote)
        added = add(work, gre_pinning_ca_sign_again(work->pinning, work->remote->pdata[0], error));
    else
        added = add_key(work, "ipsec-remote-id", work->remote_key, work->out->remote_id, error);
    work->out->anchors = g_new0(char *, 2);
    work->out->anchors[0] = gre_pinning_ca_id(work->pinning);
    return added;
}

/* Intermediates are sent to the peer; the root of our chain is not trusted for the peer's
 * certificate. */
static gboolean
add_own(Work *work, GError **error)
{
    for (guint i = 0; work->own && i < work->own->len; i++) {
        gnutls_x509_crt_t crt = work->own->pdata[i];

        if (crt != work->leaf && gre_keys_check_is_authority(crt) &&
            !gre_keys_check_is_signed_by(crt, crt))
            add(work, gre_keys_load_certificate_der(crt));
    }
    if (work->out->cert)
        return TRUE;
    if (!work->leaf)
        return add_key(work, "ipsec-local-id", work->public, work->out->local_id, error);
    return need_pinning_ca(work, error) &&
           add(work, gre_pinning_ca_sign_again(work->pinning, work->leaf, error));
}

static gboolean
is_eddsa(gnutls_pubkey_t key)
{
    int algorithm = key ? gnutls_pubkey_get_pk_algorithm(key, NULL) : GNUTLS_PK_UNKNOWN;

    return algorithm == GNUTLS_PK_EDDSA_ED25519 || algorithm == GNUTLS_PK_EDDSA_ED448;
}

/* IKEv1 authenticates with RSA (RFC 2409) and ECDSA (RFC 4754); with other keys charon logs no
 * error. */
static gboolean
check_ikev1(Work *work, GError **error)
{
    gboolean      theirs = !is_eddsa(work->public);
    GreKeysSource source = work->key_source;

    if (work->request->ike_version != 1 || (theirs && !is_eddsa(work->remote_key)))
        return TRUE;
    if (theirs)
        source = work->remote ? work->remote_source
                              : (GreKeysSource){ "ipsec-remote-pubkey", "Ed25519" };
    return gre_keys_load_fail(
        &source, GRE_ERROR_PROFILE, error,
        "IKEv1 has no Ed25519 and Ed448: with ipsec-ike-version=1 use RSA or ECDSA");
}

static gboolean
name_keys(Work *work, GError **error)
{
    work->out->key_id = gre_keys_load_public_id(work->public);
    if (work->remote_key)
        work->out->remote_key_id = gre_keys_load_public_id(work->remote_key);
    if (work->out->key_id && (!work->remote_key || work->out->remote_key_id))
        return TRUE;
    return gre_keys_load_fail(&work->key_source, GRE_ERROR_PROFILE, error,
                              "this key or the peer's has an unknown type");
}

static gboolean
read_all(Work *work, GError **error)
{
    if (!read_own(work, error) || !read_peer(work, error) || !check_own(work, error) ||
        !check_ikev1(work, error) || !name_keys(work, error) || !add_own(work, error))
        return FALSE;
    return work->remote_key ? add_pinned(work, error) : add_trusted(work, error);
}

GreCredentials *
gre_keys_read(const GreKeyRequest *request, GError **error)
{
    g_auto(Work) work = {
        .request = request,
        .ca_source = { "ipsec-ca", request->ca },
        .cert_source = { "ipsec-cert", request->cert },
        .key_source = { "ipsec-private-key", request->key },
        .remote_source = { "ipsec-remote-cert", request->remote_cert },
        .out = gre_credentials_new(),
    };

    if (!request->key || (!request->ca && !request->remote_cert && !request->remote_pubkey)) {
        g_set_error_literal(
            error, GRE_ERROR, GRE_ERROR_PROFILE,
            "ipsec: \"pubkey\" requires a private key and a way to authenticate the peer");
        return NULL;
    }
    return read_all(&work, error) ? g_steal_pointer(&work.out) : NULL;
}
