/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus values as JSON text (RFC 8259).
 */
#ifndef GRE_JSON_H
#define GRE_JSON_H

#include <glib.h>

/**
 * gre_json_append_string:
 * @text: any bytes; those that are no UTF-8 become U+FFFD
 *
 * Appends @text as a JSON string. Control characters of both sets (C0 and C1) are escaped, so that
 * a terminal can take it.
 */
void gre_json_append_string(GString *out, const char *text);

/**
 * gre_json_append:
 * @value: a floating reference is sunk
 * @pretty: one member a line, two blanks a level; else all on one line
 *
 * Appends @value: numbers as numbers (those that JSON lacks, such as infinity, as null), strings,
 * paths and signatures as strings, dictionaries as objects, other arrays and tuples as arrays; a
 * variant as what it holds.
 */
void gre_json_append(GString *out, GVariant *value, gboolean pretty);

#endif
