/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI frames. The length word is checked against the limit as soon as it has arrived, and memory
 * grows with the received bytes, not with the announced length.
 */
#include "vici/vici-frame.h"

#include <string.h>

#include "gre-error.h"
#include "vici/vici-grammar.h"

#define LENGTH_SIZE 4
#define IDLE_MAX    (16 * 1024) /* larger buffers are freed once empty */

gsize
vici_frame_head(guint8         out[VICI_FRAME_HEAD_MAX],
                ViciPacketType type,
                const char    *name,
                gsize          message_len)
{
    gsize   name_len = strlen(name);
    guint32 length;

    if (vici_grammar_name((const guint8 *) name, name_len) ||
        message_len > VICI_FRAME_MAX - 2 - name_len)
        return 0;
    length = GUINT32_TO_BE((guint32) (2 + name_len + message_len));
    memcpy(out, &length, LENGTH_SIZE);
    out[LENGTH_SIZE] = (guint8) type;
    out[LENGTH_SIZE + 1] = (guint8) name_len;
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): its length stands before it */
    memcpy(out + LENGTH_SIZE + 2, name, name_len);
    return LENGTH_SIZE + 2 + name_len;
}

void
vici_frame_splitter_clear(ViciSplitter *splitter)
{
    g_clear_pointer(&splitter->bytes, g_byte_array_unref);
    splitter->done = 0;
}

/* Discards the bytes that were returned. */
static void
compact(ViciSplitter *splitter)
{
    if (!splitter->bytes || splitter->done == 0)
        return;
    if (splitter->done < splitter->bytes->len)
        g_byte_array_remove_range(splitter->bytes, 0, splitter->done);
    else if (splitter->done > IDLE_MAX)
        g_clear_pointer(&splitter->bytes, g_byte_array_unref);
    else
        g_byte_array_set_size(splitter->bytes, 0);
    splitter->done = 0;
}

void
vici_frame_splitter_feed(ViciSplitter *splitter, gconstpointer data, gsize len)
{
    compact(splitter);
    if (!splitter->bytes)
        splitter->bytes = g_byte_array_new();
    if (len > 0)
        g_byte_array_append(splitter->bytes, data, (guint) len);
}

gboolean
vici_frame_splitter_is_partial(const ViciSplitter *splitter)
{
    return splitter->bytes && splitter->done < splitter->bytes->len;
}

static const char *
read_name(ViciSection *rest, char name[VICI_NAME_MAX + 1])
{
    const char *wrong;
    gsize       len;

    if (rest->len < 1 || rest->data[0] > rest->len - 1)
        return "the name is truncated";
    len = rest->data[0];
    wrong = vici_grammar_name(rest->data + 1, len);
    if (wrong)
        return wrong;
    memcpy(name, rest->data + 1, len);
    name[len] = '\0';
    rest->data += 1 + len;
    rest->len -= 1 + len;
    return NULL;
}

/* @rest: what follows the type. */
static const char *
read_packet_body(ViciSection *rest, ViciPacket *packet)
{
    const char *wrong = NULL;

    switch (packet->type) {
    case VICI_PACKET_COMMAND:
    case VICI_PACKET_EVENT:
        wrong = read_name(rest, packet->name);
        break;
    case VICI_PACKET_REGISTER:
    case VICI_PACKET_UNREGISTER:
        wrong = read_name(rest, packet->name);
        return wrong ? wrong : rest->len ? "bytes after an event's name" : NULL;
    case VICI_PACKET_COMMAND_UNKNOWN:
    case VICI_PACKET_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
        return rest->len ? "bytes after a packet without a message" : NULL;
    case VICI_PACKET_RESPONSE:
        break;
    }
    packet->message = *rest;
    return wrong;
}

static const char *
read_packet(const guint8 *data, gsize len, ViciPacket *packet)
{
    ViciSection rest = { data + 1, len - 1 };

    if (data[0] > VICI_PACKET_EVENT)
        return "an unknown packet type";
    packet->type = (ViciPacketType) data[0];
    packet->name[0] = '\0';
    packet->message = (ViciSection){ 0 };
    return read_packet_body(&rest, packet);
}

static ViciSplit
invalid(GError **error, const char *wrong)
{
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL, "malformed VICI packet: %s", wrong);
    return VICI_SPLIT_INVALID;
}

ViciSplit
vici_frame_splitter_next(ViciSplitter *splitter, ViciPacket *out, GError **error)
{
    gsize         left = splitter->bytes ? splitter->bytes->len - splitter->done : 0;
    const guint8 *data;
    guint32       length;
    const char   *wrong;

    if (left < LENGTH_SIZE)
        goto more;
    data = splitter->bytes->data + splitter->done;
    memcpy(&length, data, LENGTH_SIZE);
    length = GUINT32_FROM_BE(length);
    if (length == 0)
        return invalid(error, "it is empty");
    if (length > VICI_FRAME_MAX)
        return invalid(error, "it is too long");
    if (left - LENGTH_SIZE < length)
        goto more;
    wrong = read_packet(data + LENGTH_SIZE, length, out);
    if (wrong)
        return invalid(error, wrong);
    splitter->done += LENGTH_SIZE + length;
    return VICI_SPLIT_PACKET;
more:
    compact(splitter);
    return VICI_SPLIT_MORE;
}
