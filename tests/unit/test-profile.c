/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole profiles: what the model holds, and how the keys get on with each other.
 */
#include "gre-error.h"
#include "gre-native.h"
#include "gre-profile.h"
#include "gre-property.h"
#include "gre-value.h"
#include "profile-text.h"
#include "settings-text.h"

static GreProfile *
profile_from(const char *text, GError **error)
{
    g_auto(ProfileText) profile = profile_text_parse(text);

    return gre_profile_new(&profile.source, error);
}

static GreProfile *
good_profile(const char *text)
{
    g_autoptr(GError) error = NULL;
    GreProfile *profile = profile_from(text, &error);

    g_assert_no_error(error);
    g_assert_nonnull(profile);
    return profile;
}

static void
assert_address(const GreAddress *address, const char *expected)
{
    char buf[GRE_ADDRESS_STRLEN];

    g_assert_cmpstr(gre_address_to_string(address, buf), ==, expected);
}

static void
assert_secret(const GreSecret *secret, gconstpointer bytes, gsize n)
{
    gsize         len;
    const guint8 *data = gre_secret_data(secret, &len);

    g_assert_cmpmem(data, len, bytes, n);
}

static void
test_defaults(void)
{
    g_autoptr(GreProfile) profile = good_profile("remote=198.51.100.1");
    const GreTunnelOptions *tunnel = &profile->tunnel;
    const GreIpsecOptions  *ipsec = &profile->ipsec;

    g_assert_cmpstr(profile->id, ==, "Site B");
    g_assert_true(g_str_has_prefix(profile->uuid, "7a1e3a0c"));
    g_assert_true(profile->mode_is_set);
    g_assert_cmpint(profile->mode, ==, GRE_MODE_GRE);
    assert_address(&profile->remote, "198.51.100.1");
    g_assert_null(profile->remote_name);
    g_assert_cmpint(profile->local.family, ==, AF_UNSPEC);
    g_assert_null(profile->parent);
    g_assert_null(profile->ifname);
    g_assert_null(profile->protects);
    g_assert_false(tunnel->has_input_key || tunnel->has_output_key);
    g_assert_cmpint(tunnel->ttl, ==, 64);
    g_assert_cmpint(tunnel->tos, ==, GRE_TOS_INHERIT);
    g_assert_true(tunnel->path_mtu_discovery);
    g_assert_false(tunnel->ignore_df || tunnel->checksum || tunnel->sequence);
    g_assert_cmpint(tunnel->encap_limit, ==, GRE_ENCAP_LIMIT_NONE);
    g_assert_cmpint(tunnel->flow_label, ==, 0);
    g_assert_cmpuint(tunnel->fwmark, ==, 0);
    g_assert_cmpuint(profile->mtu, ==, GRE_MTU_AUTO);
    g_assert_cmpuint(profile->n_ip4 + profile->n_ip6, ==, 0);
    g_assert_cmpint(ipsec->method, ==, GRE_IPSEC_NO);
    g_assert_cmpuint(ipsec->ike_version, ==, 2);
    g_assert_null(ipsec->ike_proposals);
    g_assert_null(ipsec->esp_proposals);
    g_assert_cmpuint(ipsec->ike_lifetime, ==, 4 * 60 * 60);
    g_assert_cmpuint(ipsec->esp_lifetime, ==, 60 * 60);
    g_assert_cmpuint(ipsec->dpd_delay, ==, 30);
    g_assert_false(ipsec->encap);
    g_assert_cmpuint(ipsec->replay_window, ==, 128);
    g_assert_cmpint(ipsec->mode, ==, GRE_ESP_TRANSPORT);
    g_assert_cmpint(ipsec->hw_offload, ==, GRE_HW_OFFLOAD_NO);
    g_assert_cmpint(ipsec->start, ==, GRE_START_INITIATE);
}

