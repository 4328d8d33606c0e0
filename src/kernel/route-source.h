/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a source address that the kernel chose is fit for the outer packets of a tunnel.
 */
#ifndef GRE_ROUTE_SOURCE_H
#define GRE_ROUTE_SOURCE_H

#include "gre-address.h"
#include "kernel/netlink.h"

/**
 * gre_route_source_wrong:
 * @source: the kernel's choice for packets to @remote
 * @oif: index of the interface that they leave by
 *
 * While an interface has no address of its own, the kernel borrows one from any other interface:
 * a link-local one, or one that only a tunnel has. No answer ever comes back to such an address.
 *
 * Returns: (nullable): what is wrong, to follow "the peer …"; NULL if nothing is.
 */
const char *gre_route_source_wrong(GreNetlink       *netlink,
                                   const GreAddress *source,
                                   const GreAddress *remote,
                                   int               oif);

#endif
