/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel side of the engine against a real kernel: devices, barrier, nftables, underlay,
 * notifications. For root in a machine of its own (it makes network namespaces, veth, policies):
 * the harness runs it in the virtual one. Prints a line "ok …" or "FAIL …" for each check.
 *
 * This end is the process itself in a new network namespace; the other is the namespace "far".
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* unshare() */
#endif
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>

#include "kernel/mss-clamp.h"
#include "kernel/barrier-table.h"
#include "gre-error.h"
#include "kernel/barrier.h"
#include "kernel/device.h"
#include "kernel/gre-links.h"
#include "kernel/no-ends.h"
#include "kernel/route.h"

static GreNetlink *netlink;
static guint       failures;

/* --- helpers --- */

static gboolean G_GNUC_PRINTF(2, 3) check(gboolean good, const char *format, ...)
{
    va_list args;

    printf("%s ", good ? "ok  " : "FAIL");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    failures += !good;
    return good;
}

/* A check of a call that sets an error where it fails; clears it. */
static gboolean
check_call(gboolean good, GError **error, const char *what)
{
    check(good, "%s%s%s", what, *error != NULL ? ": " : "",
          *error != NULL ? (*error)->message : "");
    g_clear_error(error);
    return good;
}

/* A check of a call that must fail with @code and words that hold @words; clears the error. */
static void
check_fails(gboolean good, GError **error, int code, const char *words, const char *what)
{
    check(!good && g_error_matches(*error, GRE_ERROR, code) &&
              strstr((*error)->message, words) != NULL,
          "%s is refused: %s", what, *error != NULL ? (*error)->message : "(it is not)");
    g_clear_error(error);
}

static int G_GNUC_PRINTF(1, 2) sh(const char *format, ...)
{
    g_autofree char *command = NULL;
    va_list          args;

    va_start(args, format);
    command = g_strdup_vprintf(format, args);
    va_end(args);
    return system(command);
}

static void G_GNUC_PRINTF(1, 2) must(const char *format, ...)
{
    g_autofree char *command = NULL;
    va_list          args;

    va_start(args, format);
    command = g_strdup_vprintf(format, args);
    va_end(args);
    if (system(command) != 0)
        check(FALSE, "set-up: %s", command);
}

static char *
output(const char *command)
{
    char *out = NULL;

    g_spawn_command_line_sync(command, &out, NULL, NULL, NULL);
    return out != NULL ? out : g_strdup("");
}

static GreAddress
address(const char *text)
{
    GreAddress result = { 0 };

    if (!gre_address_parse(text, &result))
        g_error("%s is no address", text);
    return result;
}

static const GreTunnelOptions defaults = { .ttl = 64,
                                           .tos = GRE_TOS_INHERIT,
                                           .path_mtu_discovery = TRUE,
                                           .encap_limit = GRE_ENCAP_LIMIT_NONE };

static GreDeviceSpec
spec_for(GreMode mode, const char *ifname, const GreTunnelOptions *options)
{
    return (GreDeviceSpec){ .uuid = "11111111-2222-3333-4444-555555555555",
                            .ifname = ifname,
                            .mode = mode,
                            .local = address(mode == GRE_MODE_GRE ? "192.0.2.1" : "2001:db8::1"),
                            .remote = address(mode == GRE_MODE_GRE ? "192.0.2.2" : "2001:db8::2"),
                            .options = options };
}

static void
spin(guint ms)
{
    gint64 end = g_get_monotonic_time() + (gint64) ms * 1000;

    while (g_get_monotonic_time() < end) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(2000);
    }
}

/* --- devices: what the kernel says is what was asked for --- */

typedef struct {
    struct nlattr *tb[IFLA_GRE_MAX + 1];
    char           alias[256];
    guint          flags;
    guint32        group;
    guint8         bytes[8192];
} Dumped;

static gboolean
parse_link(const struct nlmsghdr *header, Dumped *out)
{
    struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];

    if (header->nlmsg_len > sizeof out->bytes)
        return FALSE;
    memcpy(out->bytes, header, header->nlmsg_len);
    header = (const struct nlmsghdr *) out->bytes;
    out->flags = ((const struct ifinfomsg *) nlmsg_data(header))->ifi_flags;
    if (nlmsg_parse((struct nlmsghdr *) header, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) < 0 ||
        tb[IFLA_LINKINFO] == NULL ||
        nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) < 0 ||
        info[IFLA_INFO_DATA] == NULL)
        return FALSE;
    if (tb[IFLA_GROUP] != NULL)
        out->group = nla_get_u32(tb[IFLA_GROUP]);
    if (tb[IFLA_IFALIAS] != NULL)
        nla_strlcpy(out->alias, tb[IFLA_IFALIAS], sizeof out->alias);
    return nla_parse_nested(out->tb, IFLA_GRE_MAX, info[IFLA_INFO_DATA], NULL) == 0;
}

static void
on_dumped(const struct nlmsghdr *reply, gpointer user_data)
{
    if (reply->nlmsg_type == RTM_NEWLINK)
        parse_link(reply, user_data);
}

