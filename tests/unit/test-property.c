/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property table as a whole, and the single values that its types take and refuse.
 */
#include "gre-error.h"
#include "gre-profile.h"
#include "gre-property.h"
#include "gre-value.h"

#include <string.h>

/* Every key that the documentation names, in its order. */
static const char *const names[] = {
    "mode",
    "remote",
    "local",
    "parent",
    "ifname",
    "key",
    "input-key",
    "output-key",
    "ttl",
    "tos",
    "path-mtu-discovery",
    "ignore-df",
    "checksum",
    "sequence",
    "encapsulation-limit",
    "flow-label",
    "fwmark",
    "mtu",
    "mss-clamp",
    "local-networks",
    "remote-networks",
    "ip4",
    "ip6",
    "protects",
    "ipsec",
    "ipsec-local-id",
    "ipsec-remote-id",
    "ipsec-psk",
    "ipsec-psk-flags",
    "ipsec-ca",
    "ipsec-cert",
    "ipsec-remote-cert",
    "ipsec-private-key",
    "ipsec-remote-pubkey",
    "ipsec-private-key-password",
    "ipsec-private-key-password-flags",
    "ipsec-ike-version",
    "ipsec-ike-proposals",
    "ipsec-esp-proposals",
    "ipsec-ike-lifetime",
    "ipsec-esp-lifetime",
    "ipsec-dpd-delay",
    "ipsec-mode",
    "ipsec-encap",
    "ipsec-replay-window",
    "ipsec-hw-offload",
    "ipsec-start",
};

static void
test_complete(void)
{
    gsize n = 0;

    for (const GreProperty *property = gre_property_table; property->name; property++, n++) {
        g_assert_cmpuint(n, <, G_N_ELEMENTS(names));
        g_assert_cmpstr(property->name, ==, names[n]);
        g_assert_true(gre_property_find(property->name) == property);
        g_assert_true(gre_property_find_for_import(property->name) == property);
    }
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(names));
    g_assert_null(gre_property_find("dev"));
    g_assert_cmpstr(gre_property_find_for_import("dev")->name, ==, "parent");
    g_assert_null(gre_property_find_for_import("nothing"));
}

/* Every secret has its flags, and nothing that isn't one hides as one. */
static void
test_secrets(void)
{
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        g_autofree char   *flags = g_strconcat(property->name, "-flags", NULL);
        const GreProperty *row = gre_property_find(flags);

        g_assert_cmpint(property->secret, ==, row != NULL);
        g_assert_true(!row || row->needs == property->needs);
    }
}

/* Each row is whole: it explains itself, its default and choices are values of its own, the keys
 * that it names exist and exclude it in turn. */
static void
test_rows(void)
{
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        g_autofree char *allowed = gre_property_allowed(property);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(property->help);
        g_assert_cmpuint(strlen(property->help), >, 10);
        g_assert_true(gre_value_is_printable(property->help));
        g_assert_cmpuint(strlen(allowed), >, 3);
        g_assert_cmpuint(property->size, >, 0);
        g_assert_cmpuint(property->offset + property->size, <=, sizeof(GreProfile));

        if (property->default_value)
            gre_property_check(property, property->default_value, &error);
        g_assert_no_error(error);
        for (gsize i = 0; property->choices && property->choices[i]; i++)
            g_assert_true(gre_property_check(property, property->choices[i], NULL));
        if (property->word)
            g_assert_true(gre_property_check(property, property->word, NULL));
        for (gsize i = 0; property->excludes && property->excludes[i]; i++) {
            const GreProperty *other = gre_property_find(property->excludes[i]);

            g_assert_nonnull(other);
            g_assert_true(g_strv_contains(other->excludes, property->name));
        }
        g_assert_cmpint(!!property->needs, <=, !property->default_value || !property->required);
    }
}

static void
test_needs(void)
{
    guint all = 0;

    for (const GreProperty *property = gre_property_table; property->name; property++) {
        all |= property->needs;
        if (g_str_has_prefix(property->name, "ipsec-"))
            g_assert_cmpuint(property->needs, !=, 0);
    }
    g_assert_cmpuint(all, ==, (1u << GRE_NEEDS_MAX) - 1);
    for (guint bit = 0; bit < GRE_NEEDS_MAX; bit++)
        g_assert_nonnull(strchr(gre_property_need_to_string((GreNeed) (1u << bit)), '='));
}

