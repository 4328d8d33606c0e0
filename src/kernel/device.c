/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manages the tunnel's device over rtnetlink. The messages are built here, attribute by attribute,
 * for gre, ip6gre and xfrm alike: libnl-route lacks IFLA_GRE_IGNORE_DF, drops the output flags if
 * no other is set (before 3.12), truncates names silently and loses the kernel's error texts.
 *
 * What the kernel does with these messages: net/core/rtnetlink.c, net/ipv4/ip_gre.c and
 * ip_tunnel.c, net/ipv6/ip6_gre.c.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>

#include "kernel/device.h"
#include "gre-error.h"
#include "kernel/gre-links.h"

#define AUTO_NAME     "nmgre%u"
#define AUTO_NAME_MAX 65535
#define TOS_INHERIT   1 /* net/ipv4/ip_tunnel.c, ip_tunnel_xmit(): bit 0 */

/* --- checks without the kernel --- */

static gboolean
name_is_reserved(const char *name)
{
    /* The kernel's fallback devices, in every network namespace, and directories in /proc/sys/net
     * that are not devices. */
    static const char *const reserved[] = { "gre0",    "gretap0", "erspan0",  "ip6gre0",
                                            "ip6tnl0", "sit0",    "tunl0",    "ip_vti0",
                                            "all",     "default", "ip6_vti0", NULL };

    return g_strv_contains(reserved, name);
}

/* Like dev_valid_name() in net/core/dev.c; also refuses '%', which is a pattern there, and
 * unprintable characters. */
static gboolean
check_name(const char *name, GError **error)
{
    gsize       length = strlen(name);
    const char *wrong = NULL;

    if (length == 0)
        wrong = "it is empty";
    else if (length >= IFNAMSIZ)
        wrong = "it is longer than 15 bytes";
    else if (g_str_equal(name, ".") || g_str_equal(name, "..") || strpbrk(name, "/:%") != NULL)
        wrong = "it must not be \".\" or \"..\", or contain any of / : %";
    else if (name_is_reserved(name))
        wrong = "the kernel reserves that name";
    for (const char *p = name; wrong == NULL && *p != '\0'; p++)
        if ((guchar) *p <= ' ' || *p == 0x7f)
            wrong = "it contains a space or a control character";

    if (wrong != NULL) {
        g_autofree char *shown = g_strescape(name, NULL);

        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    "the interface name \"%s\" can't be used: %s", shown, wrong);
    }
    return wrong == NULL;
}

static gboolean
check_spec(const GreDeviceSpec *spec, GError **error)
{
    int         family = gre_profile_mode_family(spec->mode);
    const char *wrong = NULL;

    if (spec->mode == GRE_MODE_XFRM)
        wrong = spec->if_id == 0 ? "an XFRM interface needs an if_id" : NULL;
    else if (spec->local.family != family || spec->remote.family != family)
        wrong = family == AF_INET ? "mode gre needs IPv4 endpoints"
                                  : "mode ip6gre needs IPv6 endpoints";
    else if (gre_address_is_any(&spec->local) || gre_address_is_any(&spec->remote))
        wrong = "a tunnel needs both endpoints";
    else if (spec->options->ignore_df && spec->options->path_mtu_discovery)
        wrong = "ignore-df needs path-mtu-discovery=no";

    if (wrong != NULL)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE, wrong);
    return wrong == NULL;
}

/* --- the request --- */

static int
put_address(struct nl_msg *msg, int type, const GreAddress *address)
{
    return nla_put(msg, type, (int) gre_address_size(address->family), address->bytes);
}

static guint16
gre_flags(const GreTunnelOptions *options, gboolean key)
{
    return (key ? GRE_KEY : 0) | (options->checksum ? GRE_CSUM : 0) |
           (options->sequence ? GRE_SEQ : 0);
}

/* The part common to gre and ip6gre. Both flag words are always sent: a key without its flag
 * silently creates a tunnel without a key. */
