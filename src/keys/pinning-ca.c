/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An authority for one key; ECDSA with P-256, which every strongSwan with OpenSSL can verify. */
#include "keys/pinning-ca.h"

#include "gre-error.h"
#include "keys/keys-der.h"

#include <gnutls/crypto.h>
#include <string.h>

/* The certificate of a raw public key is valid as long as the profile: it needs no expiry date. */
#define NOT_BEFORE 946684800  /* 2000-01-01 */
#define NOT_AFTER  2524607999 /* 2049-12-31 23:59:59 */
#define ID_LEN     20

#define OID_COMMON_NAME       "2.5.4.3"
#define OID_KEY_ID            "2.5.29.14"
#define OID_ALT_NAME          "2.5.29.17"
#define OID_BASIC_CONSTRAINTS "2.5.29.19"
#define OID_ISSUER_KEY_ID     "2.5.29.35"
#define OID_ECDSA_SHA256      "1.2.840.10045.4.3.2"

struct _GrePinningCa {
    gnutls_privkey_t key;
    guint8           id[ID_LEN];
    GByteArray      *name; /* its distinguished name */
    GBytes          *cert;
};

/* The contents of a certificate, without the issuer. */
typedef struct {
    time_t      from, to;
    GByteArray *subject;    /* taken */
    GByteArray *key;        /* SubjectPublicKeyInfo; taken */
    GByteArray *extensions; /* any number of them; taken */
} Content;

static gboolean
check(int code, GError **error)
{
    if (code >= 0)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "can't create the certificate that pins a key: %s", gnutls_strerror(code));
    return FALSE;
}

/* ---- parts ---- */

static GByteArray *
name_of(const guint8 id[ID_LEN])
{
    g_autoptr(GString) name = g_string_new("nm-gre ");

    for (guint i = 0; i < ID_LEN; i++)
        g_string_append_printf(name, "%02x", id[i]);
    return gre_keys_der(
        GRE_DER_SEQUENCE,
        gre_keys_der(GRE_DER_SET,
                     gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_oid(OID_COMMON_NAME),
                                  gre_keys_der_bytes(GRE_DER_UTF8, name->str, name->len), NULL),
                     NULL),
        NULL);
}

/* @value: taken */
static GByteArray *
extension(const char *oid, GByteArray *value)
{
    return gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_oid(oid),
                        gre_keys_der(GRE_DER_OCTET_STRING, value, NULL), NULL);
}

static void
append(GByteArray *list, GByteArray *element)
{
    g_byte_array_append(list, element->data, element->len);
    g_byte_array_unref(element);
}

static GByteArray *
key_info(gnutls_pubkey_t key)
{
    gnutls_datum_t der;
    GByteArray    *info;

    if (gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) < 0)
        return g_byte_array_new();
    info = gre_keys_der_raw(der.data, der.size);
    gnutls_free(der.data);
    return info;
}

static GByteArray *
key_id_extension(gconstpointer id, gsize len)
{
    return extension(OID_KEY_ID, gre_keys_der_bytes(GRE_DER_OCTET_STRING, id, len));
}

/* ---- certificates ---- */

static GByteArray *
algorithm(void)
{
    return gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_oid(OID_ECDSA_SHA256), NULL);
}

static GByteArray *
serial(void)
{
    guint8 number[16] = { 0 };

    gnutls_rnd(GNUTLS_RND_NONCE, number, sizeof number);
    number[0] = (number[0] & 0x7f) | 0x40; /* positive, without leading zeros */
    return gre_keys_der_bytes(GRE_DER_INTEGER, number, sizeof number);
}

/* strongSwan finds an issuer by key id, if present, and by name. A path length of 0: what a pinned
 * key has signed is not valid, even if it is an authority's. */
