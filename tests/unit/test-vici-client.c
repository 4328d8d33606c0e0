/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VICI client against a fake daemon that answers well, badly, late or not at all, and that
 * comes and goes.
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake-vici.h"
#include "gre-error.h"
#include "gre-strongswan.h"
#include "vici/vici-client.h"

typedef struct {
    FakeVici   *server;
    ViciClient *client;
    guint       n_up;
    guint       n_down;
    GError     *down; /* the last */
    GPtrArray  *events;
    GString    *log;                 /* what the callbacks say, in order */
    void (*on_up)(gpointer fixture); /* run once, in the callback */
    void (*on_down)(gpointer fixture);
    void (*on_event)(gpointer fixture);
    void (*on_reply)(gpointer fixture);
    gboolean in_call; /* of a function of the client: no callback may come */
} Fixture;

typedef struct {
    Fixture    *fixture;
    guint       id;
    const char *name;
    guint       n_replies;
    guint       n_streamed;
    GError     *error;
    char       *value; /* of "k" in the reply */
} Call;

static void
run_hook(Fixture *f, void (**hook)(gpointer fixture))
{
    void (*func)(gpointer fixture) = *hook;

    g_assert_false(f->in_call);
    *hook = NULL;
    if (func)
        func(f);
}

static void
on_up(ViciClient *client, gpointer data)
{
    Fixture *f = data;

    g_assert_true(vici_client_is_up(client));
    f->n_up++;
    g_string_append(f->log, "up ");
    run_hook(f, &f->on_up);
}

static void
on_down(ViciClient *client, const GError *error, gpointer data)
{
    Fixture *f = data;

    g_assert_false(vici_client_is_up(client));
    f->n_down++;
    g_clear_error(&f->down);
    f->down = g_error_copy(error);
    g_string_append(f->log, "down ");
    run_hook(f, &f->on_down);
}

static void
on_event(ViciClient *client, const char *name, const ViciSection *message, gpointer data)
{
    Fixture *f = data;

    g_ptr_array_add(f->events, vici_section_string(message, "n"));
    g_string_append_printf(f->log, "%s ", name);
    run_hook(f, &f->on_event);
}

static const ViciClientCallbacks callbacks = { on_up, on_down, on_event };

static void
setup(Fixture *f, gconstpointer data)
{
    static const char *const events[] = { "ike-updown", "log", NULL };

    f->server = fake_vici_new();
    f->client = vici_client_new(fake_vici_path(f->server), events, &callbacks, f);
    f->events = g_ptr_array_new_with_free_func(g_free);
    f->log = g_string_new(NULL);
    fake_vici_answer(f->server, "version", fake_vici_ok());
}

static void
teardown(Fixture *f, gconstpointer data)
{
    g_clear_pointer(&f->client, vici_client_free);
    fake_vici_free(f->server);
    g_clear_error(&f->down);
    g_ptr_array_unref(f->events);
    g_string_free(f->log, TRUE);
}

static void
come_up(Fixture *f)
{
    vici_client_start(f->client);
    fake_vici_wait(vici_client_is_up(f->client));
}

static void
on_reply(const ViciSection *reply, const GError *error, gpointer data)
{
    Call *call = data;

    g_assert_true(!reply == !!error);
    call->n_replies++;
    if (error)
        call->error = g_error_copy(error);
    else
        call->value = vici_section_string(reply, "k");
    g_string_append_printf(call->fixture->log, "%s ", call->name);
    run_hook(call->fixture, &call->fixture->on_reply);
}

static void
on_stream(const ViciSection *message, gpointer data)
{
    Call *call = data;

    g_assert_false(call->fixture->in_call);
    call->n_streamed++;
}

static void
send_call(Fixture *f, Call *call, const char *name, gboolean stream, guint timeout_ms)
{
    *call = (Call){ .fixture = f, .name = name };
    f->in_call = TRUE;
    call->id = vici_client_request(f->client, name, NULL, stream ? "list-sa" : NULL, on_stream,
                                   timeout_ms, on_reply, call);
    f->in_call = FALSE;
    g_assert_cmpuint(call->id, !=, 0);
}

static void
clear_call(Call *call)
{
    g_clear_error(&call->error);
    g_free(call->value);
}

static void
free_client(gpointer fixture)
{
    Fixture *f = fixture;

    g_clear_pointer(&f->client, vici_client_free);
}

static void
stop_client(gpointer fixture)
{
    Fixture *f = fixture;

    vici_client_stop(f->client);
}

