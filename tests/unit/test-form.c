/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The editor's form and packet, without a toolkit.
 */
#include "gre-error.h"
#include "gre-form.h"
#include "gre-packet.h"
#include "gre-words.h"

#include <string.h>

static GreForm *
new_form(const char *text)
{
    g_autoptr(NMSettingVpn) vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (gsize i = 0; lines[i] && lines[i][0]; i++) {
        char *equals = strchr(lines[i], '=');

        *equals = '\0';
        if (lines[i][0] == '!')
            nm_setting_vpn_add_secret(vpn, lines[i] + 1, equals + 1);
        else
            nm_setting_vpn_add_data_item(vpn, lines[i], equals + 1);
    }
    return gre_form_new(vpn);
}

static void
set(GreForm *form, const char *name, const char *text)
{
    gre_form_set(form, gre_property_find(name), text);
}

static void
assert_wrong(const GreForm *form, const char *name)
{
    const GreProperty *where;
    g_autoptr(GError) error = NULL;

    if (!name) {
        gre_form_check(form, NULL, &where, &error);
        g_assert_no_error(error);
        return;
    }
    g_assert_false(gre_form_check(form, NULL, &where, &error));
    g_assert_nonnull(where);
    g_assert_cmpstr(where->name, ==, name);
    g_assert_null(strstr(error->message, ": \"")); /* the name is off */
}

static const struct {
    const char *text, *wrong;
} checks[] = {
    { "", "remote" },
    { "remote=198.51.100.7\n", NULL },
    { "remote=198.51.100.7\nlocal=2001:db8::1\n", "local" },
    { "remote=198.51.100.7\nttl=256\n", "ttl" },
    { "remote=198.51.100.7\nkey=1\ninput-key=1\n", "key" },
    { "remote=198.51.100.7\nflow-label=1\n", "flow-label" },
    { "remote=198.51.100.7\nfrom-the-future=1\n", NULL },
    { "remote=198.51.100.7\n!other=1\n", NULL },
    { "remote=198.51.100.7\nipsec=pubkey\n", "ipsec-private-key" },
    { "remote=198.51.100.7\nipsec=pubkey\nipsec-private-key=/k\n", "ipsec-ca" },
    { "remote=198.51.100.7\nipsec-start=trap\n", "ipsec-start" },
    /* Its key may only not have been shown to us. */
    { "remote=198.51.100.7\nipsec=psk\n", NULL },
    { "protects=hub\nipsec=psk\n", NULL },
};

static void
test_check(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_autoptr(GreForm) form = new_form(checks[i].text);

        assert_wrong(form, checks[i].wrong);
    }
}

static void
test_interface_name(void)
{
    g_autoptr(GreForm) form = new_form("remote=198.51.100.7\n");
    g_autoptr(GError) error = NULL;
    const GreProperty *where;

    g_assert_false(gre_form_check(form, "gre0", &where, &error));
    g_assert_null(where);
    g_assert_nonnull(strstr(error->message, "interface-name"));
}

static void
test_psk(void)
{
    g_autoptr(GreForm) form = new_form("remote=198.51.100.7\n");

    set(form, "ipsec", "psk");
    assert_wrong(form, "ipsec-psk");
    set(form, "ipsec-psk-flags", "2"); /* asked for every time */
    assert_wrong(form, NULL);
    set(form, "ipsec-psk-flags", NULL);
    set(form, "ipsec-psk", "0xyz");
    assert_wrong(form, "ipsec-psk");
    set(form, "ipsec-psk", "0x01");
    assert_wrong(form, NULL);
}

/* What lost its meaning while editing goes; what had none before stays, and is an error. */
static void
test_dropped(void)
{
    g_autoptr(NMSettingVpn) vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autoptr(GreForm) form = new_form("remote=2001:db8::7\nflow-label=7\nx=1\n");

    set(form, "remote", "198.51.100.7");
    assert_wrong(form, NULL);
    gre_form_write(form, vpn);
    g_assert_cmpuint(nm_setting_vpn_get_num_data_items(vpn), ==, 2);
    g_assert_cmpstr(nm_setting_vpn_get_data_item(vpn, "x"), ==, "1");
    set(form, "remote", "2001:db8::8");
    gre_form_write(form, vpn);
    g_assert_cmpstr(nm_setting_vpn_get_data_item(vpn, "flow-label"), ==, "7");
}

