/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mirror of the mirror: profiles at random, written for the other end in each format that can
 * be imported, read back as that end's profile, and mirrored again. What comes out is the profile
 * that was there, as far as the format has it.
 */
#include "remote/remote-formats.h"
#include "cli/local-end.h"
#include "gre-secret.h"
#include "gre-strongswan.h"
#include "import/import.h"
#include "import/local-addresses.h"
#include "import/write-keyfile.h"
#include "local-text.h"

#include <glib/gstdio.h>
#include <stdio.h>

enum { ROUNDS = 200 };

/* The other end's machine has these. */
static const char *const own[] = { "203.0.113.10", "2001:db8:b::10", NULL };

/* Which part of a tunnel a file has. */
enum {
    PART_TUNNEL = 1 << 0,
    PART_INSIDE = 1 << 1,
    PART_IPSEC = 1 << 2,
    PART_ENDS = 1 << 3,
    PART_ROUTER = 1 << 4,    /* of IPsec what a router has words for */
    PART_PLAIN = 1 << 7,     /* with IPsec it is refused */
    PART_WHOLE = 1 << 6,     /* the script is read with what it unpacks */
    PART_NO_REPLAY = 1 << 5, /* without the replay window, which is an end's own */
};

/* ---- profiles at random ---- */

static const char *
choose(const char *const *items, guint n)
{
    return items[g_test_rand_int_range(0, (gint32) n)];
}

#define CHOOSE(...)                              \
    choose((const char *const[]){ __VA_ARGS__ }, \
           G_N_ELEMENTS(((const char *const[]){ __VA_ARGS__ })))

static void
add(GString *out, const char *line)
{
    if (line)
        g_string_append_printf(out, "%s\n", line);
}

static void
add_tunnel(GString *out, gboolean ip6)
{
    add(out, ip6 ? "remote=2001:db8:b::10\nlocal=2001:db8:a::2"
                 : "remote=203.0.113.10\nlocal=198.51.100.2");
    add(out, CHOOSE(NULL, "key=42", "key=0", "key=4294967295", "input-key=1\noutput-key=2",
                    "input-key=7"));
    add(out, CHOOSE(NULL, NULL, "ttl=255", "ttl=1"));
    add(out, CHOOSE(NULL, NULL, "tos=16", "tos=0"));
    add(out, CHOOSE(NULL, NULL, NULL, "checksum=yes"));
    add(out, CHOOSE(NULL, NULL, NULL, "sequence=yes"));
    add(out, CHOOSE("mtu=1300", "mtu=1400"));
    if (ip6) {
        add(out, CHOOSE(NULL, "encapsulation-limit=4"));
        add(out, CHOOSE(NULL, "flow-label=1000"));
    } else {
        add(out,
            CHOOSE(NULL, NULL, "path-mtu-discovery=no", "path-mtu-discovery=no\nignore-df=yes"));
    }
}

static void
add_ipsec(GString *out)
{
    add(out, "ipsec=psk");
    add(out, CHOOSE("!ipsec-psk=correcthorse", "!ipsec-psk=0x00ff10", "!ipsec-psk=a \"b\" \\c",
                    "!ipsec-psk=a,b'c;d#e", "!ipsec-psk=0sAAECAwQFBgcICQ==",
                    "!ipsec-psk=0sMHgxMmFi" /* 0x12ab, as text */));
    add(out, CHOOSE(NULL, "ipsec-local-id=a.example.org", "ipsec-local-id=a@example.org"));
    add(out, CHOOSE(NULL, "ipsec-remote-id=b.example.org", "ipsec-remote-id=10.9.9.9"));
    if (g_test_rand_bit()) {
        add(out, "ipsec-ike-version=1");
        add(out, CHOOSE(NULL, "ipsec-ike-proposals=aes128-sha1-modp1536"));
    } else {
        add(out, CHOOSE(NULL, "ipsec-ike-proposals=aes256-sha256-modp2048",
                        "ipsec-ike-proposals=aes128-sha384-ecp256"));
    }
    add(out, CHOOSE(NULL, "ipsec-esp-proposals=aes256-sha256-modp2048",
                    "ipsec-esp-proposals=aes256gcm16", "ipsec-esp-proposals=aes128-sha1"));
    add(out, CHOOSE(NULL, "ipsec-ike-lifetime=8h"));
    add(out, CHOOSE(NULL, "ipsec-esp-lifetime=1800"));
    add(out, CHOOSE(NULL, "ipsec-dpd-delay=10"));
    add(out, CHOOSE(NULL, "ipsec-mode=tunnel"));
    add(out, CHOOSE(NULL, "ipsec-encap=yes"));
    add(out, CHOOSE(NULL, "ipsec-replay-window=64"));
}