static GBytes *
make_message(const char *key, guint number)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_format(builder, key, "%u", number);
    return vici_builder_finish(builder, NULL);
}

static void
test_up(Fixture *f, gconstpointer data)
{
    vici_client_start(f->client);
    vici_client_start(f->client);
    g_assert_false(vici_client_is_up(f->client));
    fake_vici_wait(f->n_up == 1);
    g_assert_cmpuint(fake_vici_n_accepted(f->server), ==, 2);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "ike-updown"), ==, 1);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "log"), ==, 1);
    g_assert_cmpuint(f->n_down, ==, 0);
}

static void
test_up_without_events(void)
{
    g_autoptr(FakeVici) server = fake_vici_new();
    Fixture f = { .server = server, .log = g_string_new(NULL) };

    f.client = vici_client_new(fake_vici_path(server), NULL, &callbacks, &f);
    vici_client_start(f.client);
    g_assert_cmpuint(f.n_up, ==, 0);
    fake_vici_wait(f.n_up == 1);
    fake_vici_wait(fake_vici_n_accepted(server) == 1);
    fake_vici_run(50);
    g_assert_cmpuint(fake_vici_n_accepted(server), ==, 1);
    vici_client_free(f.client);
    g_string_free(f.log, TRUE);
}

/* As "alert" on strongSwan before 6.0.3. */
static void
test_event_unknown(Fixture *f, gconstpointer data)
{
    fake_vici_refuse_event(f->server, "ike-updown");
    come_up(f);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "log"), ==, 1);
    vici_client_subscribe(f->client, "ike-updown", FALSE);
    vici_client_subscribe(f->client, "log", FALSE);
    fake_vici_wait(fake_vici_n_registered(f->server, "log") == 0);
    g_assert_true(vici_client_is_up(f->client));
}

/* Until the events are confirmed there is no up; and a daemon that doesn't confirm is not waited
 * for forever. */
static void
test_event_unanswered(Fixture *f, gconstpointer data)
{
    fake_vici_ignore_event(f->server, "log");
    vici_client_start(f->client);
    fake_vici_wait(fake_vici_n_registered(f->server, "ike-updown") == 1);
    fake_vici_run(100);
    g_assert_false(vici_client_is_up(f->client));
    g_assert_cmpuint(f->n_up, ==, 0);
    if (!g_test_slow())
        return;
    fake_vici_run(10000);
    g_assert_cmpuint(f->n_down, ==, 1);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(f->down->message, "did not answer log"));
}

static void
test_subscribe(Fixture *f, gconstpointer data)
{
    g_autoptr(GBytes) message = make_message("n", 1);

    come_up(f);
    vici_client_subscribe(f->client, "control-log", TRUE);
    vici_client_subscribe(f->client, "control-log", TRUE);
    fake_vici_wait(fake_vici_n_registered(f->server, "control-log") == 1);
    fake_vici_event(f->server, "control-log", message);
    fake_vici_wait(f->events->len == 1);
    vici_client_subscribe(f->client, "control-log", FALSE);
    fake_vici_run(50);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "control-log"), ==, 1);
    /* what is on its way when the last user goes is not passed on any more */
    fake_vici_event(f->server, "control-log", message);
    vici_client_subscribe(f->client, "control-log", FALSE);
    vici_client_subscribe(f->client, "control-log", FALSE);
    vici_client_subscribe(f->client, "nonsense", FALSE);
    fake_vici_wait(fake_vici_n_registered(f->server, "control-log") == 0);
    g_assert_cmpuint(f->events->len, ==, 1);
    /* on and off again at once, then on: settles as wanted last */
    vici_client_subscribe(f->client, "control-log", TRUE);
    vici_client_subscribe(f->client, "control-log", FALSE);
    vici_client_subscribe(f->client, "control-log", TRUE);
    fake_vici_run(50);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "control-log"), ==, 1);
}

static void
test_500_events(Fixture *f, gconstpointer data)
{
    guint i;

    come_up(f);
    for (i = 0; i < 500; i++) {
        g_autoptr(GBytes) message = make_message("n", i);

        g_assert_cmpuint(fake_vici_event(f->server, "log", message), ==, 1);
    }
    fake_vici_wait(f->events->len == 500);
    for (i = 0; i < 500; i++)
        g_assert_cmpint(atoi(f->events->pdata[i]), ==, (int) i);
}

static GBytes *
echo(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    return g_bytes_new(message->data, message->len);
}

