/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes the VICI client with a server that answers what the input says: after each request the
 * next piece of it, in a frame or as it is. Whatever comes, each request gets one answer.
 */
#include "vici/vici-client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { N_REQUESTS = 3, TURNS = 200 };

static int   server = -1;
static char *path;

/* ---- the server ---- */

typedef struct {
    const guint8 *data;
    gsize         size;
    int           fds[8];
    guint         n;
} Server;

static void
listen_once(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (server >= 0)
        return;
    path = g_strdup_printf("%s/fuzz-vici-%d", g_get_tmp_dir(), getpid());
    g_unlink(path);
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    server = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server, (struct sockaddr *) &address, sizeof address), ==, 0);
    g_assert_cmpint(listen(server, 16), ==, 0);
}

/* A piece: a byte with its length, its top bit set if it gets a frame. */
static void
send_piece(Server *s, int fd)
{
    guint8 piece[4 + 127];
    gsize  len, head = 0;

    if (s->size == 0)
        return;
    len = MIN((gsize) (s->data[0] & 0x7f), s->size - 1);
    if (s->data[0] & 0x80) {
        memcpy(piece, (guint8[]){ 0, 0, 0, (guint8) len }, 4);
        head = 4;
    }
    memcpy(piece + head, s->data + 1, len);
    s->data += 1 + len;
    s->size -= 1 + len;
    send(fd, piece, head + len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Answers who wrote; ends a connection once there is nothing left to say. */
static void
serve(Server *s)
{
    char buffer[4096];
    int  fd = s->n < G_N_ELEMENTS(s->fds) ? accept(server, NULL, NULL) : -1;

    if (fd >= 0)
        s->fds[s->n++] = fd;
    for (guint i = 0; i < s->n; i++) {
        if (s->fds[i] < 0 || recv(s->fds[i], buffer, sizeof buffer, MSG_DONTWAIT) <= 0)
            continue;
        if (s->size > 0)
            send_piece(s, s->fds[i]);
        else {
            close(s->fds[i]);
            s->fds[i] = -1;
        }
    }
}

static void
hang_up(Server *s)
{
    int fd;

    for (guint i = 0; i < s->n; i++)
        if (s->fds[i] >= 0)
            close(s->fds[i]);
    while ((fd = accept(server, NULL, NULL)) >= 0)
        close(fd);
}

/* ---- the client ---- */

static void
up(ViciClient *client, gpointer data)
{
}

static void
down(ViciClient *client, const GError *error, gpointer data)
{
    g_assert_nonnull(error);
}

static void
walk(const ViciSection *section)
{
    ViciSection iter = *section, body;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &body))
        walk(&body);
}

static void
event(ViciClient *client, const char *name, const ViciSection *message, gpointer data)
{
    walk(message);
}

static void
stream(const ViciSection *message, gpointer data)
{
    walk(message);
}

static void
reply(const ViciSection *message, const GError *error, gpointer data)
{
    g_assert_true(!message == !!error);
    if (message)
        walk(message);
    (*(guint *) data)++;
}

static const ViciClientCallbacks callbacks = { up, down, event };

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *const names[] = { "ike-updown", "child-updown", NULL };
    Server            s = { .data = data, .size = size };
    guint             answers[N_REQUESTS] = { 0 };
    ViciClient       *client;

    listen_once();
    client = vici_client_new(path, names, &callbacks, NULL);
    vici_client_start(client);
    vici_client_request(client, "version", NULL, NULL, NULL, 1000, reply, &answers[0]);
    vici_client_request(client, "list-sas", NULL, "list-sa", stream, 1000, reply, &answers[1]);
    vici_client_request(client, "stats", NULL, NULL, NULL, 1000, reply, &answers[2]);
    for (guint i = 0; i < TURNS && (s.size > 0 || i < 50); i++) {
        serve(&s);
        g_main_context_iteration(NULL, FALSE);
    }
    vici_client_stop(client);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    for (guint i = 0; i < N_REQUESTS; i++)
        g_assert_cmpuint(answers[i], ==, 1);
    vici_client_free(client);
    hang_up(&s);
    return 0;
}
