/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's profiles from its keyfiles, for the time before it is there to be asked.
 */
#ifndef GRE_KEYFILE_H
#define GRE_KEYFILE_H

#include "nm/profile-set.h"

#define GRE_KEYFILE_SUFFIX ".nmconnection"

/**
 * gre_keyfile_parse:
 * @data: a keyfile; what is not needed of it, every secret too, is overwritten
 * @path: where it is from: what NetworkManager takes the id from where the file has none
 * @uuid_path: what NetworkManager derives the UUID from where the file has none: the file's name
 *   in the directory under /etc
 *
 * Returns: (transfer floating) (nullable): the connection as NetworkManager would send it over
 *   D-Bus, as far as gre_profile_set_known_new() reads it; NULL where it is no keyfile.
 */
GVariant *gre_keyfile_parse(char *data, gsize len, const char *path, const char *uuid_path);

/**
 * gre_keyfile_read_all:
 * @dirs: (nullable): the directories by precedence, as NetworkManager has them: the one under /run,
 *   the one under /etc, then any number of read-only ones; NULL: its own
 * @out: gets the profiles, by their file's name; of those with one UUID the one that counts
 *
 * Reads the files that NetworkManager would (1.42, nms-keyfile-plugin.c), and some more: one that
 * it refuses for its content or, unless it has another for the UUID, for its owner or mode, is
 * taken. So there may be a barrier too many until NetworkManager can be asked, and none too few.
 * What is wrong with a file or directory is logged, and the rest read.
 */
void gre_keyfile_read_all(const char *const *dirs, GreProfileSet *out);

#endif
