/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks for translation. N_() marks what a table holds; _() translates where it is shown: in the
 * programs that talk to a person. The service's own lines stay in English, as the journal's are.
 */
#ifndef GRE_I18N_H
#define GRE_I18N_H

#include <glib.h>

#define N_(text) text
#define _(text)  g_dgettext(GETTEXT_PACKAGE, text) /* GETTEXT_PACKAGE: config.h */

/* One of two texts, by a number; translated. */
#define N_PLURAL(one, many, n) g_dngettext(GETTEXT_PACKAGE, one, many, (gulong) (n))

#endif
