/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request that creates a device, attribute by attribute, without a kernel: one row for each
 * option, one for each trap.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>

#include "kernel/device.h"
#include "gre-error.h"

#define GRE     GRE_MODE_GRE
#define IP6GRE  GRE_MODE_IP6GRE
#define INHERIT GRE_TOS_INHERIT
#define NONE    GRE_ENCAP_LIMIT_NONE
#define BASE(ttl_, tos_, pmtud_, limit_) \
    .ttl = (ttl_), .tos = (tos_), .path_mtu_discovery = (pmtud_), .encap_limit = (limit_)
#define COMMON    BASE(64, INHERIT, TRUE, NONE)
#define ABSENT    (-1)
#define KEY       0x2000 /* of the flag words, in host byte order */
#define CSUM      0x8000
#define SEQ       0x1000
#define TCLASS    IP6_TNL_F_USE_ORIG_TCLASS
#define FLOWLABEL IP6_TNL_F_USE_ORIG_FLOWLABEL
#define IGN_ENCAP IP6_TNL_F_IGN_ENCAP_LIMIT

typedef struct {
    const char      *what;
    GreMode          mode;
    GreTunnelOptions options;
    /* Expected, in host byte order; both flag words are always there. */
    guint16 iflags, oflags;
    gint64  ikey, okey, ttl, tos, pmtudisc, ignore_df, encap_limit, flowinfo, flags, fwmark;
} Row;

#define EXPECT(if_, of_, ik_, ok_, ttl_, tos_, pmtu_, idf_, limit_, flow_, flags_, mark_)         \
    .iflags = (if_), .oflags = (of_), .ikey = (ik_), .okey = (ok_), .ttl = (ttl_), .tos = (tos_), \
    .pmtudisc = (pmtu_), .ignore_df = (idf_), .encap_limit = (limit_), .flowinfo = (flow_),       \
    .flags = (flags_), .fwmark = (mark_)
/* For gre: flag words, keys, ttl, tos, pmtudisc, ignore-df, fwmark. */
#define GRE_IS(if_, of_, ik_, ok_, ttl_, tos_, pmtu_, idf_, mark_) \
    EXPECT(if_, of_, ik_, ok_, ttl_, tos_, pmtu_, idf_, ABSENT, ABSENT, ABSENT, mark_)
/* For ip6gre: flag words, keys, ttl, limit, flow information, flags, fwmark. */
#define IP6_IS(if_, of_, ik_, ok_, ttl_, limit_, flow_, flags_, mark_) \
    EXPECT(if_, of_, ik_, ok_, ttl_, ABSENT, ABSENT, ABSENT, limit_, flow_, flags_, mark_)
#define KEYS(i_, o_) \
    .has_input_key = TRUE, .has_output_key = TRUE, .input_key = (i_), .output_key = (o_)

