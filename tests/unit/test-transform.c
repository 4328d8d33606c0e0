/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proposals as strongSwan logs them: their groups, and the keywords that a profile has for them. */
#include "gre-transform.h"
#include "gre-value.h"

static const struct {
    const char *proposals, *groups, *keywords;
} rows[] = {
    { "ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ", "MODP_2048",
      "aes256-sha256-modp2048" },
    { "ESP:AES_GCM_16_128/NO_EXT_SEQ", NULL, "aes128gcm16" },
    { "ESP:AES_GCM_16_256/CURVE_25519/NO_EXT_SEQ, ESP:AES_CBC_128/HMAC_SHA1_96/ECP_256/CURVE_25519",
      "CURVE_25519, ECP_256", "aes256gcm16-curve25519" },
    { "IKE:AES_CBC_192/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/ECP_384_BP", "ECP_384_BP",
      "aes192-sha512-prfsha512-ecp384bp" },
    { "ESP:3DES_CBC/HMAC_MD5_96/MODP_1024_160/EXT_SEQ", "MODP_1024_160",
      "3des-md5-modp1024s160-esn" },
    { "ESP:AES_CBC_256/HMAC_SOMETHING/ECP_521", "ECP_521", NULL },
    { "", NULL, NULL },
};

static void
test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *groups = gre_transform_groups(rows[i].proposals);
        g_autofree char *keywords = gre_transform_keywords(rows[i].proposals);

        g_assert_cmpstr(groups, ==, rows[i].groups);
        g_assert_cmpstr(keywords, ==, rows[i].keywords);
        /* A profile takes it. */
        if (keywords) {
            g_auto(GStrv) items = gre_value_proposals(keywords);

            g_assert_nonnull(items);
        }
    }
    g_assert_null(gre_transform_groups(NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/transform/rows", test_rows);
    return g_test_run();
}
