/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function for each kind of prefix: the number of its words, or 0. */
#include "config.h"

#include "import/shell-prefix.h"

#include <string.h>

typedef struct {
    char *const *words;
    guint        n, i;
    GString     *place;
} Reader;

gsize
gre_shell_prefix_assignment(const char *word)
{
    gsize n = 0;

    if (g_ascii_isdigit(word[0]))
        return 0;
    while (g_ascii_isalnum(word[n]) || word[n] == '_')
        n++;
    return word[n] == '=' ? n : 0;
}

static const char *
word_at(const Reader *reader, guint i)
{
    return i < reader->n ? reader->words[i] : "";
}

static gboolean
is_program(const char *word, const char *program)
{
    const char *slash = strrchr(word, '/');

    return strcmp(slash ? slash + 1 : word, program) == 0;
}

/* Prompts: "$", "#", "root@a:~#", "user@a ~ $" and the halves of "[root@a ~]#". */
static guint
count_prompt(const Reader *reader)
{
    const char *word = word_at(reader, reader->i);
    gsize       len = strlen(word);
    char        last = (char) (len > 0 ? word[len - 1] : '\0');

    if (last == '$' || last == '#')
        return 1;
    return reader->i == 0 && word[0] == '[' && strchr(word, '@');
}

static guint
count_keyword(const Reader *reader)
{
    static const char *const keywords[] = { "export", "exec", "command", "then",  "do",  "else",
                                            "if",     "elif", "while",   "until", "!",   "{",
                                            "(",      "time", "eval",    "nohup", "env", NULL };

    return g_strv_contains(keywords, word_at(reader, reader->i));
}

/* local NAME=value */
static guint
count_declaration(const Reader *reader)
{
    static const char *const words[] = { "local", "declare", "readonly", "typeset", NULL };
    guint                    i = reader->i + 1;

    if (!g_strv_contains(words, word_at(reader, reader->i)))
        return 0;
    while (word_at(reader, i)[0] == '-')
        i++;
    return gre_shell_prefix_assignment(word_at(reader, i)) ? i - reader->i : 0;
}

/* "start)" of a case, "1)" of a list; "setup()" or "function setup" before a body. */
static guint
count_label(const Reader *reader)
{
    const char *word = word_at(reader, reader->i);

    if (strcmp(word, "function") == 0 && strcmp(word_at(reader, reader->i + 2), "{") == 0)
        return 3;
    if (g_str_has_suffix(word, "()"))
        return word[2] != '\0';
    return word[0] && word[1] && g_str_has_suffix(word, ")") && !strchr(word, '(');
}

/* The words from @i on that are options; those of @with_value have one in the next word. */
static guint
skip_options(const Reader *reader, guint i, const char *const *with_value)
{
    while (word_at(reader, i)[0] == '-')
        i += g_strv_contains(with_value, word_at(reader, i)) ? 2 : 1;
    return i;
}

static guint
count_sudo(const Reader *reader)
{
    static const char *const with_value[] = { "-u", "-g",     "-p",      "-C",      "-r", "-t",
                                              "-U", "--user", "--group", "--chdir", "-D", NULL };
    const char              *word = word_at(reader, reader->i);

    if (!is_program(word, "sudo") && !is_program(word, "doas"))
        return 0;
    return skip_options(reader, reader->i + 1, with_value) - reader->i;
}

/* The words up to @at, which names the place, if a command follows. */
static guint
take_place(const Reader *reader, guint at)
{
    if (at + 1 >= reader->n)
        return 0;
    g_string_append_printf(reader->place, "%s%s", reader->place->len > 0 ? " " : "",
                           word_at(reader, at));
    return at + 1 - reader->i;
}

/* ip netns exec NAME … */
static guint
count_netns(const Reader *reader)
{
    if (!is_program(word_at(reader, reader->i), "ip") ||
        strcmp(word_at(reader, reader->i + 1), "netns") != 0 ||
        strcmp(word_at(reader, reader->i + 2), "exec") != 0)
        return 0;
    return take_place(reader, reader->i + 3);
}

/* docker exec [OPTIONS] NAME … */
static guint
count_container(const Reader *reader)
{
    static const char *const with_value[] = { "-e", "--env",     "-u",         "--user",
                                              "-w", "--workdir", "--env-file", "--detach-keys",
                                              NULL };
    const char              *word = word_at(reader, reader->i);
    guint                    i = reader->i + 1;

    if (!is_program(word, "docker") && !is_program(word, "podman"))
        return 0;
    i += strcmp(word_at(reader, i), "container") == 0;
    if (strcmp(word_at(reader, i), "exec") != 0)
        return 0;
    return take_place(reader, skip_options(reader, i + 1, with_value));
}

static guint
count_one(const Reader *reader)
{
    static guint (*const kinds[])(const Reader *reader) = {
        count_prompt, count_keyword, count_declaration, count_label,
        count_sudo,   count_netns,   count_container,
    };
    guint n = gre_shell_prefix_assignment(word_at(reader, reader->i)) > 0;

    for (gsize i = 0; n == 0 && i < G_N_ELEMENTS(kinds); i++)
        n = kinds[i](reader);
    return n;
}

/* `ip -n NAME …` is the same as `ip netns exec NAME ip …`. */
static void
add_netns(const Reader *reader)
{
    static const char *const options[] = { "-n", "-netns", "--netns", NULL };

    if (reader->i + 2 < reader->n && is_program(word_at(reader, reader->i), "ip") &&
        g_strv_contains(options, word_at(reader, reader->i + 1)))
        g_string_append_printf(reader->place, "%s%s", reader->place->len > 0 ? " " : "",
                               word_at(reader, reader->i + 2));
}

guint
gre_shell_prefix_count(char *const *words, guint n, GString *place)
{
    Reader reader = { .words = words, .n = n, .place = place };
    guint  one;

    while (reader.i < n && (one = count_one(&reader)) > 0)
        reader.i += one;
    add_netns(&reader);
    return MIN(reader.i, n);
}
