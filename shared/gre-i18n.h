/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Macros for translation. N_() marks a text in a table; _() translates it into the language of the
 * running program. The service sets no LC_MESSAGES, so its log stays in English like the rest of
 * the journal, while an editor shows the same errors of shared/ translated.
 */
#ifndef GRE_I18N_H
#define GRE_I18N_H

#include <glib.h>

#define N_(text) text
#define _(text)  g_dgettext(GETTEXT_PACKAGE, text) /* GETTEXT_PACKAGE: config.h */

/* Singular or plural text by @n, translated. */
#define N_PLURAL(one, many, n) g_dngettext(GETTEXT_PACKAGE, one, many, (gulong) (n))

#endif