static char *
random_profile(void)
{
    GString *out = g_string_new(NULL);

    add_tunnel(out, g_test_rand_bit());
    if (g_test_rand_bit())
        add_ipsec(out);
    add(out, CHOOSE(">inside=10.0.0.1/30", ">inside=10.0.0.1/31 fd00::1/127", ">inside=fd00::2/126",
                    ">inside=10.0.0.9/24\n>hop=10.0.0.77"));
    add(out, CHOOSE(">name=site-a", ">name=r1.example.org"));
    return g_string_free(out, FALSE);
}

/* ---- files of a script ---- */

static char *directory;

static char *
file_path(const char *name)
{
    return g_build_filename(directory, name, NULL);
}

/* Here-documents go into files by their names; (transfer full) what is left of the script. */
static char *
unpack(const char *script)
{
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
    g_autoptr(GString) file = NULL;
    g_autofree char *path = NULL;
    GString         *rest = g_string_new(NULL);

    for (gsize i = 0; lines[i]; i++) {
        if (path && strcmp(lines[i], "END") == 0) {
            g_assert_true(g_file_set_contents(path, file->str, -1, NULL));
            g_clear_pointer(&path, g_free);
        } else if (path) {
            g_string_append_printf(file, "%s\n", lines[i]);
        } else if (g_str_has_prefix(lines[i], "(umask ")) {
            const char      *start = strchr(lines[i], '>') + 1;
            g_autofree char *there = g_strndup(start, strcspn(start, ")"));
            g_autofree char *base = g_path_get_basename(there);

            path = strstr(there, "swanctl") ? file_path("swanctl.conf") : file_path(base);
            if (file)
                g_string_free(g_steal_pointer(&file), TRUE);
            file = g_string_new(NULL);
        } else {
            g_string_append_printf(rest, "%s\n", lines[i]);
        }
    }
    return g_string_free(rest, FALSE);
}

/* Lines for IPsec, which is in a file of its own. */
static gboolean
is_for_daemon(const char *line)
{
    return g_str_has_prefix(line, "swanctl ") || g_str_has_prefix(line, "swanctl=") ||
           g_str_has_prefix(line, "ip xfrm ") || g_str_has_prefix(line, "ipsec ") ||
           g_str_has_prefix(line, "systemctl ");
}

/* The commands of a tunnel whose IPsec is elsewhere are refused: they become a plain tunnel only
 * when somebody removes the lines that the refusal names. Takes @commands; (transfer full) */
static char *
without_daemon(char *commands)
{
    g_auto(GStrv) lines = g_strsplit(commands, "\n", -1);
    g_autofree char *path = file_path("protected.sh");
    g_autoptr(GError) error = NULL;
    GString *rest = g_string_new(NULL);
    gboolean removed = FALSE;

    for (gsize i = 0; lines[i]; i++) {
        if (!is_for_daemon(lines[i]))
            g_string_append_printf(rest, "%s\n", lines[i]);
        else
            removed = TRUE;
    }
    if (removed && strstr(commands, "ip tunnel add")) {
        g_assert_true(g_file_set_contents(path, commands, -1, NULL));
        g_assert_null(gre_import_file(path, NULL, &error));
        g_assert_nonnull(strstr(error->message, ": line "));
    }
    g_free(commands);
    return g_string_free(rest, FALSE);
}

static void
empty_directory(void)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = file_path(name);

        g_unlink(path);
    }
}

/* ---- reading back ---- */

static void
copy_secret(const char *key, const char *value, gpointer secrets)
{
    g_hash_table_insert(secrets, g_strdup(key), g_strdup(value));
}

