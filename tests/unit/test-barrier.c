/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barrier without a kernel: marks, the bytes of its requests, and when the nftables table is
 * needed.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/xfrm.h>

#include "kernel/barrier-table.h"
#include "gre-error.h"
#include "kernel/barrier.h"

static GreAddress
address(const char *text)
{
    GreAddress result = { 0 };

    g_assert_true(gre_address_parse(text, &result));
    return result;
}

static GreBarrier
barrier_for(const char *local, const char *remote)
{
    GreBarrier barrier = { .remote = address(remote), .mark = 0x6e671234 };

    barrier.local.family = barrier.remote.family;
    if (local != NULL)
        barrier.local = address(local);
    return barrier;
}

static void
test_mark(void)
{
    guint32 a = gre_barrier_mark("6b7a5d0e-94c6-4a3a-9d3e-3f4f1ad1a6f0");
    guint32 b = gre_barrier_mark("6b7a5d0e-94c6-4a3a-9d3e-3f4f1ad1a6f1");

    g_assert_cmphex(a & 0xffff0000u, ==, 0x6e670000);
    g_assert_cmphex(a, !=, b);
    g_assert_cmphex(gre_barrier_mark("6B7A5D0E-94C6-4A3A-9D3E-3F4F1AD1A6F0"), ==, a);
    /* What is in a kernel must be known again by the next version: these never change. */
    g_assert_cmphex(gre_barrier_mark(""), ==, 0x6e671cd9);
    g_assert_cmphex(gre_barrier_mark("a"), ==, 0x6e67cd20);
    g_assert_true(gre_barrier_mark_is_ours(a));
    g_assert_true(gre_barrier_mark_is_ours(0x6e670000));
    g_assert_true(gre_barrier_mark_is_ours(0x6e67ffff));
    g_assert_false(gre_barrier_mark_is_ours(0));
    g_assert_false(gre_barrier_mark_is_ours(0x6e660000));
    g_assert_false(gre_barrier_mark_is_ours(0x6e680000));
}

typedef struct {
    const char *local; /* NULL: any */
    const char *remote;
    int         which;
    const char *source; /* in the selector */
    const char *destination;
    guint       source_bits;
    guint       destination_bits;
} SelectorRow;

static const SelectorRow selector_rows[] = {
    { "192.0.2.1", "192.0.2.2", GRE_BARRIER_OUT, "192.0.2.1", "192.0.2.2", 32, 32 },
    { "192.0.2.1", "192.0.2.2", GRE_BARRIER_IN, "192.0.2.2", "192.0.2.1", 32, 32 },
    { NULL, "192.0.2.2", GRE_BARRIER_OUT, "0.0.0.0", "192.0.2.2", 0, 32 },
    { NULL, "192.0.2.2", GRE_BARRIER_IN, "192.0.2.2", "0.0.0.0", 32, 0 },
    { "2001:db8::1", "2001:db8::2", GRE_BARRIER_OUT, "2001:db8::1", "2001:db8::2", 128, 128 },
    { NULL, "2001:db8::2", GRE_BARRIER_IN, "2001:db8::2", "::", 128, 0 },
    { "192.0.2.1", "192.0.2.2", GRE_BARRIER_ICMP, "192.0.2.1", "192.0.2.2", 32, 32 },
    { NULL, "192.0.2.2", GRE_BARRIER_ICMP, "0.0.0.0", "192.0.2.2", 0, 32 },
    { "2001:db8::1", "2001:db8::2", GRE_BARRIER_ICMP, "2001:db8::1", "2001:db8::2", 128, 128 },
};

static int
direction_of(const SelectorRow *row)
{
    return row->which == GRE_BARRIER_IN ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
}

/* Type and code of "port unreachable", in network byte order as the kernel has ports. */
static void
check_protocol(const struct xfrm_selector *selector, const SelectorRow *row)
{
    gboolean v4 = selector->family == AF_INET;

    if (row->which != GRE_BARRIER_ICMP) {
        g_assert_cmpint(selector->proto, ==, IPPROTO_GRE);
        g_assert_cmpint(selector->sport | selector->sport_mask, ==, 0);
        g_assert_cmpint(selector->dport | selector->dport_mask, ==, 0);
        return;
    }
    g_assert_cmpint(selector->proto, ==, v4 ? 1 : 58);
    g_assert_cmphex(selector->sport, ==, g_htons(v4 ? 3 : 1));
    g_assert_cmphex(selector->dport, ==, g_htons(v4 ? 3 : 4));
    g_assert_cmphex(selector->sport_mask, ==, 0xffff);
    g_assert_cmphex(selector->dport_mask, ==, 0xffff);
}

static void
check_selector(const struct xfrm_selector *selector, const SelectorRow *row)
{
    GreAddress source = address(row->source);
    GreAddress destination = address(row->destination);

    g_assert_cmpint(selector->family, ==, source.family);
    g_assert_cmpmem(&selector->saddr, 16, source.bytes, 16);
    g_assert_cmpmem(&selector->daddr, 16, destination.bytes, 16);
    g_assert_cmpuint(selector->prefixlen_s, ==, row->source_bits);
    g_assert_cmpuint(selector->prefixlen_d, ==, row->destination_bits);
    check_protocol(selector, row);
    g_assert_cmphex(selector->user, ==, 0x6e671234);
    g_assert_cmpint(selector->ifindex, ==, 0);
}

