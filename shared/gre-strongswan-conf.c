/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An include is replaced by the text of its files, which may continue the section around it. */
#include "config.h"

#include "gre-strongswan-conf.h"

#include "gre-conf-tree.h"

#include <glob.h>
#include <string.h>

enum {
    DEPTH_MAX = 8,         /* of files that include others */
    TEXT_MAX = 1024 * 1024 /* bytes, of all files together */
};

typedef struct {
    const char *root;
    GString    *text;
} Reading;

static void take_file(Reading *reading, const char *path, guint depth);

/* "include FILE", with or without quotes. (transfer full) NULL: another line */
static char *
included(const char *line)
{
    g_autofree char *text = g_strstrip(g_strndup(line, strcspn(line, "#")));
    char            *pattern;
    gsize            len;

    if (!g_str_has_prefix(text, "include") || !strchr(" \t\"", text[strlen("include")]))
        return NULL;
    pattern = g_strstrip(g_strdup(text + strlen("include")));
    len = strlen(pattern);
    if (len >= 2 && pattern[0] == '"' && pattern[len - 1] == '"') {
        memmove(pattern, pattern + 1, len - 2);
        pattern[len - 2] = '\0';
    }
    return pattern;
}

static void
take_include(Reading *reading, const char *pattern, const char *from, guint depth)
{
    g_autofree char *directory = g_path_get_dirname(from);
    g_autofree char *path = g_path_is_absolute(pattern)
                                ? g_strconcat(reading->root, pattern, NULL)
                                : g_build_filename(directory, pattern, NULL);
    glob_t           found = { 0 };

    if (glob(path, 0, NULL, &found) == 0)
        for (gsize i = 0; i < found.gl_pathc; i++)
            take_file(reading, found.gl_pathv[i], depth + 1);
    globfree(&found);
}

static void
take_file(Reading *reading, const char *path, guint depth)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (depth > DEPTH_MAX || !g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
        !g_file_get_contents(path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] && reading->text->len < TEXT_MAX; i++) {
        g_autofree char *pattern = included(lines[i]);

        if (pattern)
            take_include(reading, pattern, path, depth);
        else
            g_string_append_printf(reading->text, "%s\n", lines[i]);
    }
}

static const char *
socket_of(const GreConf *root, const char *daemon)
{
    static const char *const path[] = { "plugins", "vici" };
    const GreConf           *section = gre_conf_tree_section(root, daemon);

    for (gsize i = 0; section && i < G_N_ELEMENTS(path); i++)
        section = gre_conf_tree_section(section, path[i]);
    return section ? gre_conf_tree_value(section, "socket") : NULL;
}

char *
gre_strongswan_conf_socket(const char *path, const char *root)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GreConf) conf = NULL;
    Reading     reading = { .root = root, .text = text };
    const char *uri;

    take_file(&reading, path, 0);
    conf = gre_conf_tree_parse(text->str, NULL);
    if (!conf)
        return NULL;
    uri = socket_of(conf, "charon-systemd");
    if (!uri)
        uri = socket_of(conf, "charon");
    /* The others, such as tcp://, are open to every user. */
    if (!uri || !g_str_has_prefix(uri, "unix:///"))
        return NULL;
    return g_strdup(uri + strlen("unix://"));
}
