/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's own tunnels: from its dictionary to the model.
 */
#include "gre-error.h"
#include "gre-native.h"
#include "gre-value.h"
#include "settings-text.h"

#define V4 "'mode': <uint32 2>, 'remote': <'192.0.2.2'>"
#define V6 "'mode': <uint32 8>, 'remote': <'2001:db8::2'>"

static GreNative *
native_from(const char *properties, GError **error)
{
    g_autoptr(GVariant) settings = settings_tunnel(properties);

    return gre_native_new(settings, error);
}

static GreNative *
good_native(const char *properties)
{
    g_autoptr(GError) error = NULL;
    GreNative *native = native_from(properties, &error);

    g_assert_no_error(error);
    g_assert_nonnull(native);
    return native;
}

static void
assert_address(const GreAddress *address, const char *expected)
{
    char buf[GRE_ADDRESS_STRLEN];

    g_assert_cmpstr(gre_address_to_string(address, buf), ==, expected);
}

static void
test_modes(void)
{
    static const struct {
        const char   *text;
        GreNativeMode mode;
        const char   *name;
        gboolean      ethernet;
        int           family;
    } rows[] = {
        { V4, GRE_NATIVE_GRE, "gre", FALSE, AF_INET },
        { V6, GRE_NATIVE_IP6GRE, "ip6gre", FALSE, AF_INET6 },
        { "'mode': <uint32 10>, 'remote': <'192.0.2.2'>", GRE_NATIVE_GRETAP, "gretap", TRUE,
          AF_INET },
        { "'mode': <uint32 11>, 'remote': <'2001:db8::2'>", GRE_NATIVE_IP6GRETAP, "ip6gretap", TRUE,
          AF_INET6 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreNative) native = good_native(rows[i].text);

        g_assert_cmpint(native->mode, ==, rows[i].mode);
        g_assert_cmpint(native->remote.family, ==, rows[i].family);
        g_assert_cmpstr(gre_native_mode_name(native->mode), ==, rows[i].name);
        g_assert_cmpint(gre_native_is_ethernet(native->mode), ==, rows[i].ethernet);
        g_assert_cmpint(gre_native_family(native->mode), ==, rows[i].family);
    }
}

static void
test_defaults(void)
{
    g_autoptr(GreNative) native = good_native(V4);
    const GreTunnelOptions *options = &native->options;

    g_assert_cmpstr(native->id, ==, "tun2b");
    g_assert_cmpstr(native->uuid, ==, SETTINGS_UUID);
    g_assert_cmpstr(native->ifname, ==, "tun2b");
    assert_address(&native->remote, "192.0.2.2");
    g_assert_cmpint(native->local.family, ==, AF_UNSPEC);
    g_assert_null(native->parent);
    g_assert_cmpuint(native->mtu, ==, GRE_MTU_AUTO);
    g_assert_false(options->has_input_key || options->has_output_key);
    g_assert_cmpint(options->ttl, ==, 0);
    g_assert_cmpint(options->tos, ==, 0);
    g_assert_true(options->path_mtu_discovery);
    g_assert_false(options->ignore_df || options->checksum || options->sequence);
    g_assert_cmpint(options->encap_limit, ==, GRE_ENCAP_LIMIT_NONE);
    g_assert_cmpint(options->flow_label, ==, 0);
    g_assert_cmpuint(options->fwmark, ==, 0);
}

static void
test_all(void)
{
    g_autoptr(GreNative) native = good_native(
        V6 ", 'local': <'2001:db8::1'>, 'parent': <'eth0'>, 'input-key': <'7'>, "
           "'output-key': <'4294967295'>, 'ttl': <uint32 64>, 'tos': <uint32 16>, "
           "'path-mtu-discovery': <false>, 'encapsulation-limit': <uint32 4>, "
           "'flow-label': <uint32 0x12345>, 'fwmark': <uint32 42>, 'mtu': <uint32 1400>, "
           "'flags': <uint32 8>");
    const GreTunnelOptions *options = &native->options;
    g_autoptr(GreNative) again = gre_native_ref(native);

    g_assert_true(again == native);
    assert_address(&native->local, "2001:db8::1");
    g_assert_cmpstr(native->parent, ==, "eth0");
    g_assert_true(options->has_input_key && options->has_output_key);
    g_assert_cmpuint(options->input_key, ==, 7);
    g_assert_cmpuint(options->output_key, ==, G_MAXUINT32);
    g_assert_cmpint(options->ttl, ==, 64);
    g_assert_cmpint(options->tos, ==, 16);
    g_assert_false(options->path_mtu_discovery);
    g_assert_cmpint(options->encap_limit, ==, 4);
    g_assert_cmpint(options->flow_label, ==, 0x12345);
    g_assert_cmpuint(options->fwmark, ==, 42);
    g_assert_cmpuint(native->mtu, ==, 1400);
}

