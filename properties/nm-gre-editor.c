/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page that a host program shows, and its window for advanced options. Consists of rows
 * (gre-field.h) over a form (gre-form.h); every change checks and updates all of them.
 */
#include "config.h"

#include "nm-gre-editor.h"
#include "gre-error.h"
#include "gre-field.h"
#include "gre-gtk.h"
#include "gre-i18n.h"
#include "gre-import-notes.h"
#include "gre-notes-view.h"
#include "gre-permission.h"
#include "gre-preview.h"
#include "gre-service-names.h"
#include "gre-words.h"

#include <string.h>

#define UI_RESOURCE "/org/freedesktop/network-manager-gre/nm-gre-editor.ui"

/* Of the page, so that it fits a screen with 768 lines. */
#define MAX_HEIGHT 580

/* Where a property's row is. */
typedef enum { AREA_PAGE, AREA_TUNNEL, AREA_IPSEC, AREAS } Area;

#define GRE_TYPE_EDITOR (gre_editor_get_type())
G_DECLARE_FINAL_TYPE(GreEditor, gre_editor, GRE, EDITOR, GObject)

struct _GreEditor {
    GObject        parent;
    GreForm       *form;
    GtkBuilder    *builder;
    GtkWidget     *page;    /* the widget that the host shows */
    GtkWidget     *options; /* inside of the window */
    GtkWidget     *window;  /* "Advanced"; NULL until it is opened */
    GPtrArray     *fields[AREAS];
    GrePreview    *preview;
    char          *interface_name; /* connection.interface-name */
    gboolean       is_private;     /* connection.permissions is not empty */
    GrePermission *permission;
};

static void gre_editor_interface_init(NMVpnEditorInterface *interface);

G_DEFINE_TYPE_WITH_CODE(GreEditor,
                        gre_editor,
                        G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(NM_TYPE_VPN_EDITOR, gre_editor_interface_init))

/* The properties of the page in their order; the window has all others in the table's order, except
 * the flags of secrets, which are in the menus of the secrets. */
static const char *const page_keys[] = {
    "remote",
    "local",
    "key",
    "ip4",
    "ip6",
    "ipsec",
    "ipsec-psk",
    "ipsec-private-key",
    "ipsec-private-key-password",
    "ipsec-cert",
    "ipsec-ca",
    "ipsec-remote-cert",
    "ipsec-remote-pubkey",
    NULL,
};

static GtkWidget *
get_widget(GreEditor *self, const char *name)
{
    return GTK_WIDGET(gtk_builder_get_object(self->builder, name));
}

static gboolean
is_given(GreEditor *self, const char *name)
{
    return gre_form_get(self->form, gre_property_find(name)) != NULL;
}

/* ---- visibility ---- */

/* GNOME Settings (GTK 4) offers "Manual" on its pages IPv4 and IPv6; programs with GTK 3 don't
 * offer it for a VPN. */
static gboolean
host_sets_addresses(void)
{
    return GTK_MAJOR_VERSION >= 4;
}

/* On the page, a row is visible if it has an effect. A value that is given is always visible, and
 * its row stays when the user empties it. */
static gboolean
is_row_visible(GreEditor *self, const GreProperty *property)
{
    gboolean protects = is_given(self, "protects");

    if (property->group != GRE_GROUP_IPSEC &&
        (gre_form_get_loaded(self->form, property) || gre_form_get(self->form, property)))
        return TRUE;
    if (property->group == GRE_GROUP_TUNNEL)
        return !protects;
    if (property->group == GRE_GROUP_INSIDE)
        return !protects && !host_sets_addresses();
    if (property->needs & GRE_NEED_PSK)
        return gre_form_get_number(self->form, "ipsec") == GRE_IPSEC_PSK;
    if (property->needs & GRE_NEED_PUBKEY)
        return gre_form_get_number(self->form, "ipsec") == GRE_IPSEC_PUBKEY;
    return TRUE;
}