static void
test_512_requests(Fixture *f, gconstpointer data)
{
    g_autofree Call *calls = g_new0(Call, 512);
    guint            i;

    fake_vici_handle(f->server, "echo", echo, NULL);
    come_up(f);
    for (i = 0; i < 512; i++) {
        calls[i] = (Call){ .fixture = f, .name = "echo" };
        vici_client_request(f->client, "echo", make_message("k", i), NULL, NULL, 1000, on_reply,
                            &calls[i]);
    }
    fake_vici_wait(calls[511].n_replies == 1);
    for (i = 0; i < 512; i++) {
        g_assert_cmpuint(calls[i].n_replies, ==, 1);
        g_assert_cmpint(atoi(calls[i].value), ==, (int) i);
        clear_call(&calls[i]);
    }
}

/* Partial writes both ways: more than a socket's buffer. */
static void
test_large_message(Fixture *f, gconstpointer data)
{
    ViciBuilder     *builder = vici_builder_new();
    g_autofree char *value = g_strnfill(VICI_VALUE_MAX, 'v');
    Call             call = { .fixture = f, .name = "echo" };
    guint            i;

    vici_builder_string(builder, "k", "large");
    for (i = 0; i < 7; i++)
        vici_builder_string(builder, "more", value);
    fake_vici_handle(f->server, "echo", echo, NULL);
    come_up(f);
    vici_client_request(f->client, "echo", vici_builder_finish(builder, NULL), NULL, NULL, 4000,
                        on_reply, &call);
    fake_vici_wait(call.n_replies == 1);
    g_assert_no_error(call.error);
    g_assert_cmpstr(call.value, ==, "large");
    clear_call(&call);
}

static void
test_too_large(Fixture *f, gconstpointer data)
{
    g_autofree char *name = g_strnfill(VICI_NAME_MAX + 1, 'n');
    Call             call, next;

    come_up(f);
    send_call(f, &call, name, FALSE, 1000);
    send_call(f, &next, "version", FALSE, 1000);
    fake_vici_wait(next.n_replies == 1 && call.n_replies == 1);
    g_assert_error(call.error, GRE_ERROR, GRE_ERROR_PROTOCOL);
    g_assert_no_error(next.error);
    clear_call(&call);
}

static void
test_refused(Fixture *f, gconstpointer data)
{
    Call refused, unknown, next;

    fake_vici_answer(f->server, "load-conn", fake_vici_refusal("no\nway\377"));
    come_up(f);
    send_call(f, &refused, "load-conn", FALSE, 1000);
    send_call(f, &unknown, "nonsense", FALSE, 1000);
    send_call(f, &next, "version", FALSE, 1000);
    fake_vici_wait(next.n_replies == 1);
    g_assert_error(refused.error, GRE_ERROR, GRE_ERROR_REFUSED);
    g_assert_cmpstr(refused.error->message, ==, "strongSwan refused load-conn: no way\357\277\275");
    g_assert_error(unknown.error, GRE_ERROR, GRE_ERROR_REFUSED);
    g_assert_nonnull(strstr(unknown.error->message, "nonsense"));
    g_assert_no_error(next.error);
    g_assert_cmpstr(f->log->str, ==, "up load-conn nonsense version ");
    clear_call(&refused);
    clear_call(&unknown);
}

/* How the client takes each bad answer: what that request gets, what the one behind it, and whether
 * the connection is given up. */
static const struct {
    FakeViciFault fault;
    const char   *name;
    gint          code; /* -1: success */
    gint          behind;
    gboolean      lost;
} faults[] = {
    { FAKE_VICI_NO_REPLY, "no reply", GRE_ERROR_TIMEOUT, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_HANG_UP, "EOF", GRE_ERROR_DAEMON, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_TRUNCATED, "EOF in the middle", GRE_ERROR_DAEMON, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_OVERSIZE, "oversize", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_EMPTY_FRAME, "empty frame", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_UNKNOWN_TYPE, "unknown type", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_REQUEST_TYPE, "request type", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_WRONG_ANSWER, "wrong answer", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_UNBALANCED, "unbalanced", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_JUNK, "junk", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_SHORT_EVENT, "short event", GRE_ERROR_PROTOCOL, GRE_ERROR_DAEMON, TRUE },
    { FAKE_VICI_TWO_REPLIES, "two replies", -1, GRE_ERROR_PROTOCOL, TRUE },
    { FAKE_VICI_GARBAGE_AFTER, "garbage after", -1, GRE_ERROR_PROTOCOL, TRUE },
    { FAKE_VICI_BYTEWISE, "byte by byte", -1, -1, FALSE },
    { FAKE_VICI_EVENTS_FIRST, "events first", -1, -1, FALSE },
};

