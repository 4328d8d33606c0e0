/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `nm-gre add` has to be told: from options, a file of answers, or a terminal. Pure.
 */
#ifndef GRE_ADD_ANSWERS_H
#define GRE_ADD_ANSWERS_H

#include "gre-address.h"

typedef enum {
    GRE_ADD_KIND_AUTO, /* what fits the machine */
    GRE_ADD_KIND_NATIVE,
    GRE_ADD_KIND_VPN,
} GreAddKind;

/* How the two sides prove who they are. */
typedef enum {
    GRE_ADD_PROOF_PSK,
    GRE_ADD_PROOF_CERT,
    GRE_ADD_PROOF_PUBKEY, /* raw public keys */
    GRE_ADD_PROOF_NONE,   /* no IPsec */
} GreAddProof;

typedef struct {
    char       *name;                       /* of the profile; NULL: not told yet */
    char       *remote;                     /* address or DNS name; NULL: not told yet */
    GreAddress  local;                      /* AF_UNSPEC: the kernel chooses */
    GArray     *inside, *routes, *networks; /* of GrePrefix; networks: behind this machine */
    gboolean    has_key;
    guint32     key;
    gboolean    has_proof;
    GreAddProof proof;
    GreAddKind  kind;
    char       *ifname;   /* NULL: not told */
    char       *format;   /* of the peer's configuration; NULL: none */
    char       *psk_file; /* "-": standard input; NULL: not told */
    char       *psk;      /* wiped when freed; NULL: not told */
    GHashTable *ipsec;    /* further properties of vpn.data: char* -> char* */
} GreAddAnswers;

GreAddAnswers *gre_add_answers_new(void);
void           gre_add_answers_free(GreAddAnswers *answers);

/**
 * gre_add_answers_set:
 * @name: as the option is called, without "--", or an IPsec property of vpn.data
 * @value: for lists ("address", "route", "network"), one or several, separated by blanks or commas,
 *   which are added
 * @error: GRE_ERROR_PROFILE, one line that names @name and what is expected; never quotes a value
 *   that may be a secret
 */
gboolean
gre_add_answers_set(GreAddAnswers *answers, const char *name, const char *value, GError **error);

/**
 * gre_add_answers_read:
 * @text: a keyfile with the one section [tunnel]
 * @error: GRE_ERROR_PROFILE, with the line number
 */
gboolean gre_add_answers_read(GreAddAnswers *answers, const char *text, GError **error);

/* Sets the name that is not told to one made from the peer's address. Whether nothing is missing,
 * and nothing contradicts itself. @error: GRE_ERROR_PROFILE */
gboolean gre_add_answers_complete(GreAddAnswers *answers, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreAddAnswers, gre_add_answers_free)

#endif
