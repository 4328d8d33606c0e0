/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a tunnel: what the model makes of a profile, and what each format makes of it.
 *
 * Every directory of tests/data/remote has a profile, "profile", and a golden file for each format,
 * or its error. The Linux formats are applied to real hosts by the virtual machine's tests and read
 * back by test-mirror.c; the routers' were written by their vendors' documentation, and not run:
 *
 * cisco-ios   Cisco IOS Security Configuration Guide: "Configuring Internet Key Exchange Version
 * 2", "Sharing IPsec with Tunnel Protection", document 64565 (keepalive); for ESP's mode the GRE
 * over IPsec example of docs.vyos.io/configexamples/site-2-site-cisco vyos        docs.vyos.io:
 * configuration/interfaces/tunnel, configuration/vpn/ipsec; vyos-1x,
 *             interface-definitions/{interfaces_tunnel,vpn_ipsec}.xml.in
 *             certificates and keys: site2site_ipsec.rst (authentication rsa, x509), pki
 * mikrotik    help.mikrotik.com/docs: GRE, IPsec; wiki.mikrotik.com: Manual:IP/IPsec
 * fortigate   community.fortinet.com: articles 198068 and 193524, GRE over IPsec; CLI reference:
 *             system gre-tunnel, vpn ipsec phase1-interface, phase2-interface
 * junos       juniper.net: "Configuring Unicast Tunnels" (gr- interfaces), "Understanding IPsec
 *             Operational Modes", "GRE Key Support"
 * openwrt     openwrt.org/docs/guide-user/network/tunneling_interface_protocols; package
 *             network/config/gre, files/gre.sh
 */
#include "remote/remote-formats.h"
#include "golden.h"
#include "gre-error.h"
#include "gre-secret.h"
#include "local-text.h"

#include <stdio.h>

#define CORPUS G_TEST_DIST, "remote"

/* ---- golden files ---- */

static char *
write_text(const char *directory, const GreRemoteFormat *format)
{
    g_autofree char *path = g_test_build_filename(CORPUS, directory, "profile", NULL);
    g_autofree char *text = NULL;
    g_auto(NearText) near;
    g_autoptr(GError) error = NULL;
    g_autoptr(GreRemoteEnd) end = NULL;
    char *result;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    near_text_init(&near, text);
    near.end.show_secrets = TRUE;
    end = gre_remote_end_new(&near.end, &error);
    g_assert_no_error(error);
    result = gre_remote_formats_write(format, end, &error);
    g_assert_true(!result == !!error);
    return result ? result : g_strdup_printf("error %s\n", error->message);
}

static void
test_golden(gconstpointer data)
{
    const char *directory = data;

    for (gsize i = 0; gre_remote_formats_table[i]; i++) {
        const GreRemoteFormat *format = gre_remote_formats_table[i];
        g_autofree char       *path = g_test_build_filename(CORPUS, directory, format->name, NULL);
        g_autofree char       *text = write_text(directory, format);

        golden_check(path, text);
    }
}

/* ---- what can be told and what can't ---- */

/* The far end borrows the keys, which so live to the end of the test. */
static GPtrArray *nears;

static void
free_near(gpointer near)
{
    near_text_clear(near);
    g_free(near);
}

static GreRemoteEnd *
make(const char *text, gboolean show, GError **error)
{
    NearText *near = g_new0(NearText, 1);

    near_text_init(near, text);
    near->end.show_secrets = show;
    g_ptr_array_add(nears, near);
    return gre_remote_end_new(&near->end, error);
}

static void
test_placeholder(void)
{
    static const char text[] = "remote=203.0.113.10\nlocal=198.51.100.2\nipsec=psk\n"
                               "!ipsec-psk=SECRET";

    for (gsize i = 0; gre_remote_formats_table[i]; i++) {
        g_autoptr(GreRemoteEnd) end = make(text, FALSE, NULL);
        g_autofree char *out = gre_remote_formats_write(gre_remote_formats_table[i], end, NULL);

        g_assert_nonnull(end);
        if (!out)
            continue; /* junos */
        g_assert_null(strstr(out, "SECRET"));
        g_assert_nonnull(strstr(out, GRE_REMOTE_END_PLACEHOLDER));
    }
}