static void
test_all_tunnel_keys(void)
{
    g_autoptr(GreProfile) profile = good_profile(
        "mode=ip6gre\nremote=2001:db8::2\nlocal=2001:db8::1\nparent=eth0\nifname=tunnel0\n"
        "input-key=1234\noutput-key=0.0.22.46\nttl=inherit\ntos=0x10\npath-mtu-discovery=no\n"
        "checksum=yes\nsequence=true\nencapsulation-limit=4\nflow-label=0x12345\nfwmark=0x2a\n"
        "mtu=1400\nip4=10.0.0.1/30 10.9.0.1/32\nip6=fd00::1/64\n@=other0");
    const GreTunnelOptions *tunnel = &profile->tunnel;

    g_assert_cmpint(profile->mode, ==, GRE_MODE_IP6GRE);
    assert_address(&profile->remote, "2001:db8::2");
    assert_address(&profile->local, "2001:db8::1");
    g_assert_cmpstr(profile->parent, ==, "eth0");
    g_assert_cmpstr(profile->ifname, ==, "tunnel0");
    g_assert_true(tunnel->has_input_key && tunnel->has_output_key);
    g_assert_cmpuint(tunnel->input_key, ==, 1234);
    g_assert_cmpuint(tunnel->output_key, ==, 5678);
    g_assert_cmpint(tunnel->ttl, ==, 0);
    g_assert_cmpint(tunnel->tos, ==, 16);
    g_assert_false(tunnel->path_mtu_discovery);
    g_assert_true(tunnel->checksum && tunnel->sequence);
    g_assert_cmpint(tunnel->encap_limit, ==, 4);
    g_assert_cmpint(tunnel->flow_label, ==, 0x12345);
    g_assert_cmpuint(tunnel->fwmark, ==, 42);
    g_assert_cmpuint(profile->mtu, ==, 1400);
    g_assert_cmpuint(profile->n_ip4, ==, 2);
    assert_address(&profile->ip4[1].address, "10.9.0.1");
    g_assert_cmpuint(profile->ip4[1].length, ==, 32);
    g_assert_cmpuint(profile->n_ip6, ==, 1);
    g_assert_cmpuint(profile->ip6[0].length, ==, 64);
}

static void
test_all_ipsec_keys(void)
{
    g_autoptr(GreProfile) profile = good_profile(
        "remote=b.example\nipsec=pubkey\nipsec-local-id=a.example\nipsec-remote-id=b.example\n"
        "ipsec-ca=/ca.pem\nipsec-cert=/a.pem\nipsec-remote-cert=/b.pem\n"
        "ipsec-private-key=pkcs11:object=a\nipsec-private-key-password-flags=2\n"
        "!ipsec-private-key-password=0x1234\nipsec-ike-version=1\n"
        "ipsec-ike-proposals=AES256-sha256-modp2048,default\nipsec-esp-proposals=aes128gcm16\n"
        "ipsec-ike-lifetime=8h\nipsec-esp-lifetime=90m\nipsec-dpd-delay=0\nipsec-encap=yes\n"
        "ipsec-mode=tunnel\nipsec-replay-window=32\nipsec-hw-offload=crypto\nipsec-start=trap");
    const GreIpsecOptions *ipsec = &profile->ipsec;

    g_assert_cmpint(ipsec->method, ==, GRE_IPSEC_PUBKEY);
    g_assert_cmpstr(profile->remote_name, ==, "b.example");
    g_assert_cmpstr(ipsec->local_id, ==, "a.example");
    g_assert_cmpstr(ipsec->remote_id, ==, "b.example");
    g_assert_cmpstr(ipsec->ca, ==, "/ca.pem");
    g_assert_cmpstr(ipsec->cert, ==, "/a.pem");
    g_assert_cmpstr(ipsec->remote_cert, ==, "/b.pem");
    g_assert_cmpstr(ipsec->private_key, ==, "pkcs11:object=a");
    assert_secret(ipsec->private_key_password, "0x1234", 6);
    g_assert_cmpuint(ipsec->private_key_password_flags, ==, GRE_SECRET_NOT_SAVED);
    g_assert_cmpuint(ipsec->ike_version, ==, 1);
    g_assert_cmpstr(ipsec->ike_proposals[0], ==, "aes256-sha256-modp2048");
    g_assert_cmpstr(ipsec->ike_proposals[1], ==, "default");
    g_assert_null(ipsec->ike_proposals[2]);
    g_assert_cmpstr(ipsec->esp_proposals[0], ==, "aes128gcm16");
    g_assert_cmpuint(ipsec->ike_lifetime, ==, 28800);
    g_assert_cmpuint(ipsec->esp_lifetime, ==, 5400);
    g_assert_cmpuint(ipsec->dpd_delay, ==, 0);
    g_assert_true(ipsec->encap);
    g_assert_cmpuint(ipsec->replay_window, ==, 32);
    g_assert_cmpint(ipsec->mode, ==, GRE_ESP_TUNNEL);
    g_assert_cmpint(ipsec->hw_offload, ==, GRE_HW_OFFLOAD_CRYPTO);
    g_assert_cmpint(ipsec->start, ==, GRE_START_TRAP);
}

static void
test_keys(void)
{
    static const struct {
        const char *text;
        gboolean    has_in, has_out;
        guint32     in, out;
    } rows[] = {
        { "remote=198.51.100.1\nkey=42", TRUE, TRUE, 42, 42 },
        { "remote=198.51.100.1\nkey=0", TRUE, TRUE, 0, 0 },
        { "remote=198.51.100.1\nkey=010", TRUE, TRUE, 8, 8 },
        { "remote=198.51.100.1\ninput-key=7", TRUE, FALSE, 7, 0 },
        { "remote=198.51.100.1\noutput-key=0x7", FALSE, TRUE, 0, 7 },
        { "remote=198.51.100.1\ninput-key=1234\noutput-key=5678", TRUE, TRUE, 1234, 5678 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreProfile) profile = good_profile(rows[i].text);
        const GreTunnelOptions *tunnel = &profile->tunnel;

        g_assert_cmpint(tunnel->has_input_key, ==, rows[i].has_in);
        g_assert_cmpint(tunnel->has_output_key, ==, rows[i].has_out);
        g_assert_cmpuint(tunnel->input_key, ==, rows[i].in);
        g_assert_cmpuint(tunnel->output_key, ==, rows[i].out);
    }
}

