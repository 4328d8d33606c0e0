/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is exported comes back the same: hundreds of profiles put together at random, in which
 * every key of the property table occurs. And what an export doesn't do.
 */
#include "import-text.h"
#include "gre-error.h"
#include "gre-property.h"
#include "gre-service-names.h"
#include "import/import.h"
#include "import/profile-builder.h"
#include "import/write-keyfile.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GRand *dice;
static char  *dir;

static guint
roll(guint n)
{
    return (guint) g_rand_int_range(dice, 0, (gint32) n);
}

/* ---- values at random ---- */

/* Letters that some keyfile or other had trouble with. */
static char *
random_text(gsize max)
{
    static const char *const parts[] = { "a",  "Z", "0", " ", ";",  ",",   "\\",  "=", "#", "[",
                                         "\"", "'", "%", "ü", "漢", "\\n", "\\s", "$", ":", "/" };
    GString                 *out = g_string_new("x");
    gsize                    n = roll((guint) max);

    for (gsize i = 0; i < n; i++)
        g_string_append(out, parts[roll(G_N_ELEMENTS(parts))]);
    g_string_append(out, "y");
    return g_string_free(out, FALSE);
}

/* A password may have blanks at its ends, tabs, and be of many lines. */
static char *
random_password(void)
{
    static const char *const ends[] = { "", " ", "  ", "\t", "\n", ";", "\\" };
    g_autofree char         *text = random_text(20);

    return g_strconcat(ends[roll(G_N_ELEMENTS(ends))], text, ends[roll(G_N_ELEMENTS(ends))],
                       ends[roll(G_N_ELEMENTS(ends))], NULL);
}

static char *
random_number(const GreProperty *property)
{
    guint64 span = (guint64) property->max - property->min + 1;
    guint64 number = property->min + ((guint64) g_rand_int(dice) << 4 | roll(16)) % span;

    if (property->word && roll(4) == 0)
        return g_strdup(property->word);
    return g_strdup_printf(roll(4) == 0 ? "0x%" G_GINT64_MODIFIER "x" : "%" G_GUINT64_FORMAT,
                           number);
}

static char *
random_duration(const GreProperty *property)
{
    static const char *const times[] = { "90m", "2h", "1d", "600s", "3600" };

    return roll(2) ? g_strdup(times[roll(G_N_ELEMENTS(times))])
                   : g_strdup_printf("%u", property->min + roll(property->max - property->min));
}

/* One of a list that ends with NULL. */
static char *
pick(const char *const *list)
{
    return g_strdup(list[roll(g_strv_length((char **) list))]);
}

#define PICK(...) pick((const char *const[]){ __VA_ARGS__, NULL })

static char *
random_value(const GreProperty *property)
{
    switch (property->type) {
    case GRE_TYPE_BOOLEAN:
        return PICK("yes", "no", "true", "0");
    case GRE_TYPE_CHOICE:
        return pick(property->choices);
    case GRE_TYPE_NUMBER:
        return random_number(property);
    case GRE_TYPE_DURATION:
        return random_duration(property);
    case GRE_TYPE_KEY:
        return PICK("0", "42", "0xffffffff", "010", "10.1.2.3", "4294967295");
    case GRE_TYPE_ADDRESS:
        return PICK("198.51.100.2", "2001:db8:a::2", "192.0.2.7");
    case GRE_TYPE_HOST:
        return PICK("203.0.113.10", "2001:db8:b::10", "gw.example.net");
    case GRE_TYPE_IP4:
        return PICK("10.0.0.1/30", "10.0.0.1/30 192.168.7.1/32", "172.16.0.1/31");
    case GRE_TYPE_IP6:
        return PICK("fd00::1/64", "fd00::1/127 2001:db8:1::1/64");
    case GRE_TYPE_NETWORKS:
        return PICK("10.0.0.0/8", "0.0.0.0/0 ::/0", "10.1.0.0/16 192.0.2.1/32 fd00:1::/48");
    case GRE_TYPE_IFNAME:
        return PICK("eth0", "ppp0", "br-lan.5");
    case GRE_TYPE_NEW_IFNAME:
        return PICK("tun2b", "nmgre7", "to_b");
    case GRE_TYPE_TEXT:
        return random_text(30);
    case GRE_TYPE_IDENTITY:
        return PICK("203.0.113.10", "gw.example.net", "a@example.net", "C=CH, O=x; CN=\\y #1");
    case GRE_TYPE_PROPOSALS:
        return PICK("aes256-sha256-modp2048", "aes256-sha256-ecp256,aes128-sha1-modp2048");
    case GRE_TYPE_FILE:
        return PICK("/etc/a b;c.pem", "/etc/\\x", "pkcs11:token=a%20b;object=c?pin-source=d");
    case GRE_TYPE_PUBLIC_KEY:
        return PICK("0sAwEAAaqs", "0sAQPg");
    case GRE_TYPE_PSK:
        return roll(3) ? random_text(40) : PICK("0x00ff", "0sAQID", " a", "a ", "\\");
    case GRE_TYPE_PASSWORD:
        return random_password();
    }
    return NULL;
}