static const struct {
    const char *text, *message;
} wrong[] = {
    { "remote=203.0.113.10", "the local address is not known: give it with --local ADDRESS" },
    { "remote=203.0.113.10\n>local=2001:db8::1",
      "the local address and the tunnel have different address families" },
    { "remote=b.example.org\n>local=198.51.100.2", "the peer's address is not known" },
    { "remote=203.0.113.10\nlocal=198.51.100.2\nipsec=psk",
      "NetworkManager doesn't store the pre-shared key: omit --show-secrets" },
    { "remote=203.0.113.10\nlocal=198.51.100.2\nipsec=pubkey\nipsec-ca=/c\nipsec-private-key=/e",
      "ipsec=pubkey: the local keys and certificates were not read" },
    { "protects=tunnel\nipsec=psk", "the tunnel that the profile protects doesn't exist" },
};

static void
test_wrong(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreRemoteEnd) end = make(wrong[i].text, TRUE, &error);

        g_assert_null(end);
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, ==, wrong[i].message);
    }
}

#define ENDS "remote=203.0.113.10\nlocal=198.51.100.2\n"
#define PSK  "ipsec=psk\n!ipsec-psk=x\n"

#define CERTIFICATE                                                                        \
    ENDS "ipsec=pubkey\nipsec-ca=/c\nipsec-cert=/d\nipsec-private-key=/e\n+id=a.example\n" \
         "+remote-id=b.example\n+cert=MIIB\n+subject=CN=a\n"

/* What both ends must have, and a format can't say. */
static const struct {
    const char *format, *text, *message;
} refused[] = {
    { "mikrotik", ENDS "key=42",
      "key: MikroTik RouterOS doesn't support this, and both ends need it" },
    { "networkd", ENDS "key=0",
      "key=0: systemd-networkd and strongSwan doesn't support this, and both ends need it" },
    { "iproute2", ENDS PSK "mode=xfrm",
      "mode=xfrm: Linux with iproute2 and strongSwan doesn't support this, and both ends need it" },
    { "cisco-ios", ENDS PSK "mode=xfrm",
      "mode=xfrm: Cisco IOS doesn't support this, and both ends need it" },
    { "xfrm", ENDS PSK,
      "GRE: Linux with an XFRM interface and strongSwan doesn't support this, and both ends need "
      "it" },
    { "swanctl", ENDS PSK "mode=xfrm\nlocal-networks=10.1.0.0/16",
      "local-networks and remote-networks must be set: without them, policies alone would take all "
      "of the peer's traffic" },
    { "cisco-ios", ENDS "input-key=1",
      "input-key, output-key: Cisco IOS doesn't support this, and both ends need it" },
    { "netplan", ENDS "checksum=yes",
      "checksum=yes: netplan and strongSwan doesn't support this, and both ends need it" },
    { "vyos", ENDS "sequence=yes",
      "sequence=yes: VyOS doesn't support this, and both ends need it" },
    { "junos", ENDS PSK,
      "ipsec-mode=transport: Junos supports IPsec in tunnel mode only: set ipsec-mode=tunnel" },
    { "junos", CERTIFICATE "+kind=rsa\nipsec-mode=tunnel",
      "ipsec=pubkey: Junos doesn't support this, and both ends need it" },
    { "fortigate", ENDS PSK "ipsec-mode=tunnel",
      "ipsec-mode=tunnel: FortiGate doesn't support this, and both ends need it" },
    { "nmcli", ENDS PSK "ipsec-mode=tunnel\n>local=192.0.2.9\n>own=198.51.100.2",
      "ipsec-mode=tunnel behind a NAT: NetworkManager with NetworkManager-gre doesn't support "
      "this, "
      "and both ends need it" },
    { "mikrotik", CERTIFICATE "+kind=rsa",
      "ipsec=pubkey: certificates must be imported by hand there, under names that are not known "
      "here; use a pre-shared key" },
    { "libreswan", CERTIFICATE "+kind=eddsa",
      "Ed25519: Linux with iproute2 and Libreswan doesn't support this, and both ends need it" },
    { "libreswan", CERTIFICATE "+remote-kind=ecdsa\n+remote-pubkey=MII",
      "raw public keys that are not RSA: Linux with iproute2 and Libreswan doesn't support this, "
      "and both ends need it" },
    { "vyos", CERTIFICATE "+remote-pubkey=MII\n+remote-rfc3110=0sAw",
      "a certificate at one end, a raw public key at the other: VyOS doesn't support this, and "
      "both ends need it" },
    { "cisco-ios", CERTIFICATE "+kind=rsa\n+authority=MII\nipsec-ike-version=1",
      "certificates with ipsec-ike-version=1: Cisco IOS doesn't support this, and both ends need "
      "it" },
    { "cisco-ios", CERTIFICATE "+kind=rsa",
      "trust in a certificate without its CA certificate: Cisco IOS doesn't support this, and both "
      "ends need it" },
    { "cisco-ios", ENDS PSK "ipsec-ike-version=1\nipsec-remote-id=b.example.org",
      "ipsec-local-id, ipsec-remote-id: Cisco IOS doesn't support this, and both ends need it" },
    { "vyos", ENDS PSK "ipsec-local-id=C=CH\\, O=x",
      "ipsec-local-id, ipsec-remote-id: VyOS doesn't support this, and both ends need it" },
    { "vyos", ENDS PSK "ipsec-local-id=a'b",
      "ipsec-local-id, ipsec-remote-id: VyOS doesn't support this, and both ends need it" },
    { "mikrotik", ENDS PSK "ipsec-esp-proposals=chacha20poly1305",
      "ipsec-esp-proposals: this format can't express chacha20poly1305; it can express "
      "aes256-sha256" },
    { "vyos", ENDS "ipsec=psk\n!ipsec-psk=two words",
      "ipsec-psk: has characters that the peer's command line doesn't accept: use letters and "
      "digits" },
};