static void
show_rows(GreEditor *self)
{
    for (guint i = 0; i < self->fields[AREA_PAGE]->len; i++) {
        GreField *field = self->fields[AREA_PAGE]->pdata[i];

        gre_field_set_visible(field, is_row_visible(self, gre_field_property(field)));
    }
    gtk_widget_set_visible(get_widget(self, "preview"), !is_given(self, "protects"));
}

/* Returns: whether a row of the area shows an error. */
static gboolean
refresh_rows(GreEditor *self, Area area, const GreProperty *where, const char *problem)
{
    gboolean shown = FALSE;

    for (guint i = 0; i < self->fields[area]->len; i++) {
        GreField *field = self->fields[area]->pdata[i];

        if (gre_field_refresh(field, gre_field_property(field) == where ? problem : NULL))
            shown = TRUE;
    }
    return shown;
}

static gboolean
are_addresses_elsewhere(GreEditor *self)
{
    return host_sets_addresses() && !is_given(self, "protects") && !is_given(self, "ip4") &&
           !is_given(self, "ip6");
}

/* For an error that no row of the page shows; if there is none, for what is still needed. */
static void
show_message(GreEditor *self, const char *text, gboolean is_error)
{
    GtkWidget       *message = get_widget(self, "message");
    GtkStyleContext *style = gtk_widget_get_style_context(message);

    gtk_label_set_text(GTK_LABEL(message), text ? text : "");
    gtk_widget_set_visible(message, text != NULL);
    gtk_widget_set_visible(get_widget(self, "hint"), !text && are_addresses_elsewhere(self));
    if (is_error)
        gtk_style_context_add_class(style, "error");
    else
        gtk_style_context_remove_class(style, "error");
}

static char *
describe_elsewhere(const GreProperty *where, const GError *error, gboolean in_window)
{
    g_autofree char *name = where ? gre_words_name(where) : NULL;

    if (!where)
        return g_strdup(error->message);
    if (in_window)
        return g_strdup_printf(_("Advanced, %s: %s"), name, error->message);
    if (strcmp(where->name, "ipsec-ca") == 0)
        return g_strdup(_("Still needed: CA certificate, or the peer’s certificate or public key"));
    return g_strdup_printf(_("Still needed: %s"), name);
}

/* Not an error: the administrator may have allowed it, which only the service knows. */
static gboolean
is_refused(GreEditor *self)
{
    return self->is_private && gre_form_get_number(self->form, "ipsec") != GRE_IPSEC_NO &&
           gre_permission_is_missing(self->permission);
}

static gboolean
check(GreEditor *self, const GreProperty **where, GError **error)
{
    return gre_form_check(self->form, self->interface_name, where, error);
}

static void
refresh(GreEditor *self)
{
    const GreProperty *where;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *unknown = gre_form_unknown(self->form);
    gboolean         on_page, in_window, refused = FALSE;

    show_rows(self);
    (void) check(self, &where, &error);
    on_page = refresh_rows(self, AREA_PAGE, where, error ? error->message : NULL);
    in_window = refresh_rows(self, AREA_TUNNEL, where, error ? error->message : NULL);
    in_window |= refresh_rows(self, AREA_IPSEC, where, error ? error->message : NULL);
    gre_preview_update(self->preview, self->form);

    if (error && !on_page)
        text = describe_elsewhere(where, error, in_window);
    else if ((refused = is_refused(self)))
        text = g_strdup(_("You are not allowed to change system connections: with IPsec, this "
                          "profile comes up only if it is available to all users"));
    else if (unknown)
        text = g_strdup_printf(_("Unknown to this version, kept unchanged: %s"), unknown);
    show_message(self, text, refused || (error && (in_window || !where)));
    gre_gtk_limit_height(self->page, MAX_HEIGHT);
}

static void
on_permission_missing(gpointer data)
{
    refresh(data);
}

