/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MTU arithmetic against a table of what kernels really do, for each ESP algorithm and way of
 * carrying it. The first three columns of most rows were measured, the others follow the kernel's
 * formula.
 */
#include "gre-mtu.h"

#include <sys/socket.h>

/* The columns. */
static const struct {
    int      family;
    gboolean tunnel_mode, encap;
    guint    link_mtu;
} ways[] = {
    { AF_INET, FALSE, FALSE, 1500 }, /* transport mode */
    { AF_INET, FALSE, TRUE, 1500 },  /* with NAT-T */
    { AF_INET, TRUE, FALSE, 1500 },  /* tunnel mode */
    { AF_INET, TRUE, TRUE, 1500 },   { AF_INET6, FALSE, FALSE, 1500 },
    { AF_INET6, FALSE, TRUE, 1500 }, { AF_INET, FALSE, FALSE, 1492 }, /* PPPoE */
    { AF_INET, FALSE, TRUE, 1492 },  { AF_INET6, TRUE, FALSE, 1500 },
    { AF_INET6, TRUE, TRUE, 1500 },
};

/* The rows: the tunnel's MTU without a GRE key. */
static const struct {
    const char *encr, *integ;
    guint       mtu[G_N_ELEMENTS(ways)];
} table[] = {
    { "AES_GCM_16", NULL, { 1442, 1434, 1422, 1414, 1422, 1414, 1434, 1426, 1382, 1374 } },
    { "CHACHA20_POLY1305", NULL, { 1442, 1434, 1422, 1414, 1422, 1414, 1434, 1426, 1382, 1374 } },
    { "AES_GCM_8", NULL, { 1450, 1442, 1430, 1422, 1430, 1422, 1442, 1434, 1390, 1382 } },
    { "NULL_AES_GMAC", NULL, { 1442, 1434, 1422, 1414, 1422, 1414, 1434, 1426, 1382, 1374 } },
    { "AES_CBC", "HMAC_SHA1_96", { 1434, 1418, 1414, 1398, 1418, 1402, 1418, 1418, 1378, 1362 } },
    { "AES_CBC",
      "HMAC_SHA2_256_128",
      { 1434, 1418, 1414, 1398, 1402, 1402, 1418, 1418, 1362, 1362 } },
    { "AES_CBC",
      "HMAC_SHA2_384_192",
      { 1418, 1418, 1398, 1398, 1402, 1386, 1418, 1402, 1362, 1346 } },
    { "AES_CBC",
      "HMAC_SHA2_512_256",
      { 1418, 1402, 1398, 1382, 1386, 1386, 1402, 1402, 1346, 1346 } },
    { "3DES_CBC", "HMAC_SHA1_96", { 1442, 1434, 1422, 1414, 1426, 1418, 1434, 1426, 1386, 1378 } },
    { "NULL", "HMAC_SHA2_256_128", { 1450, 1442, 1430, 1422, 1430, 1422, 1442, 1434, 1390, 1382 } },
};

/* All headers and the largest packet fill the link to the last byte. */
static guint
sum_of(const GreMtuParts *parts)
{
    return parts->outer_ip + parts->udp + parts->esp_header + parts->esp_iv + parts->inner_ip +
           parts->esp_trailer_max + parts->gre + parts->ethernet;
}

static void
check(const GreMtuInput *input, guint expected)
{
    GreMtuParts parts;

    g_assert_cmpuint(gre_mtu_compute(input, &parts), ==, expected);
    g_assert_cmpuint(gre_mtu_compute(input, NULL), ==, expected);
    g_assert_cmpuint(sum_of(&parts) + expected, ==, input->underlay_mtu);
}

