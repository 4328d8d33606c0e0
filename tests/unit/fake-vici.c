/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake VICI server. It frames and takes apart packets itself, so that a mistake in the code
 * under test is not repeated here.
 */
#include "fake-vici.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    GBytes         *reply;
    FakeViciHandler handler;
    gpointer        user_data;
    gboolean        is_fault;
    FakeViciFault   fault;
    guint           delay_ms;
} Answer;

struct _FakeViciConn {
    FakeVici   *server;
    int         fd;
    guint       read_source;
    guint       write_source;
    guint       delay_source; /* an answer is held back, and all after it */
    GByteArray *in;
    GByteArray *out;
    gsize       piece; /* the most to write at once, 0: no limit */
    gboolean    closing;
    GPtrArray  *registered;
};

struct _FakeVici {
    char       *dir;
    char       *path;
    int         fd;
    guint       accept_source;
    GPtrArray  *conns;
    GHashTable *answers;
    GHashTable *refused_events;
    GHashTable *ignored_events;
    GPtrArray  *requests;
    guint       n_accepted;
};

static void conn_process(FakeViciConn *conn);

static void
answer_free(gpointer data)
{
    Answer *answer = data;

    g_clear_pointer(&answer->reply, g_bytes_unref);
    g_free(answer);
}

static void
request_free(gpointer data)
{
    FakeViciRequest *request = data;

    g_free(request->command);
    g_bytes_unref(request->message);
    g_free(request);
}

static void
conn_finalize(gpointer data)
{
    FakeViciConn *conn = data;

    g_byte_array_unref(conn->in);
    g_byte_array_unref(conn->out);
    g_ptr_array_unref(conn->registered);
}

static void
conn_unref(FakeViciConn *conn)
{
    g_rc_box_release_full(conn, conn_finalize);
}

/* The memory stays while a handler runs: it may stop the server. */
static void
conn_free(gpointer data)
{
    FakeViciConn *conn = data;

    g_clear_handle_id(&conn->read_source, g_source_remove);
    g_clear_handle_id(&conn->write_source, g_source_remove);
    g_clear_handle_id(&conn->delay_source, g_source_remove);
    close(conn->fd);
    conn->fd = -1;
    conn_unref(conn);
}

static gboolean
on_writable(int fd, GIOCondition condition, gpointer data)
{
    FakeViciConn *conn = data;
    gsize         len = conn->piece ? MIN(conn->piece, conn->out->len) : conn->out->len;
    gssize        sent = send(fd, conn->out->data, len, MSG_NOSIGNAL);

    if (sent > 0)
        g_byte_array_remove_range(conn->out, 0, (guint) sent);
    if ((sent < 0 && errno != EAGAIN) || (conn->out->len == 0 && conn->closing)) {
        conn->write_source = 0;
        g_ptr_array_remove(conn->server->conns, conn);
        return G_SOURCE_REMOVE;
    }
    if (conn->out->len > 0)
        return G_SOURCE_CONTINUE;
    conn->write_source = 0;
    return G_SOURCE_REMOVE;
}

void
fake_vici_conn_raw(FakeViciConn *conn, gconstpointer data, gsize len)
{
    if (conn->fd < 0)
        return;
    g_byte_array_append(conn->out, data, (guint) len);
    if (conn->write_source == 0)
        conn->write_source = g_unix_fd_add(conn->fd, G_IO_OUT, on_writable, conn);
}

static void
conn_close(FakeViciConn *conn)
{
    conn->closing = TRUE;
    fake_vici_conn_raw(conn, "", 0);
}

