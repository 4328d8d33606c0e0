/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/nft-batch.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <sys/socket.h>

struct _GreNftBatch {
    guint8     family;
    GPtrArray *messages; /* GreNlMsg, between the two that begin and end the transaction */
};

static void
message_free(gpointer msg)
{
    nlmsg_free(msg);
}

static GreNlMsg *
message_new(int type, int flags, guint8 family, guint16 resource)
{
    struct nfgenmsg header = {
        .nfgen_family = family,
        .version = NFNETLINK_V0,
        .res_id = htons(resource),
    };

    return gre_netlink_message_new(type, flags, &header, sizeof header);
}

GreNlMsg *
gre_nft_batch_request(guint subsystem, int type, int flags, guint8 family)
{
    return message_new((int) (subsystem << 8) | type, flags, family, 0);
}

GreNftBatch *
gre_nft_batch_new(guint8 family)
{
    GreNftBatch *batch = g_new0(GreNftBatch, 1);

    batch->family = family;
    batch->messages = g_ptr_array_new_with_free_func(message_free);
    return batch;
}

void
gre_nft_batch_free(GreNftBatch *batch)
{
    g_ptr_array_unref(batch->messages);
    g_free(batch);
}

GreNlMsg *
gre_nft_batch_add(GreNftBatch *batch, int type, int flags)
{
    GreNlMsg *msg = gre_nft_batch_request(NFNL_SUBSYS_NFTABLES, type, flags, batch->family);

    g_ptr_array_add(batch->messages, msg);
    return msg;
}

/* ---- sending ---- */

static void
append(GByteArray *bytes, GreNlMsg *msg, guint32 seq, int flags)
{
    struct nlmsghdr *header = nlmsg_hdr(msg);

    header->nlmsg_flags |= (guint16) (NLM_F_REQUEST | flags);
    header->nlmsg_seq = seq;
    g_byte_array_append(bytes, (const guint8 *) header, NLMSG_ALIGN(header->nlmsg_len));
}

/* The last of them is to be acknowledged; the kernel answers the others only if it refuses them. */
static GByteArray *
serialize(GreNftBatch *batch)
{
    GByteArray *bytes = g_byte_array_new();
    g_autoptr(GreNlMsg) begin =
        message_new(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    g_autoptr(GreNlMsg) end = message_new(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    guint n = batch->messages->len;

    append(bytes, begin, 0, 0);
    for (guint i = 0; i < n; i++)
        append(bytes, g_ptr_array_index(batch->messages, i), i + 1, i + 1 == n ? NLM_F_ACK : 0);
    append(bytes, end, n + 1, 0);
    return bytes;
}

/* Returns whether the answer is complete: the kernel refused the transaction as a whole (its first
 * message), or got to the last. */
static gboolean
take(struct nlmsghdr *header, guint last, int *code)
{
    const struct nlmsgerr *answer = nlmsg_data(header);

    if (header->nlmsg_type != NLMSG_ERROR || nlmsg_datalen(header) < (int) sizeof *answer)
        return FALSE;
    if (answer->error != 0 && *code == 0)
        *code = gre_netlink_errno(answer->error);
    return header->nlmsg_seq == 0 || header->nlmsg_seq == last;
}

static int
receive(struct nl_sock *socket, guint last)
{
    int      code = 0;
    gboolean complete = FALSE;

    while (!complete) {
        struct sockaddr_nl from = { 0 };
        unsigned char     *buffer = NULL;
        int                left = nl_recv(socket, &from, &buffer, NULL);
        struct nlmsghdr   *header = (struct nlmsghdr *) buffer;

        if (left <= 0) {
            free(buffer);
            return code < 0 ? code : -ETIMEDOUT;
        }
        for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
            complete |= take(header, last, &code);
        free(buffer);
    }
    return code;
}

/* What an earlier transaction left, whose answer was not read to its end. */
static void
drain(struct nl_sock *socket)
{
    char rest[4096];

    while (recv(nl_socket_get_fd(socket), rest, sizeof rest, MSG_DONTWAIT) > 0)
        ;
}

/* A transaction is one datagram, which must fit the socket's buffer. Most are small. The kernel
 * doubles the value, for its own bookkeeping. */
static void
make_room(struct nl_sock *socket, guint len)
{
    int       size = 0;
    socklen_t size_len = sizeof size;
    int       fd = nl_socket_get_fd(socket);

    if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &size_len) == 0 && (guint) size / 2 > len)
        return;
    size = (int) len;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
}

int
gre_nft_batch_commit(GreNftBatch *batch, struct nl_sock *socket)
{
    g_autoptr(GByteArray) bytes = serialize(batch);

    drain(socket);
    make_room(socket, bytes->len);
    if (nl_sendto(socket, bytes->data, bytes->len) < 0)
        return -EIO;
    return receive(socket, batch->messages->len);
}
