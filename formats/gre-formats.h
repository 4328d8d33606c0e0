/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import and export: from the files that tunnels are written in elsewhere to a profile, and from a
 * profile to a file. Reads files and nothing else of the machine, and changes nothing on it.
 */
#ifndef GRE_FORMATS_H
#define GRE_FORMATS_H

#include <NetworkManager.h>

/**
 * gre_formats_import:
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
NMConnection *gre_formats_import(const char *path, GPtrArray **notes, GError **error);

/**
 * gre_formats_export:
 * @connection: a profile of this plugin's that the service would take
 * @path: replaced if it is there; only its owner may read it
 * @error: GRE_ERROR_PROFILE for the profile, GIO's and GLib's for the file
 *
 * Writes @connection as one file that gre_formats_import() reads back the same; secrets only where
 * the connection carries them. What belongs to this machine alone stays here: the UUID, when it was
 * last up, whose profile it is.
 */
gboolean gre_formats_export(NMConnection *connection, const char *path, GError **error);

/* A file name for an export, without a directory. (transfer full) */
char *gre_formats_suggest_name(NMConnection *connection);

#endif
