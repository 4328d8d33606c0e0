/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP's maximum segment size in what this host forwards through tunnels: an nftables table of ours
 * lowers it to what fits the routes, in both directions. So a connection between two LANs works
 * where routers or hosts on its way drop ICMP's "packet too big", or lose large packets without a
 * word.
 */
#ifndef GRE_MSS_CLAMP_H
#define GRE_MSS_CLAMP_H

#include "kernel/netlink.h"

#define GRE_MSS_CLAMP_TABLE "nm-gre-mss" /* of family inet */

typedef struct _GreMssClamp GreMssClamp;

/* Removes what an earlier process left. @netlink must outlive it. */
GreMssClamp *gre_mss_clamp_new(GreNetlink *netlink);
void         gre_mss_clamp_free(GreMssClamp *self);

/**
 * gre_mss_clamp_add:
 * @ifname: of a tunnel's device
 * @error: GRE_ERROR_KERNEL, for example of a kernel without nf_tables
 *
 * The table is there as long as there is a device in it.
 */
gboolean gre_mss_clamp_add(GreMssClamp *self, const char *ifname, GError **error);
void     gre_mss_clamp_remove(GreMssClamp *self, const char *ifname);

/* Another program changed nftables: makes the table again if it is gone. Returns whether it was. */
gboolean gre_mss_clamp_restore(GreMssClamp *self);

#endif
