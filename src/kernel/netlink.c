/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink sockets. The kernel answers a request within the system call that sends it, so
 * reading the answer never waits; a receive timeout covers an answer that the kernel could not
 * allocate. libnl sends and receives; the answer is parsed here because libnl drops the kernel's
 * error text and maps its errno to fewer values.
 *
 * Notifications arrive on two sockets. Link messages are read one by one. For addresses and routes
 * it only matters that something changed, so that socket is never parsed: it is left alone for
 * SETTLE_MS after its first message and then emptied. A router with a full BGP table that learns
 * thousands of routes a second causes no more than three wake-ups a second.
 */
#include <errno.h>
#include <sys/socket.h>
#include <linux/rtnetlink.h>
#include <glib-unix.h>

#include "gre-error.h"
#include "kernel/netlink.h"

#define ANSWER_TIMEOUT_S  10
#define SETTLE_MS         300
#define LINKS_BUFFER      (1024 * 1024) /* bytes; the kernel cuts it to net.core.rmem_max */
#define UNDERLAY_BUFFER   4096          /* bytes; lost messages do not matter */
#define MESSAGES_PER_TURN 128
#define DUMP_TRIES        5
#define MAX_ERRNO         4095 /* include/linux/err.h */

typedef struct {
    guint          id;
    GreNetlinkFunc func; /* NULL: unwatched from within a callback, freed after it */
    gpointer       user_data;
} Watch;

struct _GreNetlink {
    struct nl_sock *route;
    struct nl_sock *xfrm;
    struct nl_sock *netfilter; /* NULL until it is needed */
    struct nl_sock *links;     /* both NULL without watches */
    struct nl_sock *underlay;
    guint           links_source;
    guint           underlay_source; /* for its messages, or the settle timer */
    GPtrArray      *watches;
    guint           last_id;
    gboolean        notifying;
};

/* One answer being read. */
typedef struct {
    guint32             seq;
    GreNetlinkReplyFunc func;
    gpointer            user_data;
    gboolean            done;
    gboolean            interrupted;
    int                 code; /* 0 or a negative errno */
    char               *words;
} Answer;

static struct nl_sock *
socket_open(int protocol, GError **error)
{
    struct nl_sock *socket = nl_socket_alloc();
    int             err;

    if (socket == NULL)
        g_error("out of memory");
    err = nl_connect(socket, protocol);
    if (err == 0)
        return socket;
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL, "can't open a netlink socket (protocol %d): %s",
                protocol, nl_geterror(err));
    nl_socket_free(socket);
    return NULL;
}

struct nl_sock *
gre_netlink_notifications_open(int protocol, int buffer, GError **error)
{
    struct nl_sock *socket = socket_open(protocol, error);

    if (socket == NULL)
        return NULL;
    nl_socket_set_nonblocking(socket);
    nl_socket_set_buffer_size(socket, buffer, 4096);
    return socket;
}

void
gre_netlink_notifications_read(struct nl_sock      *socket,
                               GreNetlinkNoticeFunc func,
                               gpointer             user_data)
{
    for (guint turn = 0; turn < MESSAGES_PER_TURN; turn++) {
        struct sockaddr_nl from = { 0 };
        unsigned char     *buffer = NULL;
        int                left = nl_recv(socket, &from, &buffer, NULL);

        if (left > 0 && from.nl_pid == 0) {
            struct nlmsghdr *header = (struct nlmsghdr *) buffer;

            for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
                func(header, user_data);
        } else if (left == -NLE_NOMEM) /* ENOBUFS */
            func(NULL, user_data);
        free(buffer);
        if (left < 0 && left != -NLE_NOMEM)
            break;
    }
}

