/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What strongSwan is told of a peer, byte for byte, and which profiles can share one. */
#include "strongswan/peer-config.h"
#include "profile-text.h"
#include "vici-text.h"

#include <string.h>

static GreAddress
address(const char *text)
{
    GreAddress result;

    g_assert_true(gre_address_parse(text, &result));
    return result;
}

static GreProfile *
profile(const char *text)
{
    g_auto(ProfileText) source = profile_text_parse(text);
    g_autoptr(GError) error = NULL;
    GreProfile *result = gre_profile_new(&source.source, &error);

    g_assert_no_error(error);
    return result;
}

static void
test_names(void)
{
    static const struct {
        const char *local, *remote, *name;
    } rows[] = {
        { "192.0.2.1", "198.51.100.22", "nm-gre-192-0-2-1_198-51-100-22" },
        { "198.51.100.22", "192.0.2.1", "nm-gre-198-51-100-22_192-0-2-1" },
        { "2001:db8::1", "2001:db8::2", "nm-gre-2001-db8--1_2001-db8--2" },
        { "2001:DB8:0:0::1", "2001:db8:1::", "nm-gre-2001-db8--1_2001-db8-1--" },
        { "2001:db8:1::1", "2001:db8::1:1", "nm-gre-2001-db8-1--1_2001-db8--1-1" },
        { "1.1.1.1", "1.1.1.11", "nm-gre-1-1-1-1_1-1-1-11" },
        { "11.1.1.1", "1.1.1.1", "nm-gre-11-1-1-1_1-1-1-1" },
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        GreAddress local = address(rows[i].local), remote = address(rows[i].remote);
        char      *name = gre_peer_config_name(&local, &remote);

        g_assert_cmpstr(name, ==, rows[i].name);
        g_assert_null(strpbrk(name, ".:/ "));
        g_assert_true(g_hash_table_add(seen, name));
    }
}

typedef struct {
    const char *what;
    const char *profile;
    const char *local, *remote;
    const char *secret;     /* load-shared */
    const char *connection; /* load-conn */
} Row;

static const Row rows[] = {
    { "defaults", "remote=198.51.100.2\nipsec=psk\n!ipsec-psk=hello", "192.0.2.1", "198.51.100.2",
      "id=N type=IKE data=hello owners=[198.51.100.2] ",
      "N { version=2 local_addrs=[192.0.2.1] remote_addrs=[198.51.100.2] "
      "rekey_time=14400s reauth_time=0s over_time=1447s dpd_delay=30s mobike=no encap=no "
      "local { auth=psk id=192.0.2.1 } remote { auth=psk id=198.51.100.2 } "
      "children { gre { mode=transport local_ts=[dynamic[47]] remote_ts=[dynamic[47]] "
      "rekey_time=3600s replay_window=128 start_action=none close_action=none dpd_action=clear } } "
      "} " },
    { "tunnel", "remote=198.51.100.2\nipsec=psk\nipsec-mode=tunnel\n!ipsec-psk=hello", "192.0.2.1",
      "198.51.100.2", "id=N type=IKE data=hello owners=[198.51.100.2] ",
      "N { version=2 local_addrs=[192.0.2.1] remote_addrs=[198.51.100.2] "
      "rekey_time=14400s reauth_time=0s over_time=1447s dpd_delay=30s mobike=no encap=no "
      "local { auth=psk id=192.0.2.1 } remote { auth=psk id=198.51.100.2 } "
      "children { gre { mode=tunnel local_ts=[dynamic[47]] remote_ts=[dynamic[47]] "
      "rekey_time=3600s replay_window=128 start_action=none close_action=none dpd_action=clear } } "
      "} " },
    { "everything",
      "remote=2001:db8::2\nipsec=psk\nipsec-local-id=a.example\nipsec-remote-id=b.example\n"
      "ipsec-ike-version=1\nipsec-ike-proposals=aes128-sha1-modp1024,aes256-sha256-modp2048\n"
      "ipsec-esp-proposals=aes128gcm16\nipsec-ike-lifetime=28800\nipsec-esp-lifetime=7200\n"
      "ipsec-dpd-delay=0\nipsec-encap=yes\nipsec-replay-window=32\nipsec-hw-offload=crypto\n"
      "!ipsec-psk=0x414243",
      "2001:db8::1", "2001:db8::2", "id=N type=IKE data=ABC owners=[b.example] ",
      "N { version=1 local_addrs=[2001:db8::1] remote_addrs=[2001:db8::2] "
      "proposals=[aes128-sha1-modp1024,aes256-sha256-modp2048] rekey_time=28800s reauth_time=0s "
      "over_time=2887s dpd_delay=0s mobike=no encap=yes local { auth=psk id=a.example } "
      "remote { auth=psk id=b.example } children { gre { mode=transport local_ts=[dynamic[47]] "
      "remote_ts=[dynamic[47]] esp_proposals=[aes128gcm16] rekey_time=7200s replay_window=32 "
      "hw_offload=crypto start_action=none close_action=none dpd_action=clear } } } " },
};

