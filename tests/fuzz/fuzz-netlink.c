/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes what the kernel answers, or a program that takes its place: this program's own nl_recv()
 * gives the input's pieces to whoever asks. The first byte says who does; each piece begins with
 * its length in two bytes.
 */
#include "base/log.h"
#include "kernel/barrier-table.h"
#include "kernel/barrier.h"
#include "kernel/device.h"
#include "kernel/gre-links.h"
#include "kernel/nft-watch.h"
#include "kernel/path-mtu-watch.h"
#include "kernel/route.h"
#include "kernel/source-nat.h"
#include "kernel/stale-sa.h"
#include "kernel/xfrm-state.h"
#include "kernel/xfrm-watch.h"

#include <fcntl.h>
#include <netlink/errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const guint8 *input;
static gsize         left;

/* ---- in place of libnl's ---- */

enum { SEQ = 1 };

int
nl_connect(struct nl_sock *socket, int protocol)
{
    return 0;
}

/* Always readable. */
int
nl_socket_get_fd(const struct nl_sock *socket)
{
    static int fd = -1;

    if (fd < 0)
        fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    return fd;
}

int
nl_socket_add_memberships(struct nl_sock *socket, int group, ...)
{
    return 0;
}

int
nl_send_auto(struct nl_sock *socket, struct nl_msg *msg)
{
    nlmsg_hdr(msg)->nlmsg_seq = SEQ;
    return 1;
}

int
nl_sendto(struct nl_sock *socket, void *buf, size_t size)
{
    return (int) size;
}

/* Sequence numbers fit; all else is as the input has it. */
int
nl_recv(struct nl_sock *socket, struct sockaddr_nl *from, unsigned char **buf, struct ucred **creds)
{
    struct nlmsghdr *header;
    gsize            len;
    int              rest;

    if (left < 2)
        return -NLE_AGAIN;
    len = MIN(input[0] + 256u * input[1], left - 2);
    *buf = malloc(len + 1);
    memcpy(*buf, input + 2, len);
    input += 2 + len;
    left -= 2 + len;
    header = (struct nlmsghdr *) *buf;
    rest = (int) len;
    for (; nlmsg_ok(header, rest); header = nlmsg_next(header, &rest))
        header->nlmsg_seq = SEQ;
    return (int) len;
}

/* ---- who asks ---- */

typedef struct {
    GreAddress local, remote;
    GreBarrier barrier;
} Ends;

static void
ends_init(Ends *ends, gboolean six)
{
    g_assert_true(gre_address_parse(six ? "fd31::1" : "172.31.0.1", &ends->local));
    g_assert_true(gre_address_parse(six ? "fd31::2" : "172.31.0.2", &ends->remote));
    ends->barrier = (GreBarrier){ ends->local, ends->remote,
                                  gre_barrier_mark("d0e1f2a3-0000-4000-8000-000000000001") };
}

static void
ask_links(GreNetlink *netlink)
{
    g_autoptr(GArray) links = gre_links_list(netlink, NULL);
    GreLink link;

    for (guint i = 0; links && i < links->len; i++) {
        const GreLink *each = &g_array_index(links, GreLink, i);

        g_assert_nonnull(memchr(each->ifname, 0, sizeof each->ifname));
        g_assert_nonnull(memchr(each->uuid, 0, sizeof each->uuid));
    }
    gre_links_find_index(netlink, 7, &link);
    gre_links_find(netlink, "gre7", &link);
}

static void
ask_device(GreNetlink *netlink, const Ends *ends)
{
    GreTunnelOptions    options = { 0 };
    const GreDeviceSpec spec = { .uuid = "d0e1f2a3-0000-4000-8000-000000000001",
                                 .mode = gre_address_size(ends->local.family) == 4
                                             ? GRE_MODE_GRE
                                             : GRE_MODE_IP6GRE,
                                 .local = ends->local,
                                 .remote = ends->remote,
                                 .options = &options };
    GreDevice           device;
    GreDeviceInfo       info;

    gre_device_check(netlink, &spec, NULL);
    gre_device_create(netlink, &spec, &device, NULL);
    gre_device_info(netlink, 7, "gre7", &info);
    gre_device_index(netlink, "gre7");
}

