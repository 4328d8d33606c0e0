/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes of an import, at the top of the page: a few as they are, many in a box that scrolls.
 */
#ifndef GRE_NOTES_VIEW_H
#define GRE_NOTES_VIEW_H

#include <gtk/gtk.h>

/* @builder: of nm-gre-editor.ui. @notes: (nullable): NULL or none: nothing is shown. */
void gre_notes_view_fill(GtkBuilder *builder, char *const *notes);

#endif