static void
test_mode(void)
{
    static const struct {
        const char *text;
        gboolean    is_set;
        GreMode     mode;
    } rows[] = {
        { "remote=198.51.100.1", TRUE, GRE_MODE_GRE },
        { "remote=2001:db8::1", TRUE, GRE_MODE_IP6GRE },
        { "remote=b.example", FALSE, GRE_MODE_GRE },
        { "remote=b.example\nmode=gre", TRUE, GRE_MODE_GRE },
        { "remote=b.example\nmode=ip6gre", TRUE, GRE_MODE_IP6GRE },
        { "remote=b.example\nlocal=2001:db8::2", TRUE, GRE_MODE_IP6GRE },
        { "remote=b.example\nlocal=198.51.100.2", TRUE, GRE_MODE_GRE },
        { "remote=fe80::1\nparent=eth0", TRUE, GRE_MODE_IP6GRE },
        { "remote=198.51.100.1\nmode=xfrm\nipsec=psk", TRUE, GRE_MODE_XFRM },
        { "remote=2001:db8::1\nlocal=2001:db8::2\nmode=xfrm\nipsec=psk", TRUE, GRE_MODE_XFRM },
        { "remote=b.example\nmode=xfrm\nipsec=psk", TRUE, GRE_MODE_XFRM },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreProfile) profile = good_profile(rows[i].text);

        g_assert_cmpint(profile->mode_is_set, ==, rows[i].is_set);
        g_assert_cmpint(profile->mode, ==, rows[i].mode);
    }
}

