/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits shell command lines into words, without a shell. */
#include "config.h"

#include "import/shell.h"
#include "gre-secret.h"

#include <string.h>

enum {
    WORD_MAX = 4096
}; /* bytes: stops variables that set each other from growing without limit */

typedef struct {
    const char *p;
    guint       line, start_line; /* current depth; of the command's first word */
    gboolean    hash_is_prompt;
    GHashTable *variables;
    GString    *word;
    gboolean    in_word;   /* an empty one too: "" */
    gboolean    drop_next; /* a redirection's file */
    GPtrArray  *words;
    GPtrArray  *commands;
} Shell;

void
gre_shell_command_free(GreCommand *command)
{
    for (guint i = 0; i < command->n; i++)
        gre_secret_free_text(command->words[i]);
    g_free(command->words);
    g_free(command->original);
    g_free(command);
}

static void
free_command(gpointer command)
{
    gre_shell_command_free(command);
}

GPtrArray *
gre_shell_command_list(void)
{
    return g_ptr_array_new_with_free_func(free_command);
}

GreCommand *
gre_shell_command_new(const GreCommand *of, const char *const *words, guint n)
{
    GreCommand *command = g_new0(GreCommand, 1);

    command->line = of->line;
    command->last = of->last;
    command->n = n;
    command->words = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        command->words[i] = g_strdup(words[i]);
    command->original = gre_shell_command_text(of, of->n);
    return command;
}

static void
free_word(gpointer word)
{
    gre_secret_free_text(word);
}

/* ---- what precedes a command and is not part of it ---- */

/* Prompts: "$", "#", "root@a:~#", "user@a ~ $" and the halves of "[root@a ~]#". */
static gboolean
is_prompt(const char *word, gboolean first)
{
    gsize len = strlen(word);
    char  last = (char) (len > 0 ? word[len - 1] : '\0');

    if (last == '$' || last == '#')
        return TRUE;
    return first && word[0] == '[' && strchr(word, '@');
}

static gboolean
is_wrapper(const char *word)
{
    static const char *const wrappers[] = { "sudo", "doas", "exec", "command",
                                            "then", "do",   "else", NULL };

    return g_strv_contains(wrappers, word);
}

static gboolean
is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* NAME=value: the length of the name, else 0. */
static gsize
assignment(const char *word)
{
    gsize n = 0;

    if (g_ascii_isdigit(word[0]))
        return 0;
    while (is_name_char(word[n]))
        n++;
    return word[n] == '=' ? n : 0;
}

static void
take_variable(Shell *shell, const char *word, gsize n)
{
    g_hash_table_insert(shell->variables, g_strndup(word, n), g_strdup(word + n + 1));
}

/* The number of words before the command itself. */
static guint
count_prefix(Shell *shell)
{
    gboolean sudo = FALSE;
    guint    i = 0;

    for (; i < shell->words->len; i++) {
        const char *word = shell->words->pdata[i];
        gsize       n = assignment(word);

        if (n > 0)
            take_variable(shell, word, n);
        else if (strcmp(word, "export") != 0 && !is_prompt(word, i == 0) && !is_wrapper(word) &&
                 !(sudo && word[0] == '-'))
            return i;
        sudo = sudo || is_wrapper(word);
    }
    return i;
}

static void
end_command(Shell *shell)
{
    guint       prefix = count_prefix(shell);
    GreCommand *command;

    shell->drop_next = FALSE;
    if (prefix < shell->words->len) {
        g_ptr_array_remove_range(shell->words, 0, prefix);
        command = g_new0(GreCommand, 1);
        command->line = shell->start_line;
        command->last = shell->line;
        command->n = shell->words->len;
        g_ptr_array_add(shell->words, NULL);
        command->words = (char **) g_ptr_array_free(shell->words, FALSE);
        g_ptr_array_add(shell->commands, command);
        shell->words = g_ptr_array_new_with_free_func(free_word);
    } else {
        g_ptr_array_set_size(shell->words, 0);
    }
}

/* ">file", "2>/dev/null", "> file", "2>&1"; but not a placeholder such as "<address>". */
static gboolean
is_redirection(const char *word, gboolean *next)
{
    const char *p = word + (g_ascii_isdigit(word[0]) || word[0] == '&');

    if (*p != '>')
        return FALSE;
    p += strspn(p, ">");
    *next = *p == '\0';
    return TRUE;
}

static void
end_word(Shell *shell)
{
    gboolean next = FALSE;

    if (!shell->in_word)
        return;
    shell->in_word = FALSE;
    if (shell->drop_next)
        shell->drop_next = FALSE;
    else if (is_redirection(shell->word->str, &next))
        shell->drop_next = next;
    else
        g_ptr_array_add(shell->words, g_strdup(shell->word->str));
    explicit_bzero(shell->word->str, shell->word->len);
    g_string_truncate(shell->word, 0);
}

