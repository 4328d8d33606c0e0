/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row of the editor: label, control and, below, what is wrong with the value. Which control it
 * is follows from the property's type. The row writes to the form only what a person changed.
 */
#ifndef GRE_FIELD_H
#define GRE_FIELD_H

#include "gre-form.h"

#include <gtk/gtk.h>

typedef struct _GreField GreField;

typedef void (*GreFieldChanged)(gpointer data);

/**
 * gre_field_new:
 * @property: of a secret, the row has the menu for its flags too
 * @grid: gets the row at @top, which is moved behind it; it owns the widgets
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
 * @problem: (nullable): what the profile as a whole says against this value
 *
 * Shows what is wrong, the value's own fault first, and makes the control insensitive where the
 * key would mean nothing. A required value that nobody gave yet is no fault to show.
 *
 * Returns: whether the row shows an error.
 */
gboolean gre_field_refresh(GreField *field, const char *problem);

#endif