static void
test_refused(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreRemoteEnd) end =
            make(refused[i].text, strstr(refused[i].text, "!") != NULL, &error);
        g_autofree char *out = NULL;

        g_assert_no_error(error);
        out = gre_remote_formats_write(gre_remote_formats_find(refused[i].format), end, &error);
        g_assert_null(out);
        g_assert_cmpstr(error->message, ==, refused[i].message);
    }
}

/* ---- what the two makes' own defaults have in common ---- */

static const struct {
    const char *format, *text, *line;
} defaults[] = {
    { "libreswan", ENDS PSK, "\n    pfs=no\n" },
    { "libreswan", ENDS PSK "ipsec-esp-proposals=aes256gcm16", "\n    pfs=no\n" },
    { "libreswan", ENDS PSK "ipsec-esp-proposals=aes256gcm16-modp2048", "\n    pfs=yes\n" },
};

static void
test_defaults(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autoptr(GreRemoteEnd) end = make(defaults[i].text, TRUE, NULL);
        g_autofree char *out =
            gre_remote_formats_write(gre_remote_formats_find(defaults[i].format), end, NULL);

        g_assert_nonnull(strstr(out, defaults[i].line));
    }
}

/* ---- addresses inside ---- */

static const struct {
    const char *ours, *other; /* NULL: can't be told */
} hosts[] = {
    { "10.0.0.1/30", "10.0.0.2" },
    { "10.0.0.2/30", "10.0.0.1" },
    { "10.0.0.6/30", "10.0.0.5" },
    { "10.0.0.0/30", NULL },
    { "10.0.0.3/30", NULL },
    { "10.0.0.0/31", "10.0.0.1" },
    { "10.0.0.255/31", "10.0.0.254" },
    { "10.0.0.1/29", NULL },
    { "10.0.0.1/32", NULL },
    { "fd00::1/127", "fd00::" },
    { "fd00::/127", "fd00::1" },
    { "fd00::1/126", "fd00::2" },
    { "fd00::1/64", NULL },
};

