/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VICI server for tests, on a Unix socket of its own and in the same main loop. Like the real one
 * it works through each connection in order, so a delayed answer holds up what comes after it on
 * that connection only; and an event that is registered twice comes twice. What is not told how to
 * answer gets CMD_UNKNOWN.
 */
#ifndef GRE_FAKE_VICI_H
#define GRE_FAKE_VICI_H

#include "vici/vici-message.h"

typedef struct _FakeVici     FakeVici;
typedef struct _FakeViciConn FakeViciConn;

/* What a client asked. */
typedef struct {
    char   *command;
    GBytes *message;
    gint64  time; /* monotonic */
} FakeViciRequest;

/* Ways to answer a command badly. */
typedef enum {
    FAKE_VICI_NO_REPLY,      /* none, and on to the next command */
    FAKE_VICI_HANG_UP,       /* closes the connection */
    FAKE_VICI_TRUNCATED,     /* half a reply, then closes the connection */
    FAKE_VICI_OVERSIZE,      /* announces a frame of more than VICI_FRAME_MAX */
    FAKE_VICI_EMPTY_FRAME,   /* of length 0 */
    FAKE_VICI_UNKNOWN_TYPE,  /* packet type 9 */
    FAKE_VICI_REQUEST_TYPE,  /* a command, from the server */
    FAKE_VICI_WRONG_ANSWER,  /* EVENT_CONFIRM */
    FAKE_VICI_UNBALANCED,    /* a reply that ends in an open section */
    FAKE_VICI_JUNK,          /* a reply whose message is no VICI message */
    FAKE_VICI_SHORT_EVENT,   /* an event packet whose name reaches past its end */
    FAKE_VICI_TWO_REPLIES,   /* a good one, and another */
    FAKE_VICI_GARBAGE_AFTER, /* a good one, and bytes that are no frame */
    FAKE_VICI_BYTEWISE,      /* a good one, in many small pieces */
    FAKE_VICI_EVENTS_FIRST,  /* events that nobody registered, then a good reply */
    FAKE_VICI_N_FAULTS,
} FakeViciFault;

/* Returns: (transfer full) (nullable): the reply; NULL where it wrote one itself, or none. */
typedef GBytes *(*FakeViciHandler)(FakeViciConn      *conn,
                                   const ViciSection *message,
                                   gpointer           user_data);

FakeVici   *fake_vici_new(void); /* listening */
void        fake_vici_free(FakeVici *server);
const char *fake_vici_path(const FakeVici *server);

/* As if the daemon was killed: all connections end and the socket file stays, or goes too. */
void fake_vici_stop(FakeVici *server, gboolean remove_file);
void fake_vici_start(FakeVici *server);

/* How to answer a command; the last call for it counts. @reply: (transfer full) */
void fake_vici_answer(FakeVici *server, const char *command, GBytes *reply);
void fake_vici_handle(FakeVici       *server,
                      const char     *command,
                      FakeViciHandler handler,
                      gpointer        user_data);
void fake_vici_misbehave(FakeVici *server, const char *command, FakeViciFault fault);
void fake_vici_delay(FakeVici *server, const char *command, guint delay_ms);

/* Replies: success=yes, and success=no with errmsg. */
GBytes *fake_vici_ok(void);
GBytes *fake_vici_refusal(const char *errmsg);

/* From within a handler: an event to this connection, if it is registered there, or raw bytes. */
void fake_vici_conn_event(FakeViciConn *conn, const char *event, GBytes *message);
void fake_vici_conn_raw(FakeViciConn *conn, gconstpointer data, gsize len);

/* To every connection where it is registered. Returns: how often it was sent. */
guint fake_vici_event(FakeVici *server, const char *event, GBytes *message);

/* Registrations of @event get EVENT_UNKNOWN, or no answer at all. */
void fake_vici_refuse_event(FakeVici *server, const char *event);
void fake_vici_ignore_event(FakeVici *server, const char *event);

guint fake_vici_n_registered(const FakeVici *server, const char *event);
guint fake_vici_n_connections(const FakeVici *server);
guint fake_vici_n_accepted(const FakeVici *server); /* so far */

/* What came, oldest first; commands only. */
guint                  fake_vici_n_requests(const FakeVici *server);
const FakeViciRequest *fake_vici_request(const FakeVici *server, guint index);
guint                  fake_vici_count(const FakeVici *server, const char *command);
const FakeViciRequest *fake_vici_last(const FakeVici *server, const char *command);
void                   fake_vici_forget(FakeVici *server);

/* For a deadline that must not pass: @ms, or more under valgrind. */
guint fake_vici_deadline(guint ms);

/* Runs the main loop until @condition, or fails the test after 5 s. */
#define fake_vici_wait(condition)                                               \
    do {                                                                        \
        gint64 fake_vici_end = g_get_monotonic_time() + 5 * G_TIME_SPAN_SECOND; \
        guint  fake_vici_tick = g_timeout_add(50, fake_vici_on_tick, NULL);     \
                                                                                \
        while (!(condition) && g_get_monotonic_time() < fake_vici_end)          \
            g_main_context_iteration(NULL, TRUE);                               \
        g_source_remove(fake_vici_tick);                                        \
        g_assert_true(condition);                                               \
    } while (0)

/* Runs the main loop for so long: for what must not happen. */
void     fake_vici_run(guint ms);
gboolean fake_vici_on_tick(gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeVici, fake_vici_free)

#endif
