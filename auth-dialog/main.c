/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nm-gre-auth-dialog: gives a secret agent (nmcli, GNOME Shell, nm-applet) the secrets that a
 * profile needs, or asks for them in a window. No toolkit: dialog-helper runs the window.
 */
#include "config.h"

#include "dialog-helper.h"
#include "dialog-input.h"
#include "dialog-request.h"
#include "gre-i18n.h"
#include "gre-io.h"
#include "gre-service-names.h"

#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define QUIT_MS 20000 /* as the dialogs of other plugins wait */

typedef struct {
    char    *uuid, *name, *service;
    char   **hints;
    gboolean reprompt, interactive, external, version;
} Options;

static int
fail(const GError *error)
{
    fprintf(stderr, "nm-gre-auth-dialog: %s\n", error->message);
    return 1;
}

static int
usage(const char *text)
{
    fprintf(stderr, "nm-gre-auth-dialog: %s\n", text);
    return 2;
}

static gboolean
check_options(const Options *options)
{
    g_autofree char *text = NULL;

    if (!options->uuid || !options->name || !options->service)
        text = g_strdup(_("--uuid, --name and --service are needed"));
    else if (strcmp(options->service, GRE_SERVICE_NAME) != 0)
        text = g_strdup_printf(_("only the VPN service %s is supported"), GRE_SERVICE_NAME);
    if (text)
        usage(text);
    return !text;
}

/* Not through stdio, which keeps copies of what it printed. Wipes @text. */
static void
print(char *text)
{
    gre_io_write_all(STDOUT_FILENO, text, strlen(text));
    gre_secret_free_text(text);
}

static gboolean
parse_options(int argc, char **argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        { "uuid", 'u', 0, G_OPTION_ARG_STRING, &options->uuid, N_("UUID of the profile"), "UUID" },
        { "name", 'n', 0, G_OPTION_ARG_STRING, &options->name, N_("Name of the profile"), "NAME" },
        { "service", 's', 0, G_OPTION_ARG_STRING, &options->service,
          N_("VPN service of the profile"), "SERVICE" },
        { "allow-interaction", 'i', 0, G_OPTION_ARG_NONE, &options->interactive,
          N_("Allow asking the user"), NULL },
        { "reprompt", 'r', 0, G_OPTION_ARG_NONE, &options->reprompt,
          N_("Ask again for secrets that are already known"), NULL },
        { "hint", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options->hints,
          N_("Name of a secret to ask for, or x-vpn-message:TEXT"), "HINT" },
        { "external-ui-mode", 0, 0, G_OPTION_ARG_NONE, &options->external,
          N_("Print which secrets are needed, don't ask for them"), NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("Print the version"), NULL },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(NULL);
    gboolean        fine;

    g_option_context_set_summary(context, _("NetworkManager's secret agents run this program and "
                                            "pass it the profile on standard input."));
    g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
    g_option_context_set_ignore_unknown_options(context, TRUE); /* for newer agents */
    fine = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    return fine;
}

static void
options_clear(Options *options)
{
    g_free(options->uuid);
    g_free(options->name);
    g_free(options->service);
    g_strfreev(options->hints);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static int
run(const Options *options)
{
    g_auto(GreDialogInput) input = { 0 };
    g_autoptr(GreDialogRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    GreDialogSource source = {
        .uuid = options->uuid,
        .name = options->name,
        .hints = (const char *const *) options->hints,
        .interactive = options->interactive,
        .reprompt = options->reprompt,
    };

    if (!gre_dialog_input_read(STDIN_FILENO, &input, &error))
        return fail(error);
    source.data = input.data;
    source.secrets = input.secrets;
    request = gre_dialog_request_new(&source, &error);
    if (!request)
        return fail(error);
    if (options->external) {
        print(gre_dialog_request_to_keyfile(request, TRUE));
        return 0;
    }
    if (gre_dialog_request_asks(request) && !gre_dialog_helper_ask(request, &error))
        return fail(error);
    print(gre_dialog_request_to_lines(request));
    gre_dialog_input_wait_quit(&input, QUIT_MS);
    return 0;
}

int
main(int argc, char **argv)
{
    g_auto(Options) options = { 0 };
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    gre_secret_hide_process();
    signal(SIGPIPE, SIG_IGN);
    if (!parse_options(argc, argv, &options, &error))
        return usage(error->message);
    if (options.version) {
        printf("nm-gre-auth-dialog %s\n", GRE_VERSION);
        return 0;
    }
    if (!check_options(&options))
        return 2;
    return run(&options);
}
