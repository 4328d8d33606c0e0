/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks up the route of the tunnel's outer packets in the kernel.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "kernel/device.h"
#include "gre-error.h"
#include "kernel/route.h"
#include "kernel/route-source.h"

typedef struct {
    guint8     type; /* RTN_…; RTN_UNSPEC: no answer */
    int        oif;
    guint      mtu; /* 0: the route has none of its own */
    guint      expires_s;
    GreAddress source;
} Route;

/* Kernel: rtnl_put_cacheinfo(), in 1/USER_HZ s; of what it has learned of a path, or of a route
 * that a router advertises. */
static guint
expires_s(const struct nlattr *cache)
{
    gint32 ticks = 0;

    if (cache != NULL && nla_len(cache) >= (int) sizeof(struct rta_cacheinfo))
        ticks = ((const struct rta_cacheinfo *) nla_data(cache))->rta_expires;
    return ticks > 0 ? (guint) (ticks / sysconf(_SC_CLK_TCK)) + 1 : 0;
}

static void
on_route(const struct nlmsghdr *reply, gpointer user_data)
{
    Route              *route = user_data;
    const struct rtmsg *header = nlmsg_data(reply);
    struct nlattr      *tb[RTA_MAX + 1], *metrics[RTAX_MAX + 1];

    if (reply->nlmsg_type != RTM_NEWROUTE ||
        nlmsg_parse((struct nlmsghdr *) reply, sizeof *header, tb, RTA_MAX, NULL) < 0)
        return;
    route->type = header->rtm_type;
    route->source.family = header->rtm_family;
    if (tb[RTA_OIF] != NULL)
        route->oif = (int) nla_get_u32(tb[RTA_OIF]);
    if (tb[RTA_PREFSRC] != NULL)
        nla_memcpy(route->source.bytes, tb[RTA_PREFSRC],
                   (int) gre_address_size(header->rtm_family));
    if (tb[RTA_METRICS] != NULL &&
        nla_parse_nested(metrics, RTAX_MAX, tb[RTA_METRICS], NULL) == 0 &&
        metrics[RTAX_MTU] != NULL)
        route->mtu = nla_get_u32(metrics[RTAX_MTU]);
    route->expires_s = expires_s(tb[RTA_CACHEINFO]);
}

/* Returns 0 or the kernel's negative errno. */
static int
lookup(GreNetlink       *netlink,
       const GreAddress *to,
       const GreAddress *from,
       int               oif,
       guint32           fwmark,
       Route            *out)
{
    guint8             size = (guint8) gre_address_size(to->family);
    const struct rtmsg header = { .rtm_family = (guint8) to->family,
                                  .rtm_dst_len = (guint8) (size * 8),
                                  .rtm_src_len = from != NULL ? (guint8) (size * 8) : 0 };
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(RTM_GETROUTE, 0, &header, sizeof header);
    int err = nla_put(msg, RTA_DST, size, to->bytes);

    memset(out, 0, sizeof *out);
    if (from != NULL)
        err |= nla_put(msg, RTA_SRC, size, from->bytes);
    if (oif != 0)
        err |= nla_put_u32(msg, RTA_OIF, (guint32) oif);
    if (fwmark != 0)
        err |= nla_put_u32(msg, RTA_MARK, fwmark);
    g_return_val_if_fail(err == 0, -EMSGSIZE);
    return gre_netlink_ask(netlink, gre_netlink_route(netlink), msg, on_route, out, NULL);
}

/* The interface is part of the request: in a VRF its addresses are in another table. */
static gboolean
is_ours(GreNetlink *netlink, const GreAddress *address, int oif)
{
    Route route;

    if (lookup(netlink, address, NULL, 0, 0, &route) == 0 && route.type == RTN_LOCAL)
        return TRUE;
    return oif != 0 && lookup(netlink, address, NULL, oif, 0, &route) == 0 &&
           route.type == RTN_LOCAL;
}