/* Values that are taken; for those that are numbers inside, which. */
static const struct {
    const char *name, *text;
    gint64      number; /* -2: none */
} good[] = {
    { "mode", "gre", GRE_MODE_GRE },
    { "mode", "ip6gre", GRE_MODE_IP6GRE },
    { "mode", "xfrm", GRE_MODE_XFRM },
    { "remote", "198.51.100.1", -2 },
    { "remote", "2001:db8::1", -2 },
    { "remote", "fe80::1", -2 },
    { "remote", "peer", -2 },
    { "remote", "site-b.example.org.", -2 },
    { "remote", "_odd_.1.example", -2 },
    { "remote", "1.example", -2 },
    { "remote", "xn--bcher-kva.example", -2 },
    { "local", "203.0.113.2", -2 },
    { "parent", "eth0.100", -2 },
    { "parent", "gre0", -2 },
    { "ifname", "gre1", -2 },
    { "ifname", "fifteen-letters", -2 },
    { "key", "0", 0 },
    { "key", "42", 42 },
    { "key", "010", 8 },
    { "key", "00", 0 },
    { "key", "0x2A", 42 },
    { "key", "4294967295", 4294967295 },
    { "key", "0xffffffff", 4294967295 },
    { "key", "037777777777", 4294967295 },
    { "key", "0.0.4.210", 1234 },
    { "key", "255.255.255.255", 4294967295 },
    { "key", "1.2.3.4", 0x01020304 },
    { "ttl", "1", 1 },
    { "ttl", "255", 255 },
    { "ttl", "inherit", 0 },
    { "ttl", "0", 0 },
    { "tos", "inherit", (guint32) GRE_TOS_INHERIT },
    { "tos", "0", 0 },
    { "tos", "0xb8", 0xb8 },
    { "checksum", "yes", 1 },
    { "checksum", "no", 0 },
    { "checksum", "TRUE", 1 },
    { "checksum", "false", 0 },
    { "checksum", "1", 1 },
    { "checksum", "0", 0 },
    { "checksum", "on", 1 },
    { "checksum", "off", 0 },
    { "encapsulation-limit", "none", (guint32) GRE_ENCAP_LIMIT_NONE },
    { "encapsulation-limit", "4", 4 },
    { "flow-label", "inherit", (guint32) GRE_FLOW_LABEL_INHERIT },
    { "flow-label", "0xfffff", 0xfffff },
    { "fwmark", "0xffffffff", 4294967295 },
    { "mtu", "auto", GRE_MTU_AUTO },
    { "mtu", "0", GRE_MTU_AUTO },
    { "mtu", "68", 68 },
    { "mtu", "65535", 65535 },
    { "mss-clamp", "auto", 0 },
    { "mss-clamp", "off", 1 },
    { "local-networks", "10.1.0.0/16", -2 },
    { "local-networks", "0.0.0.0/0 ::/0", -2 },
    { "remote-networks", "192.0.2.1/32 192.0.2.0/31 2001:db8::/33 fd00::/8", -2 },
    { "ip4", "10.0.0.1/30", -2 },
    { "ip4", "10.0.0.1/32 10.0.0.2/31 10.0.1.1/24", -2 },
    { "ip6", "fd00::1/64 fe80::1/64", -2 },
    { "ip6", "fd00::/127", -2 },
    { "protects", "Tunnel to site B", -2 },
    { "ipsec", "pubkey", GRE_IPSEC_PUBKEY },
    { "ipsec-local-id", "C=CH, O=Example, CN=*", -2 },
    { "ipsec-local-id", "fqdn:a.example", -2 },
    { "ipsec-local-id", "2001:db8::1", -2 },
    { "ipsec-remote-id", "b@example.org", -2 },
    { "ipsec-psk", "correct horse", -2 },
    { "ipsec-psk", "0x00ff", -2 },
    { "ipsec-psk", "0sAP8=", -2 },
    { "ipsec-psk-flags", "7", 7 },
    { "ipsec-ca", "/etc/ipsec/ca one.pem", -2 },
    { "ipsec-private-key", "pkcs11:token=card;object=key", -2 },
    { "ipsec-remote-pubkey", "0sAwEAAQ==", -2 },
    { "ipsec-remote-pubkey", "-----BEGIN PUBLIC KEY-----AwEA AQ==-----END PUBLIC KEY-----", -2 },
    { "ipsec-private-key-password", "0x is no prefix here", -2 },
    { "ipsec-ike-version", "1", 1 },
    { "ipsec-ike-proposals", "aes256-sha256-modp2048", -2 },
    { "ipsec-ike-proposals", "AES128GCM16-prfsha256-ecp256, default", -2 },
    { "ipsec-esp-proposals", "aes128gcm16-x25519-ke1_mlkem768,null-sha256", -2 },
    { "ipsec-ike-lifetime", "4h", 14400 },
    { "ipsec-ike-lifetime", "90m", 5400 },
    { "ipsec-ike-lifetime", "30d", 2592000 },
    { "ipsec-esp-lifetime", "60", 60 },
    { "ipsec-esp-lifetime", "61s", 61 },
    { "ipsec-dpd-delay", "0", 0 },
    { "ipsec-mode", "transport", GRE_ESP_TRANSPORT },
    { "ipsec-mode", "tunnel", GRE_ESP_TUNNEL },
    { "ipsec-encap", "auto", 0 },
    { "ipsec-encap", "yes", 1 },
    { "ipsec-encap", "no", 2 },
    { "ipsec-replay-window", "4096", 4096 },
    { "ipsec-hw-offload", "packet", GRE_HW_OFFLOAD_PACKET },
    { "ipsec-start", "respond", GRE_START_RESPOND },
};

