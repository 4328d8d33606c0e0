/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a tunnel: what a profile says, seen from over there. Addresses, keys and
 * identities have changed sides; what must be alike at both ends is read from our own profile.
 * Pure: nothing of the machine is looked at.
 */
#ifndef GRE_FAR_END_H
#define GRE_FAR_END_H

#include "gre-profile.h"

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
} GreNearKeys;

void gre_near_keys_free(GreNearKeys *keys);

/* What is known of this end. All is borrowed for the call. */
typedef struct {
    const GreProfile  *profile;
    const GreNearKeys *keys;   /* ipsec=pubkey, else NULL; borrowed for as long as the GreFarEnd */
    GreAddress         local;  /* our outer address as the other end sees it */
    GreAddress         own;    /* the one that we have: another one where a NAT is between */
    GreAddress         remote; /* theirs, for a profile that has a name; else unused */
    const GrePrefix   *inside; /* our addresses in the tunnel */
    gsize              n_inside;
    const GreAddress  *hops; /* the next hops of our routes into the tunnel: theirs */
    gsize              n_hops;
    const GrePrefix   *given; /* their addresses in the tunnel, if somebody says so */
    gsize              n_given;
    const GrePrefix   *behind; /* the networks behind this end */
    gsize              n_behind;
    guint              mtu;  /* that the tunnel really has; 0: not known */
    const char        *name; /* what this end is called over there */
    gboolean           show_secrets;
} GreNearEnd;

typedef struct {
    GreProfile        *ours; /* for what both ends have alike */
    char              *name; /* a word of letters, digits and "-" that begins with a letter */
    char              *ifname;
    GreMode            mode;
    gboolean           ethernet;
    GreAddress         local, remote; /* both are set */
    GreTunnelOptions   tunnel;        /* its keys the other way round */
    guint              mtu;           /* bytes */
    GArray            *inside;        /* of GrePrefix: its addresses in the tunnel; may be empty */
    GArray            *inside_ours;   /* of GrePrefix */
    GArray            *behind;        /* of GrePrefix: the networks behind us; may be empty */
    char              *local_id, *remote_id; /* NULL: the address */
    const GreNearKeys *keys;                 /* NULL: no ipsec=pubkey */
    char *psk;       /* for the formats that take 0s…; a placeholder where it isn't shown */
    char *psk_plain; /* for those that don't; NULL where it can't be written so */
} GreFarEnd;

/* Stands for the pre-shared key where it isn't to be shown. */
#define GRE_FAR_END_PLACEHOLDER "PUT-THE-PRE-SHARED-KEY-HERE"

/**
 * gre_far_end_new:
 * @error: GRE_ERROR_PROFILE for what can't be mirrored; GRE_ERROR_SECRET where the secret is to be
 * shown and the profile lacks it
 *
 * Returns: (transfer full): the other end, or NULL.
 */
GreFarEnd *gre_far_end_new(const GreNearEnd *near, GError **error);
void       gre_far_end_free(GreFarEnd *end); /* wipes the secret */

/* The other host of a network that has place for two: a /30, /31, /126 or /127. */
gboolean gre_far_end_other_host(const GrePrefix *ours, GreAddress *other);

/**
 * gre_far_end_value:
 *
 * A property that has the same meaning at both ends, as text for vpn.data or for
 * another format with our words; (transfer full), NULL where it is at its default.
 */
char *gre_far_end_value(const GreFarEnd *end, const char *property);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreFarEnd, gre_far_end_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNearKeys, gre_near_keys_free)

#endif