/* Combinations that look odd and are right. */
static void
test_allowed(void)
{
    static const char *const texts[] = {
        "remote=198.51.100.1\nttl=64\npath-mtu-discovery=no",
        "remote=198.51.100.1\nignore-df=yes\npath-mtu-discovery=no",
        "remote=198.51.100.1\nignore-df=no",
        "remote=b.example\nmode=gre\nignore-df=no",
        "remote=198.51.100.1\nmtu=576\nip4=10.0.0.1/30",
        "remote=198.51.100.1\nip4=198.51.100.2/24",
        "remote=198.51.100.1\nlocal=198.51.100.2\nip4=198.51.100.2/32",
        "remote=198.51.100.1\nmtu=1280\nip6=fd00::1/64",
        "remote=198.51.100.1\nmtu=0\nip6=fd00::1/64",
        "protects=Tunnel to B\nipsec=psk\n!ipsec-psk=x\n@=gre0",
        "remote=b.example\nipsec=psk",
        "remote=b.example\nipsec=psk\nipsec-ike-proposals=aes128gcm16-prfsha256-ecp256",
        "remote=b.example\nipsec=psk\nipsec-ike-version=1\nipsec-esp-proposals=aes128gcm16",
        "remote=b.example\nipsec=pubkey\nipsec-private-key=/a.pem\nipsec-remote-pubkey=0sAwEAAQ==",
        "remote=b.example\nipsec=pubkey\nipsec-private-key=/a.pem\nipsec-ca=/ca.pem",
        ("remote=b.example\nipsec=pubkey\nipsec-private-key=/a.pem\nipsec-ca=/ca.pem\n"
         "ipsec-remote-id=C=CH, CN=*"),
        "remote=b.example\nipsec=psk\nipsec-remote-id=keyid:*",
        "remote=b.example\nmode=xfrm\nipsec=psk\nlocal-networks=10.1.0.0/16 fd00:1::/48\nmtu=1400",
        "remote=b.example\nmode=xfrm\nipsec=psk\nremote-networks=fd00:1::/48\nmss-clamp=off",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        gre_profile_unref(good_profile(texts[i]));
}

#define B  "remote=198.51.100.1\n"
#define B6 "remote=2001:db8::1\n"

/* Profiles that are wrong, and what they hear. */
static const struct {
    const char  *text;
    GreErrorCode code;
    const char  *message;
} wrong[] = {
    /* Names of keys. */
    { B "colour=red", GRE_ERROR_PROFILE, "\"colour\": unknown property" },
    { B "remot=198.51.100.1", GRE_ERROR_PROFILE,
      "\"remot\": unknown property; did you mean \"remote\"?" },
    { B "dev=eth0", GRE_ERROR_PROFILE, "\"dev\": unknown property; did you mean \"parent\"?" },
    { B "=1", GRE_ERROR_PROFILE, "\"\": unknown property" },
    { B "b=1\nzzzz=1\naaaa=1", GRE_ERROR_PROFILE, "\"aaaa\": unknown property" },
    { B "ipsec=psk\nipsec-psk=hidden", GRE_ERROR_PROFILE,
      "ipsec-psk: a secret belongs in vpn.secrets, not in vpn.data" },
    { B "!ttl=5", GRE_ERROR_PROFILE, "ttl: belongs in vpn.data, not in vpn.secrets" },
    { B "!psk=hidden", GRE_ERROR_PROFILE,
      "\"psk\": unknown property; did you mean \"ipsec-psk\"?" },

    /* Single values. */
    { B "ttl=300", GRE_ERROR_PROFILE,
      "ttl: \"300\" is invalid: expected a number from 1 to 255, or \"inherit\"" },
    { "remote=", GRE_ERROR_PROFILE,
      "remote: \"\" is empty: expected a unicast IP address or a DNS name (or remove the "
      "property)" },
    { B "ip4=10.0.0.1", GRE_ERROR_ADDRESS,
      "ip4: \"10.0.0.1\" is invalid: expected IPv4 addresses of this host with prefix length, such "
      "as 10.0.0.1/30, separated by spaces" },
    { B "ipsec=psk\n!ipsec-psk=0xhidden", GRE_ERROR_SECRET,
      "ipsec-psk: the value is invalid: expected text, \"0x\" and pairs of hex digits, or \"0s\" "
      "and "
      "base64" },
    { B "@=gre0", GRE_ERROR_PROFILE,
      "connection.interface-name, for ifname: \"gre0\" is invalid: expected an interface name of 1 "
      "to "
      "15 "
      "characters, without blanks, \"/\", \":\" and \"%\", that is not one of the kernel's own "
      "(gre0, "
      "ip6gre0 ...)" },

    /* Keys that are missing. */
    { "", GRE_ERROR_PROFILE, "remote: not set; expected a unicast IP address or a DNS name" },
    { B "ipsec=pubkey\nipsec-ca=/ca.pem", GRE_ERROR_PROFILE,
      "ipsec-private-key: not set; expected an absolute file name or a pkcs11: URI" },
    { B "ipsec=pubkey\nipsec-private-key=/a.pem", GRE_ERROR_PROFILE,
      "ipsec: \"pubkey\" requires ipsec-ca, ipsec-remote-cert or ipsec-remote-pubkey to "
      "authenticate the peer" },

    /* Keys that exclude each other. */
    { B "key=1\ninput-key=1", GRE_ERROR_PROFILE, "key: \"1\" cannot be combined with input-key" },
    { B "key=1\noutput-key=2", GRE_ERROR_PROFILE, "key: \"1\" cannot be combined with output-key" },
    { B "ipsec=pubkey\nipsec-private-key=/a\nipsec-remote-cert=/b\nipsec-remote-pubkey=0sAwEAAQ==",
      GRE_ERROR_PROFILE, "ipsec-remote-cert: \"/b\" cannot be combined with ipsec-remote-pubkey" },
    { B "protects=B\nipsec=psk", GRE_ERROR_PROFILE,
      "remote: \"198.51.100.1\" cannot be combined with protects: the protected profile supplies "
      "it" },
    { "ip4=10.0.0.1/30\nprotects=B\nipsec=psk", GRE_ERROR_ADDRESS,
      "ip4: \"10.0.0.1/30\" cannot be combined with protects: the protected profile supplies it" },
    { "mtu=auto\nprotects=B\nipsec=psk", GRE_ERROR_PROFILE,
      "mtu: \"auto\" cannot be combined with protects: the protected profile supplies it" },

    /* Keys that need others. The first three would otherwise run in clear text. */
    { B "!ipsec-psk=hidden", GRE_ERROR_SECRET, "ipsec-psk: the value requires ipsec=psk" },
    { B "ipsec-psk-flags=1", GRE_ERROR_PROFILE, "ipsec-psk-flags: \"1\" requires ipsec=psk" },
    { B "ipsec=no\nipsec-dpd-delay=30", GRE_ERROR_PROFILE,
      "ipsec-dpd-delay: \"30\" requires ipsec=psk or ipsec=pubkey" },
    { "protects=B\nipsec=no", GRE_ERROR_PROFILE,
      "protects: \"B\" requires ipsec=psk or ipsec=pubkey" },
    { "protects=B", GRE_ERROR_PROFILE, "protects: \"B\" requires ipsec=psk or ipsec=pubkey" },
    { B "ipsec=psk\nipsec-cert=/a.pem", GRE_ERROR_PROFILE,
      "ipsec-cert: \"/a.pem\" requires ipsec=pubkey" },
    { B "ipsec=psk\n!ipsec-private-key-password=hidden", GRE_ERROR_SECRET,
      "ipsec-private-key-password: the value requires ipsec=pubkey" },
    { B "ipsec=pubkey\nipsec-private-key=/a\nipsec-ca=/c\n!ipsec-psk=hidden", GRE_ERROR_SECRET,
      "ipsec-psk: the value requires ipsec=psk" },

    /* An XFRM interface has nothing of GRE's, and no meaning without IPsec. */
    { B "mode=xfrm", GRE_ERROR_PROFILE, "mode: \"xfrm\" requires ipsec=psk or ipsec=pubkey" },
    { B "mode=xfrm\nipsec=psk\nkey=7", GRE_ERROR_PROFILE,
      "key: \"7\" requires mode=gre or mode=ip6gre" },
    { B "mode=xfrm\nipsec=psk\nttl=64", GRE_ERROR_PROFILE,
      "ttl: \"64\" requires mode=gre or mode=ip6gre" },
    { B "mode=xfrm\nipsec=psk\nipsec-mode=tunnel", GRE_ERROR_PROFILE,
      "ipsec-mode: \"tunnel\" requires mode=gre or mode=ip6gre" },
    { B "mode=xfrm\nipsec=psk\nparent=eth0", GRE_ERROR_PROFILE,
      "parent: \"eth0\" requires mode=gre or mode=ip6gre" },
    { B "remote-networks=10.1.0.0/16", GRE_ERROR_PROFILE,
      "remote-networks: \"10.1.0.0/16\" requires mode=xfrm" },
    { B "mode=xfrm\nipsec=psk\nipsec-ike-version=1", GRE_ERROR_PROFILE,
      "ipsec-ike-version: \"1\" is invalid with mode=xfrm: expected 2" },
    { B "mode=xfrm\nipsec=psk\nlocal-networks=10.1.0.0/16\nremote-networks=fd00::/8",
      GRE_ERROR_PROFILE,
      "remote-networks: \"fd00::/8\" is invalid: local-networks has no network of the same "
      "family" },
    { B "mode=xfrm\nipsec=psk\nlocal=2001:db8::2", GRE_ERROR_PROFILE,
      "local: \"2001:db8::2\" is invalid: expected an IPv4 address, as for remote" },

    /* Identities that match more than one peer. */
    { B "ipsec=psk\nipsec-remote-id=*", GRE_ERROR_PROFILE,
      "ipsec-remote-id: \"*\" is a wildcard, which requires ipsec-ca: expected the identity of one "
      "peer" },
    { B "ipsec=psk\nipsec-remote-id=C=CH, CN=*", GRE_ERROR_PROFILE,
      "ipsec-remote-id: \"C=CH, CN=*\" is a wildcard, which requires ipsec-ca: expected the "
      "identity of one peer" },
    { B "ipsec=pubkey\nipsec-private-key=/a\nipsec-remote-cert=/b\nipsec-remote-id=fqdn:*",
      GRE_ERROR_PROFILE,
      "ipsec-remote-id: \"fqdn:*\" is a wildcard, which requires ipsec-ca: expected the identity "
      "of "
      "one peer" },
    { B "ipsec=pubkey\nipsec-private-key=/a\nipsec-ca=/c\nipsec-remote-pubkey=0sAwEAAQ==\n"
        "ipsec-remote-id=*@example.org",
      GRE_ERROR_PROFILE,
      "ipsec-remote-id: \"*@example.org\" is a wildcard, which cannot be combined with "
      "ipsec-remote-pubkey: expected the identity of one peer" },

    { B "flow-label=1", GRE_ERROR_PROFILE, "flow-label: \"1\" requires mode=ip6gre" },
    { B "encapsulation-limit=4", GRE_ERROR_PROFILE,
      "encapsulation-limit: \"4\" requires mode=ip6gre" },
    { "remote=b.example\nflow-label=1", GRE_ERROR_PROFILE,
      "flow-label: \"1\" requires mode=ip6gre" },
    { B6 "ignore-df=no", GRE_ERROR_PROFILE, "ignore-df: \"no\" requires mode=gre" },
    { B "ignore-df=yes", GRE_ERROR_PROFILE, "ignore-df: \"yes\" requires path-mtu-discovery=no" },
    { B "ipsec=psk\nipsec-ike-version=1\nipsec-ike-proposals=aes128gcm16-prfsha256-ecp256",
      GRE_ERROR_PROFILE,
      "ipsec-ike-proposals: \"aes128gcm16-prfsha256-ecp256\" is invalid with ipsec-ike-version=1, "
      "which has no AES-GCM, AES-CCM and ChaCha20: expected a proposal such as "
      "aes256-sha256-modp2048" },
    { B "ipsec=psk\nipsec-ike-proposals=aes256-sha256-modp2048,aes256-sha256", GRE_ERROR_PROFILE,
      "ipsec-ike-proposals: \"aes256-sha256-modp2048,aes256-sha256\" has no Diffie-Hellman group: "
      "expected a proposal such as aes256-sha256-modp2048" },
    { B "ipsec=psk\nipsec-ike-proposals=aes256-sha2-modp2048", GRE_ERROR_PROFILE,
      "ipsec-ike-proposals: \"aes256-sha2-modp2048\" has \"sha2\", which strongSwan does not "
      "know" },
    { B "ipsec=psk\nipsec-esp-proposals=sha256", GRE_ERROR_PROFILE,
      "ipsec-esp-proposals: \"sha256\" has no encryption algorithm: expected a proposal such as "
      "aes256-sha256-modp2048" },
    { "ipsec=psk\nprotects=7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11", GRE_ERROR_PROFILE,
      "protects: \"7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11\" is this profile itself; expected the "
      "name or UUID of an ip-tunnel profile" },

    /* Addresses. */
    { B6 "mode=gre", GRE_ERROR_PROFILE,
      "remote: \"2001:db8::1\" is invalid with mode=gre: expected an IPv4 address" },
    { B "mode=ip6gre", GRE_ERROR_PROFILE,
      "remote: \"198.51.100.1\" is invalid with mode=ip6gre: expected an IPv6 address" },
    { "remote=b.example\nmode=gre\nlocal=2001:db8::1", GRE_ERROR_PROFILE,
      "local: \"2001:db8::1\" is invalid with mode=gre: expected an IPv4 address" },
    { B "local=2001:db8::1", GRE_ERROR_PROFILE,
      "local: \"2001:db8::1\" is invalid: expected an IPv4 address, as for remote" },
    { B "local=198.51.100.1", GRE_ERROR_PROFILE,
      "local: \"198.51.100.1\" must differ from remote" },
    { "remote=fe80::1", GRE_ERROR_PROFILE,
      "remote: \"fe80::1\" is a link-local address: set parent to its interface" },
    { "remote=fe80::1\nparent=eth0\nipsec=psk\n!ipsec-psk=fondue", GRE_ERROR_PROFILE,
      "remote: \"fe80::1\" is a link-local address, which strongSwan can't use: IPsec needs global "
      "or unique local addresses" },
    { B6 "local=fe80::1\nipsec=psk\n!ipsec-psk=fondue", GRE_ERROR_PROFILE,
      "local: \"fe80::1\" is a link-local address, which strongSwan can't use: IPsec needs global "
      "or unique local addresses" },
    { B "parent=tun9\nifname=tun9", GRE_ERROR_PROFILE,
      "parent: \"tun9\" must not be the tunnel's own interface" },
    { B "parent=tun9\n@=tun9", GRE_ERROR_PROFILE,
      "parent: \"tun9\" must not be the tunnel's own interface" },
    { B "ip4=10.0.0.1/30 198.51.100.1/32", GRE_ERROR_ADDRESS,
      "ip4: \"10.0.0.1/30 198.51.100.1/32\" is invalid: it contains the outer address of the "
      "peer" },
    { B6 "ip6=2001:db8::1/64", GRE_ERROR_ADDRESS,
      "ip6: \"2001:db8::1/64\" is invalid: it contains the outer address of the peer" },
    { B "mtu=1279\nip6=fd00::1/64", GRE_ERROR_PROFILE,
      "mtu: \"1279\" is too small for ip6: IPv6 needs at least 1280, or \"auto\"" },
};

static void
test_wrong(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreProfile) profile = profile_from(wrong[i].text, &error);

        g_assert_null(profile);
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, ==, wrong[i].message);
        g_assert_error(error, GRE_ERROR, (gint) wrong[i].code);
        g_assert_null(strstr(error->message, "hidden"));
        g_assert_null(profile_from(wrong[i].text, NULL));
    }
}

