/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's netlink sockets: one for requests (the kernel answers immediately, so these calls
 * do not wait), one for XFRM requests, one for netfilter's, two for notifications on the main loop.
 */
#ifndef GRE_NETLINK_H
#define GRE_NETLINK_H

#include <glib.h>
#include <netlink/netlink.h>
#include <netlink/msg.h>

typedef struct _GreNetlink GreNetlink;

typedef struct nl_msg GreNlMsg;

typedef enum {
    GRE_NETLINK_LINK_REMOVED, /* ifindex was removed */
    GRE_NETLINK_LINK_CHANGED, /* ifindex: name, flags or MTU may differ */
    GRE_NETLINK_UNDERLAY,     /* an address, a route or a link changed; once for a burst */
    GRE_NETLINK_OVERRUN,      /* notifications were lost: check everything again */
} GreNetlinkEvent;

typedef void (*GreNetlinkFunc)(GreNetlinkEvent event, int ifindex, gpointer user_data);

/* Opens the sockets; @error: GRE_ERROR_KERNEL. Notifications start with the first watch. */
GreNetlink *gre_netlink_new(GError **error);

/* The same for programs that only read links and routes: without the XFRM socket, for which the
 * kernel would load a module. */
GreNetlink *gre_netlink_new_reader(GError **error);

/* Must not be called from within a GreNetlinkFunc. */
void gre_netlink_free(GreNetlink *netlink);

/* Calls @func on the main loop until gre_netlink_unwatch() is called with the returned id (never
 * 0). Both may be called from within a GreNetlinkFunc. */
guint gre_netlink_watch(GreNetlink *netlink, GreNetlinkFunc func, gpointer user_data);
void  gre_netlink_unwatch(GreNetlink *netlink, guint id);

struct nl_sock *gre_netlink_route(GreNetlink *netlink);
struct nl_sock *gre_netlink_xfrm(GreNetlink *netlink);

/* Opened by the first call; NULL if the kernel has no nfnetlink. */
struct nl_sock *gre_netlink_netfilter(GreNetlink *netlink);

/**
 * gre_netlink_talk:
 * @socket: gre_netlink_route(), _xfrm() or _netfilter()
 * @msg: (transfer none): a request; NLM_F_ACK is added
 * @error: GRE_ERROR_KERNEL; includes the kernel's error text (NETLINK_EXT_ACK) if there is one
 *
 * Returns: 0, or a negative errno from the kernel.
 */
int
gre_netlink_talk(GreNetlink *netlink, struct nl_sock *socket, struct nl_msg *msg, GError **error);

typedef void (*GreNetlinkReplyFunc)(const struct nlmsghdr *reply, gpointer user_data);

/* Like gre_netlink_talk(), for a request with a reply: @func gets each message of it. */
int gre_netlink_ask(GreNetlink         *netlink,
                    struct nl_sock     *socket,
                    struct nl_msg      *msg,
                    GreNetlinkReplyFunc func,
                    gpointer            user_data,
                    GError            **error);

/**
 * gre_netlink_dump:
 * @msg: a request with NLM_F_DUMP
 * @func: called for each message, with @out as its user_data
 *
 * Clears @out and repeats the request if the kernel reports that its list changed meanwhile.
 */
int gre_netlink_dump(GreNetlink         *netlink,
                     struct nl_sock     *socket,
                     struct nl_msg      *msg,
                     GreNetlinkReplyFunc func,
                     GArray             *out,
                     GError            **error);

/* A socket of @protocol for notifications, which does not wait and holds @buffer bytes; @error:
 * GRE_ERROR_KERNEL. Free it with nl_socket_free(). */
struct nl_sock *gre_netlink_notifications_open(int protocol, int buffer, GError **error);

/* @notice: one message of the kernel's, NULL if some were lost */
typedef void (*GreNetlinkNoticeFunc)(struct nlmsghdr *notice, gpointer user_data);

/* Reads what there is for one turn of the main loop. */
void gre_netlink_notifications_read(struct nl_sock      *socket,
                                    GreNetlinkNoticeFunc func,
                                    gpointer             user_data);

/* What the kernel has sent as an errno: one, or 0, or positive. */
int gre_netlink_errno(int code);

/* A new request of @type whose fixed part is a copy of @header. Never returns NULL. */
GreNlMsg *gre_netlink_message_new(int type, int flags, gconstpointer header, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNetlink, gre_netlink_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNlMsg, nlmsg_free)

#endif