static void
check_attributes(const GreDeviceSpec *spec, const GreDevice *device, const char *what)
{
    g_autoptr(GreNlMsg) request = gre_device_build_request(spec, device->ifname, NULL);
    const struct ifinfomsg header = { .ifi_index = device->ifindex };
    g_autoptr(GreNlMsg) get = gre_netlink_message_new(RTM_GETLINK, 0, &header, sizeof header);
    Dumped   asked = { 0 }, is = { 0 };
    GString *wrong = g_string_new(NULL);
    guint    n = 0;

    parse_link(nlmsg_hdr(request), &asked);
    gre_netlink_ask(netlink, gre_netlink_route(netlink), get, on_dumped, &is, NULL);
    for (guint i = 1; i <= IFLA_GRE_MAX; i++) {
        if (asked.tb[i] == NULL)
            continue;
        n++;
        if (i == IFLA_GRE_FLAGS && spec->mode == GRE_MODE_IP6GRE && is.tb[i] != NULL) {
            /* The kernel adds bits of its own above those of the interface. */
            if ((nla_get_u32(is.tb[i]) & 0xffff) != nla_get_u32(asked.tb[i]))
                g_string_append(wrong, " flags");
            continue;
        }
        if (is.tb[i] == NULL || nla_len(is.tb[i]) != nla_len(asked.tb[i]) ||
            memcmp(nla_data(is.tb[i]), nla_data(asked.tb[i]), (gsize) nla_len(is.tb[i])) != 0)
            g_string_append_printf(wrong, " attribute %u", i);
    }
    check(n >= 7 && wrong->len == 0, "%s: the kernel has all %u attributes%s", what, n, wrong->str);
    check((is.flags & IFF_MULTICAST) && !(is.flags & IFF_UP), "%s: down, multicast on", what);
    check(is.group == GRE_DEVICE_GROUP, "%s: in the group %u", what, is.group);
    check(g_str_equal(is.alias, "nm-gre:11111111-2222-3333-4444-555555555555"), "%s: alias \"%s\"",
          what, is.alias);
    g_string_free(wrong, TRUE);
}

typedef struct {
    const char      *what;
    GreMode          mode;
    GreTunnelOptions options;
    guint            mtu;       /* asked for */
    guint            mtu_there; /* on a link of 1500 */
    const char      *shown;     /* words that iproute2 prints for it, separated by | */
} OptionRow;

#define INHERIT GRE_TOS_INHERIT
#define NONE    GRE_ENCAP_LIMIT_NONE
#define BASE(ttl_, tos_, pmtud_, limit_) \
    .ttl = (ttl_), .tos = (tos_), .path_mtu_discovery = (pmtud_), .encap_limit = (limit_)
#define COMMON BASE(64, INHERIT, TRUE, NONE)
#define GRE    GRE_MODE_GRE
#define IP6GRE GRE_MODE_IP6GRE

static const OptionRow option_rows[] = {
    { "plain", GRE, { COMMON }, 0, 1476, "ttl 64|tos inherit" },
    { "one key",
      GRE,
      { COMMON, .has_input_key = TRUE, .has_output_key = TRUE, .input_key = 42, .output_key = 42 },
      0,
      1472,
      "ikey 0.0.0.42|okey 0.0.0.42" },
    { "key 0",
      GRE,
      { COMMON, .has_input_key = TRUE, .has_output_key = TRUE },
      0,
      1472,
      "ikey 0.0.0.0|okey 0.0.0.0" },
    { "two keys",
      GRE,
      { COMMON, .has_input_key = TRUE, .has_output_key = TRUE, .input_key = 1234,
        .output_key = 5678 },
      0,
      1472,
      "ikey 0.0.4.210|okey 0.0.22.46" },
    { "output key only",
      GRE,
      { COMMON, .has_output_key = TRUE, .output_key = 9 },
      0,
      1472,
      "okey 0.0.0.9" },
    { "input key only",
      GRE,
      { COMMON, .has_input_key = TRUE, .input_key = 9 },
      0,
      1476,
      "ikey 0.0.0.9" },
    { "checksum", GRE, { COMMON, .checksum = TRUE }, 0, 1472, "icsum|ocsum" },
    { "sequence", GRE, { COMMON, .sequence = TRUE }, 0, 1472, "iseq|oseq" },
    { "key, checksum, sequence",
      GRE,
      { COMMON, .checksum = TRUE, .sequence = TRUE, .has_input_key = TRUE, .has_output_key = TRUE,
        .input_key = 0xffffffff, .output_key = 0xffffffff },
      0,
      1464,
      "icsum|oseq|ikey 255.255.255.255" },
    { "ttl inherit", GRE, { BASE(0, INHERIT, TRUE, NONE) }, 0, 1476, "ttl inherit" },
    { "ttl 255", GRE, { BASE(255, INHERIT, TRUE, NONE) }, 0, 1476, "ttl 255" },
    { "tos 0xb8", GRE, { BASE(64, 0xb8, TRUE, NONE) }, 0, 1476, "tos 0xb8" },
    { "tos 0", GRE, { BASE(64, 0, TRUE, NONE) }, 0, 1476, "ttl 64" },
    { "no path-mtu-discovery", GRE, { BASE(64, INHERIT, FALSE, NONE) }, 0, 1476, "nopmtudisc" },
    { "ignore-df",
      GRE,
      { BASE(64, INHERIT, FALSE, NONE), .ignore_df = TRUE },
      0,
      1476,
      "nopmtudisc|ignore-df" },
    { "fwmark", GRE, { COMMON, .fwmark = 0x1234 }, 0, 1476, "fwmark 0x1234" },
    { "mtu 1400", GRE, { COMMON }, 1400, 1400, "mtu 1400" },
    { "plain", IP6GRE, { COMMON }, 0, 1456, "hoplimit 64|encaplimit none|tclass inherit" },
    { "one key",
      IP6GRE,
      { COMMON, .has_input_key = TRUE, .has_output_key = TRUE, .input_key = 42, .output_key = 42 },
      0,
      1452,
      "ikey 0.0.0.42|okey 0.0.0.42" },
    { "two keys, checksum, sequence",
      IP6GRE,
      { COMMON, .checksum = TRUE, .sequence = TRUE, .has_input_key = TRUE, .has_output_key = TRUE,
        .input_key = 1234, .output_key = 5678 },
      0,
      1444,
      "ikey 0.0.4.210|okey 0.0.22.46|icsum|oseq" },
    { "output key only",
      IP6GRE,
      { COMMON, .has_output_key = TRUE, .output_key = 9 },
      0,
      1452,
      "okey 0.0.0.9" },
    { "encapsulation-limit 4", IP6GRE, { BASE(64, INHERIT, TRUE, 4) }, 0, 1448, "encaplimit 4" },
    { "encapsulation-limit 0", IP6GRE, { BASE(64, INHERIT, TRUE, 0) }, 0, 1448, "encaplimit 0" },
    { "tos 0xb8, flow-label 0x12345",
      IP6GRE,
      { BASE(64, 0xb8, TRUE, NONE), .flow_label = 0x12345 },
      0,
      1456,
      "tclass 0xb8|flowlabel 0x12345" },
    { "flow-label inherit",
      IP6GRE,
      { COMMON, .flow_label = GRE_FLOW_LABEL_INHERIT },
      0,
      1456,
      "flowlabel inherit" },
    { "ttl 1", IP6GRE, { BASE(1, INHERIT, TRUE, NONE) }, 0, 1456, "hoplimit 1" },
    { "fwmark", IP6GRE, { COMMON, .fwmark = 0xffffffff }, 0, 1456, "fwmark 0xffffffff" },
    { "mtu 1300", IP6GRE, { COMMON }, 1300, 1300, "mtu 1300" },
};

