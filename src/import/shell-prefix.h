/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words before a command that are not part of it: prompts, keywords, assignments, sudo, and
 * those that run it somewhere else: `ip netns exec`, `docker exec`.
 */
#ifndef GRE_SHELL_PREFIX_H
#define GRE_SHELL_PREFIX_H

#include <glib.h>

/* The number of such words among @n; at most @n. Appends to @place the name of the namespace or
 * container that the command runs in. */
guint gre_shell_prefix_count(char *const *words, guint n, GString *place);

/* NAME=value: the length of the name, else 0. */
gsize gre_shell_prefix_assignment(const char *word);

#endif