G_STATIC_ASSERT(G_N_ELEMENTS(faults) == FAKE_VICI_N_FAULTS);

static void
assert_outcome(const Call *call, gint code)
{
    g_assert_cmpuint(call->n_replies, ==, 1);
    if (code < 0)
        g_assert_no_error(call->error);
    else
        g_assert_error(call->error, GRE_ERROR, code);
}

/* Another request waits behind the bad one, and after it all the client works again. */
static void
test_fault(Fixture *f, gconstpointer data)
{
    guint index = GPOINTER_TO_UINT(data);
    Call  bad, behind, later;

    fake_vici_misbehave(f->server, "bad", faults[index].fault);
    fake_vici_delay(f->server, "version", 100);
    come_up(f);
    send_call(f, &bad, "bad", FALSE, 300);
    send_call(f, &behind, "version", FALSE, 2000);
    if (faults[index].lost) {
        fake_vici_wait(f->n_down == 1);
        g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
        g_assert_cmpstr(f->log->str, ==, "up bad version down ");
        vici_client_poke(f->client);
        fake_vici_wait(f->n_up == 2);
    } else {
        fake_vici_wait(behind.n_replies == 1);
    }
    assert_outcome(&bad, faults[index].code);
    assert_outcome(&behind, faults[index].behind);
    send_call(f, &later, "version", FALSE, 2000);
    fake_vici_wait(later.n_replies == 1);
    assert_outcome(&later, -1);
    g_assert_cmpuint(f->events->len, ==, 0);
    clear_call(&bad);
    clear_call(&behind);
}

static void
test_junk_event(Fixture *f, gconstpointer data)
{
    g_autoptr(GBytes) junk = g_bytes_new_static("\7", 1);

    come_up(f);
    fake_vici_event(f->server, "log", junk);
    fake_vici_wait(f->n_down == 1);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(f->down->message, "byte 0"));
    vici_client_poke(f->client);
    fake_vici_wait(f->n_up == 2);
    g_assert_cmpuint(f->events->len, ==, 0);
}

/* A request's time runs from its turn, not while others have theirs. */
static void
test_deadline_from_turn(Fixture *f, gconstpointer data)
{
    Call  calls[5];
    guint i;

    fake_vici_delay(f->server, "version", 100);
    come_up(f);
    for (i = 0; i < G_N_ELEMENTS(calls); i++)
        send_call(f, &calls[i], "version", FALSE, 250);
    fake_vici_wait(calls[4].n_replies == 1);
    for (i = 0; i < G_N_ELEMENTS(calls); i++)
        assert_outcome(&calls[i], -1);
    g_assert_cmpuint(f->n_down, ==, 0);
}

static void
test_cancel(Fixture *f, gconstpointer data)
{
    Call a, b, c;

    fake_vici_delay(f->server, "version", 50);
    fake_vici_answer(f->server, "b", fake_vici_ok());
    fake_vici_answer(f->server, "c", fake_vici_refusal("only c gets this"));
    come_up(f);
    send_call(f, &a, "version", FALSE, 1000);
    send_call(f, &b, "b", FALSE, 1000);
    send_call(f, &c, "c", FALSE, 1000);
    fake_vici_wait(fake_vici_n_requests(f->server) == 1);
    vici_client_cancel(f->client, a.id); /* under way */
    vici_client_cancel(f->client, b.id); /* not yet sent */
    vici_client_cancel(f->client, 4711); /* none of ours */
    fake_vici_wait(c.n_replies == 1);
    g_assert_cmpuint(a.n_replies, ==, 0);
    g_assert_cmpuint(b.n_replies, ==, 0);
    assert_outcome(&c, GRE_ERROR_REFUSED);
    g_assert_cmpuint(fake_vici_count(f->server, "b"), ==, 1); /* sent all the same */
    clear_call(&c);
}

/* A cancelled request that gets no reply still ends the connection when it is overdue. */
static void
test_cancelled_deadline(Fixture *f, gconstpointer data)
{
    Call a, b;

    fake_vici_misbehave(f->server, "bad", FAKE_VICI_NO_REPLY);
    come_up(f);
    send_call(f, &a, "bad", FALSE, 100);
    send_call(f, &b, "version", FALSE, 1000);
    vici_client_cancel(f->client, a.id);
    fake_vici_wait(f->n_down == 1);
    g_assert_cmpuint(a.n_replies, ==, 0);
    assert_outcome(&b, GRE_ERROR_DAEMON);
    clear_call(&b);
}

