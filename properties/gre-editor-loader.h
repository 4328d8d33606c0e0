/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the editor for the program that loaded the plugin, by the GTK that the program uses, in the
 * directory of this library.
 */
#ifndef GRE_EDITOR_LOADER_H
#define GRE_EDITOR_LOADER_H

#include "nm-gre-editor.h"

/* Whether there is an editor for this program: it uses GTK, and the editor for that version is
 * installed. */
gboolean gre_editor_loader_is_there(void);

/* The editor's factory, loaded once and never unloaded. NULL and @error
 * (NM_CONNECTION_ERROR_FAILED) if there is none. */
GreEditorFactory gre_editor_loader_get(GError **error);

#endif