static void
ask_route(GreNetlink *netlink, const Ends *ends)
{
    GreRoute route;
    g_autoptr(GError) error = NULL;

    if (gre_route_lookup(netlink, &ends->remote, &ends->local, 0, 0, 3, &route, &error))
        g_assert_nonnull(memchr(route.ifname, 0, sizeof route.ifname));
    else
        g_assert_nonnull(error);
}

static void
ask_barriers(GreNetlink *netlink, const Ends *ends)
{
    gboolean missing;
    g_autoptr(GArray) list = gre_barrier_list(netlink, NULL);

    for (guint i = 0; list && i < list->len; i++)
        g_assert_true(gre_barrier_mark_is_ours(g_array_index(list, GreBarrier, i).mark));
    gre_barrier_stands(netlink, &ends->barrier);
    gre_barrier_lay_again(netlink, &ends->barrier, &missing, NULL);
    gre_barrier_lift(netlink, &ends->barrier, NULL);
}

static void
ask_states(GreNetlink *netlink, const Ends *ends)
{
    gre_xfrm_state_exists(netlink, &ends->local, 0xc0ffee);
    gre_xfrm_state_has_policies(netlink, &ends->local, &ends->remote);
    gre_stale_sa_remove(netlink, &ends->local, &ends->remote, 1, 2);
    gre_stale_sa_remove_policies(netlink, &ends->local, &ends->remote);
}

static void
ask_netfilter(GreNetlink *netlink, const Ends *ends)
{
    GreBarrierTable *table = gre_barrier_table_new(netlink);
    gboolean         missing;

    gre_source_nat_is_possible(netlink);
    gre_source_nat_forget(netlink, &ends->local, &ends->remote);
    gre_barrier_table_add(table, &ends->barrier, NULL);
    gre_barrier_table_lay_again(table, &missing, NULL);
    gre_barrier_table_remove(table, &ends->barrier);
    gre_barrier_table_free(table);
}

static void
changed(GreNetlinkEvent event, int ifindex, gpointer data)
{
}

static void
lost(const GreXfrmLoss *loss, gpointer data)
{
}

static void
flushed(gpointer data)
{
}

/* One turn reads all that there is, or up to a limit. */
static void
take_turns(void)
{
    for (guint i = 0; i < 8 && left >= 2; i++)
        g_main_context_iteration(NULL, FALSE);
}

static void
notifications(GreNetlink *netlink, guint8 of)
{
    guint         watch = of == 'n' ? gre_netlink_watch(netlink, changed, NULL) : 0;
    GreXfrmWatch *xfrm = of == 'x' ? gre_xfrm_watch_new(lost, NULL, NULL) : NULL;
    GreNftWatch  *nft = of == 'f' ? gre_nft_watch_new(flushed, NULL, NULL) : NULL;

    take_turns();
    if (watch)
        gre_netlink_unwatch(netlink, watch);
    gre_xfrm_watch_free(xfrm);
    gre_nft_watch_free(nft);
}

/* No netlink, but from the kernel too. */
static void
parse_icmp(int family)
{
    GreAddress to;

    if (gre_path_mtu_watch_parse(family, input, left, &to))
        g_assert_cmpint(to.family, ==, family);
}

static void
ask(GreNetlink *netlink, guint8 who, const Ends *ends)
{
    switch (who) {
    case 'L':
        ask_links(netlink);
        break;
    case 'D':
    case 'd':
        ask_device(netlink, ends);
        break;
    case 'R':
    case 'r':
        ask_route(netlink, ends);
        break;
    case 'B':
    case 'b':
        ask_barriers(netlink, ends);
        break;
    case 'S':
    case 's':
        ask_states(netlink, ends);
        break;
    case 'P':
    case 'p':
        parse_icmp(ends->local.family);
        break;
    case 'N':
        ask_netfilter(netlink, ends);
        break;
    default:
        notifications(netlink, who);
        break;
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GreNetlink) netlink = NULL;
    Ends ends;

    if (size == 0)
        return 0;
    gre_log_init(LOG_EMERG, TRUE);
    input = data + 1;
    left = size - 1;
    netlink = gre_netlink_new(NULL);
    ends_init(&ends, g_ascii_islower(data[0]));
    ask(netlink, data[0], &ends);
    return 0;
}
