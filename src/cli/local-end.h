/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local side of a tunnel from its profiles in libnm: the model of the profile, and the
 * addresses inside the tunnel, which the model leaves to NetworkManager.
 */
#ifndef GRE_LOCAL_END_H
#define GRE_LOCAL_END_H

#include "remote/remote-end.h"

#include <NetworkManager.h>

typedef struct {
    GreProfile *profile;
    GArray     *inside; /* of GrePrefix: our addresses in the tunnel */
    GArray     *hops;   /* of GreAddress: gateways of routes into the tunnel */
} GreLocalProfile;

/**
 * gre_local_end_new:
 * @vpn: (nullable): a VPN profile of this plugin, or the companion of @tunnel; NULL: @tunnel isn't
 * protected
 * @tunnel: (nullable): a profile of type ip-tunnel, with the addresses inside
 * @secrets: (nullable): of @vpn, char* -> char*
 * @error: GRE_ERROR_…, as gre_profile_new() and gre_native_new()
 */
GreLocalProfile *
gre_local_end_new(NMConnection *vpn, NMConnection *tunnel, GHashTable *secrets, GError **error);
void gre_local_end_free(GreLocalProfile *local_profile);

/* Sets what the profile contains; @end borrows from @local_profile. */
void gre_local_end_fill(const GreLocalProfile *local_profile, GreLocalEnd *end);

/* The kernel's source address for @remote, by @parent unless it is NULL; FALSE if there is no
 * route. */
gboolean gre_local_end_source(const GreAddress *remote, const char *parent, GreAddress *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreLocalProfile, gre_local_end_free)

#endif
