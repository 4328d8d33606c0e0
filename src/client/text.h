/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for a terminal: columns counted as a terminal does, and amounts in units for people.
 */
#ifndef GRE_TEXT_H
#define GRE_TEXT_H

#include <glib.h>

/* How many columns a terminal gives to @text, which is escaped (gre-escape.h). */
guint gre_text_width(const char *text);

/* @text in at most @columns (2 or more), with "…" where something is left out. */
char *gre_text_cut(const char *text, guint columns);

/* Appends @text, and blanks up to @columns. */
void gre_text_append_padded(GString *out, const char *text, guint columns);

/**
 * gre_text_append_wrapped:
 * @text: words with blanks between; a newline begins a line
 * @indent: columns that the first line has already, and that the others get
 * @columns: a line's, 0 for no limit
 *
 * Appends @text and a newline, broken between words where it is too long.
 */
void gre_text_append_wrapped(GString *out, const char *text, guint indent, guint columns);

/* "812 bytes", "12.3 MiB (12897485 bytes)". */
char *gre_text_bytes(guint64 bytes);

/* "45 s", "12 min 5 s", "3 h 12 min", "2 d 4 h". */
char *gre_text_duration(guint64 seconds);

#endif
