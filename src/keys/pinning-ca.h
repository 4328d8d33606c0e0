/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates that pin one key. strongSwan keeps a pinned certificate in memory until it ends,
 * trusted for every other connection: VICI can unload only certificates of authorities. So a key is
 * pinned by an authority of its own: it is created here, signs one certificate for that key and
 * identity, and its private key is discarded.
 */
#ifndef GRE_PINNING_CA_H
#define GRE_PINNING_CA_H

#include "keys/keys-identity.h"

#include <gnutls/abstract.h>

typedef struct _GrePinningCa GrePinningCa;

/* @pin: what the authority pins. Its key id derives from that: connections that pin the same key
 * accept each other's authority, because strongSwan may find either. */
GrePinningCa *gre_pinning_ca_new(const char *pin, GError **error);
void          gre_pinning_ca_free(GrePinningCa *ca);

/* Its key id, hex. (transfer full) */
char *gre_pinning_ca_id(const GrePinningCa *ca);

/* The authority's own certificate, DER. */
GBytes *gre_pinning_ca_cert(const GrePinningCa *ca);

/**
 * gre_pinning_ca_sign_key:
 * @what: property that sets @key, for the message
 * @error: GRE_ERROR_IDENTITY: no certificate can carry this identity
 *
 * Returns: a certificate for @key, in DER. It has the CA flag, which strongSwan requires.
 */
GBytes *gre_pinning_ca_sign_key(const GrePinningCa *ca,
                                const char         *what,
                                gnutls_pubkey_t     key,
                                const GreIdentity  *identity,
                                GError            **error);

/* Signs a certificate again with this authority: subject, key, names and validity are copied,
 * revocation addresses are dropped. */
GBytes *gre_pinning_ca_sign_again(const GrePinningCa *ca, gnutls_x509_crt_t crt, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrePinningCa, gre_pinning_ca_free)

#endif
