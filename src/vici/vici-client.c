/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VICI client: its connections, the queue of requests and the registered events.
 *
 * Requests are sent one at a time, each after the previous answer. The daemon processes a
 * connection in order anyway, and so a request's deadline starts with its turn: 250 requests after
 * a restart do not time out while the daemon makes progress. A streaming request has three steps:
 * register the event, send the command, unregister the event.
 *
 * Every callback is the last action of a main loop source of ours, or runs under a reference: the
 * caller may stop or free the client in any of them.
 */
#include "vici/vici-client.h"

#include <string.h>

#include "gre-error.h"
#include "vici/vici-transport.h"

#define DELAY_MIN_MS     250
#define DELAY_MAX_MS     4000
#define EVENT_TIMEOUT_MS 10000 /* for the answer to a registration */

typedef enum {
    STATE_STOPPED,
    STATE_WAITING,    /* until the next try */
    STATE_CONNECTING, /* the connections are open, events are being registered */
    STATE_UP,
} State;

typedef enum {
    STAGE_QUEUED,
    STAGE_REGISTER,
    STAGE_COMMAND,
    STAGE_UNREGISTER, /* its caller's callback has been called by then */
} Stage;

typedef struct {
    guint          id;
    Stage          stage;
    char          *command;
    GBytes        *message; /* (nullable) */
    char          *stream_event;
    guint          timeout_ms;
    ViciStreamFunc stream;
    ViciReplyFunc  reply; /* NULL: cancelled, or called */
    gpointer       user_data;
    GError        *error; /* once it failed */
} Request;

typedef enum {
    EVENT_OFF,
    EVENT_ON,
    EVENT_NOT_KNOWN, /* by this daemon */
} EventState;

typedef struct {
    char      *name;
    guint      users;
    EventState state; /* as the daemon has it */
} Event;

struct _ViciClient {
    char               *path; /* (nullable) */
    ViciClientCallbacks callbacks;
    gpointer            user_data;
    State               state;
    guint               timer; /* while waiting */
    guint               delay_ms;
    gint64              up_since;
    ViciTransport      *commands;
    ViciTransport      *listener;
    GPtrArray          *events;
    Event              *asking; /* whose registration is pending */
    GQueue              queue;  /* of Request; while up the head is pending */
    guint               last_id;
    GQueue              failed; /* of Request, whose callbacks are due */
    GError             *down;   /* to be reported */
    gboolean            down_reported;
    guint               deliver_source;
};

static void pump_requests(ViciClient *self);
static void pump_events(ViciClient *self);

static void
request_free(gpointer data)
{
    Request *request = data;

    g_free(request->command);
    g_free(request->stream_event);
    g_clear_pointer(&request->message, g_bytes_unref);
    g_clear_error(&request->error);
    g_free(request);
}

static void
event_free(gpointer data)
{
    Event *event = data;

    g_free(event->name);
    g_free(event);
}

/* Frees @request and calls its callback. */
static void
request_finish(Request *request, const ViciSection *reply, const GError *error)
{
    ViciReplyFunc func = request->reply;
    gpointer      user_data = request->user_data;
    g_autoptr(GError) copy = error ? g_error_copy(error) : NULL;

    request_free(request);
    if (func)
        func(copy ? NULL : reply, copy, user_data);
}

/* Reports the failures, requests first; each callback may queue more, or stop or free the
 * client. */
static void
deliver(ViciClient *self)
{
    Request *request;

    g_rc_box_acquire(self);
    while ((request = g_queue_pop_head(&self->failed)))
        request_finish(request, NULL, request->error);
    if (self->down) {
        g_autoptr(GError) down = g_steal_pointer(&self->down);

        self->callbacks.down(self, down, self->user_data);
    }
    g_rc_box_release(self);
}

static gboolean
on_deliver(gpointer data)
{
    ViciClient *self = data;

    self->deliver_source = 0;
    deliver(self);
    return G_SOURCE_REMOVE;
}

