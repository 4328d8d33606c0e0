/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes what a secret agent writes to the auth dialog: from the input to the answer. */
#include "config.h" /* memfd_create() needs _GNU_SOURCE */

#include "dialog-input.h"
#include "dialog-request.h"

#include "gre-secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* What was asked for, answered; then nothing is left to write but what is known. */
static void
answer(GreDialogRequest *request)
{
    char *text;

    for (guint i = 0; i < request->secrets->len; i++) {
        const GreDialogSecret *secret = &g_array_index(request->secrets, GreDialogSecret, i);

        gre_dialog_request_answer(request, secret->property->name, "line\n[group]\\");
    }
    text = gre_dialog_request_to_lines(request);
    g_assert_true(g_str_has_suffix(text, "\n\n"));
    gre_secret_free_text(text);
}

static void
check_keyfile(const GreDialogRequest *request)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    char *text = gre_dialog_request_to_keyfile(request, TRUE);

    if (g_utf8_validate(text, -1, NULL)) {
        g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &error);
        g_assert_no_error(error);
    }
    gre_secret_free_text(text);
}

static void
ask(const GreDialogInput *input, gboolean reprompt)
{
    const char *const hints[] = { "ipsec-psk", "x-vpn-message:Why\n[x]", NULL };
    GreDialogSource   source = { .uuid = "d0e1f2a3-0000-4000-8000-000000000001",
                                 .name = "a",
                                 .hints = reprompt ? hints : NULL,
                                 .data = input->data,
                                 .secrets = input->secrets,
                                 .interactive = TRUE,
                                 .reprompt = reprompt };
    g_autoptr(GError) error = NULL;
    g_autoptr(GreDialogRequest) request = gre_dialog_request_new(&source, &error);

    g_assert_true(!request == !!error);
    if (!request)
        return;
    check_keyfile(request);
    answer(request);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_auto(GreDialogInput) input = { 0 };
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("input", MFD_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, data, size), ==, (gssize) size);
    lseek(fd, 0, SEEK_SET);
    if (gre_dialog_input_read(fd, &input, &error)) {
        gre_dialog_input_wait_quit(&input, 0);
        ask(&input, FALSE);
        ask(&input, TRUE);
    } else
        g_assert_nonnull(error);
    close(fd);
    return 0;
}