/* Fails, but before its callback is due it is cancelled. */
static void
test_cancel_failed(Fixture *f, gconstpointer data)
{
    Call a, b;

    come_up(f);
    send_call(f, &a, "version", FALSE, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    vici_client_stop(f->client);
    vici_client_cancel(f->client, a.id);
    fake_vici_wait(b.n_replies == 1);
    g_assert_cmpuint(a.n_replies, ==, 0);
    assert_outcome(&b, GRE_ERROR_STOPPED);
    clear_call(&b);
}

static GBytes *
list_sas(FakeViciConn *conn, const ViciSection *message, gpointer data)
{
    g_autoptr(GBytes) one = make_message("n", 1);
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);

    fake_vici_conn_event(conn, "list-sa", one);
    fake_vici_conn_event(conn, "log", one); /* not registered here */
    fake_vici_conn_event(conn, "list-sa", none);
    return g_bytes_ref(none);
}

/* Two in a row: each gets its own messages once, and nothing stays registered. */
static void
test_stream(Fixture *f, gconstpointer data)
{
    Call a, b, c;

    fake_vici_handle(f->server, "list-sas", list_sas, NULL);
    come_up(f);
    send_call(f, &a, "list-sas", TRUE, 1000);
    send_call(f, &b, "list-sas", TRUE, 1000);
    send_call(f, &c, "version", FALSE, 1000);
    fake_vici_wait(c.n_replies == 1);
    assert_outcome(&a, -1);
    assert_outcome(&b, -1);
    g_assert_cmpuint(a.n_streamed, ==, 2);
    g_assert_cmpuint(b.n_streamed, ==, 2);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "list-sa"), ==, 0);
    g_assert_cmpuint(f->events->len, ==, 0);
    g_assert_cmpuint(fake_vici_n_requests(f->server), ==, 3);
}

static void
test_stream_cancelled(Fixture *f, gconstpointer data)
{
    Call a, b;

    fake_vici_handle(f->server, "list-sas", list_sas, NULL);
    come_up(f);
    send_call(f, &a, "list-sas", TRUE, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    vici_client_cancel(f->client, a.id);
    fake_vici_wait(b.n_replies == 1);
    g_assert_cmpuint(a.n_replies + a.n_streamed, ==, 0);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "list-sa"), ==, 0);
}

static void
test_stream_refused(Fixture *f, gconstpointer data)
{
    Call a, b, c;

    fake_vici_refuse_event(f->server, "list-sa");
    come_up(f);
    send_call(f, &a, "list-sas", TRUE, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    fake_vici_wait(b.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_REFUSED);
    assert_outcome(&b, -1);
    g_assert_cmpuint(fake_vici_count(f->server, "list-sas"), ==, 0);
    clear_call(&a);
    /* the command itself is not known: the event goes all the same */
    send_call(f, &c, "version", FALSE, 1000);
    fake_vici_wait(c.n_replies == 1);
}

static void
test_stream_unknown_command(Fixture *f, gconstpointer data)
{
    Call a, b;

    come_up(f);
    send_call(f, &a, "list-nonsense", TRUE, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    fake_vici_wait(b.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_REFUSED);
    g_assert_cmpuint(fake_vici_n_registered(f->server, "list-sa"), ==, 0);
    clear_call(&a);
}

/* The daemon is killed and comes back: the request fails, events come again. */
static void
test_restart(Fixture *f, gconstpointer data)
{
    g_autoptr(GBytes) message = make_message("n", 7);
    Call a, b;

    fake_vici_misbehave(f->server, "bad", FAKE_VICI_NO_REPLY);
    come_up(f);
    send_call(f, &a, "bad", FALSE, 5000);
    fake_vici_wait(fake_vici_n_requests(f->server) == 1);
    fake_vici_stop(f->server, FALSE);
    fake_vici_wait(f->n_down == 1);
    assert_outcome(&a, GRE_ERROR_DAEMON);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(f->down->message, "closed the connection"));
    send_call(f, &b, "version", FALSE, 1000);
    fake_vici_wait(b.n_replies == 1); /* fails with the next try */
    assert_outcome(&b, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(b.error->message, "not running"));
    fake_vici_run(300);
    g_assert_cmpuint(f->n_down, ==, 1);
    fake_vici_start(f->server);
    vici_client_poke(f->client);
    fake_vici_wait(f->n_up == 2);
    g_assert_cmpuint(fake_vici_event(f->server, "log", message), ==, 1);
    fake_vici_wait(f->events->len == 1);
    clear_call(&a);
    clear_call(&b);
}

/* A request made while connecting is sent once up. */
static void
test_request_before_up(Fixture *f, gconstpointer data)
{
    Call a, b;

    send_call(f, &a, "version", FALSE, 1000);
    vici_client_start(f->client);
    send_call(f, &b, "version", FALSE, 1000);
    fake_vici_wait(b.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_STOPPED);
    assert_outcome(&b, -1);
    clear_call(&a);
}

static void
test_not_running(Fixture *f, gconstpointer data)
{
    fake_vici_stop(f->server, FALSE);
    vici_client_start(f->client);
    fake_vici_wait(f->n_down == 1);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(f->down->message, "strongSwan is not running"));
    g_assert_nonnull(strstr(f->down->message, fake_vici_path(f->server)));
    fake_vici_run(300); /* a try more */
    g_assert_cmpuint(f->n_down, ==, 1);
    fake_vici_start(f->server);
    fake_vici_wait(f->n_up == 1); /* by itself */
}

