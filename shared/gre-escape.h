/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that somebody else wrote, for a terminal, a log line or a message: on one line, with
 * everything escaped that steers a terminal, ends the line, is invisible or changes the order of
 * letters.
 */
#ifndef GRE_ESCAPE_H
#define GRE_ESCAPE_H

#include <glib.h>

/* Whether @c is a control character (C0, DEL, C1), a format character (such as those that turn the
 * direction of text), a line or paragraph separator, or none that Unicode has assigned. */
gboolean gre_escape_is_needed(gunichar c);

/**
 * gre_escape_next:
 * @text: any bytes, at least one before the NUL
 *
 * Appends the first character of @text, escaped where needed: a newline as "\n", others as "\x1b",
 * "\u200b" or "\U000e0001", and a byte that is no UTF-8 as "\xff".
 *
 * Returns: the place behind the character.
 */
const char *gre_escape_next(GString *out, const char *text);

/* Appends all of @text, escaped. */
void gre_escape_append(GString *out, const char *text);

/* @text escaped. (transfer full) */
char *gre_escape_text(const char *text);

#endif
