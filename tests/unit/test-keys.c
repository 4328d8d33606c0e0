/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and certificates: every format that is read, and what is said of those that don't fit. */
#include "gre-error.h"
#include "keys/keys-check.h"
#include "keys/keys-client.h"
#include "keys/keys-turns.h"
#include "keys/keys-file.h"
#include "keys/keys-read.h"
#include "keys/keys-token.h"
#include "keys/public-keys.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOCAL  "172.31.0.1"
#define REMOTE "172.31.0.2"

static char *
path_of(const char *name)
{
    return g_test_build_filename(G_TEST_DIST, "certificates", name, NULL);
}

static void
set(char **target, const char *value)
{
    g_free(*target);
    *target =
        value[0] == '/' || g_str_has_prefix(value, "pkcs11:") ? g_strdup(value) : path_of(value);
}

static char *
contents(const char *name)
{
    g_autofree char *path = path_of(name);
    char            *text;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return g_strdelimit(g_strstrip(text), "\n", ' ');
}

/* "ca=ca.pem cert=…": files by their names, the rest as it is. */
static GreKeyRequest *
request_new(const char *words)
{
    g_auto(GStrv) pairs = g_strsplit(words, " ", -1);
    GreKeyRequest *request = g_new0(GreKeyRequest, 1);

    request->local_address = g_strdup(LOCAL);
    request->remote_address = g_strdup(REMOTE);
    for (char **pair = pairs; *pair; pair++) {
        const char *value = strchr(*pair, '=') + 1;

        if (g_str_has_prefix(*pair, "ca="))
            set(&request->ca, value);
        else if (g_str_has_prefix(*pair, "cert="))
            set(&request->cert, value);
        else if (g_str_has_prefix(*pair, "key="))
            set(&request->key, value);
        else if (g_str_has_prefix(*pair, "peer="))
            set(&request->remote_cert, value);
        else if (g_str_has_prefix(*pair, "raw="))
            request->remote_pubkey = contents(value);
        else if (g_str_has_prefix(*pair, "here="))
            request->local_id = g_strdup(value);
        else if (g_str_has_prefix(*pair, "there="))
            request->remote_id = g_strdup(value);
        else if (g_str_has_prefix(*pair, "ike="))
            request->ike_version = (guint) (value[0] - '0');
        else if (g_str_has_prefix(*pair, "password="))
            request->password = gre_secret_new(value, strlen(value));
        else
            g_assert_not_reached();
    }
    return request;
}

/* ---- what is read ---- */

typedef struct {
    const char *request;
    const char *same_key; /* the unencrypted file of the same private key */
    guint       authorities;
    guint       anchors;
    gboolean    has_cert, pinned;
} Good;