static const Row rows[] = {
    { "plain", GRE, { COMMON }, GRE_IS(0, 0, ABSENT, ABSENT, 64, 1, 1, ABSENT, ABSENT) },
    { "one key",
      GRE,
      { COMMON, KEYS(42, 42) },
      GRE_IS(KEY, KEY, 42, 42, 64, 1, 1, ABSENT, ABSENT) },
    { "two keys",
      GRE,
      { COMMON, KEYS(1234, 0xfffffffe) },
      GRE_IS(KEY, KEY, 1234, 0xfffffffe, 64, 1, 1, ABSENT, ABSENT) },
    { "a key of 0 is a key",
      GRE,
      { COMMON, KEYS(0, 0) },
      GRE_IS(KEY, KEY, 0, 0, 64, 1, 1, ABSENT, ABSENT) },
    { "output key alone: the input flags are there, and 0",
      GRE,
      { COMMON, .has_output_key = TRUE, .output_key = 9 },
      GRE_IS(0, KEY, ABSENT, 9, 64, 1, 1, ABSENT, ABSENT) },
    { "input key alone",
      GRE,
      { COMMON, .has_input_key = TRUE, .input_key = 9 },
      GRE_IS(KEY, 0, 9, ABSENT, 64, 1, 1, ABSENT, ABSENT) },
    { "a key without its flag is none",
      GRE,
      { COMMON, .input_key = 9, .output_key = 9 },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 1, 1, ABSENT, ABSENT) },
    { "checksum, both ways",
      GRE,
      { COMMON, .checksum = TRUE },
      GRE_IS(CSUM, CSUM, ABSENT, ABSENT, 64, 1, 1, ABSENT, ABSENT) },
    { "sequence, both ways",
      GRE,
      { COMMON, .sequence = TRUE },
      GRE_IS(SEQ, SEQ, ABSENT, ABSENT, 64, 1, 1, ABSENT, ABSENT) },
    { "all flags",
      GRE,
      { COMMON, KEYS(1, 2), .checksum = TRUE, .sequence = TRUE },
      GRE_IS(KEY | CSUM | SEQ, KEY | CSUM | SEQ, 1, 2, 64, 1, 1, ABSENT, ABSENT) },
    { "ttl inherit",
      GRE,
      { BASE(0, INHERIT, TRUE, NONE) },
      GRE_IS(0, 0, ABSENT, ABSENT, 0, 1, 1, ABSENT, ABSENT) },
    { "tos 0",
      GRE,
      { BASE(64, 0, TRUE, NONE) },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 0, 1, ABSENT, ABSENT) },
    { "tos 0xb8",
      GRE,
      { BASE(64, 0xb8, TRUE, NONE) },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 0xb8, 1, ABSENT, ABSENT) },
    { "an odd tos is not inherit",
      GRE,
      { BASE(64, 0x11, TRUE, NONE) },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 0x10, 1, ABSENT, ABSENT) },
    { "no path-mtu-discovery",
      GRE,
      { BASE(64, INHERIT, FALSE, NONE) },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 1, 0, ABSENT, ABSENT) },
    { "ignore-df",
      GRE,
      { BASE(64, INHERIT, FALSE, NONE), .ignore_df = TRUE },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 1, 0, 1, ABSENT) },
    { "fwmark",
      GRE,
      { COMMON, .fwmark = 0xcafe0001 },
      GRE_IS(0, 0, ABSENT, ABSENT, 64, 1, 1, ABSENT, 0xcafe0001) },
    { "plain",
      IP6GRE,
      { COMMON },
      IP6_IS(0, 0, ABSENT, ABSENT, 64, ABSENT, 0, IGN_ENCAP | TCLASS, ABSENT) },
    { "two keys, checksum, sequence",
      IP6GRE,
      { COMMON, KEYS(1234, 5678), .checksum = TRUE, .sequence = TRUE },
      IP6_IS(KEY | CSUM | SEQ,
             KEY | CSUM | SEQ,
             1234,
             5678,
             64,
             ABSENT,
             0,
             IGN_ENCAP | TCLASS,
             ABSENT) },
    { "encapsulation-limit 4",
      IP6GRE,
      { BASE(64, INHERIT, TRUE, 4) },
      IP6_IS(0, 0, ABSENT, ABSENT, 64, 4, 0, TCLASS, ABSENT) },
    { "encapsulation-limit 0 is not none",
      IP6GRE,
      { BASE(64, INHERIT, TRUE, 0) },
      IP6_IS(0, 0, ABSENT, ABSENT, 64, 0, 0, TCLASS, ABSENT) },
    { "tos 0xb8, flow-label 0x12345",
      IP6GRE,
      { BASE(64, 0xb8, TRUE, NONE), .flow_label = 0x12345 },
      IP6_IS(0, 0, ABSENT, ABSENT, 64, ABSENT, 0x0b812345, IGN_ENCAP, ABSENT) },
    { "flow-label inherit",
      IP6GRE,
      { COMMON, .flow_label = GRE_FLOW_LABEL_INHERIT },
      IP6_IS(0, 0, ABSENT, ABSENT, 64, ABSENT, 0, IGN_ENCAP | TCLASS | FLOWLABEL, ABSENT) },
    { "ttl 255, fwmark",
      IP6GRE,
      { BASE(255, INHERIT, TRUE, NONE), .fwmark = 7 },
      IP6_IS(0, 0, ABSENT, ABSENT, 255, ABSENT, 0, IGN_ENCAP | TCLASS, 7) },
};

static GreAddress
address(const char *text)
{
    GreAddress result = { 0 };

    g_assert_true(gre_address_parse(text, &result));
    return result;
}

static GreDeviceSpec
spec_for(GreMode mode, const GreTunnelOptions *options)
{
    return (GreDeviceSpec){ .uuid = "1111",
                            .mode = mode,
                            .local = address(mode == GRE ? "192.0.2.1" : "2001:db8::1"),
                            .remote = address(mode == GRE ? "198.51.100.2" : "2001:db8::2"),
                            .options = options };
}

/* The attributes of the message and of its IFLA_INFO_DATA; borrowed from it. */
static void
parse(struct nl_msg *msg, const char *kind, struct nlattr **link, struct nlattr **data)
{
    struct nlattr *info[IFLA_INFO_MAX + 1];

    g_assert_cmpint(nlmsg_parse(nlmsg_hdr(msg), sizeof(struct ifinfomsg), link, IFLA_MAX, NULL), ==,
                    0);
    g_assert_nonnull(link[IFLA_LINKINFO]);
    g_assert_cmpint(nla_parse_nested(info, IFLA_INFO_MAX, link[IFLA_LINKINFO], NULL), ==, 0);
    g_assert_cmpstr(nla_get_string(info[IFLA_INFO_KIND]), ==, kind);
    g_assert_cmpint(nla_parse_nested(data, IFLA_GRE_MAX, info[IFLA_INFO_DATA], NULL), ==, 0);
}

