/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One socket in the groups of policies and states. Its messages only say where to look: whoever is
 * called checks the kernel itself.
 */
#include "kernel/xfrm-watch.h"

#include <glib-unix.h>
#include <linux/xfrm.h>
#include <string.h>

#include "gre-error.h"
#include "kernel/barrier.h"
#include "kernel/netlink.h"

#define BUFFER (1024 * 1024) /* bytes; the kernel cuts it to net.core.rmem_max */

struct _GreXfrmWatch {
    struct nl_sock  *socket;
    guint            source;
    GreXfrmWatchFunc func;
    gpointer         user_data;
    GreXfrmLoss      loss; /* of this wake-up */
};

/* A deletion names the policy by its index, with the policy as an attribute, or by its selector.
 * Copied, because a message begins at any multiple of four. */
static gboolean
is_ours(struct nlmsghdr *header)
{
    struct xfrm_userpolicy_id   id;
    struct xfrm_userpolicy_info info;
    struct nlattr              *attribute;

    if (nlmsg_datalen(header) < (int) sizeof id)
        return FALSE;
    memcpy(&id, nlmsg_data(header), sizeof id);
    if (gre_barrier_mark_is_ours(id.sel.user))
        return TRUE;
    attribute = nlmsg_find_attr(header, sizeof id, XFRMA_POLICY);
    if (!attribute || nla_len(attribute) < (int) sizeof info)
        return FALSE;
    memcpy(&info, nla_data(attribute), sizeof info);
    return gre_barrier_mark_is_ours(info.sel.user);
}

static void
take_state(GreXfrmWatch *watch, struct nlmsghdr *header)
{
    struct xfrm_usersa_id id;
    guint32               spi;

    if (nlmsg_datalen(header) < (int) sizeof id)
        return;
    memcpy(&id, nlmsg_data(header), sizeof id);
    spi = ntohl(id.spi);
    g_array_append_val(watch->loss.deleted_spis, spi);
}

static void
take(struct nlmsghdr *notice, gpointer user_data)
{
    GreXfrmWatch *watch = user_data;

    switch (notice ? notice->nlmsg_type : NLMSG_OVERRUN) {
    case NLMSG_OVERRUN:
        watch->loss.policies = watch->loss.states = TRUE;
        break;
    case XFRM_MSG_FLUSHPOLICY:
        watch->loss.policies = TRUE;
        break;
    case XFRM_MSG_DELPOLICY:
        watch->loss.policies |= is_ours(notice);
        break;
    case XFRM_MSG_FLUSHSA:
        watch->loss.states = TRUE;
        break;
    case XFRM_MSG_DELSA:
        take_state(watch, notice);
        break;
    default:
        break;
    }
}

static gboolean
on_messages(int fd, GIOCondition condition, gpointer user_data)
{
    GreXfrmWatch *watch = user_data;

    watch->loss.policies = watch->loss.states = FALSE;
    g_array_set_size(watch->loss.deleted_spis, 0);
    gre_netlink_notifications_read(watch->socket, take, watch);
    if (watch->loss.policies || watch->loss.states || watch->loss.deleted_spis->len > 0)
        watch->func(&watch->loss, watch->user_data);
    return G_SOURCE_CONTINUE;
}

GreXfrmWatch *
gre_xfrm_watch_new(GreXfrmWatchFunc func, gpointer user_data, GError **error)
{
    /* Open, that is bound, first: binding removes the memberships that came before it. */
    struct nl_sock *socket = gre_netlink_notifications_open(NETLINK_XFRM, BUFFER, error);
    GreXfrmWatch   *watch;
    int             err;

    if (!socket)
        return NULL;
    err = nl_socket_add_memberships(socket, XFRMNLGRP_POLICY, XFRMNLGRP_SA, XFRMNLGRP_NONE);
    if (err < 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                    "can't watch the kernel's IPsec policies: %s", nl_geterror(err));
        nl_socket_free(socket);
        return NULL;
    }
    watch = g_new0(GreXfrmWatch, 1);
    watch->socket = socket;
    watch->func = func;
    watch->user_data = user_data;
    watch->loss.deleted_spis = g_array_new(FALSE, FALSE, sizeof(guint32));
    watch->source = g_unix_fd_add_full(G_PRIORITY_HIGH, nl_socket_get_fd(watch->socket),
                                       G_IO_IN | G_IO_ERR, on_messages, watch, NULL);
    return watch;
}

void
gre_xfrm_watch_free(GreXfrmWatch *watch)
{
    if (!watch)
        return;
    g_clear_handle_id(&watch->source, g_source_remove);
    nl_socket_free(watch->socket);
    g_array_unref(watch->loss.deleted_spis);
    g_free(watch);
}
