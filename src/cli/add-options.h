/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of `nm-gre add`, and the answers that they and a file give.
 */
#ifndef GRE_ADD_OPTIONS_H
#define GRE_ADD_OPTIONS_H

#include "add/add-answers.h"

/* Those that are no answers. */
typedef struct {
    gboolean yes, fix, dry_run, show_secrets;
} GreAddOptions;

extern GreAddOptions      gre_add_options;
extern const GOptionEntry gre_add_options_table[];

/* The file first, then the options. @name: (nullable): the profile's. @error: GRE_EXIT_ERROR,
 * GRE_ERROR_PROFILE */
gboolean gre_add_options_collect(GreAddAnswers *answers, const char *name, GError **error);

/* Whether the peer's format, if there is one, exists. @error: GRE_EXIT_USAGE */
gboolean gre_add_options_check_format(const GreAddAnswers *answers, GError **error);

#endif
