/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One child process, one request, one reply; the buffers are wiped. The process belongs to the
 * profile's user, who can stop it: the deadline does not wait for its end.
 */
#include "config.h"

#include "keys/keys-client.h"

#include "gre-error.h"
#include "keys/keys-turns.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *program = LIBEXECDIR "/nm-gre-keys";
static guint       timeout_ms = 20000;

typedef struct {
    char         *user; /* NULL: the system */
    GSubprocess  *process;
    guint32       uid; /* that the process is changing to; 0: not told yet */
    GreSecret    *request;
    guint8       *answer;
    gsize         len;
    GreSecret    *password;
    GCancellable *io;
    GSource      *timeout, *cancelled;
    gboolean      late;
} Reading;

static void
clear_source(GSource **source)
{
    if (*source)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
reading_free(gpointer data)
{
    Reading *reading = data;

    clear_source(&reading->timeout);
    clear_source(&reading->cancelled);
    explicit_bzero(reading->answer, GRE_CREDENTIALS_MAX);
    g_free(reading->answer);
    gre_secret_unref(reading->request);
    gre_secret_unref(reading->password);
    g_clear_object(&reading->process);
    g_object_unref(reading->io);
    g_free(reading->user);
    g_free(reading);
}

void
gre_keys_client_set_program(const char *path)
{
    program = path;
}

void
gre_keys_client_set_timeout(guint ms)
{
    timeout_ms = ms;
}

/* ---- the process ---- */

/* For this thread alone; setresuid() of the C library changes all threads. */
static gboolean
set_effective_uid(uid_t uid)
{
#ifdef SYS_setresuid32
    return syscall(SYS_setresuid32, -1, uid, -1) == 0;
#else
    return syscall(SYS_setresuid, -1, uid, -1) == 0;
#endif
}

/* The service has no CAP_KILL, but it may be the user for a moment: so whatever else the process ID
 * could mean by now, it is the user's. The real and the saved uid, by which the user could reach
 * this process, stay root's. */
static void
kill_as_user(const Reading *reading)
{
    const char *id = g_subprocess_get_identifier(reading->process);

    if (!id || reading->uid == geteuid() || geteuid() != 0 || !set_effective_uid(reading->uid))
        return;
    kill((pid_t) g_ascii_strtoll(id, NULL, 10), SIGKILL);
    if (!set_effective_uid(0))
        abort();
}

/* SIGKILL also ends a process that is stopped. GSubprocess reaps it. */
static void
kill_process(const Reading *reading)
{
    g_subprocess_force_exit(reading->process);
    if (reading->uid != 0)
        kill_as_user(reading);
}

static void
process_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autofree char *user = data;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    gre_keys_turns_done(user);
}

/* ---- the answer ---- */

static void
finish(GTask *task)
{
    Reading        *reading = g_task_get_task_data(task);
    GreCredentials *credentials;
    GError         *error = NULL;

    clear_source(&reading->timeout);
    clear_source(&reading->cancelled);
    if (g_task_return_error_if_cancelled(task))
        return;
    if (reading->late) {
        g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_TIMEOUT,
                                "keys and certificates could not be read within %u s",
                                timeout_ms / 1000);
        return;
    }
    credentials = gre_credentials_unpack(reading->answer, reading->len, &error);
    if (!credentials) {
        g_task_return_error(task, error);
        return;
    }
    if (credentials->token && reading->password)
        credentials->pin = gre_secret_ref(reading->password);
    g_task_return_pointer(task, credentials, (GDestroyNotify) gre_credentials_unref);
}

static void
answer_read(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GTask) task = data;
    Reading *reading = g_task_get_task_data(task);

    /* A truncated answer is detected when it is parsed. */
    g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &reading->len, NULL);
    kill_process(reading);
    finish(task);
}

static void
uid_read(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask   *task = data;
    Reading *reading = g_task_get_task_data(task);
    gsize    len;

    if (!g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &len, NULL) ||
        len < sizeof reading->uid)
        reading->uid = 0;
    g_input_stream_read_all_async(G_INPUT_STREAM(source), reading->answer, GRE_CREDENTIALS_MAX,
                                  G_PRIORITY_DEFAULT, reading->io, answer_read, task);
}

