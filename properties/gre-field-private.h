/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The structure of a row, for its own files.
 */
#ifndef GRE_FIELD_PRIVATE_H
#define GRE_FIELD_PRIVATE_H

#include "gre-field.h"

typedef struct {
    /* The control's value as text for the form, to be freed; NULL: not given. */
    char *(*get)(GreField *field);
    /* The control's signal for a changed value. */
    const char *signal;
} GreControl;

struct _GreField {
    GreForm              *form;
    const GreProperty    *property;
    const GreControl     *control;
    GtkWidget            *label;  /* NULL: the control is a check button with its own label */
    GtkWidget            *row;    /* the control and what is next to it */
    GtkWidget            *widget; /* the control */
    GtkWidget            *error;
    char                 *initial;   /* the control's initial value, which is the loaded text */
    gboolean              was_right; /* the loaded text was valid, or there was none */
    gboolean              touched;
    const GreProperty    *flags; /* for a secret with a storage menu */
    guint                 initial_flags;
    GtkWidget            *browse;  /* for a file; or NULL */
    GtkFileChooserNative *chooser; /* while it is open */
    GreFieldChanged       changed;
    gpointer              data;
};

/* Makes field->row and field->widget, of the kind that the property's type needs, and shows the
 * form's text in it. */
void gre_field_make_control(GreField *field);

#endif