static void
on_field_changed(gpointer data)
{
    refresh(data);
    g_signal_emit_by_name(data, "changed");
}

/* ---- the window ---- */

static void
on_window_response(GtkDialog *window, int response, gpointer data)
{
    gtk_widget_hide(GTK_WIDGET(window));
}

static void
make_window(GreEditor *self)
{
    GtkWidget *root = GTK_WIDGET(gtk_widget_get_root(self->page));
    GtkWindow *parent = GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL;

    self->window =
        gtk_dialog_new_with_buttons(_("Advanced GRE Options"), parent,
                                    GTK_DIALOG_MODAL | GTK_DIALOG_USE_HEADER_BAR, NULL, NULL);
    gtk_window_set_default_size(GTK_WINDOW(self->window), 560, 660);
    gtk_widget_set_vexpand(self->options, TRUE);
    gre_gtk_dialog_add(GTK_DIALOG(self->window), self->options);
    g_signal_connect(self->window, "response", G_CALLBACK(on_window_response), NULL);
#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_window_set_hide_on_close(GTK_WINDOW(self->window), TRUE);
#else
    g_signal_connect(self->window, "delete-event", G_CALLBACK(gtk_widget_hide_on_delete), NULL);
#endif
}

/* Changes apply at once, as on the page: the host's own button saves or discards all. */
static void
on_advanced(GtkButton *button, gpointer data)
{
    GreEditor *self = data;

    if (!self->window)
        make_window(self);
    gtk_window_present(GTK_WINDOW(self->window));
}

/* ---- construction ---- */

static void
add_field(GreEditor *self, Area area, const char *grid, const GreProperty *property, int *top)
{
    g_ptr_array_add(self->fields[area],
                    gre_field_new(self->form, property, GTK_GRID(get_widget(self, grid)), top,
                                  on_field_changed, self));
}

static gboolean
is_flags(const GreProperty *property)
{
    g_autofree char *secret = g_strndup(property->name, MAX(strlen(property->name), 6) - 6);

    return g_str_has_suffix(property->name, "-flags") && gre_property_find(secret);
}

static void
add_fields(GreEditor *self)
{
    int top[AREAS] = { 0 };

    for (gsize i = 0; page_keys[i]; i++)
        add_field(self, AREA_PAGE, "fields", gre_property_find(page_keys[i]), &top[AREA_PAGE]);
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        gboolean ipsec = property->group == GRE_GROUP_IPSEC;
        Area     area = ipsec ? AREA_IPSEC : AREA_TUNNEL;

        if (!g_strv_contains(page_keys, property->name) && !is_flags(property))
            add_field(self, area, ipsec ? "ipsec" : "tunnel", property, &top[area]);
    }
}

static gboolean
load_ui(GreEditor *self, GError **error)
{
    self->builder = gtk_builder_new();
    if (!gtk_builder_add_from_resource(self->builder, UI_RESOURCE, error))
        return FALSE;
    self->page = g_object_ref_sink(gre_gtk_scrolled(get_widget(self, "page")));
    self->options = g_object_ref_sink(get_widget(self, "options"));
#if !GTK_CHECK_VERSION(4, 0, 0)
    /* The host's gtk_widget_show_all() must not show the hidden rows. */
    gtk_widget_set_no_show_all(self->page, TRUE);
    gtk_widget_set_no_show_all(self->options, TRUE);
#endif
    g_signal_connect(get_widget(self, "advanced"), "clicked", G_CALLBACK(on_advanced), self);
    return TRUE;
}

