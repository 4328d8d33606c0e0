/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several tunnels in a file is imported: the one whose name the user has put behind the
 * file's, else the only one of this machine. A reader lists the tunnels, in their order.
 */
#ifndef GRE_CHOICE_H
#define GRE_CHOICE_H

#include "import/file.h"

typedef struct GreChoice GreChoice;

/* Whether a tunnel between these two, either of which may be NULL, is one of this machine. */
typedef gboolean (*GreChoiceIsHere)(const char *from, const char *to);

/* For files that tell the local end from the remote one. */
gboolean gre_choice_has_from(const char *from, const char *to);

/* For files of either end. */
gboolean gre_choice_has_either(const char *from, const char *to);

GreChoice *gre_choice_new(GreChoiceIsHere is_here);
void       gre_choice_free(GreChoice *self);

/* Adds a GRE tunnel. @name: NULL: none; the second of a name gets another, such as "gre1:2". @from,
 * @to: its two ends, NULL if the file has no such address. */
void gre_choice_add(GreChoice *self, const char *name, const char *from, const char *to);

/* The number of tunnels. */
guint gre_choice_size(const GreChoice *self);

/**
 * gre_choice_pick:
 * @notes: of char*: gets a note if this machine's addresses decide
 * @which: (out): the index of the tunnel, from 0
 * @error: GRE_ERROR_PROFILE: no tunnel has the name, or it can't be told which; lists all
 *
 * There must be at least one tunnel.
 */
gboolean gre_choice_pick(
    const GreChoice *self, const GreFile *file, GPtrArray *notes, guint *which, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreChoice, gre_choice_free)

#endif
