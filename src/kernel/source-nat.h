/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source NAT on this machine: whether there can be any, and what connection tracking remembers. */
#ifndef GRE_SOURCE_NAT_H
#define GRE_SOURCE_NAT_H

#include "gre-address.h"
#include "kernel/netlink.h"

/* Whether connections are tracked, or another's chain can change source addresses: of nftables
 * (iptables-nft makes these too), or of iptables-legacy, whose table alone is looked for. */
gboolean gre_source_nat_is_possible(GreNetlink *netlink);

/* A mapping lasts as long as packets refresh its entry, whatever the rules say by then. Deletes the
 * entries of GRE, ESP and IKE from @local to @remote. */
void gre_source_nat_forget(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote);

#endif