/* Whatever holds a line break or control character is refused, and shown on one line. */
static void
test_control_characters(void)
{
    static const char *const texts[] = { "a\nb", "\x1b[1mb", "b\r", "\x7f" };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        for (int where = 0; where < 6; where++) {
            g_auto(ProfileText) text = profile_text_parse(B "ipsec=psk");
            GreProfileSource *source = &text.source;
            g_autoptr(GError) error = NULL;
            char *bad = g_strdup(texts[i]);

            if (where == 0)
                g_hash_table_insert(source->data, bad, g_strdup("1"));
            else if (where == 1)
                g_hash_table_insert(source->data, g_strdup("ipsec-local-id"), bad);
            else if (where == 2)
                g_hash_table_insert(source->secrets, bad, g_strdup("1"));
            else if (where == 3)
                g_hash_table_insert(source->secrets, g_strdup("ipsec-psk"), bad);
            else if (where == 4)
                source->id = bad;
            else
                source->uuid = bad;
            g_assert_null(gre_profile_new(source, &error));
            g_assert_nonnull(error);
            g_assert_true(gre_value_is_printable(error->message));
            if (where >= 4)
                g_free(bad);
        }
    }
}

static void
test_connection(void)
{
    g_auto(ProfileText) text = profile_text_parse(B);
    g_autoptr(GError) error = NULL;

    text.source.secrets = (g_hash_table_unref(text.source.secrets), NULL);
    gre_profile_unref(gre_profile_new(&text.source, NULL));

    text.source.id = "Site\nB";
    g_assert_null(gre_profile_new(&text.source, &error));
    g_assert_cmpstr(
        error->message, ==,
        "connection.id: \"Site\\nB\" is invalid: expected text without control characters and "
        "line breaks");
    g_clear_error(&error);
    text.source.id = "B";
    text.source.uuid = "no.dots";
    g_assert_null(gre_profile_new(&text.source, &error));
    g_assert_cmpstr(error->message, ==,
                    "connection.uuid: \"no.dots\" is invalid: expected letters, digits and \"-\"");
    text.source.secrets = g_hash_table_new(g_str_hash, g_str_equal);
}

