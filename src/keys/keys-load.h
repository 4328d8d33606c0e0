/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads keys and certificates from a file's bytes in any of the usual formats. */
#ifndef GRE_KEYS_LOAD_H
#define GRE_KEYS_LOAD_H

#include "gre-secret.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

/* Names a file in a message: the property and its value. */
typedef struct {
    const char *name; /* "ipsec-cert" */
    const char *path;
} GreKeysSource;

/* Sets a GRE_ERROR: `ipsec-cert: "/etc/…": <what>`. Returns FALSE. */
gboolean
gre_keys_load_fail(const GreKeysSource *source, int code, GError **error, const char *what, ...)
    G_GNUC_PRINTF(4, 5);

/* Array of gnutls_x509_crt_t, which it owns. */
GPtrArray *gre_keys_load_certificates_new(void);

/**
 * gre_keys_load_certificates:
 * @password: (nullable): for PKCS #12
 *
 * PEM (any number), DER (one), or PKCS #12.
 *
 * Returns: (transfer full) (nullable): at least one certificate, in the file's order.
 */
GPtrArray *gre_keys_load_certificates(const GreKeysSource *source,
                                      const GreSecret     *bytes,
                                      const GreSecret     *password,
                                      GError             **error);

/* The same for the file that @source names, which cannot be in a token. */
GPtrArray *gre_keys_load_certificates_file(const GreKeysSource *source,
                                           const GreSecret     *password,
                                           GError             **error);

/**
 * gre_keys_load_private:
 * @certs: filled with the certificates of a PKCS #12 file
 * @error: GRE_ERROR_SECRET: the password is missing or wrong; GRE_ERROR_PROFILE
 *
 * PKCS #8, PKCS #1 or SEC 1, in PEM or DER, encrypted or not; or PKCS #12.
 */
gnutls_x509_privkey_t gre_keys_load_private(const GreKeysSource *source,
                                            const GreSecret     *bytes,
                                            const GreSecret     *password,
                                            GPtrArray           *certs,
                                            GError             **error);

/* A public key in the form of ipsec-remote-pubkey: PEM, or RSA by RFC 3110. */
gnutls_pubkey_t gre_keys_load_public(const char *text, GError **error);

/* strongSwan's id of a key: SHA-1 of the bits of its public half, in hex. NULL: malformed. */
char *gre_keys_load_public_id(gnutls_pubkey_t key);

/* As text, escaped (gre-escape.h): "CN=…", or "?". (transfer full) */
char *gre_keys_load_certificate_subject(gnutls_x509_crt_t crt);

GBytes *gre_keys_load_certificate_der(gnutls_x509_crt_t crt);

#endif