/* @words: (nullable): what is wrong with @whom; NULL: nothing. */
static gboolean
fine(const char *words, const char *whom, const GreAddress *address, GError **error)
{
    char text[GRE_ADDRESS_STRLEN];

    if (words == NULL)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_ROUTE, "the %s %s %s", whom,
                gre_address_to_string(address, text), words);
    return FALSE;
}

/* What the error @code of a lookup means for the peer. */
static const char *
code_words(int code)
{
    switch (-code) {
    case ENETUNREACH:
    case ESRCH:
    case EAGAIN: /* a "throw" route and nothing after it */
        return "can't be reached: no route to it";
    case EHOSTUNREACH:
        return "can't be reached: its route has the type \"unreachable\"";
    case EACCES:
        return "can't be reached: its route has the type \"prohibit\"";
    case EINVAL:
        return "can't be reached: its route is a blackhole";
    case ENODEV:
    case ENETDOWN:
        return "can't be reached: the interface towards it is down or gone";
    default:
        return "can't be reached: route lookup failed";
    }
}

/* The same for the type of a route; NULL if packets can use it. */
static const char *
type_words(guint8 type)
{
    switch (type) {
    case RTN_UNICAST:
    case RTN_MULTICAST:
        return NULL;
    case RTN_LOCAL:
    case RTN_ANYCAST:
        return "is one of this machine's own addresses";
    case RTN_BROADCAST:
        return "is a broadcast address";
    case RTN_UNREACHABLE:
        return code_words(-EHOSTUNREACH);
    case RTN_PROHIBIT:
        return code_words(-EACCES);
    case RTN_BLACKHOLE:
        return code_words(-EINVAL);
    default:
        return code_words(-ENETUNREACH);
    }
}

static gboolean
fill(GreNetlink       *netlink,
     const GreAddress *remote,
     const GreAddress *local,
     const Route      *route,
     GreRoute         *out,
     GError          **error)
{
    GreDeviceInfo device;
    GreRoute      underlay = { .source = local != NULL ? *local : route->source };
    const char   *wrong = NULL;

    if (!gre_device_info(netlink, route->oif, "", &device))
        return fine(code_words(-ENODEV), "peer", remote, error);
    if (gre_address_is_any(&underlay.source))
        wrong = "can't be reached: no source address for it";
    else if (local == NULL)
        wrong = gre_route_source_wrong(netlink, &underlay.source, remote, device.ifindex);
    if (wrong != NULL)
        return fine(wrong, "peer", remote, error);
    underlay.ifindex = device.ifindex;
    underlay.mtu = route->mtu != 0 ? MIN(route->mtu, device.mtu) : device.mtu;
    underlay.mtu_expires_s = route->mtu != 0 ? route->expires_s : 0;
    g_strlcpy(underlay.ifname, device.ifname, sizeof underlay.ifname);
    *out = underlay;
    return TRUE;
}

gboolean
gre_route_lookup(GreNetlink       *netlink,
                 const GreAddress *remote,
                 const GreAddress *local,
                 int               oif,
                 guint32           fwmark,
                 int               avoid_ifindex,
                 GreRoute         *out,
                 GError          **error)
{
    Route       route;
    const char *wrong;
    int         code;

    if (local != NULL && gre_address_is_any(local))
        local = NULL;
    if (local != NULL && !is_ours(netlink, local, oif))
        return fine("is not an address of this machine", "local address", local, error);
    /* Checked first: with an interface given, the kernel skips its own addresses. */
    if (is_ours(netlink, remote, oif))
        return fine(type_words(RTN_LOCAL), "peer", remote, error);

    code = lookup(netlink, remote, local, oif, fwmark, &route);
    wrong = code < 0 ? code_words(code) : type_words(route.type);
    if (wrong == NULL && avoid_ifindex != 0 && route.oif == avoid_ifindex)
        wrong = "can't be reached: the route to it leads through the tunnel itself";
    return fine(wrong, "peer", remote, error) && fill(netlink, remote, local, &route, out, error);
}