static GByteArray *
to_be_signed(const GrePinningCa *ca, Content *content)
{
    static const guint8 version3 = 2, yes = 0xff, path_length = 0;
    GByteArray         *extensions = g_steal_pointer(&content->extensions);

    append(extensions,
           extension(OID_BASIC_CONSTRAINTS,
                     gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_bytes(GRE_DER_BOOLEAN, &yes, 1),
                                  gre_keys_der_bytes(GRE_DER_INTEGER, &path_length, 1), NULL)));
    append(extensions,
           extension(OID_ISSUER_KEY_ID,
                     gre_keys_der(GRE_DER_SEQUENCE,
                                  gre_keys_der_bytes(GRE_DER_CONTEXT, ca->id, ID_LEN), NULL)));
    return gre_keys_der(GRE_DER_SEQUENCE,
                        gre_keys_der(GRE_DER_CONTEXT_ELEMENTS,
                                     gre_keys_der_bytes(GRE_DER_INTEGER, &version3, 1), NULL),
                        serial(), algorithm(), gre_keys_der_raw(ca->name->data, ca->name->len),
                        gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_time(content->from),
                                     gre_keys_der_time(content->to), NULL),
                        g_steal_pointer(&content->subject), g_steal_pointer(&content->key),
                        gre_keys_der(GRE_DER_CONTEXT_ELEMENTS | 3,
                                     gre_keys_der(GRE_DER_SEQUENCE, extensions, NULL), NULL),
                        NULL);
}

static GBytes *
sign(const GrePinningCa *ca, Content *content, GError **error)
{
    static const guint8 no_unused_bits = 0;
    GByteArray         *signed_part = to_be_signed(ca, content);
    gnutls_datum_t      data = { signed_part->data, signed_part->len }, signature;
    GByteArray         *bits;

    if (!check(gnutls_privkey_sign_data(ca->key, GNUTLS_DIG_SHA256, 0, &data, &signature), error)) {
        g_byte_array_unref(signed_part);
        return NULL;
    }
    bits = gre_keys_der(GRE_DER_BIT_STRING, gre_keys_der_raw(&no_unused_bits, 1),
                        gre_keys_der_raw(signature.data, signature.size), NULL);
    gnutls_free(signature.data);
    return g_byte_array_free_to_bytes(
        gre_keys_der(GRE_DER_SEQUENCE, signed_part, algorithm(), bits, NULL));
}

static GByteArray *
own_key_info(const GrePinningCa *ca, GError **error)
{
    GByteArray     *info = NULL;
    gnutls_pubkey_t key;
    int             code = gnutls_pubkey_init(&key);

    if (code >= 0) {
        code = gnutls_pubkey_import_privkey(key, ca->key, 0, 0);
        if (code >= 0)
            info = key_info(key);
        gnutls_pubkey_deinit(key);
    }
    check(code, error);
    return info;
}

static GBytes *
sign_itself(const GrePinningCa *ca, GError **error)
{
    Content content = { .from = NOT_BEFORE, .to = (time_t) NOT_AFTER };

    content.key = own_key_info(ca, error);
    if (!content.key)
        return NULL;
    content.subject = gre_keys_der_raw(ca->name->data, ca->name->len);
    content.extensions = key_id_extension(ca->id, ID_LEN);
    return sign(ca, &content, error);
}

