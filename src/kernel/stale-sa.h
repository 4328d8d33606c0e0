/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stale SAs and policies that a killed strongSwan left in the kernel for one of our address pairs.
 * They outlive it, and a new strongSwan neither knows nor removes them.
 */
#ifndef GRE_STALE_SA_H
#define GRE_STALE_SA_H

#include "gre-address.h"
#include "kernel/netlink.h"

/* Removes both states of a CHILD_SA; succeeds if they are gone already. SPIs in host byte order.
 * Source: include/uapi/linux/xfrm.h, XFRM_MSG_DELSA. */
void gre_stale_sa_remove(GreNetlink       *netlink,
                         const GreAddress *local,
                         const GreAddress *remote,
                         guint32           spi_in,
                         guint32           spi_out);

/* Removes the policies that a strongSwan has installed for GRE between exactly these two addresses.
 * Call it only if no running strongSwan could do so, and only if ours had installed some. */
void gre_stale_sa_remove_policies(GreNetlink       *netlink,
                                  const GreAddress *local,
                                  const GreAddress *remote);

/* The same for an XFRM interface: all policies with its if_id. */
void gre_stale_sa_remove_policies_of(GreNetlink *netlink, guint32 if_id);

#endif