static void
deliver_later(ViciClient *self)
{
    if (self->deliver_source == 0)
        self->deliver_source = g_idle_add_full(G_PRIORITY_DEFAULT, on_deliver, self, NULL);
}

static void
request_fail(ViciClient *self, Request *request, GreErrorCode code, const char *message)
{
    request->error = g_error_new_literal(GRE_ERROR, (gint) code, message);
    g_queue_push_tail(&self->failed, request);
}

/* The first one may have another code. */
static void
fail_queue(ViciClient *self, GreErrorCode first, GreErrorCode others, const char *message)
{
    GreErrorCode code = first;
    Request     *request;

    while ((request = g_queue_pop_head(&self->queue))) {
        request_fail(self, request, code, message);
        code = others;
    }
}

static void
disconnect(ViciClient *self)
{
    guint i;

    g_clear_pointer(&self->commands, vici_transport_close);
    g_clear_pointer(&self->listener, vici_transport_close);
    g_clear_handle_id(&self->timer, g_source_remove);
    self->asking = NULL;
    for (i = 0; i < self->events->len; i++)
        ((Event *) self->events->pdata[i])->state = EVENT_OFF;
}

/* The only function that sets the state. */
static void
enter_state(ViciClient *self, State state)
{
    switch (state) {
    case STATE_UP:
        self->up_since = g_get_monotonic_time();
        self->down_reported = FALSE;
        break;
    case STATE_STOPPED:
        self->delay_ms = DELAY_MIN_MS;
        self->down_reported = FALSE;
        g_clear_error(&self->down);
        break;
    case STATE_WAITING:
    case STATE_CONNECTING:
        break;
    }
    self->state = state;
}

static gboolean on_try(gpointer data);

static void
try_in(ViciClient *self, guint delay_ms)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add(delay_ms, on_try, self);
    enter_state(self, STATE_WAITING);
}

/* After a restart of the daemon the backoff starts again. A daemon that keeps breaking the
 * protocol, or hangs, right after each new start is tried less and less often. */
static guint
next_delay(ViciClient *self, const GError *cause)
{
    gint64 lasted = g_get_monotonic_time() - self->up_since;
    guint  delay;

    if (self->state == STATE_UP && (g_error_matches(cause, GRE_ERROR, GRE_ERROR_DAEMON) ||
                                    lasted >= DELAY_MAX_MS * G_TIME_SPAN_MILLISECOND))
        self->delay_ms = DELAY_MIN_MS;
    delay = self->delay_ms;
    self->delay_ms = MIN(delay * 2, DELAY_MAX_MS);
    return delay;
}

/* @under_way: whether the request at the head was sent on the connection that broke: it alone gets
 * the error GRE_ERROR_TIMEOUT, _PROTOCOL or _DAEMON. */
static void
lose(ViciClient *self, gboolean under_way, const GError *cause)
{
    GreErrorCode code = g_error_matches(cause, GRE_ERROR, GRE_ERROR_NOT_INSTALLED)
                            ? GRE_ERROR_NOT_INSTALLED
                            : GRE_ERROR_DAEMON;

    disconnect(self);
    try_in(self, next_delay(self, cause));
    fail_queue(self, under_way ? (GreErrorCode) cause->code : code, code, cause->message);
    if (!self->down_reported) {
        self->down_reported = TRUE;
        g_clear_error(&self->down);
        self->down = g_error_new_literal(GRE_ERROR, (gint) code, cause->message);
    }
    deliver(self);
}

static void
on_lost(ViciTransport *transport, const GError *error, gpointer user_data)
{
    ViciClient    *self = user_data;
    const Request *head = g_queue_peek_head(&self->queue);

    lose(self, transport == self->commands && head && head->stage != STAGE_QUEUED, error);
}

