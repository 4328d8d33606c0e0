/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the kernel still has what strongSwan installed for a CHILD_SA. */
#ifndef GRE_XFRM_STATE_H
#define GRE_XFRM_STATE_H

#include <linux/xfrm.h>

#include "gre-address.h"
#include "kernel/netlink.h"

/* How the kernel identifies an ESP state: by destination, SPI (host byte order) and protocol. */
struct xfrm_usersa_id gre_xfrm_state_id(const GreAddress *to, guint32 spi);

/**
 * gre_xfrm_state_exists:
 * @to: destination of its packets
 * @spi: in host byte order
 *
 * Source: include/uapi/linux/xfrm.h, XFRM_MSG_GETSA. Returns: FALSE if the kernel says that it has
 * no such ESP state; TRUE also if it can't be asked.
 */
gboolean gre_xfrm_state_exists(GreNetlink *netlink, const GreAddress *to, guint32 spi);

/* Whether it has strongSwan's policies for GRE between the two, in both directions; TRUE also if it
 * can't be asked. */
gboolean
gre_xfrm_state_has_policies(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote);

/* Whether it has policies with this if_id in both directions; TRUE also if it can't be asked. */
gboolean gre_xfrm_state_has_policies_of(GreNetlink *netlink, guint32 if_id);

/* All policies with this if_id: (transfer full) (nullable) array of struct xfrm_userpolicy_id. */
GArray *gre_xfrm_state_list_policies(GreNetlink *netlink, guint32 if_id);

#endif
