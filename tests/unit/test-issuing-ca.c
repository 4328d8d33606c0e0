/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The authority of a mesh: what its certificates say, what stays and what is renewed when. */
#include "keys/issuing-ca.h"
#include "gre-error.h"
#include "keys/keys-check.h"
#include "keys/keys-identity.h"

#include <gnutls/x509.h>
#include <string.h>

#define DAY ((time_t) 24 * 60 * 60)
#define NOW ((time_t) 1900000000)

static gnutls_x509_crt_t
parse(const char *pem)
{
    const gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) strlen(pem) };
    gnutls_x509_crt_t    crt;

    gnutls_x509_crt_init(&crt);
    g_assert_cmpint(gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM), ==, 0);
    return crt;
}

static void
issue(const GreKeyPair *ca, const char *identity, time_t now, GreKeyPair *site)
{
    g_autoptr(GError) error = NULL;

    gre_issuing_ca_issue(ca, "berlin", identity, now, site, &error);
    g_assert_no_error(error);
}

static void
complete(GreKeyPair *ca, time_t now)
{
    g_autoptr(GError) error = NULL;

    gre_issuing_ca_complete(ca, now, &error);
    g_assert_no_error(error);
}

/* ---- what they say ---- */

static void
check_usage(gnutls_x509_crt_t crt, unsigned expected)
{
    unsigned usage, critical;

    g_assert_cmpint(gnutls_x509_crt_get_key_usage(crt, &usage, &critical), >=, 0);
    g_assert_cmpuint(usage, ==, expected);
}

static void
check_chain(const GreKeyPair *ca, const GreKeyPair *site, const char *text)
{
    g_auto(GreIdentity) identity = { 0 };
    gnutls_x509_crt_t authority = parse(ca->cert), crt = parse(site->cert);

    gre_keys_identity_parse(&identity, text);
    g_assert_true(gre_keys_check_is_authority(authority));
    g_assert_true(gre_keys_check_is_self_signed(authority));
    g_assert_false(gre_keys_check_is_authority(crt));
    g_assert_true(gre_keys_check_is_signed_by(crt, authority));
    g_assert_true(gre_keys_identity_is_in(&identity, crt));
    check_usage(authority, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    check_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    g_assert_cmpint(gnutls_x509_crt_get_activation_time(crt), <, NOW);
    g_assert_cmpint(gnutls_x509_crt_get_expiration_time(crt), ==, NOW + 730 * DAY);
    g_assert_cmpint(gnutls_x509_crt_get_expiration_time(authority), ==, NOW + 3650 * DAY);
    gnutls_x509_crt_deinit(authority);
    gnutls_x509_crt_deinit(crt);
}

static void
test_content(void)
{
    static const char *const identities[] = { "198.51.100.2", "2001:db8::1", "berlin",
                                              "fqdn:gw.example.org", "admin@example.org" };
    g_auto(GreKeyPair) ca = { 0 };

    complete(&ca, NOW);
    for (gsize i = 0; i < G_N_ELEMENTS(identities); i++) {
        g_auto(GreKeyPair) site = { 0 };

        issue(&ca, identities[i], NOW, &site);
        check_chain(&ca, &site, identities[i]);
        g_assert_cmpstr(site.key, !=, ca.key);
        g_assert_true(g_str_has_prefix(site.key, "-----BEGIN PRIVATE KEY-----\n"));
    }
}

static void
test_serials(void)
{
    g_auto(GreKeyPair) ca = { 0 }, a = { 0 }, b = { 0 };
    guint8            serials[2][32];
    size_t            lens[2] = { sizeof serials[0], sizeof serials[1] };
    gnutls_x509_crt_t crts[2];

    complete(&ca, NOW);
    issue(&ca, "a", NOW, &a);
    issue(&ca, "b", NOW, &b);
    crts[0] = parse(a.cert);
    crts[1] = parse(b.cert);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(gnutls_x509_crt_get_serial(crts[i], serials[i], &lens[i]), ==, 0);
        g_assert_cmpuint(lens[i], ==, 16);
        g_assert_cmpuint(serials[i][0] & 0x80, ==, 0);
        gnutls_x509_crt_deinit(crts[i]);
    }
    g_assert_cmpint(memcmp(serials[0], serials[1], 16), !=, 0);
}

/* ---- what stays ---- */

static void
check_site(const GreKeyPair *ca, GreKeyPair *site, const char *identity, time_t now, gboolean stays)
{
    g_autofree char *key = g_strdup(site->key), *cert = g_strdup(site->cert);

    issue(ca, identity, now, site);
    g_assert_cmpstr(site->key, ==, key);
    g_assert_cmpint(strcmp(site->cert, cert) == 0, ==, stays);
}

static void
test_renewal(void)
{
    g_auto(GreKeyPair) ca = { 0 }, other = { 0 }, site = { 0 };

    complete(&ca, NOW);
    complete(&other, NOW);
    issue(&ca, "berlin", NOW, &site);
    check_site(&ca, &site, "berlin", NOW, TRUE);
    check_site(&ca, &site, "berlin", NOW + 670 * DAY, TRUE);
    check_site(&ca, &site, "berlin", NOW + 671 * DAY, FALSE);
    check_site(&ca, &site, "paris", NOW + 671 * DAY, FALSE);
    check_site(&other, &site, "paris", NOW + 671 * DAY, FALSE);
    g_free(site.key);
    site.key = g_strdup(other.key);
    check_site(&other, &site, "paris", NOW + 671 * DAY, FALSE);
}

/* Its certificate never ends before one that it issues, and a new one is for the same key: what
 * it has issued stays valid. */
static void
test_authority(void)
{
    g_auto(GreKeyPair) ca = { 0 }, site = { 0 };
    g_autofree char  *cert = NULL, *key = NULL;
    gnutls_x509_crt_t authority, crt;

    complete(&ca, NOW);
    issue(&ca, "berlin", NOW, &site);
    cert = g_strdup(ca.cert);
    key = g_strdup(ca.key);
    complete(&ca, NOW + (3650 - 730) * DAY);
    g_assert_cmpstr(ca.cert, ==, cert);
    complete(&ca, NOW + (3650 - 729) * DAY);
    g_assert_cmpstr(ca.cert, !=, cert);
    g_assert_cmpstr(ca.key, ==, key);
    authority = parse(ca.cert);
    crt = parse(site.cert);
    g_assert_true(gre_keys_check_is_signed_by(crt, authority));
    gnutls_x509_crt_deinit(authority);
    gnutls_x509_crt_deinit(crt);
}

static void
test_wrong(void)
{
    g_auto(GreKeyPair) ca = { 0 }, other = { 0 }, site = { 0 };
    g_autoptr(GError) error = NULL;

    complete(&ca, NOW);
    complete(&other, NOW);
    g_assert_false(gre_issuing_ca_issue(&ca, "a", "keyid:abc", NOW, &site, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_IDENTITY);
    g_clear_error(&error);
    g_free(other.cert);
    other.cert = g_strdup(ca.cert);
    g_assert_false(gre_issuing_ca_complete(&other, NOW, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_clear_error(&error);
    site.key = g_strdup("no key");
    g_assert_false(gre_issuing_ca_issue(&ca, "a", "a", NOW, &site, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/issuing-ca/content", test_content);
    g_test_add_func("/issuing-ca/serials", test_serials);
    g_test_add_func("/issuing-ca/renewal", test_renewal);
    g_test_add_func("/issuing-ca/authority", test_authority);
    g_test_add_func("/issuing-ca/wrong", test_wrong);
    return g_test_run();
}
