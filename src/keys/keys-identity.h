/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses an IKE identity as strongSwan does, and checks whether a certificate is valid for it. */
#ifndef GRE_KEYS_IDENTITY_H
#define GRE_KEYS_IDENTITY_H

#include "gre-address.h"

#include <gnutls/x509.h>

typedef enum {
    GRE_IDENTITY_ADDRESS,
    GRE_IDENTITY_NAME,
    GRE_IDENTITY_EMAIL,
    GRE_IDENTITY_KEY_ID,
    GRE_IDENTITY_DN, /* distinguished names, and others that are not checked here */
} GreIdentityType;

typedef struct {
    GreIdentityType type;
    const char     *text;    /* the name or address itself, without its prefix; borrowed */
    GreAddress      address; /* of GRE_IDENTITY_ADDRESS */
    GBytes         *key_id;  /* of GRE_IDENTITY_KEY_ID */
} GreIdentity;

/* Reads @text as identification_create_from_string() of strongSwan 5.9 and 6.0 does. */
void gre_keys_identity_parse(GreIdentity *identity, const char *text);
void gre_keys_identity_clear(GreIdentity *identity);

/* FALSE only if the certificate is known not to be valid for this identity. */
gboolean gre_keys_identity_is_in(const GreIdentity *identity, gnutls_x509_crt_t crt);

/* The default identity of a host with this certificate: its address, if the certificate has it,
 * because the peer expects that, else a name that is certain to be in the certificate. (transfer
 * full) */
char *gre_keys_identity_default(gnutls_x509_crt_t crt, const char *address);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreIdentity, gre_keys_identity_clear)

#endif
