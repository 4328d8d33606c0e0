/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grammars of VyOS and Junos: commands and trees. */
#include "config.h"

#include "import/paths.h"

#include <string.h>

enum {
    DEPTH_MAX = 24,    /* blocks in blocks */
    WORDS_MAX = 48,    /* of a setting */
    DELETES_MAX = 200, /* commands that are applied; more only leave settings in place */
};

static gboolean
is_end(char c)
{
    return c == '\0' || c == '\n';
}

/* From a quote to the next one, which an escape may precede. */
static const char *
quoted_word(GrePaths *self, const char **text)
{
    char        quote = *(*text)++;
    GString    *word = g_string_new(NULL);
    const char *result;

    for (; !is_end(**text) && **text != quote; (*text)++) {
        if (quote == '"' && **text == '\\' && !is_end((*text)[1]))
            (*text)++;
        g_string_append_c(word, **text);
    }
    *text += **text == quote;
    result = gre_paths_word(self, word->str, word->len);
    memset(word->str, 0, word->len);
    g_string_free(word, TRUE);
    return result;
}

const char *
gre_paths_next_word(GrePaths *self, const char **text, const char *stops)
{
    const char *start;

    *text += strspn(*text, " \t\r");
    start = *text;
    if (is_end(*start) || strchr(stops, *start))
        return NULL;
    if (*start == '"' || *start == '\'')
        return quoted_word(self, text);
    while (!is_end(**text) && !strchr(" \t\r", **text) && !strchr(stops, **text))
        (*text)++;
    return gre_paths_word(self, start, (gsize) (*text - start));
}

/* ---- commands ---- */

/* Skips a prompt that is copied from a terminal: "vyos@r1# ", "user@r1> "; "[edit]" has its own
 * line. */
static const char *
skip_prompt(const char *text)
{
    gsize len;

    text += strspn(text, " \t");
    len = strcspn(text, " \t\n");
    return len > 1 && g_ascii_isalnum(text[0]) && strchr("#$>", text[len - 1])
               ? text + len + strspn(text + len, " \t")
               : text;
}

/* The setting is there no more, and has been understood. */
static void
forget(GrePath *path)
{
    path->n = 0;
    path->state = GRE_PATH_USED;
}

static void
remove_all(GrePaths *self, GPtrArray *words)
{
    g_autoptr(GreBranch) all = gre_paths_root(self);

    for (guint i = 0; i < all->list->len && words->len > 0; i++) {
        GrePath *path = all->list->pdata[i];
        guint    same = 0;

        while (same < words->len && strcmp(gre_paths_nth(path, same), words->pdata[same]) == 0)
            same++;
        if (same == words->len)
            path->n = 0;
    }
}

typedef struct {
    GrePaths  *paths;
    GPtrArray *words; /* of the command, after those of `edit` */
    guint      edited, deleted;
} Commands;

static void
run(Commands *self, const char *verb, guint line)
{
    if (strcmp(verb, "set") == 0) {
        gre_paths_add(self->paths, line, line, self->words);
    } else if (strcmp(verb, "edit") == 0) {
        self->edited = self->words->len;
    } else if (strcmp(verb, "top") == 0) {
        self->edited = 0;
    } else if (strcmp(verb, "up") == 0) {
        self->edited -= self->edited > 0;
    } else if ((strcmp(verb, "delete") == 0 || strcmp(verb, "deactivate") == 0) &&
               self->deleted++ < DELETES_MAX) {
        remove_all(self->paths, self->words);
        gre_paths_add(self->paths, line, line, self->words);
        forget(self->paths->all->pdata[self->paths->all->len - 1]);
    }
}

GrePaths *
gre_paths_parse_commands(const char *text)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    Commands commands = { .paths = gre_paths_new(), .words = words };

    for (guint line = 1; *text; line++) {
        const char *at = skip_prompt(text), *word;
        const char *verb = gre_paths_next_word(commands.paths, &at, "");

        while (verb && words->len < WORDS_MAX &&
               (word = gre_paths_next_word(commands.paths, &at, "")))
            g_ptr_array_add(words, (gpointer) word);
        if (verb)
            run(&commands, verb, line);
        g_ptr_array_set_size(words, (gint) commands.edited);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return commands.paths;
}