static void
check_option_row(const OptionRow *row)
{
    GreDeviceSpec    spec = spec_for(row->mode, "kc0", &row->options);
    g_autofree char *what =
        g_strdup_printf("%s, %s", row->mode == GRE ? "gre" : "ip6gre", row->what);
    g_autofree char *shown = NULL;
    g_auto(GStrv) words = g_strsplit(row->shown, "|", -1);
    GError       *error = NULL;
    GreDevice     device;
    GreDeviceInfo info = { 0 };

    spec.mtu = row->mtu;
    if (!check_call(gre_device_create(netlink, &spec, &device, &error), &error, what))
        return;
    check_attributes(&spec, &device, what);
    gre_device_info(netlink, device.ifindex, NULL, &info);
    check(info.mtu == row->mtu_there, "%s: mtu %u, expected %u", what, info.mtu, row->mtu_there);
    shown = output("ip -d link show dev kc0");
    for (guint i = 0; words[i] != NULL; i++)
        if (strstr(shown, words[i]) == NULL)
            check(FALSE, "%s: ip -d link doesn't show \"%s\": %s", what, words[i], shown);
    check_call(gre_device_delete(netlink, device.ifindex, &error), &error, "  removed");
    check(gre_device_index(netlink, "kc0") == 0, "  gone");
}

static void
check_names(void)
{
    static const char *const bad[] = {
        "",    ".",   "..",   "0123456789abcdef", "a/b",  "a b",
        "a%d", "a:b", "gre0", "ip6gre0",          "a\nb", "default"
    };
    GreTunnelOptions options = defaults;
    GreDevice        a, b, c;
    GError          *error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        GreDeviceSpec spec = spec_for(GRE, bad[i], &options);
        gboolean      good = gre_device_create(netlink, &spec, &a, &error);

        check_fails(good, &error, GRE_ERROR_PROFILE, "can't be used", "a bad name");
    }
    for (guint i = 0; i < 3; i++) {
        GreDeviceSpec    spec = spec_for(GRE, NULL, &options);
        GreDevice       *to[] = { &a, &b, &c };
        g_autofree char *name = g_strdup_printf("nmgre%u", i);

        options.has_input_key = TRUE;
        options.input_key = i;
        check_call(gre_device_create(netlink, &spec, to[i], &error), &error, "a name of its own");
        check(g_str_equal(to[i]->ifname, name), "%s is %s", to[i]->ifname, name);
    }
    gre_device_delete(netlink, b.ifindex, NULL);
    {
        GreDeviceSpec spec = spec_for(GRE, NULL, &options);

        options.input_key = 77;
        check_call(gre_device_create(netlink, &spec, &b, &error), &error, "a hole in the names");
        check(g_str_equal(b.ifname, "nmgre1"), "%s fills it", b.ifname);
    }
    {
        g_autoptr(GArray) list = gre_links_list(netlink, NULL);
        guint marked = 0;

        for (guint i = 0; list != NULL && i < list->len; i++)
            marked += g_str_equal(g_array_index(list, GreLink, i).uuid, a.uuid);
        check(marked == 3, "three devices have our mark");
    }
    gre_device_delete(netlink, a.ifindex, NULL);
    gre_device_delete(netlink, b.ifindex, NULL);
    gre_device_delete(netlink, c.ifindex, NULL);
}

static void
check_taken(GreMode mode)
{
    GreTunnelOptions options = defaults, other = defaults;
    GreDeviceSpec    spec = spec_for(mode, "kc0", &options);
    GreDeviceSpec    again = spec_for(mode, "kc1", &other);
    GreDevice        device, second;
    GError          *error = NULL;
    gboolean         good;

    options.has_input_key = options.has_output_key = TRUE;
    options.input_key = options.output_key = 7;
    other = options;
    other.output_key = 8;
    check_call(gre_device_create(netlink, &spec, &device, &error), &error, "a tunnel with key 7");
    good = gre_device_create(netlink, &again, &second, &error);
    check_fails(good, &error, GRE_ERROR_TAKEN, "\"kc0\"", "the same with another output key");
    good = gre_device_check(netlink, &again, &error);
    check_fails(good, &error, GRE_ERROR_TAKEN, "\"kc0\"", "  beforehand too");
    again.ifname = NULL;
    good = gre_device_create(netlink, &again, &second, &error);
    check_fails(good, &error, GRE_ERROR_TAKEN, "\"kc0\"", "  without a name too");
    again.ifname = "kc0";
    other.input_key = 9;
    good = gre_device_create(netlink, &again, &second, &error);
    check_fails(good, &error, GRE_ERROR_TAKEN, "interface named \"kc0\"", "a name that is taken");
    good = gre_device_check(netlink, &again, &error);
    check_fails(good, &error, GRE_ERROR_TAKEN, "interface named \"kc0\"", "  beforehand too");
    again.ifname = "kc1";
    check_call(gre_device_check(netlink, &again, &error), &error, "another input key is free");
    check_call(gre_device_create(netlink, &again, &second, &error), &error, "  and can be made");
    gre_device_delete(netlink, second.ifindex, NULL);
    gre_device_delete(netlink, device.ifindex, NULL);
}

