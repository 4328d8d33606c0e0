/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The controls: check button, list, entry, entry for a secret, entry for a file.
 */
#include "config.h"

#include "gre-field-private.h"
#include "gre-gtk.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "gre-words.h"

#include <string.h>

enum { ENTRY_CHARS = 26, FEW_NUMBERS = 4 };

/* A default isn't written. */
static char *
unless_default(GreField *field, const char *text)
{
    return g_strcmp0(text, field->property->default_value) == 0 ? NULL : g_strdup(text);
}

static char *
get_check(GreField *field)
{
    gboolean active = gtk_check_button_get_active(GTK_CHECK_BUTTON(field->widget));

    return unless_default(field, active ? "yes" : "no");
}

static char *
get_list(GreField *field)
{
    const char *id = gtk_combo_box_get_active_id(GTK_COMBO_BOX(field->widget));

    return id && id[0] ? unless_default(field, id) : NULL;
}

static char *
get_entry(GreField *field)
{
    const char *text = gtk_editable_get_text(GTK_EDITABLE(field->widget));

    return text[0] ? g_strdup(text) : NULL;
}

static const GreControl check_control = { get_check, "toggled" };
static const GreControl list_control = { get_list, "changed" };
static const GreControl entry_control = { get_entry, "changed" };

static void
make_check(GreField *field)
{
    guint32 value = gre_form_get_number(field->form, field->property->name);

    field->control = &check_control;
    field->row = field->widget =
        gre_gtk_shown(gtk_check_button_new_with_mnemonic(gre_words_label(field->property)));
    gtk_check_button_set_active(GTK_CHECK_BUTTON(field->widget), value != 0);
}

static void
add_choice(GreField *field, const char *choice)
{
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(field->widget), choice,
                              gre_words_choice(field->property, choice));
}

/* Selects nothing if the loaded text is none of the choices. */
static void
make_list(GreField *field)
{
    const GreProperty *property = field->property;
    const char        *text = gre_form_get(field->form, property);

    field->control = &list_control;
    field->row = field->widget = gre_gtk_shown(gtk_combo_box_text_new());
    if (!property->default_value)
        add_choice(field, "");
    for (gsize i = 0; property->choices && property->choices[i]; i++)
        add_choice(field, property->choices[i]);
    for (guint32 n = property->min; !property->choices && n <= property->max; n++) {
        g_autofree char *number = g_strdup_printf("%u", n);

        add_choice(field, number);
    }
    if (!text)
        text = property->default_value ? property->default_value : "";
    gtk_combo_box_set_active_id(GTK_COMBO_BOX(field->widget), text);
}

static void
make_entry(GreField *field)
{
    const char *text = gre_form_get(field->form, field->property);
    const char *empty = gre_words_empty(field->property);

    field->control = &entry_control;
    field->row = field->widget = gre_gtk_shown(gtk_entry_new());
    gtk_editable_set_width_chars(GTK_EDITABLE(field->widget), ENTRY_CHARS);
    if (empty)
        gtk_entry_set_placeholder_text(GTK_ENTRY(field->widget), empty);
    if (text)
        gtk_editable_set_text(GTK_EDITABLE(field->widget), text);
}

/* An entry with another widget next to it. */
static void
put_beside(GreField *field, GtkWidget *other)
{
    field->row = gre_gtk_shown(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6));
    gtk_widget_set_hexpand(field->widget, TRUE);
    gtk_box_append(GTK_BOX(field->row), field->widget);
    gtk_box_append(GTK_BOX(field->row), gre_gtk_shown(other));
}

static void
on_show(GtkCheckButton *button, gpointer data)
{
    gtk_entry_set_visibility(GTK_ENTRY(data), gtk_check_button_get_active(button));
}

static void
make_secret(GreField *field)
{
    g_autofree char *name = gre_words_name(field->property);
    /* Translators: the check button next to a password; the second one is for screen readers. */
    GtkWidget       *show = gtk_check_button_new_with_label(_("Show"));
    g_autofree char *description = g_strdup_printf(_("Show: %s"), name);

    make_entry(field);
    gtk_entry_set_visibility(GTK_ENTRY(field->widget), FALSE);
    gtk_entry_set_input_purpose(GTK_ENTRY(field->widget), GTK_INPUT_PURPOSE_PASSWORD);
    g_signal_connect(show, "toggled", G_CALLBACK(on_show), field->widget);
    gre_gtk_set_name(show, description, _("Show the secret"), FALSE);
    gtk_widget_set_tooltip_text(show, _("Show the secret"));
    put_beside(field, show);
}

static void
on_file_chosen(GtkNativeDialog *chooser, int response, gpointer data)
{
    GreField *field = data;

    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(chooser));
        g_autofree char *path = file ? g_file_get_path(file) : NULL;

        if (path)
            gtk_editable_set_text(GTK_EDITABLE(field->widget), path);
    }
    gtk_native_dialog_destroy(chooser);
    g_clear_object(&field->chooser);
}

static void
on_browse(GtkButton *button, gpointer data)
{
    GreField        *field = data;
    GtkWidget       *root = GTK_WIDGET(gtk_widget_get_root(GTK_WIDGET(button)));
    g_autofree char *title = gre_words_name(field->property);

    if (field->chooser)
        return;
    field->chooser =
        gtk_file_chooser_native_new(title, GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL,
                                    GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(field->chooser), TRUE);
    g_signal_connect(field->chooser, "response", G_CALLBACK(on_file_chosen), field);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(field->chooser));
}

static void
make_file(GreField *field)
{
    GtkWidget *browse = gtk_button_new_from_icon_name("document-open-symbolic"
#if !GTK_CHECK_VERSION(4, 0, 0)
                                                      ,
                                                      GTK_ICON_SIZE_BUTTON
#endif
    );
    g_autofree char *name = gre_words_name(field->property);
    g_autofree char *text = g_strdup_printf(_("Choose a file: %s"), name);

    make_entry(field);
    gtk_widget_set_tooltip_text(browse, text);
    gre_gtk_set_name(browse, text, text, FALSE);
    field->browse = browse;
    g_signal_connect(browse, "clicked", G_CALLBACK(on_browse), field);
    put_beside(field, browse);
}

void
gre_field_make_control(GreField *field)
{
    const GreProperty *property = field->property;

    switch (property->type) {
    case GRE_TYPE_BOOLEAN:
        make_check(field);
        break;
    case GRE_TYPE_CHOICE:
        make_list(field);
        break;
    case GRE_TYPE_NUMBER:
        if (!property->word && property->max - property->min < FEW_NUMBERS)
            make_list(field);
        else
            make_entry(field);
        break;
    case GRE_TYPE_PSK:
    case GRE_TYPE_PASSWORD:
        make_secret(field);
        break;
    case GRE_TYPE_FILE:
        make_file(field);
        break;
    case GRE_TYPE_DURATION:
    case GRE_TYPE_KEY:
    case GRE_TYPE_ADDRESS:
    case GRE_TYPE_HOST:
    case GRE_TYPE_IP4:
    case GRE_TYPE_IP6:
    case GRE_TYPE_NETWORKS:
    case GRE_TYPE_IFNAME:
    case GRE_TYPE_NEW_IFNAME:
    case GRE_TYPE_TEXT:
    case GRE_TYPE_IDENTITY:
    case GRE_TYPE_PROPOSALS:
    case GRE_TYPE_PUBLIC_KEY:
        make_entry(field);
        break;
    }
}