/* A value that is NULL counts as empty. */
static void
test_null_value(void)
{
    g_auto(ProfileText) text = profile_text_parse("");
    g_autoptr(GError) error = NULL;

    g_hash_table_insert(text.source.data, g_strdup("remote"), NULL);
    g_assert_null(gre_profile_new(&text.source, &error));
    g_assert_true(g_str_has_prefix(error->message, "remote: \"\" is empty"));
}

static void
test_interface_name(void)
{
    g_autoptr(GreProfile) profile = good_profile(B "@=site-b");
    g_autoptr(GreProfile) both = good_profile(B "@=site-b\nifname=tun9");
    g_autoptr(GreProfile) companion = good_profile("protects=B\nipsec=psk\n@=site-b");

    g_assert_cmpstr(profile->ifname, ==, "site-b");
    g_assert_cmpstr(both->ifname, ==, "tun9");
    g_assert_null(companion->ifname);
}

/* A companion, with what its tunnel's ip-tunnel setting has. */
static GreProfile *
companion_of(const char *properties, GError **error)
{
    g_auto(ProfileText) text = profile_text_parse("protects=tun2b\nipsec=psk");
    g_autoptr(GVariant) settings = settings_tunnel(properties);
    g_autoptr(GreNative) native = gre_native_new(settings, NULL);

    g_assert_nonnull(native);
    text.source.tunnel = native;
    return gre_profile_new(&text.source, error);
}