static const Good good[] = {
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 1, 1, TRUE, FALSE },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.pkcs1", "a-rsa.key", 1, 1, TRUE, FALSE },
    { "ca=ca.pem cert=a-rsa.der key=a-rsa.key", "a-rsa.key", 1, 1, TRUE, FALSE },
    { "ca=ca.pem cert=a-ed.pem key=a-ed.key", "a-ed.key", 1, 1, TRUE, FALSE },
    /* the chain before the leaf: the intermediate goes along */
    { "ca=ca.pem cert=a-chain.pem key=a-ec.key", "a-ec.key", 2, 1, TRUE, FALSE },
    { "ca=ca.pem cert=b-chain.pem key=b-encrypted.key password=raclette", "b-ec.key", 2, 1, TRUE,
      FALSE },
    { "ca=ca.pem key=a-ec.p12 password=raclette", "a-ec.key", 2, 1, TRUE, FALSE },
    { "ca=ca.pem cert=a-ec.p12 key=a-ec.p12 password=raclette", "a-ec.key", 2, 1, TRUE, FALSE },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=a.example there=b.example", "a-rsa.key", 1, 1,
      TRUE, FALSE },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=root@a.example", "a-rsa.key", 1, 1, TRUE,
      FALSE },
    { "ca=other-ca.pem cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 1, 1, TRUE, FALSE },
    /* pinned: an authority for one, and the peer's certificate signed by it */
    { "peer=b-rsa.pem cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 2, 1, TRUE, TRUE },
    { "peer=b-rsa.pem ca=ca.pem cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 2, 1, TRUE, TRUE },
    { "peer=b-chain.pem ca=ca.pem cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 2, 1, TRUE, TRUE },
    { "peer=b-rsa.pem there=b.example cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 2, 1, TRUE,
      TRUE },
    /* raw: one for the own key too */
    { "raw=b-ed.pub key=a-ed.key", "a-ed.key", 3, 1, FALSE, TRUE },
    { "raw=b-rsa.rfc3110 key=a-rsa.key", "a-rsa.key", 3, 1, FALSE, TRUE },
    { "raw=b-rsa.rfc3110 key=a-rsa.key here=@a there=keyid:#0102", "a-rsa.key", 3, 1, FALSE, TRUE },
    { "raw=b-ed.pub cert=a-rsa.pem key=a-rsa.key", "a-rsa.key", 2, 1, TRUE, TRUE },
    { "ca=ca.pem key=a-rsa.key", "a-rsa.key", 3, 1, FALSE, FALSE },
    /* our certificate signs itself, with and without the CA flag: it is not handed over */
    { "raw=b-ed.pub cert=alice-self.pem key=alice-self.key", "alice-self.key", 3, 1, FALSE, TRUE },
    { "raw=b-ed.pub cert=alice-own.pem key=alice-own.key", "alice-own.key", 3, 1, FALSE, TRUE },
    { "ca=ca.pem cert=alice-self.pem key=alice-self.key here=b.example", "alice-self.key", 3, 1,
      FALSE, FALSE },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key ike=1", "a-rsa.key", 1, 1, TRUE, FALSE },
    { "ca=ca.pem key=a-ec.p12 password=raclette ike=1", "a-ec.key", 2, 1, TRUE, FALSE },
};

static void
check_pkcs8(const GreCredentials *credentials, const char *name)
{
    g_autofree char      *path = path_of(name), *text = NULL;
    gnutls_datum_t        pem, a, b;
    gnutls_x509_privkey_t expected, found;
    gsize                 len;

    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    pem = (gnutls_datum_t){ (guint8 *) text, (unsigned) len };
    gnutls_x509_privkey_init(&expected);
    g_assert_cmpint(gnutls_x509_privkey_import(expected, &pem, GNUTLS_X509_FMT_PEM), ==, 0);
    a.data = (guint8 *) gre_secret_data(credentials->key, &len);
    a.size = (unsigned) len;
    gnutls_x509_privkey_init(&found);
    g_assert_cmpint(
        gnutls_x509_privkey_import_pkcs8(found, &a, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN),
        ==, 0);
    gnutls_x509_privkey_export2(expected, GNUTLS_X509_FMT_DER, &a);
    gnutls_x509_privkey_export2(found, GNUTLS_X509_FMT_DER, &b);
    g_assert_cmpmem(a.data, a.size, b.data, b.size);
    gnutls_free(a.data);
    gnutls_free(b.data);
    gnutls_x509_privkey_deinit(expected);
    gnutls_x509_privkey_deinit(found);
}

static gnutls_x509_crt_t
crt_of(GBytes *der)
{
    gsize             len;
    gconstpointer     data = g_bytes_get_data(der, &len);
    gnutls_datum_t    datum = { (guint8 *) data, (unsigned) len };
    gnutls_x509_crt_t crt;

    gnutls_x509_crt_init(&crt);
    g_assert_cmpint(gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER), ==, 0);
    return crt;
}

/* strongSwan takes authorities with the CA flag only. */
static void
check_authorities(const GreCredentials *credentials)
{
    for (guint i = 0; i < credentials->authorities->len; i++) {
        gnutls_x509_crt_t crt = crt_of(credentials->authorities->pdata[i]);

        g_assert_true(gre_keys_check_is_authority(crt));
        gnutls_x509_crt_deinit(crt);
    }
}

static void
test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GreKeyRequest) request = request_new(good[i].request);
        g_autoptr(GError) error = NULL;
        g_autoptr(GreCredentials) read = gre_keys_read(request, &error);

        g_test_message("%s", good[i].request);
        g_assert_no_error(error);
        g_assert_cmpuint(read->authorities->len, ==, good[i].authorities);
        g_assert_cmpuint(g_strv_length(read->anchors), ==, good[i].anchors);
        g_assert_cmpint(read->cert != NULL, ==, good[i].has_cert);
        g_assert_cmpint(read->remote_key_id != NULL, ==, good[i].pinned);
        g_assert_cmpuint(strlen(read->key_id), ==, 40);
        check_pkcs8(read, good[i].same_key);
        check_authorities(read);
    }
}

/* The name that strongSwan has for a key: `openssl … | sha1sum` of the bits of the public half. */
static void
test_key_id(void)
{
    g_autoptr(GreKeyRequest) request = request_new("raw=b-ed.pub key=a-ed.key");
    g_autoptr(GreCredentials) read = gre_keys_read(request, NULL);
    g_autofree char   *text = contents("a-ed.pub"), *expected = NULL;
    g_autofree guint8 *der = NULL;
    gsize              len;

    text[strlen(text) - strlen("-----END PUBLIC KEY-----")] = '\0';
    der = g_base64_decode(text + strlen("-----BEGIN PUBLIC KEY-----"), &len);
    g_assert_cmpuint(len, ==, 44); /* RFC 8410: 12 bytes, and the key's own 32 */
    expected = g_compute_checksum_for_data(G_CHECKSUM_SHA1, der + 12, 32);
    g_assert_cmpstr(read->key_id, ==, expected);
}

