/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row's inside, for its own files.
 */
#ifndef GRE_FIELD_PRIVATE_H
#define GRE_FIELD_PRIVATE_H

#include "gre-field.h"

typedef struct {
    /* What the control shows, as text for the form, to be freed; NULL: not given. */
    char *(*get)(GreField *field);
    /* The signal of the control that says that it shows something else. */
    const char *signal;
} GreControl;

struct _GreField {
    GreForm              *form;
    const GreProperty    *property;
    const GreControl     *control;
    GtkWidget            *label;  /* NULL: the control is a check button with its own */
    GtkWidget            *row;    /* the control and what stands beside it */
    GtkWidget            *widget; /* the control */
    GtkWidget            *error;
    char                 *initial; /* what the control showed at first, that is: the loaded text */
    gboolean              was_right; /* the loaded text was no error, or there was none */
    gboolean              touched;
    const GreProperty    *flags; /* of a secret with a storage menu */
    guint                 initial_flags;
    GtkWidget            *browse;  /* of a file; or NULL */
    GtkFileChooserNative *chooser; /* while it is open */
    GreFieldChanged       changed;
    gpointer              data;
};

/* Makes field->row and field->widget, of the kind that the property's type asks for, and shows the
 * form's text in it. */
void gre_field_make_control(GreField *field);

#endif