/* No key and key 0: two tunnels for gre, one for ip6gre. The check must say what the kernel does.
 */
static void
check_key_zero(GreMode mode)
{
    GreTunnelOptions none = defaults, zero = defaults;
    GreDeviceSpec    spec = spec_for(mode, "kc0", &none);
    GreDeviceSpec    other = spec_for(mode, "kc1", &zero);
    GreDevice        device, second;
    gboolean         free_before, made;

    zero.has_input_key = zero.has_output_key = TRUE;
    gre_device_create(netlink, &spec, &device, NULL);
    free_before = gre_device_check(netlink, &other, NULL);
    made = gre_device_create(netlink, &other, &second, NULL);
    check(free_before == made, "key 0 beside none: check and kernel agree (%s)",
          made ? "two" : "one");
    check(made == (mode == GRE), "  as the kernel's source has it");
    if (made)
        gre_device_delete(netlink, second.ifindex, NULL);
    gre_device_delete(netlink, device.ifindex, NULL);
}

static void
check_parent(void)
{
    GreDeviceSpec spec = spec_for(GRE, "kc0", &defaults);
    GError       *error = NULL;
    GreDevice     device;
    gboolean      good;

    spec.parent_ifindex = 9999;
    good = gre_device_create(netlink, &spec, &device, &error);
    check_fails(good, &error, GRE_ERROR_PROFILE, "9999", "a parent that isn't there");
    spec.parent_ifindex = gre_device_index(netlink, "near");
    if (check_call(gre_device_create(netlink, &spec, &device, &error), &error, "a parent")) {
        check_attributes(&spec, &device, "parent");
        gre_device_delete(netlink, device.ifindex, NULL);
    }
}

static void
check_changes(void)
{
    GreDeviceSpec spec = spec_for(GRE, "kc0", &defaults);
    GreDeviceInfo info = { 0 };
    GrePrefix     ip4 = { .address = address("10.9.0.1"), .length = 30 };
    GrePrefix     ip6 = { .address = address("fd09::1"), .length = 64 };
    GError       *error = NULL;
    GreDevice     device;
    gboolean      good;

    gre_device_create(netlink, &spec, &device, NULL);
    check_call(gre_device_set_mtu(netlink, device.ifindex, 1380, &error), &error, "mtu set");
    gre_device_info(netlink, device.ifindex, NULL, &info);
    check(info.mtu == 1380 && !info.up, "it is %u, the device still down", info.mtu);
    good = gre_device_set_mtu(netlink, gre_device_index(netlink, "near"), 9, &error);
    check_fails(good, &error, GRE_ERROR_KERNEL, "less than device minimum",
                "an mtu of 9, in words,");
    for (guint i = 0; i < 2; i++) {
        check_call(gre_device_add_address(netlink, device.ifindex, &ip4, &error), &error,
                   "IPv4 address");
        check_call(gre_device_add_address(netlink, device.ifindex, &ip6, &error), &error,
                   "IPv6 address");
    }
    check(sh("ip -o a show dev kc0 | grep -q 10.9.0.1/30") == 0, "the IPv4 address is there");
    check(sh("ip -o a show dev kc0 | grep -q fd09::1/64") == 0, "the IPv6 address is there");
    check(gre_device_delete(netlink, device.ifindex, NULL) &&
              gre_device_delete(netlink, device.ifindex, NULL),
          "removed, and once more");
}

/* --- barrier and traffic --- */

static gboolean
ping(const char *target)
{
    return sh("ping -q -c 3 -i 0.2 -W 1 %s >/dev/null 2>&1", target) == 0;
}

static guint64
received(const char *ifname)
{
    g_autofree char *ip = g_strdup_printf("ip -s -o link show dev %s", ifname);
    g_autofree char *text = output(ip);
    const char      *rx = strstr(text, "RX:");
    guint64          bytes = 0, packets = 0;

    rx = rx != NULL ? strchr(rx, '\\') : NULL;
    if (rx != NULL)
        sscanf(rx + 1, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &bytes, &packets);
    return packets;
}

/* Pings from the far end, and says how many packets came out of the tunnel's device here. */
static guint64
let_in(const char *target)
{
    guint64 before = received("kc0");

    sh("ip netns exec far ping -q -c 3 -i 0.2 -W 1 %s >/dev/null 2>&1", target);
    return received("kc0") - before;
}

static void
tunnel_up(GreMode mode, GreDevice *device)
{
    GreDeviceSpec spec = spec_for(mode, "kc0", &defaults);
    GrePrefix     prefix = { .address = address("10.9.0.1"), .length = 30 };

    gre_device_create(netlink, &spec, device, NULL);
    gre_device_add_address(netlink, device->ifindex, &prefix, NULL);
    must("ip link set kc0 up");
    if (mode == GRE)
        must("ip -n far link add kcf type gre local 192.0.2.2 remote 192.0.2.1 ttl 64");
    else
        must("ip -n far link add kcf type ip6gre local 2001:db8::2 remote 2001:db8::1 ttl 64"
             " encaplimit none");
    must("ip -n far addr add 10.9.0.2/30 dev kcf; ip -n far link set kcf up");
}