static void
request_written(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask   *task = data;
    Reading *reading = g_task_get_task_data(task);

    g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    g_output_stream_close(G_OUTPUT_STREAM(source), NULL, NULL);
    /* Not cancelled: a process that was not root's any more when it was to be killed has told its
     * user, and answer_read() kills it then. */
    g_input_stream_read_all_async(g_subprocess_get_stdout_pipe(reading->process), &reading->uid,
                                  sizeof reading->uid, G_PRIORITY_DEFAULT, NULL, uid_read, task);
}

/* ---- beginning and end ---- */

/* It is the user's turn. */
static void
start(gpointer data)
{
    GTask        *task = data;
    Reading      *reading = g_task_get_task_data(task);
    const guint8 *bytes;
    gsize         len;
    g_autoptr(GError) error = NULL;

    reading->process = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
    if (!reading->process) {
        gre_keys_turns_done(reading->user);
        g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_PROTOCOL,
                                "keys and certificates can't be read: %s", error->message);
        g_object_unref(task);
        return;
    }
    g_subprocess_wait_async(reading->process, NULL, process_ended, g_strdup(reading->user));
    bytes = gre_secret_data(reading->request, &len);
    g_output_stream_write_all_async(g_subprocess_get_stdin_pipe(reading->process), bytes, len,
                                    G_PRIORITY_DEFAULT, reading->io, request_written, task);
}

/* Too late, or no longer wanted. */
static void
stop(GTask *task)
{
    Reading *reading = g_task_get_task_data(task);

    if (reading->process) {
        kill_process(reading);
        g_cancellable_cancel(reading->io);
    } else if (gre_keys_turns_cancel(reading->user, task)) {
        finish(task);
        g_object_unref(task);
    }
}

static gboolean
timed_out(gpointer data)
{
    Reading *reading = g_task_get_task_data(data);

    reading->late = TRUE;
    stop(data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled(GCancellable *cancellable, gpointer data)
{
    stop(data);
    return G_SOURCE_REMOVE;
}

static GSource *
watch(GSource *source, GSourceFunc func, GTask *task)
{
    g_source_set_callback(source, func, task, NULL);
    g_source_attach(source, NULL);
    return source;
}

void
gre_keys_client_read_async(const GreKeyRequest *request,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    Reading *reading = g_new0(Reading, 1);

    g_task_set_task_data(task, reading, reading_free);
    reading->user = g_strdup(request->user);
    reading->io = g_cancellable_new();
    reading->answer = g_malloc0(GRE_CREDENTIALS_MAX);
    reading->request = gre_credentials_request_pack(request);
    reading->password = request->password ? gre_secret_ref(request->password) : NULL;
    if (g_task_return_error_if_cancelled(task))
        return;
    reading->timeout = watch(g_timeout_source_new(timeout_ms), timed_out, task);
    if (cancellable)
        reading->cancelled =
            watch(g_cancellable_source_new(cancellable), G_SOURCE_FUNC(on_cancelled), task);
    gre_keys_turns_take(reading->user, start, g_object_ref(task));
}

GreCredentials *
gre_keys_client_read_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

GreKeyRequest *
gre_keys_client_request(const GreIpsecOptions *options,
                        const GreAddress      *local,
                        const GreAddress      *remote,
                        const char            *user)
{
    GreKeyRequest *request = g_new0(GreKeyRequest, 1);
    char           buf[GRE_ADDRESS_STRLEN];

    request->user = g_strdup(user);
    request->ca = g_strdup(options->ca);
    request->cert = g_strdup(options->cert);
    request->remote_cert = g_strdup(options->remote_cert);
    request->key = g_strdup(options->private_key);
    request->remote_pubkey = g_strdup(options->remote_pubkey);
    request->local_id = g_strdup(options->local_id);
    request->remote_id = g_strdup(options->remote_id);
    request->local_address = g_strdup(gre_address_to_string(local, buf));
    request->remote_address = g_strdup(gre_address_to_string(remote, buf));
    request->ike_version = options->ike_version;
    if (options->private_key_password)
        request->password = gre_secret_ref(options->private_key_password);
    return request;
}