static void
test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(GreValue) value = { 0 };
        const GreProperty *property = gre_property_find(good[i].name);

        gre_property_parse(property, good[i].text, &value, &error);
        g_assert_no_error(error);
        g_assert_true(gre_property_check(property, good[i].text, NULL));
        if (good[i].number != -2)
            g_assert_cmpint(value.number, ==, good[i].number);
    }
}

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* For each type what it refuses, between bars. */
static const struct {
    const char *name;
    const char *allowed; /* how the message ends */
    const char *texts;
} bad[] = {
    { "mode", "\"gre\", \"ip6gre\" or \"xfrm\"", "GRE|gretap|gre |2|vti" },
    { "remote-networks",
      "networks with prefix length, such as 10.1.0.0/16 or fd00:1::/48, separated by spaces",
      "10.1.0.0|10.1.0.1/16|0.0.0.1/0|::1/0|fd00:1::/31|2001:db8::/129|10.1.0.0/16 10.1.0.0/16|"
      "10.1.0.0/16,10.2.0.0/16|10.1.0.0/16  10.2.0.0/16|any| " },
    { "ipsec", "\"no\", \"psk\" or \"pubkey\"", "yes|PSK|none| psk" },
    { "ipsec-mode", "\"transport\" or \"tunnel\"", "TUNNEL|beet|iptfs|yes|1" },
    { "ipsec-hw-offload", "\"no\", \"auto\", \"crypto\" or \"packet\"", "yes|full|0" },
    { "remote", "a unicast IP address or a DNS name",
      "0.0.0.0|::|224.0.0.5|ff02::1|127.0.0.1|::1|255.255.255.255|::ffff:192.0.2.1|192.0.2.256|"
      "192.0.2|1234|0x7f000001|fe80::1%eth0|-a.example|a-.example|a..example|.|a b|a/b|.example|"
      "b\303\274cher.example|" L63 "a.example|" L63 "." L63 "." L63 "." L63 },
    { "local", "a unicast IP address", "0.0.0.0|any|peer.example|127.0.0.1|ff02::1|192.0.2.1/24" },
    { "parent", "an interface name of 1 to 15 characters, without blanks, \"/\", \":\" and \"%\"",
      "sixteen-letters-|eth 0|a/b|.|..|eth0:1|eth%d" },
    { "ifname",
      "an interface name of 1 to 15 characters, without blanks, \"/\", \":\" and \"%\", that is "
      "not one of the kernel's own (gre0, ip6gre0 ...)",
      "gre0|gretap0|erspan0|ip6gre0|ip6tnl0|lo|all|default|sixteen-letters-|gre%d" },
    { "key",
      "a number from 0 to 4294967295 (decimal, 0x and hex digits, or 0 and octal digits), or a "
      "dotted quad",
      "-1|+1| 1|1 |08|0x|0xg|1a|4294967296|0x100000000|040000000000|1.2.3|1.2.3.256|1.2.3.4.5|::1|"
      "99999999999999999999999" },
    { "ttl", "a number from 1 to 255, or \"inherit\"", "300|256|-1|064|0x100|64.0|default|6 4" },
    { "tos", "a number from 0 to 255, or \"inherit\"", "256|-1|b8|inherit/4" },
    { "fwmark", "a number from 0 to 4294967295", "4294967296|0x1/0xff|inherit|1e3" },
    { "mtu", "a number from 68 to 65535, or \"auto\"", "67|65536|1500 bytes|1" },
    { "flow-label", "a number from 0 to 1048575, or \"inherit\"", "0x100000|-1|none" },
    { "encapsulation-limit", "a number from 0 to 255, or \"none\"", "256|inherit|-1" },
    { "checksum", "\"yes\" or \"no\"", "y|2|ja|yes " },
    { "ip4",
      "IPv4 addresses of this host with prefix length, such as 10.0.0.1/30, separated by spaces",
      "10.0.0.1|10.0.0.1/33|10.0.0.1/0|10.0.0.0/24|10.0.0.255/24|fd00::1/64|10.0.0.1/24,10.1.0.1/"
      "24|"
      "10.0.0.1/24  10.0.1.1/24|10.0.0.1/24 |10.0.0.1/24 10.0.0.1/30|224.0.0.1/4|127.0.0.1/8| " },
    { "ip6",
      "IPv6 addresses of this host with prefix length, such as fd00::1/64, separated by spaces",
      "fd00::1|fd00::1/129|10.0.0.1/24|ff02::1/16|::/64|::1/128" },
    { "protects", "text without leading or trailing blanks", " site|site | " },
    { "ipsec-remote-id",
      "an address, a name, an e-mail address or a distinguished name; it can't begin with \"%\" or "
      "with \"^\" (a regular expression)",
      "^.*$|%any|fqdn:^.*$| a.example|a.example " },
    { "ipsec-ike-proposals",
      "strongSwan proposals such as aes256-sha256-modp2048, separated by commas",
      "aes256!|,|aes256,|aes256,,aes128|aes 256|-aes|aes-|a{b}" },
    { "ipsec-ca", "an absolute file name or a pkcs11: URI",
      "ca.pem|./ca.pem|/|/etc/|pkcs11:|~/ca" },
    { "ipsec-remote-pubkey",
      "a public key in PEM form (its lines joined to one), or \"0s\" and base64",
      "0s|0sA|AwEAAQ==|/etc/key.pem|-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----|"
      "-----BEGIN PUBLIC KEY-----|-----BEGIN PUBLIC KEY-----*-----END PUBLIC KEY-----" },
    { "ipsec-ike-version", "a number from 1 to 2", "0|3|ikev2|2.0" },
    { "ipsec-ike-lifetime", "seconds from 60 to 2592000, or a time such as 90m, 8h or 1d",
      "59|0|31d|49711d|1.5h|4 h|h|4H|8hours|0x40|-90m|99999999999d|1h30m" },
    { "ipsec-dpd-delay", "seconds from 0 to 86400, or a time such as 90m, 8h or 1d",
      "86401|2d|off|-1" },
    { "ipsec-psk-flags", "a number from 0 to 7", "8|-1|agent" },
};

