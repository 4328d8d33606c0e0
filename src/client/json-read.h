/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads JSON that other programs print, by json-glib but as strictly as RFC 8259 has it; and looks
 * into it. Where a node is expected, NULL is one that has nothing, for chains of calls.
 */
#ifndef GRE_JSON_READ_H
#define GRE_JSON_READ_H

#include <json-glib/json-glib.h>

/**
 * gre_json_parse:
 * @text: bytes that are no UTF-8 become U+FFFD. An integer that is too large for 64 bits and a sign
 * comes out as another one.
 *
 * Returns: (transfer full) (nullable): the array or object that @text is; NULL where it is none, or
 * nested more than 64 deep.
 */
JsonNode *gre_json_parse(const char *text);

/* The value of a member; NULL where @node is no object or has none of that name. */
JsonNode *gre_json_member(JsonNode *node, const char *name);

/* The name and the value of an object's first member; NULL where there is none. */
const char *gre_json_first(JsonNode *node, JsonNode **value);

/* The string that @node is, or NULL. */
const char *gre_json_text(JsonNode *node);

/* The number that @node is, 1 for true, else 0. */
double gre_json_number(JsonNode *node);

/* How many items @node has, 0 where it is no array; and one of them. */
guint     gre_json_length(JsonNode *node);
JsonNode *gre_json_item(JsonNode *node, guint index);

#endif
