/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own addresses, for files that don't say which of two ends is this one.
 */
#ifndef GRE_LOCAL_ADDRESSES_H
#define GRE_LOCAL_ADDRESSES_H

#include <glib.h>

/* Whether an interface has the address that the text is. */
gboolean gre_local_addresses_has(const char *text);

/* For tests: these, NULL-terminated and not copied, are all that there are; NULL: those there are.
 */
void gre_local_addresses_set(const char *const *addresses);

#endif
