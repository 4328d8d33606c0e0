/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: net/ipv6/addrconf.c, ipv6_dev_get_saddr(); net/ipv4/devinet.c, inet_select_addr(). */
#include <linux/rtnetlink.h>

#include "kernel/gre-links.h"
#include "kernel/route-source.h"

typedef struct {
    GreAddress address;
    int        ifindex;
} Held;

static void
on_address(const struct nlmsghdr *reply, gpointer user_data)
{
    const struct ifaddrmsg *header = nlmsg_data(reply);
    struct nlattr          *tb[IFA_MAX + 1], *own;
    Held                    held = { 0 };

    if (reply->nlmsg_type != RTM_NEWADDR ||
        nlmsg_parse((struct nlmsghdr *) reply, sizeof *header, tb, IFA_MAX, NULL) < 0)
        return;
    own = tb[IFA_LOCAL] != NULL ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
    if (own == NULL)
        return;
    held.ifindex = (int) header->ifa_index;
    held.address.family = header->ifa_family;
    nla_memcpy(held.address.bytes, own, (int) gre_address_size(header->ifa_family));
    g_array_append_val((GArray *) user_data, held);
}

/* Elements: Held. */
static GArray *
list_addresses(GreNetlink *netlink, int family)
{
    const struct ifaddrmsg header = { .ifa_family = (guint8) family };
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(RTM_GETADDR, NLM_F_DUMP, &header, sizeof header);
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(Held));

    gre_netlink_dump(netlink, gre_netlink_route(netlink), msg, on_address, addresses, NULL);
    return addresses;
}

/* Whether only tunnels have the address, and none of them is the interface @oif: a tunnel within a
 * tunnel is fine. */
static gboolean
only_tunnels_have(GreNetlink *netlink, const GreAddress *address, int oif)
{
    g_autoptr(GArray) addresses = list_addresses(netlink, address->family);
    gboolean any = FALSE;
    GreLink  tunnel;

    for (guint i = 0; i < addresses->len; i++) {
        const Held *held = &g_array_index(addresses, Held, i);

        if (!gre_address_equal(&held->address, address))
            continue;
        if (held->ifindex == oif || !gre_links_find_index(netlink, held->ifindex, &tunnel))
            return FALSE;
        any = TRUE;
    }
    return any;
}

const char *
gre_route_source_wrong(GreNetlink       *netlink,
                       const GreAddress *source,
                       const GreAddress *remote,
                       int               oif)
{
    if (gre_address_is_link_local(source) && !gre_address_is_link_local(remote))
        return "can't be reached: the only source address for it is link-local";
    if (only_tunnels_have(netlink, source, oif))
        return "can't be reached: the only source address for it belongs to a tunnel";
    return NULL;
}
