/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses lines, continued lines and comments of systemd's unit files. */
#include "config.h"

#include "import/unit-file.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>

typedef struct {
    const char *p;
    guint       line, number;
    char       *section;
    GPtrArray  *entries;
} Parser;

static void
free_entry(gpointer data)
{
    GreUnitEntry *entry = data;

    g_free(entry->section);
    g_free(entry->key);
    g_free(entry->value);
    g_free(entry);
}

static gboolean
is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '#' || *line == ';';
}

/* Comments may come between continued lines. (transfer full) */
static char *
next_line(Parser *parser)
{
    GString *out = g_string_new(NULL);

    while (*parser->p) {
        gsize    len = strcspn(parser->p, "\n");
        gboolean comment = is_comment(parser->p);
        gboolean more = !comment && len > 0 && parser->p[len - 1] == '\\';

        if (!comment)
            g_string_append_len(out, parser->p, (gssize) (more ? len - 1 : len));
        if (more)
            g_string_append_c(out, ' ');
        parser->p += len + (parser->p[len] == '\n');
        parser->line++;
        if (!more && !(comment && out->len > 0))
            break;
    }
    return g_strstrip(g_string_free(out, FALSE));
}

static gboolean
take_line(Parser *parser, char *line, guint number, GError **error)
{
    gsize         len = strlen(line);
    char         *equals = strchr(line, '=');
    GreUnitEntry *entry;

    if (len > 2 && line[0] == '[' && line[len - 1] == ']') {
        g_free(parser->section);
        parser->section = g_strndup(line + 1, len - 2);
        parser->number++;
        return TRUE;
    }
    if (!equals || !parser->section)
        return gre_error_fail(error, _("line %u: neither [section] nor key=value in one"), number);
    entry = g_new0(GreUnitEntry, 1);
    entry->number = parser->number;
    entry->section = g_strdup(parser->section);
    entry->key = g_strstrip(g_strndup(line, (gsize) (equals - line)));
    entry->value = g_strstrip(g_strdup(equals + 1));
    entry->line = number;
    g_ptr_array_add(parser->entries, entry);
    return TRUE;
}

GPtrArray *
gre_unit_file_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_entry);
    Parser   parser = { .p = text, .entries = entries };
    gboolean valid = TRUE;

    while (valid && *parser.p) {
        guint            number = parser.line + 1;
        g_autofree char *line = next_line(&parser);

        valid = !line[0] || take_line(&parser, line, number, error);
    }
    g_free(parser.section);
    return valid ? g_steal_pointer(&entries) : NULL;
}

const char *
gre_unit_file_value(GPtrArray *entries, const char *section, const char *key)
{
    const char *value = NULL;

    for (guint i = 0; i < entries->len; i++) {
        const GreUnitEntry *entry = entries->pdata[i];

        if (strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0)
            value = entry->value[0] ? entry->value : NULL;
    }
    return value;
}
