/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a tunnel: what a profile says, seen from over there. Addresses, keys and
 * identities have changed sides; what must be alike at both ends is read from our own profile.
 * Pure: nothing of the machine is looked at.
 */
#ifndef GRE_REMOTE_END_H
#define GRE_REMOTE_END_H

#include "gre-local-keys.h"
#include "gre-profile.h"

/* What is known of this end. All is borrowed for the call. */
typedef struct {
    const GreProfile *profile;
    const GreLocalKeys
                     *keys;  /* ipsec=pubkey, else NULL; borrowed for as long as the GreRemoteEnd */
    GreAddress        local; /* our outer address as the other end sees it */
    GreAddress        own;   /* the one that we have: another one where a NAT is between */
    GreAddress        remote; /* theirs, for a profile that has a name; else unused */
    const GrePrefix  *inside; /* our addresses in the tunnel */
    gsize             n_inside;
    const GreAddress *hops; /* the next hops of our routes into the tunnel: theirs */
    gsize             n_hops;
    const GrePrefix  *given; /* their addresses in the tunnel, if somebody says so */
    gsize             n_given;
    const GrePrefix  *behind; /* the networks behind this end */
    gsize             n_behind;
    guint             mtu;  /* that the tunnel really has; 0: not known */
    const char       *name; /* what this end is called over there */
    gboolean          show_secrets;
} GreLocalEnd;

typedef struct {
    GreProfile         *ours; /* for what both ends have alike */
    char               *name; /* a word of letters, digits and "-" that begins with a letter */
    char               *ifname;
    GreMode             mode;
    gboolean            ethernet;
    GreAddress          local, remote; /* both are set */
    GreTunnelOptions    tunnel;        /* its keys the other way round */
    guint               mtu;           /* bytes */
    GArray             *inside;        /* of GrePrefix: its addresses in the tunnel; may be empty */
    GArray             *inside_ours;   /* of GrePrefix */
    GArray             *behind;        /* of GrePrefix: the networks behind us; may be empty */
    char               *local_id, *remote_id; /* NULL: the address */
    const GreLocalKeys *keys;                 /* NULL: no ipsec=pubkey */
    char *psk;       /* for the formats that take 0s…; a placeholder where it isn't shown */
    char *psk_plain; /* for those that don't; NULL where it can't be written so */
} GreRemoteEnd;

/* Stands for the pre-shared key where it isn't to be shown. */
#define GRE_REMOTE_END_PLACEHOLDER "PUT-THE-PRE-SHARED-KEY-HERE"

/**
 * gre_remote_end_new:
 * @error: GRE_ERROR_PROFILE for what can't be mirrored; GRE_ERROR_SECRET where the secret is to be
 * shown and the profile lacks it
 *
 * Returns: (transfer full): the other end, or NULL.
 */
GreRemoteEnd *gre_remote_end_new(const GreLocalEnd *near, GError **error);
void          gre_remote_end_free(GreRemoteEnd *end); /* wipes the secret */

/* The other host of a network that has place for two: a /30, /31, /126 or /127. */
gboolean gre_remote_end_other_host(const GrePrefix *ours, GreAddress *other);

/**
 * gre_remote_end_value:
 *
 * A property that has the same meaning at both ends, as text for vpn.data or for
 * another format with our words; (transfer full), NULL where it is at its default.
 */
char *gre_remote_end_value(const GreRemoteEnd *end, const char *property);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreRemoteEnd, gre_remote_end_free)

#endif
