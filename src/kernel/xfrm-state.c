/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/xfrm-state.h"

#include <errno.h>
#include <string.h>

/* Returns 0 or the kernel's negative errno. */
static int
ask(GreNetlink *netlink, int type, gconstpointer header, gsize size)
{
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(type, 0, header, size);

    return gre_netlink_talk(netlink, gre_netlink_xfrm(netlink), msg, NULL);
}

struct xfrm_usersa_id
gre_xfrm_state_id(const GreAddress *to, guint32 spi)
{
    struct xfrm_usersa_id id = {
        .spi = htonl(spi),
        .family = (guint16) to->family,
        .proto = IPPROTO_ESP,
    };

    memcpy(&id.daddr, to->bytes, gre_address_size(to->family));
    return id;
}

gboolean
gre_xfrm_state_exists(GreNetlink *netlink, const GreAddress *to, guint32 spi)
{
    struct xfrm_usersa_id id = gre_xfrm_state_id(to, spi);

    return ask(netlink, XFRM_MSG_GETSA, &id, sizeof id) != -ESRCH;
}

static gboolean
has_policy(GreNetlink *netlink, const GreAddress *from, const GreAddress *to, int dir)
{
    gsize                     size = gre_address_size(from->family);
    struct xfrm_userpolicy_id id = {
        .sel.family = (guint16) from->family,
        .sel.proto = IPPROTO_GRE,
        .sel.prefixlen_s = (guint8) (size * 8),
        .sel.prefixlen_d = (guint8) (size * 8),
        .dir = (guint8) dir,
    };

    memcpy(&id.sel.saddr, from->bytes, size);
    memcpy(&id.sel.daddr, to->bytes, size);
    return ask(netlink, XFRM_MSG_GETPOLICY, &id, sizeof id) != -ENOENT;
}

gboolean
gre_xfrm_state_has_policies(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote)
{
    return has_policy(netlink, local, remote, XFRM_POLICY_OUT) &&
           has_policy(netlink, remote, local, XFRM_POLICY_IN);
}
