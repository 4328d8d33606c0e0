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
#include "import/choice.h"
#include "import/iproute.h"
#include "import/net-tools.h"
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

static GPtrArray *
parse_text(const char *text, gboolean hash_is_prompt)
{
    GPtrArray *commands = gre_shell_parse(text, 1, hash_is_prompt);

    gre_net_tools_translate(commands);
    return commands;
}

/* "#" begins a comment, unless nothing remains: then it was root's prompt. */
static GPtrArray *
parse(const GreFile *file, gboolean *hash_is_prompt)
{
    GPtrArray *commands = parse_text(file->text, FALSE);

    *hash_is_prompt = !any_makes_tunnel(commands);
    if (!*hash_is_prompt)
        return commands;
    g_ptr_array_unref(commands);
    return parse_text(file->text, TRUE);
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
    static const char *const idle[] = { "true", "set",   "fi",     "done", "exit", "case",
                                        "esac", "shift", "return", ":",    NULL };

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

/* ---- which tunnel ---- */

/* A command that creates a GRE tunnel. */
typedef struct {
    guint            at; /* its index */
    GreIprouteTunnel tunnel;
} Making;

typedef struct {
    GPtrArray    *commands; /* of GreCommand */
    GArray       *makings;  /* of Making */
    const Making *chosen;   /* NULL: the file has no GRE tunnel */
    gboolean      scattered;
} Script;

static void
clear_making(gpointer data)
{
    gre_iproute_tunnel_clear(&((Making *) data)->tunnel);
}

static void
list_makings(Script *script)
{
    for (guint i = 0; i < script->commands->len; i++) {
        const GreCommand *command = script->commands->pdata[i];
        Making            making = { .at = i };

        if (gre_iproute_describe(command, &making.tunnel)) {
            g_array_append_val(script->makings, making);
            continue;
        }
        clear_making(&making);
        if (gre_nmcli_describe(command, &making.tunnel))
            g_array_append_val(script->makings, making);
        else
            clear_making(&making);
    }
}

/* Whether a command runs where the chosen tunnel is made: here, or in the same namespace. */
static gboolean
is_beside(const Script *script, const GreCommand *command)
{
    const GreCommand *making =
        script->chosen ? script->commands->pdata[script->chosen->at] : command;

    return g_strcmp0(command->place, making->place) == 0;
}

static gboolean
is_same(const Script *script, const Making *making)
{
    return script->chosen && g_strcmp0(making->tunnel.name, script->chosen->tunnel.name) == 0 &&
           is_beside(script, script->commands->pdata[making->at]);
}

/* Whether commands between two indices set an address or route. */
static gboolean
has_contents(GPtrArray *commands, guint from, guint to)
{
    for (guint i = from; i < to; i++)
        if (gre_iproute_has_contents(commands->pdata[i]))
            return TRUE;
    return FALSE;
}

/* A guide has both ends, whose tunnels have the same name. What follows the creation of each is for
 * it, unless the guide creates both first: then it can't be told. */
static gboolean
is_scattered(const Script *script)
{
    const Making *all = (const Making *) (const void *) script->makings->data;
    guint         n = 0, n_with = 0;

    for (guint i = 0; i < script->makings->len; i++) {
        guint end = i + 1 < script->makings->len ? all[i + 1].at : script->commands->len;

        if (!is_same(script, &all[i]))
            continue;
        n++;
        n_with += has_contents(script->commands, all[i].at + 1, end);
    }
    return n > 1 && n_with > 0 && n_with < n;
}

static gboolean
choose(Script *script, const GreFile *file, GPtrArray *notes, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_from);
    guint which;

    list_makings(script);
    for (guint i = 0; i < script->makings->len; i++) {
        const GreIprouteTunnel *tunnel = &g_array_index(script->makings, Making, i).tunnel;

        gre_choice_add(choice, tunnel->name, tunnel->local, tunnel->remote);
    }
    if (script->makings->len == 0)
        return TRUE;
    if (!gre_choice_pick(choice, file, notes, &which, error))
        return FALSE;
    script->chosen = &g_array_index(script->makings, Making, which);
    script->scattered = is_scattered(script);
    return TRUE;
}

/* The command at the index if it creates a GRE tunnel. @next: of the makings; advances. */
static const Making *
making_at(const Script *script, guint at, guint *next)
{
    if (*next < script->makings->len && g_array_index(script->makings, Making, *next).at == at)
        return &g_array_index(script->makings, Making, (*next)++);
    return NULL;
}

/* ---- all commands ---- */

static gboolean
run(GreIproute *iproute, GreNmcli *nmcli, const GreCommand *command, gboolean ours, GError **error)
{
    if (gre_iproute_is_ip(command) && ours)
        return gre_iproute_run(iproute, command, error);
    if (gre_nmcli_takes(nmcli, command) && ours)
        return gre_nmcli_run(nmcli, command, error);
    if (gre_iproute_is_ip(command))
        gre_iproute_leave_out(iproute, command);
    else if (gre_nmcli_takes(nmcli, command))
        gre_nmcli_leave_out(nmcli, command);
    else
        note_other(iproute->builder, command);
    return TRUE;
}

static gboolean
run_all(const Script *script, GreIproute *iproute, GreNmcli *nmcli, GError **error)
{
    gboolean after = TRUE; /* the chosen tunnel's creation is the last one of its name */
    guint    next = 0;

    for (guint i = 0; i < script->commands->len; i++) {
        const GreCommand *command = script->commands->pdata[i];
        const Making     *making = making_at(script, i, &next);
        gboolean          ours = after && !script->scattered && is_beside(script, command);

        if (making && is_same(script, making))
            after = making == script->chosen;
        if (making || (script->chosen && makes_tunnel(command)))
            ours = making && making == script->chosen;
        if (!run(iproute, nmcli, command, ours, error))
            return FALSE;
    }
    return TRUE;
}

static NMConnection *
finish(GreIproute *iproute, GreNmcli *nmcli, GError **error)
{
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
    g_autoptr(GArray) makings = g_array_new(FALSE, FALSE, sizeof(Making));
    Script     script = { .commands = commands, .makings = makings };
    GreIproute iproute = { .builder = builder };
    g_auto(GreNmcli) nmcli = { .notes = builder->notes };
    NMConnection *connection = NULL;

    builder->ledger = nmcli.ledger = ledger;
    if (hash_is_prompt)
        gre_ledger_hash_is_prompt(ledger);
    g_array_set_clear_func(makings, clear_making);
    if (choose(&script, file, builder->notes, error) && run_all(&script, &iproute, &nmcli, error))
        connection = finish(&iproute, &nmcli, error);
    g_free(iproute.ifname);
    g_clear_error(&iproute.other);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_commands = {
    .name = N_("command lines (ip tunnel, ip link, nmcli)"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_commands,
};
