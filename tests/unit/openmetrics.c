/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "openmetrics.h"

#include <math.h>
#include <string.h>

typedef struct {
    GHashTable *families; /* char *: all that have begun */
    GHashTable *series;   /* char *: "NAME{LABELS}" */
    char       *family;   /* the current one, NULL before the first */
    char       *type;     /* NULL: not yet said */
    char       *unit, *help;
    gboolean    has_samples;
    gboolean    ended;
} Reader;

static gboolean
is_name(const char *text, gsize len, gboolean colons)
{
    if (len == 0 || g_ascii_isdigit(text[0]))
        return FALSE;
    for (gsize i = 0; i < len; i++)
        if (!g_ascii_isalnum(text[i]) && text[i] != '_' && !(colons && text[i] == ':'))
            return FALSE;
    return TRUE;
}

/* Whether everything that is escaped may be: \\, \" and \n. */
static gboolean
is_escaped(const char *text, gsize len)
{
    for (gsize i = 0; i < len; i++)
        if (text[i] == '\\' && (++i == len || !strchr("\\\"n", text[i])))
            return FALSE;
    return TRUE;
}

static void
begin_family(Reader *reader, const char *name)
{
    g_free(reader->family);
    reader->family = g_strdup(name);
    g_clear_pointer(&reader->type, g_free);
    g_clear_pointer(&reader->unit, g_free);
    g_clear_pointer(&reader->help, g_free);
    reader->has_samples = FALSE;
}

/* "# TYPE name type", "# UNIT name unit", "# HELP name text". */
static const char *
read_comment(Reader *reader, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    char **where;

    if (strcmp(line, "# EOF") == 0) {
        reader->ended = TRUE;
        return NULL;
    }
    if (g_strv_length(words) < 4 || !words[3][0])
        return "neither TYPE, UNIT nor HELP with a name and a text";
    if (!is_name(words[2], strlen(words[2]), TRUE))
        return "no name of a family";
    if (g_strcmp0(reader->family, words[2]) != 0) {
        if (!g_hash_table_add(reader->families, g_strdup(words[2])))
            return "the family has been before";
        begin_family(reader, words[2]);
    }
    if (reader->has_samples)
        return "stands behind a sample of its family";
    where = strcmp(words[1], "TYPE") == 0   ? &reader->type
            : strcmp(words[1], "UNIT") == 0 ? &reader->unit
            : strcmp(words[1], "HELP") == 0 ? &reader->help
                                            : NULL;
    if (!where || *where)
        return "unknown, or said twice";
    *where = g_strdup(words[3]);
    if (where == &reader->type && strcmp(*where, "gauge") != 0 && strcmp(*where, "counter") != 0 &&
        strcmp(*where, "info") != 0)
        return "a type that we don't use";
    if (where == &reader->unit) {
        g_autofree char *suffix = g_strconcat("_", *where, NULL);

        if (!g_str_has_suffix(words[2], suffix))
            return "the name does not end with the unit";
    }
    return is_escaped(words[3], strlen(words[3])) ? NULL : "a wrong escape";
}

/* @at: behind "{"; Returns: behind "}", NULL: something is wrong. */
static const char *
read_labels(const char *at)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    while (TRUE) {
        const char *equals = strchr(at, '='), *end;

        if (!equals || equals[1] != '"' || !is_name(at, (gsize) (equals - at), FALSE) ||
            !g_hash_table_add(names, g_strndup(at, (gsize) (equals - at))))
            return NULL;
        at = equals + 2;
        for (end = at; *end && *end != '"'; end++)
            if (*end == '\\' && end[1])
                end++;
        if (*end != '"' || !is_escaped(at, (gsize) (end - at)))
            return NULL;
        if (end[1] == '}')
            return end + 2;
        if (end[1] != ',')
            return NULL;
        at = end + 2;
    }
}

static const char *
check_value(const Reader *reader, const char *text)
{
    char  *end;
    double value;

    if (text[0] != ' ')
        return "no blank before the value";
    value = g_ascii_strtod(text + 1, &end);
    if (!(g_ascii_isdigit(text[1]) || text[1] == '-') || *end || !isfinite(value))
        return "no finite number";
    if (strcmp(reader->type, "counter") == 0 && value < 0)
        return "a counter below 0";
    if (strcmp(reader->type, "info") == 0 && strcmp(text, " 1") != 0)
        return "an info that is not 1";
    return NULL;
}

static const char *
read_sample(Reader *reader, const char *line)
{
    gsize            len = strcspn(line, "{ ");
    g_autofree char *name = g_strndup(line, len), *wanted = NULL;
    const char      *at = line + len;

    if (!reader->family || !reader->type || !reader->help)
        return "a sample without its family's type and help";
    wanted = g_strconcat(reader->family,
                         strcmp(reader->type, "counter") == 0 ? "_total"
                         : strcmp(reader->type, "info") == 0  ? "_info"
                                                              : "",
                         NULL);
    if (strcmp(name, wanted) != 0)
        return "not the name that the family's type asks for";
    if (*at == '{' && !(at = read_labels(at + 1)))
        return "wrong labels";
    if (!g_hash_table_add(reader->series, g_strndup(line, (gsize) (at - line))))
        return "the same sample twice";
    reader->has_samples = TRUE;
    return check_value(reader, at);
}

static char *
read_all(Reader *reader, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines);

    if (!g_utf8_validate(text, -1, NULL))
        return g_strdup("not UTF-8");
    if (n < 2 || lines[n - 1][0] || strcmp(lines[n - 2], "# EOF") != 0)
        return g_strdup("does not end with \"# EOF\" and a newline");
    for (guint i = 0; i + 1 < n; i++) {
        const char *wrong = reader->ended         ? "stands behind the end"
                            : lines[i][0] == '#'  ? read_comment(reader, lines[i])
                            : lines[i][0] == '\0' ? "an empty line"
                                                  : read_sample(reader, lines[i]);

        if (wrong)
            return g_strdup_printf("%s: %s", wrong, lines[i]);
    }
    return NULL;
}

char *
openmetrics_check(const char *text, GHashTable *seen)
{
    Reader reader = {
        .families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .series = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    char          *wrong = read_all(&reader, text);
    GHashTableIter iter;
    gpointer       name;

    begin_family(&reader, NULL);
    g_hash_table_iter_init(&iter, reader.families);
    while (seen && g_hash_table_iter_next(&iter, &name, NULL))
        g_hash_table_add(seen, g_strdup(name));
    g_hash_table_unref(reader.families);
    g_hash_table_unref(reader.series);
    return wrong;
}
