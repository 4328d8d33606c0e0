/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passes the notes of an import from the plugin to the editor that opens for the imported profile.
 * No toolkit. Stored per process, with libnm's and GLib's types only: GNOME Settings creates a new
 * plugin object for each look at its plugins, and after a package update, the plugin of a running
 * program may be another version than the editor that it loads.
 */
#ifndef GRE_IMPORT_NOTES_H
#define GRE_IMPORT_NOTES_H

#include <NetworkManager.h>

/**
 * gre_import_notes_keep:
 * @imported: (nullable): the profile; NULL if there was none. A copy without secrets is kept
 * @notes: (nullable): from gre_import_file(). Copied
 *
 * Always drops what was kept of an earlier import.
 */
void gre_import_notes_keep(NMConnection *imported, GPtrArray *notes);

/**
 * gre_import_notes_take:
 * @connection: (nullable): the profile to be edited
 *
 * A program may edit a copy of what it imported, with another name and UUID: @connection matches if
 * its VPN settings equal the import's, except for the secrets. It matches only once: a profile that
 * is opened later was saved, even if it is unchanged, and is no longer an import.
 *
 * Returns: (transfer full): the notes; NULL if there are none for @connection.
 */
char **gre_import_notes_take(NMConnection *connection);

#endif