/* @name: (nullable) @message: (nullable) */
static GByteArray *
make_frame(guint8 type, const char *name, GBytes *message)
{
    GByteArray   *frame = g_byte_array_new();
    gsize         len = 0;
    gconstpointer data = message ? g_bytes_get_data(message, &len) : NULL;
    guint8        name_len = name ? (guint8) strlen(name) : 0;
    guint32       length = GUINT32_TO_BE((guint32) (1 + (name ? 1 + name_len : 0) + len));

    g_byte_array_append(frame, (const guint8 *) &length, 4);
    g_byte_array_append(frame, &type, 1);
    if (name) {
        g_byte_array_append(frame, &name_len, 1);
        g_byte_array_append(frame, (const guint8 *) name, name_len);
    }
    if (len > 0)
        g_byte_array_append(frame, data, (guint) len);
    return frame;
}

static void
conn_send(FakeViciConn *conn, guint8 type, const char *name, GBytes *message)
{
    g_autoptr(GByteArray) frame = make_frame(type, name, message);

    fake_vici_conn_raw(conn, frame->data, frame->len);
}

static guint
conn_count(const FakeViciConn *conn, const char *event)
{
    guint count = 0;
    guint i;

    for (i = 0; i < conn->registered->len; i++)
        count += strcmp(conn->registered->pdata[i], event) == 0;
    return count;
}

void
fake_vici_conn_event(FakeViciConn *conn, const char *event, GBytes *message)
{
    guint n;

    for (n = conn_count(conn, event); n > 0; n--)
        conn_send(conn, 7, event, message);
}

static void
answer_registration(FakeViciConn *conn, const char *event)
{
    if (g_hash_table_contains(conn->server->ignored_events, event))
        return;
    if (g_hash_table_contains(conn->server->refused_events, event)) {
        conn_send(conn, 6, NULL, NULL);
        return;
    }
    g_ptr_array_add(conn->registered, g_strdup(event));
    conn_send(conn, 5, NULL, NULL);
}

static void
answer_unregistration(FakeViciConn *conn, const char *event)
{
    guint i;

    for (i = 0; i < conn->registered->len; i++) {
        if (strcmp(conn->registered->pdata[i], event) == 0) {
            g_ptr_array_remove_index(conn->registered, i);
            conn_send(conn, 5, NULL, NULL);
            return;
        }
    }
    conn_send(conn, 6, NULL, NULL);
}

static void
send_fault(FakeViciConn *conn, FakeViciFault fault)
{
    g_autoptr(GBytes) ok = fake_vici_ok();
    g_autoptr(GBytes) open = g_bytes_new_static("\1\4open", 6);
    g_autoptr(GBytes) junk = g_bytes_new_static("\377\376junk", 6);
    g_autoptr(GByteArray) good = make_frame(1, NULL, ok);

    switch (fault) {
    case FAKE_VICI_NO_REPLY:
        break;
    case FAKE_VICI_HANG_UP:
        conn_close(conn);
        break;
    case FAKE_VICI_TRUNCATED:
        fake_vici_conn_raw(conn, good->data, good->len / 2);
        conn_close(conn);
        break;
    case FAKE_VICI_OVERSIZE:
        fake_vici_conn_raw(conn, "\0\10\0\1\1", 5); /* 512 KiB and one byte */
        break;
    case FAKE_VICI_EMPTY_FRAME:
        fake_vici_conn_raw(conn, "\0\0\0\0", 4);
        break;
    case FAKE_VICI_UNKNOWN_TYPE:
        conn_send(conn, 9, NULL, ok);
        break;
    case FAKE_VICI_REQUEST_TYPE:
        conn_send(conn, 0, "version", NULL);
        break;
    case FAKE_VICI_WRONG_ANSWER:
        conn_send(conn, 5, NULL, NULL);
        break;
    case FAKE_VICI_UNBALANCED:
        conn_send(conn, 1, NULL, open);
        break;
    case FAKE_VICI_JUNK:
        conn_send(conn, 1, NULL, junk);
        break;
    case FAKE_VICI_SHORT_EVENT:
        fake_vici_conn_raw(conn, "\0\0\0\3\7\5a", 7);
        break;
    case FAKE_VICI_TWO_REPLIES:
        fake_vici_conn_raw(conn, good->data, good->len);
        fake_vici_conn_raw(conn, good->data, good->len);
        break;
    case FAKE_VICI_GARBAGE_AFTER:
        fake_vici_conn_raw(conn, good->data, good->len);
        fake_vici_conn_raw(conn, "\377garbage", 8);
        break;
    case FAKE_VICI_BYTEWISE:
        conn->piece = 1;
        fake_vici_conn_raw(conn, good->data, good->len);
        break;
    case FAKE_VICI_EVENTS_FIRST:
        conn_send(conn, 7, "list-sa", ok);
        conn_send(conn, 7, "log", NULL);
        fake_vici_conn_raw(conn, good->data, good->len);
        break;
    case FAKE_VICI_N_FAULTS:
        g_assert_not_reached();
    }
}

