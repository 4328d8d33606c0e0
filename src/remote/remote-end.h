/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The peer's side of a tunnel, derived from a profile: addresses, keys and identities are swapped;
 * settings that both sides share come from the local profile. Pure: reads nothing of the machine.
 */
#ifndef GRE_REMOTE_END_H
#define GRE_REMOTE_END_H

#include "gre-local-keys.h"
#include "gre-profile.h"

/* What is known of the local side. All is borrowed for the call. */
typedef struct {
    const GreProfile *profile;
    const GreLocalKeys
                     *keys; /* ipsec=pubkey, else NULL; borrowed for the life of the GreRemoteEnd */
    GreAddress        local;  /* our outer address as the peer sees it */
    GreAddress        actual; /* the address that this machine has; differs behind a NAT */
    GreAddress        remote; /* the peer's, for a profile with a DNS name; else unused */
    const GrePrefix  *inside; /* our addresses in the tunnel */
    gsize             n_inside;
    const GreAddress *hops; /* the next hops of our routes into the tunnel, which are the peer's */
    gsize             n_hops;
    const GrePrefix  *given; /* the peer's addresses in the tunnel, if given */
    gsize             n_given;
    const GrePrefix  *behind; /* the networks behind the local side */
    gsize             n_behind;
    guint             mtu;  /* the tunnel's actual MTU; 0: unknown */
    const char       *name; /* the tunnel's name on the peer */
    gboolean          show_secrets;
} GreLocalEnd;

typedef struct {
    GreProfile         *profile; /* for properties that both sides share */
    char               *name;    /* letters, digits and "-"; begins with a letter */
    char               *ifname;
    GreMode             mode;
    gboolean            ethernet;
    GreAddress          local, remote; /* both are set */
    GreAddress          gre_remote;    /* remote, but in tunnel mode our address before a NAT */
    GreTunnelOptions    tunnel;        /* its GRE keys are swapped */
    guint               mtu;           /* bytes */
    GArray             *inside; /* of GrePrefix: the peer's addresses in the tunnel; may be empty */
    GArray             *inside_remote; /* of GrePrefix */
    GArray             *behind; /* of GrePrefix: the networks behind the local side; may be empty */
    char               *local_id, *remote_id; /* NULL: the address */
    const GreLocalKeys *keys;                 /* NULL: not ipsec=pubkey */
    char               *psk; /* for formats that accept 0s…; a placeholder unless it is shown */
    char               *psk_plain; /* for the others; NULL if it can't be written so */
} GreRemoteEnd;

/* Replaces the pre-shared key unless it is to be shown. */
#define GRE_REMOTE_END_PLACEHOLDER "PUT-THE-PRE-SHARED-KEY-HERE"

/**
 * gre_remote_end_new:
 * @error: GRE_ERROR_PROFILE for settings that can't be mirrored; GRE_ERROR_SECRET if the secret is
 * to be shown and the profile lacks it
 *
 * Returns: (transfer full): the peer's side, or NULL.
 */
GreRemoteEnd *gre_remote_end_new(const GreLocalEnd *local_end, GError **error);
void          gre_remote_end_free(GreRemoteEnd *end); /* wipes the secret */

/* The other host in a network for two: a /30, /31, /126 or /127. */
gboolean gre_remote_end_other_host(const GrePrefix *ours, GreAddress *other);

/**
 * gre_remote_end_value:
 *
 * A property that has the same meaning on both sides, as text for vpn.data or for another format
 * with the same words; (transfer full), NULL if it is at its default.
 */
char *gre_remote_end_value(const GreRemoteEnd *end, const char *property);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreRemoteEnd, gre_remote_end_free)

#endif
