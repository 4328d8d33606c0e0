/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: net/ipv4/ip_gre.c, ipgre_fill_info(); net/ipv6/ip6_gre.c, ip6gre_fill_info();
 * net/xfrm/xfrm_interface_core.c, xfrmi_fill_info(). */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>

#include "kernel/gre-links.h"

static gboolean
read_kind(GreLink *tunnel, const char *kind)
{
    static const GreMode modes[] = { GRE_MODE_GRE, GRE_MODE_IP6GRE };

    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        tunnel->mode = modes[i];
        tunnel->ethernet = g_str_equal(kind, gre_profile_mode_name(modes[i], TRUE));
        if (tunnel->ethernet || g_str_equal(kind, gre_profile_mode_name(modes[i], FALSE)))
            return TRUE;
    }
    tunnel->mode = GRE_MODE_XFRM;
    tunnel->ethernet = FALSE;
    return g_str_equal(kind, gre_profile_mode_name(GRE_MODE_XFRM, FALSE));
}

static void
address_set(GreAddress *out, int family, struct nlattr *attr)
{
    memset(out, 0, sizeof *out);
    out->family = family;
    if (attr != NULL)
        nla_memcpy(out->bytes, attr, (int) gre_address_size(family));
}

static guint16
number16(struct nlattr *attr)
{
    return attr != NULL ? nla_get_u16(attr) : 0;
}

static guint32
number32(struct nlattr *attr)
{
    return attr != NULL ? nla_get_u32(attr) : 0;
}

static void
read_options(GreTunnelOptions *options, struct nlattr **tb, gboolean ip6)
{
    guint16 in = number16(tb[IFLA_GRE_IFLAGS]), out = number16(tb[IFLA_GRE_OFLAGS]);

    options->has_input_key = (in & GRE_KEY) != 0;
    options->has_output_key = (out & GRE_KEY) != 0;
    options->input_key = ntohl(number32(tb[IFLA_GRE_IKEY]));
    options->output_key = ntohl(number32(tb[IFLA_GRE_OKEY]));
    options->checksum = (out & GRE_CSUM) != 0;
    options->sequence = (out & GRE_SEQ) != 0;
    options->fwmark = number32(tb[IFLA_GRE_FWMARK]);
    options->encap_limit = GRE_ENCAP_LIMIT_NONE;
    if (ip6 && !(number32(tb[IFLA_GRE_FLAGS]) & IP6_TNL_F_IGN_ENCAP_LIMIT) &&
        tb[IFLA_GRE_ENCAP_LIMIT] != NULL)
        options->encap_limit = nla_get_u8(tb[IFLA_GRE_ENCAP_LIMIT]);
}

static gboolean
read_xfrm(GreLink *link, struct nlattr *data)
{
    struct nlattr *tb[IFLA_XFRM_MAX + 1];

    if (nla_parse_nested(tb, IFLA_XFRM_MAX, data, NULL) < 0)
        return FALSE;
    link->if_id = number32(tb[IFLA_XFRM_IF_ID]);
    return TRUE;
}

static gboolean
read_data(GreLink *tunnel, struct nlattr *data)
{
    struct nlattr *tb[IFLA_GRE_MAX + 1];
    gboolean       ip6 = tunnel->mode == GRE_MODE_IP6GRE;

    if (tunnel->mode == GRE_MODE_XFRM)
        return read_xfrm(tunnel, data);
    if (nla_parse_nested(tb, IFLA_GRE_MAX, data, NULL) < 0)
        return FALSE;
    address_set(&tunnel->local, gre_profile_mode_family(tunnel->mode), tb[IFLA_GRE_LOCAL]);
    address_set(&tunnel->remote, gre_profile_mode_family(tunnel->mode), tb[IFLA_GRE_REMOTE]);
    tunnel->parent_ifindex = (int) number32(tb[IFLA_GRE_LINK]);
    read_options(&tunnel->options, tb, ip6);
    return TRUE;
}