static void
answer_command(FakeViciConn *conn, const FakeViciRequest *request, const Answer *answer)
{
    gsize         len;
    gconstpointer data = g_bytes_get_data(request->message, &len);
    ViciSection   root;
    GBytes       *reply;

    if (answer->is_fault) {
        send_fault(conn, answer->fault);
    } else if (answer->reply) {
        conn_send(conn, 1, NULL, answer->reply);
    } else {
        g_assert_true(vici_message_check(data, len, &root, NULL));
        reply = answer->handler(conn, &root, answer->user_data);
        if (reply) {
            conn_send(conn, 1, NULL, reply);
            g_bytes_unref(reply);
        }
    }
}

typedef struct {
    FakeViciConn          *conn;
    const FakeViciRequest *request;
    const Answer          *answer;
} Delayed;

static gboolean
on_delay(gpointer data)
{
    const Delayed *delayed = data;
    FakeViciConn  *conn = delayed->conn;

    conn->delay_source = 0;
    g_rc_box_acquire(conn);
    answer_command(conn, delayed->request, delayed->answer);
    conn_process(conn);
    conn_unref(conn);
    return G_SOURCE_REMOVE;
}

static void
handle_command(FakeViciConn *conn, const char *command, const guint8 *data, gsize len)
{
    FakeViciRequest *request = g_new(FakeViciRequest, 1);
    const Answer    *answer = g_hash_table_lookup(conn->server->answers, command);
    Delayed         *delayed;

    *request =
        (FakeViciRequest){ g_strdup(command), g_bytes_new(data, len), g_get_monotonic_time() };
    g_ptr_array_add(conn->server->requests, request);
    if (!answer || (!answer->handler && !answer->reply && !answer->is_fault)) {
        conn_send(conn, 2, NULL, NULL);
    } else if (answer->delay_ms == 0) {
        answer_command(conn, request, answer);
    } else {
        delayed = g_new(Delayed, 1);
        *delayed = (Delayed){ conn, request, answer };
        conn->delay_source =
            g_timeout_add_full(G_PRIORITY_DEFAULT, answer->delay_ms, on_delay, delayed, g_free);
    }
}

/* A client under test never sends a frame that breaks the protocol. */
static void
handle_frame(FakeViciConn *conn, const guint8 *data, gsize len)
{
    g_autofree char *name = NULL;

    g_assert_cmpuint(len, >=, 2);
    g_assert_cmpuint(data[1], <=, len - 2);
    name = g_strndup((const char *) data + 2, data[1]);
    switch (data[0]) {
    case 0:
        handle_command(conn, name, data + 2 + data[1], len - 2 - data[1]);
        break;
    case 3:
        answer_registration(conn, name);
        break;
    case 4:
        answer_unregistration(conn, name);
        break;
    default:
        g_assert_not_reached();
    }
}

static void
conn_process(FakeViciConn *conn)
{
    guint32 length;

    while (conn->fd >= 0 && conn->delay_source == 0 && !conn->closing && conn->in->len >= 4) {
        g_autofree guint8 *data = NULL;

        memcpy(&length, conn->in->data, 4);
        length = GUINT32_FROM_BE(length);
        g_assert_cmpuint(length, <=, 512 * 1024);
        if (conn->in->len - 4 < length)
            return;
        data = g_memdup2(conn->in->data + 4, length);
        g_byte_array_remove_range(conn->in, 0, 4 + length);
        handle_frame(conn, data, length);
    }
}

