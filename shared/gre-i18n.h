/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks for translation. N_() marks what a table holds; _() translates, into the language of the
 * program that runs it. The service has none (it sets no LC_MESSAGES), so that what it logs stays
 * in English, as the journal is, while the same errors of shared/ are translated in an editor.
 */
#ifndef GRE_I18N_H
#define GRE_I18N_H

#include <glib.h>

#define N_(text) text
#define _(text)  g_dgettext(GETTEXT_PACKAGE, text) /* GETTEXT_PACKAGE: config.h */

/* One of two texts, by a number; translated. */
#define N_PLURAL(one, many, n) g_dngettext(GETTEXT_PACKAGE, one, many, (gulong) (n))

#endif
