/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows the resulting packet, header by header, and its MTU.
 */
#ifndef GRE_PREVIEW_H
#define GRE_PREVIEW_H

#include "gre-form.h"

#include <gtk/gtk.h>

typedef struct _GrePreview GrePreview;

/* Fills @packet with the headers and the labels with the result. */
GrePreview *gre_preview_new(GtkBox *packet, GtkLabel *mtu, GtkLabel *encryption);
void        gre_preview_free(GrePreview *preview); /* touches no widget */

void gre_preview_update(GrePreview *preview, const GreForm *form);

#endif
