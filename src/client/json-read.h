/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads JSON (RFC 8259), for what other programs print: a tree of values.
 */
#ifndef GRE_JSON_READ_H
#define GRE_JSON_READ_H

#include <glib.h>

typedef enum {
    GRE_JSON_NULL,
    GRE_JSON_BOOL,
    GRE_JSON_NUMBER,
    GRE_JSON_STRING,
    GRE_JSON_ARRAY,
    GRE_JSON_OBJECT,
} GreJsonType;

typedef struct {
    GreJsonType type;
    double      number; /* a bool's too: 0 or 1 */
    char       *text;   /* of a string: UTF-8 */
    GPtrArray  *items;  /* of an array or an object: GreJsonNode */
    GPtrArray  *names;  /* of an object: char*, one for each item */
} GreJsonNode;

/* @text: NUL-terminated. Returns: (transfer full): NULL where it is no JSON, or nested too deeply.
 */
GreJsonNode *gre_json_parse(const char *text);
void         gre_json_node_free(GreJsonNode *node);

/* The value of a member; NULL where @node is no object or has none of that name. @node may be NULL,
 * for chains of calls. */
const GreJsonNode *gre_json_member(const GreJsonNode *node, const char *name);

/* The string that @node is, or NULL; @node may be NULL. */
const char *gre_json_text(const GreJsonNode *node);

/* How many items @node has, 0 where it is neither array nor object; and one of them. */
guint              gre_json_length(const GreJsonNode *node);
const GreJsonNode *gre_json_item(const GreJsonNode *node, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreJsonNode, gre_json_node_free)

#endif
