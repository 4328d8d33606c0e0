/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads into one block of memory, which is wiped once the values are extracted. */
#include "dialog-input.h"

#include "gre-error.h"
#include "gre-secret.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_MAX = 512 * 1024 };

void
gre_dialog_input_clear(GreDialogInput *input)
{
    if (input->text)
        explicit_bzero(input->text, INPUT_MAX + 1);
    g_free(input->text);
    g_clear_pointer(&input->data, g_hash_table_unref);
    g_clear_pointer(&input->secrets, g_hash_table_unref);
    *input = (GreDialogInput){ 0 };
}

/* Appends more input; FALSE at its end, or if there is no room. */
static gboolean
read_more(GreDialogInput *input)
{
    gssize n;

    do
        n = read(input->fd, input->text + input->len, INPUT_MAX - input->len);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return FALSE;
    for (gssize i = 0; i < n; i++) /* a value can't contain NUL: truncated, as in libnm */
        if (input->text[input->len + (gsize) i] == '\0')
            input->text[input->len + (gsize) i] = '\n';
    input->len += (gsize) n;
    input->text[input->len] = '\0';
    return TRUE;
}

static gboolean
has_prefix(const char **at, const char *tag)
{
    gsize len = strlen(tag);

    if (strncmp(*at, tag, len) != 0)
        return FALSE;
    *at += len;
    return TRUE;
}

/* The value at @at, whose continuation lines begin with "="; advances @at. */
static char *
take_value(const char **at)
{
    gsize len = strcspn(*at, "\n");
    char *value, *to;

    while ((*at)[len] == '\n' && (*at)[len + 1] == '=')
        len += 1 + strcspn(*at + len + 1, "\n");
    value = to = g_malloc0(len + 1);
    for (gsize i = 0; i < len; i++) {
        *to++ = (*at)[i];
        if ((*at)[i] == '\n')
            i++; /* the "=" */
    }
    *at += len;
    return value;
}

static gboolean
is_done(const char *line)
{
    return strcmp(line, "DONE") == 0 || g_str_has_prefix(line, "DONE\n");
}

/* The line with DONE, or NULL. */
static const char *
find_done(const GreDialogInput *input)
{
    const char *line = input->text;

    while (line && !is_done(line)) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line;
}

static gboolean
parse(GreDialogInput *input, const char *done)
{
    const char      *at = input->text;
    g_autofree char *key = NULL;
    GHashTable      *table = NULL; /* the type of the key */
    GHashTable      *of_value;

    while (at < done) {
        GHashTable *of_key = has_prefix(&at, "DATA_KEY=")     ? input->data
                             : has_prefix(&at, "SECRET_KEY=") ? input->secrets
                                                              : NULL;

        if (of_key) {
            if (key)
                return FALSE;
            table = of_key;
            key = take_value(&at);
        }
        of_value = has_prefix(&at, "DATA_VAL=")     ? input->data
                   : has_prefix(&at, "SECRET_VAL=") ? input->secrets
                                                    : NULL;
        if (of_value) {
            if (!key || of_value != table)
                return FALSE;
            g_hash_table_insert(table, g_steal_pointer(&key), take_value(&at));
        }
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return key == NULL;
}

static GHashTable *
table_new(GDestroyNotify free_value)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
}

gboolean
gre_dialog_input_read(int fd, GreDialogInput *out, GError **error)
{
    g_auto(GreDialogInput) input = { .fd = fd };
    const char *done = NULL;
    gboolean    fine;

    input.text = g_malloc0(INPUT_MAX + 1);
    input.data = table_new(g_free);
    input.secrets = table_new((GDestroyNotify) gre_secret_free_text);
    while (!done && read_more(&input))
        done = find_done(&input);
    fine = done && parse(&input, done);
    if (!fine) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL,
                    done ? "standard input: a key without a value, or a value without its key"
                         : "standard input: no line \"DONE\"");
        return FALSE;
    }
    input.rest = (gsize) (done - input.text) + strlen("DONE");
    explicit_bzero(input.text, input.rest);
    *out = input;
    input = (GreDialogInput){ 0 };
    return TRUE;
}

void
gre_dialog_input_wait_quit(GreDialogInput *input, guint timeout)
{
    gint64        end = g_get_monotonic_time() + (gint64) timeout * 1000;
    struct pollfd ready = { .fd = input->fd, .events = POLLIN };
    gint64        left;

    while (!strstr(input->text + input->rest, "QUIT")) {
        left = (end - g_get_monotonic_time()) / 1000;
        if (left <= 0 || (poll(&ready, 1, (int) left) < 0 && errno != EINTR))
            return;
        if (ready.revents && !read_more(input))
            return;
    }
}