NMVpnEditor *
GRE_EDITOR_FACTORY(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
    g_autoptr(GreEditor) self = g_object_new(GRE_TYPE_EDITOR, NULL);
    g_auto(GStrv) notes = NULL;

    self->form = gre_form_new(connection ? nm_connection_get_setting_vpn(connection) : NULL);
    self->permission = gre_permission_new(on_permission_missing, self);
    if (connection) {
        self->interface_name = g_strdup(nm_connection_get_interface_name(connection));
        self->is_private = gre_permission_is_private(connection);
    }
    if (!load_ui(self, error))
        return NULL;
    notes = gre_import_notes_take(connection);
    gre_notes_view_fill(self->builder, notes);
    add_fields(self);
    self->preview =
        gre_preview_new(GTK_BOX(get_widget(self, "packet")), GTK_LABEL(get_widget(self, "mtu")),
                        GTK_LABEL(get_widget(self, "encryption")));
    refresh(self);
    return NM_VPN_EDITOR(g_steal_pointer(&self));
}

/* NMVpnEditor */

static GObject *
editor_get_widget(NMVpnEditor *editor)
{
    return G_OBJECT(GRE_EDITOR(editor)->page);
}

static gboolean
editor_update_connection(NMVpnEditor *editor, NMConnection *connection, GError **error)
{
    GreEditor         *self = GRE_EDITOR(editor);
    NMSettingVpn      *vpn = nm_connection_get_setting_vpn(connection);
    const GreProperty *where;
    gboolean           was_private = self->is_private;

    self->is_private = gre_permission_is_private(connection);
    if (self->is_private != was_private)
        refresh(self);
    g_free(self->interface_name);
    self->interface_name = g_strdup(nm_connection_get_interface_name(connection));
    if (!check(self, &where, error)) {
        g_autofree char *name = where ? gre_words_name(where) : NULL;

        if (name)
            g_prefix_error(error, "%s: ", name);
        return FALSE;
    }
    if (!vpn) {
        vpn = NM_SETTING_VPN(nm_setting_vpn_new());
        nm_connection_add_setting(connection, NM_SETTING(vpn));
    }
    if (g_strcmp0(nm_setting_vpn_get_service_type(vpn), GRE_SERVICE_NAME) != 0)
        g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, GRE_SERVICE_NAME, NULL);
    gre_form_write(self->form, vpn);
    return TRUE;
}

static void
gre_editor_interface_init(NMVpnEditorInterface *interface)
{
    interface->get_widget = editor_get_widget;
    interface->update_connection = editor_update_connection;
}

/* The host may keep the widgets longer, or have destroyed them already. */
static void
gre_editor_dispose(GObject *object)
{
    GreEditor *self = GRE_EDITOR(object);

    for (Area area = 0; area < AREAS; area++)
        g_ptr_array_set_size(self->fields[area], 0);
    g_clear_pointer(&self->permission, gre_permission_free);
    if (self->page)
        g_signal_handlers_disconnect_by_data(get_widget(self, "advanced"), self);
    if (self->window)
        gre_gtk_window_destroy(g_steal_pointer(&self->window));
    g_clear_object(&self->options);
    g_clear_object(&self->page);
    g_clear_object(&self->builder);
    G_OBJECT_CLASS(gre_editor_parent_class)->dispose(object);
}

static void
gre_editor_finalize(GObject *object)
{
    GreEditor *self = GRE_EDITOR(object);

    for (Area area = 0; area < AREAS; area++)
        g_ptr_array_unref(self->fields[area]);
    g_clear_pointer(&self->preview, gre_preview_free);
    g_clear_pointer(&self->form, gre_form_free);
    g_free(self->interface_name);
    G_OBJECT_CLASS(gre_editor_parent_class)->finalize(object);
}

static void
gre_editor_init(GreEditor *self)
{
    for (Area area = 0; area < AREAS; area++)
        self->fields[area] = g_ptr_array_new_with_free_func((GDestroyNotify) gre_field_free);
}

static void
gre_editor_class_init(GreEditorClass *class)
{
    G_OBJECT_CLASS(class)->dispose = gre_editor_dispose;
    G_OBJECT_CLASS(class)->finalize = gre_editor_finalize;
}