static void
check_text(GBytes *message, const char *name, const char *expected)
{
    g_autofree char *text = vici_text_write(message);
    g_auto(GStrv) parts = NULL;
    g_autofree char *named = NULL;

    g_assert_true(
        vici_message_check(g_bytes_get_data(message, NULL), g_bytes_get_size(message), NULL, NULL));
    parts = g_strsplit(text, name, -1);
    named = g_strjoinv("N", parts);
    g_assert_cmpstr(named, ==, expected);
}

static void
test_messages(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GreProfile) with = profile(row->profile);
    GreAddress       local = address(row->local), remote = address(row->remote);
    g_autofree char *name = gre_peer_config_name(&local, &remote);
    g_autoptr(GBytes) secret = gre_peer_config_secret(name, &with->ipsec, &remote, NULL);
    g_autoptr(GBytes) connection =
        gre_peer_config_connection(name, with, 0, NULL, &local, &remote, NULL);

    check_text(secret, name, row->secret);
    check_text(connection, name, row->connection);
}

/* What charon is asked for an XFRM interface: tunnel mode, networks instead of GRE, and the if_id.
 */
static const struct {
    const char *lines, *child;
} interfaces[] = {
    { "", "mode=tunnel local_ts=[0.0.0.0/0,::/0] remote_ts=[0.0.0.0/0,::/0] if_id_in=4275878552 "
          "if_id_out=4275878552 rekey_time=3600s " },
    { "local-networks=10.1.0.0/16\nremote-networks=10.2.0.0/16 fd00:2::/48\n",
      "mode=tunnel local_ts=[10.1.0.0/16] remote_ts=[10.2.0.0/16,fd00:2::/48] if_id_in=4275878552 "
      "if_id_out=4275878552 rekey_time=3600s " },
};

static void
test_interface(void)
{
    GreAddress here = address("192.0.2.1"), there = address("192.0.2.2");

    for (guint i = 0; i < G_N_ELEMENTS(interfaces); i++) {
        g_autofree char *lines = g_strconcat(
            "remote=192.0.2.2\nmode=xfrm\nipsec=psk\n!ipsec-psk=x\n", interfaces[i].lines, NULL);
        g_autoptr(GreProfile) with = profile(lines);
        g_autoptr(GBytes) message =
            gre_peer_config_connection("N", with, 0xfedcba98, NULL, &here, &there, NULL);
        g_autofree char *text = vici_text_write(message);
        g_autofree char *wanted = g_strconcat("children { gre { ", interfaces[i].child, NULL);

        g_assert_true(vici_message_check(g_bytes_get_data(message, NULL), g_bytes_get_size(message),
                                         NULL, NULL));
        g_assert_nonnull(strstr(text, wanted));
    }
}

