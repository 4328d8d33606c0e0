/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own addresses, for files that don't tell which of two ends is local.
 */
#ifndef GRE_LOCAL_ADDRESSES_H
#define GRE_LOCAL_ADDRESSES_H

#include <glib.h>

/* Whether an interface has this address. */
gboolean gre_local_addresses_has(const char *text);

/* For tests: use only these addresses, NULL-terminated and not copied; NULL: the machine's. */
void gre_local_addresses_set(const char *const *addresses);

#endif