static void
tunnel_down(const GreDevice *device)
{
    gre_device_delete(netlink, device->ifindex, NULL);
    must("ip -n far link del kcf");
}

static void
check_barrier(GreMode mode)
{
    gboolean    v4 = mode == GRE;
    const char *local = v4 ? "192.0.2.1" : "2001:db8::1";
    const char *remote = v4 ? "192.0.2.2" : "2001:db8::2";
    GreBarrier  barrier = { address(local), address(remote), gre_barrier_mark("one") };
    GreBarrier  other = { address(local), address(remote), gre_barrier_mark("two") };
    GreBarrier  open = { .local = { .family = barrier.remote.family },
                         .remote = barrier.remote,
                         .mark = gre_barrier_mark("three") };
    GError     *error = NULL;
    GreDevice   device;

    tunnel_up(mode, &device);
    check(ping("10.9.0.2"), "%s: without a barrier packets pass", v4 ? "gre" : "ip6gre");
    check(!gre_barrier_stands(netlink, &barrier), "no barrier stands");
    check_call(gre_barrier_lay(netlink, &barrier, &error), &error, "barrier laid");
    check(gre_barrier_stands(netlink, &barrier), "it stands");
    check_call(gre_barrier_lay(netlink, &barrier, &error), &error, "laid again");
    check(!ping("10.9.0.2"), "nothing passes out");
    check(let_in("10.9.0.1") == 0, "nothing passes in");

    check_call(gre_barrier_lay(netlink, &other, &error), &error, "a second with another mark");
    check_call(gre_barrier_lay(netlink, &open, &error), &error, "a third, from any address");
    {
        g_autoptr(GArray) list = gre_barrier_list(netlink, NULL);

        check(list != NULL && list->len == 3, "three are listed, each once");
        for (guint i = 0; list != NULL && i < list->len; i++)
            check(gre_barrier_equal(&g_array_index(list, GreBarrier, i), &barrier) ||
                      gre_barrier_equal(&g_array_index(list, GreBarrier, i), &other) ||
                      gre_barrier_equal(&g_array_index(list, GreBarrier, i), &open),
                  "  number %u is one of them", i);
    }
    check(gre_barrier_lift(netlink, &other, NULL) && gre_barrier_lift(netlink, &open, NULL),
          "two lifted");
    check(!gre_barrier_stands(netlink, &other) && gre_barrier_stands(netlink, &barrier),
          "the first stands");

    check(sh("ip xfrm policy add src %s dst %s proto 47 dir out priority 366976", local, remote) ==
                  0 &&
              sh("ip xfrm policy add src %s dst %s proto 47 dir in priority 366976", remote,
                 local) == 0,
          "somebody else's policies for the same addresses are taken");
    check(ping("10.9.0.2"), "they outrank the barrier");
    check(gre_barrier_lift(netlink, &barrier, NULL) && gre_barrier_lift(netlink, &barrier, NULL),
          "the barrier lifted, and once more");
    check(sh("test $(ip xfrm policy | grep -c 'priority 366976') = 2") == 0,
          "theirs are untouched");
    must("ip xfrm policy flush");
    check(ping("10.9.0.2"), "without policies packets pass again");
    {
        g_autoptr(GArray) list = gre_barrier_list(netlink, NULL);

        check(list != NULL && list->len == 0, "none is listed");
    }
    tunnel_down(&device);
}

/* --- nftables --- */

static void
esp_both_ways(GreMode mode,
              const char *namespace,
              const char *in_direction,
              const char *out_direction)
{
    const char *const  v4[] = { "192.0.2.1", "192.0.2.2", "192.0.2.1" };
    const char *const  v6[] = { "2001:db8::1", "2001:db8::2", "2001:db8::1" };
    const char *const *ends = mode == GRE ? v4 : v6;

    for (guint i = 0; i < 2; i++) {
        must("ip %s xfrm state add src %s dst %s proto esp spi %u mode transport reqid 1 aead"
             " 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128",
             namespace, ends[i], ends[i + 1], 1000 + i);
        must("ip %s xfrm policy add src %s dst %s proto 47 dir %s priority 366976"
             " tmpl proto esp mode transport reqid 1",
             namespace, ends[i], ends[i + 1], i == 0 ? out_direction : in_direction);
    }
}

static gboolean
table_is_there(void)
{
    return sh("nft list table inet nm-gre >/dev/null 2>&1") == 0;
}

/* Each family, with and without a local address; no XFRM policy of ours helps. */
static void
check_table(GreMode mode)
{
    gboolean         v4 = mode == GRE;
    GreBarrier       both = { address(v4 ? "192.0.2.1" : "2001:db8::1"),
                              address(v4 ? "192.0.2.2" : "2001:db8::2"), gre_barrier_mark("one") };
    GreBarrier       any = { .local = { .family = both.local.family },
                             .remote = both.remote,
                             .mark = both.mark };
    GreBarrierTable *table = gre_barrier_table_new(netlink);
    gboolean         missing;
    g_autoptr(GError) error = NULL;
    GreDevice device;

    tunnel_up(mode, &device);
    check(let_in("10.9.0.1") > 0, "without a table packets pass in");
    check_call(gre_barrier_table_add(table, &both, &error), &error, "the table is made");
    check_call(gre_barrier_table_add(table, &any, &error), &error, "a second, to any address");
    check_call(gre_barrier_table_add(table, &both, &error), &error, "the first once more");
    check(let_in("10.9.0.1") == 0, "clear packets don't pass in");
    check(!ping("10.9.0.2"), "nor out");
    esp_both_ways(mode, "", "in", "out");
    esp_both_ways(mode, "-n far", "out", "in");
    check(let_in("10.9.0.1") > 0, "packets in ESP pass in");
    check(ping("10.9.0.2"), "and there and back");
    must("ip xfrm state flush; ip xfrm policy flush;"
         " ip -n far xfrm state flush; ip -n far xfrm policy flush");
    check(sh("nft flush ruleset") == 0, "another program flushes the ruleset");
    check(gre_barrier_table_lay_again(table, &missing, &error), "the table is looked for");
    printf("# the kernel %s\n", missing ? "removed it" : "kept it: it is its process's own");
    check(table_is_there(), "the table is there");
    check(sh("nft list ruleset | sed 's/flags .*owner.*//' | unshare -n nft -c -f -") == 0,
          "nft reads what it prints of the table");
    gre_barrier_table_remove(table, &any);
    gre_barrier_table_remove(table, &both);
    check(let_in("10.9.0.1") == 0, "clear packets still don't pass in");
    gre_barrier_table_remove(table, &both);
    check(!table_is_there(), "the table goes with its last pair");
    check(let_in("10.9.0.1") > 0, "packets pass in again");
    gre_barrier_table_free(table);
    tunnel_down(&device);
}