static int
put_common(struct nl_msg *msg, const GreDeviceSpec *spec)
{
    const GreTunnelOptions *options = spec->options;
    int                     err = 0;

    err |= nla_put_u16(msg, IFLA_GRE_IFLAGS, gre_flags(options, options->has_input_key));
    err |= nla_put_u16(msg, IFLA_GRE_OFLAGS, gre_flags(options, options->has_output_key));
    if (options->has_input_key)
        err |= nla_put_u32(msg, IFLA_GRE_IKEY, htonl(options->input_key));
    if (options->has_output_key)
        err |= nla_put_u32(msg, IFLA_GRE_OKEY, htonl(options->output_key));
    err |= put_address(msg, IFLA_GRE_LOCAL, &spec->local);
    err |= put_address(msg, IFLA_GRE_REMOTE, &spec->remote);
    err |= nla_put_u8(msg, IFLA_GRE_TTL, options->ttl);
    if (spec->parent_ifindex != 0)
        err |= nla_put_u32(msg, IFLA_GRE_LINK, (guint32) spec->parent_ifindex);
    if (options->fwmark != 0)
        err |= nla_put_u32(msg, IFLA_GRE_FWMARK, options->fwmark);
    return err;
}

static int
put_gre(struct nl_msg *msg, const GreTunnelOptions *options)
{
    /* The two lowest bits of the outer TOS are ECN, which the kernel sets itself. */
    guint8 tos = options->tos == GRE_TOS_INHERIT ? TOS_INHERIT : options->tos & ~TOS_INHERIT;
    int    err = 0;

    err |= nla_put_u8(msg, IFLA_GRE_TOS, tos);
    err |= nla_put_u8(msg, IFLA_GRE_PMTUDISC, options->path_mtu_discovery != FALSE);
    if (options->ignore_df)
        err |= nla_put_u8(msg, IFLA_GRE_IGNORE_DF, 1);
    return err;
}

static int
put_ip6gre(struct nl_msg *msg, const GreTunnelOptions *options)
{
    guint32 flags = 0;
    guint32 flow = 0; /* traffic class and flow label, as in the IPv6 header */
    int     err = 0;

    if (options->tos == GRE_TOS_INHERIT)
        flags |= IP6_TNL_F_USE_ORIG_TCLASS;
    else
        flow |= (guint32) options->tos << 20;
    if (options->flow_label == GRE_FLOW_LABEL_INHERIT)
        flags |= IP6_TNL_F_USE_ORIG_FLOWLABEL;
    else
        flow |= (guint32) options->flow_label;
    /* Without the flag the kernel adds the destination option, with a limit of 0 by default. */
    if (options->encap_limit == GRE_ENCAP_LIMIT_NONE)
        flags |= IP6_TNL_F_IGN_ENCAP_LIMIT;
    else
        err |= nla_put_u8(msg, IFLA_GRE_ENCAP_LIMIT, (guint8) options->encap_limit);
    err |= nla_put_u32(msg, IFLA_GRE_FLOWINFO, htonl(flow));
    err |= nla_put_u32(msg, IFLA_GRE_FLAGS, flags);
    return err;
}

/* Without IFLA_XFRM_LINK: an underlay that goes or is exchanged does not matter. */
static int
put_xfrm(struct nl_msg *msg, const GreDeviceSpec *spec)
{
    return nla_put_u32(msg, IFLA_XFRM_IF_ID, spec->if_id);
}

static int
put_data(struct nl_msg *msg, const GreDeviceSpec *spec)
{
    if (spec->mode == GRE_MODE_XFRM)
        return put_xfrm(msg, spec);
    return put_common(msg, spec) | (spec->mode == GRE_MODE_GRE ? put_gre(msg, spec->options)
                                                               : put_ip6gre(msg, spec->options));
}