/* What vouches for a pinned key: signed by the authority alone that the connection names. */
static void
test_pinned(void)
{
    g_autoptr(GreKeyRequest) request = request_new("peer=b-ec.pem cert=a-rsa.pem key=a-rsa.key");
    g_autoptr(GreCredentials) read = gre_keys_read(request, NULL);
    g_autoptr(GreCredentials) again = gre_keys_read(request, NULL);
    g_autoptr(GreKeyRequest) nat = request_new("peer=b-ec.pem cert=a-rsa.pem key=a-rsa.key");
    g_autoptr(GreCredentials) elsewhere = NULL;
    gnutls_x509_crt_t authority = crt_of(read->authorities->pdata[0]);
    gnutls_x509_crt_t peer = crt_of(read->authorities->pdata[1]);
    gnutls_x509_crt_t other = crt_of(again->authorities->pdata[0]);
    g_autofree char  *subject = gre_keys_load_certificate_subject(peer);
    g_autoptr(GString) id = g_string_new(NULL);
    guint8 raw[20];
    size_t len = sizeof raw;

    g_free(nat->local_address);
    g_free(nat->remote_address);
    nat->local_address = g_strdup("10.0.0.1");
    nat->remote_address = g_strdup("10.0.0.2");
    elsewhere = gre_keys_read(nat, NULL);
    g_assert_true(gre_keys_check_is_signed_by(authority, authority));
    g_assert_true(gre_keys_check_is_signed_by(peer, authority));
    g_assert_cmpstr(subject, ==, "CN=b EC,O=NetworkManager-gre tests");
    g_assert_cmpint(gnutls_x509_crt_get_subject_key_id(authority, raw, &len, NULL), ==, 0);
    for (gsize i = 0; i < len; i++)
        g_string_append_printf(id, "%02x", raw[i]);
    g_assert_cmpstr(read->anchors[0], ==, id->str);
    /* another one's key is another, so what one has signed says nothing of the other; but its id
     * is the same, so that both may serve either connection */
    g_assert_false(gre_keys_check_is_signed_by(peer, other));
    g_assert_cmpstr(read->anchors[0], ==, again->anchors[0]);
    /* identities: the address where the certificate has it, else its subject */
    g_assert_cmpstr(read->remote_id, ==, REMOTE);
    g_assert_cmpstr(read->local_id, ==, LOCAL);
    g_assert_true(g_str_has_prefix(elsewhere->remote_id, "asn1dn:#30"));
    g_assert_true(g_str_has_prefix(elsewhere->local_id, "asn1dn:#30"));
    gnutls_x509_crt_deinit(authority);
    gnutls_x509_crt_deinit(peer);
    gnutls_x509_crt_deinit(other);
}

/* Our certificate that signs itself: strongSwan gets another with its names and key, below an
 * authority that allows no other authority. */
static void
test_self_signed(void)
{
    g_autoptr(GreKeyRequest) request =
        request_new("raw=b-ed.pub cert=alice-own.pem key=alice-own.key");
    g_autoptr(GreCredentials) read = gre_keys_read(request, NULL);
    gboolean found = FALSE;

    for (guint i = 0; i < read->authorities->len; i++) {
        gnutls_x509_crt_t crt = crt_of(read->authorities->pdata[i]);
        g_autofree char  *subject = gre_keys_load_certificate_subject(crt);

        int path_length = -1;

        if (strcmp(subject, "CN=Alice's own,O=NetworkManager-gre tests") == 0) {
            found = TRUE;
            g_assert_false(gre_keys_check_is_self_signed(crt));
        }
        g_assert_cmpint(gnutls_x509_crt_get_basic_constraints(crt, NULL, NULL, &path_length), ==,
                        1);
        g_assert_cmpint(path_length, ==, 0);
        gnutls_x509_crt_deinit(crt);
    }
    g_assert_true(found);
    g_assert_true(g_str_has_prefix(read->local_id, "asn1dn:#30"));
}

/* ---- what is refused ---- */

typedef struct {
    const char  *request;
    GreErrorCode code;
    const char  *words; /* of the message; paths stand between */
} Bad;

