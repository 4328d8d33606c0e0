/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The algorithm table and its lookup functions. */
#include "config.h"

#include "gre-algorithm.h"

#include <string.h>

/* clang-format off */
#define ENCRYPTION(NAME, BITS, IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, \
                   JUNOS_IKE, JUNOS_ESP) \
    { GRE_ALGORITHM_ENCRYPTION, NAME, FALSE, BITS, \
      { IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, JUNOS_IKE, JUNOS_ESP } }
#define AEAD(NAME, BITS, IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, \
             JUNOS_IKE, JUNOS_ESP) \
    { GRE_ALGORITHM_ENCRYPTION, NAME, TRUE, BITS, \
      { IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, JUNOS_IKE, JUNOS_ESP } }
#define INTEGRITY(NAME, IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, \
                  JUNOS_IKE, JUNOS_ESP) \
    { GRE_ALGORITHM_INTEGRITY, NAME, FALSE, 0, \
      { IKEV2, IKEV1, ESP, LIBRESWAN, VYOS, ROS_IKE, ROS_ESP, FORTIGATE, JUNOS_IKE, JUNOS_ESP } }
#define PRF(NAME, IKEV2, LIBRESWAN, VYOS, FORTIGATE) \
    { GRE_ALGORITHM_PRF, NAME, FALSE, 0, \
      { IKEV2, NULL, NULL, LIBRESWAN, VYOS, NULL, NULL, FORTIGATE, NULL, NULL } }
