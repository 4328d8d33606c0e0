/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows what the doctor finds, fixes what can be fixed, and looks again. */
#include "config.h"

#include "cli/add-look.h"

#include "cli/add-ask.h"
#include "client/command.h"
#include "doctor/doctor-report.h"
#include "gre-i18n.h"

#include <unistd.h>

/* Each command runs once: one that doesn't help is not repeated. */
typedef struct {
    GreAddLookMode mode;
    FILE          *talk;
    GHashTable    *tried; /* of commands */
    gboolean       ran;
} Look;

/* Its output goes to stderr: stdout may be the peer's configuration. */
static void
run_command(const char *command)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;

    g_subprocess_launcher_take_stdout_fd(launcher, dup(STDERR_FILENO));
    process = g_subprocess_launcher_spawn(launcher, &error, "/bin/sh", "-c", command, NULL);
    if (!process || !g_subprocess_wait_check(process, NULL, &error))
        gre_command_complain("%s: %s", command, error->message);
}

static gboolean
is_agreed(const Look *look, const char *command)
{
    g_autofree char *question = NULL;

    if (look->mode == GRE_ADD_LOOK_FIX)
        return TRUE;
    /* Translators: the argument is a shell command. */
    question = g_strdup_printf(_("Run \"%s\"? [y/N] "), command);
    return gre_add_ask_yes(question, FALSE);
}

static void
fix(Look *look, const GreFinding *finding)
{
    if (look->mode == GRE_ADD_LOOK_ONLY || !gre_add_checks_may_fix(finding) ||
        !g_hash_table_add(look->tried, g_strdup(finding->fix)) || !is_agreed(look, finding->fix))
        return;
    fprintf(look->talk, _("Running %s\n"), finding->fix);
    fflush(look->talk);
    run_command(finding->fix);
    look->ran = TRUE;
}

static gboolean
report(const Look *look, const GreFacts *facts, const GreDiagnosis *diagnosis, GError **error)
{
    guint            n = gre_add_checks_errors(diagnosis);
    g_autofree char *text = NULL;

    if (diagnosis->findings->len == 0)
        return TRUE;
    text = gre_doctor_report_text(facts, diagnosis, 0, FALSE);
    fputs(text, look->talk);
    fputc('\n', look->talk);
    fflush(look->talk);
    if (n == 0)
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_FINDINGS,
                            N_PLURAL("%u problem on this machine: fix it first, or use --fix",
                                     "%u problems on this machine: fix them first, or use --fix",
                                     n),
                            n);
}

static gboolean
look_once(
    Look *look, NMClient *client, const GreAddAnswers *answers, GreFacts *facts, GError **error)
{
    g_autoptr(GreDiagnosis) diagnosis = NULL;
    g_autoptr(GError) left = NULL;

    if (!gre_add_checks_gather(client, answers, NULL, facts, error))
        return FALSE;
    diagnosis = gre_doctor_diagnose(facts);
    report(look, facts, diagnosis, &left);
    look->ran = FALSE;
    for (guint i = 0; i < diagnosis->findings->len; i++)
        fix(look, diagnosis->findings->pdata[i]);
    if (left && !look->ran)
        g_propagate_error(error, g_steal_pointer(&left));
    return look->ran || !(error && *error);
}

gboolean
gre_add_look(NMClient            *client,
             const GreAddAnswers *answers,
             GreAddLookMode       mode,
             FILE                *talk,
             GreFacts            *facts,
             GError             **error)
{
    g_autoptr(GHashTable) tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Look     look = { .mode = mode, .talk = talk, .tried = tried };
    GError  *cause = NULL;
    gboolean fine;

    for (;;) {
        fine = look_once(&look, client, answers, facts, &cause);
        if (!fine || !look.ran)
            break;
        gre_doctor_facts_clear(facts);
        *facts = (GreFacts){ 0 };
    }
    if (cause)
        g_propagate_error(error, cause);
    return fine;
}
