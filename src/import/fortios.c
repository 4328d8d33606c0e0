/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar: config, edit, set, next, end. */
#include "config.h"

#include "import/fortios.h"

#include <string.h>

enum { DEPTH_MAX = 24, WORDS_MAX = 64 };

typedef struct {
    gboolean edit;  /* else of `config` */
    guint    words; /* outside of it */
    guint    head;
} Block;

typedef struct {
    GrePaths  *paths;
    GPtrArray *words; /* of all blocks */
    GArray    *blocks;
    guint      line;
} Parser;

static const Block *
innermost(const Parser *self)
{
    return self->blocks->len > 0 ? &g_array_index(self->blocks, Block, self->blocks->len - 1)
                                 : NULL;
}

static void
close_block(Parser *self)
{
    const Block *block = innermost(self);

    if (!block)
        return;
    gre_paths_end(self->paths, block->head);
    g_ptr_array_set_size(self->words, (gint) block->words);
    g_array_set_size(self->blocks, self->blocks->len - 1);
}

static void
open_block(Parser *self, gboolean edit)
{
    Block block = { edit, self->words->len, 0 };

    block.head = gre_paths_begin(self->paths, self->line, self->line);
    g_array_append_val(self->blocks, block);
}

static void
push_words(Parser *self, const char *text)
{
    const char *word;

    while (self->words->len < WORDS_MAX && (word = gre_paths_next_word(self->paths, &text, "")))
        g_ptr_array_add(self->words, (gpointer) word);
}

/* "edit 0" makes a new item each time. */
static void
push_name(Parser *self, const char *text)
{
    const char      *word = gre_paths_next_word(self->paths, &text, "");
    g_autofree char *name =
        g_strcmp0(word, "0") == 0 ? g_strdup_printf("0#%u", self->line) : g_strdup(word);

    if (name)
        g_ptr_array_add(self->words, (gpointer) gre_paths_word(self->paths, name, strlen(name)));
}

/* How many words are of a virtual domain, which is not part of what it contains. */
static guint
domain_words(const Parser *self)
{
    const char *first = self->words->len > 0 ? self->words->pdata[0] : "";

    return strcmp(first, "vdom") == 0 ? 2 : strcmp(first, "global") == 0 ? 1 : 0;
}

static void
take_set(Parser *self, const char *text)
{
    guint before = self->words->len;
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    push_words(self, text);
    for (guint i = domain_words(self); i < self->words->len; i++)
        g_ptr_array_add(words, self->words->pdata[i]);
    if (self->words->len > before && words->len > 0)
        gre_paths_add(self->paths, self->line, self->line, words);
    g_ptr_array_set_size(self->words, (gint) before);
}

static void
take_line(Parser *self, const char *text)
{
    const char *verb = gre_paths_next_word(self->paths, &text, "");

    if (!verb)
        return;
    if (strcmp(verb, "set") == 0) {
        take_set(self, text);
    } else if (strcmp(verb, "config") == 0 && self->blocks->len < DEPTH_MAX) {
        open_block(self, FALSE);
        push_words(self, text);
    } else if (strcmp(verb, "edit") == 0 && self->blocks->len < DEPTH_MAX) {
        open_block(self, TRUE);
        push_name(self, text);
    } else if (strcmp(verb, "next") == 0 && innermost(self) && innermost(self)->edit) {
        close_block(self);
    } else if (strcmp(verb, "end") == 0) {
        if (innermost(self) && innermost(self)->edit)
            close_block(self);
        close_block(self);
    }
}

GrePaths *
gre_fortios_parse(const char *text)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(Block));
    Parser parser = { .paths = gre_paths_new(), .words = words, .blocks = blocks, .line = 1 };

    for (; *text; parser.line++) {
        take_line(&parser, text);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return parser.paths;
}
