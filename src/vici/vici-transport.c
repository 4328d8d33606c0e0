/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A non-blocking Unix socket for VICI. Outgoing messages are never copied: a message may carry a
 * key, and the builder's bytes wipe themselves.
 */
#include "vici/vici-transport.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gre-error.h"
#include "vici/vici-connect.h"

#define READ_SIZE 16384

typedef struct {
    guint8  head[VICI_FRAME_HEAD_MAX];
    gsize   head_len;
    GBytes *message; /* (nullable) */
    gsize   sent;    /* of head and message together */
} Frame;

struct _ViciTransport {
    const ViciTransportCallbacks *callbacks;
    gpointer                      user_data;
    char                         *path;
    int                           fd; /* -1 once it is lost or closed */
    ViciSplitter                  splitter;
    GQueue                        frames; /* not yet written */
    guint                         read_source;
    guint                         write_source;
    guint                         deadline_source; /* 0: no request is pending */
    ViciPacketType                asked;
    char                         *asked_name;
    guint                         asked_timeout;
};

static void
frame_free(gpointer data)
{
    Frame *frame = data;

    g_clear_pointer(&frame->message, g_bytes_unref);
    g_free(frame);
}

static void
shut(ViciTransport *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    g_clear_handle_id(&self->read_source, g_source_remove);
    g_clear_handle_id(&self->write_source, g_source_remove);
    g_clear_handle_id(&self->deadline_source, g_source_remove);
    g_queue_clear_full(&self->frames, frame_free);
}

static void
finalize(gpointer data)
{
    ViciTransport *self = data;

    vici_frame_splitter_clear(&self->splitter);
    g_free(self->asked_name);
    g_free(self->path);
}

const char *
vici_transport_path(const ViciTransport *transport)
{
    return transport->path;
}

void
vici_transport_close(ViciTransport *transport)
{
    shut(transport);
    g_rc_box_release_full(transport, finalize);
}

/* The only caller of the callback: the socket is closed by then, so it cannot be called twice. */
static void
lose(ViciTransport *self, GError *error)
{
    g_autoptr(GError) owned = error;

    shut(self);
    self->callbacks->lost(self, owned, self->user_data);
}

static gboolean
on_deadline(gpointer data)
{
    ViciTransport *self = data;

    self->deadline_source = 0;
    lose(self,
         g_error_new(GRE_ERROR, GRE_ERROR_TIMEOUT, "strongSwan did not answer %s within %u ms",
                     self->asked_name, self->asked_timeout));
    return G_SOURCE_REMOVE;
}

static gboolean
type_answers(ViciPacketType type, ViciPacketType asked)
{
    if (asked == VICI_PACKET_COMMAND)
        return type == VICI_PACKET_RESPONSE || type == VICI_PACKET_COMMAND_UNKNOWN;
    return type == VICI_PACKET_CONFIRM || type == VICI_PACKET_EVENT_UNKNOWN;
}

/* Answers carry no ids. One that arrives before the whole request was sent is not for it. */
static gboolean
is_due(ViciTransport *self, ViciPacketType type)
{
    return self->deadline_source != 0 && g_queue_is_empty(&self->frames) &&
           type_answers(type, self->asked);
}

static void
handle_answer(ViciTransport *self, ViciPacketType type, const ViciSection *message)
{
    if (!is_due(self, type)) {
        lose(self,
             g_error_new(GRE_ERROR, GRE_ERROR_PROTOCOL,
                         "strongSwan sent an unexpected answer (packet type %d)", (int) type));
        return;
    }
    g_clear_handle_id(&self->deadline_source, g_source_remove);
    self->callbacks->answer(self, type, message, self->user_data);
}

static void
handle_packet(ViciTransport *self, const ViciPacket *packet)
{
    ViciSection message;
    GError     *error = NULL;

    if (!vici_message_check(packet->message.data, packet->message.len, &message, &error)) {
        lose(self, error);
        return;
    }
    if (packet->type == VICI_PACKET_EVENT)
        self->callbacks->event(self, packet->name, &message, self->user_data);
    else
        handle_answer(self, packet->type, &message);
}

static void
handle_bytes(ViciTransport *self, const guint8 *bytes, gsize len)
{
    ViciPacket packet;
    ViciSplit  split = VICI_SPLIT_PACKET;
    GError    *error = NULL;

    vici_frame_splitter_feed(&self->splitter, bytes, len);
    while (self->fd >= 0 && split == VICI_SPLIT_PACKET) {
        split = vici_frame_splitter_next(&self->splitter, &packet, &error);
        switch (split) {
        case VICI_SPLIT_PACKET:
            handle_packet(self, &packet);
            break;
        case VICI_SPLIT_INVALID:
            lose(self, error);
            break;
        case VICI_SPLIT_MORE:
            break;
        }
    }
}

