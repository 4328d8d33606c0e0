/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines as they stand in a script or a how-to: into commands of words, nothing is run.
 */
#ifndef GRE_SHELL_H
#define GRE_SHELL_H

#include <glib.h>

typedef struct {
    guint  line; /* from 1: where it begins */
    guint  n;
    char **words; /* NULL-terminated, at least one */
} GreCommand;

/**
 * gre_shell_parse:
 * @first_line: number of the text's first line
 * @hash_is_prompt: "# ip link" is typed at root's prompt, and no comment
 *
 * Takes quotes, backslashes, continued lines, comments, `;`, `&&`, `||`, `|`, prompts, sudo,
 * redirections (left out) and variables that the text itself sets. One that it doesn't set stays as
 * it is, so that whoever reads the value sees its name.
 *
 * Returns: (transfer full): array of GreCommand.
 */
GPtrArray *gre_shell_parse(const char *text, guint first_line, gboolean hash_is_prompt);

/* Whether it runs the program, by whatever path. */
gboolean gre_shell_command_is(const GreCommand *command, const char *program);

/* Whether a word of a command, or NULL, is the beginning of @whole, which iproute2 and nmcli take
 * for the whole. */
gboolean gre_shell_command_begins(const char *word, const char *whole);

/* The command as one line of text, without what may be a secret: no more than its first @n words.
 */
char *gre_shell_command_text(const GreCommand *command, guint n);

#endif