static GreRemoteEnd *
mirror_of(NMConnection *connection, const NearText *original)
{
    g_autoptr(GHashTable) secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GreLocalProfile) near = NULL;
    g_autoptr(GError) error = NULL;
    GreLocalEnd   end = { .name = "back", .show_secrets = TRUE };
    GreRemoteEnd *result;

    nm_setting_vpn_foreach_secret(nm_connection_get_setting_vpn(connection), copy_secret, secrets);
    near = gre_local_end_new(connection, NULL, secrets, &error);
    g_assert_no_error(error);
    gre_local_end_fill(near, &end);
    /* Both ends are in every format; which address the other one has, in a script for it, is not
     * what a format may lose. */
    end.local = near->profile->local;
    g_assert_true(gre_address_equal(&end.local, &original->profile->remote));
    result = gre_remote_end_new(&end, &error);
    g_assert_no_error(error);
    return result;
}

#define SAME(member) g_assert_cmpint(back->member, ==, profile->member)

static void
compare_tunnel(const GreRemoteEnd *back, const GreProfile *profile, guint lacks)
{
    g_assert_cmpint(back->mode, ==, profile->mode);
    SAME(tunnel.has_input_key);
    SAME(tunnel.has_output_key);
    SAME(tunnel.input_key);
    SAME(tunnel.output_key);
    SAME(tunnel.checksum);
    SAME(tunnel.sequence);
    SAME(mtu);
    if (!(lacks & GRE_USES_TTL))
        SAME(tunnel.ttl);
    /* A TOS of 0 is NetworkManager's own default, which an import takes for none. */
    if (!(lacks & GRE_USES_TOS) && (!(lacks & GRE_USES_KEY_ZERO) || profile->tunnel.tos != 0))
        SAME(tunnel.tos);
    if (!(lacks & GRE_USES_FRAGMENTING))
        SAME(tunnel.path_mtu_discovery);
    if (!(lacks & GRE_USES_IGNORE_DF))
        SAME(tunnel.ignore_df);
    if (!(lacks & GRE_USES_ENCAP_LIMIT))
        SAME(tunnel.encap_limit);
    if (!(lacks & GRE_USES_FLOW_LABEL))
        SAME(tunnel.flow_label);
}

static void
compare_inside(const GreRemoteEnd *back, const NearText *original)
{
    /* Of a /24 the way back isn't known: no route of theirs goes by us. */
    if (original->inside->len != 0 && original->hops->len == 0) {
        g_assert_cmpuint(back->inside->len, ==, original->inside->len);
        for (guint i = 0; i < back->inside->len; i++)
            g_assert_true(
                gre_address_equal(&g_array_index(back->inside, GrePrefix, i).address,
                                  &g_array_index(original->inside, GrePrefix, i).address));
    }
}

static void
compare_lists(char **a, char **b)
{
    g_autofree char *x = a ? g_strjoinv(",", a) : g_strdup("");
    g_autofree char *y = b ? g_strjoinv(",", b) : g_strdup("");

    g_assert_cmpstr(x, ==, y);
}

/* The address is an identity as good as none. */
static void
compare_id(const char *back, const char *original, const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    gre_address_to_string(address, buf);
    g_assert_cmpstr(back ? back : buf, ==, original ? original : buf);
}

static void
compare_ipsec(const GreRemoteEnd *back, const GreProfile *profile, guint parts)
{
    const GreIpsecOptions *a = &back->profile->ipsec, *b = &profile->ipsec;

    g_assert_cmpint(a->method, ==, b->method);
    if (b->method == GRE_IPSEC_NO)
        return;
    g_assert_true(gre_secret_equal(a->psk, b->psk));
    compare_id(back->local_id, b->local_id, &profile->local);
    compare_id(back->remote_id, b->remote_id, &profile->remote);
    g_assert_cmpuint(a->ike_version, ==, b->ike_version);
    g_assert_cmpuint(a->ike_lifetime, ==, b->ike_lifetime);
    g_assert_cmpuint(a->esp_lifetime, ==, b->esp_lifetime);
    g_assert_cmpuint(a->dpd_delay, ==, b->dpd_delay);
    if (!(parts & PART_NO_REPLAY))
        g_assert_cmpuint(a->replay_window, ==, b->replay_window);
    g_assert_cmpint(a->mode, ==, b->mode);
    /* UDP without a NAT is not possible there; a proposal is named in any case. */
    if (!(parts & PART_ROUTER))
        g_assert_cmpint(a->encap, ==, b->encap);
    if (!(parts & PART_ROUTER) || b->ike_proposals)
        compare_lists(a->ike_proposals, b->ike_proposals);
    if (!(parts & PART_ROUTER) || b->esp_proposals)
        compare_lists(a->esp_proposals, b->esp_proposals);
}