static const Bad bad[] = {
    { "ca=ca.pem cert=a-rsa.pem key=/nonexistent", GRE_ERROR_PROFILE,
      "ipsec-private-key: \"/nonexistent\": No such file or directory" },
    { "ca=/dev cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "ipsec-ca: \"/dev\": is not a regular file" },
    { "ca=/dev/zero cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE, "is not a regular file" },
    { "ca=a-rsa.key cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "contains no certificate: expected PEM, DER or PKCS #12" },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.pem", GRE_ERROR_PROFILE,
      "contains no readable private key" },
    { "ca=ca.pem cert=b-chain.pem key=b-encrypted.key", GRE_ERROR_SECRET,
      "is encrypted: ipsec-private-key-password is missing" },
    { "ca=ca.pem cert=b-chain.pem key=b-encrypted.key password=fondue", GRE_ERROR_SECRET,
      "wrong password (ipsec-private-key-password)" },
    { "ca=ca.pem key=a-ec.p12", GRE_ERROR_SECRET, "ipsec-private-key-password is missing" },
    { "ca=ca.pem key=a-ec.p12 password=fondue", GRE_ERROR_SECRET, "wrong password" },
    { "ca=ca.pem cert=b-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "does not match the certificate in" },
    { "ca=ca.pem cert=b-expired.pem key=b-rsa.key", GRE_ERROR_PROFILE,
      "expired on 2021-01-01 00:00 UTC" },
    { "peer=b-expired.pem cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "the certificate \"CN=b expired,O=NetworkManager-gre tests\" expired on" },
    { "ca=impostor-ca.pem cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "names \"CN=Test CA,O=NetworkManager-gre tests\" as its issuer" },
    { "peer=b-other.pem ca=ca.pem cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "was not signed by the authority in ipsec-ca" },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=c.example", GRE_ERROR_IDENTITY,
      "is not valid for \"c.example\" (ipsec-local-id)" },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=172.31.0.9", GRE_ERROR_IDENTITY,
      "is not valid for \"172.31.0.9\" (ipsec-local-id)" },
    { "peer=b-rsa.pem there=c.example cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_IDENTITY,
      "is not valid for \"c.example\" (ipsec-remote-id)" },
    { "ca=a-rsa.pem cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "is not the certificate of an authority: it lacks the CA flag" },
    { "raw=b-ed.pub cert=alice-sub.pem key=alice-sub.key", GRE_ERROR_PROFILE,
      "\"CN=Alice's sub,O=NetworkManager-gre tests\" is the certificate of an authority" },
    { "ca=inter.pem cert=a-rsa.pem key=a-rsa.key", GRE_ERROR_PROFILE,
      "contains no self-signed authority, and strongSwan trusts no other" },
    { "raw=ca.pem key=a-rsa.key", GRE_ERROR_PROFILE, "ipsec-remote-pubkey: not a public key" },
    { "raw=b-ed.pub key=a-rsa.key there=CN=x", GRE_ERROR_IDENTITY,
      "ipsec-remote-id: a raw public key can't have this identity" },
    { "ca=ca.pem key=pkcs11:id=%01", GRE_ERROR_PROFILE,
      "a key in a token needs its certificate in ipsec-cert" },
    { "ca=ca.pem cert=pkcs11:id=%01 key=a-rsa.key", GRE_ERROR_PROFILE,
      "only a private key can be in a token" },
    { "key=a-rsa.key", GRE_ERROR_PROFILE, "a way to authenticate the peer" },
    { "ca=ca.pem cert=a-ed.pem key=a-ed.key ike=1", GRE_ERROR_PROFILE,
      "IKEv1 has no Ed25519 and Ed448: with ipsec-ike-version=1 use RSA or ECDSA" },
    { "peer=b-ed.pem cert=a-rsa.pem key=a-rsa.key ike=1", GRE_ERROR_PROFILE,
      "b-ed.pem\": IKEv1 has no Ed25519" },
    { "raw=b-ed.pub key=a-rsa.key ike=1", GRE_ERROR_PROFILE,
      "ipsec-remote-pubkey: \"Ed25519\": IKEv1 has no Ed25519" },
};

static void
test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GreKeyRequest) request = request_new(bad[i].request);
        g_autoptr(GError) error = NULL;
        g_autoptr(GreCredentials) read = gre_keys_read(request, &error);

        g_test_message("%s: %s", bad[i].request, error ? error->message : "taken");
        g_assert_null(read);
        g_assert_error(error, GRE_ERROR, (gint) bad[i].code);
        g_assert_nonnull(strstr(error->message, bad[i].words));
        g_assert_null(strstr(error->message, "raclette"));
        g_assert_null(strstr(error->message, "fondue"));
    }
}

/* ---- what the other end may know ---- */

#define ORGANIZATION "O=NetworkManager-gre tests, CN="