/* What a program got after we were opened, or never showed us, isn't ours to take away. */
static void
test_not_shown(void)
{
    g_autoptr(NMSettingVpn) vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autoptr(GreForm) form = new_form("remote=198.51.100.7\nipsec=psk\n!gone=x\n");

    nm_setting_vpn_add_secret(vpn, "ipsec-psk", "the program's");
    nm_setting_vpn_add_secret(vpn, "other", "too");
    set(form, "ttl", "9");
    assert_wrong(form, NULL);
    gre_form_write(form, vpn);
    g_assert_cmpstr(nm_setting_vpn_get_secret(vpn, "ipsec-psk"), ==, "the program's");
    g_assert_cmpstr(nm_setting_vpn_get_secret(vpn, "other"), ==, "too");
    g_assert_cmpstr(nm_setting_vpn_get_secret(vpn, "gone"), ==, "x");

    set(form, "ipsec-psk", "a person's");
    gre_form_write(form, vpn);
    g_assert_cmpstr(nm_setting_vpn_get_secret(vpn, "ipsec-psk"), ==, "a person's");
    set(form, "ipsec-psk", "");
    gre_form_write(form, vpn);
    g_assert_null(nm_setting_vpn_get_secret(vpn, "ipsec-psk"));
}

/* But one whose method is gone goes with it. */
static void
test_not_shown_dropped(void)
{
    g_autoptr(NMSettingVpn) vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autoptr(GreForm) form = new_form("remote=198.51.100.7\nipsec=psk\n");

    nm_setting_vpn_add_secret(vpn, "ipsec-psk", "the program's");
    set(form, "ipsec", NULL);
    gre_form_write(form, vpn);
    g_assert_null(nm_setting_vpn_get_secret(vpn, "ipsec-psk"));
}

/* Of an XFRM interface: what GRE has not, and nothing of GRE's header. */
static void
test_usable_xfrm(void)
{
    g_autoptr(GreForm) form = new_form("remote=198.51.100.7\nmode=xfrm\nipsec=psk\n");
    const char *const gre[] = { "key",        "ttl",       "checksum",  "parent",
                                "ipsec-mode", "ignore-df", "flow-label" };
    const char *const xfrm[] = { "mode", "local-networks", "remote-networks", "mtu",
                                 "ipsec-encap" };

    for (guint i = 0; i < G_N_ELEMENTS(gre); i++)
        g_assert_false(gre_form_is_usable(form, gre_property_find(gre[i])));
    for (guint i = 0; i < G_N_ELEMENTS(xfrm); i++)
        g_assert_true(gre_form_is_usable(form, gre_property_find(xfrm[i])));
    set(form, "mode", NULL);
    g_assert_true(gre_form_is_usable(form, gre_property_find("key")));
    g_assert_false(gre_form_is_usable(form, gre_property_find("local-networks")));
}

static void
test_usable(void)
{
    g_autoptr(GreForm) form = new_form("remote=gw.example.org\nipsec-remote-cert=/c\n");

    g_assert_false(gre_form_is_usable(form, gre_property_find("ignore-df")));
    set(form, "mode", "gre");
    set(form, "path-mtu-discovery", "no");
    g_assert_true(gre_form_is_usable(form, gre_property_find("ignore-df")));
    g_assert_false(gre_form_is_usable(form, gre_property_find("ipsec-remote-cert")));
    set(form, "ipsec", "pubkey");
    g_assert_true(gre_form_is_usable(form, gre_property_find("ipsec-remote-cert")));
    g_assert_false(gre_form_is_usable(form, gre_property_find("ipsec-remote-pubkey")));
}

static void
test_unknown(void)
{
    g_autoptr(GreForm) none = new_form("remote=198.51.100.7\n");
    g_autoptr(GreForm) some = new_form("z=1\nremote=198.51.100.7\na=2\n");
    g_autofree char *names = gre_form_unknown(some);

    g_assert_null(gre_form_unknown(none));
    g_assert_cmpstr(names, ==, "a, z");
}

/* The figures of the tables in docs/mtu.md; parts as "name bytes", those that are encrypted in
 * brackets. */