/* On a machine without anything. */
static void
test_no_socket(Fixture *f, gconstpointer data)
{
    gre_strongswan_set_root("/no-such-directory");
    fake_vici_stop(f->server, TRUE);
    vici_client_start(f->client);
    fake_vici_wait(f->n_down == 1);
    gre_strongswan_set_root(NULL);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_NOT_INSTALLED);
    g_assert_nonnull(strstr(f->down->message, "strongSwan is not installed"));
    g_assert_nonnull(strstr(f->down->message, "install the package strongswan"));
}

/* Without a path, the client finds the daemon at its second usual place once it is there. */
static void
test_found_later(Fixture *f, gconstpointer data)
{
    static const char *const events[] = { "log", NULL };
    g_autofree char         *root = g_dir_make_tmp("gre-XXXXXX", NULL);
    g_autofree char         *run = g_build_filename(root, "run", NULL);
    g_autofree char         *directory = g_build_filename(run, "strongswan", NULL);
    g_autofree char         *path = g_build_filename(directory, "charon.vici", NULL);

    gre_strongswan_set_root(root);
    vici_client_free(f->client);
    f->client = vici_client_new(NULL, events, &callbacks, f);
    vici_client_start(f->client);
    fake_vici_wait(f->n_down == 1);
    g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
    g_assert_cmpint(symlink(fake_vici_path(f->server), path), ==, 0);
    fake_vici_wait(f->n_up == 1);
    g_assert_cmpuint(fake_vici_n_connections(f->server), ==, 2);
    gre_strongswan_set_root(NULL);
    g_unlink(path);
    g_rmdir(directory);
    g_rmdir(run);
    g_rmdir(root);
}

static void
test_no_permission(Fixture *f, gconstpointer data)
{
    g_assert_cmpint(g_chmod(fake_vici_path(f->server), 0), ==, 0);
    if (g_access(fake_vici_path(f->server), W_OK) == 0) {
        g_test_skip("root may do anything");
        return;
    }
    vici_client_start(f->client);
    fake_vici_wait(f->n_down == 1);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(f->down->message, "no permission"));
}

static void
test_long_path(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_strnfill(200, 'p');

    vici_client_free(f->client);
    f->client = vici_client_new(path, NULL, &callbacks, f);
    vici_client_start(f->client);
    fake_vici_wait(f->n_down == 1);
    g_assert_error(f->down, GRE_ERROR, GRE_ERROR_DAEMON);
}

/* 250, 500, 1000 ms …: a daemon that breaks the protocol whenever it is asked is not asked over and
 * over; one that was restarted is asked soon. */
static void
test_backoff(Fixture *f, gconstpointer data)
{
    guint i;

    fake_vici_misbehave(f->server, "bad", FAKE_VICI_JUNK);
    vici_client_start(f->client);
    for (i = 1; i <= 3; i++) {
        Call call;

        fake_vici_wait(f->n_up == i);
        send_call(f, &call, "bad", FALSE, 1000);
        fake_vici_wait(call.n_replies == 1);
        clear_call(&call);
    }
    g_assert_cmpuint(f->n_down, ==, 3);
    fake_vici_run(600);
    g_assert_cmpuint(f->n_up, ==, 3);
    vici_client_poke(f->client);
    g_assert_cmpuint(f->n_up, ==, 3); /* not from within */
    fake_vici_run(100);
    g_assert_cmpuint(f->n_up, ==, 4);
    fake_vici_stop(f->server, FALSE);
    fake_vici_start(f->server);
    fake_vici_run(350);
    g_assert_cmpuint(f->n_up, ==, 5);
}