static void
check_file(const char *name, const NearText *original, guint parts, guint lacks)
{
    g_autofree char *path = file_path(name);
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = gre_import_file(path, NULL, &error);
    g_autoptr(GreRemoteEnd) back = NULL;

    g_assert_no_error(error);
    back = mirror_of(connection, original);
    g_assert_true(gre_address_equal(&back->local, &original->profile->local));
    if (parts & PART_TUNNEL)
        compare_tunnel(back, original->profile, lacks);
    if (parts & PART_INSIDE)
        compare_inside(back, original);
    if (parts & PART_IPSEC)
        compare_ipsec(back, original->profile, parts);
}

/* ---- rounds ---- */

static const struct {
    const char *format;
    const char
        *tunnel; /* what it is in; NULL: the commands themselves; "*": beginning of the name */
    const char *ipsec; /* NULL: there too */
    guint       parts; /* PART_ROUTER and what follows it, or nothing */
} formats[] = {
    { "nmcli", NULL, NULL, 0 },
    { "ip-tunnel", NULL, "swanctl.conf", 0 },
    { "iproute2", NULL, "swanctl.conf", 0 },
    { "networkd", ".netdev", "swanctl.conf", 0 },
    { "netplan", ".yaml", "swanctl.conf", 0 },
    { "libreswan", NULL, ".conf", 0 },
    { "cisco-ios", NULL, NULL, PART_ROUTER },
    { "vyos", NULL, NULL, PART_ROUTER | PART_NO_REPLAY },
    { "mikrotik", NULL, NULL, PART_ROUTER | PART_NO_REPLAY },
    { "openwrt", NULL, NULL, PART_WHOLE },
    { "fortigate", NULL, NULL, PART_ROUTER | PART_NO_REPLAY },
    { "junos", NULL, NULL, PART_PLAIN },
};

static char *
find_file(const GreRemoteEnd *end, const char *suffix)
{
    if (suffix[0] != '.')
        return g_strdup(suffix);
    return g_strdup_printf("%s%s%s", strcmp(suffix, ".yaml") == 0 ? "60-" : "", end->name, suffix);
}

/* Protection that isn't read back is not lost in silence. */
static void
check_refused(const char *path)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(gre_import_file(path, NULL, &error));
    g_assert_nonnull(strstr(error->message, ": line "));
}

static void
check_script(
    gsize row, const GreRemoteEnd *end, const NearText *near, const char *script, guint lacks)
{
    gboolean         secured = near->profile->ipsec.method != GRE_IPSEC_NO;
    gboolean         whole = (formats[row].parts & PART_WHOLE) != 0;
    g_autofree char *rest = whole ? g_strdup(script) : without_daemon(unpack(script));
    g_autofree char *path = file_path("commands.sh");
    g_autofree char *tunnel =
        formats[row].tunnel ? find_file(end, formats[row].tunnel) : g_strdup("commands.sh");
    g_autofree char *ipsec = formats[row].ipsec ? find_file(end, formats[row].ipsec) : NULL;

    g_assert_true(g_file_set_contents(path, rest, -1, NULL));
    if (secured && (formats[row].parts & PART_PLAIN)) {
        check_refused(path);
        return;
    }
    check_file(tunnel, near,
               PART_TUNNEL | PART_INSIDE | (ipsec ? 0 : PART_IPSEC) | formats[row].parts, lacks);
    if (ipsec && secured)
        check_file(ipsec, near, PART_IPSEC, lacks);
}

static void
check_round(gsize row, guint *written)
{
    const GreRemoteFormat *format = gre_remote_formats_find(formats[row].format);
    g_autofree char       *text = random_profile();
    g_auto(NearText) near;
    g_autoptr(GError) error = NULL;
    g_autoptr(GreRemoteEnd) end = NULL;
    g_autofree char *script = NULL;

    near_text_init(&near, text);
    near.end.show_secrets = TRUE;
    end = gre_remote_end_new(&near.end, &error);
    g_assert_no_error(error);
    script = gre_remote_formats_write(format, end, NULL);
    if (!script)
        return; /* refused */
    (*written)++;
    g_test_message("%s\n%s", text, script);
    gre_local_addresses_set(own);
    check_script(row, end, &near, script, format->lacks);
    empty_directory();
}

