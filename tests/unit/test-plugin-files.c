/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import and export as nmcli and the desktop do it: by libnm, out of the built plugin library.
 */
#include "import-text.h"
#include "gre-import-notes.h"
#include "gre-service-names.h"

#include <glib/gstdio.h>
#include <string.h>

#define PLUGIN "..", "..", "properties", ".libs", "libnm-vpn-plugin-gre.so"

static NMVpnEditorPlugin *
load(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_BUILT, PLUGIN, NULL);
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autoptr(GError) error = NULL;
    NMVpnEditorPlugin *plugin = nm_vpn_editor_plugin_load(absolute, GRE_SERVICE_NAME, &error);

    g_assert_no_error(error);
    return plugin;
}

static NMConnection *
import(NMVpnEditorPlugin *plugin, const char *format, const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "import", format, name, NULL);
    g_autoptr(GError) error = NULL;
    NMConnection *connection = nm_vpn_editor_plugin_import(plugin, path, &error);

    g_assert_no_error(error);
    return connection;
}

static void
test_capabilities(void)
{
    g_autoptr(NMVpnEditorPlugin) plugin = load();
    const guint wanted = NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT |
                         NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
                         NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6;

    g_assert_cmpuint(nm_vpn_editor_plugin_get_capabilities(plugin) & wanted, ==, wanted);
}

/* In by libnm, out by libnm under the name that is suggested, and in again. */
static void
test_round_trip(void)
{
    g_autoptr(NMVpnEditorPlugin) plugin = load();
    g_autoptr(NMConnection) connection = import(plugin, "swanctl", "net2net-gre.conf");
    g_autoptr(NMConnection) back = NULL;
    g_autofree char *dir = g_dir_make_tmp("gre-plugin-XXXXXX", NULL);
    g_autofree char *name = nm_vpn_editor_plugin_get_suggested_filename(plugin, connection);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *difference = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(nm_connection_is_type(connection, NM_SETTING_VPN_SETTING_NAME));
    nm_vpn_editor_plugin_export(plugin, path, connection, &error);
    g_assert_no_error(error);
    back = nm_vpn_editor_plugin_import(plugin, path, &error);
    g_assert_no_error(error);
    difference = formats_text_difference(connection, back);
    g_assert_cmpstr(difference, ==, "");
    g_unlink(path);
    g_rmdir(dir);
}

static void
test_refused(void)
{
    g_autoptr(NMVpnEditorPlugin) plugin = load();
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "import", "foreign", "openvpn", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(nm_vpn_editor_plugin_import(plugin, path, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "an OpenVPN configuration"));
}

static void
import_with_notes(void)
{
    g_autoptr(NMVpnEditorPlugin) plugin = load();
    g_autoptr(NMConnection) connection = import(plugin, "netplan", "on-link.yaml");
    g_auto(GStrv) notes = gre_import_notes_take(connection);

    g_assert_nonnull(notes);
    g_assert_true(g_strv_contains((const char *const *) notes, "line 10: type has no counterpart"));
}

/* What a profile can't say is told on the standard error stream, with file and line, and is kept
 * for the editor that may open. */
static void
test_notes(void)
{
    if (g_test_subprocess()) {
        import_with_notes();
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*/on-link.yaml: line 10: type has no counterpart\n*");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plugin/capabilities", test_capabilities);
    g_test_add_func("/plugin/round-trip", test_round_trip);
    g_test_add_func("/plugin/refused", test_refused);
    g_test_add_func("/plugin/notes", test_notes);
    return g_test_run();
}
