/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nm-gre-auth-dialog-gtk: the window of nm-gre-auth-dialog. Reads the request from standard input,
 * as the keyfile of external UI mode, and writes for each secret a line with its name and one with
 * its value. Exit status 1: no secret was given.
 */
#include "config.h"

#include "gre-i18n.h"
#include "gre-io.h"
#include "gre-secret.h"

#include <libintl.h>
#include <locale.h>
#include <nma-vpn-password-dialog.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GROUP "VPN Plugin UI"

enum { INPUT_MAX = 64 * 1024 };

/* The dialog's three fields. */
static const struct {
    void (*show)(NMAVpnPasswordDialog *dialog, gboolean show);
    void (*label)(NMAVpnPasswordDialog *dialog, const char *label);
    const char *(*get)(NMAVpnPasswordDialog *dialog);
} fields[] = {
    { nma_vpn_password_dialog_set_show_password, nma_vpn_password_dialog_set_password_label,
      nma_vpn_password_dialog_get_password },
    { nma_vpn_password_dialog_set_show_password_secondary,
      nma_vpn_password_dialog_set_password_secondary_label,
      nma_vpn_password_dialog_get_password_secondary },
    { nma_vpn_password_dialog_set_show_password_ternary,
      nma_vpn_password_dialog_set_password_ternary_label,
      nma_vpn_password_dialog_get_password_ternary },
};

static GKeyFile *
read_request(GError **error)
{
    g_autofree char *text = g_malloc0(INPUT_MAX + 1);
    g_autoptr(GKeyFile) request = g_key_file_new();
    gssize len = gre_io_read_up_to(STDIN_FILENO, text, INPUT_MAX);

    if (!g_key_file_load_from_data(request, text, (gsize) MAX(len, 0), G_KEY_FILE_NONE, error))
        return NULL;
    return g_steal_pointer(&request);
}

/* The names of the requested secrets, at most as many as there are fields. */
static char **
asked(GKeyFile *request)
{
    g_auto(GStrv) groups = g_key_file_get_groups(request, NULL);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    gsize n = 0;

    for (gsize i = 0; groups[i] && n < G_N_ELEMENTS(fields); i++) {
        if (!g_key_file_get_boolean(request, groups[i], "ShouldAsk", NULL))
            continue;
        g_strv_builder_add(names, groups[i]);
        n++;
    }
    return g_strv_builder_end(names);
}

/* Not through stdio, which keeps copies of what it printed. */
static void
print_line(const char *text)
{
    if (gre_io_write_all(STDOUT_FILENO, text, strlen(text)))
        gre_io_write_all(STDOUT_FILENO, "\n", 1);
}

static gboolean
ask(GKeyFile *request, char **names)
{
    g_autofree char      *title = g_key_file_get_string(request, GROUP, "Title", NULL);
    g_autofree char      *message = g_key_file_get_string(request, GROUP, "Description", NULL);
    NMAVpnPasswordDialog *dialog =
        NMA_VPN_PASSWORD_DIALOG(nma_vpn_password_dialog_new(title, message, NULL));
    gsize    n = g_strv_length(names);
    gboolean given;

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *label =
            i < n ? g_key_file_get_string(request, names[i], "Label", NULL) : NULL;

        fields[i].show(dialog, i < n);
        if (label)
            fields[i].label(dialog, label);
    }
    given = nma_vpn_password_dialog_run_and_block(dialog);
    for (gsize i = 0; given && i < n; i++) {
        print_line(names[i]);
        print_line(fields[i].get(dialog));
    }
    gtk_widget_destroy(GTK_WIDGET(dialog));
    return given;
}

int
main(int argc, char **argv)
{
    g_autoptr(GKeyFile) request = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = NULL;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    gre_secret_hide_process();
    if (!gtk_init_check(&argc, &argv)) {
        fprintf(stderr, "nm-gre-auth-dialog-gtk: %s\n",
                _("can't ask for secrets: there is no display"));
        return 1;
    }
    request = read_request(&error);
    if (!request) {
        fprintf(stderr, "nm-gre-auth-dialog-gtk: %s\n", error->message);
        return 1;
    }
    names = asked(request);
    return ask(request, names) ? 0 : 1;
}