/* @swap: the attribute is in network byte order. */
static void
check_number(struct nlattr *const *data, int type, int size, gboolean swap, gint64 expected)
{
    guint32 value = 0;

    g_test_message("attribute %d", type);
    if (expected == ABSENT) {
        g_assert_null(data[type]);
        return;
    }
    g_assert_nonnull(data[type]);
    g_assert_cmpint(nla_len(data[type]), ==, size);
    switch (size) {
    case 1:
        value = nla_get_u8(data[type]);
        break;
    case 2:
        value = swap ? ntohs(nla_get_u16(data[type])) : nla_get_u16(data[type]);
        break;
    default:
        value = swap ? ntohl(nla_get_u32(data[type])) : nla_get_u32(data[type]);
    }
    g_assert_cmphex(value, ==, (guint32) expected);
}

static void
check_row(const Row *row)
{
    GreDeviceSpec spec = spec_for(row->mode, &row->options);
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNlMsg) msg = gre_device_build_request(&spec, "tunnel0", &error);
    gsize          size = gre_address_size(spec.local.family);
    struct nlattr *link[IFLA_MAX + 1], *data[IFLA_GRE_MAX + 1];

    g_test_message("%s", row->what);
    g_assert_no_error(error);
    parse(msg, row->mode == GRE ? "gre" : "ip6gre", link, data);
    check_number(data, IFLA_GRE_IFLAGS, 2, TRUE, row->iflags);
    check_number(data, IFLA_GRE_OFLAGS, 2, TRUE, row->oflags);
    check_number(data, IFLA_GRE_IKEY, 4, TRUE, row->ikey);
    check_number(data, IFLA_GRE_OKEY, 4, TRUE, row->okey);
    check_number(data, IFLA_GRE_TTL, 1, FALSE, row->ttl);
    check_number(data, IFLA_GRE_TOS, 1, FALSE, row->tos);
    check_number(data, IFLA_GRE_PMTUDISC, 1, FALSE, row->pmtudisc);
    check_number(data, IFLA_GRE_IGNORE_DF, 1, FALSE, row->ignore_df);
    check_number(data, IFLA_GRE_ENCAP_LIMIT, 1, FALSE, row->encap_limit);
    check_number(data, IFLA_GRE_FLOWINFO, 4, TRUE, row->flowinfo);
    check_number(data, IFLA_GRE_FLAGS, 4, FALSE, row->flags);
    check_number(data, IFLA_GRE_FWMARK, 4, FALSE, row->fwmark);
    g_assert_null(data[IFLA_GRE_LINK]);
    g_assert_cmpmem(nla_data(data[IFLA_GRE_LOCAL]), (gsize) nla_len(data[IFLA_GRE_LOCAL]),
                    spec.local.bytes, size);
    g_assert_cmpmem(nla_data(data[IFLA_GRE_REMOTE]), (gsize) nla_len(data[IFLA_GRE_REMOTE]),
                    spec.remote.bytes, size);
}

static void
test_options(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i]);
}

static void
test_header(void)
{
    const GreTunnelOptions options = { COMMON };
    GreDeviceSpec          spec = spec_for(GRE, &options);
    g_autoptr(GreNlMsg) plain = gre_device_build_request(&spec, "0123456789abcde", NULL);
    g_autoptr(GreNlMsg) full = NULL;
    struct nlattr          *link[IFLA_MAX + 1], *data[IFLA_GRE_MAX + 1];
    const struct ifinfomsg *header;

    g_assert_nonnull(plain);
    header = nlmsg_data(nlmsg_hdr(plain));
    g_assert_cmpint(nlmsg_hdr(plain)->nlmsg_type, ==, RTM_NEWLINK);
    g_assert_cmphex(nlmsg_hdr(plain)->nlmsg_flags, ==, NLM_F_CREATE | NLM_F_EXCL);
    /* Multicast on, and no other flag touched: down. */
    g_assert_cmphex(header->ifi_flags, ==, IFF_MULTICAST);
    g_assert_cmphex(header->ifi_change, ==, IFF_MULTICAST);
    g_assert_cmpint(header->ifi_index, ==, 0);
    parse(plain, "gre", link, data);
    g_assert_cmpstr(nla_get_string(link[IFLA_IFNAME]), ==, "0123456789abcde");
    g_assert_null(link[IFLA_MTU]);
    g_assert_nonnull(link[IFLA_GROUP]);
    g_assert_cmpuint(nla_get_u32(link[IFLA_GROUP]), ==, GRE_DEVICE_GROUP);

    spec.mtu = 1400;
    spec.parent_ifindex = 7;
    full = gre_device_build_request(&spec, "t", NULL);
    g_assert_nonnull(full);
    parse(full, "gre", link, data);
    g_assert_cmpuint(nla_get_u32(link[IFLA_MTU]), ==, 1400);
    g_assert_cmpuint(nla_get_u32(data[IFLA_GRE_LINK]), ==, 7);
}

