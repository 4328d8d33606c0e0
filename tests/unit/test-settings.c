/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager's settings dictionary (a{sa{sv}}) as a profile. */
#include "gre-error.h"
#include "nm/settings.h"

#define UUID   "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define CON    "'connection': {'id': <'Site B'>, 'uuid': <'" UUID "'>}"
#define CON_IF "'connection': {'id': <'B'>, 'uuid': <'" UUID "'>, 'interface-name': <'gre7'>}"
#define DATA   "'data': <{'remote': '192.0.2.2', 'key': '7'}>"
#define PSK    "'data': <{'remote': '192.0.2.2', 'ipsec': 'psk'}>, 'secrets': <{'ipsec-psk': 'xyz'}>"
#define VPN    "'vpn': {" DATA "}"

typedef struct {
    const char *text;
    const char *id; /* NULL: refused */
    const char *ifname;
    gboolean    persistent;
    guint       timeout;
    gboolean    ip4_auto, ip6_auto;
    const char *error; /* or a part of what it is refused with */
} Row;

static const Row rows[] = {
    { "{" CON ", " VPN "}", "Site B", NULL, FALSE, 0, FALSE, FALSE, NULL },
    { "{" CON_IF ", " VPN "}", "B", "gre7", FALSE, 0, FALSE, FALSE, NULL },
    { "{" CON ", 'vpn': {" DATA ", 'persistent': <true>, 'timeout': <uint32 90>}}", "Site B", NULL,
      TRUE, 90, FALSE, FALSE, NULL },
    { "{" CON ", " VPN ", 'ipv4': {'method': <'auto'>}, 'ipv6': {'method': <'manual'>}}", "Site B",
      NULL, FALSE, 0, TRUE, FALSE, NULL },
    { "{" CON ", " VPN ", 'ipv4': {'method': <'disabled'>}, 'ipv6': {'method': <'auto'>}}",
      "Site B", NULL, FALSE, 0, FALSE, TRUE, NULL },
    /* Values of another type than NetworkManager's are as if they were not there. */
    { "{" CON ", 'vpn': {" DATA ", 'persistent': <'yes'>, 'timeout': <'9'>}}", "Site B", NULL,
      FALSE, 0, FALSE, FALSE, NULL },
    { "{" CON ", " VPN ", 'ipv4': {'method': <uint32 1>}}", "Site B", NULL, FALSE, 0, FALSE, FALSE,
      NULL },
    /* Refused. */
    { "@a{sa{sv}} {}", NULL, NULL, FALSE, 0, FALSE, FALSE, "not a VPN profile" },
    { "{" CON "}", NULL, NULL, FALSE, 0, FALSE, FALSE, "not a VPN profile" },
    { "{" VPN "}", NULL, NULL, FALSE, 0, FALSE, FALSE, "not a VPN profile" },
    { "{'connection': {'id': <'B'>}, " VPN "}", NULL, NULL, FALSE, 0, FALSE, FALSE,
      "not a VPN profile" },
    { "{'connection': {'id': <1>, 'uuid': <'" UUID "'>}, " VPN "}", NULL, NULL, FALSE, 0, FALSE,
      FALSE, "not a VPN profile" },
    { "{" CON ", 'vpn': {'data': <['remote']>}}", NULL, NULL, FALSE, 0, FALSE, FALSE, "remote" },
    { "{" CON ", 'vpn': {'user-name': <'x'>}}", NULL, NULL, FALSE, 0, FALSE, FALSE, "remote" },
    { "{" CON ", 'vpn': {'data': <{'remote': '192.0.2.2', 'colour': 'red'}>}}", NULL, NULL, FALSE,
      0, FALSE, FALSE, "colour" },
};

static GVariant *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    GVariant *variant = g_variant_parse(G_VARIANT_TYPE("a{sa{sv}}"), text, NULL, NULL, &error);

    g_assert_no_error(error);
    return variant;
}

