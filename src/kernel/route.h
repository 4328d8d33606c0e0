/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way to the peer, as the kernel would route the tunnel's outer packets.
 */
#ifndef GRE_ROUTE_H
#define GRE_ROUTE_H

#include "gre-address.h"
#include "kernel/netlink.h"

typedef struct {
    GreAddress source;  /* the local address that the kernel uses or would choose */
    int        ifindex; /* the interface the packets leave by */
    char       ifname[16];
    guint      mtu; /* bytes: of the route where it has one, else of the interface */
} GreRoute;

/**
 * gre_route_lookup:
 * @local: (nullable): the profile's local address; must be one of this machine's
 * @oif: interface the packets must leave by (the profile's parent), or 0
 * @fwmark: as the tunnel marks its packets
 * @error: GRE_ERROR_ROUTE in plain words: no route to the peer, no such local address, the peer is
 *   one of our own addresses, the route leads through the interface @avoid_ifindex
 */
gboolean gre_route_lookup(GreNetlink       *netlink,
                          const GreAddress *remote,
                          const GreAddress *local,
                          int               oif,
                          guint32           fwmark,
                          int               avoid_ifindex,
                          GreRoute         *out,
                          GError          **error);

#endif