/* Asks the kernel for error texts without a copy of our request. Old kernels do not support it. */
static void
socket_set_up_requests(struct nl_sock *socket)
{
    struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
    int            on = 1;
    int            fd = nl_socket_get_fd(socket);

    (void) setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    (void) setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

static void
watch_free(gpointer watch)
{
    g_free(watch);
}

GreNetlink *
gre_netlink_new_reader(GError **error)
{
    g_autoptr(GreNetlink) netlink = g_new0(GreNetlink, 1);

    netlink->watches = g_ptr_array_new_with_free_func(watch_free);
    netlink->route = socket_open(NETLINK_ROUTE, error);
    if (netlink->route == NULL)
        return NULL;
    socket_set_up_requests(netlink->route);
    return g_steal_pointer(&netlink);
}

GreNetlink *
gre_netlink_new(GError **error)
{
    g_autoptr(GreNetlink) netlink = gre_netlink_new_reader(error);

    if (netlink == NULL)
        return NULL;
    netlink->xfrm = socket_open(NETLINK_XFRM, error);
    if (netlink->xfrm == NULL) {
        g_prefix_error(error, "the kernel has no IPsec (xfrm_user): ");
        return NULL;
    }
    socket_set_up_requests(netlink->xfrm);
    return g_steal_pointer(&netlink);
}

static void
notifications_stop(GreNetlink *netlink)
{
    g_clear_handle_id(&netlink->links_source, g_source_remove);
    g_clear_handle_id(&netlink->underlay_source, g_source_remove);
    g_clear_pointer(&netlink->links, nl_socket_free);
    g_clear_pointer(&netlink->underlay, nl_socket_free);
}

void
gre_netlink_free(GreNetlink *netlink)
{
    notifications_stop(netlink);
    g_clear_pointer(&netlink->route, nl_socket_free);
    g_clear_pointer(&netlink->xfrm, nl_socket_free);
    g_clear_pointer(&netlink->netfilter, nl_socket_free);
    g_ptr_array_unref(netlink->watches);
    g_free(netlink);
}

struct nl_sock *
gre_netlink_route(GreNetlink *netlink)
{
    return netlink->route;
}

struct nl_sock *
gre_netlink_xfrm(GreNetlink *netlink)
{
    return netlink->xfrm;
}

struct nl_sock *
gre_netlink_netfilter(GreNetlink *netlink)
{
    if (netlink->netfilter == NULL) {
        netlink->netfilter = socket_open(NETLINK_NETFILTER, NULL);
        if (netlink->netfilter != NULL)
            socket_set_up_requests(netlink->netfilter);
    }
    return netlink->netfilter;
}

GreNlMsg *
gre_netlink_message_new(int type, int flags, gconstpointer header, gsize size)
{
    GreNlMsg *msg = nlmsg_alloc_simple(type, flags);

    if (msg == NULL || nlmsg_append(msg, (void *) header, size, NLMSG_ALIGNTO) < 0)
        g_error("out of memory");
    return msg;
}

/* --- requests --- */

/* The kernel's text behind a struct nlmsgerr, NULL if there is none. */
static char *
error_words(const struct nlmsghdr *header)
{
    const struct nlmsgerr *e = nlmsg_data(header);
    struct nlattr         *attrs[NLMSGERR_ATTR_MAX + 1] = { NULL };
    struct nla_policy      policy[NLMSGERR_ATTR_MAX + 1] = { 0 };
    gsize                  before = NLMSG_ALIGN(sizeof *e);
    gsize                  length = (gsize) nlmsg_datalen(header);

    policy[NLMSGERR_ATTR_MSG].type = NLA_STRING;
    if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
        return NULL;
    if (!(header->nlmsg_flags & NLM_F_CAPPED))
        before += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_ALIGN(sizeof e->msg);
    if (before >= length ||
        nla_parse(attrs, NLMSGERR_ATTR_MAX,
                  (struct nlattr *) ((guint8 *) nlmsg_data(header) + before),
                  (int) (length - before), policy) < 0 ||
        attrs[NLMSGERR_ATTR_MSG] == NULL)
        return NULL;
    return g_strdup(nla_get_string(attrs[NLMSGERR_ATTR_MSG]));
}

int
gre_netlink_errno(int code)
{
    return MAX(code, -MAX_ERRNO);
}

static void
answer_message(Answer *answer, struct nlmsghdr *header)
{
    if (header->nlmsg_seq != answer->seq)
        return; /* left from a request that ended early */
    if (header->nlmsg_flags & NLM_F_DUMP_INTR)
        answer->interrupted = TRUE;

    if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE) {
        /* A dump ends with an errno too. */
        if (nlmsg_datalen(header) >= (int) sizeof(int))
            answer->code = gre_netlink_errno(*(const int *) nlmsg_data(header));
        if (header->nlmsg_type == NLMSG_ERROR && answer->code != 0 &&
            nlmsg_datalen(header) >= (int) sizeof(struct nlmsgerr))
            answer->words = error_words(header);
        answer->done = TRUE;
    } else if (header->nlmsg_type != NLMSG_NOOP && answer->func != NULL)
        answer->func(header, answer->user_data);
}

