/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/nft-watch.h"

#include <glib-unix.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "gre-error.h"
#include "kernel/netlink.h"

#define BUFFER (256 * 1024) /* bytes; the kernel cuts it to net.core.rmem_max */

struct _GreNftWatch {
    struct nl_sock *socket;
    guint           source;
    GreNftWatchFunc func;
    gpointer        user_data;
    gboolean        changed; /* in this wake-up */
};

/* Rules and elements of sets come and go on a busy firewall, and do not matter here. */
static void
take(struct nlmsghdr *notice, gpointer user_data)
{
    GreNftWatch *watch = user_data;

    if (!notice) { /* some were lost */
        watch->changed = TRUE;
        return;
    }
    switch (NFNL_MSG_TYPE(notice->nlmsg_type)) {
    case NFT_MSG_NEWTABLE:
    case NFT_MSG_DELTABLE:
    case NFT_MSG_NEWCHAIN:
    case NFT_MSG_DELCHAIN:
        watch->changed = TRUE;
        break;
    default:
        break;
    }
}

static gboolean
on_messages(int fd, GIOCondition condition, gpointer user_data)
{
    GreNftWatch *watch = user_data;

    watch->changed = FALSE;
    gre_netlink_notifications_read(watch->socket, take, watch);
    if (watch->changed)
        watch->func(watch->user_data);
    return G_SOURCE_CONTINUE;
}

GreNftWatch *
gre_nft_watch_new(GreNftWatchFunc func, gpointer user_data, GError **error)
{
    struct nl_sock *socket = gre_netlink_notifications_open(NETLINK_NETFILTER, BUFFER, error);
    GreNftWatch    *watch;
    int             err;

    if (!socket)
        return NULL;
    err = nl_socket_add_memberships(socket, NFNLGRP_NFTABLES, NFNLGRP_NONE);
    if (err < 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL, "can't watch nftables: %s",
                    nl_geterror(err));
        nl_socket_free(socket);
        return NULL;
    }
    watch = g_new0(GreNftWatch, 1);
    watch->socket = socket;
    watch->func = func;
    watch->user_data = user_data;
    watch->source = g_unix_fd_add_full(G_PRIORITY_HIGH, nl_socket_get_fd(socket),
                                       G_IO_IN | G_IO_ERR, on_messages, watch, NULL);
    return watch;
}

void
gre_nft_watch_free(GreNftWatch *watch)
{
    if (!watch)
        return;
    g_clear_handle_id(&watch->source, g_source_remove);
    nl_socket_free(watch->socket);
    g_free(watch);
}
