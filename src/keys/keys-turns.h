/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many processes may read keys of one user at a time: a user can stop his processes, and should
 * not be able to fill the machine with them.
 */
#ifndef GRE_KEYS_TURNS_H
#define GRE_KEYS_TURNS_H

#include <glib.h>

#define GRE_KEYS_TURNS_MAX 4

typedef void (*GreKeysTurnsFunc)(gpointer data);

/* Calls @func when fewer than GRE_KEYS_TURNS_MAX processes of @user run: now, or from
 * gre_keys_turns_done(). @user: NULL is the system, which has no limit. */
void gre_keys_turns_take(const char *user, GreKeysTurnsFunc func, gpointer data);

/* Returns: whether @data was still waiting; it no longer is. */
gboolean gre_keys_turns_cancel(const char *user, gpointer data);

/* A process of @user has ended. */
void gre_keys_turns_done(const char *user);

#endif