static gboolean
on_readable(int fd, GIOCondition condition, gpointer data)
{
    FakeViciConn *conn = data;
    guint8        bytes[4096];
    gssize        len = recv(fd, bytes, sizeof(bytes), 0);

    if (len < 0 && errno == EAGAIN)
        return G_SOURCE_CONTINUE;
    if (len <= 0) {
        conn->read_source = 0;
        g_ptr_array_remove(conn->server->conns, conn);
        return G_SOURCE_REMOVE;
    }
    g_byte_array_append(conn->in, bytes, (guint) len);
    g_rc_box_acquire(conn);
    conn_process(conn);
    conn_unref(conn);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_acceptable(int fd, GIOCondition condition, gpointer data)
{
    FakeVici     *server = data;
    FakeViciConn *conn = g_rc_box_new0(FakeViciConn);

    conn->fd = accept(fd, NULL, NULL);
    g_assert_cmpint(conn->fd, >=, 0);
    g_assert_true(g_unix_set_fd_nonblocking(conn->fd, TRUE, NULL));
    conn->server = server;
    conn->in = g_byte_array_new();
    conn->out = g_byte_array_new();
    conn->registered = g_ptr_array_new_with_free_func(g_free);
    conn->read_source = g_unix_fd_add(conn->fd, G_IO_IN, on_readable, conn);
    g_ptr_array_add(server->conns, conn);
    server->n_accepted++;
    return G_SOURCE_CONTINUE;
}

void
fake_vici_start(FakeVici *server)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    g_assert_cmpint(server->fd, ==, -1);
    g_strlcpy(address.sun_path, server->path, sizeof(address.sun_path));
    g_unlink(server->path);
    server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server->fd, (struct sockaddr *) &address, sizeof(address)), ==, 0);
    g_assert_cmpint(listen(server->fd, 3), ==, 0); /* as few as the real one */
    server->accept_source = g_unix_fd_add(server->fd, G_IO_IN, on_acceptable, server);
}

void
fake_vici_stop(FakeVici *server, gboolean remove_file)
{
    g_ptr_array_set_size(server->conns, 0);
    g_clear_handle_id(&server->accept_source, g_source_remove);
    if (server->fd >= 0)
        close(server->fd);
    server->fd = -1;
    if (remove_file)
        g_unlink(server->path);
}

FakeVici *
fake_vici_new(void)
{
    FakeVici *server = g_new0(FakeVici, 1);

    server->dir = g_dir_make_tmp("fake-vici-XXXXXX", NULL);
    g_assert_nonnull(server->dir);
    server->path = g_build_filename(server->dir, "vici", NULL);
    server->fd = -1;
    server->conns = g_ptr_array_new_with_free_func(conn_free);
    server->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
    server->refused_events = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    server->ignored_events = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    server->requests = g_ptr_array_new_with_free_func(request_free);
    fake_vici_start(server);
    return server;
}

void
fake_vici_free(FakeVici *server)
{
    fake_vici_stop(server, TRUE);
    g_rmdir(server->dir);
    g_ptr_array_unref(server->conns);
    g_hash_table_unref(server->answers);
    g_hash_table_unref(server->refused_events);
    g_hash_table_unref(server->ignored_events);
    g_ptr_array_unref(server->requests);
    g_free(server->dir);
    g_free(server->path);
    g_free(server);
}

const char *
fake_vici_path(const FakeVici *server)
{
    return server->path;
}

static Answer *
answer_for(FakeVici *server, const char *command)
{
    Answer *answer = g_hash_table_lookup(server->answers, command);

    if (!answer) {
        answer = g_new0(Answer, 1);
        g_hash_table_insert(server->answers, g_strdup(command), answer);
    }
    return answer;
}

