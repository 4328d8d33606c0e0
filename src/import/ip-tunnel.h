/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts a NetworkManager ip-tunnel profile to a VPN profile of this plugin, whatever file it
 * came from.
 */
#ifndef GRE_IP_TUNNEL_H
#define GRE_IP_TUNNEL_H

#include <NetworkManager.h>

/**
 * gre_ip_tunnel_to_vpn:
 * @notes: of char*: gets settings that can't be converted
 *
 * Properties at NetworkManager's default become the plugin's own default.
 *
 * Returns: (transfer full): a VPN profile with a new UUID, or NULL.
 */
NMConnection *gre_ip_tunnel_to_vpn(NMConnection *tunnel, GPtrArray *notes, GError **error);

/* The same, unless a VPN that starts with the tunnel may protect it: the result has no IPsec. */
NMConnection *gre_ip_tunnel_import(NMConnection *tunnel, GPtrArray *notes, GError **error);

#endif
