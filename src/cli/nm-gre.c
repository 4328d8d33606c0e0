/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre: chooses the subcommand, parses its options, and sets the exit status. */
#include "config.h"

#include "client/command.h"
#include "client/companion-data.h"
#include "gre-guess.h"
#include "gre-i18n.h"
#include "gre-property.h"
#include "remote/remote-formats.h"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const GreCommand cmd_help;

static const GreCommand *const commands[] = {
    &gre_cmd_add,     &gre_cmd_remove,    &gre_cmd_status, &gre_cmd_watch,
    &gre_cmd_protect, &gre_cmd_unprotect, &gre_cmd_doctor, &gre_cmd_peer,
    &gre_cmd_mesh,    &gre_cmd_metrics,   &cmd_help,
};

static const GreCommand *
find_command(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

/* What stands where a command should. */
static gboolean
fail_unknown(const char *name, GError **error)
{
    static const char *const options[] = { "--help", "--version" };
    gboolean                 is_option = name[0] == '-';
    GreGuess                 guess = { .typed = name };

    for (gsize i = 0; !is_option && i < G_N_ELEMENTS(commands); i++)
        gre_guess_show(&guess, commands[i]->name);
    for (gsize i = 0; is_option && i < G_N_ELEMENTS(options); i++)
        gre_guess_show(&guess, options[i]);
    if (guess.best)
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                is_option ? _("unknown option \"%s\"; did you mean \"%s\"?")
                                          : _("unknown command \"%s\"; did you mean \"%s\"?"),
                                name, guess.best);
    return gre_command_fail(error, GRE_EXIT_USAGE,
                            is_option ? _("unknown option \"%s\" (see nm-gre --help)")
                                      : _("unknown command \"%s\" (see nm-gre --help)"),
                            name);
}

/* ---- help ---- */

static char *
exit_texts(void)
{
    GString *out = g_string_new(_("Exit status:"));

    for (guint i = 0; i < GRE_EXIT_N; i++)
        g_string_append_printf(out, "\n  %u  %s", i, _(gre_command_exit_texts[i]));
    return g_string_free(out, FALSE);
}

static void
print_help(void)
{
    g_autofree char *exits = exit_texts();

    puts(_("Usage:\n"
           "  nm-gre COMMAND [OPTION…] [ARGUMENT…]\n"
           "\n"
           "Manage NetworkManager's GRE tunnels and their IPsec protection.\n"));
    puts(_("Commands:"));
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-10s %s\n", commands[i]->name, _(commands[i]->summary));
    puts(_("\n"
           "Options:\n"
           "  -h, --help     Print this help; after a command, its options\n"
           "  --version      Print the version\n"));
    puts(exits);
    puts(_("\nMore: nm-gre COMMAND --help, man nm-gre"));
}

static GOptionContext *
context_for(const GreCommand *command)
{
    g_autofree char *sentence = NULL, *summary = NULL, *exits = exit_texts();
    /* GOption prints the program first and its options next; the command's name goes between. */
    g_autofree char *name = g_strdup_printf("nm-gre %s", command->name);
    GOptionContext  *context =
        g_option_context_new(command->arguments ? _(command->arguments) : NULL);

    g_set_prgname(name);
    /* Translators: turns the summary of a command into a sentence. */
    sentence = g_strdup_printf(_("%s."), _(command->summary));
    summary = command->details ? g_strdup_printf("%s\n\n%s", sentence, _(command->details))
                               : g_steal_pointer(&sentence);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, exits);
    g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
    g_option_context_add_main_entries(context, command->options, GETTEXT_PACKAGE);
    return context;
}

static gboolean
run_help(char **arguments, GError **error)
{
    g_autoptr(GOptionContext) context = NULL;
    g_autofree char  *text = NULL;
    const GreCommand *command;

    if (!arguments[0]) {
        print_help();
        return TRUE;
    }
    command = find_command(arguments[0]);
    if (!command)
        return fail_unknown(arguments[0], error);
    context = context_for(command);
    text = g_option_context_get_help(context, TRUE, NULL);
    fputs(text, stdout);
    return TRUE;
}

static const GOptionEntry no_options[] = { { 0 } };

static const GreCommand cmd_help = {
    .name = "help",
    .arguments = N_("[COMMAND]"),
    .summary = N_("Print all commands, or the help of one"),
    .options = no_options,
    .most = 1,
    .run = run_help,
};

/* ---- for shell completion ---- */

static void
list_commands(const char *unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        puts(commands[i]->name);
}

static void
list_options(const char *name)
{
    const GreCommand *command = find_command(name);

    for (const GOptionEntry *entry = command ? command->options : NULL; entry && entry->long_name;
         entry++)
        printf("--%s%s\n", entry->long_name, entry->arg == G_OPTION_ARG_NONE ? "" : "=");
    puts("--help");
}

static void
list_keys(const char *unused)
{
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (gre_companion_data_may_set(property, NULL))
            puts(property->name);
}

