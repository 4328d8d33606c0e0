/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows the packet as it will be, header by header, and the MTU that results.
 */
#ifndef GRE_PREVIEW_H
#define GRE_PREVIEW_H

#include "gre-form.h"

#include <gtk/gtk.h>

typedef struct _GrePreview GrePreview;

/* Fills @packet with the headers; the labels say what follows from them. */
GrePreview *gre_preview_new(GtkBox *packet, GtkLabel *mtu, GtkLabel *encryption);
void        gre_preview_free(GrePreview *preview); /* touches no widget */

void gre_preview_update(GrePreview *preview, const GreForm *form);

#endif
