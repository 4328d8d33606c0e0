/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strongSwan pins a peer's key by a certificate that stays in its memory, trusted for every other
 * connection, until it ends: over VICI no single certificate can be taken out again but those of
 * authorities. So one key is pinned by an authority that signs nothing else: it is made here, signs
 * a certificate for that key and identity, and its own private key is never seen by anybody.
 */
#ifndef GRE_PINNING_CA_H
#define GRE_PINNING_CA_H

#include "keys/keys-identity.h"

#include <gnutls/abstract.h>

typedef struct _GreVoucher GrePinningCa;

/* @pin: what it is for. Its key id is made of that: connections that pin the same key take each
 * other's authority, as strongSwan may find either. */
GrePinningCa *gre_pinning_ca_new(const char *pin, GError **error);
void          gre_pinning_ca_free(GrePinningCa *voucher);

/* Its key id, hex. (transfer full) */
char *gre_pinning_ca_id(const GrePinningCa *voucher);

/* The authority's own certificate, DER. */
GBytes *gre_pinning_ca_cert(const GrePinningCa *voucher);

/**
 * gre_pinning_ca_sign_key:
 * @what: profile key that @key comes from, for the message
 * @error: GRE_ERROR_IDENTITY: no certificate can carry this identity
 *
 * Returns: a certificate for @key, in DER. It has the CA flag, without which strongSwan takes none.
 */
GBytes *gre_pinning_ca_sign_key(const GrePinningCa *voucher,
                                const char         *what,
                                gnutls_pubkey_t     key,
                                const GreIdentity  *identity,
                                GError            **error);

/* The same certificate once more, signed by this authority: subject, key, names and validity stay,
 * and where to ask for its revocation doesn't. */
GBytes *
gre_pinning_ca_sign_again(const GrePinningCa *voucher, gnutls_x509_crt_t crt, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrePinningCa, gre_pinning_ca_free)

#endif