static void
test_hw_offload(void)
{
    static const char *const values[][2] = {
        { "no", NULL }, { "auto", "auto" }, { "crypto", "crypto" }, { "packet", "packet" }
    };
    GreAddress here = address("192.0.2.1"), there = address("192.0.2.2");

    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = g_strdup_printf(
            "remote=192.0.2.2\nipsec=psk\nipsec-hw-offload=%s\n!ipsec-psk=x", values[i][0]);
        g_autoptr(GreProfile) with = profile(text);
        g_autoptr(GBytes) message =
            gre_peer_config_connection("N", with, 0, NULL, &here, &there, NULL);
        ViciSection      section = vici_text_root(message);
        g_autofree char *value = NULL;

        g_assert_true(vici_section_section(&section, "N", &section));
        g_assert_true(vici_section_section(&section, "children", &section));
        g_assert_true(vici_section_section(&section, "gre", &section));
        value = vici_section_string(&section, "hw_offload");
        g_assert_cmpstr(value, ==, values[i][1]);
    }
}

static void
test_conflicts(void)
{
    static const char base[] = "remote=192.0.2.2\nipsec=psk\n!ipsec-psk=x\n";
    static const struct {
        const char *line, *key;
    } differences[] = {
        { "!ipsec-psk=y", "ipsec-psk" },
        { "ipsec-local-id=a", "ipsec-local-id" },
        { "ipsec-remote-id=b", "ipsec-remote-id" },
        { "ipsec-ike-version=1", "ipsec-ike-version" },
        { "ipsec-ike-proposals=aes256-sha512-modp4096", "ipsec-ike-proposals" },
        { "ipsec-esp-proposals=aes256-sha512", "ipsec-esp-proposals" },
        { "ipsec-ike-lifetime=7777", "ipsec-ike-lifetime" },
        { "ipsec-esp-lifetime=7777", "ipsec-esp-lifetime" },
        { "ipsec-dpd-delay=77", "ipsec-dpd-delay" },
        { "ipsec-mode=tunnel", "ipsec-mode" },
        { "ipsec-encap=yes", "ipsec-encap" },
        { "ipsec-encap=no", "ipsec-encap" },
        { "ipsec-replay-window=64", "ipsec-replay-window" },
        { "ipsec-hw-offload=auto", "ipsec-hw-offload" },
        /* What a tunnel has for itself. */
        { "key=7", NULL },
        { "ttl=9", NULL },
        { "ipsec-start=trap", NULL },
        { "mtu=1300", NULL },
    };
    g_autoptr(GreProfile) first = profile(base);

    g_autoptr(GreProfile) plain = profile("remote=192.0.2.2");

    g_assert_null(gre_peer_config_conflict(&first->ipsec, &first->ipsec));
    g_assert_cmpstr(gre_peer_config_conflict(&first->ipsec, &plain->ipsec), ==, "ipsec");
    for (guint i = 0; i < G_N_ELEMENTS(differences); i++) {
        g_autofree char *text = g_strconcat(base, differences[i].line, NULL);
        g_autoptr(GreProfile) second = profile(text);
        g_autoptr(GreProfile) again = profile(text);

        g_test_message("%s", differences[i].line);
        g_assert_cmpstr(gre_peer_config_conflict(&first->ipsec, &second->ipsec), ==,
                        differences[i].key);
        g_assert_cmpstr(gre_peer_config_conflict(&second->ipsec, &first->ipsec), ==,
                        differences[i].key);
        g_assert_null(gre_peer_config_conflict(&second->ipsec, &again->ipsec));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer-config/names", test_names);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/peer-config/messages/%s", rows[i].what);

        g_test_add_data_func(path, &rows[i], test_messages);
    }
    g_test_add_func("/peer-config/interface", test_interface);
    g_test_add_func("/peer-config/hw-offload", test_hw_offload);
    g_test_add_func("/peer-config/conflicts", test_conflicts);
    return g_test_run();
}