/* Nothing of GRE's, and no underlay: IFLA_XFRM_LINK. */
static void
test_xfrm(void)
{
    const GreTunnelOptions options = { COMMON };
    GreDeviceSpec          spec = { .mode = GRE_MODE_XFRM,
                                    .parent_ifindex = 7,
                                    .mtu = 1446,
                                    .options = &options,
                                    .if_id = 0xfedcba98 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNlMsg) msg = gre_device_build_request(&spec, "x", &error);
    struct nlattr *link[IFLA_MAX + 1], *data[IFLA_GRE_MAX + 1];

    g_assert_no_error(error);
    parse(msg, "xfrm", link, data);
    for (int i = 0; i <= IFLA_GRE_MAX; i++)
        check_number(data, i, 4, FALSE, i == IFLA_XFRM_IF_ID ? (gint64) 0xfedcba98 : ABSENT);
    g_assert_cmpuint(nla_get_u32(link[IFLA_GROUP]), ==, GRE_DEVICE_GROUP);
    g_assert_cmpuint(nla_get_u32(link[IFLA_MTU]), ==, 1446);
    g_assert_cmphex(nlmsg_hdr(msg)->nlmsg_flags, ==, NLM_F_CREATE | NLM_F_EXCL);
}

/* The rule names the group by its number. */
static void
test_udev_rule(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "..", "data", "85-nm-gre.rules", NULL);
    g_autofree char *wanted =
        g_strdup_printf("ATTR{netdev_group}==\"%u\", ENV{NM_UNMANAGED}=\"1\"", GRE_DEVICE_GROUP);
    g_autofree char *rules = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &rules, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(rules, wanted));
}

static void
test_names(void)
{
    static const char *const bad[] = { "",        ".",       "..",      "0123456789abcdef",
                                       "a/b",     "a:b",     "nmgre%d", "a b",
                                       "a\tb",    "a\nb",    "a\x7f",   "gre0",
                                       "gretap0", "ip6gre0", "erspan0", "all",
                                       "default" };
    static const char *const good[] = { "nmgre0", "gre1", "gre-to_paris.1", "0", "b\xc3\xbcro" };
    const GreTunnelOptions   options = { COMMON };
    GreDeviceSpec            spec = spec_for(GRE, &options);

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreNlMsg) msg = gre_device_build_request(&spec, bad[i], &error);

        g_test_message("%s", bad[i]);
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_null(msg);
        g_assert_null(strchr(error->message, '\n'));
    }
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GreNlMsg) msg = gre_device_build_request(&spec, good[i], &error);

        g_assert_no_error(error);
        g_assert_nonnull(msg);
    }
}

static void
check_refused(const GreDeviceSpec *spec)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNlMsg) msg = gre_device_build_request(spec, "t", &error);

    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_null(msg);
}

/* What the kernel would take for something else, or for no tunnel between two ends. */
static void
test_specs(void)
{
    const GreTunnelOptions options = { COMMON };
    const GreTunnelOptions df = { COMMON, .ignore_df = TRUE };
    GreDeviceSpec          spec;

    spec = spec_for(GRE, &options);
    spec.local = address("2001:db8::1");
    check_refused(&spec);
    spec = spec_for(IP6GRE, &options);
    spec.remote = address("192.0.2.1");
    check_refused(&spec);
    spec = spec_for(GRE, &options);
    spec.local = address("0.0.0.0");
    check_refused(&spec);
    spec = spec_for(IP6GRE, &options);
    spec.remote = address("::");
    check_refused(&spec);
    spec = spec_for(GRE, &options);
    spec.local = (GreAddress){ 0 };
    check_refused(&spec);
    spec = spec_for(GRE, &df);
    check_refused(&spec);
    spec = (GreDeviceSpec){ .mode = GRE_MODE_XFRM, .options = &options };
    check_refused(&spec);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device/options", test_options);
    g_test_add_func("/device/header", test_header);
    g_test_add_func("/device/xfrm", test_xfrm);
    g_test_add_func("/device/udev-rule", test_udev_rule);
    g_test_add_func("/device/names", test_names);
    g_test_add_func("/device/specs", test_specs);
    return g_test_run();
}
