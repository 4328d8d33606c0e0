/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import: from the files that configure tunnels elsewhere to a profile. Reads files and nothing
 * else of the machine, and changes nothing on it.
 */
#ifndef GRE_IMPORT_H
#define GRE_IMPORT_H

#include "import/file.h"

#include <NetworkManager.h>

/**
 * gre_import_file:
 * @path: a regular file (or a link to one) of up to 1 MiB, in whatever format its content shows
 * @notes: (out) (optional) (transfer full): array of char*, what the file says and a profile can't,
 *   one line each; set on success only
 * @error: GRE_ERROR_PROFILE, GRE_ERROR_ADDRESS or GRE_ERROR_SECRET, one line for a person that
 * never quotes a secret
 *
 * The profile has an UUID of its own, new each time: an import adds one beside those that are
 * there.
 *
 * Returns: (transfer full): a VPN profile that the service would take; NULL and @error for a file
 *   that is none of ours or is wrong.
 */
NMConnection *gre_import_file(const char *path, GPtrArray **notes, GError **error);

/**
 * gre_import_read:
 *
 * gre_import_file() of a file that is in memory.
 */
NMConnection *gre_import_read(const GreFile *file, GPtrArray *notes, GError **error);

#endif
