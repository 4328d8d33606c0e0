/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export: from a profile to a keyfile. */
#ifndef GRE_WRITE_KEYFILE_H
#define GRE_WRITE_KEYFILE_H

#include <NetworkManager.h>

/**
 * gre_write_keyfile:
 * @connection: a profile of this plugin's that the service would take
 * @path: replaced if it is there; only its owner may read it
 * @error: GRE_ERROR_PROFILE for the profile, GIO's and GLib's for the file
 *
 * Writes @connection as one file that gre_import_file() reads back the same; secrets only where
 * the connection carries them. What belongs to this machine alone stays here: the UUID, when it was
 * last up, whose profile it is.
 */
gboolean gre_write_keyfile(NMConnection *connection, const char *path, GError **error);

/* A file name for an export, without a directory. (transfer full) */
char *gre_write_keyfile_name(NMConnection *connection);

#endif
