/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks a person on standard input, with the questions on standard error.
 */
#ifndef GRE_ADD_ASK_H
#define GRE_ADD_ASK_H

#include "add/add-answers.h"

/* Whether standard input is a terminal. */
gboolean gre_add_ask_possible(void);

/* Asks for what `nm-gre add` can't find out, and repeats a question whose answer is wrong. @error:
 * GRE_EXIT_FAILED at the end of the input */
gboolean gre_add_ask_all(GreAddAnswers *answers, GError **error);

/* Whether the person agrees: "y" or "yes", in the language of the locale too; an empty line means
 * @otherwise, the end of the input FALSE. */
gboolean gre_add_ask_yes(const char *question, gboolean otherwise);

/* The same before something is changed. @yes: not asked, it is agreed. @error: GRE_EXIT_FAILED if
 * the person doesn't agree, GRE_EXIT_USAGE if there is nobody to ask */
gboolean gre_add_ask_agreed(const char *question, gboolean yes, GError **error);

#endif
