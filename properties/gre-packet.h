/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outer packet of a profile, header by header, as far as it is known before the tunnel is up.
 * No toolkit.
 */
#ifndef GRE_PACKET_H
#define GRE_PACKET_H

#include "gre-form.h"

#define GRE_PACKET_LINK_MTU 1500 /* bytes; of the link, whose actual MTU is not known yet */
#define GRE_PACKET_PARTS    8

typedef struct {
    const char *name; /* untranslated */
    guint       bytes;
    gboolean    encrypted;
    gboolean    payload; /* the packet inside; bytes are its upper limit */
} GrePacketPart;

typedef struct {
    GrePacketPart parts[GRE_PACKET_PARTS]; /* in the order on the wire */
    guint         n;
    guint         mtu;    /* largest inner packet without outer fragmentation */
    guint         chosen; /* the profile's own mtu, or 0: auto */
} GrePacket;

/* From the form's current values; uses the default for a wrong or missing one. Of several ESP
 * proposals the first counts. */
void gre_packet_compute(const GreForm *form, GrePacket *out);

#endif
