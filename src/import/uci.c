/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammars of files and of commands. */
#include "config.h"

#include "import/uci.h"

#include <string.h>

typedef struct {
    GrePaths   *paths;
    const char *package, *section; /* of a file */
    GHashTable *counts;            /* sections of each type without a name: char* -> guint */
    guint       line;
    guint       head;
    gboolean    has_head;
} Parser;

static void
add(Parser *self, const char *package, const char *section, const char *option, const char *value)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    g_ptr_array_add(words, (gpointer) package);
    g_ptr_array_add(words, (gpointer) section);
    g_ptr_array_add(words, (gpointer) option);
    g_ptr_array_add(words, (gpointer) value);
    gre_paths_add(self->paths, self->line, self->line, words);
}

static const char *
keep(Parser *self, const char *text)
{
    return gre_paths_word(self->paths, text, strlen(text));
}

/* A new section without a name: "@route[2]". */
static const char *
anonymous(Parser *self, const char *type)
{
    guint            n = GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, type));
    g_autofree char *name = g_strdup_printf("@%s[%u]", type, n);

    g_hash_table_insert(self->counts, (gpointer) type, GUINT_TO_POINTER(n + 1));
    return keep(self, name);
}

/* "@route[-1]" is the last one. */
static const char *
resolve(Parser *self, const char *section)
{
    gsize            len = strcspn(section, "[");
    g_autofree char *type = g_strndup(section + 1, len > 0 ? len - 1 : 0);
    guint            n;
    g_autofree char *name = NULL;

    if (section[0] != '@' || strcmp(section + len, "[-1]") != 0)
        return section;
    n = GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, type));
    name = g_strdup_printf("@%s[%u]", type, n > 0 ? n - 1 : 0);
    return keep(self, name);
}

/* ---- files ---- */

static void
begin_section(Parser *self, const char *type, const char *name)
{
    if (self->has_head)
        gre_paths_end(self->paths, self->head);
    self->head = gre_paths_begin(self->paths, self->line, self->line);
    self->has_head = TRUE;
    self->section = name ? name : anonymous(self, type);
    add(self, self->package, self->section, ".type", type);
}

static gboolean
take_file_line(Parser *self, const char *verb, const char *first, const char *second)
{
    if (strcmp(verb, "package") == 0)
        self->package = first;
    else if (strcmp(verb, "config") == 0)
        begin_section(self, first, second);
    else if ((strcmp(verb, "option") == 0 || strcmp(verb, "list") == 0) && second && self->section)
        add(self, self->package, self->section, first, second);
    else
        return FALSE;
    return TRUE;
}

/* ---- commands ---- */

/* network.lan.proto='static'; network.lan=interface; several values of a list */
static void
assign(Parser *self, const char *text)
{
    gsize len = strcspn(text, "=");
    g_auto(GStrv) parts = NULL;
    g_autofree char *name = g_strndup(text, len);
    const char      *package, *section, *option, *value;

    parts = g_strsplit(name, ".", 3);
    if (text[len] != '=' || g_strv_length(parts) < 2 || strpbrk(name, " \t;$"))
        return;
    text += len + 1;
    package = keep(self, parts[0]);
    section = resolve(self, keep(self, parts[1]));
    option = keep(self, parts[2] ? parts[2] : ".type");
    while ((value = gre_paths_next_word(self->paths, &text, "")))
        add(self, package, section, option, value);
}

static void
take_command(Parser *self, const char *verb, const char *rest)
{
    const char *package, *type;

    if (strcmp(verb, "set") == 0 || strcmp(verb, "add_list") == 0) {
        assign(self, rest + strspn(rest, " \t"));
    } else if (strcmp(verb, "add") == 0) {
        package = gre_paths_next_word(self->paths, &rest, "");
        type = package ? gre_paths_next_word(self->paths, &rest, "") : NULL;
        if (type)
            add(self, package, anonymous(self, type), ".type", type);
    }
}

static void
take_line(Parser *self, const char *text)
{
    const char *start = text + strspn(text, " \t"), *rest = start;
    const char *verb = gre_paths_next_word(self->paths, &rest, "");
    const char *first, *second, *words;

    if (verb && strcmp(verb, "uci") == 0) {
        while ((verb = gre_paths_next_word(self->paths, &rest, "")) && verb[0] == '-')
            ;
        start = "";
    }
    if (!verb || verb[0] == '#')
        return;
    words = rest;
    first = gre_paths_next_word(self->paths, &words, "");
    second = first ? gre_paths_next_word(self->paths, &words, "") : NULL;
    if (first && take_file_line(self, verb, first, second))
        return;
    take_command(self, verb, rest);
    assign(self, start); /* as `uci show` has it */
}

GrePaths *
gre_uci_parse(const char *text)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    Parser parser = { .paths = gre_paths_new(), .package = "network", .counts = counts, .line = 1 };

    for (; *text; parser.line++) {
        gsize            len = strcspn(text, "\n");
        g_autofree char *line = g_strndup(text, len);

        take_line(&parser, line);
        memset(line, 0, len);
        text += len + (text[len] == '\n');
    }
    return parser.paths;
}