GrePinningCa *
gre_pinning_ca_new(const char *pin, GError **error)
{
    g_autoptr(GrePinningCa) ca = g_new0(GrePinningCa, 1);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    gsize len = ID_LEN;

    g_checksum_update(sum, (const guint8 *) pin, -1);
    g_checksum_get_digest(sum, ca->id, &len);
    ca->name = name_of(ca->id);
    if (!check(gnutls_privkey_init(&ca->key), error) ||
        !check(gnutls_privkey_generate(ca->key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
               error))
        return NULL;
    ca->cert = sign_itself(ca, error);
    return ca->cert ? g_steal_pointer(&ca) : NULL;
}

void
gre_pinning_ca_free(GrePinningCa *ca)
{
    if (!ca)
        return;
    if (ca->key)
        gnutls_privkey_deinit(ca->key);
    g_byte_array_unref(ca->name);
    g_clear_pointer(&ca->cert, g_bytes_unref);
    g_free(ca);
}

char *
gre_pinning_ca_id(const GrePinningCa *ca)
{
    GString *hex = g_string_new(NULL);

    for (guint i = 0; i < ID_LEN; i++)
        g_string_append_printf(hex, "%02x", ca->id[i]);
    return g_string_free(hex, FALSE);
}

GBytes *
gre_pinning_ca_cert(const GrePinningCa *ca)
{
    return g_bytes_ref(ca->cert);
}

/* The extension with @identity, or NULL. */
static GByteArray *
identity_extension(const GreIdentity *identity)
{
    gconstpointer data = identity->text;
    gsize         len = identity->text ? strlen(identity->text) : 0;
    guint8        tag = GRE_DER_CONTEXT; /* of GeneralName, RFC 5280 */

    switch (identity->type) {
    case GRE_IDENTITY_DN:
        return NULL;
    case GRE_IDENTITY_KEY_ID:
        data = g_bytes_get_data(identity->key_id, &len);
        return key_id_extension(data, len);
    case GRE_IDENTITY_ADDRESS:
        tag |= 7;
        data = identity->address.bytes;
        len = gre_address_size(identity->address.family);
        break;
    case GRE_IDENTITY_NAME:
        tag |= 2;
        break;
    case GRE_IDENTITY_EMAIL:
        tag |= 1;
        break;
    }
    return extension(OID_ALT_NAME,
                     gre_keys_der(GRE_DER_SEQUENCE, gre_keys_der_bytes(tag, data, len), NULL));
}

GBytes *
gre_pinning_ca_sign_key(const GrePinningCa *ca,
                        const char         *what,
                        gnutls_pubkey_t     key,
                        const GreIdentity  *identity,
                        GError            **error)
{
    Content content = { .from = NOT_BEFORE, .to = (time_t) NOT_AFTER };
    guint8  id[ID_LEN] = { 0 };
    size_t  len = sizeof id;

    content.extensions = identity_extension(identity);
    if (!content.extensions) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_IDENTITY,
                    "%s: a raw public key can't have this identity: expected an address, a name, "
                    "an e-mail address or a key id",
                    what);
        return NULL;
    }
    gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA1, id, &len);
    content.subject = name_of(id);
    content.key = key_info(key);
    return sign(ca, &content, error);
}

/* Copies an extension unchanged, if present. */
static void
copy_extension(GByteArray *list, gnutls_x509_crt_t crt, const char *oid)
{
    gnutls_datum_t value;
    unsigned       critical;

    if (gnutls_x509_crt_get_extension_by_oid2(crt, oid, 0, &value, &critical) < 0)
        return;
    append(list, extension(oid, gre_keys_der_raw(value.data, value.size)));
    gnutls_free(value.data);
}

GBytes *
gre_pinning_ca_sign_again(const GrePinningCa *ca, gnutls_x509_crt_t crt, GError **error)
{
    Content         content = { .from = gnutls_x509_crt_get_activation_time(crt),
                                .to = gnutls_x509_crt_get_expiration_time(crt) };
    gnutls_datum_t  subject;
    gnutls_pubkey_t key;

    if (!check(gnutls_x509_crt_get_raw_dn(crt, &subject), error))
        return NULL;
    content.subject = gre_keys_der_raw(subject.data, subject.size);
    gnutls_free(subject.data);
    gnutls_pubkey_init(&key);
    gnutls_pubkey_import_x509(key, crt, 0);
    content.key = key_info(key);
    gnutls_pubkey_deinit(key);
    content.extensions = g_byte_array_new();
    copy_extension(content.extensions, crt, OID_ALT_NAME);
    copy_extension(content.extensions, crt, OID_KEY_ID);
    return sign(ca, &content, error);
}