static void
read_mark(GreLink *tunnel, struct nlattr *alias)
{
    char text[256] = ""; /* IFALIASZ */

    if (alias != NULL)
        nla_strlcpy(text, alias, sizeof text);
    if (g_str_has_prefix(text, GRE_DEVICE_ALIAS_PREFIX))
        g_strlcpy(tunnel->uuid, text + strlen(GRE_DEVICE_ALIAS_PREFIX), sizeof tunnel->uuid);
}

/* FALSE if it is of another kind. */
static gboolean
read_link(const struct nlmsghdr *reply, GreLink *tunnel)
{
    struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
    char           kind[16];

    memset(tunnel, 0, sizeof *tunnel);
    if (reply->nlmsg_type != RTM_NEWLINK ||
        nlmsg_parse((struct nlmsghdr *) reply, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) < 0 ||
        tb[IFLA_IFNAME] == NULL || tb[IFLA_LINKINFO] == NULL ||
        nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) < 0 ||
        info[IFLA_INFO_KIND] == NULL || info[IFLA_INFO_DATA] == NULL)
        return FALSE;
    nla_strlcpy(kind, info[IFLA_INFO_KIND], sizeof kind);
    if (!read_kind(tunnel, kind) || !read_data(tunnel, info[IFLA_INFO_DATA]))
        return FALSE;
    tunnel->ifindex = ((const struct ifinfomsg *) nlmsg_data(reply))->ifi_index;
    nla_strlcpy(tunnel->ifname, tb[IFLA_IFNAME], sizeof tunnel->ifname);
    tunnel->mtu = number32(tb[IFLA_MTU]);
    read_mark(tunnel, tb[IFLA_IFALIAS]);
    return TRUE;
}

static void
on_link(const struct nlmsghdr *reply, gpointer user_data)
{
    GreLink tunnel;

    if (read_link(reply, &tunnel))
        g_array_append_val((GArray *) user_data, tunnel);
}

GArray *
gre_links_list(GreNetlink *netlink, GError **error)
{
    const struct ifinfomsg header = { 0 };
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(RTM_GETLINK, NLM_F_DUMP, &header, sizeof header);
    g_autoptr(GArray) tunnels = g_array_new(FALSE, FALSE, sizeof(GreLink));

    if (gre_netlink_dump(netlink, gre_netlink_route(netlink), msg, on_link, tunnels, error) < 0)
        return NULL;
    return g_steal_pointer(&tunnels);
}

static gboolean
find(GreNetlink *netlink, GreNlMsg *msg, GreLink *out)
{
    g_autoptr(GArray) tunnels = g_array_new(FALSE, FALSE, sizeof(GreLink));

    if (gre_netlink_ask(netlink, gre_netlink_route(netlink), msg, on_link, tunnels, NULL) < 0 ||
        tunnels->len == 0)
        return FALSE;
    *out = g_array_index(tunnels, GreLink, 0);
    return TRUE;
}

gboolean
gre_links_find(GreNetlink *netlink, const char *ifname, GreLink *out)
{
    const struct ifinfomsg header = { 0 };
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(RTM_GETLINK, 0, &header, sizeof header);

    return strlen(ifname) < IFNAMSIZ && nla_put_string(msg, IFLA_IFNAME, ifname) == 0 &&
           find(netlink, msg, out);
}

gboolean
gre_links_find_index(GreNetlink *netlink, int ifindex, GreLink *out)
{
    const struct ifinfomsg header = { .ifi_index = ifindex };
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(RTM_GETLINK, 0, &header, sizeof header);

    return find(netlink, msg, out);
}

static gboolean
has_if_id(const GArray *links, guint32 if_id)
{
    for (guint i = 0; links != NULL && i < links->len; i++)
        if (g_array_index(links, GreLink, i).if_id == if_id)
            return TRUE;
    return FALSE;
}

guint32
gre_links_unused_if_id(GreNetlink *netlink)
{
    g_autoptr(GArray) links = gre_links_list(netlink, NULL);
    guint32 if_id;

    do
        if_id = g_random_int();
    while (if_id <= 0xffff || has_if_id(links, if_id));
    return if_id;
}