static int
recv_errno(int nlerr)
{
    switch (-nlerr) {
    case NLE_AGAIN:
        return -ETIMEDOUT;
    case NLE_NOMEM:
        return -ENOBUFS;
    default:
        return -EIO;
    }
}

/* Reads until the answer is complete. */
static void
answer_receive(Answer *answer, struct nl_sock *socket)
{
    while (!answer->done) {
        struct sockaddr_nl from = { 0 };
        unsigned char     *buffer = NULL;
        int                left = nl_recv(socket, &from, &buffer, NULL);

        if (left <= 0) {
            answer->code = recv_errno(left);
            answer->done = TRUE;
        }
        if (left > 0 && from.nl_pid == 0) {
            struct nlmsghdr *header = (struct nlmsghdr *) buffer;

            for (; !answer->done && nlmsg_ok(header, left); header = nlmsg_next(header, &left))
                answer_message(answer, header);
        }
        free(buffer);
    }
}

static void
set_kernel_error(GError **error, int code, const char *words)
{
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL, "%s%s",
                words != NULL ? words : g_strerror(-code),
                code == -EPERM ? " (needs the capability CAP_NET_ADMIN)" : "");
}

static int
ask(struct nl_sock *socket, struct nl_msg *msg, Answer *answer, GError **error)
{
    int err = nl_send_auto(socket, msg);

    if (err < 0) {
        answer->code = -EIO;
        answer->words = g_strdup(nl_geterror(err));
    } else {
        answer->seq = nlmsg_hdr(msg)->nlmsg_seq;
        answer_receive(answer, socket);
    }
    if (answer->code < 0)
        set_kernel_error(error, answer->code, answer->words);
    g_free(answer->words);
    return MIN(answer->code, 0);
}

int
gre_netlink_ask(GreNetlink         *netlink,
                struct nl_sock     *socket,
                struct nl_msg      *msg,
                GreNetlinkReplyFunc func,
                gpointer            user_data,
                GError            **error)
{
    Answer answer = { .func = func, .user_data = user_data };

    nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    return ask(socket, msg, &answer, error);
}

int
gre_netlink_talk(GreNetlink *netlink, struct nl_sock *socket, struct nl_msg *msg, GError **error)
{
    return gre_netlink_ask(netlink, socket, msg, NULL, NULL, error);
}

int
gre_netlink_dump(GreNetlink         *netlink,
                 struct nl_sock     *socket,
                 struct nl_msg      *msg,
                 GreNetlinkReplyFunc func,
                 GArray             *out,
                 GError            **error)
{
    nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
    for (guint try = 1;; try++) {
        Answer answer = { .func = func, .user_data = out };
        int    code;

        g_array_set_size(out, 0);
        nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
        code = ask(socket, msg, &answer, error);
        /* On a busy machine the last answer is used: each entry in it is valid. */
        if (code < 0 || !answer.interrupted || try == DUMP_TRIES)
            return code;
    }
}

/* --- notifications --- */

static gboolean on_underlay(int fd, GIOCondition condition, gpointer user_data);

static void
sweep(GreNetlink *netlink)
{
    for (guint i = netlink->watches->len; i-- > 0;) {
        const Watch *watch = g_ptr_array_index(netlink->watches, i);

        if (watch->func == NULL)
            g_ptr_array_remove_index(netlink->watches, i);
    }
    if (netlink->watches->len == 0)
        notifications_stop(netlink);
}

/* Callbacks may watch and unwatch: new watches start with the next event. */
static void
notify(GreNetlink *netlink, GreNetlinkEvent event, int ifindex)
{
    guint n = netlink->watches->len;

    for (guint i = 0; i < n; i++) {
        const Watch *watch = g_ptr_array_index(netlink->watches, i);

        if (watch->func != NULL)
            watch->func(event, ifindex, watch->user_data);
    }
}

