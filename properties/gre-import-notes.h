/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an import has to say, from the plugin to the editor that opens for the imported profile. No
 * toolkit. It belongs to the process, and is nothing but libnm's and GLib's types: GNOME Settings
 * makes another plugin object for each look at its plugins, and when a package is updated, the
 * plugin of a program that runs may be another version than the editor it loads.
 */
#ifndef GRE_IMPORT_NOTES_H
#define GRE_IMPORT_NOTES_H

#include <NetworkManager.h>

/**
 * gre_import_notes_keep:
 * @imported: (nullable): the profile; NULL where there was none. A copy is kept, without its
 *   secrets
 * @notes: (nullable): gre_import_file()'s. Copied
 *
 * What was kept of an earlier import goes in any case.
 */
void gre_import_notes_keep(NMConnection *imported, GPtrArray *notes);

/**
 * gre_import_notes_take:
 * @connection: (nullable): the profile to be edited
 *
 * A program may edit a copy of what it imported, under another name and UUID: @connection is meant
 * if its settings for the VPN are those of the import, but for the secrets. That is so once: what
 * is opened later, even if it is still the same, was saved and is no import any more.
 *
 * Returns: (transfer full): the notes; NULL where there are none for @connection.
 */
char **gre_import_notes_take(NMConnection *connection);

#endif