static gboolean
is_clamped(const char *ifname)
{
    return sh("nft list set inet nm-gre-mss tunnels | grep -q '\"%s\"'", ifname) == 0;
}

static void
check_mss_clamp(void)
{
    GreMssClamp *clamp = gre_mss_clamp_new(netlink);
    g_autoptr(GError) error = NULL;

    check_call(gre_mss_clamp_add(clamp, "one", &error), &error, "a tunnel's segment size");
    check_call(gre_mss_clamp_add(clamp, "two", &error), &error, "and of another tunnel");
    check(is_clamped("one") && is_clamped("two"), "both are in the table");
    check(sh("nft list ruleset | sed 's/flags .*owner.*//' | unshare -n nft -c -f -") == 0,
          "nft reads what it prints of the table");
    check(sh("nft list ruleset | grep -q 'tcp option maxseg size set rt mtu'") == 0,
          "the size is the route's");
    check(sh("nft flush ruleset") == 0, "another program flushes the ruleset");
    printf("# it was %s\n", gre_mss_clamp_restore(clamp) ? "removed" : "kept");
    check(is_clamped("one") && is_clamped("two"), "both are there");
    gre_mss_clamp_remove(clamp, "one");
    check(!is_clamped("one") && is_clamped("two"), "one goes, the other one stays");
    gre_mss_clamp_remove(clamp, "two");
    check(sh("nft list table inet nm-gre-mss 2>/dev/null") != 0, "and the table with the last one");
    gre_mss_clamp_free(clamp);
}

static void
check_nft(void)
{
    struct utsname name;

    uname(&name);
    printf("# this kernel (%s) %s the table\n", name.release,
           gre_barrier_table_needed(IP6GRE, name.release) ? "needs" : "doesn't need");
    check_table(GRE);
    check_table(IP6GRE);
    check_mss_clamp();
}

/* --- underlay --- */

typedef struct {
    const char *remote;
    const char *local; /* NULL: none */
    const char *oif;   /* NULL: any */
    guint32     fwmark;
    const char *source; /* expected; or NULL, and then: */
    const char *words;  /* of the error */
    const char *ifname; /* expected */
    guint       mtu;
} RouteRow;

static const RouteRow route_rows[] = {
    { "192.0.2.2", NULL, NULL, 0, "192.0.2.1", NULL, "near", 1500 },
    { "192.0.2.2", "192.0.2.1", "near", 0, "192.0.2.1", NULL, "near", 1500 },
    { "192.0.2.2", "192.0.2.9", NULL, 0, NULL, "not an address of this machine", NULL, 0 },
    { "192.0.2.2", "192.0.2.10", NULL, 0, "192.0.2.10", NULL, "near", 1500 },
    { "192.0.2.1", NULL, NULL, 0, NULL, "own addresses", NULL, 0 },
    { "192.0.2.1", NULL, "near", 0, NULL, "own addresses", NULL, 0 },
    { "192.0.2.255", NULL, NULL, 0, NULL, "broadcast", NULL, 0 },
    { "198.51.100.1", NULL, NULL, 0, "192.0.2.1", NULL, "near", 1500 },
    { "198.51.100.65", NULL, NULL, 0, "192.0.2.1", NULL, "near", 1400 },
    { "203.0.113.1", NULL, NULL, 0, NULL, "no route", NULL, 0 },
    { "203.0.113.65", NULL, NULL, 0, NULL, "\"unreachable\"", NULL, 0 },
    { "203.0.113.129", NULL, NULL, 0, NULL, "blackhole", NULL, 0 },
    { "203.0.113.193", NULL, NULL, 0, NULL, "\"prohibit\"", NULL, 0 },
    { "203.0.113.1", NULL, NULL, 5, "192.0.2.1", NULL, "near", 1500 },
    { "2001:db8::2", NULL, NULL, 0, "2001:db8::1", NULL, "near", 1500 },
    { "2001:db8::2", "2001:db8::9", NULL, 0, NULL, "not an address of this machine", NULL, 0 },
    { "2001:db8::1", NULL, NULL, 0, NULL, "own addresses", NULL, 0 },
    { "2001:db8:1::1", NULL, NULL, 0, "2001:db8::1", NULL, "near", 1500 },
    { "2001:db8:2::1", NULL, NULL, 0, "2001:db8::1", NULL, "near", 1300 },
    { "2001:db8:3::1", NULL, NULL, 0, NULL, "no route", NULL, 0 },
    { "2001:db8:4::1", NULL, NULL, 0, NULL, "\"unreachable\"", NULL, 0 },
    { "2001:db8:5::1", NULL, NULL, 0, NULL, "blackhole", NULL, 0 },
    { "2001:db8:6::1", NULL, NULL, 0, NULL, "\"prohibit\"", NULL, 0 },
};

