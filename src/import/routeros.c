/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar: menus, items, and values with escapes. */
#include "config.h"

#include "import/routeros.h"

#include <string.h>

enum { WORDS_MAX = 200 }; /* of an item */

typedef struct {
    GrePaths   *paths;
    GPtrArray  *menu;  /* of const char* */
    const char *text;  /* what is to be read */
    guint       line;  /* of it */
    guint       first; /* of the command */
    guint       head;  /* of the menu's block, if it has one */
    gboolean    has_head;
} Parser;

/* A line may go on after a backslash, also within a value; the blanks that follow don't count. */
static void
skip_joint(Parser *self)
{
    while (self->text[0] == '\\' && self->text[1] == '\n') {
        self->text += 2;
        self->text += strspn(self->text, " \t");
        self->line++;
    }
}

static gboolean
is_end(const Parser *self)
{
    return *self->text == '\0' || *self->text == '\n';
}

static void
skip_blanks(Parser *self)
{
    skip_joint(self);
    while (*self->text == ' ' || *self->text == '\t' || *self->text == '\r') {
        self->text++;
        skip_joint(self);
    }
}

/* What follows a backslash: two hex digits, or a letter. */
static char
take_escape(Parser *self)
{
    static const char *const letters = "nrtabfv_", *const meanings = "\n\r\t\a\b\f\v ";
    const char *found;
    int         high = g_ascii_xdigit_value(self->text[0]), low = -1;
    char        c = *self->text;

    if (high >= 0 && !g_ascii_islower(c))
        low = g_ascii_xdigit_value(self->text[1]);
    if (low >= 0) {
        self->text += 2;
        return (char) (high * 16 + low);
    }
    self->text++;
    found = strchr(letters, c);
    if (found)
        return meanings[found - letters];
    return c;
}

/* Up to a blank, or one of @stops outside of quotes. */
static const char *
take_word(Parser *self, const char *stops)
{
    GString    *word = g_string_new(NULL);
    gboolean    quoted = FALSE;
    const char *result;

    for (skip_joint(self); !is_end(self); skip_joint(self)) {
        char c = *self->text;

        if (!quoted && (c == ' ' || c == '\t' || c == '\r' || strchr(stops, c)))
            break;
        self->text++;
        if (c == '"')
            quoted = !quoted;
        else if (c != '\\' || !quoted || is_end(self))
            g_string_append_c(word, c);
        else if ((c = take_escape(self)) != '\0')
            g_string_append_c(word, c);
    }
    result = gre_paths_word(self->paths, word->str, word->len);
    memset(word->str, 0, word->len);
    g_string_free(word, TRUE);
    return result;
}

static gboolean
is_verb(const char *word)
{
    static const char *const verbs[] = { "add",    "set",    "remove",  "print",
                                         "export", "enable", "disable", NULL };

    return g_strv_contains(verbs, word);
}

static void
begin_menu(Parser *self)
{
    if (self->has_head)
        gre_paths_end(self->paths, self->head);
    g_ptr_array_set_size(self->menu, 0);
    self->head = gre_paths_begin(self->paths, self->line, self->line);
    self->has_head = TRUE;
}

/* "ip ipsec peer", "ip/ipsec/peer add", "..": the words up to a verb lead further into the menu.
 * Returns the verb, or NULL. */
static const char *
take_menu(Parser *self)
{
    for (;;) {
        const char *word;

        skip_blanks(self);
        while (*self->text == '/')
            self->text++;
        if (is_end(self) || *self->text == '>')
            return NULL;
        word = take_word(self, "/>");
        if (is_verb(word) || self->menu->len >= WORDS_MAX)
            return word;
        if (strcmp(word, "..") != 0)
            g_ptr_array_add(self->menu, (gpointer) word);
        else if (self->menu->len > 0)
            g_ptr_array_set_size(self->menu, (gint) self->menu->len - 1);
    }
}

/* From the top. */
static const char *
take_top_menu(Parser *self)
{
    begin_menu(self);
    return take_menu(self);
}

