/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a key or certificate file, as whoever this process is. */
#ifndef GRE_KEYS_FILE_H
#define GRE_KEYS_FILE_H

#include "gre-secret.h"

#define GRE_KEYS_FILE_MAX (256 * 1024)

/**
 * gre_keys_file_read:
 * @name: of the profile key, for the message
 * @error: GRE_ERROR_PROFILE: not there, not readable, no regular file, empty, too large
 *
 * Never waits, as a pipe or a device would have it do.
 */
GreSecret *gre_keys_file_read(const char *name, const char *path, GError **error);

#endif
