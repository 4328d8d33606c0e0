/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus values as JSON text (RFC 8259), by json-glib.
 */
#ifndef GRE_JSON_H
#define GRE_JSON_H

#include <glib.h>

/**
 * gre_json_format:
 * @value: a floating reference is sunk; its uint64s fit an int64, and its doubles are finite
 * @pretty: one member a line, two blanks a level; else all on one line
 *
 * Dictionaries become objects, other arrays and tuples arrays, a variant its content.
 * Escapes characters that are unsafe for a terminal (gre-escape.h).
 *
 * Returns: (transfer full): the text, without a newline at its end.
 */
char *gre_json_format(GVariant *value, gboolean pretty);

#endif