static Event *
find_event(ViciClient *self, const char *name)
{
    guint i;

    for (i = 0; i < self->events->len; i++) {
        Event *event = self->events->pdata[i];

        if (strcmp(event->name, name) == 0)
            return event;
    }
    return NULL;
}

static gboolean
event_is_settled(const Event *event)
{
    return event->users > 0 ? event->state != EVENT_OFF : event->state != EVENT_ON;
}

static Event *
find_unsettled_event(ViciClient *self)
{
    guint i;

    for (i = 0; i < self->events->len; i++) {
        Event *event = self->events->pdata[i];

        if (!event_is_settled(event))
            return event;
    }
    return NULL;
}

/* The connections are open and the daemon has registered the events. */
static void
come_up(ViciClient *self)
{
    enter_state(self, STATE_UP);
    pump_requests(self);
    self->callbacks.up(self, self->user_data);
}

/* Registers or unregisters the next event whose state in the daemon differs from ours; one at a
 * time. */
static void
pump_events(ViciClient *self)
{
    Event *event;

    if (self->asking || (!self->listener && self->state != STATE_CONNECTING))
        return;
    event = find_unsettled_event(self);
    if (event) {
        self->asking = event;
        vici_transport_ask(self->listener,
                           event->users > 0 ? VICI_PACKET_REGISTER : VICI_PACKET_UNREGISTER,
                           event->name, NULL, EVENT_TIMEOUT_MS);
    } else if (self->state == STATE_CONNECTING) {
        come_up(self);
    }
}

static void
on_listener_answer(ViciTransport     *transport,
                   ViciPacketType     type,
                   const ViciSection *message,
                   gpointer           user_data)
{
    ViciClient *self = user_data;
    Event      *event = g_steal_pointer(&self->asking);

    if (event->state == EVENT_ON)
        event->state = EVENT_OFF;
    else
        event->state = type == VICI_PACKET_CONFIRM ? EVENT_ON : EVENT_NOT_KNOWN;
    pump_events(self);
}

static void
on_listener_event(ViciTransport     *transport,
                  const char        *name,
                  const ViciSection *message,
                  gpointer           user_data)
{
    ViciClient  *self = user_data;
    const Event *event = find_event(self, name);

    if (event && event->users > 0)
        self->callbacks.event(self, name, message, self->user_data);
}

/* Sends what the stage of the request requires. */
static void
enter_stage(ViciClient *self, Request *request, Stage stage)
{
    request->stage = stage;
    switch (stage) {
    case STAGE_QUEUED:
        return;
    case STAGE_REGISTER:
    case STAGE_UNREGISTER:
        vici_transport_ask(self->commands,
                           stage == STAGE_REGISTER ? VICI_PACKET_REGISTER : VICI_PACKET_UNREGISTER,
                           request->stream_event, NULL, request->timeout_ms);
        return;
    case STAGE_COMMAND:
        vici_transport_ask(self->commands, VICI_PACKET_COMMAND, request->command, request->message,
                           request->timeout_ms);
        g_clear_pointer(&request->message, g_bytes_unref);
        return;
    }
}

static void
pump_requests(ViciClient *self)
{
    Request *head = g_queue_peek_head(&self->queue);

    if (self->state == STATE_UP && head && head->stage == STAGE_QUEUED)
        enter_stage(self, head, head->stream_event ? STAGE_REGISTER : STAGE_COMMAND);
}

/* Text from the daemon, fit for one line of a log. */
static char *
clean_text(char *text)
{
    char *valid = g_utf8_make_valid(text ? text : "no reason given", -1);
    char *c;

    for (c = valid; *c; c++) {
        if (g_ascii_iscntrl(*c))
            *c = ' ';
    }
    g_free(text);
    return valid;
}

