/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, prefixes and the error domain.
 */
#include "gre-address.h"
#include "gre-error.h"

#include <string.h>

/* text, and how it comes back; NULL: it is no address */
static const char *const addresses[][2] = {
    { "198.51.100.1", "198.51.100.1" },
    { "0.0.0.0", "0.0.0.0" },
    { "2001:db8:0:0::1", "2001:db8::1" },
    { "::", "::" },
    { "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
    { "", NULL },
    { "192.0.2", NULL },
    { "192.0.2.256", NULL },
    { "192.0.2.01", NULL },
    { "192.0.2.1 ", NULL },
    { " 192.0.2.1", NULL },
    { "0xc0000201", NULL },
    { "fe80::1%eth0", NULL },
    { "2001:db8:::1", NULL },
    { "192.0.2.1/24", NULL },
    { "peer.example", NULL },
};

static void
test_parse(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        GreAddress address, untouched;
        char       buf[GRE_ADDRESS_STRLEN];

        memset(&address, 0x5a, sizeof(address));
        untouched = address;
        if (gre_address_parse(addresses[i][0], &address)) {
            g_assert_cmpstr(gre_address_to_string(&address, buf), ==, addresses[i][1]);
        } else {
            g_assert_cmpstr(addresses[i][1], ==, NULL);
            g_assert_cmpmem(&address, sizeof(address), &untouched, sizeof(untouched));
        }
    }
}

static void
test_kinds(void)
{
    static const struct {
        const char *text;
        gboolean    any, multicast;
    } rows[] = {
        { "0.0.0.0", TRUE, FALSE },          { "::", TRUE, FALSE },
        { "223.255.255.255", FALSE, FALSE }, { "224.0.0.1", FALSE, TRUE },
        { "239.255.255.255", FALSE, TRUE },  { "240.0.0.1", FALSE, FALSE },
        { "ff02::5", FALSE, TRUE },          { "fe80::1", FALSE, FALSE },
    };
    GreAddress none = { .family = AF_UNSPEC };
    char       buf[GRE_ADDRESS_STRLEN];

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GreAddress address;

        g_assert_true(gre_address_parse(rows[i].text, &address));
        g_assert_cmpint(gre_address_is_any(&address), ==, rows[i].any);
        g_assert_cmpint(gre_address_is_multicast(&address), ==, rows[i].multicast);
    }
    g_assert_true(gre_address_is_any(&none));
    g_assert_false(gre_address_is_multicast(&none));
    g_assert_cmpstr(gre_address_to_string(&none, buf), ==, "");
    g_assert_cmpuint(gre_address_size(AF_INET), ==, 4);
    g_assert_cmpuint(gre_address_size(AF_INET6), ==, 16);
}

static void
test_equal(void)
{
    GreAddress a, b, none = { .family = AF_UNSPEC };

    g_assert_true(gre_address_parse("2001:db8::1", &a));
    g_assert_true(gre_address_parse("2001:db8:0::1", &b));
    g_assert_true(gre_address_equal(&a, &b));
    g_assert_true(gre_address_parse("2001:db8::2", &b));
    g_assert_false(gre_address_equal(&a, &b));
    g_assert_true(gre_address_parse("0.0.0.0", &a));
    g_assert_true(gre_address_parse("::", &b));
    g_assert_false(gre_address_equal(&a, &b));
    g_assert_false(gre_address_equal(&a, &none));
    g_assert_true(gre_address_equal(&none, &none));
}

static void
test_prefix(void)
{
    static const struct {
        const char *text;
        int         length; /* -1: no prefix */
    } rows[] = {
        { "10.0.0.1/30", 30 },
        { "10.0.0.1/0", 0 },
        { "10.0.0.1/32", 32 },
        { "fd00::1/64", 64 },
        { "fd00::1/128", 128 },
        { "10.0.0.1", -1 },
        { "10.0.0.1/", -1 },
        { "10.0.0.1/33", -1 },
        { "fd00::1/129", -1 },
        { "10.0.0.1/024", -1 },
        { "10.0.0.1/+24", -1 },
        { "10.0.0.1/24 ", -1 },
        { "10.0.0.1/24/24", -1 },
        { "/24", -1 },
        { "10.0.0/24", -1 },
        { "10.0.0.1/1000", -1 },
        { "10.0.0.1/255.0", -1 },
        { "10.0.0.1/99999999999", -1 },
        { "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/64", -1 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GrePrefix prefix;

        if (gre_address_prefix_parse(rows[i].text, &prefix))
            g_assert_cmpint(prefix.length, ==, rows[i].length);
        else
            g_assert_cmpint(-1, ==, rows[i].length);
    }
}

static void
test_contains(void)
{
    static const struct {
        const char *prefix, *address;
        gboolean    inside;
    } rows[] = {
        { "10.0.0.1/30", "10.0.0.3", TRUE },        { "10.0.0.1/30", "10.0.0.4", FALSE },
        { "10.0.0.1/32", "10.0.0.1", TRUE },        { "10.0.0.1/32", "10.0.0.0", FALSE },
        { "10.0.0.1/0", "203.0.113.9", TRUE },      { "10.0.0.1/24", "10.0.0.255", TRUE },
        { "10.0.0.1/24", "10.0.1.0", FALSE },       { "10.0.0.1/0", "fd00::1", FALSE },
        { "fd00::1/65", "fd00::7fff:0:0:0", TRUE }, { "fd00::1/65", "fd00::8000:0:0:0", FALSE },
        { "fd00::1/128", "fd00::1", TRUE },         { "fd00::1/0", "2001:db8::1", TRUE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GrePrefix  prefix;
        GreAddress address;

        g_assert_true(gre_address_prefix_parse(rows[i].prefix, &prefix));
        g_assert_true(gre_address_parse(rows[i].address, &address));
        g_assert_cmpint(gre_address_prefix_contains(&prefix, &address), ==, rows[i].inside);
    }
}

static void
test_may_heal(void)
{
    for (int code = GRE_ERROR_PROFILE; code <= GRE_ERROR_STOPPED; code++) {
        g_autoptr(GError) error = g_error_new_literal(GRE_ERROR, code, "cause");
        gboolean heals = code == GRE_ERROR_RESOLVE || code == GRE_ERROR_ROUTE ||
                         code == GRE_ERROR_DAEMON || code == GRE_ERROR_NO_ANSWER ||
                         code == GRE_ERROR_PEER_CONFIG;

        g_assert_cmpint(gre_error_may_heal(error), ==, heals);
    }
    g_assert_false(gre_error_may_heal(NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address/parse", test_parse);
    g_test_add_func("/address/kinds", test_kinds);
    g_test_add_func("/address/equal", test_equal);
    g_test_add_func("/address/prefix", test_prefix);
    g_test_add_func("/address/contains", test_contains);
    g_test_add_func("/error/may-heal", test_may_heal);
    return g_test_run();
}