#define GROUP(NAME, NUMBER, LIBRESWAN, ROS, FORTIGATE) \
    { GRE_ALGORITHM_GROUP, NAME, FALSE, NUMBER, \
      { #NUMBER, #NUMBER, ("group" #NUMBER), LIBRESWAN, #NUMBER, ROS, ROS, FORTIGATE, \
        ("group" #NUMBER), ("group" #NUMBER) } }
/* A group that IOS and Junos don't have. */
#define OTHER_GROUP(NAME, NUMBER, LIBRESWAN, ROS, FORTIGATE) \
    { GRE_ALGORITHM_GROUP, NAME, FALSE, NUMBER, \
      { NULL, NULL, NULL, LIBRESWAN, #NUMBER, ROS, ROS, FORTIGATE, NULL, NULL } }

const GreAlgorithm gre_algorithm_table[] = {
    /*         strongSwan, bits        crypto ikev2   crypto isakmp  crypto ipsec   Libreswan
     *  VyOS, RouterOS' profile, RouterOS' proposal, FortiGate, Junos' ike and ipsec proposals */
    ENCRYPTION("aes128", 128,          "aes-cbc-128", "aes",         "esp-aes",     "aes128",
        "aes128", "aes-128", "aes-128-cbc", "aes128", "aes-128-cbc", "aes-128-cbc"),
    ENCRYPTION("aes192", 192,          "aes-cbc-192", "aes 192",     "esp-aes 192", "aes192",
        "aes192", "aes-192", "aes-192-cbc", "aes192", "aes-192-cbc", "aes-192-cbc"),
    ENCRYPTION("aes256", 256,          "aes-cbc-256", "aes 256",     "esp-aes 256", "aes256",
        "aes256", "aes-256", "aes-256-cbc", "aes256", "aes-256-cbc", "aes-256-cbc"),
    ENCRYPTION("3des", 168,            "3des",        "3des",        "esp-3des",    "3des",
        "3des", "3des", "3des", "3des", "3des-cbc", "3des-cbc"),
    ENCRYPTION("des", 56,              "des",         "des",         "esp-des",     NULL,
        NULL, "des", "des", "des", "des-cbc", "des-cbc"),
    ENCRYPTION("null", 0,              NULL,          NULL,          "esp-null",    "null",
        "null", NULL, "null", NULL, NULL, NULL),
    ENCRYPTION("aes128ctr", 128,       NULL,          NULL,          NULL,          "aes_ctr128",
        "aes128ctr", NULL, "aes-128-ctr", NULL, NULL, NULL),
    ENCRYPTION("aes192ctr", 192,       NULL,          NULL,          NULL,          "aes_ctr192",
        "aes192ctr", NULL, "aes-192-ctr", NULL, NULL, NULL),
    ENCRYPTION("aes256ctr", 256,       NULL,          NULL,          NULL,          "aes_ctr256",
        "aes256ctr", NULL, "aes-256-ctr", NULL, NULL, NULL),
    ENCRYPTION("camellia128", 128,     NULL,          NULL,          NULL,          "camellia128",
        "camellia128", "camellia-128", "camellia-128", NULL, NULL, NULL),
    ENCRYPTION("camellia192", 192,     NULL,          NULL,          NULL,          "camellia192",
        "camellia192", "camellia-192", "camellia-192", NULL, NULL, NULL),
    ENCRYPTION("camellia256", 256,     NULL,          NULL,          NULL,          "camellia256",
        "camellia256", "camellia-256", "camellia-256", NULL, NULL, NULL),
    AEAD("aes128gcm16", 128,           "aes-gcm-128", NULL,          "esp-gcm",     "aes_gcm128",
        "aes128gcm128", NULL, "aes-128-gcm", "aes128gcm", "aes-128-gcm", "aes-128-gcm"),
    AEAD("aes192gcm16", 192,           NULL,          NULL,          "esp-gcm 192", "aes_gcm192",
        "aes192gcm128", NULL, "aes-192-gcm", NULL, NULL, "aes-192-gcm"),
    AEAD("aes256gcm16", 256,           "aes-gcm-256", NULL,          "esp-gcm 256", "aes_gcm256",
        "aes256gcm128", NULL, "aes-256-gcm", "aes256gcm", "aes-256-gcm", "aes-256-gcm"),
    AEAD("aes128gcm12", 128,           NULL,          NULL,          NULL,          "aes_gcm_b128",
        "aes128gcm96", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes256gcm12", 256,           NULL,          NULL,          NULL,          "aes_gcm_b256",
        "aes256gcm96", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes128gcm8", 128,            NULL,          NULL,          NULL,          "aes_gcm_a128",
        "aes128gcm64", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes256gcm8", 256,            NULL,          NULL,          NULL,          "aes_gcm_a256",
        "aes256gcm64", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes128ccm16", 128,           NULL,          NULL,          NULL,          "aes_ccm128",
        "aes128ccm128", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes192ccm16", 192,           NULL,          NULL,          NULL,          "aes_ccm192",
        "aes192ccm128", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes256ccm16", 256,           NULL,          NULL,          NULL,          "aes_ccm256",
        "aes256ccm128", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes128gmac", 128,            NULL,          NULL,          "esp-gmac",    NULL,
        "aes128gmac", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes192gmac", 192,            NULL,          NULL,          "esp-gmac 192", NULL,
        "aes192gmac", NULL, NULL, NULL, NULL, NULL),
    AEAD("aes256gmac", 256,            NULL,          NULL,          "esp-gmac 256", NULL,
        "aes256gmac", NULL, NULL, NULL, NULL, NULL),
    AEAD("chacha20poly1305", 256,      NULL,          NULL,          NULL,          "chacha20_poly1305",
        "chacha20poly1305", NULL, NULL, "chacha20poly1305", NULL, NULL),

    INTEGRITY("md5",                   "md5",         "md5",         "esp-md5-hmac",    "md5",
        "md5", "md5", "md5", "md5", "md5", "hmac-md5-96"),
    INTEGRITY("sha1",                  "sha1",        "sha",         "esp-sha-hmac",    "sha1",
        "sha1", "sha1", "sha1", "sha1", "sha1", "hmac-sha1-96"),
    INTEGRITY("sha256",                "sha256",      "sha256",      "esp-sha256-hmac", "sha2_256",
        "sha256", "sha256", "sha256", "sha256", "sha-256", "hmac-sha-256-128"),
    INTEGRITY("sha384",                "sha384",      "sha384",      "esp-sha384-hmac", "sha2_384",
        "sha384", "sha384", NULL, "sha384", "sha-384", "hmac-sha-384"),
    INTEGRITY("sha512",                "sha512",      "sha512",      "esp-sha512-hmac", "sha2_512",
        "sha512", "sha512", "sha512", "sha512", "sha-512", "hmac-sha-512"),
    INTEGRITY("aesxcbc",               NULL,          NULL,          NULL,              "aes_xcbc",
        "aesxcbc", NULL, NULL, NULL, NULL, NULL),
    INTEGRITY("aescmac",               NULL,          NULL,          NULL,              "aes_cmac",
        "aescmac", NULL, NULL, NULL, NULL, NULL),

    PRF("prfmd5",                      "md5",                                           "md5",
        "prfmd5", NULL),
    PRF("prfsha1",                     "sha1",                                          "sha1",
        "prfsha1", "prfsha1"),
    PRF("prfsha256",                   "sha256",                                        "sha2_256",
        "prfsha256", "prfsha256"),
    PRF("prfsha384",                   "sha384",                                        "sha2_384",
        "prfsha384", "prfsha384"),
    PRF("prfsha512",                   "sha512",                                        "sha2_512",
        "prfsha512", "prfsha512"),

    GROUP("modp768", 1, NULL, "modp768", "1"),
    GROUP("modp1024", 2, "modp1024", "modp1024", "2"),
    GROUP("modp1536", 5, "modp1536", "modp1536", "5"),
    GROUP("modp2048", 14, "modp2048", "modp2048", "14"),
    GROUP("modp3072", 15, "modp3072", "modp3072", "15"),
    GROUP("modp4096", 16, "modp4096", "modp4096", "16"),
    OTHER_GROUP("modp6144", 17, "modp6144", "modp6144", "17"),
    OTHER_GROUP("modp8192", 18, "modp8192", "modp8192", "18"),
    GROUP("ecp256", 19, "dh19", "ecp256", "19"),
    GROUP("ecp384", 20, "dh20", "ecp384", "20"),
    GROUP("ecp521", 21, "dh21", "ecp521", "21"),
    OTHER_GROUP("modp1024s160", 22, "dh22", NULL, NULL),
    OTHER_GROUP("modp2048s224", 23, "dh23", NULL, NULL),
    GROUP("modp2048s256", 24, "dh24", NULL, NULL),
    OTHER_GROUP("ecp192", 25, NULL, NULL, NULL),
    OTHER_GROUP("ecp224", 26, NULL, NULL, NULL),
    OTHER_GROUP("ecp224bp", 27, NULL, NULL, "27"),
    OTHER_GROUP("ecp256bp", 28, NULL, NULL, "28"),
    OTHER_GROUP("ecp384bp", 29, NULL, NULL, "29"),
    OTHER_GROUP("ecp512bp", 30, NULL, NULL, "30"),
    OTHER_GROUP("curve25519", 31, "dh31", "x25519", "31"),
    OTHER_GROUP("curve448", 32, NULL, NULL, "32"),
    { 0 },
};

enum { STRONGSWAN = -1 };

/* Further spellings of a row's word. */
static const struct {
    int         words; /* GreAlgorithmWords, or STRONGSWAN */
    const char *spelling, *word;
} spellings[] = {
    { STRONGSWAN, "aes", "aes128" },
    { STRONGSWAN, "aes128gcm", "aes128gcm16" },
    { STRONGSWAN, "aes128gcm128", "aes128gcm16" },
    { STRONGSWAN, "aes192gcm", "aes192gcm16" },
    { STRONGSWAN, "aes192gcm128", "aes192gcm16" },
    { STRONGSWAN, "aes256gcm", "aes256gcm16" },
    { STRONGSWAN, "aes256gcm128", "aes256gcm16" },
    { STRONGSWAN, "aes128gcm96", "aes128gcm12" },
    { STRONGSWAN, "aes256gcm96", "aes256gcm12" },
    { STRONGSWAN, "aes128gcm64", "aes128gcm8" },
    { STRONGSWAN, "aes256gcm64", "aes256gcm8" },
    { STRONGSWAN, "aes128ccm", "aes128ccm16" },
    { STRONGSWAN, "aes128ccm128", "aes128ccm16" },
    { STRONGSWAN, "aes192ccm", "aes192ccm16" },
    { STRONGSWAN, "aes192ccm128", "aes192ccm16" },
    { STRONGSWAN, "aes256ccm", "aes256ccm16" },
    { STRONGSWAN, "aes256ccm128", "aes256ccm16" },
    { STRONGSWAN, "camellia", "camellia128" },
    { STRONGSWAN, "sha", "sha1" },
    { STRONGSWAN, "sha2_256", "sha256" },
    { STRONGSWAN, "sha2_384", "sha384" },
    { STRONGSWAN, "sha2_512", "sha512" },
    { STRONGSWAN, "x25519", "curve25519" },
    { STRONGSWAN, "x448", "curve448" },
    { GRE_WORDS_CISCO_IKEV2, "sha", "sha1" },
    { GRE_WORDS_CISCO_IKEV1, "aes 128", "aes" },
    { GRE_WORDS_CISCO_IKEV1, "sha1", "sha" },
    { GRE_WORDS_CISCO_ESP, "esp-aes 128", "esp-aes" },
    { GRE_WORDS_CISCO_ESP, "esp-192-aes", "esp-aes 192" },
    { GRE_WORDS_CISCO_ESP, "esp-256-aes", "esp-aes 256" },
    { GRE_WORDS_CISCO_ESP, "esp-gcm 128", "esp-gcm" },
    { GRE_WORDS_CISCO_ESP, "esp-gmac 128", "esp-gmac" },
    { GRE_WORDS_CISCO_ESP, "esp-sha1-hmac", "esp-sha-hmac" },
    { GRE_WORDS_LIBRESWAN, "aes_128", "aes128" },
    { GRE_WORDS_LIBRESWAN, "aes_192", "aes192" },
    { GRE_WORDS_LIBRESWAN, "aes_256", "aes256" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc128", "aes128" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc192", "aes192" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc256", "aes256" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc_128", "aes128" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc_192", "aes192" },
    { GRE_WORDS_LIBRESWAN, "aes_cbc_256", "aes256" },
    { GRE_WORDS_LIBRESWAN, "3des_cbc", "3des" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_128", "aes_gcm128" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_192", "aes_gcm192" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_256", "aes_gcm256" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_c128", "aes_gcm128" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_c256", "aes_gcm256" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_16_128", "aes_gcm128" },
    { GRE_WORDS_LIBRESWAN, "aes_gcm_16_256", "aes_gcm256" },
    { GRE_WORDS_LIBRESWAN, "sha", "sha1" },
    { GRE_WORDS_LIBRESWAN, "sha1_96", "sha1" },
    { GRE_WORDS_LIBRESWAN, "hmac_sha1", "sha1" },
    { GRE_WORDS_LIBRESWAN, "sha2", "sha2_256" },
    { GRE_WORDS_LIBRESWAN, "sha256", "sha2_256" },
    { GRE_WORDS_LIBRESWAN, "hmac_sha2_256", "sha2_256" },
    { GRE_WORDS_LIBRESWAN, "hmac_sha2_256_128", "sha2_256" },
    { GRE_WORDS_LIBRESWAN, "sha384", "sha2_384" },
    { GRE_WORDS_LIBRESWAN, "sha512", "sha2_512" },
    { GRE_WORDS_LIBRESWAN, "hmac_sha2_512", "sha2_512" },
    { GRE_WORDS_LIBRESWAN, "dh2", "modp1024" },
    { GRE_WORDS_LIBRESWAN, "dh5", "modp1536" },
    { GRE_WORDS_LIBRESWAN, "dh14", "modp2048" },
    { GRE_WORDS_LIBRESWAN, "dh15", "modp3072" },
    { GRE_WORDS_LIBRESWAN, "dh16", "modp4096" },
    { GRE_WORDS_LIBRESWAN, "dh17", "modp6144" },
    { GRE_WORDS_LIBRESWAN, "dh18", "modp8192" },
    { GRE_WORDS_LIBRESWAN, "ecp_256", "dh19" },
    { GRE_WORDS_LIBRESWAN, "ecp_384", "dh20" },
    { GRE_WORDS_LIBRESWAN, "ecp_521", "dh21" },
    { GRE_WORDS_LIBRESWAN, "ecp256", "dh19" },
    { GRE_WORDS_LIBRESWAN, "ecp384", "dh20" },
    { GRE_WORDS_LIBRESWAN, "ecp521", "dh21" },
    { GRE_WORDS_LIBRESWAN, "curve25519", "dh31" },
    { GRE_WORDS_LIBRESWAN, "x25519", "dh31" },
};
/* clang-format on */

static const char *
plainest(int words, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++)
        if (spellings[i].words == words && g_ascii_strcasecmp(spellings[i].spelling, word) == 0)
            return spellings[i].word;
    return word;
}

const GreAlgorithm *
gre_algorithm_find(const char *keyword)
{
    const char *plain = plainest(STRONGSWAN, keyword);

    for (const GreAlgorithm *row = gre_algorithm_table; row->name; row++)
        if (g_ascii_strcasecmp(row->name, plain) == 0)
            return row;
    return NULL;
}

const GreAlgorithm *
gre_algorithm_find_word(GreAlgorithmWords words, GreAlgorithmKind kind, const char *word)
{
    const char *plain = plainest((int) words, word);

    for (const GreAlgorithm *row = gre_algorithm_table; row->name; row++)
        if (row->kind == kind && row->words[words] &&
            g_ascii_strcasecmp(row->words[words], plain) == 0)
            return row;
    return NULL;
}

GPtrArray *
gre_algorithm_parse(const char *proposal, char **unknown)
{
    g_auto(GStrv) keywords = g_strsplit(proposal, "-", -1);
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    for (gsize i = 0; keywords[i]; i++) {
        const GreAlgorithm *row = gre_algorithm_find(keywords[i]);

        if (g_ascii_strcasecmp(keywords[i], "noesn") == 0)
            continue;
        if (!row) {
            if (unknown)
                *unknown = g_strdup(keywords[i]);
            return NULL;
        }
        g_ptr_array_add(found, (gpointer) row);
    }
    return g_steal_pointer(&found);
}
