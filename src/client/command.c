/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the subcommands. */
#include "config.h"

#include "client/command.h"
#include "gre-error.h"
#include "gre-escape.h"
#include "gre-i18n.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *const gre_command_exit_texts[GRE_EXIT_N] = {
    [GRE_EXIT_OK] = N_("done"),
    [GRE_EXIT_FAILED] = N_("failed"),
    [GRE_EXIT_USAGE] = N_("wrong usage"),
    [GRE_EXIT_NOT_FOUND] = N_("there is no such connection"),
    [GRE_EXIT_NOT_RUNNING] = N_("the service, NetworkManager or the system bus is not running"),
    [GRE_EXIT_NOT_PERMITTED] = N_("not permitted"),
    [GRE_EXIT_FINDINGS] = N_("doctor found something"),
};

/* The formatter would put spaces into the name. */
/* clang-format off */
G_DEFINE_QUARK(gre-exit-error, gre_command_error)
/* clang-format on */

GreExit
gre_command_exit_of(const GError *error)
{
    if (!error)
        return GRE_EXIT_OK;
    if (error->domain == GRE_EXIT_ERROR)
        return (GreExit) error->code;
    if (error->domain == G_OPTION_ERROR || error->domain == GRE_ERROR) /* a value that was given */
        return GRE_EXIT_USAGE;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED))
        return GRE_EXIT_NOT_PERMITTED;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
        return GRE_EXIT_NOT_RUNNING;
    return GRE_EXIT_FAILED;
}

void
gre_command_complain(const char *format, ...)
{
    g_autofree char *text = NULL, *line = NULL;
    va_list          args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    line = gre_escape_text(text);
    fprintf(stderr, "nm-gre: %s\n", line);
}

guint
gre_command_width(void)
{
    struct winsize size = { 0 };

    if (!isatty(STDOUT_FILENO))
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

gboolean
gre_command_colour(void)
{
    const char *refused = g_getenv("NO_COLOR"), *term = g_getenv("TERM");

    return isatty(STDOUT_FILENO) && !(refused && refused[0]) && term && !g_str_equal(term, "dumb");
}

GDBusConnection *
gre_command_bus(GError **error)
{
    g_autoptr(GError) cause = NULL;
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &cause);

    if (bus)
        g_dbus_connection_set_exit_on_close(bus, FALSE);
    else
        gre_command_fail(error, GRE_EXIT_NOT_RUNNING, _("can't connect to the system bus: %s"),
                         cause->message);
    return bus;
}
