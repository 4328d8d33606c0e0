/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One child process, one request, one reply; the buffers are wiped. */
#include "config.h"

#include "keys/keys-client.h"

#include "gre-error.h"

#include <string.h>

#define TIMEOUT_MS 20000

static const char *program = LIBEXECDIR "/nm-gre-keys";

typedef struct {
    GSubprocess *process;
    GreSecret   *request;
    guint8      *answer;
    gsize        len;
    GreSecret   *password;
    GSource     *timeout;
    gboolean     late;
} Reading;

static void
reading_free(gpointer data)
{
    Reading *reading = data;

    if (reading->timeout) {
        g_source_destroy(reading->timeout);
        g_source_unref(reading->timeout);
    }
    explicit_bzero(reading->answer, GRE_CREDENTIALS_MAX);
    g_free(reading->answer);
    gre_secret_unref(reading->request);
    gre_secret_unref(reading->password);
    g_clear_object(&reading->process);
    g_free(reading);
}

void
gre_keys_client_set_program(const char *path)
{
    program = path;
}

static gboolean
timed_out(gpointer data)
{
    Reading *reading = data;

    reading->late = TRUE;
    g_subprocess_force_exit(reading->process);
    return G_SOURCE_REMOVE;
}

static void
finish(GTask *task)
{
    Reading        *reading = g_task_get_task_data(task);
    GreCredentials *credentials;
    GError         *error = NULL;

    if (g_task_return_error_if_cancelled(task))
        return;
    if (reading->late) {
        g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_TIMEOUT,
                                "keys and certificates could not be read within 20 s");
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
    g_subprocess_force_exit(reading->process);
    finish(task);
}

static void
request_written(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GTask) task = data;
    Reading *reading = g_task_get_task_data(task);

    g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    g_output_stream_close(G_OUTPUT_STREAM(source), NULL, NULL);
    g_input_stream_read_all_async(g_subprocess_get_stdout_pipe(reading->process), reading->answer,
                                  GRE_CREDENTIALS_MAX, G_PRIORITY_DEFAULT,
                                  g_task_get_cancellable(task), answer_read, g_object_ref(task));
}

void
gre_keys_client_read_async(const GreKeyRequest *request,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    g_autoptr(GError) error = NULL;
    Reading      *reading = g_new0(Reading, 1);
    const guint8 *data;
    gsize         len;

    g_task_set_task_data(task, reading, reading_free);
    reading->answer = g_malloc0(GRE_CREDENTIALS_MAX);
    reading->request = gre_credentials_request_pack(request);
    reading->password = request->password ? gre_secret_ref(request->password) : NULL;
    reading->process = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
    if (!reading->process) {
        g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_PROTOCOL,
                                "keys and certificates can't be read: %s", error->message);
        return;
    }
    reading->timeout = g_timeout_source_new(TIMEOUT_MS);
    g_source_set_callback(reading->timeout, timed_out, reading, NULL);
    g_source_attach(reading->timeout, NULL);
    data = gre_secret_data(reading->request, &len);
    g_output_stream_write_all_async(g_subprocess_get_stdin_pipe(reading->process), data, len,
                                    G_PRIORITY_DEFAULT, cancellable, request_written,
                                    g_object_ref(task));
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
