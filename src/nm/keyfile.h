/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads NetworkManager's profiles from its keyfiles, before NetworkManager runs.
 */
#ifndef GRE_KEYFILE_H
#define GRE_KEYFILE_H

#include "nm/profile-set.h"

#define GRE_KEYFILE_SUFFIX ".nmconnection"

/**
 * gre_keyfile_parse:
 * @data: a keyfile; everything that is not needed, including all secrets, is overwritten
 * @path: its path, from which NetworkManager derives a missing id
 * @uuid_path: the path from which NetworkManager derives a missing UUID: the file's name in the
 *   directory under /etc
 *
 * Returns: (transfer floating) (nullable): the connection as NetworkManager would send it over
 *   D-Bus, as far as gre_profile_set_known_new() reads it; NULL if it is not a keyfile.
 */
GVariant *gre_keyfile_parse(char *data, gsize len, const char *path, const char *uuid_path);

/**
 * gre_keyfile_read_all:
 * @dirs: (nullable): the directories in NetworkManager's order of precedence: the one under /run,
 *   the one under /etc, then any number of read-only ones; NULL: its defaults
 * @out: gets the profiles, by file name; only the effective one of those with the same UUID
 *
 * Reads the files that NetworkManager would (1.42, nms-keyfile-plugin.c), and also files that it
 * refuses for their content or, unless another file has the UUID, for their owner or mode. So there
 * may be surplus barriers until NetworkManager runs, but none is missing. Errors in a file or
 * directory are logged, and the rest is read.
 */
void gre_keyfile_read_all(const char *const *dirs, GreProfileSet *out);

#endif