static const struct {
    const char *request;
    GreKeyKind  kind, remote_kind;
    const char *cert, *authority, *pubkey, *rfc3110; /* files; NULL: nothing */
    const char *remote_cert, *remote_pubkey, *remote_rfc3110;
    const char *subject, *id, *remote_id;
} public[] = {
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key", GRE_KEY_RSA, GRE_KEY_UNKNOWN, "a-rsa.pem", "ca.pem",
      NULL, NULL, NULL, NULL, NULL, ORGANIZATION "a RSA", LOCAL, REMOTE },
    /* the private key isn't asked for where the certificate has a file of its own */
    { "ca=ca.pem cert=a-rsa.pem key=/nonexistent here=a.example there=b.example", GRE_KEY_RSA,
      GRE_KEY_UNKNOWN, "a-rsa.pem", "ca.pem", NULL, NULL, NULL, NULL, NULL, ORGANIZATION "a RSA",
      "a.example", "b.example" },
    { "ca=other-ca.pem cert=a-rsa.pem key=a-rsa.key", GRE_KEY_RSA, GRE_KEY_UNKNOWN, "a-rsa.pem",
      NULL, NULL, NULL, NULL, NULL, NULL, ORGANIZATION "a RSA", LOCAL, REMOTE },
    /* the chain before the leaf, and an intermediate between it and the root */
    { "ca=ca.pem cert=a-chain.pem key=a-ec.key", GRE_KEY_ECDSA, GRE_KEY_UNKNOWN, "a-ec.pem",
      "ca.pem", NULL, NULL, NULL, NULL, NULL, ORGANIZATION "a EC", LOCAL, REMOTE },
    { "ca=ca.pem key=a-ec.p12 password=raclette", GRE_KEY_ECDSA, GRE_KEY_UNKNOWN, "a-ec.pem",
      "ca.pem", NULL, NULL, NULL, NULL, NULL, ORGANIZATION "a EC", LOCAL, REMOTE },
    { "peer=b-ed.pem cert=a-ed.pem key=a-ed.key", GRE_KEY_EDDSA, GRE_KEY_EDDSA, "a-ed.pem", NULL,
      NULL, NULL, "b-ed.pem", NULL, NULL, ORGANIZATION "a Ed25519", LOCAL, REMOTE },
    { "raw=b-ed.pub key=a-ed.key", GRE_KEY_EDDSA, GRE_KEY_EDDSA, NULL, NULL, "a-ed.pub", NULL, NULL,
      "b-ed.pub", NULL, NULL, LOCAL, REMOTE },
    { "raw=b-rsa.rfc3110 key=a-rsa.key here=@a", GRE_KEY_RSA, GRE_KEY_RSA, NULL, NULL, "",
      "a-rsa.rfc3110", NULL, "", "b-rsa.rfc3110", NULL, "@a", REMOTE },
};

/* "": something, whatever it is */
static void
assert_file(const char *text, const char *name)
{
    g_autofree char *line = text ? g_strdelimit(g_strstrip(g_strdup(text)), "\n", ' ') : NULL;
    g_autofree char *expected = name && name[0] ? contents(name) : NULL;

    g_assert_true(!text == !name);
    if (expected)
        g_assert_cmpstr(strstr(expected, text[0] == '-' ? "-----BEGIN" : ""), ==, line);
    g_assert_true(!text || !strstr(text, "PRIVATE"));
}

static void
test_public(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(public); i++) {
        g_autoptr(GreKeyRequest) request = request_new(public[i].request);
        g_autoptr(GError) error = NULL;
        g_autoptr(GreLocalKeys) keys = gre_public_keys_read(request, &error);

        g_test_message("%s", public[i].request);
        g_assert_no_error(error);
        g_assert_cmpint(keys->kind, ==, public[i].kind);
        g_assert_cmpint(keys->remote_kind, ==, public[i].remote_kind);
        assert_file(keys->cert, public[i].cert);
        assert_file(keys->authority, public[i].authority);
        assert_file(keys->pubkey, public[i].pubkey);
        assert_file(keys->rfc3110, public[i].rfc3110);
        assert_file(keys->remote_cert, public[i].remote_cert);
        assert_file(keys->remote_pubkey, public[i].remote_pubkey);
        assert_file(keys->remote_rfc3110, public[i].remote_rfc3110);
        g_assert_cmpstr(keys->subject, ==, public[i].subject);
        g_assert_cmpstr(keys->id, ==, public[i].id);
        g_assert_cmpstr(keys->remote_id, ==, public[i].remote_id);
    }
}

static const Bad not_public[] = {
    { "ca=ca.pem key=b-encrypted.key", GRE_ERROR_SECRET, "ipsec-private-key-password is missing" },
    { "ca=ca.pem cert=/nonexistent key=a-rsa.key", GRE_ERROR_PROFILE,
      "ipsec-cert: \"/nonexistent\"" },
    { "ca=ca.pem cert=b-expired.pem key=b-rsa.key", GRE_ERROR_PROFILE, "expired on" },
    { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=c.example", GRE_ERROR_IDENTITY,
      "is not valid for \"c.example\"" },
    { "ca=ca.pem key=pkcs11:id=%01", GRE_ERROR_PROFILE, "a key in a token needs its certificate" },
    { "raw=ca.pem key=a-rsa.key", GRE_ERROR_PROFILE, "ipsec-remote-pubkey: not a public key" },
};

static void
test_not_public(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(not_public); i++) {
        g_autoptr(GreKeyRequest) request = request_new(not_public[i].request);
        g_autoptr(GError) error = NULL;

        g_assert_null(gre_public_keys_read(request, &error));
        g_assert_error(error, GRE_ERROR, (gint) not_public[i].code);
        g_assert_nonnull(strstr(error->message, not_public[i].words));
    }
}