static void
test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        const GreProperty *property = gre_property_find(bad[i].name);
        g_autofree char   *allowed = gre_property_allowed(property);
        g_auto(GStrv) texts = g_strsplit(bad[i].texts, "|", -1);
        GreErrorCode code =
            property->group == GRE_GROUP_INSIDE ? GRE_ERROR_ADDRESS : GRE_ERROR_PROFILE;

        g_assert_cmpstr(allowed, ==, bad[i].allowed);
        g_assert_cmpuint(g_strv_length(texts), >=, 3);
        for (gsize j = 0; texts[j]; j++) {
            g_autoptr(GError) error = NULL;
            g_autofree char *shown = gre_value_quote(texts[j]);
            g_autofree char *expected = g_strdup_printf("%s: %s is invalid: expected %s",
                                                        bad[i].name, shown, bad[i].allowed);

            if (gre_property_check(property, texts[j], &error))
                g_error("%s: %s was taken", bad[i].name, shown);
            g_assert_error(error, GRE_ERROR, (gint) code);
            g_assert_cmpstr(error->message, ==, expected);
        }
    }
}

/* Each type has a row of bad values above, or is tested in test_bad_secrets(). */
static void
test_bad_covers_types(void)
{
    guint covered = 1u << GRE_TYPE_PSK | 1u << GRE_TYPE_PASSWORD;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        covered |= 1u << gre_property_find(bad[i].name)->type;
    for (const GreProperty *property = gre_property_table; property->name; property++)
        g_assert_cmpuint(covered & 1u << property->type, !=, 0);
}

