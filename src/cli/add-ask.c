/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The questions of `nm-gre add`, in their order. */
#include "config.h"

#include "cli/add-ask.h"

#include "client/command.h"
#include "gre-i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *name;     /* of the answer */
    const char *question; /* untranslated */
    gboolean    optional; /* an empty answer is one */
} Question;

static const Question first[] = {
    { "remote", N_("Address or DNS name of the peer: "), FALSE },
    { "address", N_("This machine's address in the tunnel, such as 10.0.0.1/30: "), FALSE },
    { "route", N_("Networks behind the peer [none]: "), TRUE },
    { "network", N_("Networks behind this machine, for the peer [none]: "), TRUE },
    { "key", N_("GRE key [none]: "), TRUE },
    { "ipsec", N_("Authentication: psk, cert, pubkey or no [psk]: "), TRUE },
};

static const Question of_psk[] = {
    { "psk-file", N_("File with the pre-shared key [a new key]: "), TRUE },
};

static const Question of_cert[] = {
    { "ipsec-cert", N_("File of this machine's certificate: "), FALSE },
    { "ipsec-private-key", N_("File of its private key: "), FALSE },
    { "ipsec-ca", N_("File of the CA's certificate [the system's]: "), TRUE },
};

static const Question of_pubkey[] = {
    { "ipsec-private-key", N_("File of this machine's private key: "), FALSE },
    { "ipsec-remote-pubkey", N_("The peer's public key, on one line: "), FALSE },
};

static const Question last[] = {
    { "peer", N_("Format of the peer's configuration, such as nm-gre or cisco-ios [none]: "),
      TRUE },
};

gboolean
gre_add_ask_possible(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* (transfer full) NULL at the end of the input */
static char *
ask(const char *question)
{
    char  *line = NULL;
    size_t size = 0;
    char  *answer = NULL;

    fflush(stdout);
    fputs(question, stderr);
    fflush(stderr);
    if (getline(&line, &size, stdin) >= 0)
        answer = g_strstrip(g_strdup(line));
    free(line);
    return answer;
}

static gboolean
ask_one(GreAddAnswers *answers, const Question *question, GError **error)
{
    for (;;) {
        g_autofree char *answer = ask(_(question->question));
        g_autoptr(GError) wrong = NULL;

        if (!answer)
            return gre_command_fail(error, GRE_EXIT_FAILED, _("no answer was given"));
        if (!answer[0] && question->optional)
            return TRUE;
        if (gre_add_answers_set(answers, question->name, answer, &wrong))
            return TRUE;
        gre_command_complain("%s", wrong->message);
    }
}

static gboolean
ask_each(GreAddAnswers *answers, const Question *questions, gsize n, GError **error)
{
    for (gsize i = 0; i < n; i++)
        if (!ask_one(answers, &questions[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
ask_proof(GreAddAnswers *answers, GError **error)
{
    switch (answers->proof) {
    case GRE_ADD_PROOF_PSK:
        return answers->psk || answers->psk_file ||
               ask_each(answers, of_psk, G_N_ELEMENTS(of_psk), error);
    case GRE_ADD_PROOF_CERT:
        return ask_each(answers, of_cert, G_N_ELEMENTS(of_cert), error);
    case GRE_ADD_PROOF_PUBKEY:
        return ask_each(answers, of_pubkey, G_N_ELEMENTS(of_pubkey), error);
    case GRE_ADD_PROOF_NONE:
        return TRUE;
    }
    return FALSE;
}

/* What an option has told isn't asked. */
static gboolean
is_told(const GreAddAnswers *answers, const char *name)
{
    const struct {
        const char *name;
        gboolean    told;
    } rows[] = {
        { "remote", answers->remote != NULL }, { "address", answers->inside->len > 0 },
        { "route", answers->routes->len > 0 }, { "network", answers->networks->len > 0 },
        { "key", answers->has_key },           { "ipsec", answers->has_proof },
        { "peer", answers->format != NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].told;
    return FALSE;
}

gboolean
gre_add_ask_all(GreAddAnswers *answers, GError **error)
{
    gboolean proof_told = answers->has_proof;

    for (gsize i = 0; i < G_N_ELEMENTS(first); i++)
        if (!is_told(answers, first[i].name) && !ask_one(answers, &first[i], error))
            return FALSE;
    if (!proof_told && !ask_proof(answers, error))
        return FALSE;
    return is_told(answers, "peer") || ask_each(answers, last, G_N_ELEMENTS(last), error);
}

gboolean
gre_add_ask_yes(const char *question, gboolean otherwise)
{
    /* Translators: the words for "yes" that are accepted, separated by a "|". */
    const char *words = _("y|yes");
    g_auto(GStrv) yes = g_strsplit(words, "|", -1);
    g_autofree char *answer = ask(question), *low = answer ? g_utf8_strdown(answer, -1) : NULL;

    if (!low)
        return FALSE;
    if (!low[0])
        return otherwise;
    return strcmp(low, "y") == 0 || strcmp(low, "yes") == 0 ||
           g_strv_contains((const char *const *) yes, low);
}

gboolean
gre_add_ask_agreed(const char *question, gboolean yes, GError **error)
{
    if (yes)
        return TRUE;
    if (!gre_add_ask_possible())
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("there is no terminal to ask on: use --yes"));
    return gre_add_ask_yes(question, TRUE) ||
           gre_command_fail(error, GRE_EXIT_FAILED, _("nothing has been changed"));
}