static int
put_link_info(struct nl_msg *msg, const GreDeviceSpec *spec)
{
    struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
    struct nlattr *data;
    int            err = 0;

    if (info == NULL)
        return -1;
    err |= nla_put_string(msg, IFLA_INFO_KIND, gre_profile_mode_name(spec->mode, FALSE));
    data = nla_nest_start(msg, IFLA_INFO_DATA);
    if (data == NULL)
        return -1;
    err |= put_data(msg, spec);
    nla_nest_end(msg, data);
    nla_nest_end(msg, info);
    return err;
}

/* @ifname: (nullable): of a device to create; takes @msg. */
static GreNlMsg *
fill_request(struct nl_msg *request, const GreDeviceSpec *spec, const char *ifname, GError **error)
{
    g_autoptr(GreNlMsg) msg = request;
    int err = 0;

    if (ifname != NULL) {
        err |= nla_put_string(msg, IFLA_IFNAME, ifname);
        err |= nla_put_u32(msg, IFLA_GROUP, GRE_DEVICE_GROUP);
    }
    if (spec->mtu != 0)
        err |= nla_put_u32(msg, IFLA_MTU, spec->mtu);
    err |= put_link_info(msg, spec);
    if (err != 0) {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_KERNEL, "the request is too long");
        return NULL;
    }
    return g_steal_pointer(&msg);
}

GreNlMsg *
gre_device_build_request(const GreDeviceSpec *spec, const char *ifname, GError **error)
{
    /* Only the bits in ifi_change are changed: the device stays down. */
    const struct ifinfomsg header = { .ifi_flags = IFF_MULTICAST, .ifi_change = IFF_MULTICAST };

    if (!check_name(ifname, error) || !check_spec(spec, error))
        return NULL;
    /* Without EXCL the kernel would change an existing device of that name. */
    return fill_request(
        gre_netlink_message_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header),
        spec, ifname, error);
}

/* --- reading devices --- */

/* Source: drivers/net/vrf.c. */
static gboolean
is_vrf(struct nlattr *link_info)
{
    struct nlattr *tb[IFLA_INFO_MAX + 1];

    if (link_info == NULL || nla_parse_nested(tb, IFLA_INFO_MAX, link_info, NULL) < 0)
        return FALSE;
    return (tb[IFLA_INFO_KIND] != NULL && nla_strcmp(tb[IFLA_INFO_KIND], "vrf") == 0) ||
           (tb[IFLA_INFO_SLAVE_KIND] != NULL && nla_strcmp(tb[IFLA_INFO_SLAVE_KIND], "vrf") == 0);
}

static void
on_info(const struct nlmsghdr *reply, gpointer user_data)
{
    const struct ifinfomsg  *header = nlmsg_data(reply);
    struct nlattr           *tb[IFLA_MAX + 1];
    GreDeviceInfo           *info = user_data;
    struct rtnl_link_stats64 stats = { 0 };

    if (reply->nlmsg_type != RTM_NEWLINK ||
        nlmsg_parse((struct nlmsghdr *) reply, sizeof *header, tb, IFLA_MAX, NULL) < 0 ||
        tb[IFLA_IFNAME] == NULL)
        return;
    info->ifindex = header->ifi_index;
    info->up = (header->ifi_flags & IFF_UP) != 0;
    info->mtu = tb[IFLA_MTU] != NULL ? nla_get_u32(tb[IFLA_MTU]) : 0;
    nla_strlcpy(info->ifname, tb[IFLA_IFNAME], sizeof info->ifname);
    info->vrf = is_vrf(tb[IFLA_LINKINFO]);
    if (tb[IFLA_STATS64] == NULL)
        return;
    nla_memcpy(&stats, tb[IFLA_STATS64], sizeof stats);
    info->rx_bytes = stats.rx_bytes;
    info->rx_packets = stats.rx_packets;
    info->tx_bytes = stats.tx_bytes;
    info->tx_packets = stats.tx_packets;
}

