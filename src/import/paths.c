/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings as words: storage, lookups, and what of the file is understood. */
#include "config.h"

#include "import/paths.h"
#include "gre-secret.h"

#include <stdarg.h>
#include <string.h>

typedef struct {
    guint first, last; /* lines */
    guint from, to;    /* settings */
} Head;

static void
free_word(gpointer word)
{
    gre_secret_free_text(word);
}

static void
free_path(gpointer data)
{
    GrePath *path = data;

    g_free(path->words);
    g_free(path);
}

GrePaths *
gre_paths_new(void)
{
    GrePaths *self = g_new0(GrePaths, 1);

    self->all = g_ptr_array_new_with_free_func(free_path);
    self->pool = g_ptr_array_new_with_free_func(free_word);
    self->heads = g_array_new(FALSE, FALSE, sizeof(Head));
    return self;
}

void
gre_paths_free(GrePaths *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->all);
    g_ptr_array_unref(self->pool);
    g_array_unref(self->heads);
    g_free(self);
}

const char *
gre_paths_word(GrePaths *self, const char *text, gsize len)
{
    char *word = g_strndup(text, len);

    g_ptr_array_add(self->pool, word);
    return word;
}

void
gre_paths_add(GrePaths *self, guint first, guint last, GPtrArray *words)
{
    GrePath *path = g_new0(GrePath, 1);

    path->first = first;
    path->last = last;
    path->n = words->len;
    path->words = g_new0(const char *, words->len + 1);
    for (guint i = 0; i < words->len; i++)
        path->words[i] = words->pdata[i];
    g_ptr_array_add(self->all, path);
}

guint
gre_paths_begin(GrePaths *self, guint first, guint last)
{
    Head head = { first, last, self->all->len, G_MAXUINT };

    g_array_append_val(self->heads, head);
    return self->heads->len - 1;
}

void
gre_paths_end(GrePaths *self, guint head)
{
    g_array_index(self->heads, Head, head).to = self->all->len;
}

void
gre_paths_to_ledger(const GrePaths *self, GreLedger *ledger)
{
    g_autofree guint *left = g_new0(guint, self->all->len + 1); /* up to each setting */

    for (guint i = 0; i < self->all->len; i++) {
        const GrePath *path = self->all->pdata[i];

        left[i + 1] = left[i] + (path->state < GRE_PATH_OTHER);
        if (path->state >= GRE_PATH_OTHER)
            gre_ledger_take(ledger, path->first, path->last);
    }
    for (guint i = 0; i < self->heads->len; i++) {
        const Head *head = &g_array_index(self->heads, Head, i);
        guint       to = MIN(head->to, self->all->len);

        if (to > head->from && left[to] == left[head->from])
            gre_ledger_take(ledger, head->first, head->last);
    }
}

/* ---- one setting ---- */

const char *
gre_paths_nth(const GrePath *path, guint n)
{
    return n < path->n ? path->words[n] : "";
}

gboolean
gre_paths_match(const GrePath *path, guint depth, const char *words)
{
    for (; *words; depth++) {
        gsize       len = strcspn(words, " ");
        const char *word = gre_paths_nth(path, depth);

        if (strlen(word) != len || strncmp(word, words, len) != 0)
            return FALSE;
        words += len + (words[len] == ' ');
    }
    return TRUE;
}

/* A secret may follow these words. */
static gboolean
hides(const char *word)
{
    static const char *const parts[] = { "key", "pas",        "secr",        "psk",  "commu",
                                         "md5", "ascii-text", "hexadecimal", "auth", "cert" };
    g_autofree char         *lower = g_ascii_strdown(word, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(lower, parts[i]))
            return TRUE;
    return FALSE;
}

char *
gre_paths_shown(const GrePath *path, guint depth)
{
    GString *out = g_string_new(gre_paths_nth(path, depth));

    for (guint i = depth + 1; i < path->n; i++) {
        if (hides(path->words[i - 1])) {
            g_string_append(out, " …");
            break;
        }
        g_string_append_printf(out, " %s", path->words[i]);
    }
    return g_string_free(out, FALSE);
}

