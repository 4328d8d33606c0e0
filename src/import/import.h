/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import: converts files that configure tunnels for other software to a profile. Reads files,
 * nothing else of the machine, and changes nothing.
 */
#ifndef GRE_IMPORT_H
#define GRE_IMPORT_H

#include "import/file.h"

#include <NetworkManager.h>

/**
 * gre_import_file:
 * @path: a regular file (or a link to one) of up to 1 MiB; the content determines the format. If
 * there is none of that name, "FILE#TUNNEL": the tunnel of that name in the file
 * @notes: (out) (optional) (transfer full): array of char*, settings that a profile can't express,
 * one line each; set on success only
 * @error: GRE_ERROR_PROFILE, GRE_ERROR_ADDRESS or GRE_ERROR_SECRET; one line for the user that
 * never quotes a secret
 *
 * The profile gets a new UUID: an import adds a profile and replaces none.
 *
 * Returns: (transfer full): a VPN profile that the service accepts; NULL and @error if the file is
 * unsupported or invalid.
 */
NMConnection *gre_import_file(const char *path, GPtrArray **notes, GError **error);

/**
 * gre_import_read:
 *
 * Like gre_import_file() for a file that is in memory.
 */
NMConnection *gre_import_read(const GreFile *file, GPtrArray *notes, GError **error);

#endif
