/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the command lines of a how-to or a script: `ip tunnel add`, `ip link add`, `nmcli
 * connection add`, and the commands that follow.
 */
#include "config.h"

#include "import/read.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/iproute.h"
#include "import/nmcli.h"

#include <string.h>

static gboolean
makes_tunnel(const GreCommand *command)
{
    return gre_iproute_makes_tunnel(command) || gre_nmcli_adds_tunnel(command);
}

static gboolean
any_makes_tunnel(GPtrArray *commands)
{
    for (guint i = 0; i < commands->len; i++)
        if (makes_tunnel(commands->pdata[i]))
            return TRUE;
    return FALSE;
}

/* "#" begins a comment, unless nothing remains: then it was root's prompt. */
static GPtrArray *
parse(const GreFile *file, gboolean *hash_is_prompt)
{
    GPtrArray *commands = gre_shell_parse(file->text, 1, FALSE);

    *hash_is_prompt = !any_makes_tunnel(commands);
    if (!*hash_is_prompt)
        return commands;
    g_ptr_array_unref(commands);
    return gre_shell_parse(file->text, 1, TRUE);
}

static gboolean
is_one(const GreFile *file)
{
    gboolean hash_is_prompt;
    g_autoptr(GPtrArray) commands = parse(file, &hash_is_prompt);

    return any_makes_tunnel(commands);
}

/* Prose between the commands has capitals and the like; these commands don't affect a tunnel. */
static gboolean
is_command(const char *word)
{
    static const char *const idle[] = { "true", "set", "fi", "done", "exit", ":", NULL };

    return (g_ascii_islower(word[0]) || word[0] == '/') &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-_./+")] == '\0' &&
           !g_strv_contains(idle, word);
}

/* "Then", "IPsec": begins a sentence, which configures nothing. */
static gboolean
is_prose(const char *word)
{
    gsize letters = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return g_ascii_isupper(word[0]) && letters > 1 && g_ascii_islower(word[letters - 1]) &&
           (word[letters] == '\0' || strchr(",:.'", word[letters]));
}

/* For commands that concern the machine, not the tunnel: notes only the program name, as the line
 * may hold anything. */
static void
note_other(GreProfileBuilder *builder, const GreCommand *command)
{
    g_autofree char *where = gre_file_where(command->line);
    g_autofree char *shown = gre_value_quote(command->words[0]);

    if (is_prose(command->words[0]))
        gre_ledger_take(builder->ledger, command->line, command->last);
    if (!is_command(command->words[0]))
        return;
    gre_profile_builder_note(builder, _("%s: %s is not part of the tunnel"), where, shown);
}

static gboolean
run_all(GPtrArray *commands, GreIproute *iproute, GreNmcli *nmcli, GError **error)
{
    for (guint i = 0; i < commands->len; i++) {
        const GreCommand *command = commands->pdata[i];

        if (gre_iproute_is_ip(command)) {
            if (!gre_iproute_run(iproute, command, error))
                return FALSE;
        } else if (gre_nmcli_takes(nmcli, command)) {
            if (!gre_nmcli_run(nmcli, command, error))
                return FALSE;
        } else {
            note_other(iproute->builder, command);
        }
    }
    return TRUE;
}

static NMConnection *
finish(GreIproute *iproute, GreNmcli *nmcli, GError **error)
{
    if (iproute->ifname && nmcli->connection) {
        gre_error_fail(error, _("line %u and line %u each create a tunnel: an import takes one"),
                       iproute->line, nmcli->line);
        return NULL;
    }
    if (!iproute->ifname && !nmcli->connection && iproute->other) {
        g_propagate_error(error, g_steal_pointer(&iproute->other));
        return NULL;
    }
    return nmcli->connection ? gre_nmcli_finish(nmcli, error)
                             : gre_profile_builder_finish(iproute->builder, error);
}

static NMConnection *
read_commands(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    gboolean hash_is_prompt;
    g_autoptr(GPtrArray) commands = parse(file, &hash_is_prompt);
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    GreIproute iproute = { .builder = builder };
    g_auto(GreNmcli) nmcli = { .notes = builder->notes };
    NMConnection *connection = NULL;

    builder->ledger = nmcli.ledger = ledger;
    if (hash_is_prompt)
        gre_ledger_hash_is_prompt(ledger);
    if (run_all(commands, &iproute, &nmcli, error))
        connection = finish(&iproute, &nmcli, error);
    g_free(iproute.ifname);
    g_clear_error(&iproute.other);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_commands = {
    .name = N_("command lines (ip tunnel, ip link, nmcli)"),
    .is_one = is_one,
    .read = read_commands,
};