static void
check_refused(const Row *row, GVariant *variant)
{
    GreSettings out = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(gre_settings_read(variant, NULL, &out, &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_nonnull(strstr(error->message, row->error));
    gre_settings_clear(&out);
}

static void
check_read(const Row *row, GVariant *variant)
{
    GreSettings out;
    g_autoptr(GError) error = NULL;

    g_assert_true(gre_settings_read(variant, NULL, &out, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(out.profile->id, ==, row->id);
    g_assert_cmpstr(out.profile->uuid, ==, UUID);
    g_assert_cmpstr(out.profile->ifname, ==, row->ifname);
    g_assert_cmpuint(out.profile->tunnel.input_key, ==, 7);
    g_assert_cmpint(out.wish.persistent, ==, row->persistent);
    g_assert_cmpuint(out.wish.timeout, ==, row->timeout);
    g_assert_cmpint(out.ip4_auto, ==, row->ip4_auto);
    g_assert_cmpint(out.ip6_auto, ==, row->ip6_auto);
    gre_settings_clear(&out);
    g_assert_null(out.profile);
}

static void
test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GVariant) variant = parse(rows[i].text);

        g_test_message("%s", rows[i].text);
        if (rows[i].id)
            check_read(&rows[i], variant);
        else
            check_refused(&rows[i], variant);
    }
}

static void
test_secret(void)
{
    g_autoptr(GVariant) variant = parse("{" CON ", 'vpn': {" PSK "}}");
    g_autoptr(GError) error = NULL;
    GreSettings out;
    gsize       len;

    g_assert_true(gre_settings_read(variant, NULL, &out, &error));
    g_assert_cmpmem(gre_secret_data(out.profile->ipsec.psk, &len), 3, "xyz", 3);
    g_assert_cmpuint(len, ==, 3);
    gre_settings_clear(&out);
}

/* What the profile sends into the tunnel: its routes, and everything where it has a gateway. */
static void
test_covers(void)
{
    static const struct {
        const char *ip, *address;
        gboolean    covers;
    } cases[] = {
        { "", "192.0.2.2", FALSE },
        { ", 'ipv4': {'method': <'manual'>}", "192.0.2.2", FALSE },
        { ", 'ipv4': {'gateway': <'10.0.0.1'>}", "192.0.2.2", TRUE },
        { ", 'ipv4': {'gateway': <'10.0.0.1'>}", "2001:db8::2", FALSE },
        { ", 'ipv6': {'gateway': <'fd00::1'>}", "2001:db8::2", TRUE },
        { ", 'ipv4': {'route-data': <[{'dest': <'192.0.2.0'>, 'prefix': <uint32 24>}]>}",
          "192.0.2.2", TRUE },
        { ", 'ipv4': {'route-data': <[{'dest': <'10.0.0.0'>, 'prefix': <uint32 8>}, "
          "{'dest': <'192.0.2.0'>, 'prefix': <uint32 31>}]>}",
          "192.0.2.2", FALSE },
        { ", 'ipv6': {'route-data': <[{'dest': <'2001:db8::'>, 'prefix': <uint32 32>}]>}",
          "2001:db8::2", TRUE },
        { ", 'ipv4': {'route-data': <[{'dest': <'nonsense'>, 'prefix': <uint32 0>}]>}", "192.0.2.2",
          FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("{" CON ", 'vpn': {" PSK "}", cases[i].ip, "}", NULL);
        g_autoptr(GVariant) variant = parse(text);
        GreAddress  address;
        GreSettings out;

        g_test_message("%s", text);
        g_assert_true(gre_settings_read(variant, NULL, &out, NULL));
        g_assert_true(gre_address_parse(cases[i].address, &address));
        g_assert_cmpint(gre_settings_covers(&out, &address), ==, cases[i].covers);
        gre_settings_clear(&out);
    }
}

#define KEYS(permissions, key)                                                            \
    "{'connection': {'id': <'B'>, 'uuid': <'" UUID "'>, 'permissions': <@as " permissions \
    ">}, 'vpn': {'data': <{'remote': '192.0.2.2', 'ipsec': 'pubkey', 'ipsec-ca': '/c', "  \
    "'ipsec-private-key': '" key "'}>}}"

/* Whose files they are: nobody's in particular, or one user's. */
static void
test_permissions(void)
{
    static const struct {
        const char *text, *user, *error;
    } users[] = {
        { KEYS("[]", "/k"), NULL, NULL },
        { KEYS("[]", "pkcs11:id=%01"), NULL, NULL },
        { KEYS("['user:alice:']", "/k"), "alice", NULL },
        { KEYS("['user:alice']", "/k"), "alice", NULL },
        { KEYS("['user:alice:', 'user:bob:']", "/k"), NULL, "expected one user only" },
        { KEYS("['user:alice:']", "pkcs11:id=%01"), NULL, "is shared by all users" },
        { KEYS("['group:staff:']", "/k"), NULL, "expected user:NAME" },
        { KEYS("['user:']", "/k"), NULL, "expected user:NAME" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autoptr(GVariant) variant = parse(users[i].text);
        g_autoptr(GError) error = NULL;
        GreSettings out;

        g_assert_cmpint(gre_settings_read(variant, NULL, &out, &error), ==, !users[i].error);
        if (users[i].error)
            g_assert_nonnull(strstr(error->message, users[i].error));
        else
            g_assert_cmpstr(out.user, ==, users[i].user);
        gre_settings_clear(&out);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings/rows", test_rows);
    g_test_add_func("/settings/covers", test_covers);
    g_test_add_func("/settings/secret", test_secret);
    g_test_add_func("/settings/permissions", test_permissions);
    return g_test_run();
}
