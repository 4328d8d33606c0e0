/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at lines, not at the grammar: text between the commands can be anything. */
#include "config.h"

#include "import/shell-functions.h"
#include "gre-secret.h"

#include <string.h>

enum {
    FUNCTIONS_MAX = 256,
    BODY_MAX = 65536, /* bytes */
};

static void
free_function(gpointer data)
{
    GreShellFunction *function = data;

    g_free(function->name);
    gre_secret_free_text(function->body);
    g_free(function);
}

static gsize
blanks(const char *p)
{
    return strspn(p, " \t");
}

static gsize
name_length(const char *p)
{
    return strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

#define KEYWORD "function"

static gboolean
has_keyword(const char *p)
{
    return g_str_has_prefix(p, KEYWORD) && blanks(p + strlen(KEYWORD)) > 0;
}

/* "NAME() {" or "function NAME {", the brace perhaps in the next line: the place after the brace,
 * or NULL. */
static const char *
match_head(const char *p, char **name)
{
    gboolean keyword = has_keyword(p);
    gsize    len;

    p += keyword ? strlen(KEYWORD) : 0;
    p += blanks(p);
    len = name_length(p);
    if (len == 0)
        return NULL;
    *name = g_strndup(p, len);
    p += len + blanks(p + len);
    if (g_str_has_prefix(p, "()"))
        p += 2;
    else if (!keyword)
        return NULL;
    p += blanks(p);
    p += *p == '\n' ? 1 + blanks(p + 1) : 0;
    return *p == '{' ? p + 1 : NULL;
}

/* The brace that ends the body, or NULL. */
static const char *
find_end(const char *body, gsize indent)
{
    const char *line = strchr(body, '\n');
    gsize       last = line ? (gsize) (line - body) : strlen(body);

    while (last > 0 && g_ascii_isspace(body[last - 1]))
        last--;
    if (last > 0 && body[last - 1] == '}')
        return body + last - 1; /* all in one line */
    while (line && line - body < BODY_MAX) {
        line++;
        if (blanks(line) == indent && line[indent] == '}')
            return line + indent;
        line = strchr(line, '\n');
    }
    return NULL;
}

static guint
count_lines(const char *from, const char *to)
{
    guint n = 0;

    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

/* The definition at @p, or NULL. */
static GreShellFunction *
read_function(const char *p, gsize indent, guint line)
{
    g_autofree char  *name = NULL;
    const char       *body = match_head(p, &name), *end = body ? find_end(body, indent) : NULL;
    GreShellFunction *function;

    if (!end)
        return NULL;
    function = g_new0(GreShellFunction, 1);
    function->name = g_steal_pointer(&name);
    function->begin = p;
    function->end = end + 1;
    function->body = g_strndup(body, (gsize) (end - body));
    function->line = line + count_lines(p, body);
    function->lines = count_lines(p, end);
    return function;
}

/* Whether it is worth a look: lines have few braces and fewer functions. */
static gboolean
may_be_function(const char *p)
{
    gsize len = strcspn(p, "\n");

    return has_keyword(p) || g_strstr_len(p, (gssize) MIN(len, 80), "()");
}

GHashTable *
gre_shell_functions_find(const char *text)
{
    GHashTable *functions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_function);
    guint       line = 0, looks = 0;

    for (; text && looks < FUNCTIONS_MAX; line++) {
        gsize             indent = blanks(text);
        GreShellFunction *function = NULL;

        if (may_be_function(text + indent)) {
            function = read_function(text + indent, indent, line);
            looks++;
        }
        if (function)
            g_hash_table_replace(functions, function->name, function);
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return functions;
}
