/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The output directory of nm-gre mesh, and the record in it of the files that mesh wrote.
 */
#ifndef GRE_MESH_OUTPUT_H
#define GRE_MESH_OUTPUT_H

#include <glib.h>

/**
 * gre_mesh_output_write:
 * @directory: made if it doesn't exist; else it must be the caller's own, as its subdirectories
 * @files: array of GreMeshFile*
 * @prune: remove files that the record has and @files lacks, and directories that become empty
 * @error: GRE_EXIT_ERROR
 *
 * Removes only what the record names and is still a regular file. Prints what it removed, or how
 * many files are no longer needed.
 */
gboolean
gre_mesh_output_write(const char *directory, GPtrArray *files, gboolean prune, GError **error);

#endif