gboolean
gre_device_info(GreNetlink *netlink, int ifindex, const char *ifname, GreDeviceInfo *out)
{
    const struct ifinfomsg header = { .ifi_index = ifindex };
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(RTM_GETLINK, 0, &header, sizeof header);
    GreDeviceInfo info = { 0 };

    if (ifindex == 0 &&
        /* cppcheck-suppress nullPointer; one of the two is given */
        (strlen(ifname) >= IFNAMSIZ || nla_put_string(msg, IFLA_IFNAME, ifname) < 0))
        return FALSE;
    if (gre_netlink_ask(netlink, gre_netlink_route(netlink), msg, on_info, &info, NULL) < 0 ||
        info.ifindex == 0)
        return FALSE;
    *out = info;
    return TRUE;
}

int
gre_device_index(GreNetlink *netlink, const char *ifname)
{
    GreDeviceInfo info;

    return gre_device_info(netlink, 0, ifname, &info) ? info.ifindex : 0;
}

/* --- conflicts --- */

/* Same rules as ip_tunnel_find() and ip_tunnel_key_match() for gre, where no key and key 0 differ;
 * for ip6gre, ip6gre_tunnel_find() compares only the number. The output key does not count. */
static gboolean
same_tunnel(const GreLink *tunnel, const GreDeviceSpec *spec)
{
    const GreTunnelOptions *a = &tunnel->options;
    const GreTunnelOptions *b = spec->options;

    if (spec->mode == GRE_MODE_XFRM)
        return tunnel->mode == GRE_MODE_XFRM && tunnel->if_id == spec->if_id;
    if (tunnel->ethernet || tunnel->mode != spec->mode ||
        tunnel->parent_ifindex != spec->parent_ifindex ||
        !gre_address_equal(&tunnel->local, &spec->local) ||
        !gre_address_equal(&tunnel->remote, &spec->remote) ||
        (a->has_input_key ? a->input_key : 0) != (b->has_input_key ? b->input_key : 0))
        return FALSE;
    return spec->mode == GRE_MODE_IP6GRE || !a->has_input_key == !b->has_input_key;
}

/* FALSE with a GRE_ERROR_TAKEN that names the device that has the endpoints and key, or the
 * if_id. */
static gboolean
check_endpoints(GreNetlink *netlink, const GreDeviceSpec *spec, GError **error)
{
    g_autoptr(GArray) tunnels = gre_links_list(netlink, error);

    if (tunnels == NULL)
        return FALSE;
    for (guint i = 0; i < tunnels->len; i++) {
        const GreLink *tunnel = &g_array_index(tunnels, GreLink, i);

        if (same_tunnel(tunnel, spec)) {
            g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                        spec->mode == GRE_MODE_XFRM
                            ? "tunnel \"%s\" already has the same if_id"
                            : "tunnel \"%s\" already has the same endpoints and key",
                        tunnel->ifname);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
check_name_is_free(GreNetlink *netlink, const char *ifname, GError **error)
{
    if (gre_device_index(netlink, ifname) == 0)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN, "an interface named \"%s\" already exists",
                ifname);
    return FALSE;
}

/* The kernel accepts any index as the parent, but such a device never sends. */
static gboolean
check_parent(GreNetlink *netlink, const GreDeviceSpec *spec, GError **error)
{
    GreDeviceInfo info;

    if (spec->parent_ifindex == 0 || gre_device_info(netlink, spec->parent_ifindex, NULL, &info))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "the parent interface (index %d) does not exist", spec->parent_ifindex);
    return FALSE;
}

gboolean
gre_device_check(GreNetlink *netlink, const GreDeviceSpec *spec, GError **error)
{
    if (spec->ifname != NULL &&
        (!check_name(spec->ifname, error) || !check_name_is_free(netlink, spec->ifname, error)))
        return FALSE;
    return check_spec(spec, error) && check_parent(netlink, spec, error) &&
           check_endpoints(netlink, spec, error);
}

/* --- changes --- */

/* Sends @msg about device @ifindex; @what names the action in an error. */
static gboolean
change(GreNetlink *netlink, struct nl_msg *msg, const char *what, GError **error)
{
    if (gre_netlink_talk(netlink, gre_netlink_route(netlink), msg, error) == 0)
        return TRUE;
    g_prefix_error(error, "can't %s: ", what);
    return FALSE;
}

