/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strongSwan's settings files (strongswan.conf(5), swanctl.conf(5)) as a tree: sections in braces,
 * values up to the end of the line, quotes, comments, and sections that inherit from others.
 */
#ifndef GRE_CONF_TREE_H
#define GRE_CONF_TREE_H

#include <glib.h>

typedef struct GreConf GreConf;
struct GreConf {
    char      *name;
    guint      line;
    GPtrArray *keys;     /* of GreConfKey, in order */
    GPtrArray *sections; /* of GreConf, in order */
    char   **parents; /* NULL, or the sections that it inherits from, such as "connections.base" */
    GreConf *root;    /* borrowed */
};

typedef struct {
    char *name, *value;
    guint line;
} GreConfKey;

/* @error: GRE_ERROR_PROFILE, with the line number; never quotes a value. */
GreConf *gre_conf_tree_parse(const char *text, GError **error);
void     gre_conf_tree_free(GreConf *conf); /* wipes the values */

/* The section's or setting's own value, else the inherited one; NULL if there is none. */
const GreConf    *gre_conf_tree_section(const GreConf *conf, const char *name);
const GreConfKey *gre_conf_tree_key(const GreConf *conf, const char *name);
const char       *gre_conf_tree_value(const GreConf *conf, const char *name);

/* All settings of the section, own and inherited, each once; (transfer container). Below: the same
 * for its sections. */
GPtrArray *gre_conf_tree_all_keys(const GreConf *conf);
GPtrArray *gre_conf_tree_all_sections(const GreConf *conf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreConf, gre_conf_tree_free)

#endif
