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

#endif
