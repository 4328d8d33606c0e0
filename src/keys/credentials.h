/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection proves with who it is (ipsec=pubkey): keys and certificates, read and checked.
 * And how the service asks nm-gre-keys for them: one message there, one back, over pipes.
 */
#ifndef GRE_CREDENTIALS_H
#define GRE_CREDENTIALS_H

#include "gre-profile.h"

/* The largest message either way, and more than any file that is read. */
#define GRE_CREDENTIALS_MAX (1024 * 1024)

/* Which files, and who is to read them. */
typedef struct {
    char      *user;                           /* NULL: root */
    char      *ca, *cert, *remote_cert, *key;  /* files, or NULL; @key may be a pkcs11: URI */
    char      *remote_pubkey;                  /* PEM or 0s…, or NULL */
    char      *local_id, *remote_id;           /* NULL: not given */
    char      *local_address, *remote_address; /* the identities then, unless a certificate's */
    guint      ike_version;                    /* 1 has not every kind of key */
    GreSecret *password;                       /* of the private key; NULL: none */
} GreKeyRequest;

/* A private key that stays in its token. */
typedef struct {
    char *handle; /* CKA_ID, hex */
    char *module; /* as strongSwan's configuration names it; NULL: any */
    char *slot;   /* number; NULL: any */
} GreToken;

void gre_credentials_token_free(GreToken *token);

/* Made once, never changed. Certificates are DER, in GBytes. */
typedef struct {
    gatomicrefcount refs;
    GreSecret      *key;    /* unencrypted PKCS#8; NULL: in a token */
    GreToken       *token;  /* NULL: it isn't */
    GreSecret      *pin;    /* of the token, or NULL */
    char           *key_id; /* hex SHA-1 of the public key's bits: strongSwan's own name of it */
    GBytes         *cert;   /* own; NULL: a raw public key */
    GPtrArray      *authorities; /* certificates that strongSwan must know, all with the CA flag */
    char          **anchors;  /* key ids, hex, of those of them that may have signed for the peer */
    char           *local_id; /* as strongSwan takes it */
    char           *remote_id;
    char           *ca_id;         /* of the profile's authorities, all together; NULL: none */
    char           *remote_key_id; /* of the one public key that the peer must have; NULL: any that
                                      the authorities signed */
} GreCredentials;

GreCredentials *gre_credentials_new(void);
GreCredentials *gre_credentials_ref(GreCredentials *credentials);
void            gre_credentials_unref(GreCredentials *credentials); /* wipes with the last one */

/* The profile key on which the two disagree, or NULL. */
const char *gre_credentials_conflict(const GreCredentials *a, const GreCredentials *b);

/* ---- messages; in memory that is wiped ---- */

GreSecret     *gre_credentials_request_pack(const GreKeyRequest *request);
GreKeyRequest *gre_credentials_request_unpack(gconstpointer data, gsize len); /* NULL: malformed */
void           gre_credentials_request_free(GreKeyRequest *request);

/* @error: what to answer where there are no @credentials */
GreSecret *gre_credentials_pack(const GreCredentials *credentials, const GError *error);
/* @error: the one that was sent, or GRE_ERROR_PROTOCOL */
GreCredentials *gre_credentials_unpack(gconstpointer data, gsize len, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreKeyRequest, gre_credentials_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreCredentials, gre_credentials_unref)

#endif