static void
test_protected(void)
{
    g_autoptr(GreProfile) gre = companion_of("'mode': <uint32 2>, 'remote': <'192.0.2.2'>", NULL);
    g_autoptr(GreProfile) tap = companion_of(
        "'mode': <uint32 11>, 'remote': <'2001:db8::2'>, 'local': <'2001:db8::1'>, "
        "'parent': <'eth0'>, 'output-key': <'7'>, 'mtu': <uint32 1300>, 'fwmark': <uint32 3>",
        NULL);

    g_assert_true(gre->mode_is_set && !gre->ethernet);
    g_assert_cmpint(gre->mode, ==, GRE_MODE_GRE);
    assert_address(&gre->remote, "192.0.2.2");
    g_assert_cmpint(gre->local.family, ==, AF_UNSPEC);
    g_assert_cmpstr(gre->ifname, ==, "tun2b");
    g_assert_null(gre->parent);
    g_assert_cmpuint(gre->mtu, ==, GRE_MTU_AUTO);
    g_assert_cmpint(gre->tunnel.encap_limit, ==, GRE_ENCAP_LIMIT_NONE);
    g_assert_cmpstr(gre->id, ==, "Site B");
    g_assert_cmpstr(gre->native->id, ==, "tun2b");

    g_assert_true(tap->mode_is_set && tap->ethernet);
    g_assert_cmpint(tap->mode, ==, GRE_MODE_IP6GRE);
    assert_address(&tap->remote, "2001:db8::2");
    assert_address(&tap->local, "2001:db8::1");
    g_assert_cmpstr(tap->parent, ==, "eth0");
    g_assert_cmpuint(tap->mtu, ==, 1300);
    g_assert_true(tap->tunnel.has_output_key && !tap->tunnel.has_input_key);
    g_assert_cmpuint(tap->tunnel.output_key, ==, 7);
    g_assert_cmpuint(tap->tunnel.fwmark, ==, 3);
    g_assert_cmpint(tap->tunnel.encap_limit, ==, 0);
}

/* Without the tunnel, and a tunnel without "protects". */
static void
test_unprotected(void)
{
    g_autoptr(GreProfile) alone = good_profile("protects=tun2b\nipsec=psk");
    g_auto(ProfileText) text = profile_text_parse(B);
    g_autoptr(GVariant) settings = settings_tunnel("'mode': <uint32 10>, 'remote': <'192.0.2.2'>");
    g_autoptr(GreNative) native = gre_native_new(settings, NULL);
    g_autoptr(GreProfile) profile = NULL;

    g_assert_null(alone->native);
    g_assert_false(alone->mode_is_set || alone->ethernet);
    g_assert_cmpint(alone->remote.family, ==, AF_UNSPEC);
    g_assert_null(alone->ifname);

    text.source.tunnel = native;
    profile = gre_profile_new(&text.source, NULL);
    g_assert_null(profile->native);
    g_assert_false(profile->ethernet);
    assert_address(&profile->remote, "198.51.100.1");
    g_assert_null(profile->ifname);
}

