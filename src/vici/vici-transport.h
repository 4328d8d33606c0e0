/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection to the VICI socket: sends one request at a time, with a deadline for its answer,
 * and passes events on as they arrive. Any failure, an overdue answer included, is reported once.
 */
#ifndef VICI_TRANSPORT_H
#define VICI_TRANSPORT_H

#include "vici/vici-frame.h"

typedef struct _ViciTransport ViciTransport;

/* All are called from the main loop, never from within the functions below. Arguments are valid
 * until the callback returns; vici_transport_close() may be called in any of them. */
typedef struct {
    /* @type answers the request; @message is checked, and empty if the type has none. */
    void (*answer)(ViciTransport     *transport,
                   ViciPacketType     type,
                   const ViciSection *message,
                   gpointer           user_data);
    void (*event)(ViciTransport     *transport,
                  const char        *name,
                  const ViciSection *message,
                  gpointer           user_data);
    /* The connection is lost: GRE_ERROR_DAEMON, _PROTOCOL or _TIMEOUT. */
    void (*lost)(ViciTransport *transport, const GError *error, gpointer user_data);
} ViciTransportCallbacks;

/**
 * vici_transport_open:
 * @path: (nullable): as for vici_connect()
 * @callbacks: static
 * @error: GRE_ERROR_DAEMON, _NOT_INSTALLED
 */
ViciTransport *vici_transport_open(const char                   *path,
                                   const ViciTransportCallbacks *callbacks,
                                   gpointer                      user_data,
                                   GError                      **error);
void           vici_transport_close(ViciTransport *transport); /* no further callbacks */

/* The path of its socket. (transfer none) */
const char *vici_transport_path(const ViciTransport *transport);

/**
 * vici_transport_ask:
 * @type: VICI_PACKET_COMMAND, _REGISTER or _UNREGISTER
 * @message: (nullable)
 *
 * Call it only after the answer to the previous request. @name and @message must fit a frame.
 */
void vici_transport_ask(ViciTransport *transport,
                        ViciPacketType type,
                        const char    *name,
                        GBytes        *message,
                        guint          timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViciTransport, vici_transport_close)

#endif
