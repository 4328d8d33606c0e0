/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits the command lines of a script or a how-to into commands of words. Runs nothing.
 */
#ifndef GRE_SHELL_H
#define GRE_SHELL_H

#include <glib.h>

typedef struct {
    guint  line, last; /* from 1: where it begins and ends */
    guint  n;
    char **words;    /* NULL-terminated, at least one */
    char  *place;    /* the namespace or container that it runs in; "": here */
    char  *original; /* as the text has it, if the words are a translation; else NULL */
} GreCommand;

/**
 * gre_shell_parse:
 * @first_line: number of the text's first line
 * @hash_is_prompt: "# ip link" is typed at root's prompt, not a comment
 *
 * Understands quotes, backslashes, continued lines, comments, `;`, `&&`, `||`, `|`, prompts, sudo,
 * `docker exec`, `ip netns exec`, `sh -c`, redirections (left out), functions, and variables that
 * the text itself sets or that have a default. Other variables stay as they are, so that a message
 * can show their name.
 *
 * Returns: (transfer full): array of GreCommand.
 */
GPtrArray *gre_shell_parse(const char *text, guint first_line, gboolean hash_is_prompt);

/* An array for GreCommand, which it owns. */
GPtrArray *gre_shell_command_list(void);

/* A translation of @of, in other words. */
GreCommand *gre_shell_command_new(const GreCommand *of, const char *const *words, guint n);
void        gre_shell_command_free(GreCommand *command);

/* Whether the command runs the program, by any path. */
gboolean gre_shell_command_is(const GreCommand *command, const char *program);

/* Whether a word of a command, or NULL, is an abbreviation of @whole, as iproute2 and nmcli
 * accept. */
gboolean gre_shell_command_begins(const char *word, const char *whole);

/* The first @n words of the command as one line of text, to leave out what may be a secret. All
 * words of a translation's original. */
char *gre_shell_command_text(const GreCommand *command, guint n);

#endif
