/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of certificates that need no peer: validity period, signatures, names. */
#ifndef GRE_KEYS_CHECK_H
#define GRE_KEYS_CHECK_H

#include "keys/keys-identity.h"
#include "keys/keys-load.h"

/* Valid at this moment by this machine's clock; GRE_ERROR_PROFILE with the date. */
gboolean gre_keys_check_time(const GreKeysSource *source, gnutls_x509_crt_t crt, GError **error);

/* GRE_ERROR_IDENTITY: @crt is not valid for the identity @text, which the property @key sets. */
gboolean gre_keys_check_identity(const GreKeysSource *source,
                                 gnutls_x509_crt_t    crt,
                                 const char          *key,
                                 const char          *text,
                                 GError             **error);

/* Whether one signed the other, or itself. */
gboolean gre_keys_check_is_signed_by(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer);
gboolean gre_keys_check_is_authority(gnutls_x509_crt_t crt);

/* Whether it has signed itself, with or without the CA flag. */
gboolean gre_keys_check_is_self_signed(gnutls_x509_crt_t crt);

/* Whether there is a chain from @crt over @between (nullable) to one of @authorities, at any
 * time. */
gboolean
gre_keys_check_is_signed_by_any(gnutls_x509_crt_t crt, GPtrArray *authorities, GPtrArray *between);

/* The one of @authorities whose name is that of @crt's issuer, or NULL. */
gnutls_x509_crt_t gre_keys_check_named_issuer(gnutls_x509_crt_t crt, GPtrArray *authorities);

#endif