static void
test_flags(void)
{
    static const struct {
        const char *text;
        int         encap_limit, tos, flow_label;
    } rows[] = {
        { V6, 0, 0, 0 },
        { V6 ", 'flags': <uint32 1>", GRE_ENCAP_LIMIT_NONE, 0, 0 },
        { V6 ", 'flags': <uint32 1>, 'encapsulation-limit': <uint32 4>", GRE_ENCAP_LIMIT_NONE, 0,
          0 },
        { V6 ", 'flags': <uint32 2>", 0, GRE_TOS_INHERIT, 0 },
        { V6 ", 'flags': <uint32 4>", 0, 0, GRE_FLOW_LABEL_INHERIT },
        { V6 ", 'flags': <uint32 56>", 0, 0, 0 },
        { V6 ", 'tos': <uint32 1>", 0, GRE_TOS_INHERIT, 0 },
        { "'mode': <uint32 11>, 'remote': <'2001:db8::2'>", 0, 0, 0 },
        { "'mode': <uint32 11>, 'remote': <'2001:db8::2'>, 'flags': <uint32 1>",
          GRE_ENCAP_LIMIT_NONE, 0, 0 },
        { V4 ", 'flags': <uint32 6>, 'encapsulation-limit': <uint32 4>", GRE_ENCAP_LIMIT_NONE, 0,
          0 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreNative) native = good_native(rows[i].text);

        g_test_message("%s", rows[i].text);
        g_assert_cmpint(native->options.encap_limit, ==, rows[i].encap_limit);
        g_assert_cmpint(native->options.tos, ==, rows[i].tos);
        g_assert_cmpint(native->options.flow_label, ==, rows[i].flow_label);
    }
}

/* As NetworkManager reads them: decimal in any case. */
static void
test_keys(void)
{
    static const struct {
        const char *text;
        gboolean    has_in, has_out;
        guint32     in, out;
    } rows[] = {
        { V4 ", 'input-key': <'0'>, 'output-key': <''>", TRUE, FALSE, 0, 0 },
        { V4 ", 'input-key': <'010'>, 'output-key': <' 9 '>", TRUE, TRUE, 10, 9 },
        { V4 ", 'output-key': <'+5'>", FALSE, TRUE, 0, 5 },
        { V4 ", 'output-key': <uint32 5>", FALSE, FALSE, 0, 0 }, /* not NetworkManager's type */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreNative) native = good_native(rows[i].text);
        const GreTunnelOptions *options = &native->options;

        g_assert_cmpint(options->has_input_key, ==, rows[i].has_in);
        g_assert_cmpint(options->has_output_key, ==, rows[i].has_out);
        g_assert_cmpuint(options->input_key, ==, rows[i].in);
        g_assert_cmpuint(options->output_key, ==, rows[i].out);
    }
}

/* Values that stand for none, and a parent that is no interface's name. */
static void
test_unset(void)
{
    g_autoptr(GreNative) empty = good_native(V4 ", 'local': <''>, 'parent': <''>");
    g_autoptr(GreNative) any4 = good_native(V4 ", 'local': <'0.0.0.0'>");
    g_autoptr(GreNative) any6 = good_native(V6 ", 'local': <'::'>");
    g_autoptr(GreNative) uuid = good_native(V4 ", 'parent': <'" SETTINGS_UUID "'>");

    g_assert_cmpint(empty->local.family, ==, AF_UNSPEC);
    g_assert_null(empty->parent);
    g_assert_cmpint(any4->local.family, ==, AF_UNSPEC);
    g_assert_cmpint(any6->local.family, ==, AF_UNSPEC);
    g_assert_cmpstr(uuid->parent, ==, SETTINGS_UUID);
}

static void
test_uuid_case(void)
{
    g_autoptr(GVariant) settings = settings_parse(
        "{'connection': {'id': <'A\\nB'>, 'uuid': <'7A1E'>}, 'ip-tunnel': {" V4 "}}");
    g_autoptr(GreNative) native = gre_native_new(settings, NULL);

    g_assert_cmpstr(native->uuid, ==, "7a1e");
    g_assert_cmpstr(native->id, ==, "A\nB");
    g_assert_null(native->ifname);
}

#define IP4 "a unicast IPv4 address"
#define IP6 "a unicast IPv6 address"
#define KEY "a decimal number from 0 to 4294967295"

