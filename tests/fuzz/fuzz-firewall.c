/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes the readers of other programs' rules, which anybody may write who may change the firewall:
 * `nft -j list ruleset` if it begins with a brace, else `iptables-save`.
 */
#include "doctor/firewall.h"

#include "gre-value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
try_packet(const char *rules, GrePacket *packet, const char *source, const char *destination)
{
    GreDrop  drop = { 0 };
    gboolean dropped;

    g_assert_true(gre_address_parse(source, &packet->source));
    g_assert_true(gre_address_parse(destination, &packet->destination));
    dropped = rules[0] == '{' ? gre_firewall_nft(rules, packet, &drop)
                              : gre_firewall_iptables(rules, packet, &drop);
    g_assert_true(!dropped || (drop.table && drop.chain && drop.rule));
    gre_firewall_drop_clear(&drop);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *rules = g_strndup((const char *) data, size);
    GrePacket        gre = { .interface = "eth0", .protocol = IPPROTO_GRE, .state = "new" };
    GrePacket        ike = { .out = TRUE,
                             .interface = "eth0",
                             .protocol = IPPROTO_UDP,
                             .sport = 500,
                             .dport = 500,
                             .state = "established" };

    try_packet(rules, &gre, "172.31.0.2", "172.31.0.1");
    try_packet(rules, &ike, "fd31::1", "fd31::2");
    gre_firewall_nft_is_readable(rules);
    return 0;
}