/* What NetworkManager takes, and can't be protected. */
static void
test_wrong_tunnel(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "'mode': <uint32 2>, 'remote': <'192.0.2.2'>, 'local': <'192.0.2.2'>",
          "protects: the tunnel \"tun2b\" has the same address for local and remote" },
        { "'mode': <uint32 8>, 'remote': <'fe80::2'>, 'parent': <'eth0'>",
          "protects: the tunnel \"tun2b\" has a link-local address, which strongSwan can't use: "
          "IPsec needs global or unique local addresses" },
        { "'mode': <uint32 8>, 'remote': <'fd00::2'>, 'local': <'fe80::2'>",
          "protects: the tunnel \"tun2b\" has a link-local address, which strongSwan can't use: "
          "IPsec needs global or unique local addresses" },
        { "'mode': <uint32 8>, 'remote': <'fd00::2'>, 'parent': <'tun2b'>",
          "protects: the tunnel \"tun2b\" is its own parent" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(companion_of(rows[i].text, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
    gre_profile_unref(
        companion_of("'mode': <uint32 8>, 'remote': <'fd00::2'>, 'parent': <'eth0'>", NULL));
}

static void
test_missing_secret(void)
{
    static const char key[] = B "ipsec=pubkey\nipsec-private-key=/a\nipsec-ca=/c\n";
    static const struct {
        const char *base, *more, *missing;
    } rows[] = {
        { B, "", NULL },
        { B "ipsec=psk\n", "", "ipsec-psk" },
        { B "ipsec=psk\n", "ipsec-psk-flags=0", "ipsec-psk" },
        { B "ipsec=psk\n", "ipsec-psk-flags=1", "ipsec-psk" },
        { B "ipsec=psk\n", "ipsec-psk-flags=2", "ipsec-psk" },
        { B "ipsec=psk\n", "ipsec-psk-flags=4", NULL },
        { B "ipsec=psk\n", "ipsec-psk-flags=5", NULL },
        { B "ipsec=psk\n", "!ipsec-psk=x", NULL },
        { B "ipsec=psk\n", "ipsec-psk-flags=1\n!ipsec-psk=x", NULL },
        { key, "", NULL },
        { key, "ipsec-private-key-password-flags=0", NULL },
        { key, "ipsec-private-key-password-flags=1", "ipsec-private-key-password" },
        { key, "ipsec-private-key-password-flags=2", "ipsec-private-key-password" },
        { key, "ipsec-private-key-password-flags=6", NULL },
        { key, "ipsec-private-key-password-flags=1\n!ipsec-private-key-password=x", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(rows[i].base, rows[i].more, NULL);
        g_autoptr(GreProfile) profile = good_profile(text);

        g_assert_cmpstr(gre_profile_missing_secret(profile), ==, rows[i].missing);
    }
}

static void
test_psk(void)
{
    g_autoptr(GreProfile) text = good_profile(B "ipsec=psk\n!ipsec-psk=correct horse");
    g_autoptr(GreProfile) hex = good_profile(B "ipsec=psk\n!ipsec-psk=0x00ff");
    g_autoptr(GreProfile) base64 = good_profile(B "ipsec=psk\n!ipsec-psk=0sAP8=");
    g_autoptr(GreProfile) again = gre_profile_ref(hex);

    assert_secret(text->ipsec.psk, "correct horse", 13);
    assert_secret(again->ipsec.psk, "\0\xff", 2);
    g_assert_true(gre_secret_equal(hex->ipsec.psk, base64->ipsec.psk));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/defaults", test_defaults);
    g_test_add_func("/profile/all-tunnel-keys", test_all_tunnel_keys);
    g_test_add_func("/profile/all-ipsec-keys", test_all_ipsec_keys);
    g_test_add_func("/profile/keys", test_keys);
    g_test_add_func("/profile/mode", test_mode);
    g_test_add_func("/profile/allowed", test_allowed);
    g_test_add_func("/profile/wrong", test_wrong);
    g_test_add_func("/profile/control-characters", test_control_characters);
    g_test_add_func("/profile/connection", test_connection);
    g_test_add_func("/profile/null-value", test_null_value);
    g_test_add_func("/profile/interface-name", test_interface_name);
    g_test_add_func("/profile/protected", test_protected);
    g_test_add_func("/profile/unprotected", test_unprotected);
    g_test_add_func("/profile/wrong-tunnel", test_wrong_tunnel);
    g_test_add_func("/profile/missing-secret", test_missing_secret);
    g_test_add_func("/profile/psk", test_psk);
    return g_test_run();
}
