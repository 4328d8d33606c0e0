/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credentials of a connection (ipsec=pubkey): keys and certificates, read and checked. Also the
 * messages between the service and nm-gre-keys, which reads them: one request, one reply, over
 * pipes.
 */
#ifndef GRE_CREDENTIALS_H
#define GRE_CREDENTIALS_H

#include "gre-profile.h"

/* The largest message in either direction, larger than any file that is read. */
#define GRE_CREDENTIALS_MAX (1024 * 1024)

/* Which files to read, and as which user. */
typedef struct {
    char *user;                          /* NULL: root */
    char *ca, *cert, *remote_cert, *key; /* files, or NULL; @key may be a pkcs11: URI */
    char *remote_pubkey;                 /* PEM or 0s…, or NULL */
    char *local_id, *remote_id;          /* NULL: not given */
    char *local_address,
        *remote_address;    /* the default identities, unless a certificate has another */
    guint      ike_version; /* 1 does not support every key type */
    GreSecret *password;    /* of the private key; NULL: none */
} GreKeyRequest;

/* A private key that stays in its token. */
typedef struct {
    char *handle; /* CKA_ID, hex */
    char *module; /* as strongSwan's configuration names it; NULL: any */
    char *slot;   /* number; NULL: any */
} GreToken;

void gre_credentials_token_free(GreToken *token);

/* Immutable. Certificates are DER, in GBytes. */
typedef struct {
    gatomicrefcount refs;
    GreSecret      *key;    /* unencrypted PKCS#8; NULL: in a token */
    GreToken       *token;  /* NULL: not in a token */
    GreSecret      *pin;    /* of the token, or NULL */
    char           *key_id; /* hex SHA-1 of the public key's bits: strongSwan's id of the key */
    GBytes         *cert;   /* own; NULL: a raw public key, or one that signs itself */
    GPtrArray      *authorities; /* certificates that strongSwan must know, all with the CA flag */
    char **anchors;  /* key ids, hex, of those that may have signed the peer's certificate */
    char  *local_id; /* as strongSwan takes it */
    char  *remote_id;
    char  *ca_id;         /* of all the profile's authorities together; NULL: none */
    char  *remote_key_id; /* of the only public key that the peer may have; NULL: any that the
                             authorities signed */
} GreCredentials;

GreCredentials *gre_credentials_new(void);
GreCredentials *gre_credentials_ref(GreCredentials *credentials);
void            gre_credentials_unref(GreCredentials *credentials); /* the last one wipes it */

/* The property in which the two differ, or NULL. */
const char *gre_credentials_conflict(const GreCredentials *a, const GreCredentials *b);

/* ---- messages, in memory that is wiped ---- */

GreSecret     *gre_credentials_request_pack(const GreKeyRequest *request);
GreKeyRequest *gre_credentials_request_unpack(gconstpointer data, gsize len); /* NULL: malformed */
void           gre_credentials_request_free(GreKeyRequest *request);

/* @error: the reply if there are no @credentials */
GreSecret *gre_credentials_pack(const GreCredentials *credentials, const GError *error);
/* @error: the received error, or GRE_ERROR_PROTOCOL */
GreCredentials *gre_credentials_unpack(gconstpointer data, gsize len, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreKeyRequest, gre_credentials_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreCredentials, gre_credentials_unref)

#endif
