/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asynchronous VICI client on the main loop. It has two connections to the daemon: one for
 * commands, in order, one for events, so that a slow command never delays an event. A client
 * without events has the first one only. It reconnects
 * when the daemon restarts (250 ms, doubling to 4 s), registers the events again, and then calls
 * `up`. Every request has a deadline; a connection on which a reply is overdue or breaks the
 * protocol is closed, because replies carry no ids.
 */
#ifndef VICI_CLIENT_H
#define VICI_CLIENT_H

#include "vici/vici-message.h"

typedef struct _ViciClient ViciClient;

typedef struct {
    /* The connections are open and every subscribed event is registered. */
    void (*up)(ViciClient *client, gpointer user_data);
    /* The daemon has stopped or cannot be reached (called once until the next up or start); @error
     * gives the reason: GRE_ERROR_NOT_INSTALLED, or GRE_ERROR_DAEMON: not running, no permission,
     * connection closed, an answer overdue, protocol error. */
    void (*down)(ViciClient *client, const GError *error, gpointer user_data);
    void (*event)(ViciClient        *client,
                  const char        *name,
                  const ViciSection *message,
                  gpointer           user_data);
} ViciClientCallbacks;

/* @reply is NULL if @error is set: GRE_ERROR_TIMEOUT, _REFUSED (unknown command or stream event, or
 * success=no with the daemon's errmsg), _DAEMON or _NOT_INSTALLED (connection lost, or not
 * available), _PROTOCOL (this reply broke the protocol), _STOPPED (the client is stopped, or was
 * meanwhile). */
typedef void (*ViciReplyFunc)(const ViciSection *reply, const GError *error, gpointer user_data);

/* Called for each message that a streaming command sends before its reply. */
typedef void (*ViciStreamFunc)(const ViciSection *message, gpointer user_data);

/**
 * vici_client_new:
 * @path: of the daemon's socket; NULL: the first of gre_strongswan_sockets() with a daemon, at each
 *   attempt to connect
 * @events: (array zero-terminated=1) (nullable): names to register; events unknown to the daemon
 *   are skipped. Without any, vici_client_subscribe() must not be called.
 */
ViciClient *vici_client_new(const char                *path,
                            const char *const         *events,
                            const ViciClientCallbacks *callbacks,
                            gpointer                   user_data);
void        vici_client_free(ViciClient *client); /* pending requests: no further callbacks */

/* Starts connecting (idempotent) / closes the connections and stops: pending requests fail, from
 * the main loop, without a `down` callback. */
void     vici_client_start(ViciClient *client);
void     vici_client_stop(ViciClient *client);
gboolean vici_client_is_up(const ViciClient *client);

/* Tries to connect now instead of at the end of the backoff. */
void vici_client_poke(ViciClient *client);

/**
 * vici_client_request:
 * @message: (transfer full) (nullable): its body, from vici_builder_finish(); NULL for none
 * @stream_event: (nullable): name of the event that carries a streaming command's results
 * @timeout_ms: until the reply, counted from this request's turn
 *
 * Requests are sent in order, each after the answer to the previous one; callbacks come from the
 * main loop, never from within this call. A request made without a connection waits for the next
 * one, and fails if connecting fails.
 *
 * Returns: an id for vici_client_cancel(), never 0.
 */
guint vici_client_request(ViciClient    *client,
                          const char    *command,
                          GBytes        *message,
                          const char    *stream_event,
                          ViciStreamFunc stream,
                          guint          timeout_ms,
                          ViciReplyFunc  reply,
                          gpointer       user_data);

/* No callback of this request from here on; it is still sent, and keeps its place in the queue
 * until its reply arrives. */
void vici_client_cancel(ViciClient *client, guint id);

/* Registers or unregisters an event, now and on each later connection. Calls are counted, for
 * several users. */
void vici_client_subscribe(ViciClient *client, const char *event, gboolean on);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViciClient, vici_client_free)

#endif
