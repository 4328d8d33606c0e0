/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes what decides about keys: the messages between the service and nm-gre-keys, which the
 * profile's user may control, and the texts and files that nm-gre-keys reads. A letter at the
 * beginning says what the rest is; none: a file.
 */
#include <stdlib.h>
#include <string.h>

#include "gre-error.h"
#include "gre-value.h"
#include "keys/credentials.h"
#include "keys/keys-check.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const GreKeysSource source = { "ipsec-cert", "/etc/a" };

/* Exactly one of a result and an error, which fits one line. */
static void
check_error(gboolean result, const GError *error)
{
    g_assert_true(result == !error);
    g_assert_true(!error || gre_value_is_printable(error->message));
}

static void
try_answer(const guint8 *data, gsize size)
{
    g_autoptr(GreCredentials) read = NULL, again = NULL;
    g_autoptr(GreSecret) packed = NULL;
    g_autoptr(GError) error = NULL;
    const guint8 *bytes;
    gsize         len;

    read = gre_credentials_unpack(data, size, &error);
    g_assert_true(!read == !!error);
    if (!read)
        return;
    packed = gre_credentials_pack(read, NULL);
    bytes = gre_secret_data(packed, &len);
    again = gre_credentials_unpack(bytes, len, &error);
    g_assert_no_error(error);
    g_assert_null(gre_credentials_conflict(read, again));
}

static void
try_request(const guint8 *data, gsize size)
{
    g_autoptr(GreKeyRequest) read = gre_credentials_request_unpack(data, size);
    g_autoptr(GreKeyRequest) again = NULL;
    g_autoptr(GreSecret) packed = NULL;
    const guint8 *bytes;
    gsize         len;

    if (!read)
        return;
    packed = gre_credentials_request_pack(read);
    bytes = gre_secret_data(packed, &len);
    again = gre_credentials_request_unpack(bytes, len);
    g_assert_nonnull(again);
    g_assert_cmpstr(read->user, ==, again->user);
    g_assert_cmpstr(read->key, ==, again->key);
    g_assert_cmpstr(read->remote_address, ==, again->remote_address);
}

static void
look_at(gnutls_x509_crt_t crt)
{
    g_autofree char *subject = gre_keys_load_certificate_subject(crt);
    g_autofree char *id = gre_keys_identity_default(crt, "192.0.2.1");
    g_autoptr(GBytes) der = gre_keys_load_certificate_der(crt);
    g_autoptr(GError) error = NULL;
    gboolean fine;

    g_assert_true(gre_value_is_printable(subject));
    g_assert_nonnull(der);
    g_assert_true(!id || gre_value_is_printable(id));
    gre_keys_check_is_authority(crt);
    gre_keys_check_is_signed_by(crt, crt);
    fine = gre_keys_check_identity(&source, crt, "ipsec-local-id", "a.example", &error);
    check_error(fine, error);
    g_clear_error(&error);
    fine = gre_keys_check_time(&source, crt, &error);
    check_error(fine, error);
}

static void
try_certificates(const GreSecret *bytes, const GreSecret *password)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) crts = gre_keys_load_certificates(&source, bytes, password, &error);

    check_error(crts != NULL, error);
    for (guint i = 0; crts && i < crts->len; i++)
        look_at(g_ptr_array_index(crts, i));
}

static void
try_private(const GreSecret *bytes, const GreSecret *password)
{
    g_autoptr(GPtrArray) certs = gre_keys_load_certificates_new();
    g_autoptr(GError) error = NULL;
    gnutls_x509_privkey_t key = gre_keys_load_private(&source, bytes, password, certs, &error);

    check_error(key != NULL, error);
    if (key)
        gnutls_x509_privkey_deinit(key);
}

static void
try_public(const char *text)
{
    g_autoptr(GError) error = NULL;
    gnutls_pubkey_t key = gre_keys_load_public(text, &error);

    check_error(key != NULL, error);
    if (!key)
        return;
    g_free(gre_keys_load_public_id(key));
    gnutls_pubkey_deinit(key);
}

static void
try_identity(const char *text)
{
    g_auto(GreIdentity) identity = { 0 };

    gre_keys_identity_parse(&identity, text);
    g_assert_true(identity.type != GRE_IDENTITY_KEY_ID || identity.key_id);
}

static void
try_file(const guint8 *data, gsize size)
{
    g_autoptr(GreSecret) bytes = gre_secret_new(data, size);
    g_autoptr(GreSecret) password = gre_secret_new("secret", 6);

    try_certificates(bytes, password);
    try_private(bytes, NULL);
    try_private(bytes, password);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *) data, size);

    switch (text[0]) {
    case 'a':
        try_answer(data + 1, size - 1);
        break;
    case 'q':
        try_request(data + 1, size - 1);
        break;
    case 'i':
        try_identity(text + 1);
        break;
    case 'r':
        try_public(text + 1);
        break;
    default:
        try_file(data, size);
        break;
    }
    return 0;
}