static Answer *
new_answer_for(FakeVici *server, const char *command)
{
    Answer *answer = answer_for(server, command);

    g_clear_pointer(&answer->reply, g_bytes_unref);
    answer->handler = NULL;
    answer->is_fault = FALSE;
    return answer;
}

void
fake_vici_answer(FakeVici *server, const char *command, GBytes *reply)
{
    new_answer_for(server, command)->reply = reply;
}

void
fake_vici_handle(FakeVici *server, const char *command, FakeViciHandler handler, gpointer user_data)
{
    Answer *answer = new_answer_for(server, command);

    answer->handler = handler;
    answer->user_data = user_data;
}

void
fake_vici_misbehave(FakeVici *server, const char *command, FakeViciFault fault)
{
    Answer *answer = new_answer_for(server, command);

    answer->is_fault = TRUE;
    answer->fault = fault;
}

void
fake_vici_delay(FakeVici *server, const char *command, guint delay_ms)
{
    answer_for(server, command)->delay_ms = delay_ms;
}

GBytes *
fake_vici_ok(void)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "success", "yes");
    return vici_builder_finish(builder, NULL);
}

GBytes *
fake_vici_refusal(const char *errmsg)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "success", "no");
    vici_builder_string(builder, "errmsg", errmsg);
    return vici_builder_finish(builder, NULL);
}

guint
fake_vici_event(FakeVici *server, const char *event, GBytes *message)
{
    guint count = 0;
    guint i;

    for (i = 0; i < server->conns->len; i++) {
        count += conn_count(server->conns->pdata[i], event);
        fake_vici_conn_event(server->conns->pdata[i], event, message);
    }
    return count;
}

void
fake_vici_refuse_event(FakeVici *server, const char *event)
{
    g_hash_table_add(server->refused_events, g_strdup(event));
}

void
fake_vici_ignore_event(FakeVici *server, const char *event)
{
    g_hash_table_add(server->ignored_events, g_strdup(event));
}

guint
fake_vici_n_registered(const FakeVici *server, const char *event)
{
    guint count = 0;
    guint i;

    for (i = 0; i < server->conns->len; i++)
        count += conn_count(server->conns->pdata[i], event);
    return count;
}

guint
fake_vici_n_connections(const FakeVici *server)
{
    return server->conns->len;
}

guint
fake_vici_n_accepted(const FakeVici *server)
{
    return server->n_accepted;
}

guint
fake_vici_n_requests(const FakeVici *server)
{
    return server->requests->len;
}

const FakeViciRequest *
fake_vici_request(const FakeVici *server, guint index)
{
    g_assert_cmpuint(index, <, server->requests->len);
    return server->requests->pdata[index];
}

guint
fake_vici_count(const FakeVici *server, const char *command)
{
    guint count = 0;
    guint i;

    for (i = 0; i < server->requests->len; i++)
        count += strcmp(fake_vici_request(server, i)->command, command) == 0;
    return count;
}

const FakeViciRequest *
fake_vici_last(const FakeVici *server, const char *command)
{
    guint i;

    for (i = server->requests->len; i > 0; i--) {
        if (strcmp(fake_vici_request(server, i - 1)->command, command) == 0)
            return fake_vici_request(server, i - 1);
    }
    return NULL;
}

/* Not while an answer is held back. */
void
fake_vici_forget(FakeVici *server)
{
    g_ptr_array_set_size(server->requests, 0);
}

gboolean
fake_vici_on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

void
fake_vici_run(guint ms)
{
    gint64 end = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;
    guint  tick = g_timeout_add(MIN(ms, 10), fake_vici_on_tick, NULL);

    while (g_get_monotonic_time() < end)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(tick);
}

guint
fake_vici_deadline(guint ms)
{
    return g_getenv("NM_GRE_UNDER_VALGRIND") ? 6 * ms : ms;
}
