/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Implements the grammar of strongSwan's settings_parser.y, without include. */
#include "config.h"

#include "gre-conf-tree.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"

#include <string.h>

enum {
    DEPTH_MAX = 16,   /* depth of nested sections, and of inheritance */
    MEMBERS_MAX = 512 /* settings and sections in one section */
};

typedef struct {
    const char *p;
    guint       line;
    GreConf    *root;
} Parser;

/* ---- memory ---- */

static void
free_key(gpointer data)
{
    GreConfKey *key = data;

    g_free(key->name);
    gre_secret_free_text(key->value);
    g_free(key);
}

static void
free_section(gpointer data)
{
    gre_conf_tree_free(data);
}

void
gre_conf_tree_free(GreConf *conf)
{
    if (!conf)
        return;
    g_free(conf->name);
    g_ptr_array_unref(conf->keys);
    g_ptr_array_unref(conf->sections);
    g_strfreev(conf->parents);
    g_free(conf);
}

static GreConf *
new_section(const char *name, guint line)
{
    GreConf *conf = g_new0(GreConf, 1);

    conf->name = g_strdup(name);
    conf->line = line;
    conf->keys = g_ptr_array_new_with_free_func(free_key);
    conf->sections = g_ptr_array_new_with_free_func(free_section);
    return conf;
}

/* ---- look-up ---- */

static const GreConf *
own_section(const GreConf *conf, const char *name, gsize len)
{
    for (guint i = 0; i < conf->sections->len; i++) {
        const GreConf *section = conf->sections->pdata[i];

        if (strlen(section->name) == len && strncmp(section->name, name, len) == 0)
            return section;
    }
    return NULL;
}

/* A section by its full path, "connections.base". */
static const GreConf *
by_path(const GreConf *root, const char *path)
{
    while (root && *path) {
        gsize len = strcspn(path, ".");

        root = own_section(root, path, len);
        path += len + (path[len] == '.');
    }
    return root;
}

/* The section, then the sections that it inherits from, in order. Stops at circular references. */
static void
collect(const GreConf *conf, GPtrArray *out, guint depth)
{
    if (depth > DEPTH_MAX || out->len > DEPTH_MAX)
        return;
    g_ptr_array_add(out, (gpointer) conf);
    for (gsize i = 0; conf->parents && conf->parents[i]; i++) {
        const GreConf *parent = by_path(conf->root, conf->parents[i]);

        if (parent && !g_ptr_array_find(out, parent, NULL))
            collect(parent, out, depth + 1);
    }
}

static GPtrArray *
family(const GreConf *conf)
{
    GPtrArray *out = g_ptr_array_new();

    collect(conf, out, 0);
    return out;
}

