/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for a terminal: columns counted as a terminal does, and amounts in units for people.
 */
#ifndef GRE_TEXT_H
#define GRE_TEXT_H

#include <glib.h>

/* How many columns a terminal gives to @text, which is escaped (gre-escape.h). */
guint gre_text_width(const char *text);

/* @text in at most @columns (2 or more), with "…" if it is cut. */
char *gre_text_cut(const char *text, guint columns);

/* Appends @text, padded with blanks to @columns. */
void gre_text_append_padded(GString *out, const char *text, guint columns);

/**
 * gre_text_append_wrapped:
 * @text: words separated by blanks; a newline begins a line
 * @indent: columns that the first line already has, and the indent of the others
 * @columns: width of a line, 0 for no limit
 *
 * Appends @text and a newline, wrapped between words.
 */
void gre_text_append_wrapped(GString *out, const char *text, guint indent, guint columns);

/* "812 bytes", "12.3 MiB (12897485 bytes)". */
char *gre_text_bytes(guint64 bytes);

/* "45 s", "12 min 5 s", "3 h 12 min", "2 d 4 h". */
char *gre_text_duration(guint64 seconds);

#endif