/* NULL if the command succeeded. */
static GError *
refusal(const Request *request, ViciPacketType type, const ViciSection *reply)
{
    g_autofree char *text = NULL;

    if (type == VICI_PACKET_COMMAND_UNKNOWN)
        return g_error_new(GRE_ERROR, GRE_ERROR_REFUSED, "strongSwan does not know the command %s",
                           request->command);
    if (!vici_section_is(reply, "success", "no"))
        return NULL;
    text = clean_text(vici_section_string(reply, "errmsg"));
    return g_error_new(GRE_ERROR, GRE_ERROR_REFUSED, "strongSwan refused %s: %s", request->command,
                       text);
}

static void
handle_response(ViciClient *self, Request *head, ViciPacketType type, const ViciSection *reply)
{
    g_autoptr(GError) error = refusal(head, type, reply);
    Request *done = head;

    if (head->stream_event) {
        /* Stays at the head until the event is unregistered, without a callback. */
        done = g_new0(Request, 1);
        done->reply = g_steal_pointer(&head->reply);
        done->user_data = head->user_data;
        head->stream = NULL;
        enter_stage(self, head, STAGE_UNREGISTER);
    } else {
        g_queue_pop_head(&self->queue);
        pump_requests(self);
    }
    request_finish(done, reply, error);
}

static void
handle_registered(ViciClient *self, Request *head, ViciPacketType type)
{
    g_autoptr(GError) error = NULL;

    if (type == VICI_PACKET_CONFIRM) {
        enter_stage(self, head, STAGE_COMMAND);
        return;
    }
    error = g_error_new(GRE_ERROR, GRE_ERROR_REFUSED,
                        "strongSwan does not know the event %s of the command %s",
                        head->stream_event, head->command);
    g_queue_pop_head(&self->queue);
    pump_requests(self);
    request_finish(head, NULL, error);
}

static void
on_commands_answer(ViciTransport     *transport,
                   ViciPacketType     type,
                   const ViciSection *message,
                   gpointer           user_data)
{
    ViciClient *self = user_data;
    Request    *head = g_queue_peek_head(&self->queue);

    switch (head->stage) {
    case STAGE_QUEUED:
        break; /* impossible: without a request the transport passes no answer */
    case STAGE_REGISTER:
        handle_registered(self, head, type);
        break;
    case STAGE_COMMAND:
        handle_response(self, head, type, message);
        break;
    case STAGE_UNREGISTER:
        request_free(g_queue_pop_head(&self->queue));
        pump_requests(self);
        break;
    }
}

static void
on_commands_event(ViciTransport     *transport,
                  const char        *name,
                  const ViciSection *message,
                  gpointer           user_data)
{
    ViciClient    *self = user_data;
    const Request *head = g_queue_peek_head(&self->queue);

    if (head && head->stage == STAGE_COMMAND && head->stream &&
        g_strcmp0(head->stream_event, name) == 0)
        head->stream(message, head->user_data);
}

static gboolean
open_transports(ViciClient *self, GError **error)
{
    static const ViciTransportCallbacks commands = {
        on_commands_answer,
        on_commands_event,
        on_lost,
    };
    static const ViciTransportCallbacks listener = {
        on_listener_answer,
        on_listener_event,
        on_lost,
    };

    self->commands = vici_transport_open(self->path, &commands, self, error);
    if (!self->commands || self->events->len == 0)
        return self->commands != NULL;
    /* Both with the same daemon, if there are several. */
    self->listener =
        vici_transport_open(vici_transport_path(self->commands), &listener, self, error);
    return self->listener != NULL;
}

static gboolean
on_try(gpointer data)
{
    ViciClient *self = data;
    g_autoptr(GError) error = NULL;

    self->timer = 0;
    enter_state(self, STATE_CONNECTING);
    if (open_transports(self, &error))
        pump_events(self);
    else
        lose(self, FALSE, error);
    return G_SOURCE_REMOVE;
}

static Event *
event_add(ViciClient *self, const char *name)
{
    Event *event = find_event(self, name);

    if (!event) {
        event = g_new0(Event, 1);
        event->name = g_strdup(name);
        g_ptr_array_add(self->events, event);
    }
    event->users++;
    return event;
}

