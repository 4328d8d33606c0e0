/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes of an import, at the top of the page: a few directly, many in a scrolled box.
 */
#ifndef GRE_NOTES_VIEW_H
#define GRE_NOTES_VIEW_H

#include <gtk/gtk.h>

/* @builder: of nm-gre-editor.ui. @notes: (nullable): NULL or empty: shows nothing. */
void gre_notes_view_fill(GtkBuilder *builder, char *const *notes);

#endif
