/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the subcommands of nm-gre: how each describes itself, its exit status, and its output.
 */
#ifndef GRE_COMMAND_H
#define GRE_COMMAND_H

#include "gre-error.h"

#include <gio/gio.h>

/* Exit statuses of nm-gre. gre_command_exit_texts[] has the texts for --help; man/nm-gre.1 has the
 * same (compared by tests/check/man-pages.sh). */
typedef enum {
    GRE_EXIT_OK,
    GRE_EXIT_FAILED,
    GRE_EXIT_USAGE,
    GRE_EXIT_NOT_FOUND,
    GRE_EXIT_NOT_RUNNING,
    GRE_EXIT_NOT_PERMITTED,
    GRE_EXIT_FINDINGS,
    GRE_EXIT_N
} GreExit;

extern const char *const gre_command_exit_texts[GRE_EXIT_N];

/* Errors whose code is a GreExit. */
#define GRE_EXIT_ERROR (gre_command_error_quark())
GQuark gre_command_error_quark(void);

/* Sets @error to a line of this domain. Returns: FALSE. */
#define gre_command_fail(error, code, ...) \
    gre_error_set(error, GRE_EXIT_ERROR, (int) (code), __VA_ARGS__)

/* The exit status for @error, which may be of any domain. */
GreExit gre_command_exit_of(const GError *error);

typedef struct {
    const char         *name;
    const char         *arguments; /* as in "usage: nm-gre NAME ARGUMENTS"; NULL: none */
    const char         *summary;   /* one line, untranslated as all texts here */
    const char         *details;   /* further text for --help; NULL: none */
    const GOptionEntry *options;
    guint               least, most; /* arguments */

    /* @arguments: NULL-terminated, as on the command line: any bytes. Returns: FALSE with @error
     * set if the exit status isn't 0. */
    gboolean (*run)(char **arguments, GError **error);
} GreCommand;

extern const GreCommand gre_cmd_add;
extern const GreCommand gre_cmd_remove;
extern const GreCommand gre_cmd_status;
extern const GreCommand gre_cmd_watch;
extern const GreCommand gre_cmd_protect;
extern const GreCommand gre_cmd_unprotect;
extern const GreCommand gre_cmd_doctor;
extern const GreCommand gre_cmd_peer;
extern const GreCommand gre_cmd_mesh;
extern const GreCommand gre_cmd_metrics;

/* Writes "nm-gre: MESSAGE" to stderr, on one line and safe for a terminal. */
void gre_command_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Columns of the terminal on stdout, 0 if it isn't one. */
guint gre_command_width(void);

/* Whether stdout is a terminal that may show colours: https://no-color.org/ */
gboolean gre_command_colour(void);

/* The system bus; its end doesn't end the process. @error: GRE_EXIT_NOT_RUNNING. */
GDBusConnection *gre_command_bus(GError **error);

#endif