ViciClient *
vici_client_new(const char                *path,
                const char *const         *events,
                const ViciClientCallbacks *callbacks,
                gpointer                   user_data)
{
    ViciClient *self = g_rc_box_new0(ViciClient);

    self->path = g_strdup(path);
    self->callbacks = *callbacks;
    self->user_data = user_data;
    self->delay_ms = DELAY_MIN_MS;
    self->events = g_ptr_array_new_with_free_func(event_free);
    for (; events && *events; events++)
        event_add(self, *events);
    return self;
}

void
vici_client_free(ViciClient *client)
{
    disconnect(client);
    enter_state(client, STATE_STOPPED);
    g_clear_handle_id(&client->deliver_source, g_source_remove);
    g_queue_clear_full(&client->queue, request_free);
    g_queue_clear_full(&client->failed, request_free);
    g_clear_pointer(&client->events, g_ptr_array_unref);
    g_clear_pointer(&client->path, g_free);
    g_rc_box_release(client);
}

void
vici_client_start(ViciClient *client)
{
    if (client->state == STATE_STOPPED)
        try_in(client, 0);
}

void
vici_client_stop(ViciClient *client)
{
    if (client->state == STATE_STOPPED)
        return;
    disconnect(client);
    enter_state(client, STATE_STOPPED);
    fail_queue(client, GRE_ERROR_STOPPED, GRE_ERROR_STOPPED, "the VICI client was stopped");
    deliver_later(client);
}

gboolean
vici_client_is_up(const ViciClient *client)
{
    return client->state == STATE_UP;
}

void
vici_client_poke(ViciClient *client)
{
    client->delay_ms = DELAY_MIN_MS;
    if (client->state == STATE_WAITING)
        try_in(client, 0);
}

static gboolean
fits_frame(const char *command, GBytes *message)
{
    guint8 head[VICI_FRAME_HEAD_MAX];

    return vici_frame_head(head, VICI_PACKET_COMMAND, command,
                           message ? g_bytes_get_size(message) : 0) > 0;
}

guint
vici_client_request(ViciClient    *client,
                    const char    *command,
                    GBytes        *message,
                    const char    *stream_event,
                    ViciStreamFunc stream,
                    guint          timeout_ms,
                    ViciReplyFunc  reply,
                    gpointer       user_data)
{
    Request *request = g_new0(Request, 1);
    guint    id = ++client->last_id ? client->last_id : ++client->last_id;

    request->id = id;
    request->command = g_strdup(command);
    request->message = message;
    request->stream_event = g_strdup(stream_event);
    request->timeout_ms = timeout_ms;
    request->stream = stream;
    request->reply = reply;
    request->user_data = user_data;
    if (client->state == STATE_STOPPED || !fits_frame(command, message)) {
        if (client->state == STATE_STOPPED)
            request_fail(client, request, GRE_ERROR_STOPPED, "the VICI client is stopped");
        else
            request_fail(client, request, GRE_ERROR_PROTOCOL, "the VICI message is too long");
        deliver_later(client);
        return id;
    }
    g_queue_push_tail(&client->queue, request);
    pump_requests(client);
    return id;
}

static gboolean
cancel_in(GQueue *queue, guint id)
{
    GList *l;

    for (l = queue->head; l; l = l->next) {
        Request *request = l->data;

        if (request->id == id) {
            request->stream = NULL;
            request->reply = NULL;
            return TRUE;
        }
    }
    return FALSE;
}

void
vici_client_cancel(ViciClient *client, guint id)
{
    if (!cancel_in(&client->queue, id))
        cancel_in(&client->failed, id);
}

void
vici_client_subscribe(ViciClient *client, const char *event, gboolean on)
{
    Event *known;

    g_return_if_fail(client->events->len > 0);
    known = on ? event_add(client, event) : find_event(client, event);

    if (!on && known && known->users > 0)
        known->users--;
    pump_events(client);
}
