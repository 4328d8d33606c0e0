/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds the tree from libyaml's events. */
#include "config.h"

#include "import/yaml-tree.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 16 };

static void
free_yaml(gpointer data)
{
    gre_yaml_tree_free(data);
}

void
gre_yaml_tree_free(GreYaml *yaml)
{
    if (!yaml)
        return;
    g_free(yaml->text);
    g_clear_pointer(&yaml->by_key, g_hash_table_unref);
    g_clear_pointer(&yaml->keys, g_ptr_array_unref);
    g_clear_pointer(&yaml->values, g_ptr_array_unref);
    g_free(yaml);
}

const GreYaml *
gre_yaml_tree_get(const GreYaml *yaml, const char *key)
{
    return yaml && yaml->by_key ? g_hash_table_lookup(yaml->by_key, key) : NULL;
}

static gboolean
next(yaml_parser_t *parser, yaml_event_t *event, GError **error)
{
    if (yaml_parser_parse(parser, event))
        return TRUE;
    return gre_error_fail(error, _("line %u: not valid YAML: %s"),
                          (guint) parser->problem_mark.line + 1,
                          parser->problem ? parser->problem : "");
}

static GreYaml *read_node(yaml_parser_t *parser, yaml_event_t *event, guint depth, GError **error);

/* One key of a map whose value follows. */
static gboolean
take_key(GreYaml *map, const yaml_event_t *event, GError **error)
{
    const char *key = (const char *) event->data.scalar.value;
    guint       line = (guint) event->start_mark.line + 1;

    if (event->type != YAML_SCALAR_EVENT)
        return gre_error_fail(error, _("line %u: a key that is not text"), line);
    if (gre_yaml_tree_get(map, key))
        return gre_error_fail(error, _("line %u: duplicate key"), line);
    g_ptr_array_add(map->keys, g_strdup(key));
    return TRUE;
}

/* The content of a map or list, up to its end. */
static gboolean
read_children(yaml_parser_t *parser, GreYaml *parent, guint depth, GError **error)
{
    yaml_event_type_t end = parent->keys ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;

    for (;;) {
        yaml_event_t event;
        GreYaml     *child;
        gboolean     keyed;

        if (!next(parser, &event, error))
            return FALSE;
        if (event.type == end) {
            yaml_event_delete(&event);
            return TRUE;
        }
        if (parent->keys) {
            keyed = take_key(parent, &event, error);
            yaml_event_delete(&event);
            if (!keyed || !next(parser, &event, error))
                return FALSE;
        }
        child = read_node(parser, &event, depth + 1, error);
        yaml_event_delete(&event);
        if (!child)
            return FALSE;
        g_ptr_array_add(parent->values, child);
        if (parent->keys)
            g_hash_table_insert(parent->by_key, parent->keys->pdata[parent->keys->len - 1], child);
    }
}

static GreYaml *
read_node(yaml_parser_t *parser, yaml_event_t *event, guint depth, GError **error)
{
    g_autoptr(GreYaml) node = g_new0(GreYaml, 1);

    node->line = (guint) event->start_mark.line + 1;
    if (event->type == YAML_SCALAR_EVENT) {
        node->text = g_strdup((const char *) event->data.scalar.value);
        return g_steal_pointer(&node);
    }
    if (depth > DEPTH_MAX ||
        (event->type != YAML_MAPPING_START_EVENT && event->type != YAML_SEQUENCE_START_EVENT)) {
        gre_error_fail(error, _("line %u: YAML aliases and deep nesting are not read"), node->line);
        return NULL;
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        node->keys = g_ptr_array_new_with_free_func(g_free);
        node->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    }
    node->values = g_ptr_array_new_with_free_func(free_yaml);
    return read_children(parser, node, depth, error) ? g_steal_pointer(&node) : NULL;
}

/* After the root: rejects a second document instead of dropping it silently. */
static gboolean
check_end(yaml_parser_t *parser, GError **error)
{
    for (;;) {
        yaml_event_t      event;
        yaml_event_type_t type;
        guint             line;

        if (!next(parser, &event, error))
            return FALSE;
        type = event.type;
        line = (guint) event.start_mark.line + 1;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return TRUE;
        if (type == YAML_DOCUMENT_START_EVENT)
            return gre_error_fail(
                error, _("line %u: a second YAML document: the file must have one"), line);
    }
}

/* Up to the root's first event, and the root. */
static GreYaml *
read_document(yaml_parser_t *parser, GError **error)
{
    for (;;) {
        yaml_event_t event;
        g_autoptr(GreYaml) root = NULL;

        if (!next(parser, &event, error))
            return NULL;
        if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        root = read_node(parser, &event, 0, error);
        yaml_event_delete(&event);
        return root && check_end(parser, error) ? g_steal_pointer(&root) : NULL;
    }
}

GreYaml *
gre_yaml_tree_parse(const char *text, GError **error)
{
    yaml_parser_t parser;
    GreYaml      *root;

    if (!yaml_parser_initialize(&parser)) {
        gre_error_fail(error, _("out of memory for the YAML parser"));
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *) text, strlen(text));
    root = read_document(&parser, error);
    yaml_parser_delete(&parser);
    return root;
}