static void
test_esp(void)
{
    for (gsize row = 0; row < G_N_ELEMENTS(table); row++) {
        for (gsize way = 0; way < G_N_ELEMENTS(ways); way++) {
            guint       mtu = table[row].mtu[way];
            GreMtuInput input = {
                .underlay_mtu = ways[way].link_mtu,
                .family = ways[way].family,
                .esp = { TRUE, table[row].encr, table[row].integ, ways[way].tunnel_mode,
                         ways[way].encap },
            };

            check(&input, mtu);
            input.key = TRUE;
            check(&input, mtu - 4);
            input.checksum = input.sequence = TRUE;
            check(&input, mtu - 12);
            input.ethernet = TRUE;
            check(&input, mtu - 26);
        }
    }
}

static void
test_plain(void)
{
    static const struct {
        int      family;
        gboolean key, checksum, sequence, encap_limit;
        guint    mtu;
    } rows[] = {
        { AF_INET, FALSE, FALSE, FALSE, FALSE, 1476 },
        { AF_INET, TRUE, FALSE, FALSE, FALSE, 1472 },
        { AF_INET, TRUE, TRUE, TRUE, FALSE, 1464 },
        { AF_INET, FALSE, TRUE, FALSE, FALSE, 1472 },
        { AF_INET, FALSE, FALSE, TRUE, FALSE, 1472 },
        { AF_INET6, FALSE, FALSE, FALSE, TRUE, 1448 },
        { AF_INET6, TRUE, FALSE, FALSE, TRUE, 1444 },
        { AF_INET6, FALSE, FALSE, FALSE, FALSE, 1456 },
        { AF_INET6, TRUE, FALSE, FALSE, FALSE, 1452 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GreMtuInput input = {
            .underlay_mtu = 1500,
            .family = rows[i].family,
            .key = rows[i].key,
            .checksum = rows[i].checksum,
            .sequence = rows[i].sequence,
            .encap_limit = rows[i].encap_limit,
        };

        check(&input, rows[i].mtu);
    }
}

/* The encapsulation limit option and ESP: 8 bytes less, as the option lies inside. */
static void
test_esp_with_encap_limit(void)
{
    GreMtuInput input = {
        .underlay_mtu = 1500,
        .family = AF_INET6,
        .encap_limit = TRUE,
        .esp = { .esp = TRUE, .encr_alg = "AES_GCM_16" },
    };

    check(&input, 1422 - 8);
}

/* Without GRE: the packet's own header is the inner one. The first two and the fifth measured. */
static void
test_xfrm(void)
{
    static const struct {
        int         family;
        const char *encr, *integ;
        gboolean    encap;
        guint       mtu;
    } rows[] = {
        { AF_INET, "AES_GCM_16", NULL, FALSE, 1446 },
        { AF_INET6, "AES_GCM_16", NULL, FALSE, 1426 },
        { AF_INET, "AES_GCM_16", NULL, TRUE, 1438 },
        { AF_INET6, "AES_GCM_16", NULL, TRUE, 1418 },
        { AF_INET, "AES_CBC", "HMAC_SHA2_256_128", FALSE, 1438 },
        { AF_INET6, "AES_CBC", "HMAC_SHA2_256_128", FALSE, 1406 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GreMtuInput input = {
            .underlay_mtu = 1500,
            .family = rows[i].family,
            .xfrm = TRUE,
            .esp = { TRUE, rows[i].encr, rows[i].integ, TRUE, rows[i].encap },
        };

        check(&input, rows[i].mtu);
    }
}

/* Measured: what the kernel gives gretap and ip6gretap on a link of 1500 bytes. */
static void
test_ethernet(void)
{
    GreMtuInput input = { .underlay_mtu = 1500, .family = AF_INET, .ethernet = TRUE };
    GreMtuParts parts;

    check(&input, 1462);
    gre_mtu_compute(&input, &parts);
    g_assert_cmpuint(parts.ethernet, ==, 14);
    g_assert_cmpuint(parts.gre, ==, 4);
    input.family = AF_INET6;
    check(&input, 1442);
    input.encap_limit = TRUE;
    check(&input, 1434);
    g_assert_cmpuint(gre_mtu_worst_case(&input, TRUE), ==, 1364);
}

static void
test_parts(void)
{
    GreMtuInput input = {
        .underlay_mtu = 1500,
        .family = AF_INET,
        .key = TRUE,
        .esp = { TRUE, "AES_CBC", "HMAC_SHA2_256_128", TRUE, TRUE },
    };
    GreMtuParts parts;

    g_assert_cmpuint(gre_mtu_compute(&input, &parts), ==, 1394);
    g_assert_cmpuint(parts.outer_ip, ==, 20);
    g_assert_cmpuint(parts.inner_ip, ==, 20);
    g_assert_cmpuint(parts.udp, ==, 8);
    g_assert_cmpuint(parts.esp_header, ==, 8);
    g_assert_cmpuint(parts.esp_iv, ==, 16);
    g_assert_cmpuint(parts.gre, ==, 8);
    g_assert_cmpuint(parts.ethernet, ==, 0);
    g_assert_cmpuint(parts.esp_trailer_max, ==, 26); /* 8 of padding, 2, 16 of ICV */
}

/* Nothing that may get negotiated needs more than the worst case allows for. */
static void
test_worst_case(void)
{
    for (guint link_mtu = 576; link_mtu <= 9000; link_mtu++) {
        for (gsize row = 0; row < G_N_ELEMENTS(table); row++) {
            GreMtuInput input = {
                .underlay_mtu = link_mtu,
                .family = link_mtu % 2 ? AF_INET : AF_INET6,
                .esp = { TRUE, table[row].encr, table[row].integ, link_mtu % 5 < 2,
                         link_mtu % 3 == 0 },
            };

            g_assert_cmpuint(gre_mtu_worst_case(&input, TRUE), <=, gre_mtu_compute(&input, NULL));
            if (!input.esp.encap)
                g_assert_cmpuint(gre_mtu_worst_case(&input, FALSE), <=,
                                 gre_mtu_compute(&input, NULL));
        }
    }
}

static void
test_unknown_algorithms(void)
{
    GreMtuInput input = {
        .underlay_mtu = 1500,
        .family = AF_INET,
        .esp = { TRUE, "AES_CBC", "HMAC_SHA9", FALSE, FALSE },
    };

    check(&input, 1418); /* as with the largest ICV, that of HMAC_SHA2_512_256 */
    input.esp.integ_alg = NULL;
    check(&input, 1418);
    input.esp.encr_alg = "NEW_CIPHER";
    check(&input, 1418);
    input.esp.encr_alg = NULL;
    check(&input, 1418);
    input.esp.encap = TRUE;
    check(&input, 1402);
    input.esp.esp = FALSE;
    g_assert_cmpuint(gre_mtu_worst_case(&input, TRUE), ==, 1402);
    g_assert_cmpuint(gre_mtu_worst_case(&input, FALSE), ==, 1418);
}

static void
test_too_small(void)
{
    for (guint link_mtu = 0; link_mtu < 200; link_mtu++) {
        GreMtuInput input = { .underlay_mtu = link_mtu, .family = AF_INET };
        GreMtuParts parts;

        g_assert_cmpuint(gre_mtu_compute(&input, &parts), ==, link_mtu > 24 ? link_mtu - 24 : 0);
        g_assert_cmpuint(gre_mtu_worst_case(&input, TRUE), <=, link_mtu);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mtu/xfrm", test_xfrm);
    g_test_add_func("/mtu/esp", test_esp);
    g_test_add_func("/mtu/plain", test_plain);
    g_test_add_func("/mtu/esp-with-encap-limit", test_esp_with_encap_limit);
    g_test_add_func("/mtu/ethernet", test_ethernet);
    g_test_add_func("/mtu/parts", test_parts);
    g_test_add_func("/mtu/worst-case", test_worst_case);
    g_test_add_func("/mtu/unknown-algorithms", test_unknown_algorithms);
    g_test_add_func("/mtu/too-small", test_too_small);
    return g_test_run();
}
