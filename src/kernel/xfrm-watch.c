/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One socket in the groups of policies and states. Its messages only say where to look: whoever is
 * called checks the kernel itself.
 */
#include "kernel/xfrm-watch.h"

#include <glib-unix.h>
#include <linux/xfrm.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

#include "gre-error.h"
#include "kernel/barrier.h"

#define BUFFER            (1024 * 1024) /* bytes; the kernel cuts it to net.core.rmem_max */
#define MESSAGES_PER_TURN 512

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
take(GreXfrmWatch *watch, struct nlmsghdr *header)
{
    switch (header->nlmsg_type) {
    case XFRM_MSG_FLUSHPOLICY:
        watch->loss.policies = TRUE;
        break;
    case XFRM_MSG_DELPOLICY:
        watch->loss.policies |= is_ours(header);
        break;
    case XFRM_MSG_FLUSHSA:
        watch->loss.states = TRUE;
        break;
    case XFRM_MSG_DELSA:
        take_state(watch, header);
        break;
    default:
        break;
    }
}

/* Returns whether there may be more to read. */
static gboolean
read_some(GreXfrmWatch *watch)
{
    struct sockaddr_nl from = { 0 };
    unsigned char     *buffer = NULL;
    int                left = nl_recv(watch->socket, &from, &buffer, NULL);

    if (left == -NLE_NOMEM) { /* ENOBUFS: some are lost */
        watch->loss.policies = watch->loss.states = TRUE;
        return TRUE;
    }
    if (left <= 0)
        return FALSE;
    if (from.nl_pid == 0) {
        struct nlmsghdr *header = (struct nlmsghdr *) buffer;

        for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
            take(watch, header);
    }
    free(buffer);
    return TRUE;
}

static gboolean
on_messages(int fd, GIOCondition condition, gpointer user_data)
{
    GreXfrmWatch *watch = user_data;

    watch->loss.policies = watch->loss.states = FALSE;
    g_array_set_size(watch->loss.deleted_spis, 0);
    for (guint turn = 0; turn < MESSAGES_PER_TURN && read_some(watch); turn++)
        ;
    if (watch->loss.policies || watch->loss.states || watch->loss.deleted_spis->len > 0)
        watch->func(&watch->loss, watch->user_data);
    return G_SOURCE_CONTINUE;
}

GreXfrmWatch *
gre_xfrm_watch_new(GreXfrmWatchFunc func, gpointer user_data, GError **error)
{
    GreXfrmWatch *watch = g_new0(GreXfrmWatch, 1);
    int           err;

    watch->func = func;
    watch->user_data = user_data;
    watch->loss.deleted_spis = g_array_new(FALSE, FALSE, sizeof(guint32));
    watch->socket = nl_socket_alloc();
    if (watch->socket == NULL)
        g_error("out of memory");
    /* Bound first: binding removes the memberships that came before it. */
    err = nl_connect(watch->socket, NETLINK_XFRM);
    if (err == 0)
        err = nl_socket_add_memberships(watch->socket, XFRMNLGRP_POLICY, XFRMNLGRP_SA,
                                        XFRMNLGRP_NONE);
    if (err < 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL,
                    "can't watch the kernel's IPsec policies: %s", nl_geterror(err));
        gre_xfrm_watch_free(watch);
        return NULL;
    }
    nl_socket_disable_seq_check(watch->socket);
    nl_socket_set_nonblocking(watch->socket);
    nl_socket_set_buffer_size(watch->socket, BUFFER, 4096);
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