/* ---- profiles at random ---- */

/* What the rest is added to: each need of the table is met by one of them. */
static const char *const bases[] = {
    "remote=203.0.113.10",
    "remote=203.0.113.10\npath-mtu-discovery=no",
    "remote=2001:db8:b::10\nmode=ip6gre",
    "remote=gw.example.net\nipsec=psk",
    "remote=203.0.113.10\nipsec=pubkey\nipsec-private-key=/k.pem\nipsec-ca=/ca.pem",
    "remote=203.0.113.10\nipsec=pubkey\nipsec-private-key=/k.pem\nipsec-remote-pubkey=0sAQPg",
    "remote=203.0.113.10\nipsec=pubkey\nipsec-private-key=/k.pem\nipsec-remote-cert=/r.pem",
    "protects=tun; 2b\nipsec=psk",
    "remote=gw.example.net\nmode=xfrm\nipsec=psk",
};

static void
add_item(NMSettingVpn *vpn, const GreProperty *property, const char *value)
{
    if (property->secret)
        nm_setting_vpn_add_secret(vpn, property->name, value);
    else
        nm_setting_vpn_add_data_item(vpn, property->name, value);
}

static void
remove_item(NMSettingVpn *vpn, const GreProperty *property)
{
    if (property->secret)
        nm_setting_vpn_remove_secret(vpn, property->name);
    else
        nm_setting_vpn_remove_data_item(vpn, property->name);
}

static gboolean
has_item(NMSettingVpn *vpn, const GreProperty *property)
{
    return property->secret ? nm_setting_vpn_get_secret(vpn, property->name) != NULL
                            : nm_setting_vpn_get_data_item(vpn, property->name) != NULL;
}

static void
add_base(NMSettingVpn *vpn, const char *base)
{
    g_auto(GStrv) lines = g_strsplit(base, "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        char *equals = strchr(lines[i], '=');

        *equals = '\0';
        add_item(vpn, gre_property_find(lines[i]), equals + 1);
    }
}

/* Each further key stays if the profile is valid with it. */
static void
add_random_items(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);

    for (const GreProperty *property = gre_property_table; property->name; property++) {
        g_autofree char *value = random_value(property);

        if (roll(2) == 0 || has_item(vpn, property))
            continue;
        add_item(vpn, property, value);
        if (!gre_profile_builder_check(connection, NULL))
            remove_item(vpn, property);
    }
}

static void
add_ip(NMConnection *connection)
{
    NMSetting   *setting = nm_setting_ip4_config_new();
    NMIPAddress *address = nm_ip_address_new(AF_INET, "10.9.0.1", 30, NULL);
    NMIPRoute   *route = nm_ip_route_new(AF_INET, "192.168.20.0", 24, "10.9.0.2", 5, NULL);
    gboolean     manual = roll(2) == 0;

    if (manual) {
        nm_setting_ip_config_add_address(NM_SETTING_IP_CONFIG(setting), address);
        nm_setting_ip_config_add_route(NM_SETTING_IP_CONFIG(setting), route);
    }
    g_object_set(setting, "method", manual ? "manual" : "auto", NULL);
    nm_connection_add_setting(connection, setting);
    nm_ip_address_unref(address);
    nm_ip_route_unref(route);
}

static NMConnection *
random_connection(void)
{
    g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *id = random_text(20);
    NMConnection    *connection = gre_profile_builder_connection(id, none, none);
    NMSetting       *setting = NM_SETTING(nm_connection_get_setting_connection(connection));
    g_autoptr(GError) error = NULL;

    add_base(nm_connection_get_setting_vpn(connection), bases[roll(G_N_ELEMENTS(bases))]);
    add_random_items(connection);
    add_ip(connection);
    g_object_set(setting, "autoconnect", roll(2) == 0, "zone", roll(2) ? "internal" : NULL, NULL);
    g_object_set(nm_connection_get_setting_vpn(connection), "persistent", roll(2) == 0, NULL);
    nm_connection_normalize(connection, NULL, NULL, &error);
    g_assert_no_error(error);
    return connection;
}

/* ---- there and back ---- */

static NMConnection *
there_and_back(NMConnection *connection, GPtrArray **notes)
{
    g_autofree char *path = g_build_filename(dir, "profile.nmconnection", NULL);
    g_autoptr(GError) error = NULL;
    NMConnection *back;

    gre_write_keyfile(connection, path, &error);
    g_assert_no_error(error);
    back = gre_import_file(path, notes, &error);
    g_assert_no_error(error);
    g_unlink(path);
    return back;
}

static void
check_same(NMConnection *a, NMConnection *b)
{
    g_autofree char *difference = formats_text_difference(a, b);

    g_assert_cmpstr(difference, ==, "");
}

static void
count_items(NMConnection *connection, GHashTable *seen)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);

    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (has_item(vpn, property))
            g_hash_table_add(seen, (gpointer) property->name);
}