static void
test_other_host(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        GreAddress other;
        GrePrefix  ours;
        char       buf[GRE_ADDRESS_STRLEN];

        g_assert_true(gre_address_prefix_parse(hosts[i].ours, &ours));
        g_assert_cmpint(gre_remote_end_other_host(&ours, &other), ==, hosts[i].other != NULL);
        if (hosts[i].other)
            g_assert_cmpstr(gre_address_to_string(&other, buf), ==, hosts[i].other);
    }
}

/* What somebody says goes before what is concluded. */
static void
test_given(void)
{
    g_autoptr(GreRemoteEnd) end =
        make(ENDS ">inside=10.0.0.1/30\n>given=10.0.0.2/32 fd00::2/64", FALSE, NULL);

    g_assert_cmpuint(end->inside->len, ==, 2);
    g_assert_cmpuint(g_array_index(end->inside, GrePrefix, 0).length, ==, 32);
}

static const struct {
    const char *text, *name, *ifname;
} names[] = {
    { "site-a", "site-a", "site-a" },
    { "router.example.org", "router-example-org", "router-example" },
    { "gre0", "gre0", "to-peer" },
    { "10.0.0.1", "gre-10-0-0-1", "gre-10-0-0-1" },
    { "'; reboot #", "reboot", "reboot" },
    { "", "gre-peer", "gre-peer" },
};

static void
test_names(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = g_strconcat(ENDS ">name=", names[i].text, NULL);
        g_autoptr(GreRemoteEnd) end = make(text, FALSE, NULL);

        g_assert_cmpstr(end->name, ==, names[i].name);
        g_assert_cmpstr(end->ifname, ==, names[i].ifname);
    }
}

static const struct {
    const char *text;
    guint       mtu;
} mtus[] = {
    { ENDS, 1476 },
    { ENDS "key=1", 1472 },
    { ENDS "mtu=1300\n>mtu=1400", 1300 },
    { ENDS PSK ">mtu=1400", 1400 },
    { ENDS PSK "ipsec-esp-proposals=aes256gcm16", 1442 },
    { ENDS PSK "ipsec-esp-proposals=aes256-sha256", 1434 },
    { ENDS PSK "ipsec-esp-proposals=aes256gcm16\nipsec-encap=yes", 1434 },
    { ENDS PSK "ipsec-esp-proposals=aes256gcm16\nipsec-mode=tunnel", 1422 },
};

static void
test_mtu(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mtus); i++) {
        g_autoptr(GreRemoteEnd) end = make(mtus[i].text, FALSE, NULL);

        g_assert_cmpuint(end->mtu, ==, mtus[i].mtu);
    }
}

static void
add_golden(void)
{
    static const char *const directories[] = { "psk",         "plain", "ip6",          "ikev1",
                                               "certificate", "raw",   "pinned",       "tunnel",
                                               "tunnel-nat",  "xfrm",  "xfrm-networks" };

    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *path = g_strconcat("/far-end/golden/", directories[i], NULL);

        g_test_add_data_func(path, directories[i], test_golden);
    }
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    nears = g_ptr_array_new_with_free_func(free_near);
    add_golden();
    g_test_add_func("/far-end/placeholder", test_placeholder);
    g_test_add_func("/far-end/wrong", test_wrong);
    g_test_add_func("/far-end/refused", test_refused);
    g_test_add_func("/far-end/defaults", test_defaults);
    g_test_add_func("/far-end/other-host", test_other_host);
    g_test_add_func("/far-end/given", test_given);
    g_test_add_func("/far-end/names", test_names);
    g_test_add_func("/far-end/mtu", test_mtu);
    result = g_test_run();
    g_ptr_array_unref(nears);
    return result;
}
