/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits shell command lines into words, without a shell. */
#include "config.h"

#include "import/shell.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import/shell-functions.h"
#include "import/shell-prefix.h"

#include <string.h>

enum {
    WORD_MAX = 4096,    /* bytes: stops variables that set each other from growing without limit */
    DEFAULT_MAX = 1024, /* bytes of a variable's default */
    DEPTH_MAX = 8,      /* of functions that call others, and the like */
    BUDGET_MAX = 4 * 1024 * 1024,
};

typedef struct {
    const char *p;
    guint       line, start_line; /* current depth; of the command's first word */
    guint       first_line;
    gboolean    hash_is_prompt;
    gboolean    looking; /* for the functions that are called */
    guint       depth;   /* of texts in others */
    gsize       budget;  /* bytes of such texts that may still be read */
    char      **args;    /* of the function being read, or NULL; borrowed */
    const char *place;   /* where it runs; borrowed */
    GHashTable *variables;
    GHashTable *functions; /* char* -> GreShellFunction* */
    GHashTable *begins;    /* where those that are called begin: char* -> GreShellFunction* */
    GHashTable *calls;     /* set of char*: calls that were read */
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
    g_free(command->place);
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
    command->place = g_strdup(of->place);
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

static void end_word(Shell *shell);
static void end_command(Shell *shell);

static gboolean
is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* ---- commands that have others inside ---- */

static void step(Shell *shell);

/* Whether the text may still grow so much. */
static gboolean
spend(Shell *shell, gsize bytes)
{
    if (bytes > shell->budget)
        return FALSE;
    shell->budget -= bytes;
    return TRUE;
}

/* Reads a text in place of the command; FALSE if it would be too much. */
static gboolean
read_inside(Shell *shell, const char *text, guint line, char **args, const char *place)
{
    const Shell outer = *shell;

    if (shell->depth == DEPTH_MAX || !spend(shell, strlen(text)))
        return FALSE;
    shell->depth++;
    shell->p = text;
    shell->line = line;
    shell->args = args;
    shell->place = place;
    shell->word = g_string_new(NULL);
    shell->in_word = shell->drop_next = FALSE;
    shell->words = g_ptr_array_new_with_free_func(free_word);
    while (*shell->p)
        step(shell);
    end_word(shell);
    end_command(shell);
    free_word(g_string_free(shell->word, FALSE));
    g_ptr_array_unref(shell->words);
    shell->p = outer.p;
    shell->line = outer.line;
    shell->start_line = outer.start_line;
    shell->args = outer.args;
    shell->place = outer.place;
    shell->word = outer.word;
    shell->in_word = outer.in_word;
    shell->drop_next = outer.drop_next;
    shell->words = outer.words;
    shell->depth--;
    return TRUE;
}

/* A call of a function with the same words again does the same again. In its own body, as in
 * `ip() { command ip "$@"; }`, the name is the program's. */
static gboolean
call_function(Shell *shell, GPtrArray *words, const char *place)
{
    GreShellFunction *function = g_hash_table_lookup(shell->functions, words->pdata[0]);
    g_autofree char  *call = NULL;
    gboolean          done;

    if (!function || function->active)
        return FALSE;
    function->called = TRUE;
    if (shell->looking)
        return FALSE;
    call = g_strjoinv("\n", (char **) words->pdata);
    if (!g_hash_table_add(shell->calls, g_strconcat(place, "\n", call, NULL)))
        return TRUE;
    function->active = TRUE;
    done = read_inside(shell, function->body, shell->first_line + function->line,
                       (char **) words->pdata + 1, place);
    function->active = FALSE;
    return done;
}

/* sh -c TEXT */
static gboolean
run_shell(Shell *shell, GPtrArray *words, const char *place)
{
    static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", NULL };
    const char              *name = words->pdata[0], *slash = strrchr(name, '/');
    const char              *option = words->len > 3 ? words->pdata[1] : "";

    if (!g_strv_contains(shells, slash ? slash + 1 : name) || option[0] != '-' ||
        !g_str_has_suffix(option, "c"))
        return FALSE;
    return read_inside(shell, words->pdata[2], shell->start_line, NULL, place);
}

/* read [-p PROMPT] [-i DEFAULT] NAME…: what the user types isn't known. */
static void
forget(Shell *shell, GPtrArray *words)
{
    static const char *const with_value[] = { "-p", "-t", "-n", "-N", "-d", "-u", "-a", NULL };
    const char              *value = NULL;

    for (guint i = 1; i + 1 < words->len; i++) {
        const char *word = words->pdata[i];

        if (g_str_has_suffix(word, "i") && word[0] == '-')
            value = words->pdata[++i];
        else if (g_strv_contains(with_value, word) || g_str_has_suffix(word, "p"))
            i += word[0] == '-';
        if (word[0] == '-' || !is_name_char(word[0]) || !words->pdata[i])
            continue;
        if (value)
            g_hash_table_insert(shell->variables, g_strdup(word), g_strdup(value));
        else
            g_hash_table_remove(shell->variables, word);
    }
}

/* shift [N] */
static void
shift(Shell *shell, GPtrArray *words)
{
    guint32 n;

    if (words->len <= 2 || !gre_value_number(words->pdata[1], &n))
        n = 1;
    for (; shell->args && shell->args[0] && n > 0; n--)
        shell->args++;
}

/* Whether the words, which end in NULL, need no command of their own. */
static gboolean
is_done(Shell *shell, GPtrArray *words, const char *place)
{
    if (strcmp(words->pdata[0], "read") == 0)
        forget(shell, words);
    if (strcmp(words->pdata[0], "shift") == 0)
        shift(shell, words);
    return call_function(shell, words, place) || run_shell(shell, words, place);
}

static void
add_command(Shell *shell, GPtrArray *words, const char *place)
{
    GreCommand *command = g_new0(GreCommand, 1);

    command->line = shell->start_line;
    command->last = shell->line;
    command->place = g_strdup(place);
    command->n = words->len - 1;
    command->words = (char **) g_ptr_array_free(words, FALSE);
    g_ptr_array_add(shell->commands, command);
}

static void
take_variables(Shell *shell, guint n)
{
    for (guint i = 0; i < n; i++) {
        const char *word = shell->words->pdata[i];
        gsize       len = gre_shell_prefix_assignment(word);

        if (len > 0)
            g_hash_table_insert(shell->variables, g_strndup(word, len), g_strdup(word + len + 1));
    }
}

static void
end_command(Shell *shell)
{
    GString *place = g_string_new(shell->place);
    guint prefix = gre_shell_prefix_count((char **) shell->words->pdata, shell->words->len, place);
    GPtrArray *words;

    shell->drop_next = FALSE;
    take_variables(shell, prefix);
    if (prefix < shell->words->len) {
        words = shell->words;
        shell->words = g_ptr_array_new_with_free_func(free_word);
        g_ptr_array_remove_range(words, 0, prefix);
        g_ptr_array_add(words, NULL);
        if (is_done(shell, words, place->str))
            g_ptr_array_unref(words);
        else
            add_command(shell, words, place->str);
    } else {
        g_ptr_array_set_size(shell->words, 0);
    }
    g_string_free(place, TRUE);
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

static const char *
value_of(const Shell *shell, const char *name)
{
    guint32 n = 0, which;

    if (!g_ascii_isdigit(name[0]))
        return g_hash_table_lookup(shell->variables, name);
    while (shell->args && shell->args[n])
        n++;
    return gre_value_number(name, &which) && which > 0 && which <= n ? shell->args[which - 1]
                                                                     : NULL;
}

static gboolean
append_value(Shell *shell, const char *value)
{
    if (!spend(shell, strlen(value)))
        return FALSE;
    append_text(shell, value);
    return TRUE;
}

/* The brace that closes what begins at @p, or NULL. */
static const char *
closing_brace(const char *p)
{
    guint open = 1;

    for (gsize i = 0; i < DEFAULT_MAX && p[i] && p[i] != '\n'; i++) {
        if (p[i] == '}' && --open == 0)
            return p + i;
        open += p[i] == '$' && p[i + 1] == '{';
    }
    return NULL;
}

static void take_reference(Shell *shell);

/* The default in ${NAME:-default}, with references of its own. */
static void
take_default(Shell *shell, const char *end)
{
    while (shell->p < end) {
        if (*shell->p == '$' && shell->depth < DEPTH_MAX &&
            (is_name_char(shell->p[1]) || shell->p[1] == '{')) {
            shell->depth++;
            take_reference(shell);
            shell->depth--;
        } else if (*shell->p == '"' || *shell->p == '\'') {
            shell->p++;
        } else {
            append(shell, *shell->p++);
        }
    }
}

/* ${NAME:-default}, ${NAME-default}, ${NAME:=default}: p is past the name. */
static gboolean
take_with_default(Shell *shell, const char *name)
{
    const char *value = value_of(shell, name);
    gsize       is_colon = *shell->p == ':' ? 1 : 0;
    char        kind = shell->p[is_colon];
    const char *end = kind == '-' || kind == '=' ? closing_brace(shell->p + is_colon + 1) : NULL;
    gsize       before = shell->word->len;

    if (!end)
        return FALSE;
    shell->p += is_colon + 1;
    if (value && (value[0] || is_colon == 0))
        append_value(shell, value);
    else
        take_default(shell, end);
    if (kind == '=' && !value)
        g_hash_table_insert(shell->variables, g_strdup(name), g_strdup(shell->word->str + before));
    shell->p = end + 1;
    return TRUE;
}

/* $NAME, $1 or ${NAME} at p, which advances past it. */
static void
take_reference(Shell *shell)
{
    const char      *begin = shell->p++, *name;
    gboolean         brace = *shell->p == '{';
    const char      *value = NULL;
    g_autofree char *key = NULL;

    shell->p += brace;
    name = shell->p;
    if (!brace && g_ascii_isdigit(*name))
        shell->p++;
    else
        while (is_name_char(*shell->p))
            shell->p++;
    key = g_strndup(name, (gsize) (shell->p - name));
    if (brace && key[0] && take_with_default(shell, key))
        return;
    if (!brace || *shell->p == '}')
        value = value_of(shell, key);
    if (brace && *shell->p == '}')
        shell->p++;
    if (value && append_value(shell, value))
        return;
    while (begin < shell->p)
        append(shell, *begin++);
}

/* $@, "$@" or $* of a function: its arguments, a word each. */
static gboolean
take_arguments(Shell *shell)
{
    static const char *const forms[] = { "\"$@\"", "\"${@}\"", "$@", "$*" };

    for (gsize i = 0; shell->args && !shell->in_word && i < G_N_ELEMENTS(forms); i++) {
        if (!g_str_has_prefix(shell->p, forms[i]))
            continue;
        for (char **arg = shell->args; *arg && spend(shell, strlen(*arg) + 1); arg++) {
            append_text(shell, *arg);
            shell->in_word = TRUE;
            end_word(shell);
        }
        shell->p += strlen(forms[i]);
        return TRUE;
    }
    return FALSE;
}

/* The definition of a function that is called is read where it is called. */
static gboolean
skip_definition(Shell *shell)
{
    const GreShellFunction *function =
        shell->depth == 0 && shell->words->len == 0 && !shell->in_word
            ? g_hash_table_lookup(shell->begins, shell->p)
            : NULL;

    if (!function)
        return FALSE;
    shell->p = function->end;
    shell->line += function->lines;
    return TRUE;
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

    if (skip_definition(shell) || take_arguments(shell))
        return;
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

/* @looking: marks the functions that are called, and reads the definitions in place. */
static GPtrArray *
read_text(const char *text,
          guint       first_line,
          gboolean    hash_is_prompt,
          GHashTable *functions,
          gboolean    looking)
{
    Shell shell = {
        .p = text,
        .line = first_line,
        .first_line = first_line,
        .hash_is_prompt = hash_is_prompt,
        .looking = looking,
        .budget = BUDGET_MAX,
        .functions = functions,
        .variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .begins = g_hash_table_new(NULL, NULL),
        .calls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .word = g_string_new(NULL),
        .words = g_ptr_array_new_with_free_func(free_word),
        .commands = gre_shell_command_list(),
    };
    GHashTableIter iter;
    gpointer       function;

    g_hash_table_iter_init(&iter, functions);
    while (!looking && g_hash_table_iter_next(&iter, NULL, &function))
        g_hash_table_insert(shell.begins, (gpointer) ((GreShellFunction *) function)->begin,
                            function);
    while (*shell.p)
        step(&shell);
    end_word(&shell);
    end_command(&shell);
    g_hash_table_unref(shell.variables);
    g_hash_table_unref(shell.begins);
    g_hash_table_unref(shell.calls);
    g_string_free(shell.word, TRUE);
    g_ptr_array_unref(shell.words);
    return shell.commands;
}

static gboolean
is_not_called(gpointer name, gpointer function, gpointer unused)
{
    return !((const GreShellFunction *) function)->called;
}

/* A function that the text doesn't call, but whoever runs it, counts as run. */
GPtrArray *
gre_shell_parse(const char *text, guint first_line, gboolean hash_is_prompt)
{
    g_autoptr(GHashTable) functions = gre_shell_functions_find(text);

    if (g_hash_table_size(functions) > 0)
        g_ptr_array_unref(read_text(text, first_line, hash_is_prompt, functions, TRUE));
    g_hash_table_foreach_remove(functions, is_not_called, NULL);
    return read_text(text, first_line, hash_is_prompt, functions, FALSE);
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
