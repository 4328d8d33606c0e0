/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a secret from a file or asks the user; never takes it from the command line or the
 * environment.
 */
#ifndef GRE_SECRET_INPUT_H
#define GRE_SECRET_INPUT_H

#include <glib.h>

/**
 * gre_secret_input_read:
 * @file: file name; "-" is standard input
 * @error: GRE_EXIT_ERROR
 *
 * Warns on stderr if everyone can read the file. Removes one newline at the end.
 *
 * Returns: (transfer full): for gre_secret_free_text(), or NULL.
 */
char *gre_secret_input_read(const char *file, GError **error);

/* The same, but a file must be the caller's own: see gre_own_file_open(). */
char *gre_secret_input_read_own(const char *file, GError **error);

/* A new secret: 32 random bytes as base64. As gre_secret_input_read(). */
char *gre_secret_input_make(GError **error);

/* Asks twice on the controlling terminal, without echo. As gre_secret_input_read(). */
char *gre_secret_input_ask(const char *prompt, const char *again, GError **error);

#endif
