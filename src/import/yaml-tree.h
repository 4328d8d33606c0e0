/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A YAML document as a tree of maps, lists and texts, by libyaml: no anchors, no tags, one
 * document.
 */
#ifndef GRE_YAML_TREE_H
#define GRE_YAML_TREE_H

#include <glib.h>

typedef struct GreYaml GreYaml;
struct GreYaml {
    guint      line;
    char      *text;   /* of a scalar, else NULL */
    GPtrArray *keys;   /* of a map, of char*; else NULL */
    GPtrArray *values; /* of a map or a list, of GreYaml; else NULL */

    GHashTable *by_key; /* of a map: char* -> GreYaml*, borrowed; else NULL */
};

/* @error: GRE_ERROR_PROFILE, with the line number. */
GreYaml *gre_yaml_tree_parse(const char *text, GError **error);
void     gre_yaml_tree_free(GreYaml *yaml);

/* The value of a map's key; NULL if there is none or @yaml is not a map. @yaml may be NULL. */
const GreYaml *gre_yaml_tree_get(const GreYaml *yaml, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreYaml, gre_yaml_tree_free)

#endif