/* ---- branches ---- */

GreBranch *
gre_paths_root(const GrePaths *paths)
{
    GreBranch *self = g_new0(GreBranch, 1);

    self->list = g_ptr_array_ref(paths->all);
    return self;
}

void
gre_paths_free_branch(GreBranch *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->list);
    g_free(self);
}

static void
free_branch(gpointer data)
{
    gre_paths_free_branch(data);
}

static GreBranch *
new_branch(guint depth)
{
    GreBranch *self = g_new0(GreBranch, 1);

    self->list = g_ptr_array_new();
    self->depth = depth;
    return self;
}

static gboolean
is_below(const GrePath *path, guint depth, GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++)
        if (strcmp(gre_paths_nth(path, depth + i), words->pdata[i]) != 0)
            return FALSE;
    return TRUE;
}

GreBranch *
gre_paths_sub(const GreBranch *of, const char *first, ...)
{
    GreBranch *self;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    va_list others;

    va_start(others, first);
    for (const char *word = first; word; word = va_arg(others, const char *))
        g_ptr_array_add(words, (gpointer) word);
    va_end(others);
    self = new_branch(of->depth + words->len);
    for (guint i = 0; i < of->list->len; i++)
        if (is_below(of->list->pdata[i], of->depth, words))
            g_ptr_array_add(self->list, of->list->pdata[i]);
    return self;
}

GPtrArray *
gre_paths_names(const GreBranch *self)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < self->list->len; i++) {
        const GrePath *path = self->list->pdata[i];

        if (path->n > self->depth && g_hash_table_add(seen, (gpointer) path->words[self->depth]))
            g_ptr_array_add(names, (gpointer) path->words[self->depth]);
    }
    return names;
}

GPtrArray *
gre_paths_branches(const GreBranch *self)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *branches = g_ptr_array_new_with_free_func(free_branch);

    for (guint i = 0; i < self->list->len; i++) {
        GrePath   *path = self->list->pdata[i];
        gpointer   name = (gpointer) gre_paths_nth(path, self->depth);
        GreBranch *branch = g_hash_table_lookup(by_name, name);

        if (!branch && path->n > self->depth) {
            branch = new_branch(self->depth + 1);
            g_hash_table_insert(by_name, name, branch);
            g_ptr_array_add(branches, branch);
        }
        if (branch)
            g_ptr_array_add(branch->list, path);
    }
    return branches;
}

GrePath *
gre_paths_find(const GreBranch *self, const char *words)
{
    for (guint i = self->list->len; i > 0; i--)
        if (gre_paths_match(self->list->pdata[i - 1], self->depth, words))
            return self->list->pdata[i - 1];
    return NULL;
}

guint
gre_paths_count(const char *words)
{
    guint n = 1;

    for (; *words; words++)
        n += *words == ' ';
    return n;
}

static const char *
value_of(const GreBranch *self, const char *words, gboolean take)
{
    GrePath *path = gre_paths_find(self, words);
    guint    n = self->depth + gre_paths_count(words);

    if (!path)
        return NULL;
    if (take)
        path->state = GRE_PATH_USED;
    return n < path->n ? path->words[n] : "";
}

const char *
gre_paths_value(const GreBranch *self, const char *words)
{
    return value_of(self, words, FALSE);
}

const char *
gre_paths_take(const GreBranch *self, const char *words)
{
    return value_of(self, words, TRUE);
}

void
gre_paths_mark(const GreBranch *self, GrePathState state)
{
    for (guint i = 0; i < self->list->len; i++) {
        GrePath *path = self->list->pdata[i];

        if (path->state == GRE_PATH_LEFT)
            path->state = state;
    }
}

guint
gre_paths_line(const GreBranch *self)
{
    return self->list->len > 0 ? ((const GrePath *) self->list->pdata[0])->first : 0;
}