static void
list_values(const char *key)
{
    const GreProperty *property = gre_property_find(key);

    for (gsize i = 0; property && property->choices && property->choices[i]; i++)
        puts(property->choices[i]);
}

static void
list_formats(const char *unused)
{
    for (gsize i = 0; gre_remote_formats_table[i]; i++)
        puts(gre_remote_formats_table[i]->name);
}

static const struct {
    const char *name;
    gboolean    argument;
    void (*print)(const char *argument);
} lists[] = {
    { "--list-commands", FALSE, list_commands }, { "--list-options", TRUE, list_options },
    { "--list-keys", FALSE, list_keys },         { "--list-values", TRUE, list_values },
    { "--list-formats", FALSE, list_formats },
};

/* ---- running ---- */

static int
end(const GError *error, const char *hint)
{
    if (!error)
        return GRE_EXIT_OK;
    if (hint && gre_command_exit_of(error) == GRE_EXIT_USAGE)
        gre_command_complain("%s (%s)", error->message, hint);
    else
        gre_command_complain("%s", error->message);
    return (int) gre_command_exit_of(error);
}

/* What is printed is buffered: whether all of it was written is known at the end. */
static gboolean
flush_output(GError **error)
{
    int failed = fflush(stdout) != 0 ? errno : 0;

    if (!failed && ferror(stdout))
        failed = EIO; /* an earlier write failed, and its errno is gone */
    if (!failed)
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_FAILED, _("can't write: %s"), g_strerror(failed));
}

static gboolean
check_count(const GreCommand *command, char **arguments, GError **error)
{
    guint n = g_strv_length(arguments);

    if (n < command->least)
        return gre_command_fail(error, GRE_EXIT_USAGE, _("%s needs %s"), command->name,
                                _(command->arguments));
    if (n > command->most && !command->arguments)
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("unexpected argument \"%s\": %s takes only options"),
                                arguments[0], command->name);
    if (n > command->most)
        return gre_command_fail(
            error, GRE_EXIT_USAGE,
            _("unexpected argument \"%s\": %s takes only %s; quote a name that has spaces"),
            arguments[command->most], command->name, _(command->arguments));
    return TRUE;
}

/* GLib's message ends with the option as it was typed, in every language. */
static const char *
find_unknown_option(char **argv, const char *message)
{
    for (gsize i = 1; argv[i]; i++)
        if (g_str_has_prefix(argv[i], "--") && argv[i][2] && strstr(message, argv[i]))
            return argv[i] + 2;
    return NULL;
}

/* Adds the option that may have been meant to what GLib says of an unknown one. */
static void
suggest_option(const GreCommand *command, char **argv, GError *error)
{
    const char      *option = find_unknown_option(argv, error->message);
    g_autofree char *name = option ? g_strndup(option, strcspn(option, "=")) : NULL;
    g_autofree char *message = NULL;
    GreGuess         guess = { .typed = name };

    if (!name || !g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        return;
    for (const GOptionEntry *entry = command->options; entry->long_name; entry++)
        gre_guess_show(&guess, entry->long_name);
    gre_guess_show(&guess, "help");
    if (!guess.best)
        return;
    message = g_steal_pointer(&error->message);
    error->message = g_strdup_printf(_("%s; did you mean \"--%s\"?"), message, guess.best);
}

static int
run_command(const GreCommand *command, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_for(command);
    g_autoptr(GError) error = NULL;
    g_autofree char  *hint = g_strdup_printf("nm-gre %s --help", command->name);
    g_autofree char **typed = g_memdup2(argv, sizeof(char *) * ((gsize) argc + 1));
    char            **arguments = argv + 1;

    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        suggest_option(command, typed, error);
        return end(error, hint);
    }
    if (arguments[0] && strcmp(arguments[0], "--") == 0)
        arguments++;
    if (!check_count(command, arguments, &error))
        return end(error, hint);
    command->run(arguments, &error);
    flush_output(error ? NULL : &error);
    return end(error, NULL);
}

/* Options that replace a command. Returns: whether @argv[1] is one. */
static gboolean
run_option(char **argv)
{
    const char *name = argv[1];

    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help();
        return TRUE;
    }
    if (strcmp(name, "--version") == 0) {
        puts(PACKAGE_NAME " " GRE_VERSION);
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(name, lists[i].name) == 0 && (!lists[i].argument || argv[2])) {
            lists[i].print(argv[2]);
            return TRUE;
        }
    }
    return FALSE;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const GreCommand *command;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    if (argc < 2) {
        gre_command_complain(_("no command given (see nm-gre --help)"));
        return GRE_EXIT_USAGE;
    }
    if (run_option(argv)) {
        flush_output(&error);
        return end(error, NULL);
    }
    command = find_command(argv[1]);
    if (!command) {
        fail_unknown(argv[1], &error);
        return end(error, NULL);
    }
    return run_command(command, argc - 1, argv + 1);
}
