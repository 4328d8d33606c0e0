/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public halves of a profile's keys and certificates: what the peer may see. */
#ifndef GRE_LOCAL_KEYS_H
#define GRE_LOCAL_KEYS_H

#include <glib.h>

/* Key types, as far as the formats distinguish them. */
typedef enum {
    GRE_KEY_UNKNOWN, /* the peer's, when an authority signs it */
    GRE_KEY_RSA,
    GRE_KEY_ECDSA,
    GRE_KEY_EDDSA,
} GreKeyKind;

/* Public information about our keys and certificates for the peer (ipsec=pubkey), in PEM. NULL:
 * does not exist, or is in no file of ours. */
typedef struct {
    GreKeyKind kind, remote_kind;
    char      *cert;                           /* our certificate; NULL: a raw public key */
    char      *authority;                      /* the root authority that signed it */
    char      *pubkey;                         /* our raw public key; NULL: a certificate */
    char      *rfc3110;                        /* the same as "0s…", for RSA only */
    char      *remote_cert;                    /* the certificate that the peer must have */
    char      *remote_pubkey, *remote_rfc3110; /* the raw public key that the peer must have */
    char      *id, *remote_id;                 /* the identities, as strongSwan reads them */
    char      *subject, *remote_subject;       /* "C=CH, CN=…", of known certificates */
} GreLocalKeys;

void gre_local_keys_free(GreLocalKeys *keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreLocalKeys, gre_local_keys_free)

#endif
