/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI packets in length-prefixed frames: the header of an outgoing packet, and a splitter for
 * incoming bytes in chunks of any size.
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
    char           name[VICI_NAME_MAX + 1]; /* empty if the type has none */
    ViciSection    message;                 /* not checked yet; empty if the type has none */
} ViciPacket;

/* Length word, type, name with its length; the message follows unchanged and is never copied. */
#define VICI_FRAME_HEAD_MAX (4 + 1 + 1 + VICI_NAME_MAX)

/**
 * vici_frame_head:
 * @name: of the command or event
 *
 * Returns: the number of bytes written, 0 if the name or the whole frame is too long.
 */
gsize vici_frame_head(guint8         out[VICI_FRAME_HEAD_MAX],
                      ViciPacketType type,
                      const char    *name,
                      gsize          message_len);

typedef struct {
    GByteArray *bytes; /* NULL while empty */
    gsize       done;  /* of them, already given out */
} ViciSplitter;

typedef enum {
    VICI_SPLIT_PACKET,
    VICI_SPLIT_MORE,    /* incomplete: feed more */
    VICI_SPLIT_INVALID, /* invalid: all further bytes are unusable */
} ViciSplit;

void vici_frame_splitter_clear(ViciSplitter *splitter);
void vici_frame_splitter_feed(ViciSplitter *splitter, gconstpointer data, gsize len);

/* Whether the bytes so far end in the middle of a frame. */
gboolean vici_frame_splitter_is_partial(const ViciSplitter *splitter);

/**
 * vici_frame_splitter_next:
 * @out: set if a packet is returned; its message is valid until the next call
 * @error: GRE_ERROR_PROTOCOL, set if the bytes are invalid
 */
ViciSplit vici_frame_splitter_next(ViciSplitter *splitter, ViciPacket *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViciSplitter, vici_frame_splitter_clear)

#endif