static const struct {
    const char *text, *parts;
    guint       mtu;
} packets[] = {
    { "remote=198.51.100.7\n", "IPv4 20, GRE 4, packet 1476", 1476 },
    { "remote=2001:db8::7\nkey=1\n", "IPv6 40, GRE 8, packet 1452", 1452 },
    { "remote=198.51.100.7\nipsec=psk\nkey=1\n",
      "IPv4 20, ESP 8, IV 8, [GRE 8], [packet 1438], [ESP trailer 18]", 1438 },
    { "remote=198.51.100.7\nipsec=psk\nipsec-esp-proposals=aes256gcm16-modp2048\n", NULL, 1442 },
    { "remote=198.51.100.7\nipsec=psk\nipsec-esp-proposals=aes128-sha1\n", NULL, 1434 },
    { "remote=2001:db8::7\nipsec=psk\nipsec-esp-proposals=aes128-sha256\n", NULL, 1402 },
    { "remote=198.51.100.7\nipsec=psk\nipsec-encap=yes\n", NULL, 1434 },
    { "remote=198.51.100.7\nipsec=psk\nipsec-encap=no\n", NULL, 1442 },
    { "remote=198.51.100.7\nipsec=psk\nipsec-mode=tunnel\nipsec-encap=yes\n",
      "IPv4 20, UDP 8, ESP 8, IV 8, [IPv4 20], [GRE 4], [packet 1414], [ESP trailer 18]", 1414 },
    { "remote=2001:db8::7\nipsec=psk\nipsec-mode=tunnel\nipsec-esp-proposals=aes256-sha256\n", NULL,
      1362 },
};

static void
test_packet(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
        g_autoptr(GreForm) form = new_form(packets[i].text);
        g_autoptr(GString) parts = g_string_new(NULL);
        GrePacket packet;
        guint     sum = 0;

        gre_packet_compute(form, &packet);
        for (guint j = 0; j < packet.n; j++) {
            g_string_append_printf(parts, packet.parts[j].encrypted ? "%s[%s %u]" : "%s%s %u",
                                   j > 0 ? ", " : "", packet.parts[j].name, packet.parts[j].bytes);
            sum += packet.parts[j].bytes;
        }
        if (packets[i].parts)
            g_assert_cmpstr(parts->str, ==, packets[i].parts);
        g_assert_cmpuint(packet.mtu, ==, packets[i].mtu);
        g_assert_cmpuint(sum, ==, GRE_PACKET_LINK_MTU);
    }
}

/* Every key that has a row has a label of its own, and says what it takes. */
static void
test_words(void)
{
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        g_autofree char *name = gre_words_name(property);
        g_autofree char *allowed = gre_words_allowed(property);

        if (!g_str_has_suffix(property->name, "-flags")) {
            g_assert_cmpstr(name, !=, property->name);
            g_assert_nonnull(strchr(gre_words_label(property), '_'));
        }
        g_assert_null(strchr(name, '_'));
        g_assert_nonnull(allowed);
        for (gsize i = 0; property->choices && property->choices[i]; i++)
            g_assert_cmpstr(gre_words_choice(property, property->choices[i]), !=,
                            property->choices[i]);
    }
}

static const struct {
    const char *label, *name;
} labels[] = {
    { "_TTL", "TTL" },
    { "T_OS", "TOS" },
    { "Outer _header", "Outer header" },
    { "GRE キー(_K)", "GRE キー" },
    { "(_K)", "" },
    { "Start (_t", "Start (t" },
    { "plain", "plain" },
    { "", "" },
    { "_", "" },
    { "(_", "(" },
};

static const struct {
    const char *message, *name, *rest;
} messages[] = {
    { "remote: is missing", "remote", "is missing" },
    { "ipsec-private-key：缺失，应为：绝对文件名", "ipsec-private-key", "缺失，应为：绝对文件名" },
    { "remote : manque", "remote", "manque" },
    { "remote\302\240: manque", "remote", "manque" },
    { "remote", NULL, "remote" },
    { "remote host is down", NULL, "remote host is down" },
    { "remoter: is missing", NULL, "remoter: is missing" },
    { "connection.uuid: is missing", NULL, "connection.uuid: is missing" },
    { "", NULL, "" },
};

static void
test_names(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char   *message = g_strdup(messages[i].message);
        const GreProperty *property = gre_words_take_name(message);

        g_assert_cmpstr(property ? property->name : NULL, ==, messages[i].name);
        g_assert_cmpstr(message, ==, messages[i].rest);
    }
}

static void
test_mnemonics(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_autofree char *name = gre_words_strip(labels[i].label);

        g_assert_cmpstr(name, ==, labels[i].name);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/form/check", test_check);
    g_test_add_func("/form/interface-name", test_interface_name);
    g_test_add_func("/form/psk", test_psk);
    g_test_add_func("/form/dropped", test_dropped);
    g_test_add_func("/form/not-shown", test_not_shown);
    g_test_add_func("/form/not-shown-dropped", test_not_shown_dropped);
    g_test_add_func("/form/usable", test_usable);
    g_test_add_func("/form/usable-xfrm", test_usable_xfrm);
    g_test_add_func("/form/unknown", test_unknown);
    g_test_add_func("/form/packet", test_packet);
    g_test_add_func("/form/words", test_words);
    g_test_add_func("/form/names", test_names);
    g_test_add_func("/form/mnemonics", test_mnemonics);
    return g_test_run();
}