static void
check_route_row(const RouteRow *row)
{
    GreAddress remote = address(row->remote);
    GreAddress local = row->local != NULL ? address(row->local) : (GreAddress){ 0 };
    GreRoute   underlay = { 0 };
    GError    *error = NULL;
    char       text[GRE_ADDRESS_STRLEN];
    gboolean   good = gre_route_lookup(netlink, &remote, row->local != NULL ? &local : NULL,
                                     row->oif != NULL ? gre_device_index(netlink, row->oif) : 0,
                                       row->fwmark, 0, &underlay, &error);

    if (row->source == NULL) {
        check_fails(good, &error, GRE_ERROR_ROUTE, row->words, row->remote);
        return;
    }
    check(good && g_str_equal(gre_address_to_string(&underlay.source, text), row->source) &&
              g_str_equal(underlay.ifname, row->ifname) && underlay.mtu == row->mtu,
          "way to %s: from %s by %s, mtu %u%s", row->remote,
          gre_address_to_string(&underlay.source, text), underlay.ifname, underlay.mtu,
          error != NULL ? error->message : "");
    g_clear_error(&error);
}

static void
check_underlay(void)
{
    GreAddress remote = address("192.0.2.2");
    GreRoute   out;
    GError    *error = NULL;
    gboolean   good;

    must("ip addr add 192.0.2.10/24 dev near");
    must("ip route add 198.51.100.0/26 via 192.0.2.2");
    must("ip route add 198.51.100.64/26 via 192.0.2.2 mtu 1400");
    must("ip route add unreachable 203.0.113.64/26; ip route add blackhole 203.0.113.128/26;"
         " ip route add prohibit 203.0.113.192/26");
    must("ip rule add fwmark 5 table 55; ip route add default via 192.0.2.2 table 55");
    must("ip route add 2001:db8:1::/48 via 2001:db8::2");
    must("ip route add 2001:db8:2::/48 via 2001:db8::2 mtu 1300");
    must("ip -6 route add unreachable 2001:db8:4::/48; ip -6 route add blackhole 2001:db8:5::/48;"
         " ip -6 route add prohibit 2001:db8:6::/48");
    for (guint i = 0; i < G_N_ELEMENTS(route_rows); i++)
        check_route_row(&route_rows[i]);
    good = gre_route_lookup(netlink, &remote, NULL, 0, 0, gre_device_index(netlink, "near"), &out,
                            &error);
    check_fails(good, &error, GRE_ERROR_ROUTE, "through the tunnel itself",
                "a way through the tunnel");
}

/* A device without real ends: it is up, has routes, and sends nothing; then it gets its ends. */
static void
check_no_ends(GreMode mode)
{
    GreDeviceSpec    spec = spec_for(mode, "kc6", &defaults), real = spec;
    GreDevice        device;
    GError          *error = NULL;
    g_autofree char *sent = NULL, *errors = NULL;

    gre_no_ends_set(&spec);
    if (!check_call(gre_device_create(netlink, &spec, &device, &error), &error, "no ends"))
        return;
    must("ip addr add 192.168.9.1/30 dev kc6; ip link set kc6 up;"
         " ip -6 addr add 2001:db8:9::1/64 dev kc6 nodad");
    sh("ping -q -c 3 -i 0.2 -W 1 192.168.9.2; ping -q -c 3 -i 0.2 -W 1 2001:db8:9::2");
    sent = output("awk '/kc6:/ { print $11 }' /proc/net/dev");
    errors = output("awk '/kc6:/ { print $12 }' /proc/net/dev");
    check(g_ascii_strtoull(sent, NULL, 10) == 0, "no ends: it sent nothing (%s)", g_strstrip(sent));
    check(g_ascii_strtoull(errors, NULL, 10) >= 6, "no ends: what was to be sent is counted (%s)",
          g_strstrip(errors));
    check_call(gre_device_move(netlink, device.ifindex, &real, &error), &error,
               "no ends: then real ones");
    gre_device_delete(netlink, device.ifindex, NULL);
}

/* The interface towards the peer loses its addresses; the kernel then borrows one elsewhere. */
static void
check_borrowed_sources(void)
{
    static const RouteRow rows[] = {
        { "192.0.2.2", NULL, NULL, 0, NULL, "belongs to a tunnel", NULL, 0 },
        { "2001:db8::2", NULL, NULL, 0, NULL, "belongs to a tunnel", NULL, 0 },
        /* Chosen by the administrator, or on the tunnel that the packets leave by. */
        { "192.0.2.2", "192.168.8.1", NULL, 0, "192.168.8.1", NULL, "near", 1500 },
        { "192.168.8.2", NULL, NULL, 0, "192.168.8.1", NULL, "kc4", 1400 },
    };
    static const RouteRow link_local[] = {
        { "2001:db8::2", NULL, NULL, 0, NULL, "link-local", NULL, 0 },
    };

    must("ip link add kc4 mtu 1400 type gre local 192.0.2.1 remote 192.0.2.2 key 99;"
         " ip addr add 192.168.8.1/30 dev kc4; ip -6 addr add 2001:db8:8::1/64 dev kc4 nodad;"
         " ip link set kc4 up");
    must("ip addr flush dev near; ip route add 192.0.2.0/24 dev near;"
         " ip -6 route add 2001:db8::/64 dev near");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_route_row(&rows[i]);
    must("ip -6 addr del 2001:db8:8::1/64 dev kc4");
    for (guint i = 0; i < G_N_ELEMENTS(link_local); i++)
        check_route_row(&link_local[i]);
    must("ip addr add 192.0.2.1/24 dev near; ip addr add 2001:db8::1/64 dev near nodad");
    check_route_row(&route_rows[0]);
    must("ip link del kc4");
}

/* --- notifications --- */

typedef struct {
    guint underlay, overrun, removed, changed;
    int   ifindex; /* whose */
    guint unwatch; /* id: by the first event */
} Seen;

