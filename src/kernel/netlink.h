/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's sockets to the kernel: one for requests (answered at once by the kernel, so these
 * calls don't wait for anybody), one for XFRM requests, two for notifications on the main loop.
 */
#ifndef GRE_NETLINK_H
#define GRE_NETLINK_H

#include <glib.h>
#include <netlink/netlink.h>
#include <netlink/msg.h>

typedef struct _GreNetlink GreNetlink;

typedef struct nl_msg GreNlMsg;

typedef enum {
    GRE_NETLINK_LINK_REMOVED, /* ifindex is gone */
    GRE_NETLINK_LINK_CHANGED, /* ifindex: name, flags or MTU may differ */
    GRE_NETLINK_UNDERLAY,     /* an address, a route or a link changed somewhere; told once for a
                                 burst */
    GRE_NETLINK_OVERRUN,      /* notifications were lost: look at everything anew */
} GreNetlinkEvent;

typedef void (*GreNetlinkFunc)(GreNetlinkEvent event, int ifindex, gpointer user_data);

/* Opens the sockets; @error: GRE_ERROR_KERNEL. Notifications start when somebody watches. */
GreNetlink *gre_netlink_new(GError **error);

/* The same for who only reads links and routes: without the socket for XFRM, which the kernel would
 * load a module for. */
GreNetlink *gre_netlink_new_reader(GError **error);

/* Not from within a GreNetlinkFunc. */
void gre_netlink_free(GreNetlink *netlink);

/* Calls @func on the main loop until gre_netlink_unwatch() of the id (never 0) returned. Both may
 * be called from within a GreNetlinkFunc. */
guint gre_netlink_watch(GreNetlink *netlink, GreNetlinkFunc func, gpointer user_data);
void  gre_netlink_unwatch(GreNetlink *netlink, guint id);

struct nl_sock *gre_netlink_route(GreNetlink *netlink);
struct nl_sock *gre_netlink_xfrm(GreNetlink *netlink);

/**
 * gre_netlink_talk:
 * @socket: gre_netlink_route() or _xfrm()
 * @msg: (transfer none): a request; NLM_F_ACK is added
 * @error: GRE_ERROR_KERNEL; carries the kernel's own words (NETLINK_EXT_ACK) where it gives any
 *
 * Returns: 0, or a negative errno as the kernel gave it.
 */
int
gre_netlink_talk(GreNetlink *netlink, struct nl_sock *socket, struct nl_msg *msg, GError **error);

typedef void (*GreNetlinkReplyFunc)(const struct nlmsghdr *reply, gpointer user_data);

/* As gre_netlink_talk(), for a request that asks: @func gets each message of the answer. */
int gre_netlink_ask(GreNetlink         *netlink,
                    struct nl_sock     *socket,
                    struct nl_msg      *msg,
                    GreNetlinkReplyFunc func,
                    gpointer            user_data,
                    GError            **error);

/**
 * gre_netlink_dump:
 * @msg: a request with NLM_F_DUMP
 * @func: gets each message, and @out as its user_data, to append to
 *
 * Emptied and asked anew where the kernel says that its list changed while it was read.
 */
int gre_netlink_dump(GreNetlink         *netlink,
                     struct nl_sock     *socket,
                     struct nl_msg      *msg,
                     GreNetlinkReplyFunc func,
                     GArray             *out,
                     GError            **error);

/* A new request of @type whose fixed part is a copy of @header: memory for it never lacks. */
GreNlMsg *gre_netlink_message_new(int type, int flags, gconstpointer header, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNetlink, gre_netlink_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNlMsg, nlmsg_free)

#endif
