/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row of the editor: label, control and, below, the error in the value. The property's type
 * determines the control. The row writes to the form only what the user changed.
 */
#ifndef GRE_FIELD_H
#define GRE_FIELD_H

#include "gre-form.h"

#include <gtk/gtk.h>

typedef struct _GreField GreField;

typedef void (*GreFieldChanged)(gpointer data);

/**
 * gre_field_new:
 * @property: for a secret, the row also has the menu for its flags
 * @grid: gets the row at @top, which is advanced; it owns the widgets
 * @changed: called after the form has changed
 */
GreField *gre_field_new(GreForm           *form,
                        const GreProperty *property,
                        GtkGrid           *grid,
                        int               *top,
                        GreFieldChanged    changed,
                        gpointer           data);

/* The widgets may outlive it, and be destroyed before it. */
void gre_field_free(GreField *field);

const GreProperty *gre_field_property(const GreField *field);

/* Shows or hides the row as a whole. */
void gre_field_set_visible(GreField *field, gboolean visible);

/**
 * gre_field_refresh:
 * @problem: (nullable): the error of the whole profile that concerns this value
 *
 * Shows an error, the value's own first, and makes the control insensitive if the property would
 * have no effect. A required value that the user has not given yet is not shown as an error.
 *
 * Returns: whether the row shows an error.
 */
gboolean gre_field_refresh(GreField *field, const char *problem);

#endif