static GreNlMsg *
set_link_request(int ifindex)
{
    const struct ifinfomsg header = { .ifi_index = ifindex };

    return gre_netlink_message_new(RTM_SETLINK, 0, &header, sizeof header);
}

/* The kernel ignores an alias in the request that creates a device (rtnl_create_link()). */
static gboolean
set_mark(GreNetlink *netlink, int ifindex, const char *uuid, GError **error)
{
    g_autoptr(GreNlMsg) msg = set_link_request(ifindex);
    g_autofree char *alias = g_strconcat(GRE_DEVICE_ALIAS_PREFIX, uuid, NULL);

    if (nla_put(msg, IFLA_IFALIAS, (int) strlen(alias), alias) < 0)
        g_return_val_if_reached(FALSE);
    return change(netlink, msg, "mark the tunnel's device", error);
}

gboolean
gre_device_set_mtu(GreNetlink *netlink, int ifindex, guint mtu, GError **error)
{
    g_autoptr(GreNlMsg) msg = set_link_request(ifindex);
    g_autofree char *what = g_strdup_printf("set the MTU to %u", mtu);

    if (nla_put_u32(msg, IFLA_MTU, mtu) < 0)
        g_return_val_if_reached(FALSE);
    return change(netlink, msg, what, error);
}

gboolean
gre_device_move(GreNetlink *netlink, int ifindex, const GreDeviceSpec *spec, GError **error)
{
    const struct ifinfomsg header = { .ifi_index = ifindex };
    g_autoptr(GreNlMsg) msg = NULL;

    g_return_val_if_fail(ifindex > 0, FALSE);
    if (spec->mode == GRE_MODE_XFRM)
        return gre_device_set_mtu(netlink, ifindex, spec->mtu, error);
    if (!check_spec(spec, error) || !check_parent(netlink, spec, error) ||
        !check_endpoints(netlink, spec, error))
        return FALSE;
    msg = fill_request(gre_netlink_message_new(RTM_NEWLINK, 0, &header, sizeof header), spec, NULL,
                       error);
    return msg != NULL && change(netlink, msg, "give the tunnel's device other endpoints", error);
}

gboolean
gre_device_delete(GreNetlink *netlink, int ifindex, GError **error)
{
    const struct ifinfomsg header = { .ifi_index = ifindex };
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(RTM_DELLINK, 0, &header, sizeof header);
    g_autoptr(GError) local = NULL;
    int code;

    g_return_val_if_fail(ifindex > 0, FALSE);
    code = gre_netlink_talk(netlink, gre_netlink_route(netlink), msg, &local);
    if (code == 0 || code == -ENODEV)
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&local),
                               "can't remove the tunnel's device: ");
    return FALSE;
}

gboolean
gre_device_add_address(GreNetlink *netlink, int ifindex, const GrePrefix *prefix, GError **error)
{
    const struct ifaddrmsg header = { .ifa_family = (guint8) prefix->address.family,
                                      .ifa_prefixlen = prefix->length,
                                      .ifa_scope = RT_SCOPE_UNIVERSE,
                                      .ifa_index = (guint32) ifindex };
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    g_autoptr(GError) local = NULL;
    char text[GRE_ADDRESS_STRLEN];
    int  code;

    if (put_address(msg, IFA_LOCAL, &prefix->address) < 0 ||
        put_address(msg, IFA_ADDRESS, &prefix->address) < 0)
        g_return_val_if_reached(FALSE);
    code = gre_netlink_talk(netlink, gre_netlink_route(netlink), msg, &local);
    if (code == 0 || code == -EEXIST)
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&local),
                               "can't add the address %s/%u to the tunnel: ",
                               gre_address_to_string(&prefix->address, text), prefix->length);
    return FALSE;
}

/* --- creating --- */

