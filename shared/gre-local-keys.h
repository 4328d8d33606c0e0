/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public halves of a profile's keys and certificates: what the peer may know. */
#ifndef GRE_LOCAL_KEYS_H
#define GRE_LOCAL_KEYS_H

#include <glib.h>

/* Kinds of keys, as far as formats differ in them. */
typedef enum {
    GRE_KEY_UNKNOWN, /* the other end's, where an authority vouches for it */
    GRE_KEY_RSA,
    GRE_KEY_ECDSA,
    GRE_KEY_EDDSA,
} GreKeyKind;

/* What the other end may know of our keys and certificates (ipsec=pubkey): PEM, nothing of it
 * secret. NULL is what there isn't, or what isn't in any file of ours. */
typedef struct {
    GreKeyKind kind, remote_kind;
    char      *cert;                           /* our own certificate; NULL: a raw key */
    char      *authority;                      /* which signed it, the root */
    char      *pubkey;                         /* our raw key; NULL: a certificate */
    char      *rfc3110;                        /* the same as "0s…", for RSA only */
    char      *remote_cert;                    /* the one that they must have */
    char      *remote_pubkey, *remote_rfc3110; /* the raw key that they must have */
    char      *id, *remote_id;                 /* who each is, as strongSwan takes it */
    char      *subject, *remote_subject;       /* "C=CH, CN=…", of certificates that are known */
} GreLocalKeys;

void gre_local_keys_free(GreLocalKeys *keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreLocalKeys, gre_local_keys_free)

#endif