static void
test_stop(Fixture *f, gconstpointer data)
{
    Call a, b;

    come_up(f);
    send_call(f, &a, "version", FALSE, 1000);
    send_call(f, &b, "list-sas", TRUE, 1000);
    f->in_call = TRUE;
    vici_client_stop(f->client);
    vici_client_stop(f->client);
    f->in_call = FALSE;
    g_assert_false(vici_client_is_up(f->client));
    fake_vici_wait(b.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_STOPPED);
    assert_outcome(&b, GRE_ERROR_STOPPED);
    fake_vici_wait(fake_vici_n_connections(f->server) == 0);
    fake_vici_run(300);
    g_assert_cmpuint(f->n_down, ==, 0);
    vici_client_start(f->client);
    fake_vici_wait(f->n_up == 2);
    clear_call(&a);
    clear_call(&b);
}

static void
test_free_with_requests(Fixture *f, gconstpointer data)
{
    Call a, b;

    come_up(f);
    send_call(f, &a, "version", FALSE, 1000);
    send_call(f, &b, "list-sas", TRUE, 1000);
    g_clear_pointer(&f->client, vici_client_free);
    fake_vici_run(50);
    g_assert_cmpuint(a.n_replies + b.n_replies, ==, 0);
}

static void
test_free_stopped(Fixture *f, gconstpointer data)
{
    Call a;

    send_call(f, &a, "version", FALSE, 1000);
    g_clear_pointer(&f->client, vici_client_free);
    fake_vici_run(20);
    g_assert_cmpuint(a.n_replies, ==, 0);
}

typedef void (*Hook)(gpointer fixture);

static const Hook ways_to_end[] = { free_client, stop_client };

/* More events and requests are on their way when the client goes in the callback of the first. */
static void
test_end_in_event(Fixture *f, gconstpointer data)
{
    g_autoptr(GBytes) message = make_message("n", 1);
    Call a;

    come_up(f);
    f->on_event = ways_to_end[GPOINTER_TO_UINT(data)];
    send_call(f, &a, "version", FALSE, 1000);
    fake_vici_event(f->server, "log", message);
    fake_vici_event(f->server, "log", message);
    fake_vici_wait(f->events->len == 1);
    fake_vici_run(50);
    g_assert_cmpuint(f->events->len, ==, 1);
    g_assert_cmpuint(f->n_down, ==, 0);
    clear_call(&a);
}

static void
test_end_in_up(Fixture *f, gconstpointer data)
{
    f->on_up = ways_to_end[GPOINTER_TO_UINT(data)];
    vici_client_start(f->client);
    fake_vici_wait(f->n_up == 1);
    fake_vici_run(50);
    g_assert_cmpuint(f->n_down, ==, 0);
    g_assert_cmpuint(fake_vici_n_connections(f->server), ==, 0);
}

static void
test_end_in_down(Fixture *f, gconstpointer data)
{
    Call a;

    come_up(f);
    f->on_down = ways_to_end[GPOINTER_TO_UINT(data)];
    fake_vici_stop(f->server, FALSE);
    fake_vici_wait(f->n_down == 1);
    fake_vici_start(f->server);
    fake_vici_run(300);
    g_assert_cmpuint(fake_vici_n_connections(f->server), ==, 0);
    if (!f->client)
        return;
    send_call(f, &a, "version", FALSE, 1000);
    fake_vici_wait(a.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_STOPPED);
    clear_call(&a);
}

