/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a key or certificate file as the user of this process. */
#ifndef GRE_KEYS_FILE_H
#define GRE_KEYS_FILE_H

#include "gre-secret.h"

#define GRE_KEYS_FILE_MAX (256 * 1024)

/**
 * gre_keys_file_read:
 * @name: the property, for the message
 * @error: GRE_ERROR_PROFILE: missing, not readable, not a regular file, empty, too large
 *
 * Never blocks on a FIFO or device.
 */
GreSecret *gre_keys_file_read(const char *name, const char *path, GError **error);

#endif
