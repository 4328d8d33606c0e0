/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export: writes a profile to a keyfile. */
#ifndef GRE_WRITE_KEYFILE_H
#define GRE_WRITE_KEYFILE_H

#include <NetworkManager.h>

/**
 * gre_write_keyfile:
 * @connection: a profile of this plugin that the service accepts
 * @path: replaced if it exists; readable by its owner only
 * @error: GRE_ERROR_PROFILE for the profile, GIO's and GLib's for the file
 *
 * Writes @connection as one file from which gre_import_file() makes the same profile; includes the
 * secrets that the connection carries. Omits what belongs to this machine: the UUID, the time of
 * the last activation, the permissions.
 */
gboolean gre_write_keyfile(NMConnection *connection, const char *path, GError **error);

/* A file name for an export, without a directory. (transfer full) */
char *gre_write_keyfile_name(NMConnection *connection);

#endif