static gboolean
has_key(GPtrArray *keys, const char *name)
{
    for (guint i = 0; i < keys->len; i++)
        if (strcmp(((GreConfKey *) keys->pdata[i])->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* If a setting is given twice the last one counts, as in strongSwan. */
GPtrArray *
gre_conf_tree_all_keys(const GreConf *conf)
{
    g_autoptr(GPtrArray) all = family(conf);
    GPtrArray *out = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const GreConf *one = all->pdata[i];

        for (guint j = one->keys->len; j > 0; j--) {
            GreConfKey *key = one->keys->pdata[j - 1];

            if (!has_key(out, key->name))
                g_ptr_array_add(out, key);
        }
    }
    return out;
}

GPtrArray *
gre_conf_tree_all_sections(const GreConf *conf)
{
    g_autoptr(GPtrArray) all = family(conf);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *out = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const GreConf *one = all->pdata[i];

        for (guint j = 0; j < one->sections->len; j++) {
            GreConf *section = one->sections->pdata[j];

            if (g_hash_table_add(seen, section->name))
                g_ptr_array_add(out, section);
        }
    }
    return out;
}

const GreConfKey *
gre_conf_tree_key(const GreConf *conf, const char *name)
{
    g_autoptr(GPtrArray) keys = gre_conf_tree_all_keys(conf);

    for (guint i = 0; i < keys->len; i++)
        if (strcmp(((GreConfKey *) keys->pdata[i])->name, name) == 0)
            return keys->pdata[i];
    return NULL;
}

const char *
gre_conf_tree_value(const GreConf *conf, const char *name)
{
    const GreConfKey *key = gre_conf_tree_key(conf, name);

    return key ? key->value : NULL;
}

const GreConf *
gre_conf_tree_section(const GreConf *conf, const char *name)
{
    g_autoptr(GPtrArray) sections = gre_conf_tree_all_sections(conf);

    for (guint i = 0; i < sections->len; i++)
        if (strcmp(((GreConf *) sections->pdata[i])->name, name) == 0)
            return sections->pdata[i];
    return NULL;
}

/* ---- reading ---- */

static gboolean
fail(const Parser *parser, const char *what, GError **error)
{
    return gre_error_fail(error, _("line %u: %s"), parser->line, what);
}

static void
skip_blanks(Parser *parser, gboolean lines)
{
    for (;; parser->p++) {
        if (*parser->p == '#')
            parser->p += strcspn(parser->p, "\n");
        if (*parser->p == '\n' && lines)
            parser->line++;
        else if (*parser->p != ' ' && *parser->p != '\t')
            return;
        if (!*parser->p)
            return;
    }
}

/* "include FILE" is not followed: an import reads one file. */
static gboolean
fail_include(Parser *parser, GError **error)
{
    gsize            len = strcspn(parser->p, "\n#");
    g_autofree char *raw = g_strstrip(g_strndup(parser->p, len));
    g_autofree char *shown = gre_value_quote(raw);

    return gre_error_fail(error,
                          _("line %u: %s: included files are not read; put everything into one "
                            "file, or import the included one"),
                          parser->line, shown);
}

static char *
take_name(Parser *parser)
{
    gsize len = strcspn(parser->p, " \t\n#{}=:,\"");
    char *name = g_strndup(parser->p, len);

    parser->p += len;
    return name;
}

static char
unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* A string in double quotes; it may span lines. */
static gboolean
take_quoted(Parser *parser, GString *out, GError **error)
{
    for (parser->p++; *parser->p != '"'; parser->p++) {
        if (*parser->p == '\n')
            parser->line++;
        if (*parser->p == '\\' && parser->p[1] == '\n') {
            parser->p++;
            parser->line++;
        } else if (*parser->p == '\\' && parser->p[1]) {
            g_string_append_c(out, unescape(*++parser->p));
        } else if (*parser->p) {
            g_string_append_c(out, *parser->p);
        } else {
            return fail(parser, _("a quotation mark is not closed"), error);
        }
    }
    parser->p++;
    return TRUE;
}

static void
chomp(GString *text)
{
    while (text->len > 0 && strchr(" \t", text->str[text->len - 1]))
        g_string_truncate(text, text->len - 1);
}

/* Up to the end of the line, a comment or the end of the section. */
static char *
take_value(Parser *parser, GError **error)
{
    GString *out = g_string_new(NULL);
    gboolean quoted = FALSE;

    skip_blanks(parser, FALSE);
    while (*parser->p && !strchr("\n#{}", *parser->p)) {
        quoted = quoted || *parser->p == '"';
        if (*parser->p == '"') {
            if (!take_quoted(parser, out, error)) {
                gre_secret_free_text(g_string_free(out, FALSE));
                return NULL;
            }
            skip_blanks(parser, FALSE);
        } else {
            g_string_append_c(out, *parser->p++);
        }
    }
    if (!quoted)
        chomp(out);
    return g_string_free(out, FALSE);
}

static gboolean take_members(Parser *parser, GreConf *conf, guint depth, GError **error);

/* After "name :": the sections that it inherits from. */
static char **
take_parents(Parser *parser)
{
    GPtrArray *out = g_ptr_array_new();

    do {
        parser->p++;
        skip_blanks(parser, TRUE);
        g_ptr_array_add(out, take_name(parser));
        skip_blanks(parser, TRUE);
    } while (*parser->p == ',');
    g_ptr_array_add(out, NULL);
    return (char **) g_ptr_array_free(out, FALSE);
}

/* Continues an existing section of the same name. */
static GreConf *
add_section(Parser *parser, GreConf *conf, const char *name)
{
    GreConf *section = (GreConf *) own_section(conf, name, strlen(name));

    if (section)
        return section;
    section = new_section(name, parser->line);
    section->root = parser->root;
    g_ptr_array_add(conf->sections, section);
    return section;
}

static gboolean
take_section(Parser *parser, GreConf *conf, const char *name, guint depth, GError **error)
{
    GreConf *section = add_section(parser, conf, name);

    if (*parser->p == ':') {
        g_strfreev(section->parents);
        section->parents = take_parents(parser);
    }
    if (*parser->p != '{')
        return fail(parser, _("a section without \"{\""), error);
    parser->p++;
    if (depth >= DEPTH_MAX)
        return fail(parser, _("too many nested sections"), error);
    if (!take_members(parser, section, depth + 1, error))
        return FALSE;
    if (*parser->p != '}')
        return fail(parser, _("a section is not closed: \"}\" is missing"), error);
    parser->p++;
    return TRUE;
}

static gboolean
take_key(Parser *parser, GreConf *conf, const char *name, GError **error)
{
    GreConfKey *key;
    guint       line = parser->line;
    char       *value;

    parser->p++;
    value = take_value(parser, error);
    if (!value)
        return FALSE;
    key = g_new0(GreConfKey, 1);
    key->name = g_strdup(name);
    key->value = value;
    key->line = line;
    g_ptr_array_add(conf->keys, key);
    return TRUE;
}

static gboolean
take_member(Parser *parser, GreConf *conf, guint depth, GError **error)
{
    g_autofree char *name = NULL;

    if (conf->keys->len + conf->sections->len >= MEMBERS_MAX)
        return fail(parser, _("too many settings in one section"), error);
    if (strncmp(parser->p, "include", 7) == 0 && strchr(" \t\"", parser->p[7]) && parser->p[7])
        return fail_include(parser, error);
    name = take_name(parser);
    skip_blanks(parser, FALSE);
    if (!name[0])
        return fail(parser, _("neither \"key = value\" nor \"section {\""), error);
    if (*parser->p == '=')
        return take_key(parser, conf, name, error);
    skip_blanks(parser, TRUE);
    if (*parser->p == '{' || *parser->p == ':')
        return take_section(parser, conf, name, depth, error);
    return fail(parser, _("neither \"key = value\" nor \"section {\""), error);
}

/* Up to the "}" that closes the section, or the end. */
static gboolean
take_members(Parser *parser, GreConf *conf, guint depth, GError **error)
{
    for (skip_blanks(parser, TRUE); *parser->p && *parser->p != '}'; skip_blanks(parser, TRUE))
        if (!take_member(parser, conf, depth, error))
            return FALSE;
    return TRUE;
}

/* Like strongSwan, ignores missing sections: they are usually in another file. */
static gboolean
check_parents(const GreConf *conf, GError **error)
{
    for (gsize i = 0; conf->parents && conf->parents[i]; i++)
        if (!by_path(conf->root, conf->parents[i]))
            return gre_error_fail(error, _("line %u: %s is not in the file"), conf->line,
                                  conf->parents[i]);
    for (guint i = 0; i < conf->sections->len; i++)
        if (!check_parents(conf->sections->pdata[i], error))
            return FALSE;
    return TRUE;
}

GreConf *
gre_conf_tree_parse(const char *text, GError **error)
{
    g_autoptr(GreConf) root = new_section("", 1);
    Parser parser = { .p = text, .line = 1, .root = root };

    root->root = root;
    if (!take_members(&parser, root, 0, error))
        return NULL;
    if (*parser.p) {
        fail(&parser, _("\"}\" without \"{\""), error);
        return NULL;
    }
    return check_parents(root, error) ? g_steal_pointer(&root) : NULL;
}
