/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Covers the differences between GTK 3 and GTK 4 that the editor needs. The editor is written once,
 * with GTK 4's names.
 */
#ifndef GRE_GTK_H
#define GRE_GTK_H

#include <gtk/gtk.h>

#if GTK_CHECK_VERSION(4, 0, 0)

/* Widgets are visible by default. */
static inline GtkWidget *
gre_gtk_shown(GtkWidget *widget)
{
    return widget;
}

/* @labelled: a label with a mnemonic also provides the name; GTK 4's widgets take it from there. */
static inline void
gre_gtk_set_name(GtkWidget *widget, const char *name, const char *description, gboolean labelled)
{
    if (!labelled)
        gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                       -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   description, -1);
}

static inline void
gre_gtk_set_invalid(GtkWidget *widget, gboolean invalid)
{
    gtk_accessible_update_state(
        GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_STATE_INVALID,
        invalid ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static inline void
gre_gtk_dialog_add(GtkDialog *dialog, GtkWidget *child)
{
    gtk_box_append(GTK_BOX(gtk_dialog_get_content_area(dialog)), child);
}

static inline void
gre_gtk_window_destroy(GtkWidget *window)
{
    gtk_window_destroy(GTK_WINDOW(window));
}

/* GNOME Settings' window grows with the page beyond the screen's height, so the page scrolls. */
static inline GtkWidget *
gre_gtk_scrolled(GtkWidget *page)
{
    GtkWidget *scrolled = gtk_scrolled_window_new();

    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), page);
    gtk_widget_set_vexpand(scrolled, TRUE);
    return scrolled;
}

/* As high as its content, up to @max. */
static inline void
gre_gtk_limit_height(GtkWidget *scrolled, int max)
{
    GtkWidget *child = gtk_scrolled_window_get_child(GTK_SCROLLED_WINDOW(scrolled));
    int        height;

    gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
    gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled), MIN(height, max));
}

#else

#define gtk_editable_get_text(editable)           gtk_entry_get_text(GTK_ENTRY(editable))
#define gtk_editable_set_text(editable, text)     gtk_entry_set_text(GTK_ENTRY(editable), text)
#define gtk_editable_set_width_chars(editable, n) gtk_entry_set_width_chars(GTK_ENTRY(editable), n)
#define gtk_check_button_get_active(button)       gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button))
#define gtk_check_button_set_active(button, active) \
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), active)
#define gtk_box_append(box, child)        gtk_container_add(GTK_CONTAINER(box), child)
#define gtk_label_set_wrap(label, wrap)   gtk_label_set_line_wrap(label, wrap)
#define gtk_widget_get_root(widget)       gtk_widget_get_toplevel(widget)
#define gtk_frame_set_child(frame, child) gtk_container_add(GTK_CONTAINER(frame), child)

static inline GtkWidget *
gre_gtk_shown(GtkWidget *widget)
{
    gtk_widget_show(widget);
    return widget;
}

static inline void
gre_gtk_set_name(GtkWidget *widget, const char *name, const char *description, gboolean labelled)
{
    AtkObject *accessible = gtk_widget_get_accessible(widget);

    atk_object_set_name(accessible, name);
    atk_object_set_description(accessible, description);
}

/* ATK has no such state; the error's label is next to the field. */
static inline void
gre_gtk_set_invalid(GtkWidget *widget, gboolean invalid)
{
}

static inline void
gre_gtk_dialog_add(GtkDialog *dialog, GtkWidget *child)
{
    gtk_container_add(GTK_CONTAINER(gtk_dialog_get_content_area(dialog)), child);
}

static inline void
gre_gtk_window_destroy(GtkWidget *window)
{
    gtk_widget_destroy(window);
}

/* nm-connection-editor makes every page scroll. */
static inline GtkWidget *
gre_gtk_scrolled(GtkWidget *page)
{
    return page;
}

static inline void
gre_gtk_limit_height(GtkWidget *scrolled, int max)
{
}

#endif

#endif