/* Explains in the user's terms why the kernel refused. */
static void
explain(GreNetlink          *netlink,
        const GreDeviceSpec *spec,
        const char          *ifname,
        int                  code,
        GError              *kernel,
        GError             **error)
{
    static const char *const modules[] = { "ip_gre", "ip6_gre", "xfrm_interface" }; /* by mode */
    const char              *kind = gre_profile_mode_name(spec->mode, FALSE);

    if (code == -EEXIST &&
        (!check_name_is_free(netlink, ifname, error) || !check_endpoints(netlink, spec, error)))
        g_error_free(kernel);
    else if (code == -EEXIST) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                    "the kernel already has a tunnel with the same %s",
                    spec->mode == GRE_MODE_XFRM ? "if_id" : "endpoints and key");
        g_error_free(kernel);
    } else if (code == -EOPNOTSUPP) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                    "the kernel can't create %s tunnels: its module %s is missing", kind,
                    modules[spec->mode]);
        g_error_free(kernel);
    } else
        g_propagate_prefixed_error(error, kernel, "can't create the %s tunnel \"%s\": ", kind,
                                   ifname);
}

/* One attempt with one name. @name_taken: (out): whether to try another name. */
static gboolean
create_named(GreNetlink          *netlink,
             const GreDeviceSpec *spec,
             const char          *ifname,
             gboolean            *name_taken,
             GError             **error)
{
    g_autoptr(GreNlMsg) msg = gre_device_build_request(spec, ifname, error);
    GError *kernel = NULL;
    int     code;

    *name_taken = FALSE;
    if (msg == NULL)
        return FALSE;
    code = gre_netlink_talk(netlink, gre_netlink_route(netlink), msg, &kernel);
    if (code == 0)
        return TRUE;
    *name_taken = code == -EEXIST && gre_device_index(netlink, ifname) != 0;
    explain(netlink, spec, ifname, code, kernel, error);
    return FALSE;
}

/* EXCL makes it safe against other programs that choose the same free name. */
static gboolean
create_auto_named(GreNetlink *netlink, const GreDeviceSpec *spec, char *ifname, GError **error)
{
    for (guint n = 0; n <= AUTO_NAME_MAX; n++) {
        g_autoptr(GError) local = NULL;
        gboolean name_taken;

        g_snprintf(ifname, IFNAMSIZ, AUTO_NAME, n);
        if (gre_device_index(netlink, ifname) != 0)
            continue;
        if (create_named(netlink, spec, ifname, &name_taken, &local))
            return TRUE;
        if (!name_taken) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
    }
    g_set_error_literal(error, GRE_ERROR, GRE_ERROR_TAKEN, "all nmgre<N> names are in use");
    return FALSE;
}

/* Finds and marks the new device; removes it again if it cannot be marked. */
static gboolean
adopt(GreNetlink *netlink, const char *ifname, const char *uuid, GreDevice *out, GError **error)
{
    GreDevice device = { .ifindex = gre_device_index(netlink, ifname) };

    if (device.ifindex == 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_DEVICE_GONE,
                    "the tunnel's device \"%s\" was removed while it was being set up", ifname);
        return FALSE;
    }
    if (!set_mark(netlink, device.ifindex, uuid, error)) {
        gre_device_delete(netlink, device.ifindex, NULL);
        return FALSE;
    }
    g_strlcpy(device.ifname, ifname, sizeof device.ifname);
    g_strlcpy(device.uuid, uuid, sizeof device.uuid);
    *out = device;
    return TRUE;
}

gboolean
gre_device_create(GreNetlink *netlink, const GreDeviceSpec *spec, GreDevice *out, GError **error)
{
    char     ifname[IFNAMSIZ];
    gboolean name_taken;

    if (!check_parent(netlink, spec, error))
        return FALSE;
    if (spec->ifname == NULL) {
        if (!create_auto_named(netlink, spec, ifname, error))
            return FALSE;
    } else {
        if (!create_named(netlink, spec, spec->ifname, &name_taken, error))
            return FALSE;
        g_strlcpy(ifname, spec->ifname, sizeof ifname);
    }
    return adopt(netlink, ifname, spec->uuid, out, error);
}