/* ---- trees ---- */

typedef struct {
    guint words; /* outside the block */
    guint head;
} Block;

typedef struct {
    GrePaths   *paths;
    const char *text;
    guint       line;
    gboolean    semicolons;
    GPtrArray  *words; /* of the blocks, then of the setting */
    GArray     *blocks;
    guint       outside; /* how many words are of the blocks */
    guint       start;   /* the setting's line */
    guint       list;    /* how many words precede a list; 0: there is none */
} Tree;

static void
flush(Tree *self)
{
    guint n = self->words->len;

    if (self->list == 0 && n > self->outside)
        gre_paths_add(self->paths, self->start, self->line, self->words);
    for (guint i = self->list; self->list > 0 && i < n; i++) {
        self->words->pdata[self->list] = self->words->pdata[i];
        self->words->len = self->list + 1;
        gre_paths_add(self->paths, self->start, self->line, self->words);
        self->words->len = n;
    }
    g_ptr_array_set_size(self->words, (gint) self->outside);
    self->list = 0;
}

static gboolean
open_block(Tree *self)
{
    Block block = { self->outside, 0 };

    if (self->blocks->len >= DEPTH_MAX)
        return FALSE;
    block.head = gre_paths_begin(
        self->paths, self->words->len > self->outside ? self->start : self->line, self->line);
    g_array_append_val(self->blocks, block);
    self->outside = self->words->len;
    self->list = 0;
    return TRUE;
}

static gboolean
close_block(Tree *self)
{
    const Block *block;

    flush(self);
    if (self->blocks->len == 0)
        return FALSE;
    block = &g_array_index(self->blocks, Block, self->blocks->len - 1);
    gre_paths_end(self->paths, block->head);
    self->outside = block->words;
    g_ptr_array_set_size(self->words, (gint) self->outside);
    g_array_set_size(self->blocks, self->blocks->len - 1);
    return TRUE;
}

static void
skip_comment(Tree *self)
{
    const char *end = self->text[1] == '*' ? strstr(self->text + 2, "*/") : NULL;

    if (self->text[0] == '/' && self->text[1] == '*' && end) {
        for (; self->text < end; self->text++)
            self->line += *self->text == '\n';
        self->text += 2;
    } else {
        self->text += strcspn(self->text, "\n");
    }
}

static gboolean
is_comment(const Tree *self)
{
    return self->text[0] == '#' ||
           (self->text[0] == '/' && (self->text[1] == '*' || self->text[1] == '/'));
}

static void
take_word(Tree *self)
{
    const char *word =
        gre_paths_next_word(self->paths, &self->text, self->semicolons ? "{};[]" : "");

    if (self->words->len == self->outside)
        self->start = self->line;
    if (word && self->words->len < WORDS_MAX)
        g_ptr_array_add(self->words, (gpointer) word);
}

/* Whether the rest can be read. */
static gboolean
take_token(Tree *self)
{
    char c = *self->text;

    if (c == '\n') {
        if (!self->semicolons)
            flush(self);
        self->line++;
    } else if (c == ';' && self->semicolons) {
        flush(self);
    } else if (c == '[' && self->semicolons) {
        self->list = self->words->len;
    } else if (c == '{' && !open_block(self)) {
        return FALSE;
    } else if (c == '}' && !close_block(self)) {
        return FALSE;
    } else if (is_comment(self)) {
        skip_comment(self);
        return TRUE;
    } else if (!strchr(" \t\r{}", c) && (c != ']' || !self->semicolons)) {
        take_word(self);
        return TRUE;
    }
    self->text++;
    return TRUE;
}

GrePaths *
gre_paths_parse_tree(const char *text, gboolean semicolons)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(Block));
    Tree tree = { .paths = gre_paths_new(),
                  .text = text,
                  .line = 1,
                  .semicolons = semicolons,
                  .words = words,
                  .blocks = blocks };

    while (*tree.text && take_token(&tree))
        ;
    flush(&tree);
    return tree.paths;
}
