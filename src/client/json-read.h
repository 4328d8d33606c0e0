/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads JSON that other programs print: json-glib, but as strict as RFC 8259, and functions for
 * access. All of them accept a NULL node, for chains of calls.
 */
#ifndef GRE_JSON_READ_H
#define GRE_JSON_READ_H

#include <json-glib/json-glib.h>

/**
 * gre_json_parse:
 * @text: invalid UTF-8 becomes U+FFFD. Integers that don't fit 64 bits with sign change their
 * value.
 *
 * Returns: (transfer full) (nullable): the array or object; NULL if @text is neither, or nested
 * more than 64 deep.
 */
JsonNode *gre_json_parse(const char *text);

/* The value of a member; NULL if @node isn't an object or has no such member. */
JsonNode *gre_json_member(JsonNode *node, const char *name);

/* The name and the value of an object's first member; NULL if there is none. */
const char *gre_json_first(JsonNode *node, JsonNode **value);

/* The string of @node, or NULL. */
const char *gre_json_text(JsonNode *node);

/* The number of @node, 1 for true, else 0. */
double gre_json_number(JsonNode *node);

/* The number of items of @node, 0 if it isn't an array; and one item. */
guint     gre_json_length(JsonNode *node);
JsonNode *gre_json_item(JsonNode *node, guint index);

#endif
