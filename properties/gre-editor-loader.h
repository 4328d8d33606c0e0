/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the editor that suits the program which loaded us: by the GTK that it has, beside our own
 * library.
 */
#ifndef GRE_EDITOR_LOADER_H
#define GRE_EDITOR_LOADER_H

#include "nm-gre-editor.h"

/* Whether there is an editor for this program: it has a GTK, and that one's editor is installed. */
gboolean gre_editor_loader_is_there(void);

/* The editor's factory, loaded once and for good. NULL and @error (NM_CONNECTION_ERROR_FAILED)
 * where there is none. */
GreEditorFactory gre_editor_loader_get(GError **error);

#endif
