/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a file that contains secrets.
 */
#ifndef GRE_SECRET_FILE_H
#define GRE_SECRET_FILE_H

#include <glib.h>

/**
 * gre_secret_file_replace:
 * @path: a file to create or to replace, in a directory that exists
 * @error: G_FILE_ERROR; @path is then as it was
 *
 * Writes a new file of mode 0600, whatever the umask and whatever mode and owner an earlier file
 * has, and renames it to @path when it is complete and on the disk. g_file_set_contents_full()
 * keeps an earlier file's mode since GLib 2.84.4. Programs that have the earlier file open do not
 * see the new contents. A symbolic link at @path is replaced, not followed.
 */
gboolean gre_secret_file_replace(const char *path, const char *text, gsize len, GError **error);

/**
 * gre_secret_file_write_through:
 * @path: a file that exists
 * @error: G_FILE_ERROR
 *
 * Writes into @path itself, and follows symbolic links: for devices, pipes and /dev/stdout. If it
 * leads to a regular file, that gets the mode 0600 before the first byte; it is an error if that is
 * not allowed. A program that already has such a file open can read the text.
 */
gboolean
gre_secret_file_write_through(const char *path, const char *text, gsize len, GError **error);

#endif
