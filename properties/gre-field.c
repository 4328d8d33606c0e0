/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connects the widgets of a row and the form.
 */
#include "config.h"

#include "gre-field-private.h"
#include "gre-gtk.h"
#include "gre-i18n.h"
#include "gre-words.h"

#include <nma-ui-utils.h>

const GreProperty *
gre_field_property(const GreField *field)
{
    return field->property;
}

/* The initial text is restored as it was written, however a control would write it. */
static void
on_changed(GtkWidget *widget, gpointer data)
{
    GreField        *field = data;
    g_autofree char *text = field->control->get(field);
    const char      *written = text;

    field->touched = TRUE;
    if (field->was_right && g_strcmp0(text, field->initial) == 0)
        written = gre_form_get_loaded(field->form, field->property);
    if (gre_form_set(field->form, field->property, written))
        field->changed(field->data);
    if (text && field->property->secret)
        gre_secret_free_text(g_steal_pointer(&text));
}

static void
on_storage_changed(GtkEntry *entry, GParamSpec *spec, gpointer data)
{
    GreField   *field = data;
    guint       flags = nma_utils_menu_to_secret_flags(GTK_WIDGET(entry));
    char        number[16];
    const char *written = number;

    g_snprintf(number, sizeof(number), "%u", flags);
    if (flags == field->initial_flags)
        written = gre_form_get_loaded(field->form, field->flags);
    else if (flags == 0)
        written = NULL;
    if (gre_form_set(field->form, field->flags, written))
        field->changed(field->data);
}

/* The menu that chooses who stores a secret. If it is not stored, libnma empties the entry; so this
 * runs before any handler is connected, and the loaded text stays until the user changes it. */
static void
add_storage(GreField *field)
{
    g_autofree char *name = g_strconcat(field->property->name, "-flags", NULL);

    field->flags = gre_property_find(name);
    nma_utils_setup_password_storage(field->widget,
                                     (NMSettingSecretFlags) gre_form_get_number(field->form, name),
                                     NULL, name, field->property->type == GRE_TYPE_PASSWORD, FALSE);
    field->initial_flags = nma_utils_menu_to_secret_flags(field->widget);
    g_signal_connect(field->widget, "notify::secondary-icon-name", G_CALLBACK(on_storage_changed),
                     field);
}

/* As wide as the control's column; takes no room without a message. */
static GtkWidget *
make_error(void)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 40);
    gtk_style_context_add_class(gtk_widget_get_style_context(label), "error");
    gtk_widget_set_visible(label, FALSE);
    return label;
}

static void
attach(GreField *field, GtkGrid *grid, int *top)
{
    g_autofree char *name = gre_words_name(field->property);
    const char      *help = _(field->property->help);

    if (field->property->type != GRE_TYPE_BOOLEAN) {
        field->label = gre_gtk_shown(gtk_label_new_with_mnemonic(gre_words_label(field->property)));
        gtk_label_set_xalign(GTK_LABEL(field->label), 1);
        gtk_label_set_mnemonic_widget(GTK_LABEL(field->label), field->widget);
        gtk_style_context_add_class(gtk_widget_get_style_context(field->label), "dim-label");
        gtk_grid_attach(grid, field->label, 0, *top, 1, 1);
    }
    gtk_widget_set_hexpand(field->row, TRUE);
    gtk_widget_set_tooltip_text(field->widget, help);
    gre_gtk_set_name(field->widget, name, help, field->label != NULL);
    field->error = make_error();
    gtk_grid_attach(grid, field->row, 1, *top, 1, 1);
    gtk_grid_attach(grid, field->error, 1, *top + 1, 1, 1);
    *top += 2;
}

/* A host may destroy its window and all in it before it releases the editor. */
static void
hold_widgets(GreField *field)
{
    g_object_ref(field->row);
    g_object_ref(field->widget);
    g_object_ref(field->error);
    if (field->label)
        g_object_ref(field->label);
    if (field->browse)
        g_object_ref(field->browse);
}

GreField *
gre_field_new(GreForm           *form,
              const GreProperty *property,
              GtkGrid           *grid,
              int               *top,
              GreFieldChanged    changed,
              gpointer           data)
{
    GreField   *field = g_new0(GreField, 1);
    const char *text = gre_form_get_loaded(form, property);

    field->form = form;
    field->property = property;
    field->changed = changed;
    field->data = data;
    gre_field_make_control(field);
    if (property->secret)
        add_storage(field);
    field->initial = field->control->get(field);
    field->was_right = !text || gre_property_check(property, text, NULL);
    field->touched = text != NULL;
    attach(field, grid, top);
    hold_widgets(field);
    g_signal_connect(field->widget, field->control->signal, G_CALLBACK(on_changed), field);
    return field;
}

/* No signal reaches the field after this. */
static void
disconnect(GreField *field)
{
    g_signal_handlers_disconnect_by_data(field->widget, field);
    if (field->browse)
        g_signal_handlers_disconnect_by_data(field->browse, field);
    if (field->chooser) {
        g_signal_handlers_disconnect_by_data(field->chooser, field);
        gtk_native_dialog_destroy(GTK_NATIVE_DIALOG(field->chooser));
    }
}

void
gre_field_free(GreField *field)
{
    disconnect(field);
    g_clear_object(&field->chooser);
    g_object_unref(field->row);
    g_object_unref(field->widget);
    g_object_unref(field->error);
    g_clear_object(&field->label);
    g_clear_object(&field->browse);
    gre_secret_free_text(field->initial);
    g_free(field);
}

void
gre_field_set_visible(GreField *field, gboolean visible)
{
    if (field->label)
        gtk_widget_set_visible(field->label, visible);
    gtk_widget_set_visible(field->row, visible);
    if (!visible)
        gtk_widget_set_visible(field->error, FALSE);
}

static void
show_error(GreField *field, const char *text)
{
    GtkStyleContext *style = gtk_widget_get_style_context(field->widget);

    gtk_label_set_text(GTK_LABEL(field->error), text ? text : "");
    gtk_widget_set_visible(field->error, text && gtk_widget_get_visible(field->row));
    gre_gtk_set_invalid(field->widget, text != NULL);
    if (text)
        gtk_style_context_add_class(style, "error");
    else
        gtk_style_context_remove_class(style, "error");
}

gboolean
gre_field_refresh(GreField *field, const char *problem)
{
    const char      *text = gre_form_get(field->form, field->property);
    gboolean         usable = gre_form_is_usable(field->form, field->property);
    g_autofree char *allowed = NULL;

    /* A value that is given but not allowed must stay visible, so that the user can remove it. */
    gtk_widget_set_sensitive(field->row, usable || (text && problem));
    if (usable && text && !gre_property_check(field->property, text, NULL))
        allowed = gre_words_allowed(field->property);
    else if (!text && !field->touched)
        problem = NULL;
    else if (!text && problem && field->property->required)
        allowed = gre_words_allowed(field->property);
    if (allowed)
        problem = allowed;
    show_error(field, problem);
    return problem != NULL;
}