static void
handle_end(ViciTransport *self)
{
    if (vici_frame_splitter_is_partial(&self->splitter))
        lose(self, g_error_new(GRE_ERROR, GRE_ERROR_DAEMON,
                               "strongSwan closed the connection in the middle of a message"));
    else
        lose(self, g_error_new(GRE_ERROR, GRE_ERROR_DAEMON, "strongSwan closed the connection"));
}

static gboolean
on_readable(int fd, GIOCondition condition, gpointer data)
{
    ViciTransport *self = g_rc_box_acquire(data);
    guint8         bytes[READ_SIZE];
    gssize         len = recv(fd, bytes, sizeof(bytes), 0);

    if (len > 0)
        handle_bytes(self, bytes, (gsize) len);
    else if (len == 0 || (errno != EAGAIN && errno != EINTR))
        handle_end(self);
    g_rc_box_release_full(self, finalize);
    return G_SOURCE_CONTINUE; /* a source removed meanwhile stays removed */
}

static gssize
send_rest(int fd, const Frame *frame)
{
    struct iovec  parts[2];
    struct msghdr message = { .msg_iov = parts };
    gsize         skip = frame->sent;
    gsize         len = 0;
    const guint8 *data = frame->message ? g_bytes_get_data(frame->message, &len) : NULL;

    if (skip < frame->head_len) {
        parts[message.msg_iovlen].iov_base = (gpointer) (frame->head + skip);
        parts[message.msg_iovlen++].iov_len = frame->head_len - skip;
        skip = 0;
    } else {
        skip -= frame->head_len;
    }
    if (len > skip) {
        parts[message.msg_iovlen].iov_base = (gpointer) (data + skip);
        parts[message.msg_iovlen++].iov_len = len - skip;
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Returns: whether more can be written immediately. */
static gboolean
write_some(ViciTransport *self)
{
    Frame *frame = g_queue_peek_head(&self->frames);
    gsize  whole = frame->head_len + (frame->message ? g_bytes_get_size(frame->message) : 0);
    gssize len = send_rest(self->fd, frame);

    if (len >= 0) {
        frame->sent += (gsize) len;
        if (frame->sent == whole)
            frame_free(g_queue_pop_head(&self->frames));
        return TRUE;
    }
    if (errno == EINTR)
        return TRUE;
    if (errno != EAGAIN) {
        /* Received bytes are still processed; reading then finds the end. */
        shutdown(self->fd, SHUT_RDWR);
        g_queue_clear_full(&self->frames, frame_free);
    }
    return FALSE;
}

static gboolean
on_writable(int fd, GIOCondition condition, gpointer data)
{
    ViciTransport *self = data;

    while (!g_queue_is_empty(&self->frames)) {
        if (!write_some(self))
            break;
    }
    if (!g_queue_is_empty(&self->frames))
        return G_SOURCE_CONTINUE;
    self->write_source = 0;
    return G_SOURCE_REMOVE;
}

ViciTransport *
vici_transport_open(const char                   *path,
                    const ViciTransportCallbacks *callbacks,
                    gpointer                      user_data,
                    GError                      **error)
{
    char          *found = NULL;
    int            fd = vici_connect(path, &found, error);
    ViciTransport *self;

    if (fd < 0)
        return NULL;
    self = g_rc_box_new0(ViciTransport);
    self->path = found;
    self->callbacks = callbacks;
    self->user_data = user_data;
    self->fd = fd;
    self->read_source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
    return self;
}

void
vici_transport_ask(ViciTransport *transport,
                   ViciPacketType type,
                   const char    *name,
                   GBytes        *message,
                   guint          timeout_ms)
{
    Frame *frame = g_new0(Frame, 1);

    frame->head_len =
        vici_frame_head(frame->head, type, name, message ? g_bytes_get_size(message) : 0);
    frame->message = message ? g_bytes_ref(message) : NULL;
    g_queue_push_tail(&transport->frames, frame);
    if (transport->write_source == 0)
        transport->write_source = g_unix_fd_add(transport->fd, G_IO_OUT, on_writable, transport);
    transport->asked = type;
    g_free(transport->asked_name);
    transport->asked_name = g_strdup(name);
    transport->asked_timeout = timeout_ms;
    transport->deadline_source = g_timeout_add(timeout_ms, on_deadline, transport);
}