static void
test_large(void)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "nm-gre-test-large", NULL);
    g_autofree char *large = g_strnfill(GRE_KEYS_FILE_MAX + 1, 'x');
    g_autofree char *fifo = g_strconcat(path, ".fifo", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, large, GRE_KEYS_FILE_MAX + 1, NULL));
    g_assert_null(gre_keys_file_read("ipsec-ca", path, &error));
    g_assert_nonnull(strstr(error->message, "is larger than 256 KiB"));
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_null(gre_keys_file_read("ipsec-ca", path, &error));
    g_assert_nonnull(strstr(error->message, "is empty"));
    g_clear_error(&error);
    g_unlink(path);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_null(gre_keys_file_read("ipsec-ca", fifo, &error)); /* and doesn't wait for a writer */
    g_assert_nonnull(strstr(error->message, "is not a regular file"));
    g_unlink(fifo);
}

/* ---- tokens ---- */

static void
test_token(void)
{
    static const struct {
        const char *uri, *handle, *slot, *module;
    } valid[] = {
        { "pkcs11:id=%01%Ff", "01ff", NULL, NULL },
        { "pkcs11:token=My%20token;id=%ab;object=key;type=private", "ab", NULL, NULL },
        { "pkcs11:id=A%02?module-name=softhsm&module-path=/x", "4102", NULL, "softhsm" },
        { "pkcs11:slot-id=7;id=%00", "00", "7", NULL },
    };
    static const char *const invalid[] = { "pkcs11:object=key",
                                           "pkcs11:id=",
                                           "pkcs11:id=%0",
                                           "pkcs11:id",
                                           "pkcs11:id=%01;slot-id=x",
                                           "pkcs11:id=%01?pin-value=1234",
                                           "pkcs11:id=%01?pin-source=/x" };

    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++) {
        g_autoptr(GError) error = NULL;
        GreToken *token = gre_keys_token_parse(valid[i].uri, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(token->handle, ==, valid[i].handle);
        g_assert_cmpstr(token->slot, ==, valid[i].slot);
        g_assert_cmpstr(token->module, ==, valid[i].module);
        gre_credentials_token_free(token);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(invalid); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(gre_keys_token_parse(invalid[i], &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_null(strstr(error->message, "1234"));
    }
}

/* ---- messages ---- */

static void
test_messages(void)
{
    g_autoptr(GreKeyRequest) request = request_new("peer=b-rsa.pem cert=a-rsa.pem key=a-rsa.key "
                                                   "there=b.example password=raclette ike=1");
    g_autoptr(GreSecret) there = gre_credentials_request_pack(request);
    g_autoptr(GreKeyRequest) unpacked = NULL;
    g_autoptr(GreCredentials) read = NULL;
    g_autoptr(GreCredentials) back = NULL;
    g_autoptr(GreSecret) answer = NULL;
    g_autoptr(GError) error = NULL;
    gsize         len;
    const guint8 *data = gre_secret_data(there, &len);

    unpacked = gre_credentials_request_unpack(data, len);
    g_assert_cmpstr(unpacked->key, ==, request->key);
    g_assert_cmpstr(unpacked->remote_id, ==, "b.example");
    g_assert_null(unpacked->ca);
    g_assert_cmpuint(unpacked->ike_version, ==, 1);
    g_assert_true(gre_secret_equal(unpacked->password, request->password));
    read = gre_keys_read(unpacked, NULL);
    answer = gre_credentials_pack(read, NULL);
    data = gre_secret_data(answer, &len);
    back = gre_credentials_unpack(data, len, &error);
    g_assert_no_error(error);
    g_assert_null(gre_credentials_conflict(read, back));
    g_assert_true(gre_secret_equal(read->key, back->key));
    g_assert_cmpuint(back->authorities->len, ==, 2);
    g_assert_cmpstr(back->anchors[0], ==, read->anchors[0]);
    /* cut anywhere it is refused or, in the key behind, another key: never read past its end */
    for (gsize cut = 0; cut < len; cut += 7) {
        g_autofree guint8 *copy = g_memdup2(data, cut);
        GreCredentials    *part = gre_credentials_unpack(copy, cut, NULL);

        gre_credentials_unref(part);
        gre_credentials_request_free(gre_credentials_request_unpack(copy, cut));
    }
}

static void
test_conflict(void)
{
    static const char base[] = "ca=ca.pem cert=a-rsa.pem key=a-rsa.key";
    static const struct {
        const char *other, *key;
    } rows[] = {
        { "ca=ca.pem cert=a-rsa.pem key=a-rsa.pkcs1", NULL },
        { "ca=ca.pem cert=a-ed.pem key=a-ed.key", "ipsec-private-key" },
        { "ca=ca.pem key=a-rsa.key", "ipsec-cert" },
        { "ca=other-ca.pem cert=a-rsa.pem key=a-rsa.key", "ipsec-ca" },
        { "peer=b-rsa.pem cert=a-rsa.pem key=a-rsa.key", "ipsec-ca" },
        { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key there=b.example", "ipsec-remote-id" },
        { "ca=ca.pem cert=a-rsa.pem key=a-rsa.key here=a.example", "ipsec-local-id" },
    };
    g_autoptr(GreKeyRequest) request = request_new(base);
    g_autoptr(GreCredentials) first = gre_keys_read(request, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreKeyRequest) with = request_new(rows[i].other);
        g_autoptr(GreCredentials) other = gre_keys_read(with, NULL);

        g_assert_cmpstr(gre_credentials_conflict(first, other), ==, rows[i].key);
        g_assert_cmpstr(gre_credentials_conflict(other, first), ==, rows[i].key);
    }
    g_assert_cmpstr(gre_credentials_conflict(first, NULL), ==, "ipsec");
}

/* ---- the child ---- */

static void
store_result(GObject *source, GAsyncResult *result, gpointer data)
{
    GAsyncResult **stored = data;

    *stored = g_object_ref(result);
}

static GreCredentials *
ask_child(const GreKeyRequest *request, GCancellable *cancellable, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    gre_keys_client_read_async(request, cancellable, store_result, &result);
    while (!result)
        g_main_context_iteration(NULL, TRUE);
    return gre_keys_client_read_finish(result, error);
}

static void
test_child(void)
{
    g_autofree char *program =
        g_test_build_filename(G_TEST_BUILT, "..", "..", "src", "nm-gre-keys", NULL);
    g_autoptr(GreKeyRequest) request = request_new("ca=ca.pem cert=a-rsa.pem key=a-rsa.key");
    g_autoptr(GreKeyRequest) wrong = request_new("ca=ca.pem cert=a-rsa.pem key=a-ed.key");
    g_autoptr(GreCredentials) read = NULL;
    g_autoptr(GCancellable) cancelled = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    gre_keys_client_set_program(program);
    read = ask_child(request, NULL, &error);
    g_assert_no_error(error);
    check_pkcs8(read, "a-rsa.key");
    g_assert_null(ask_child(wrong, NULL, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_nonnull(strstr(error->message, "does not match"));
    g_clear_error(&error);
    wrong->user = g_strdup("no-such-user");
    g_assert_null(ask_child(wrong, NULL, &error));
    g_assert_nonnull(strstr(error->message, "there is no such user"));
    g_clear_error(&error);
    g_cancellable_cancel(cancelled);
    g_assert_null(ask_child(request, cancelled, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    gre_keys_client_set_program("/bin/false");
    g_assert_null(ask_child(request, NULL, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL);
    g_clear_error(&error);
    gre_keys_client_set_program("/nonexistent");
    g_assert_null(ask_child(request, NULL, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL);
}

/* ---- a child that its user stops ---- */

enum { OTHER_USER = 12345, N_READINGS = 10 };

static char *stopped_dir;

/* A program that tells its user, becomes that user and stops. Its process ID is left in a file. */
static char *
stopped_program(void)
{
    gboolean         root = geteuid() == 0;
    guint32          uid = root ? OTHER_USER : geteuid();
    guint8           bytes[sizeof uid];
    g_autofree char *text = NULL;
    char            *path;

    stopped_dir = g_dir_make_tmp("gre-keys-XXXXXX", NULL);
    path = g_build_filename(stopped_dir, "program", NULL);
    memcpy(bytes, &uid, sizeof uid);
    text = g_strdup_printf(
        "#!/bin/sh\nexec 2>/dev/null\ntouch %s/$$\nprintf '\\%03o\\%03o\\%03o\\%03o'\n"
        "exec %s sh -c 'kill -STOP $$'\n",
        stopped_dir, bytes[0], bytes[1], bytes[2], bytes[3],
        root ? "setpriv --reuid=12345 --regid=12345 --clear-groups" : "");
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, 0755), ==, 0);
    return path;
}

/* The processes that were started (@all), or that exist. */
static guint
n_stopped(gboolean all)
{
    g_autoptr(GDir) entries = g_dir_open(stopped_dir, 0, NULL);
    const char *name;
    guint       n = 0;

    while ((name = g_dir_read_name(entries)))
        if (g_ascii_isdigit(name[0]) && (all || kill((pid_t) atoi(name), 0) == 0 || errno == EPERM))
            n++;
    return n;
}

static void
remove_stopped_dir(void)
{
    g_autofree char *line = g_strdup_printf("rm -r %s", stopped_dir);

    g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL));
    g_clear_pointer(&stopped_dir, g_free);
}

static gboolean
set_true(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

static void
run_for(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, set_true, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void
start_readings(GAsyncResult **results, GCancellable *cancellable)
{
    g_autoptr(GreKeyRequest) request = request_new("ca=ca.pem cert=a-rsa.pem key=a-rsa.key");

    request->user = g_strdup("mallory");
    for (guint i = 0; i < N_READINGS; i++)
        gre_keys_client_read_async(request, cancellable, store_result, &results[i]);
}

static void
end_readings(GAsyncResult **results, GQuark domain, int code)
{
    for (guint i = 0; i < N_READINGS; i++) {
        g_autoptr(GError) error = NULL;

        while (!results[i])
            g_main_context_iteration(NULL, TRUE);
        g_assert_null(gre_keys_client_read_finish(results[i], &error));
        g_assert_error(error, domain, code);
        g_object_unref(results[i]);
    }
    for (guint i = 0; n_stopped(FALSE) > 0 && i < 600; i++)
        run_for(50);
    g_assert_cmpuint(n_stopped(FALSE), ==, 0);
}

/* The deadline holds, and no process is left. */
static void
test_stopped(void)
{
    GAsyncResult    *results[N_READINGS] = { NULL };
    g_autofree char *path = stopped_program();

    gre_keys_client_set_program(path);
    gre_keys_client_set_timeout(2000);
    start_readings(results, NULL);
    end_readings(results, GRE_ERROR, GRE_ERROR_TIMEOUT);
    remove_stopped_dir();
}

/* There are few at a time, and none is begun for who no longer waits. */
static void
test_stopped_cancelled(void)
{
    GAsyncResult    *results[N_READINGS] = { NULL };
    g_autofree char *path = stopped_program();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    gre_keys_client_set_program(path);
    gre_keys_client_set_timeout(20000);
    start_readings(results, cancellable);
    while (n_stopped(TRUE) < GRE_KEYS_TURNS_MAX)
        run_for(50);
    run_for(500);
    g_cancellable_cancel(cancellable);
    end_readings(results, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(n_stopped(TRUE), ==, GRE_KEYS_TURNS_MAX);
    remove_stopped_dir();
}

/* The process has told its user, but nobody has read that yet. */
static void
test_stopped_unread(void)
{
    GAsyncResult    *results[N_READINGS] = { NULL };
    g_autofree char *path = stopped_program();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    gre_keys_client_set_program(path);
    gre_keys_client_set_timeout(20000);
    start_readings(results, cancellable);
    g_usleep(G_USEC_PER_SEC);
    g_cancellable_cancel(cancellable);
    end_readings(results, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    remove_stopped_dir();
}

/* More than may run at a time; each gets its turn. */
static void
test_turns(void)
{
    GAsyncResult    *results[N_READINGS] = { NULL };
    g_autofree char *program =
        g_test_build_filename(G_TEST_BUILT, "..", "..", "src", "nm-gre-keys", NULL);
    g_autoptr(GreKeyRequest) request = request_new("ca=ca.pem cert=a-rsa.pem key=a-rsa.key");

    gre_keys_client_set_program(program);
    request->user = g_strdup(g_get_user_name());
    for (guint i = 0; i < N_READINGS; i++)
        gre_keys_client_read_async(request, NULL, store_result, &results[i]);
    for (guint i = 0; i < N_READINGS; i++) {
        g_autoptr(GreCredentials) read = NULL;
        g_autoptr(GError) error = NULL;

        while (!results[i])
            g_main_context_iteration(NULL, TRUE);
        read = gre_keys_client_read_finish(results[i], &error);
        g_assert_no_error(error);
        g_object_unref(results[i]);
    }
}

/* As the service's unit: root is not allowed to kill other users' processes. */
static void
drop_cap_kill(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct   data[2];

    if (geteuid() != 0 || syscall(SYS_capget, &header, data) != 0)
        return;
    data[0].effective &= ~(1u << CAP_KILL);
    data[0].permitted &= ~(1u << CAP_KILL);
    data[0].inheritable &= ~(1u << CAP_KILL);
    g_assert_cmpint((int) syscall(SYS_capset, &header, data), ==, 0);
}

int
main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* as the service does */
    drop_cap_kill();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keys/good", test_good);
    g_test_add_func("/keys/id", test_key_id);
    g_test_add_func("/keys/pinned", test_pinned);
    g_test_add_func("/keys/self-signed", test_self_signed);
    g_test_add_func("/keys/public", test_public);
    g_test_add_func("/keys/not-public", test_not_public);
    g_test_add_func("/keys/bad", test_bad);
    g_test_add_func("/keys/large", test_large);
    g_test_add_func("/keys/token", test_token);
    g_test_add_func("/keys/messages", test_messages);
    g_test_add_func("/keys/conflict", test_conflict);
    g_test_add_func("/keys/child", test_child);
    g_test_add_func("/keys/turns", test_turns);
    g_test_add_func("/keys/stopped", test_stopped);
    g_test_add_func("/keys/stopped-cancelled", test_stopped_cancelled);
    g_test_add_func("/keys/stopped-unread", test_stopped_unread);
    return g_test_run();
}