static void
test_bad_secrets(void)
{
    static const char *const rows[][3] = {
        { "ipsec-psk", "0x123",
          "ipsec-psk: the value is invalid: expected text, \"0x\" and pairs of hex digits, or "
          "\"0s\" "
          "and "
          "base64" },
        { "ipsec-psk", "0sZZZ*",
          "ipsec-psk: the value is invalid: expected text, \"0x\" and pairs of hex digits, or "
          "\"0s\" "
          "and "
          "base64" },
        { "ipsec-psk", "two\nlines",
          "ipsec-psk: the value is invalid: it contains control characters or line breaks" },
        { "ipsec-private-key-password", "",
          "ipsec-private-key-password: the value is empty: expected text (or remove the "
          "property)" },
        { "ipsec-private-key-password", "a\tb",
          "ipsec-private-key-password: the value is invalid: it contains control characters or "
          "line breaks" },
        { "ipsec-private-key-password", "\xff",
          "ipsec-private-key-password: the value is invalid: it contains control characters or "
          "line breaks" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(gre_property_check(gre_property_find(rows[i][0]), rows[i][1], &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_SECRET);
        g_assert_cmpstr(error->message, ==, rows[i][2]);
    }
}

/* No type takes an empty value or one with control characters. */
static void
test_never(void)
{
    static const char *const texts[] = { "",      "\n",          "1\n",       "a\nb",
                                         "a\x7f", "\x1b[31m",    "a\302\205", "a\342\200\250",
                                         "\xc3",  "\xed\xa0\x80" };

    for (const GreProperty *property = gre_property_table; property->name; property++) {
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
            g_autoptr(GError) error = NULL;

            g_assert_false(gre_property_check(property, texts[i], &error));
            g_assert_nonnull(error);
            g_assert_true(g_str_has_prefix(error->message, property->name));
            g_assert_true(gre_value_is_printable(error->message));
        }
    }
}

static void
test_quote(void)
{
    static const char *const rows[][2] = {
        { "plain text", "\"plain text\"" },    { "", "\"\"" },
        { "a\nb\tc", "\"a\\nb\\x09c\"" },      { "say \"hi\" \\", "\"say \\\"hi\\\" \\\\\"" },
        { "gr\303\274n", "\"gr\303\274n\"" },  { "\xff\xfe", "\"\\xff\\xfe\"" },
        { "a\302\205b", "\"a\\u0085b\"" },     { "a\342\200\251b", "\"a\\u2029b\"" },
        { "a\342\200\256b", "\"a\\u202eb\"" },
    };
    g_autofree char *text = g_strnfill(81, 'x'), *quoted = gre_value_quote(text);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = gre_value_quote(rows[i][0]);

        g_assert_cmpstr(shown, ==, rows[i][1]);
    }
    g_assert_true(g_str_has_suffix(quoted, "x…\""));
    g_assert_cmpuint(g_utf8_strlen(quoted, -1), ==, 83);
}

static void
test_guess(void)
{
    static const char *const rows[][2] = {
        { "remot", "remote" },
        { "Remote", "remote" },
        { "dev", "parent" },
        { "psk", "ipsec-psk" },
        { "ike-version", "ipsec-ike-version" },
        { "tll", "ttl" },
        { "tso", "tos" },
        { "input_key", "input-key" },
        { "proto", NULL },
        { "colour", NULL },
        { "", NULL },
        { "x", NULL },
        { "chekcsum", "checksum" },
        { "ipsec-pks", "ipsec-psk" },
        { "remotes", "remote" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const GreProperty *guess = gre_property_guess(rows[i][0]);

        g_assert_cmpstr(guess ? guess->name : NULL, ==, rows[i][1]);
    }
}

/* What the parsers make of lists. */
static void
test_lists(void)
{
    g_auto(GStrv) proposals = gre_value_proposals("AES256-SHA256-modp2048, Default");
    g_autoptr(GArray) prefixes = gre_value_prefixes("10.0.0.1/30 10.1.0.1/16", AF_INET);
    char buf[GRE_ADDRESS_STRLEN];

    g_assert_cmpuint(g_strv_length(proposals), ==, 2);
    g_assert_cmpstr(proposals[0], ==, "aes256-sha256-modp2048");
    g_assert_cmpstr(proposals[1], ==, "default");
    g_assert_cmpuint(prefixes->len, ==, 2);
    g_assert_cmpuint(g_array_index(prefixes, GrePrefix, 1).length, ==, 16);
    g_assert_cmpstr(gre_address_to_string(&g_array_index(prefixes, GrePrefix, 1).address, buf), ==,
                    "10.1.0.1");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/property/complete", test_complete);
    g_test_add_func("/property/secrets", test_secrets);
    g_test_add_func("/property/rows", test_rows);
    g_test_add_func("/property/needs", test_needs);
    g_test_add_func("/property/guess", test_guess);
    g_test_add_func("/value/good", test_good);
    g_test_add_func("/value/bad", test_bad);
    g_test_add_func("/value/bad-covers-types", test_bad_covers_types);
    g_test_add_func("/value/bad-secrets", test_bad_secrets);
    g_test_add_func("/value/never", test_never);
    g_test_add_func("/value/quote", test_quote);
    g_test_add_func("/value/lists", test_lists);
    return g_test_run();
}