static void
test_add_request(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(selector_rows); i++) {
        const SelectorRow *row = &selector_rows[i];
        GreBarrier         barrier = barrier_for(row->local, row->remote);
        g_autoptr(GreNlMsg) msg =
            gre_barrier_build_request(&barrier, row->which, XFRM_MSG_NEWPOLICY);
        const struct nlmsghdr             *header = nlmsg_hdr(msg);
        const struct xfrm_userpolicy_info *info = nlmsg_data(header);

        g_assert_cmpint(header->nlmsg_type, ==, XFRM_MSG_NEWPOLICY);
        g_assert_cmphex(header->nlmsg_flags, ==, NLM_F_CREATE | NLM_F_EXCL);
        /* No template, no mark, no interface: nothing that would narrow it. */
        g_assert_cmpuint(header->nlmsg_len, ==, NLMSG_LENGTH(sizeof *info));
        check_selector(&info->sel, row);
        g_assert_cmphex(info->priority, ==, 0xfffffffe);
        g_assert_cmpint(info->action, ==, XFRM_POLICY_BLOCK);
        g_assert_cmpint(info->dir, ==, direction_of(row));
        g_assert_cmpint(info->flags, ==, 0);
        g_assert_cmpuint(info->index, ==, 0);
        g_assert_cmphex(info->lft.hard_byte_limit, ==, XFRM_INF);
        g_assert_cmphex(info->lft.soft_byte_limit, ==, XFRM_INF);
        g_assert_cmphex(info->lft.hard_packet_limit, ==, XFRM_INF);
        g_assert_cmphex(info->lft.soft_packet_limit, ==, XFRM_INF);
        g_assert_cmpuint(info->lft.hard_add_expires_seconds, ==, 0);
        g_assert_cmpuint(info->lft.hard_use_expires_seconds, ==, 0);
    }
}

static void
test_delete_and_get_request(void)
{
    static const int types[] = { XFRM_MSG_DELPOLICY, XFRM_MSG_GETPOLICY };

    for (guint i = 0; i < G_N_ELEMENTS(selector_rows) * 2; i++) {
        const SelectorRow *row = &selector_rows[i / 2];
        GreBarrier         barrier = barrier_for(row->local, row->remote);
        g_autoptr(GreNlMsg) msg = gre_barrier_build_request(&barrier, row->which, types[i % 2]);
        const struct nlmsghdr           *header = nlmsg_hdr(msg);
        const struct xfrm_userpolicy_id *id = nlmsg_data(header);

        g_assert_cmpint(header->nlmsg_type, ==, types[i % 2]);
        g_assert_cmpuint(header->nlmsg_len, ==, NLMSG_LENGTH(sizeof *id));
        check_selector(&id->sel, row);
        g_assert_cmpint(id->dir, ==, direction_of(row));
        g_assert_cmpuint(id->index, ==, 0); /* else the kernel ignores the selector */
    }
}

typedef struct {
    GreMode     mode;
    const char *release;
    gboolean    needed;
} ReleaseRow;

static const ReleaseRow release_rows[] = {
    { GRE_MODE_GRE, "4.19.0", FALSE }, /* IPv4 GRE was checked always */
    { GRE_MODE_IP6GRE, "4.19.0-27-amd64", TRUE },
    { GRE_MODE_IP6GRE, "4.19.325", TRUE }, /* never got it */
    { GRE_MODE_IP6GRE, "5.4.173", TRUE },
    { GRE_MODE_IP6GRE, "5.4.174", FALSE },
    { GRE_MODE_IP6GRE, "5.5.0", TRUE },
    { GRE_MODE_IP6GRE, "5.10.93", TRUE },
    { GRE_MODE_IP6GRE, "5.10.94", FALSE },
    { GRE_MODE_IP6GRE, "5.10.0-28-amd64", TRUE }, /* Debian 11: the number says too little */
    { GRE_MODE_IP6GRE, "5.14.0-503.el9.x86_64", TRUE },
    { GRE_MODE_IP6GRE, "5.15.16", TRUE },
    { GRE_MODE_IP6GRE, "5.15.17", FALSE },
    { GRE_MODE_IP6GRE, "5.15.0-107-generic", TRUE },
    { GRE_MODE_IP6GRE, "5.16", TRUE },
    { GRE_MODE_IP6GRE, "5.16.2", TRUE },
    { GRE_MODE_IP6GRE, "5.16.3", FALSE },
    { GRE_MODE_IP6GRE, "5.17.0-rc1", FALSE },
    { GRE_MODE_IP6GRE, "5.18.1", FALSE },
    { GRE_MODE_IP6GRE, "6.1.0-56-amd64", FALSE },
    { GRE_MODE_IP6GRE, "6.12.1", FALSE },
    { GRE_MODE_IP6GRE, "10.0", FALSE },
    { GRE_MODE_IP6GRE, "", TRUE }, /* unknown: rather once too often */
    { GRE_MODE_IP6GRE, "mine", TRUE },
};

static void
test_needed(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(release_rows); i++) {
        const ReleaseRow *row = &release_rows[i];

        g_test_message("%s", row->release);
        g_assert_cmpint(gre_barrier_table_needed(row->mode, row->release), ==, row->needed);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/barrier/mark", test_mark);
    g_test_add_func("/barrier/request/add", test_add_request);
    g_test_add_func("/barrier/request/delete-and-get", test_delete_and_get_request);
    g_test_add_func("/barrier/table/needed", test_needed);
    return g_test_run();
}
