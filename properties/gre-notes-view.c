/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One label with a line for each note; its place depends on its height.
 */
#include "config.h"

#include "gre-notes-view.h"
#include "gre-gtk.h"
#include "gre-i18n.h"

/* The label's width in characters, which leaves the page as wide as without notes; the number of
 * lines shown without scrolling; and the number of notes that a label still draws correctly. */
enum { WIDTH = 50, FEW_LINES = 6, MAX_NOTES = 200 };

static GtkWidget *
get_widget(GtkBuilder *builder, const char *name)
{
    return GTK_WIDGET(gtk_builder_get_object(builder, name));
}

/* @lines: (out): the approximate number of lines after wrapping. */
static char *
join(char *const *notes, glong *lines)
{
    GString *text = g_string_new(NULL);
    guint    n;

    *lines = 0;
    for (n = 0; n < MAX_NOTES && notes[n]; n++) {
        g_string_append_printf(text, "%s• %s", n ? "\n" : "", notes[n]);
        *lines += 1 + g_utf8_strlen(notes[n], -1) / WIDTH;
    }
    n = g_strv_length((char **) notes) - n;
    if (n > 0) {
        g_string_append_c(text, '\n');
        g_string_append_printf(text,
                               N_PLURAL("… and %u more; “nmcli connection import” shows it",
                                        "… and %u more; “nmcli connection import” shows them all",
                                        n),
                               n);
    }
    return g_string_free(text, FALSE);
}

void
gre_notes_view_fill(GtkBuilder *builder, char *const *notes)
{
    GtkWidget       *box = get_widget(builder, "notes"), *few = get_widget(builder, "notes-few");
    GtkWidget       *many = get_widget(builder, "notes-many");
    const char      *heading = gtk_label_get_text(GTK_LABEL(get_widget(builder, "notes-heading")));
    g_autofree char *text = NULL;
    glong            lines;
    gboolean         scrolls;

    if (!notes || !notes[0])
        return;
    text = join(notes, &lines);
    scrolls = lines > FEW_LINES;
    gtk_label_set_text(GTK_LABEL(scrolls ? get_widget(builder, "notes-all") : few), text);
    gtk_widget_set_visible(few, !scrolls);
    gtk_widget_set_visible(many, scrolls);
    gre_gtk_set_name(many, heading, "", FALSE); /* gets the focus, to be scrolled by keyboard */
    gtk_widget_set_visible(box, TRUE);
}
