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
keep(NMConnection *imported, const char *note)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new();

    if (note)
        g_ptr_array_add(notes, (char *) note);
    gre_import_notes_keep(imported, notes);
}

/* @note: NULL is missing. */
static void
assert_taken(NMConnection *connection, const char *note)
{
    g_auto(GStrv) notes = gre_import_notes_take(connection);

    if (!note)
        g_assert_null(notes);
    else
        g_assert_cmpstrv(notes, ((const char *[]){ note, NULL }));
}

static void
test_once(void)
{
    g_autoptr(NMConnection) imported = new_connection("198.51.100.7", "secret");
    g_autoptr(NMConnection) copy = nm_simple_connection_new_clone(imported);

    assert_taken(copy, NULL);
    keep(imported, "a note");
    nm_setting_vpn_add_data_item(nm_connection_get_setting_vpn(imported), "ttl", "9");
    assert_taken(imported, NULL); /* the program's, and meanwhile another */
    assert_taken(copy, "a note");
    assert_taken(copy, NULL);
}

/* Another profile in between takes nothing away; the secret doesn't matter, and isn't kept. */
static void
test_whose(void)
{
    g_autoptr(NMConnection) imported = new_connection("198.51.100.7", "secret");
    g_autoptr(NMConnection) bare = new_connection("198.51.100.7", NULL);
    g_autoptr(NMConnection) other = new_connection("198.51.100.8", "secret");
    g_autoptr(NMConnection) empty = nm_simple_connection_new();

    keep(imported, "a note");
    assert_taken(other, NULL);
    assert_taken(empty, NULL);
    assert_taken(NULL, NULL);
    assert_taken(bare, "a note");

    keep(imported, "a note");
    g_assert_cmpstr(nm_setting_vpn_get_secret(nm_connection_get_setting_vpn(imported), "ipsec-psk"),
                    ==, "secret");
    assert_taken(imported, "a note");
}

/* Only the last import counts, also one without notes and one that failed. */
static void
test_last(void)
{
    g_autoptr(NMConnection) one = new_connection("198.51.100.7", NULL);
    g_autoptr(NMConnection) other = new_connection("198.51.100.8", NULL);

    keep(one, "a note");
    keep(other, "another");
    assert_taken(one, NULL);
    assert_taken(other, "another");
    keep(one, "a note");
    keep(one, NULL);
    assert_taken(one, NULL);
    keep(one, "a note");
    gre_import_notes_keep(NULL, NULL);
    assert_taken(one, NULL);
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
