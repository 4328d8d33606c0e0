/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The editor plugin in programs that can't show an editor: without a toolkit, and with one whose
 * editor isn't installed. Each in a process of its own.
 */
#include <NetworkManager.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define SERVICE   "org.freedesktop.NetworkManager.gre"
#define ALL       7 /* import, export, IPv6 */
#define NO_EDITOR 8

static const struct {
    const char *gtk, *editor;
} toolkits[] = {
    { "libgtk-3.so.0", "libnm-vpn-plugin-gre-editor.so" },
    { "libgtk-4.so.1", "libnm-gtk4-vpn-plugin-gre-editor.so" },
};

static char *
built(const char *library)
{
    return g_test_build_filename(G_TEST_BUILT, "..", "..", "properties", ".libs", library, NULL);
}

static NMVpnEditorPlugin *
load(const char *path)
{
    g_autoptr(GError) error = NULL;
    NMVpnEditorPlugin *plugin = nm_vpn_editor_plugin_load(path, SERVICE, &error);

    g_assert_no_error(error);
    return plugin;
}

static void
assert_no_editor(NMVpnEditorPlugin *plugin, const char *why)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(nm_vpn_editor_plugin_get_capabilities(plugin), ==, ALL | NO_EDITOR);
    g_assert_null(nm_vpn_editor_plugin_get_editor(plugin, connection, &error));
    g_assert_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED);
    if (!strstr(error->message, why))
        g_error("\"%s\" doesn't say \"%s\"", error->message, why);
}

/* Returns: whether this is the process that is to do it. */
static gboolean
in_subprocess(void)
{
    if (g_test_subprocess())
        return TRUE;
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed();
    return FALSE;
}

/* nmcli is one: it imports and exports. */
static void
test_without_toolkit(void)
{
    g_autofree char *path = built("libnm-vpn-plugin-gre.so");
    g_autofree char *maps = NULL;
    g_autoptr(NMVpnEditorPlugin) plugin = NULL;

    if (!in_subprocess())
        return;
    plugin = load(path);
    assert_no_editor(plugin, "needs a program with GTK 3 or GTK 4");
    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    g_assert_nonnull(strstr(maps, "libnm-vpn-plugin-gre.so"));
    g_assert_null(strstr(maps, "libgtk-"));
}

/* The packages for GNOME may be missing: the plugin alone, in a directory of its own. */
static void
without_editor(gconstpointer toolkit)
{
    g_autofree char *path = built("libnm-vpn-plugin-gre.so");
    g_autofree char *directory = g_dir_make_tmp("nm-gre-XXXXXX", NULL);
    g_autofree char *copy = g_build_filename(directory, "libnm-vpn-plugin-gre.so", NULL);
    g_autofree char *bytes = NULL;
    gsize            length;
    g_autoptr(NMVpnEditorPlugin) plugin = NULL;

    g_assert_nonnull(dlopen(toolkit, RTLD_LAZY | RTLD_GLOBAL));
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_true(g_file_set_contents(copy, bytes, (gssize) length, NULL));
    plugin = load(copy);
    assert_no_editor(plugin, "isn’t installed: ");
    g_assert_cmpint(remove(copy), ==, 0);
    g_assert_cmpint(remove(directory), ==, 0);
}

/* A program in Python has its GTK as a plugin: nobody else sees the functions. */
static void
with_editor(gconstpointer toolkit)
{
    g_autofree char *path = built("libnm-vpn-plugin-gre.so");
    g_autoptr(NMVpnEditorPlugin) plugin = NULL;

    g_assert_nonnull(dlopen(toolkit, RTLD_LAZY | RTLD_LOCAL));
    plugin = load(path);
    g_assert_cmpuint(nm_vpn_editor_plugin_get_capabilities(plugin), ==, ALL);
}

static void
test_toolkit(gsize i, GTestDataFunc test)
{
    g_autofree char *editor = built(toolkits[i].editor);

    if (!g_file_test(editor, G_FILE_TEST_EXISTS))
        g_test_skip("not configured (--with-gtk4, --without-gnome)");
    else if (in_subprocess())
        test(toolkits[i].gtk);
}

static void
test_without_editor(gconstpointer i)
{
    test_toolkit(GPOINTER_TO_SIZE(i), without_editor);
}

static void
test_with_editor(gconstpointer i)
{
    test_toolkit(GPOINTER_TO_SIZE(i), with_editor);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plugin/without-toolkit", test_without_toolkit);
    g_test_add_data_func("/plugin/without-editor/gtk3", GSIZE_TO_POINTER(0), test_without_editor);
    g_test_add_data_func("/plugin/without-editor/gtk4", GSIZE_TO_POINTER(1), test_without_editor);
    g_test_add_data_func("/plugin/with-editor/gtk3", GSIZE_TO_POINTER(0), test_with_editor);
    g_test_add_data_func("/plugin/with-editor/gtk4", GSIZE_TO_POINTER(1), test_with_editor);
    return g_test_run();
}
