/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own addresses, for files that don't say which of two ends is this one.
 */
#ifndef GRE_OWN_H
#define GRE_OWN_H

#include <glib.h>

/* Whether an interface has the address that the text is. */
gboolean gre_own_has(const char *text);

/* For tests: these, NULL-terminated and not copied, are all that there are; NULL: those there are.
 */
void gre_own_set(const char *const *addresses);

#endif
