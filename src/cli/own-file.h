/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and directories that only the caller or root can have made.
 */
#ifndef GRE_OWN_FILE_H
#define GRE_OWN_FILE_H

#include <glib.h>

/**
 * gre_own_file_open:
 * @path: a file or directory, not a symbolic link
 * @flags: of open(2)
 * @error: GRE_EXIT_ERROR
 *
 * Opens what exists, if it belongs to the caller or to root and only its owner can write to it. In
 * a directory that others can write to, such as /tmp, another user may have put it there.
 *
 * Returns: a descriptor, or -1.
 */
int gre_own_file_open(const char *path, int flags, GError **error);

/**
 * gre_own_file_read:
 * @max: bytes
 * @error: GRE_EXIT_ERROR, also for files that are larger or contain a NUL
 *
 * Returns: (transfer full): the text of a file as for gre_own_file_open(), for
 * gre_secret_free_text(); or NULL.
 */
char *gre_own_file_read(const char *path, gsize max, GError **error);

/* Makes a directory for its owner alone, and those above it, if it doesn't exist. One that exists
 * must be as for gre_own_file_open(). @error: GRE_EXIT_ERROR */
gboolean gre_own_file_make_directory(const char *path, GError **error);

/* gre_secret_file_replace() with an error of GRE_EXIT_ERROR. */
gboolean gre_own_file_replace(const char *path, const char *text, GError **error);

/* Sets @error for @path and @cause, an errno. Returns: FALSE. */
gboolean gre_own_file_fail(const char *path, int cause, GError **error);

#endif
