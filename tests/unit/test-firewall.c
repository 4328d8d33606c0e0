/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packets the firewall drops, by what its tools printed on real machines (data/): nft 1.0.6
 * and firewalld 1.3.3, iptables 1.8.9 in both variants.
 */
#include "doctor/firewall.h"

#include <stdlib.h>
#include <string.h>

static char *
data_text(const char *name)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "firewall", name, NULL);
    char            *text;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(file, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

typedef struct {
    const char *file;
    const char *packet; /* "in|out INTERFACE PEER gre|esp|PORT STATE", then perhaps "ipsec" */
    const char *drop;   /* "TABLE CHAIN RULE", NULL: it passes */
    const char *zone;
} Row;

static const Row rows[] = {
    /* firewalld: what the peer begins, not what it answers */
    { "firewalld.json", "in eth0 172.31.0.2 gre new", "inet firewalld filter_IN_public reject",
      "public" },
    { "firewalld.json", "in eth1 172.31.0.2 esp new", "inet firewalld filter_IN_public reject",
      "public" },
    { "firewalld.json", "in eth0 172.31.0.2 500 new", "inet firewalld filter_IN_public reject",
      "public" },
    { "firewalld.json", "in eth0 172.31.0.2 gre established", NULL, NULL },
    { "firewalld.json", "in eth0 fd31::2 gre new", "inet firewalld filter_IN_public reject",
      "public" },
    { "firewalld.json", "in eth0 fd31::2 gre invalid", "inet firewalld filter_INPUT drop", NULL },
    { "firewalld.json", "out eth0 172.31.0.2 gre new", NULL, NULL },
    { "firewalld-ipsec.json", "in eth0 172.31.0.2 gre new", NULL, NULL },
    { "firewalld-ipsec.json", "in eth0 172.31.0.2 esp new", NULL, NULL },
    { "firewalld-ipsec.json", "in eth0 172.31.0.2 500 new", NULL, NULL },
    { "firewalld-ipsec.json", "in eth0 172.31.0.2 4500 new", NULL, NULL },
    { "firewalld-ipsec.json", "in eth0 172.31.0.2 1701 new",
      "inet firewalld filter_IN_public reject", "public" },

    /* a machine without /etc/protocols: numbers */
    { "no-protocols.json", "in eth0 172.31.0.2 gre new", "inet f in drop", NULL },
    { "no-protocols.json", "in eth0 172.31.0.3 gre new", NULL, NULL },
    { "no-protocols.json", "in eth0 172.31.0.3 esp new", "inet f in drop", NULL },
    { "no-protocols.json", "in eth0 fd31::2 gre new", "inet f in drop", NULL },
    { "no-protocols.json", "out eth0 172.31.0.2 gre new", "inet f out drop", NULL },
    { "no-protocols.json", "out eth0 172.31.0.2 500 new", "inet f out drop", NULL },
    { "no-protocols.json", "out eth0 172.31.0.2 4500 new", NULL, NULL },

    /* nftables by hand: maps, sets, ranges */
    { "nftables.json", "in eth0 172.31.0.2 gre new", "inet filter input policy drop", NULL },
    { "nftables.json", "in eth0 172.31.0.2 gre new ipsec", NULL, NULL },
    { "nftables.json", "in eth0 172.31.0.4 gre new", NULL, NULL },
    { "nftables.json", "in eth0 192.0.2.7 gre new", NULL, NULL },
    { "nftables.json", "in eth0 203.0.113.5 gre new", NULL, NULL },
    { "nftables.json", "in eth0 203.0.113.6 gre new", "inet filter input policy drop", NULL },
    { "nftables.json", "in lan3 172.31.0.2 gre new", NULL, NULL },
    { "nftables.json", "in eth0 172.31.0.2 gre established", NULL, NULL },
    { "nftables.json", "in eth0 172.31.0.4 gre invalid", "inet filter input drop", NULL },
    { "nftables.json", "in eth0 fd31::2 gre new", NULL, NULL },
    { "nftables.json", "in eth0 fd31::3 gre new", "inet filter input policy drop", NULL },
    { "nftables.json", "in eth0 172.31.0.2 500 new", NULL, NULL },
    { "nftables.json", "in eth0 172.31.0.3 500 new", "inet filter input policy drop", NULL },
    { "nftables.json", "in eth0 172.31.0.3 4500 new", NULL, NULL },
    { "nftables.json", "in eth0 172.31.0.3 4511 new", "inet filter input policy drop", NULL },
    { "nftables.json", "in eth0 198.51.100.1 esp new", "inet filter input drop", NULL },
    { "nftables.json", "in eth0 172.31.0.2 esp new", NULL, NULL }, /* a mark may let it pass */
    { "nftables.json", "in eth0 172.31.0.9 gre established", "ip mangle pre drop", NULL },
    { "nftables.json", "out eth0 172.31.0.2 gre new", NULL, NULL },
    { "nftables.json", "out eth1 172.31.0.2 gre new", "inet filter out reject", NULL },

    /* goto doesn't come back; a map of what isn't known may let anything pass */
    { "nftables-goto.json", "in eth0 172.31.0.2 gre new", NULL, NULL },
    { "nftables-goto.json", "in eth0 172.31.0.3 gre new", "ip ways in drop", NULL },
    { "nftables-goto.json", "in eth0 172.31.0.4 gre new", NULL, NULL },
    { "nftables-goto.json", "in eth0 172.31.0.6 esp new", NULL,
      NULL }, /* those that are too many */

    /* what iptables-nft made, as nft shows it: what nft can't show may let it pass */
    { "iptables-nft.json", "in eth0 172.31.0.2 gre new", NULL, NULL },
    { "iptables-nft.json", "in eth0 fd31::2 gre new", "ip6 filter INPUT reject", NULL },

    /* the same as iptables shows it */
    { "iptables-nft.txt", "in eth0 172.31.0.2 gre new", "filter INPUT policy drop", NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 gre new ipsec", NULL, NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 gre established", NULL, NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 gre invalid",
      "filter INPUT -A INPUT -m conntrack --ctstate INVALID -j DROP", NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 esp new", NULL, NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.3 esp new", "filter INPUT policy drop", NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 4500 new", NULL, NULL },
    { "iptables-nft.txt", "in eth0 172.31.0.2 4501 new", "filter INPUT policy drop", NULL },
    { "iptables-nft.txt", "out eth0 172.31.0.2 gre new", NULL, NULL },
    { "ip6tables-nft.txt", "in eth0 fd31::2 gre new",
      "filter INPUT -A INPUT -p gre -j REJECT --reject-with icmp6-port-unreachable", NULL },
    { "iptables-legacy.txt", "in eth0 198.51.100.1 gre new",
      "filter INPUT -A INPUT ! -s 172.31.0.0/24 -i eth+ -p gre -j DROP", NULL },
    { "iptables-legacy.txt", "in wan0 172.31.0.3 gre new",
      "filter gre -A gre -j REJECT --reject-with icmp-host-prohibited", NULL },
    { "iptables-legacy.txt", "in eth0 172.31.0.2 gre new", NULL, NULL },
    { "iptables-legacy.txt", "in eth0 172.31.0.2 500 new", NULL, NULL }, /* by its length */
    { "iptables-legacy.txt", "in eth0 172.31.0.2 esp new",
      "mangle PREROUTING -A PREROUTING -p esp -m conntrack --ctstate NEW -j DROP", NULL },
    { "iptables-legacy.txt", "in eth0 172.31.0.2 esp established", NULL, NULL },
    { "iptables-legacy.txt", "out eth0 172.31.0.2 gre new", NULL, NULL },
    { "iptables-legacy.txt", "out eth1 172.31.0.2 gre new",
      "filter OUTPUT -A OUTPUT -o eth1 -p gre -j DROP", NULL },
};

static void
make_packet(char **words, GrePacket *packet)
{
    GreAddress peer, here;

    g_assert_true(gre_address_parse(words[2], &peer));
    g_assert_true(gre_address_parse(peer.family == AF_INET ? "172.31.0.1" : "fd31::1", &here));
    *packet = (GrePacket){ .out = g_str_equal(words[0], "out"),
                           .interface = words[1],
                           .protocol = IPPROTO_UDP,
                           .state = words[4],
                           .ipsec = words[5] != NULL };
    packet->source = packet->out ? here : peer;
    packet->destination = packet->out ? peer : here;
    if (g_str_equal(words[3], "gre"))
        packet->protocol = IPPROTO_GRE;
    else if (g_str_equal(words[3], "esp"))
        packet->protocol = IPPROTO_ESP;
    else
        packet->sport = packet->dport = (guint16) atoi(words[3]);
}

static void
test_row(gconstpointer data)
{
    const Row       *row = data;
    g_autofree char *text = data_text(row->file), *found = NULL;
    g_auto(GStrv) words = g_strsplit(row->packet, " ", -1);
    gboolean  iptables = g_str_has_suffix(row->file, ".txt"), dropped;
    GrePacket packet;
    GreDrop   drop = { 0 };

    make_packet(words, &packet);
    dropped = iptables ? gre_firewall_iptables(text, &packet, &drop)
                       : gre_firewall_nft(text, &packet, &drop);
    g_assert_cmpint(dropped, ==, row->drop != NULL);
    if (!dropped)
        return;
    found = g_strdup_printf("%s %s %s", drop.table, drop.chain, drop.rule);
    if (!iptables && strstr(found, " (handle ")) /* a number that differs */
        *strstr(found, " (handle ") = '\0';
    g_assert_cmpstr(found, ==, row->drop);
    g_assert_cmpstr(drop.zone, ==, row->zone);
    g_assert_cmpint(drop.iptables, ==, iptables);
    gre_firewall_drop_clear(&drop);
}

/* What is no ruleset drops nothing, and ends. */
static void
test_broken(void)
{
    static const char odd[] =
        "{\"nftables\": [{\"table\": {\"family\": \"ip\", \"name\": \"x\"}}, "
        "{\"rule\": {\"family\": \"ip\", \"table\": \"x\", \"chain\": \"y\", \"expr\": "
        "[1, {}, {\"vmap\": 1}, {\"match\": {\"op\": 1}}, {\"jump\": {}}]}}]}";
    static const char loop[] =
        "{\"nftables\": [{\"table\": {\"family\": \"ip\", \"name\": \"x\"}}, {\"chain\": "
        "{\"family\": \"ip\", \"table\": \"x\", \"name\": \"y\", \"type\": \"filter\", "
        "\"hook\": \"input\"}}, {\"rule\": {\"family\": \"ip\", \"table\": \"x\", "
        "\"chain\": \"y\", \"expr\": [{\"jump\": {\"target\": \"y\"}}]}}]}";
    static const char cut[] = "*filter\n:INPUT ACCEPT\n-A INPUT !\n-A INPUT -p\n-A INPUT -s 1\n"
                              "-A INPUT -m x 'y\nCOMMIT";
    const char *const texts[] = {
        "", "null", "[]", "{}", "{\"nftables\": 3}", "{\"nftables\": [3, {\"rule\": 4}]}", odd, loop
    };
    static const char unfinished[] = "{\"nftables\": [{\"table\": {\"flags\": \"owner\"]}";
    const char *const saved[] = {
        "", "*", "*filter\n:\nCOMMIT", "*filter\n-A\n-A INPUT\nCOMMIT", "-A INPUT -j DROP\nCOMMIT",
        cut
    };
    g_auto(GStrv) words = g_strsplit("in eth0 172.31.0.2 gre new", " ", -1);
    GrePacket packet;
    GreDrop   drop = { 0 };

    make_packet(words, &packet);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_false(gre_firewall_nft(texts[i], &packet, &drop));
    g_assert_false(gre_firewall_nft_is_readable(texts[0]));
    g_assert_false(gre_firewall_nft_is_readable(unfinished));
    g_assert_true(gre_firewall_nft_is_readable(odd));
    for (gsize i = 0; i < G_N_ELEMENTS(saved); i++)
        g_assert_false(gre_firewall_iptables(saved[i], &packet, &drop));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/firewall/%s/%s", rows[i].file, rows[i].packet);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/firewall/broken", test_broken);
    return g_test_run();
}
