/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes NetworkManager's profiles for `nm-gre add` and `nm-gre remove`. Errors are of
 * GRE_EXIT_ERROR.
 */
#ifndef GRE_ADD_APPLY_H
#define GRE_ADD_APPLY_H

#include "add/add-plan.h"

/* The profile on which a VPN would come up: that of the connection of @ifname, NULL if there is
 * none that NetworkManager stores. (transfer none) */
NMRemoteConnection *gre_add_apply_base(NMClient *client, const char *ifname);

/**
 * gre_add_apply:
 * @base: (nullable): gets a VPN profile as a secondary, so that it comes up at boot
 *
 * Adds the profiles, waits until the service blocks a native tunnel that is to be protected, and
 * brings it up. If anything fails, all is as it was before.
 */
gboolean
gre_add_apply(NMClient *client, const GreAddPlan *plan, NMRemoteConnection *base, GError **error);

/**
 * gre_add_apply_remove:
 * @main: an ip-tunnel profile or a VPN profile; afterwards it no longer exists
 * @companions: of the first
 *
 * Takes the tunnel down, deletes the profiles, with their secrets, and takes them out of other
 * profiles' connection.secondaries.
 */
gboolean gre_add_apply_remove(NMClient           *client,
                              NMRemoteConnection *main,
                              GPtrArray          *companions,
                              GError            **error);

#endif
