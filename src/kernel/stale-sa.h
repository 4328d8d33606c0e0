/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a strongSwan that was killed left in the kernel for one of our pairs. Its SAs and policies
 * outlive it, and a new one neither knows nor removes them.
 */
#ifndef GRE_STALE_SA_H
#define GRE_STALE_SA_H

#include "gre-address.h"
#include "kernel/netlink.h"

/* Removes one CHILD_SA's two states; those that are gone already are fine. SPIs in host byte order.
 * Source: include/uapi/linux/xfrm.h, XFRM_MSG_DELSA. */
void gre_stale_sa_remove(GreNetlink       *netlink,
                         const GreAddress *local,
                         const GreAddress *remote,
                         guint32           spi_in,
                         guint32           spi_out);

/* Removes the policies that a strongSwan had installed for GRE between exactly these two. Only for
 * when there is no strongSwan that could do it, and only where ours had installed some. */
void gre_stale_sa_remove_policies(GreNetlink       *netlink,
                                  const GreAddress *local,
                                  const GreAddress *remote);

#endif