static void
test_format(gconstpointer data)
{
    guint written = 0;

    /* Some formats lack much of what the profiles have. */
    for (guint i = 0; i < ROUNDS || (written <= ROUNDS / 20 && i < 10 * ROUNDS); i++)
        check_round(GPOINTER_TO_SIZE(data), &written);
    g_assert_cmpuint(written, >, ROUNDS / 20);
}

/* ---- certificates ---- */

/* What is read back of golden profiles: files by their new names, raw keys as they are. */
static const struct {
    const char *directory, *format, *file;
    const char *ca, *cert, *key, *pubkey, *remote_id;
} pubkeys[] = {
    { "certificate", "nmcli", "commands.sh", "/etc/nm-gre/site-a.pem", "/etc/nm-gre/site-a-own.pem",
      "/etc/nm-gre/site-a-own.key", NULL, "a.example.org" },
    { "certificate", "iproute2", "swanctl.conf", "/etc/swanctl/x509ca/site-a.pem",
      "/etc/swanctl/x509/site-a-own.pem", "/etc/swanctl/private/site-a-own.key", NULL,
      "a.example.org" },
    { "certificate", "libreswan", "site-a.conf", "/etc/ipsec.d/ca.pem", NULL,
      "/etc/ipsec.d/site-a-own.p12", NULL, "a.example.org" },
    { "certificate", "cisco-ios", "commands.sh", "/etc/swanctl/x509ca/tunnel.pem",
      "/etc/swanctl/x509/tunnel.pem", "/etc/swanctl/private/tunnel.pem", NULL, "a.example.org" },
    { "certificate", "vyos", "commands.sh", "/etc/swanctl/x509ca/tunnel.pem",
      "/etc/swanctl/x509/tunnel.pem", "/etc/swanctl/private/tunnel.pem", NULL, "a.example.org" },
    { "raw", "vyos", "commands.sh", NULL, NULL, "/etc/swanctl/private/tunnel.pem",
      "-----BEGIN PUBLIC KEY----- MIIBOURKEY== -----END PUBLIC KEY-----", NULL },
    { "raw", "nmcli", "commands.sh", NULL, NULL, "/etc/nm-gre/site-a-own.key",
      "-----BEGIN PUBLIC KEY----- MIIBOURKEY== -----END PUBLIC KEY-----", NULL },
    { "raw", "libreswan", "site-a.conf", NULL, NULL, "/etc/ipsec.d/site-a.key", "0sAwEAAOUR",
      "198.51.100.2" },
};

static void
check_pubkey(gsize row, const GreRemoteEnd *end)
{
    g_autofree char *script =
        gre_remote_formats_write(gre_remote_formats_find(pubkeys[row].format), end, NULL);
    g_autofree char *rest = unpack(script);
    g_autofree char *commands = file_path("commands.sh");
    g_autofree char *path = file_path(pubkeys[row].file);
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = NULL;
    const char *keys[][2] = {
        { "ipsec", "pubkey" },
        { "ipsec-ca", pubkeys[row].ca },
        { "ipsec-cert", pubkeys[row].cert },
        { "ipsec-private-key", pubkeys[row].key },
        { "ipsec-remote-pubkey", pubkeys[row].pubkey },
        { "ipsec-remote-id", pubkeys[row].remote_id },
        { "ipsec-remote-cert", NULL },
    };

    g_assert_true(g_file_set_contents(commands, rest, -1, NULL));
    connection = gre_import_file(path, NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_cmpstr(
            nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), keys[i][0]), ==,
            keys[i][1]);
    empty_directory();
}

static void
test_pubkey(gconstpointer data)
{
    gsize            row = GPOINTER_TO_SIZE(data);
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "remote", pubkeys[row].directory, "profile", NULL);
    g_autofree char *text = NULL;
    g_auto(NearText) near;
    g_autoptr(GreRemoteEnd) end = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    near_text_init(&near, text);
    end = gre_remote_end_new(&near.end, NULL);
    gre_local_addresses_set(own);
    check_pubkey(row, end);
}

/* ---- NetworkManager's own tunnels ---- */