static const struct {
    const char *text, *message;
} wrong[] = {
    { "", "ip-tunnel.mode: \"unknown\" is invalid: expected \"gre\", \"ip6gre\", \"gretap\" or "
          "\"ip6gretap\"" },
    { "'mode': <uint32 1>, 'remote': <'192.0.2.2'>",
      "ip-tunnel.mode: \"ipip\" is invalid: expected \"gre\", \"ip6gre\", \"gretap\" or "
      "\"ip6gretap\"" },
    { "'mode': <uint32 9>", "ip-tunnel.mode: \"vti6\" is invalid: expected \"gre\", \"ip6gre\", "
                            "\"gretap\" or \"ip6gretap\"" },
    { "'mode': <uint32 12>", "ip-tunnel.mode: \"12\" is invalid: expected \"gre\", \"ip6gre\", "
                             "\"gretap\" or \"ip6gretap\"" },
    { "'mode': <'gre'>, 'remote': <'192.0.2.2'>",
      "ip-tunnel.mode: \"unknown\" is invalid: expected \"gre\", \"ip6gre\", \"gretap\" or "
      "\"ip6gretap\"" },
    { "'mode': <uint32 2>", "ip-tunnel.remote: not set; expected " IP4 },
    { "'mode': <uint32 10>, 'remote': <''>", "ip-tunnel.remote: not set; expected " IP4 },
    { "'mode': <uint32 8>, 'remote': <uint32 2>", "ip-tunnel.remote: not set; expected " IP6 },
    { "'mode': <uint32 2>, 'remote': <'b.example'>",
      "ip-tunnel.remote: \"b.example\" is invalid: expected " IP4 },
    { "'mode': <uint32 2>, 'remote': <'0.0.0.0'>",
      "ip-tunnel.remote: \"0.0.0.0\" is invalid: expected " IP4 },
    { "'mode': <uint32 2>, 'remote': <'224.0.0.5'>",
      "ip-tunnel.remote: \"224.0.0.5\" is invalid: expected " IP4 },
    { "'mode': <uint32 2>, 'remote': <'2001:db8::2'>",
      "ip-tunnel.remote: \"2001:db8::2\" is invalid: expected " IP4 },
    { "'mode': <uint32 11>, 'remote': <'192.0.2.2'>",
      "ip-tunnel.remote: \"192.0.2.2\" is invalid: expected " IP6 },
    { V4 ", 'local': <'2001:db8::1'>",
      "ip-tunnel.local: \"2001:db8::1\" is invalid: expected " IP4 },
    { V4 ", 'local': <'here\\n'>", "ip-tunnel.local: \"here\\n\" is invalid: expected " IP4 },
    { V6 ", 'local': <'ff02::1'>", "ip-tunnel.local: \"ff02::1\" is invalid: expected " IP6 },
    { V4 ", 'input-key': <'0x7'>", "ip-tunnel.input-key: \"0x7\" is invalid: expected " KEY },
    { V4 ", 'input-key': <'-1'>", "ip-tunnel.input-key: \"-1\" is invalid: expected " KEY },
    { V4 ", 'output-key': <'4294967296'>",
      "ip-tunnel.output-key: \"4294967296\" is invalid: expected " KEY },
    { V4 ", 'output-key': <' '>", "ip-tunnel.output-key: \" \" is invalid: expected " KEY },
};

static void
test_wrong(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(native_from(wrong[i].text, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpstr(error->message, ==, wrong[i].message);
        g_assert_null(native_from(wrong[i].text, NULL));
    }
}

static void
test_wrong_connection(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "@a{sa{sv}} {}", "not an ip-tunnel profile" },
        { "{" SETTINGS_CON "}", "not an ip-tunnel profile" },
        { "{'ip-tunnel': {" V4 "}}", "not an ip-tunnel profile" },
        { "{'connection': {'id': <'x'>}, 'ip-tunnel': {" V4 "}}",
          "not a connection profile: the id or the UUID is missing" },
        { "{'connection': {'id': <'x'>, 'uuid': <'y'>, 'interface-name': <'a b'>}, "
          "'ip-tunnel': {" V4 "}}",
          "connection.interface-name: \"a b\" is invalid: expected an interface name" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GVariant) settings = settings_parse(rows[i].text);
        g_autoptr(GError) error = NULL;

        g_assert_null(gre_native_new(settings, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/native/modes", test_modes);
    g_test_add_func("/native/defaults", test_defaults);
    g_test_add_func("/native/all", test_all);
    g_test_add_func("/native/flags", test_flags);
    g_test_add_func("/native/keys", test_keys);
    g_test_add_func("/native/unset", test_unset);
    g_test_add_func("/native/uuid-case", test_uuid_case);
    g_test_add_func("/native/wrong", test_wrong);
    g_test_add_func("/native/wrong-connection", test_wrong_connection);
    return g_test_run();
}