/* In the callback of the first of three requests, which fail or succeed. */
static void
end_in_reply(Fixture *f, Hook hook, gboolean failing)
{
    Call a, b, c;

    fake_vici_handle(f->server, "list-sas", list_sas, NULL);
    fake_vici_misbehave(f->server, "bad", FAKE_VICI_HANG_UP);
    come_up(f);
    f->on_reply = hook;
    send_call(f, &a, failing ? "bad" : "list-sas", !failing, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    send_call(f, &c, "version", FALSE, 1000);
    fake_vici_wait(a.n_replies == 1);
    fake_vici_run(300);
    if (hook == free_client)
        g_assert_cmpuint(b.n_replies + c.n_replies, ==, 0);
    else
        g_assert_cmpuint(b.n_replies + c.n_replies, ==, 2);
    g_assert_cmpuint(f->n_down, ==, 0);
    g_assert_cmpuint(f->n_up, ==, 1);
    clear_call(&a);
    clear_call(&b);
    clear_call(&c);
}

static void
test_end_in_reply(Fixture *f, gconstpointer data)
{
    end_in_reply(f, ways_to_end[GPOINTER_TO_UINT(data)], FALSE);
}

static void
test_end_in_failure(Fixture *f, gconstpointer data)
{
    end_in_reply(f, ways_to_end[GPOINTER_TO_UINT(data)], TRUE);
}

static Call second;

static void
ask_again(gpointer fixture)
{
    send_call(fixture, &second, "version", FALSE, 1000);
}

/* Requests made in the callbacks of a failed request, of down and of up wait for the next up. */
static void
test_request_in_callback(Fixture *f, gconstpointer data)
{
    Call a;

    fake_vici_misbehave(f->server, "bad", FAKE_VICI_HANG_UP);
    come_up(f);
    f->on_reply = ask_again;
    send_call(f, &a, "bad", FALSE, 1000);
    fake_vici_wait(second.n_replies == 1);
    assert_outcome(&a, GRE_ERROR_DAEMON);
    assert_outcome(&second, -1);
    f->on_reply = ask_again;
    clear_call(&a);
    send_call(f, &a, "version", FALSE, 1000);
    fake_vici_wait(a.n_replies == 1 && second.n_replies == 1);
    assert_outcome(&second, -1);
}

static void
restart_client(gpointer fixture)
{
    Fixture *f = fixture;

    vici_client_stop(f->client);
    vici_client_start(f->client);
}

static void
test_restart_in_callback(Fixture *f, gconstpointer data)
{
    Call a, b;

    fake_vici_misbehave(f->server, "bad", FAKE_VICI_JUNK);
    come_up(f);
    f->on_reply = restart_client;
    send_call(f, &a, "bad", FALSE, 1000);
    send_call(f, &b, "version", FALSE, 1000);
    fake_vici_wait(f->n_up == 2);
    assert_outcome(&a, GRE_ERROR_PROTOCOL);
    assert_outcome(&b, GRE_ERROR_DAEMON);
    g_assert_cmpuint(f->n_down, ==, 0); /* stopped before it was told */
    clear_call(&a);
    clear_call(&b);
}

#define ADD(path, func) g_test_add("/vici/client/" path, Fixture, NULL, setup, func, teardown)

static void
add_ends(void)
{
    static const struct {
        const char *name;
        void (*func)(Fixture *f, gconstpointer data);
    } ends[] = {
        { "up", test_end_in_up },           { "down", test_end_in_down },
        { "event", test_end_in_event },     { "reply", test_end_in_reply },
        { "failure", test_end_in_failure },
    };
    guint i, way;

    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        for (way = 0; way < G_N_ELEMENTS(ways_to_end); way++) {
            g_autofree char *path =
                g_strdup_printf("/vici/client/%s-in/%s", way == 0 ? "free" : "stop", ends[i].name);

            g_test_add(path, Fixture, GUINT_TO_POINTER(way), setup, ends[i].func, teardown);
        }
    }
}

static void
add_faults(void)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strdup_printf("/vici/client/fault/%s", faults[i].name);

        g_test_add(path, Fixture, GUINT_TO_POINTER(i), setup, test_fault, teardown);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vici/client/up-without-events", test_up_without_events);
    ADD("up", test_up);
    ADD("event-unknown", test_event_unknown);
    ADD("event-unanswered", test_event_unanswered);
    ADD("subscribe", test_subscribe);
    ADD("500-events", test_500_events);
    ADD("512-requests", test_512_requests);
    ADD("large-message", test_large_message);
    ADD("too-large", test_too_large);
    ADD("refused", test_refused);
    ADD("junk-event", test_junk_event);
    ADD("deadline-from-turn", test_deadline_from_turn);
    ADD("cancel", test_cancel);
    ADD("cancelled-deadline", test_cancelled_deadline);
    ADD("cancel-failed", test_cancel_failed);
    ADD("stream", test_stream);
    ADD("stream-cancelled", test_stream_cancelled);
    ADD("stream-refused", test_stream_refused);
    ADD("stream-unknown-command", test_stream_unknown_command);
    ADD("restart", test_restart);
    ADD("request-before-up", test_request_before_up);
    ADD("not-running", test_not_running);
    ADD("no-socket", test_no_socket);
    ADD("found-later", test_found_later);
    ADD("no-permission", test_no_permission);
    ADD("long-path", test_long_path);
    ADD("backoff", test_backoff);
    ADD("stop", test_stop);
    ADD("free-with-requests", test_free_with_requests);
    ADD("free-stopped", test_free_stopped);
    ADD("request-in-callback", test_request_in_callback);
    ADD("restart-in-callback", test_restart_in_callback);
    add_faults();
    add_ends();
    return g_test_run();
}
