/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded by every program that edits, imports or exports VPN profiles: libnm's NMVpnEditorPlugin.
 * No toolkit: nmcli loads it too.
 */
#include "config.h"

#include "gre-editor-loader.h"
#include "gre-i18n.h"
#include "gre-import-notes.h"
#include "gre-service-names.h"
#include "import/import.h"
#include "import/write-keyfile.h"

#include <libintl.h>

/* NM_VPN_EDITOR_PLUGIN_CAPABILITY_NO_EDITOR, which libnm's header names since 1.52. */
#define CAPABILITY_NO_EDITOR 0x08

enum { PROP_0, PROP_NAME, PROP_DESCRIPTION, PROP_SERVICE };

#define GRE_TYPE_EDITOR_PLUGIN (gre_editor_plugin_get_type())
G_DECLARE_FINAL_TYPE(GreEditorPlugin, gre_editor_plugin, GRE, EDITOR_PLUGIN, GObject)

struct _GreEditorPlugin {
    GObject parent;
};

static void gre_editor_plugin_interface_init(NMVpnEditorPluginInterface *interface);

G_DEFINE_TYPE_WITH_CODE(GreEditorPlugin,
                        gre_editor_plugin,
                        G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(NM_TYPE_VPN_EDITOR_PLUGIN,
                                              gre_editor_plugin_interface_init))

static NMVpnEditor *
get_editor(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
    GreEditorFactory factory = gre_editor_loader_get(error);

    return factory ? factory(plugin, connection, error) : NULL;
}

static NMVpnEditorPluginCapability
get_capabilities(NMVpnEditorPlugin *plugin)
{
    guint capabilities = NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT |
                         NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
                         NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6;

    if (!gre_editor_loader_is_there())
        capabilities |= CAPABILITY_NO_EDITOR;
    return (NMVpnEditorPluginCapability) capabilities;
}

/* The import's notes are shown twice: on standard error, as nmcli has no other place for them, and
 * by the editor if one opens for the profile. */
static NMConnection *
import_from_file(NMVpnEditorPlugin *plugin, const char *path, GError **error)
{
    g_autoptr(GPtrArray) notes = NULL;
    NMConnection *connection = gre_import_file(path, &notes, error);

    for (guint i = 0; connection && notes && i < notes->len; i++)
        g_printerr("%s: %s\n", path, (const char *) notes->pdata[i]);
    gre_import_notes_keep(connection, notes);
    return connection;
}

static gboolean
export_to_file(NMVpnEditorPlugin *plugin,
               const char        *path,
               NMConnection      *connection,
               GError           **error)
{
    return gre_write_keyfile(connection, path, error);
}

static char *
get_suggested_filename(NMVpnEditorPlugin *plugin, NMConnection *connection)
{
    return gre_write_keyfile_name(connection);
}

static void
gre_editor_plugin_interface_init(NMVpnEditorPluginInterface *interface)
{
    interface->get_editor = get_editor;
    interface->get_capabilities = get_capabilities;
    interface->import_from_file = import_from_file;
    interface->export_to_file = export_to_file;
    interface->get_suggested_filename = get_suggested_filename;
}

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    switch (id) {
    case PROP_NAME:
        g_value_set_string(value, _("GRE Tunnel"));
        break;
    case PROP_DESCRIPTION:
        g_value_set_string(value, _("GRE over IPsec or plain, to another Linux, a router or a "
                                    "firewall."));
        break;
    case PROP_SERVICE:
        g_value_set_string(value, GRE_SERVICE_NAME);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
        break;
    }
}

static void
gre_editor_plugin_init(GreEditorPlugin *self)
{
}

static void
gre_editor_plugin_class_init(GreEditorPluginClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = get_property;
    g_object_class_override_property(object_class, PROP_NAME, NM_VPN_EDITOR_PLUGIN_NAME);
    g_object_class_override_property(object_class, PROP_DESCRIPTION,
                                     NM_VPN_EDITOR_PLUGIN_DESCRIPTION);
    g_object_class_override_property(object_class, PROP_SERVICE, NM_VPN_EDITOR_PLUGIN_SERVICE);
}

/* The library's only entry point. */
NMVpnEditorPlugin *
nm_vpn_editor_plugin_factory(GError **error)
{
    bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    return NM_VPN_EDITOR_PLUGIN(g_object_new(GRE_TYPE_EDITOR_PLUGIN, NULL));
}