static void
on_event(GreNetlinkEvent event, int ifindex, gpointer user_data)
{
    Seen *seen = user_data;

    switch (event) {
    case GRE_NETLINK_LINK_REMOVED:
        seen->removed += ifindex == seen->ifindex;
        break;
    case GRE_NETLINK_LINK_CHANGED:
        seen->changed += ifindex == seen->ifindex;
        break;
    case GRE_NETLINK_UNDERLAY:
        seen->underlay++;
        break;
    case GRE_NETLINK_OVERRUN:
        seen->overrun++;
        break;
    }
    if (seen->unwatch != 0)
        gre_netlink_unwatch(netlink, seen->unwatch);
}

static void
check_notifications(void)
{
    GreDeviceSpec spec = spec_for(GRE, "kc0", &defaults);
    Seen          seen = { 0 }, once = { 0 };
    GreDevice     device;
    guint         id;

    gre_device_create(netlink, &spec, &device, NULL);
    seen.ifindex = once.ifindex = device.ifindex;
    id = gre_netlink_watch(netlink, on_event, &seen);
    once.unwatch = gre_netlink_watch(netlink, on_event, &once);
    gre_device_set_mtu(netlink, device.ifindex, 1300, NULL);
    spin(100);
    check(seen.changed > 0 && seen.removed == 0, "a changed device is told");
    check(once.changed == 1, "a watcher that goes at the first event hears no other");
    gre_device_delete(netlink, device.ifindex, NULL);
    spin(100);
    check(seen.removed == 1, "a removed device is told");

    spin(700);
    seen.underlay = 0;
    must("ip addr add 192.0.2.50/24 dev near");
    spin(700);
    check(seen.underlay == 1, "an address: told once (%u)", seen.underlay);
    seen.underlay = 0;
    must("seq 1 5000 | awk '{printf \"route add 10.%%d.%%d.0/24 via 192.0.2.2\\n\", 100+$1/250,"
         " $1%%250}' | ip -batch -");
    spin(700);
    check(seen.underlay >= 1 && seen.underlay <= 2, "5000 routes: told %u times", seen.underlay);
    check(seen.overrun == 0, "and nothing was lost that counts");
    gre_netlink_unwatch(netlink, id);
    seen.underlay = 0;
    must("ip addr add 192.0.2.51/24 dev near");
    spin(500);
    check(seen.underlay == 0, "nothing is told to who doesn't watch");
}

/* --- without what it needs --- */

static void
check_refusals(void)
{
    GreBarrier    barrier = { address("192.0.2.1"), address("192.0.2.2"), gre_barrier_mark("one") };
    GreDeviceSpec spec = spec_for(GRE, "kc0", &defaults);
    GError       *error = NULL;
    GreDevice     device;
    gboolean      good;

    if (seteuid(65534) != 0)
        return;
    good = gre_device_create(netlink, &spec, &device, &error);
    check_fails(good, &error, GRE_ERROR_KERNEL, "CAP_NET_ADMIN", "a device without privilege");
    good = gre_barrier_lay(netlink, &barrier, &error);
    check_fails(good, &error, GRE_ERROR_KERNEL, "CAP_NET_ADMIN", "a barrier without privilege");
    /* As before, for a leak checker's sake. */
    if (seteuid(0) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0)
        check(FALSE, "privileges taken back");
}

static void
check_module_missing(void)
{
    GreDeviceSpec spec = spec_for(IP6GRE, "kc0", &defaults);
    GError       *error = NULL;
    GreDevice     device;
    gboolean      good;

    if (sh("modprobe -r ip6_gre 2>/dev/null") != 0 ||
        sh("echo /bin/false > /proc/sys/kernel/modprobe") != 0) {
        printf("# ip6_gre can't be unloaded here: not checked without it\n");
        return;
    }
    good = gre_device_create(netlink, &spec, &device, &error);
    check_fails(good, &error, GRE_ERROR_KERNEL, "module ip6_gre is missing",
                "ip6gre without its module");
    must("echo /sbin/modprobe > /proc/sys/kernel/modprobe; modprobe ip6_gre");
}

int
main(void)
{
    GError *error = NULL;

    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0) {
        printf("FAIL needs root\n");
        return 1;
    }
    must("mkdir -p /run/netns; ip netns add far; ip link set lo up; ip -n far link set lo up");
    must("sysctl -qw net.ipv6.conf.default.accept_dad=0;"
         " ip netns exec far sysctl -qw net.ipv6.conf.default.accept_dad=0");
    must("ip link add near type veth peer name away netns far");
    must("ip addr add 192.0.2.1/24 dev near; ip addr add 2001:db8::1/64 dev near nodad;"
         " ip link set near up");
    must("ip -n far addr add 192.0.2.2/24 dev away; ip -n far addr add 2001:db8::2/64 dev away "
         "nodad;"
         " ip -n far link set away up");
    netlink = gre_netlink_new(&error);
    if (!check_call(netlink != NULL, &error, "netlink sockets"))
        return 1;
    spin(1500);

    for (guint i = 0; i < G_N_ELEMENTS(option_rows); i++)
        check_option_row(&option_rows[i]);
    check_names();
    check_taken(GRE);
    check_taken(IP6GRE);
    check_key_zero(GRE);
    check_key_zero(IP6GRE);
    check_parent();
    check_changes();
    check_barrier(GRE);
    check_barrier(IP6GRE);
    check_nft();
    check_underlay();
    check_borrowed_sources();
    check_no_ends(GRE);
    check_no_ends(IP6GRE);
    check_notifications();
    must("ip netns del far");
    check_module_missing();
    check_refusals();

    gre_netlink_free(netlink);
    printf("failures: %u\n", failures);
    return failures != 0;
}
