/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection to the VICI socket: asks one thing at a time, with a deadline for its answer, and
 * passes events on as they come. Whatever breaks it, a late answer too, is told once.
 */
#ifndef VICI_TRANSPORT_H
#define VICI_TRANSPORT_H

#include "vici/vici-frame.h"

typedef struct _ViciTransport ViciTransport;

/* All come from the main loop, never from within a call of the functions below. What they get is
 * good until they return; vici_transport_close() may be called in any of them. */
typedef struct {
    /* @type answers what was asked; @message is checked, and empty where the type has none. */
    void (*answer)(ViciTransport     *transport,
                   ViciPacketType     type,
                   const ViciSection *message,
                   gpointer           user_data);
    void (*event)(ViciTransport     *transport,
                  const char        *name,
                  const ViciSection *message,
                  gpointer           user_data);
    /* The connection is gone: GRE_ERROR_DAEMON, _PROTOCOL or _TIMEOUT. */
    void (*lost)(ViciTransport *transport, const GError *error, gpointer user_data);
} ViciTransportCallbacks;

/**
 * vici_transport_open:
 * @path: of the socket
 * @callbacks: static
 * @error: GRE_ERROR_DAEMON, _NOT_INSTALLED
 */
ViciTransport *vici_transport_open(const char                   *path,
                                   const ViciTransportCallbacks *callbacks,
                                   gpointer                      user_data,
                                   GError                      **error);
void           vici_transport_close(ViciTransport *transport); /* no callback any more */

/**
 * vici_transport_ask:
 * @type: VICI_PACKET_COMMAND, _REGISTER or _UNREGISTER
 * @message: (nullable)
 *
 * Only after the answer to what was asked before. @name and @message must fit a frame.
 */
void vici_transport_ask(ViciTransport *transport,
                        ViciPacketType type,
                        const char    *name,
                        GBytes        *message,
                        guint          timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViciTransport, vici_transport_close)

#endif
