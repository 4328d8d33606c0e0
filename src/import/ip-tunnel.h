/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an ip-tunnel profile of NetworkManager's own to one of ours, whichever file it was in.
 */
#ifndef GRE_IP_TUNNEL_H
#define GRE_IP_TUNNEL_H

#include <NetworkManager.h>

/**
 * gre_ip_tunnel_to_vpn:
 * @notes: of char*: gets what can't be carried over
 *
 * What the profile leaves at NetworkManager's default becomes the plugin's own default.
 *
 * Returns: (transfer full): a VPN profile with a new UUID, or NULL.
 */
NMConnection *gre_ip_tunnel_to_vpn(NMConnection *tunnel, GPtrArray *notes, GError **error);

#endif
