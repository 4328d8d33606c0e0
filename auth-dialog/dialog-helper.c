/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the program with the window. */
#include "config.h"

#include "dialog-helper.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-io.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 };

/* In the directory of this program. */
static char *
helper_path(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = self ? g_path_get_dirname(self) : g_strdup(LIBEXECDIR);

    return g_build_filename(dir, GRE_DIALOG_HELPER, NULL);
}

static void
take_answers(GreDialogRequest *request, char *answer)
{
    char *name = answer, *value, *end;

    while ((value = strchr(name, '\n')) && (end = strchr(value + 1, '\n'))) {
        *value++ = '\0';
        *end = '\0';
        gre_dialog_request_answer(request, name, value);
        name = end + 1;
    }
}

static gboolean
ended_well(GPid pid)
{
    int status = -1;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

gboolean
gre_dialog_helper_ask(GreDialogRequest *request, GError **error)
{
    g_autofree char *path = helper_path();
    char            *argv[] = { path, NULL };
    char            *keyfile, *answer;
    GPid             pid;
    int              in, out;
    gboolean         fine;

    if (!g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                  &in, &out, NULL, error))
        return FALSE;
    keyfile = gre_dialog_request_to_keyfile(request, FALSE);
    /* The helper doesn't show a request that it can't read, and reports that by its exit status;
     * the same goes for its answer. */
    gre_io_write_all(in, keyfile, strlen(keyfile));
    close(in);
    answer = g_malloc0(ANSWER_MAX + 1);
    gre_io_read_up_to(out, answer, ANSWER_MAX);
    close(out);
    fine = ended_well(pid);
    if (fine)
        take_answers(request, answer);
    else
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_STOPPED, _("no secret was given"));
    explicit_bzero(answer, ANSWER_MAX);
    g_free(answer);
    gre_secret_free_text(keyfile);
    return fine;
}
