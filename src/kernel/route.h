/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The route to the peer: how the kernel routes the tunnel's outer packets.
 */
#ifndef GRE_ROUTE_H
#define GRE_ROUTE_H

#include "gre-address.h"
#include "kernel/netlink.h"

typedef struct {
    GreAddress source;  /* the local address that the kernel uses */
    int        ifindex; /* the interface the packets leave by */
    char       ifname[16];
    guint      mtu; /* bytes: of the route or learned of the path, else of the interface */
    guint      mtu_expires_s; /* when the kernel forgets what it has learned; 0: never */
} GreRoute;

/**
 * gre_route_lookup:
 * @local: (nullable): the profile's local address; must be an address of this machine
 * @oif: interface the packets must leave by (the profile's parent), or 0
 * @fwmark: the mark of the tunnel's packets
 * @error: GRE_ERROR_ROUTE: no route to the peer, no such local address, no source address from
 * which an answer could come back, the peer is an address of this machine, the route leads through
 * the interface @avoid_ifindex
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