static NMConnection *
native_tunnel(void)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSetting    *setting = nm_setting_connection_new(), *tunnel = nm_setting_ip_tunnel_new();
    NMSetting    *ip4 = nm_setting_ip4_config_new();
    NMIPAddress  *address = nm_ip_address_new(AF_INET, "10.0.0.1", 30, NULL);
    NMIPRoute    *route = nm_ip_route_new(AF_INET, "192.168.20.0", 24, "10.0.0.2", -1, NULL);

    g_object_set(setting, "id", "tun2b", "uuid", "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11", "type",
                 "ip-tunnel", "interface-name", "tun2b", NULL);
    g_object_set(tunnel, "mode", NM_IP_TUNNEL_MODE_GRE, "local", "198.51.100.2", "remote",
                 "203.0.113.10", "input-key", "1", "output-key", "2", "ttl", 64u, NULL);
    g_object_set(ip4, "method", "manual", NULL);
    nm_setting_ip_config_add_address(NM_SETTING_IP_CONFIG(ip4), address);
    nm_setting_ip_config_add_route(NM_SETTING_IP_CONFIG(ip4), route);
    nm_ip_address_unref(address);
    nm_ip_route_unref(route);
    nm_connection_add_setting(connection, setting);
    nm_connection_add_setting(connection, tunnel);
    nm_connection_add_setting(connection, ip4);
    return connection;
}

static NMConnection *
companion(void)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSetting    *setting = nm_setting_connection_new(), *vpn = nm_setting_vpn_new();

    g_object_set(setting, "id", "tun2b-ipsec", "uuid", "0b0f2b7b-38c9-4014-a9d7-5f0cd7702552",
                 "type", "vpn", NULL);
    g_object_set(vpn, "service-type", "org.freedesktop.NetworkManager.gre", NULL);
    nm_setting_vpn_add_data_item(NM_SETTING_VPN(vpn), "protects", "tun2b");
    nm_setting_vpn_add_data_item(NM_SETTING_VPN(vpn), "ipsec", "psk");
    nm_connection_add_setting(connection, setting);
    nm_connection_add_setting(connection, vpn);
    return connection;
}

/* Ends, keys and addresses are the tunnel's, the rest is the companion's. */
static void
check_native(NMConnection *protector, GreIpsec method)
{
    g_autoptr(NMConnection) tunnel = native_tunnel();
    g_autoptr(GError) error = NULL;
    g_autoptr(GreLocalProfile) near = gre_local_end_new(protector, tunnel, NULL, &error);
    g_autoptr(GreRemoteEnd) far = NULL;
    GreLocalEnd end = { .name = "a" };

    g_assert_no_error(error);
    gre_local_end_fill(near, &end);
    end.local = near->profile->local;
    far = gre_remote_end_new(&end, &error);
    g_assert_no_error(error);
    g_assert_cmpint(near->profile->ipsec.method, ==, method);
    g_assert_cmpuint(far->tunnel.input_key, ==, 2);
    g_assert_cmpuint(far->tunnel.output_key, ==, 1);
    g_assert_cmpuint(end.n_hops, ==, 1);
    g_assert_cmpuint(far->inside->len, ==, 1);
    g_assert_true(gre_address_equal(&g_array_index(far->inside, GrePrefix, 0).address, end.hops));
}

static void
test_native(void)
{
    g_autoptr(NMConnection) protector = companion();

    check_native(NULL, GRE_IPSEC_NO);
    check_native(protector, GRE_IPSEC_PSK);
}

/* The kernel's choice for an address of its own is that address. */
static void
test_source(void)
{
    GreAddress loopback, found;

    g_assert_true(gre_address_parse("127.0.0.1", &loopback));
    g_assert_true(gre_local_end_source(&loopback, NULL, &found));
    g_assert_true(gre_address_equal(&loopback, &found));
    g_assert_false(gre_local_end_source(&loopback, "no-such-if", &found));
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    gre_strongswan_set_root("/no-such-directory");
    directory = g_dir_make_tmp("gre-mirror-XXXXXX", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *path = g_strconcat("/mirror/", formats[i].format, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_format);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(pubkeys); i++) {
        g_autofree char *path =
            g_strdup_printf("/mirror/pubkey/%s/%s", pubkeys[i].directory, pubkeys[i].format);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_pubkey);
    }
    g_test_add_func("/mirror/native", test_native);
    g_test_add_func("/mirror/source", test_source);
    result = g_test_run();
    g_rmdir(directory);
    g_free(directory);
    return result;
}
