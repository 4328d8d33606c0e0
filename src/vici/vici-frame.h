/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI packets in their length-prefixed frames: the head of an outgoing one, and a splitter for
 * bytes from outside that come in any chunking.
 */
#ifndef VICI_FRAME_H
#define VICI_FRAME_H

#include "vici/vici-message.h"

/* The values are those on the wire. */
typedef enum {
    VICI_PACKET_COMMAND = 0,
    VICI_PACKET_RESPONSE = 1,
    VICI_PACKET_COMMAND_UNKNOWN = 2,
    VICI_PACKET_REGISTER = 3,
    VICI_PACKET_UNREGISTER = 4,
    VICI_PACKET_CONFIRM = 5,
    VICI_PACKET_EVENT_UNKNOWN = 6,
    VICI_PACKET_EVENT = 7,
} ViciPacketType;

typedef struct {
    ViciPacketType type;
    char           name[VICI_NAME_MAX + 1]; /* empty where the type has none */
    ViciSection    message;                 /* not checked yet; empty where the type has none */
} ViciPacket;

/* Length word, type, name with its length; the message follows as it is, never copied. */
#define VICI_FRAME_HEAD_MAX (4 + 1 + 1 + VICI_NAME_MAX)

/**
 * vici_frame_head:
 * @name: of the command or event, as these types have one
 *
 * Returns: the length of what it wrote, 0 where the name or the whole frame is out of bounds.
 */
gsize vici_frame_head(guint8         out[VICI_FRAME_HEAD_MAX],
                      ViciPacketType type,
                      const char    *name,
                      gsize          message_len);

typedef struct {
    GByteArray *bytes; /* NULL while there are none */
    gsize       done;  /* of them, already given out */
} ViciSplitter;

typedef enum {
    VICI_SPLIT_PACKET,
    VICI_SPLIT_MORE,    /* incomplete: feed more */
    VICI_SPLIT_INVALID, /* broken for good: nothing after it can be trusted */
} ViciSplit;

void vici_frame_splitter_clear(ViciSplitter *splitter);
void vici_frame_splitter_feed(ViciSplitter *splitter, gconstpointer data, gsize len);

/* Whether the bytes so far end in the middle of a frame. */
gboolean vici_frame_splitter_is_partial(const ViciSplitter *splitter);

/**
 * vici_frame_splitter_next:
 * @out: set where a packet is returned; its message is good until the next call
 * @error: GRE_ERROR_PROTOCOL, set where the bytes are invalid
 */
ViciSplit vici_frame_splitter_next(ViciSplitter *splitter, ViciPacket *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViciSplitter, vici_frame_splitter_clear)

#endif
