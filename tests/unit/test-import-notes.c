/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the import to the editor: whose notes they are, and for how long.
 */
#include "gre-import-notes.h"

static NMConnection *
new_connection(const char *remote, const char *secret)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSettingVpn *vpn = NM_SETTING_VPN(nm_setting_vpn_new());

    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, "org.freedesktop.NetworkManager.gre", NULL);
    nm_setting_vpn_add_data_item(vpn, "remote", remote);
    if (secret)
        nm_setting_vpn_add_secret(vpn, "ipsec-psk", secret);
    nm_connection_add_setting(connection, NM_SETTING(vpn));
    return connection;
}

static void
keep(GObject *plugin, NMConnection *imported, const char *note)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new();

    if (note)
        g_ptr_array_add(notes, (char *) note);
    gre_import_notes_keep(plugin, imported, notes);
}

/* @note: NULL: there is none. */
static void
assert_taken(GObject *plugin, NMConnection *connection, const char *note)
{
    g_auto(GStrv) notes = gre_import_notes_take(plugin, connection);

    if (!note)
        g_assert_null(notes);
    else
        g_assert_cmpstrv(notes, ((const char *[]){ note, NULL }));
}

static void
test_once(void)
{
    g_autoptr(GObject) plugin = g_object_new(G_TYPE_OBJECT, NULL);
    g_autoptr(NMConnection) imported = new_connection("198.51.100.7", "secret");
    g_autoptr(NMConnection) copy = nm_simple_connection_new_clone(imported);

    assert_taken(plugin, copy, NULL);
    keep(plugin, imported, "a note");
    nm_setting_vpn_add_data_item(nm_connection_get_setting_vpn(imported), "ttl", "9");
    assert_taken(plugin, imported, NULL); /* the program's, and meanwhile another */
    assert_taken(plugin, copy, "a note");
    assert_taken(plugin, copy, NULL);
}

/* Another profile in between takes nothing away; the secret doesn't matter, and isn't kept. */
static void
test_whose(void)
{
    g_autoptr(GObject) plugin = g_object_new(G_TYPE_OBJECT, NULL);
    g_autoptr(NMConnection) imported = new_connection("198.51.100.7", "secret");
    g_autoptr(NMConnection) bare = new_connection("198.51.100.7", NULL);
    g_autoptr(NMConnection) other = new_connection("198.51.100.8", "secret");
    g_autoptr(NMConnection) empty = nm_simple_connection_new();

    keep(plugin, imported, "a note");
    assert_taken(plugin, other, NULL);
    assert_taken(plugin, empty, NULL);
    assert_taken(plugin, NULL, NULL);
    assert_taken(plugin, bare, "a note");

    keep(plugin, imported, "a note");
    g_assert_cmpstr(nm_setting_vpn_get_secret(nm_connection_get_setting_vpn(imported), "ipsec-psk"),
                    ==, "secret");
    assert_taken(plugin, imported, "a note");
}

/* Only the last import counts, also one without notes and one that failed. */
static void
test_last(void)
{
    g_autoptr(GObject) plugin = g_object_new(G_TYPE_OBJECT, NULL);
    g_autoptr(NMConnection) one = new_connection("198.51.100.7", NULL);
    g_autoptr(NMConnection) other = new_connection("198.51.100.8", NULL);

    keep(plugin, one, "a note");
    keep(plugin, other, "another");
    assert_taken(plugin, one, NULL);
    assert_taken(plugin, other, "another");
    keep(plugin, one, "a note");
    keep(plugin, one, NULL);
    assert_taken(plugin, one, NULL);
    keep(plugin, one, "a note");
    gre_import_notes_keep(plugin, NULL, NULL);
    assert_taken(plugin, one, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import-notes/once", test_once);
    g_test_add_func("/import-notes/whose", test_whose);
    g_test_add_func("/import-notes/last", test_last);
    return g_test_run();
}
