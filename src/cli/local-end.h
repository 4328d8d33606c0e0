/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this end's profiles, as libnm has them, say of its tunnel: the model of the profile, and
 * what is inside the tunnel, which the model leaves to NetworkManager.
 */
#ifndef GRE_LOCAL_END_H
#define GRE_LOCAL_END_H

#include "remote/remote-end.h"

#include <NetworkManager.h>

typedef struct {
    GreProfile *profile;
    GArray     *inside; /* of GrePrefix: our addresses in the tunnel */
    GArray     *hops;   /* of GreAddress: gateways of what is routed into it */
} GreLocalProfile;

/**
 * gre_local_end_new:
 * @vpn: (nullable): a VPN profile of ours, or the companion of @tunnel; NULL: @tunnel isn't
 * protected
 * @tunnel: (nullable): a profile of type ip-tunnel, with the addresses inside
 * @secrets: (nullable): of @vpn, char* -> char*
 * @error: GRE_ERROR_…, as gre_profile_new() and gre_native_new()
 */
GreLocalProfile *
gre_local_end_new(NMConnection *vpn, NMConnection *tunnel, GHashTable *secrets, GError **error);
void gre_local_end_free(GreLocalProfile *near);

/* Fills what the profile says; both borrow from @near. */
void gre_local_end_fill(const GreLocalProfile *near, GreLocalEnd *end);

/* The address that the kernel would send from to @remote, by @parent if that isn't NULL; FALSE
 * where there is no way. */
gboolean gre_local_end_source(const GreAddress *remote, const char *parent, GreAddress *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreLocalProfile, gre_local_end_free)

#endif