static void
append(Shell *shell, char c)
{
    if (!shell->in_word && shell->words->len == 0)
        shell->start_line = shell->line;
    shell->in_word = TRUE;
    if (shell->word->len < WORD_MAX)
        g_string_append_c(shell->word, c);
}

static void
append_text(Shell *shell, const char *text)
{
    for (; *text; text++)
        append(shell, *text);
}

/* $NAME or ${NAME} at p, which advances past it. */
static void
take_reference(Shell *shell)
{
    const char      *begin = shell->p++, *name;
    gboolean         brace = *shell->p == '{';
    const char      *value = NULL;
    g_autofree char *key = NULL;

    shell->p += brace;
    name = shell->p;
    while (is_name_char(*shell->p))
        shell->p++;
    key = g_strndup(name, (gsize) (shell->p - name));
    if (!brace || *shell->p == '}')
        value = g_hash_table_lookup(shell->variables, key);
    if (brace && *shell->p == '}')
        shell->p++;
    if (value)
        append_text(shell, value);
    while (!value && begin < shell->p)
        append(shell, *begin++);
}

/* A quoted string: p is past the opening quote. */
static void
take_quoted(Shell *shell, char quote)
{
    if (!shell->in_word && shell->words->len == 0)
        shell->start_line = shell->line;
    shell->in_word = TRUE;
    while (*shell->p && *shell->p != quote) {
        if (*shell->p == '\n')
            shell->line++;
        if (quote == '"' && *shell->p == '$') {
            take_reference(shell);
            continue;
        }
        if (quote == '"' && *shell->p == '\\' && strchr("\"\\$`", shell->p[1]) && shell->p[1])
            shell->p++;
        append(shell, *shell->p++);
    }
    if (*shell->p)
        shell->p++;
}

/* Between words, a blank after a backslash is of a command that was joined to one line, or trails
 * in a line that goes on. */
static void
take_backslash(Shell *shell)
{
    gsize blanks = strspn(++shell->p, " \t");

    if (blanks > 0 && (!shell->in_word || shell->p[blanks] == '\n'))
        shell->p += blanks;
    if (blanks > 0 && !shell->in_word && *shell->p != '\n')
        return;
    if (*shell->p == '\n') {
        shell->line++;
        shell->p++;
    } else if (*shell->p) {
        append(shell, *shell->p++);
    }
}

static void
end_line(Shell *shell)
{
    end_word(shell);
    end_command(shell);
    shell->p++;
    shell->line++;
}

/* A comment, or root's prompt. */
static void
take_hash(Shell *shell)
{
    if (shell->hash_is_prompt && shell->words->len == 0)
        shell->p++;
    else
        shell->p += strcspn(shell->p, "\n");
}

static void
step(Shell *shell)
{
    char c = *shell->p;

    if (c == '\n') {
        end_line(shell);
    } else if (c == ' ' || c == '\t') {
        end_word(shell);
        shell->p++;
    } else if (c == '#' && !shell->in_word) {
        take_hash(shell);
    } else if (c == '\'' || c == '"') {
        shell->p++;
        take_quoted(shell, c);
    } else if (c == '\\') {
        take_backslash(shell);
    } else if (c == '$' && (is_name_char(shell->p[1]) || shell->p[1] == '{')) {
        take_reference(shell);
    } else if (c == ';' || c == '|' || (c == '&' && shell->p[1] == '&')) {
        end_word(shell);
        end_command(shell);
        shell->p += strspn(shell->p, ";|&");
    } else {
        append(shell, c);
        shell->p++;
    }
}

GPtrArray *
gre_shell_parse(const char *text, guint first_line, gboolean hash_is_prompt)
{
    Shell shell = {
        .p = text,
        .line = first_line,
        .hash_is_prompt = hash_is_prompt,
        .variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .word = g_string_new(NULL),
        .words = g_ptr_array_new_with_free_func(free_word),
        .commands = gre_shell_command_list(),
    };

    while (*shell.p)
        step(&shell);
    end_word(&shell);
    end_command(&shell);
    g_hash_table_unref(shell.variables);
    g_string_free(shell.word, TRUE);
    g_ptr_array_unref(shell.words);
    return shell.commands;
}

gboolean
gre_shell_command_is(const GreCommand *command, const char *program)
{
    const char *name = command->words[0], *slash = strrchr(name, '/');

    return strcmp(slash ? slash + 1 : name, program) == 0;
}

gboolean
gre_shell_command_begins(const char *word, const char *whole)
{
    return word && word[0] && g_str_has_prefix(whole, word);
}

char *
gre_shell_command_text(const GreCommand *command, guint n)
{
    GString *out = g_string_new(command->original);

    for (guint i = 0; !command->original && i < MIN(n, command->n); i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "" : " ", command->words[i]);
    return g_string_free(out, FALSE);
}
