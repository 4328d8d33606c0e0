/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/source-nat.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netlink/attr.h>
#include <string.h>

#include "kernel/barrier-rules.h"

/* ---- whether there is any ---- */

static gboolean
attr_is(const struct nlmsghdr *chain, int attribute, const char *text)
{
    struct nlattr *attr =
        nlmsg_find_attr((struct nlmsghdr *) chain, sizeof(struct nfgenmsg), attribute);

    return attr && nla_strcmp(attr, text) == 0;
}

static gboolean
is_postrouting(const struct nlmsghdr *chain)
{
    struct nlattr *hook =
        nlmsg_find_attr((struct nlmsghdr *) chain, sizeof(struct nfgenmsg), NFTA_CHAIN_HOOK);
    struct nlattr *number =
        hook ? nla_find(nla_data(hook), nla_len(hook), NFTA_HOOK_HOOKNUM) : NULL;

    return number && nla_len(number) == sizeof(guint32) &&
           ntohl(nla_get_u32(number)) == NF_INET_POST_ROUTING;
}

/* @found gets an element for each chain */
static void
take_chain(const struct nlmsghdr *chain, gpointer found)
{
    static const guint8 one = 1;

    if (attr_is(chain, NFTA_CHAIN_TYPE, "nat") && is_postrouting(chain) &&
        !attr_is(chain, NFTA_CHAIN_TABLE, GRE_BARRIER_RULES_TABLE))
        g_array_append_val(found, one);
}

static gboolean
nft_has(GreNetlink *netlink)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, 1);
    g_autoptr(GreNlMsg) msg =
        gre_nft_batch_request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_UNSPEC);
    struct nl_sock *socket = gre_netlink_netfilter(netlink);

    if (socket) /* a kernel without nf_tables has none */
        gre_netlink_dump(netlink, socket, msg, take_chain, found, NULL);
    return found->len > 0;
}

/* @path: a list of tables, one a line */
static gboolean
legacy_has(const char *path)
{
    g_autofree char *names = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &names, NULL, NULL))
        return FALSE;
    lines = g_strsplit(names, "\n", -1);
    return g_strv_contains((const char *const *) lines, "nat");
}

/* Nothing is counted as long as nothing in this network namespace asks for connections. */
static gboolean
connections_are_tracked(void)
{
    g_autofree char *count = NULL;

    return g_file_get_contents("/proc/sys/net/netfilter/nf_conntrack_count", &count, NULL, NULL) &&
           g_ascii_strtoull(count, NULL, 10) > 0;
}

gboolean
gre_source_nat_is_possible(GreNetlink *netlink)
{
    return connections_are_tracked() || nft_has(netlink) ||
           legacy_has("/proc/self/net/ip_tables_names") ||
           legacy_has("/proc/self/net/ip6_tables_names");
}

/* ---- what is remembered ---- */

/* @port: of both ends, 0 where the protocol has none, or none that tells flows apart */
static void
forget(GreNetlink       *netlink,
       const GreAddress *local,
       const GreAddress *remote,
       guint8            protocol,
       guint16           port)
{
    gboolean v4 = local->family == AF_INET;
    int      size = v4 ? 4 : 16;
    g_autoptr(GreNlMsg) msg = gre_nft_batch_request(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE, 0,
                                                    (guint8) local->family);
    struct nl_sock *socket = gre_netlink_netfilter(netlink);
    struct nlattr  *tuple = nla_nest_start(msg, CTA_TUPLE_ORIG);
    struct nlattr  *nest = nla_nest_start(msg, CTA_TUPLE_IP);

    nla_put(msg, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, size, local->bytes);
    nla_put(msg, v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, size, remote->bytes);
    nla_nest_end(msg, nest);
    nest = nla_nest_start(msg, CTA_TUPLE_PROTO);
    nla_put_u8(msg, CTA_PROTO_NUM, protocol);
    nla_put_u16(msg, CTA_PROTO_SRC_PORT, htons(port));
    nla_put_u16(msg, CTA_PROTO_DST_PORT, htons(port));
    nla_nest_end(msg, nest);
    nla_nest_end(msg, tuple);
    if (socket) /* there may be no such entry, or no connection tracking */
        gre_netlink_talk(netlink, socket, msg, NULL);
}

void
gre_source_nat_forget(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote)
{
    enum { IKE = 500, IKE_BEHIND_NAT = 4500 };

    forget(netlink, local, remote, IPPROTO_GRE, 0);
    forget(netlink, local, remote, IPPROTO_ESP, 0);
    forget(netlink, local, remote, IPPROTO_UDP, IKE);
    forget(netlink, local, remote, IPPROTO_UDP, IKE_BEHIND_NAT);
}