static void
notify_link(GreNetlink *netlink, struct nlmsghdr *header)
{
    const struct ifinfomsg *info;

    if (!nlmsg_valid_hdr(header, sizeof *info))
        return;
    info = nlmsg_data(header);
    /* Other families report a bridge's ports or IPv6 settings, not the device. */
    if (info->ifi_family != AF_UNSPEC)
        return;
    if (header->nlmsg_type == RTM_DELLINK)
        notify(netlink, GRE_NETLINK_LINK_REMOVED, info->ifi_index);
    else if (header->nlmsg_type == RTM_NEWLINK)
        notify(netlink, GRE_NETLINK_LINK_CHANGED, info->ifi_index);
}

static void
on_link_notice(struct nlmsghdr *notice, gpointer user_data)
{
    if (notice)
        notify_link(user_data, notice);
    else
        notify(user_data, GRE_NETLINK_OVERRUN, 0);
}

static gboolean
on_links(int fd, GIOCondition condition, gpointer user_data)
{
    GreNetlink *netlink = user_data;

    netlink->notifying = TRUE;
    gre_netlink_notifications_read(netlink->links, on_link_notice, netlink);
    netlink->notifying = FALSE;
    sweep(netlink);
    return netlink->links != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Emptied first: later changes make the socket readable again. */
static gboolean
on_settled(gpointer user_data)
{
    GreNetlink *netlink = user_data;
    int         fd = nl_socket_get_fd(netlink->underlay);
    char        byte;
    gssize      n;

    do
        n = recv(fd, &byte, sizeof byte, MSG_DONTWAIT | MSG_TRUNC);
    while (n >= 0 || errno == ENOBUFS || errno == EINTR);

    netlink->underlay_source = g_unix_fd_add(fd, G_IO_IN | G_IO_ERR, on_underlay, netlink);
    netlink->notifying = TRUE;
    notify(netlink, GRE_NETLINK_UNDERLAY, 0);
    netlink->notifying = FALSE;
    sweep(netlink);
    return G_SOURCE_REMOVE;
}

static gboolean
on_underlay(int fd, GIOCondition condition, gpointer user_data)
{
    GreNetlink *netlink = user_data;

    netlink->underlay_source = g_timeout_add(SETTLE_MS, on_settled, netlink);
    return G_SOURCE_REMOVE;
}

static void
notifications_start(GreNetlink *netlink)
{
    netlink->links = gre_netlink_notifications_open(NETLINK_ROUTE, LINKS_BUFFER, NULL);
    netlink->underlay = gre_netlink_notifications_open(NETLINK_ROUTE, UNDERLAY_BUFFER, NULL);
    if (netlink->links == NULL || netlink->underlay == NULL ||
        nl_socket_add_memberships(netlink->links, RTNLGRP_LINK, 0) < 0 ||
        /* When a link goes down, the kernel removes its IPv4 routes without a message of their own,
         * after the link's: they are gone once the burst is over. */
        nl_socket_add_memberships(netlink->underlay, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                  RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_LINK, 0) < 0) {
        g_warning("no notifications from the kernel: can't open their sockets");
        notifications_stop(netlink);
        return;
    }
    netlink->links_source =
        g_unix_fd_add(nl_socket_get_fd(netlink->links), G_IO_IN | G_IO_ERR, on_links, netlink);
    netlink->underlay_source = g_unix_fd_add(nl_socket_get_fd(netlink->underlay),
                                             G_IO_IN | G_IO_ERR, on_underlay, netlink);
}

guint
gre_netlink_watch(GreNetlink *netlink, GreNetlinkFunc func, gpointer user_data)
{
    Watch *watch = g_new(Watch, 1);

    *watch = (Watch){ .id = ++netlink->last_id, .func = func, .user_data = user_data };
    g_ptr_array_add(netlink->watches, watch);
    if (netlink->links == NULL)
        notifications_start(netlink);
    return watch->id;
}

void
gre_netlink_unwatch(GreNetlink *netlink, guint id)
{
    for (guint i = 0; i < netlink->watches->len; i++) {
        Watch *watch = g_ptr_array_index(netlink->watches, i);

        if (watch->id == id)
            watch->func = NULL;
    }
    if (!netlink->notifying)
        sweep(netlink);
}