static void
add_setting(Parser *self, const char *item, const char *key, const char *value)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; i < self->menu->len; i++)
        g_ptr_array_add(words, self->menu->pdata[i]);
    g_ptr_array_add(words, (gpointer) item);
    g_ptr_array_add(words, (gpointer) key);
    if (value)
        g_ptr_array_add(words, (gpointer) value);
    gre_paths_add(self->paths, self->first, self->line, words);
}

/* Which items are changed: "[ find default=yes ]" */
static void
take_search(Parser *self, const char *item)
{
    gsize       len = strcspn(self->text, "]\n");
    const char *end = self->text + len;

    if (g_strstr_len(self->text, (gssize) len, "default=yes"))
        add_setting(self, item, "name", "default");
    self->text = end + (*end == ']');
}

/* name=value, !name, or the name of what is changed */
static void
take_setting(Parser *self, const char *item, gboolean added)
{
    const char *key = take_word(self, "=");

    if (*self->text == '=') {
        self->text++;
        add_setting(self, item, key, take_word(self, ""));
    } else if (added || key[0] == '!') {
        add_setting(self, item, key, NULL);
    } else if (!g_ascii_isdigit(key[0])) {
        add_setting(self, item, "name", key);
    }
}

static void
take_item(Parser *self, const char *verb)
{
    gboolean         added = strcmp(verb, "add") == 0;
    g_autofree char *text = g_strdup_printf("%c%u", added ? '#' : '=', self->paths->pool->len);
    const char      *item = gre_paths_word(self->paths, text, strlen(text));

    if (!added && strcmp(verb, "set") != 0)
        return;
    for (guint i = 0; i < WORDS_MAX; i++) {
        skip_blanks(self);
        if (is_end(self))
            return;
        if (*self->text == '[')
            take_search(self, item);
        else
            take_setting(self, item, added);
    }
}

/* "[admin@MikroTik] > ", "[admin@MikroTik] /interface gre> " */
static void
skip_prompt(Parser *self)
{
    const char *end = self->text + strcspn(self->text, "]\n");

    if (*self->text != '[' || *end != ']' || !memchr(self->text, '@', (gsize) (end - self->text)))
        return;
    self->text = end + 1;
    skip_blanks(self);
    if (*self->text == '/' && memchr(self->text, '>', strcspn(self->text, "=\n")))
        take_top_menu(self);
    self->text += *self->text == '>';
    skip_blanks(self);
}

static void
take_command(Parser *self)
{
    const char *verb;
    gboolean    top;
    guint       menu;

    skip_blanks(self);
    self->first = self->line;
    skip_prompt(self);
    if (*self->text == '#' || is_end(self))
        return;
    top = *self->text == '/';
    menu = self->menu->len;
    verb = top ? take_top_menu(self) : take_menu(self);
    if (verb)
        take_item(self, verb);
    if (verb && !top) /* "peer add" leads there for this command */
        g_ptr_array_set_size(self->menu, (gint) MIN(menu, self->menu->len));
}

GrePaths *
gre_routeros_parse(const char *text)
{
    g_autoptr(GPtrArray) menu = g_ptr_array_new();
    Parser parser = { .paths = gre_paths_new(), .menu = menu, .text = text, .line = 1 };

    while (*parser.text) {
        take_command(&parser);
        parser.text += strcspn(parser.text, "\n");
        if (*parser.text) {
            parser.text++;
            parser.line++;
        }
    }
    return parser.paths;
}

GreBranch *
gre_routeros_find(const GreBranch *menu, const char *key, const char *value)
{
    g_autoptr(GPtrArray) items = gre_paths_branches(menu);

    for (guint i = 0; i < items->len; i++)
        if (g_strcmp0(gre_paths_value(items->pdata[i], key), value) == 0) {
            GreBranch *found = items->pdata[i];
            GreBranch *copy = g_new0(GreBranch, 1);

            copy->list = g_ptr_array_ref(found->list);
            copy->depth = found->depth;
            return copy;
        }
    return NULL;
}

char *
gre_routeros_host(const char *text)
{
    const char *slash = strchr(text, '/');

    return slash && (strcmp(slash, "/32") == 0 || strcmp(slash, "/128") == 0)
               ? g_strndup(text, (gsize) (slash - text))
               : g_strdup(text);
}