static void
test_random(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < 250; i++) {
        g_autoptr(GPtrArray) notes = NULL;
        g_autoptr(NMConnection) connection = random_connection();
        g_autoptr(NMConnection) back = there_and_back(connection, &notes);

        check_same(connection, back);
        g_assert_cmpuint(notes->len, ==, 0);
        count_items(connection, seen);
    }
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (!g_hash_table_contains(seen, property->name))
            g_error("%s was in no profile", property->name);
}

/* ---- one by one ---- */

static NMConnection *
plain(void)
{
    g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
    NMConnection *connection = gre_profile_builder_connection("site-b", none, none);

    add_base(nm_connection_get_setting_vpn(connection), "remote=203.0.113.10\nipsec=psk");
    nm_connection_normalize(connection, NULL, NULL, NULL);
    return connection;
}

static char *
export_text(NMConnection *connection)
{
    g_autofree char *path = g_build_filename(dir, "one", NULL);
    g_autoptr(GError) error = NULL;
    struct stat st;
    char       *text;

    gre_write_keyfile(connection, path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_unlink(path);
    return text;
}

static void
test_of_this_machine(void)
{
    g_autoptr(NMConnection) connection = plain();
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    g_autofree char     *text = NULL;

    nm_setting_connection_add_permission(setting, "user", "root", NULL);
    g_object_set(setting, "timestamp", (guint64) 1790000000, NULL);
    text = export_text(connection);
    g_assert_null(strstr(text, "uuid="));
    g_assert_null(strstr(text, "permissions="));
    g_assert_null(strstr(text, "timestamp="));
    g_assert_nonnull(strstr(text, "remote=203.0.113.10\n"));
}

/* Only what the connection carries, and then whoever keeps it. */
static void
test_secrets(void)
{
    g_autoptr(NMConnection) connection = plain();
    NMSettingVpn    *vpn = nm_connection_get_setting_vpn(connection);
    g_autofree char *without = export_text(connection);
    g_autofree char *with = NULL;

    g_assert_null(strstr(without, "secret"));
    nm_setting_vpn_add_data_item(vpn, "ipsec-psk-flags", "1");
    nm_setting_vpn_add_secret(vpn, "ipsec-psk", "topsecret");
    with = export_text(connection);
    g_assert_nonnull(strstr(with, "[vpn-secrets]\nipsec-psk=topsecret\n"));
}

static void
test_replace(void)
{
    g_autofree char *path = g_build_filename(dir, "there", NULL);
    g_autofree char *link = g_build_filename(dir, "link", NULL);
    g_autofree char *text = NULL;
    g_autoptr(NMConnection) connection = plain();
    struct stat st;

    g_assert_true(g_file_set_contents(path, "something of much greater length\n", -1, NULL));
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    g_assert_cmpint(symlink("there", link), ==, 0);
    g_assert_true(gre_write_keyfile(connection, link, NULL));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    g_assert_true(gre_write_keyfile(connection, path, NULL));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "[connection]\n"));
    g_unlink(link);
    g_unlink(path);
}

/* Nothing is written, and what is there stays. */
static void
test_refused(void)
{
    g_autofree char *path = g_build_filename(dir, "refused", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = plain();
    g_autoptr(NMConnection) other = plain();
    g_autoptr(NMConnection) good = plain();

    nm_setting_vpn_add_data_item(nm_connection_get_setting_vpn(connection), "ttl", "0x100");
    g_assert_false(gre_write_keyfile(connection, path, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_true(g_str_has_prefix(error->message, "ttl: "));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_object_set(nm_connection_get_setting_vpn(other), "service-type", "org.example.vpn", NULL);
    g_assert_false(gre_write_keyfile(other, path, NULL));
    nm_connection_remove_setting(other, NM_TYPE_SETTING_VPN);
    g_assert_false(gre_write_keyfile(other, path, NULL));
    g_assert_false(gre_write_keyfile(good, "/nonexistent/file", NULL));
}

static void
test_name(void)
{
    static const struct {
        const char *id, *name;
    } rows[] = {
        { "site-b", "site-b.nmconnection" },        { "../../etc/x", "_._.._etc_x.nmconnection" },
        { "Büro Süd", "Büro Süd.nmconnection" },    { ".hidden", "_hidden.nmconnection" },
        { "a:b\\c|d*?", "a_b_c_d__.nmconnection" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(NMConnection) connection = plain();
        g_autofree char *name = NULL;

        g_object_set(nm_connection_get_setting_connection(connection), "id", rows[i].id, NULL);
        name = gre_write_keyfile_name(connection);
        g_assert_cmpstr(name, ==, rows[i].name);
    }
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    dice = g_rand_new_with_seed((guint32) g_test_rand_int());
    dir = g_dir_make_tmp("gre-export-XXXXXX", NULL);
    g_test_add_func("/export/random", test_random);
    g_test_add_func("/export/of-this-machine", test_of_this_machine);
    g_test_add_func("/export/secrets", test_secrets);
    g_test_add_func("/export/replace", test_replace);
    g_test_add_func("/export/refused", test_refused);
    g_test_add_func("/export/name", test_name);
    status = g_test_run();
    g_rmdir(dir);
    g_free(dir);
    g_rand_free(dice);
    return status;
}
