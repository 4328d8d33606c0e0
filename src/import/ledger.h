/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps an import from losing protection. The ledger lists the lines of a file that may encrypt the
 * tunnel, by their words alone and in any format. A reader takes the lines that it has imported,
 * and those that it knows to be for something else. If a line is left and the profile has no IPsec,
 * the import is refused.
 */
#ifndef GRE_LEDGER_H
#define GRE_LEDGER_H

#include <glib.h>

typedef struct GreLedger GreLedger;

GreLedger *gre_ledger_new(const char *text);
void       gre_ledger_free(GreLedger *self);

/* A ledger for another file that the import reads, freed with @self. @name: of the file, for
 * messages. */
GreLedger *gre_ledger_add(GreLedger *self, const char *name, const char *text);

/* Lines that begin with "#" are commands, typed at root's prompt. */
void gre_ledger_hash_is_prompt(GreLedger *self);

/* Takes the lines from @first to @last, counted from 1. @self may be NULL. */
void gre_ledger_take(GreLedger *self, guint first, guint last);

/* Takes all lines. */
void gre_ledger_take_all(GreLedger *self);

/* GRE_ERROR_PROFILE: a line is left; the message names it and quotes none of its secrets. */
gboolean gre_ledger_check(const GreLedger *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreLedger, gre_ledger_free)

#endif
