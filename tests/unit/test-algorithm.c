/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of algorithms: every word leads to its row, and what others' words mean. */
#include "gre-algorithm.h"
#include "gre-proposal.h"
#include "gre-value.h"

#include <string.h>

/* A word of two rows would lead to the first of them only. */
static void
test_both_ways(void)
{
    for (const GreAlgorithm *row = gre_algorithm_table; row->name; row++) {
        g_assert_true(gre_algorithm_find(row->name) == row);
        for (guint i = 0; i < GRE_WORDS_N; i++)
            if (row->words[i])
                g_assert_true(gre_algorithm_find_word(i, row->kind, row->words[i]) == row);
    }
}

/* What is written into a profile must be what a profile takes. */
static void
test_names(void)
{
    for (const GreAlgorithm *row = gre_algorithm_table; row->name; row++) {
        g_auto(GStrv) items = gre_value_proposals(row->name);

        g_assert_nonnull(items);
        g_assert_cmpstr(items[0], ==, row->name);
    }
}

static void
test_words(void)
{
    static const struct {
        GreAlgorithmWords words;
        GreAlgorithmKind  kind;
        const char       *word, *name;
    } rows[] = {
        { GRE_WORDS_CISCO_IKEV2, GRE_ALGORITHM_ENCRYPTION, "aes-cbc-256", "aes256" },
        { GRE_WORDS_CISCO_IKEV2, GRE_ALGORITHM_ENCRYPTION, "AES-GCM-128", "aes128gcm16" },
        { GRE_WORDS_CISCO_IKEV2, GRE_ALGORITHM_PRF, "sha512", "prfsha512" },
        { GRE_WORDS_CISCO_IKEV2, GRE_ALGORITHM_GROUP, "19", "ecp256" },
        { GRE_WORDS_CISCO_IKEV2, GRE_ALGORITHM_GROUP, "31", NULL },
        { GRE_WORDS_CISCO_IKEV1, GRE_ALGORITHM_ENCRYPTION, "aes 128", "aes128" },
        { GRE_WORDS_CISCO_IKEV1, GRE_ALGORITHM_ENCRYPTION, "aes-cbc-256", NULL },
        { GRE_WORDS_CISCO_IKEV1, GRE_ALGORITHM_INTEGRITY, "sha", "sha1" },
        { GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_ENCRYPTION, "esp-256-aes", "aes256" },
        { GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_ENCRYPTION, "esp-gcm 128", "aes128gcm16" },
        { GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_INTEGRITY, "esp-sha-hmac", "sha1" },
        { GRE_WORDS_CISCO_ESP, GRE_ALGORITHM_GROUP, "group14", "modp2048" },
        { GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_INTEGRITY, "sha2", "sha256" },
        { GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_GROUP, "dh31", "curve25519" },
        { GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_GROUP, "ecp_384", "ecp384" },
        { GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_ENCRYPTION, "aes_gcm_256", "aes256gcm16" },
        { GRE_WORDS_LIBRESWAN, GRE_ALGORITHM_ENCRYPTION, "", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const GreAlgorithm *row =
            gre_algorithm_find_word(rows[i].words, rows[i].kind, rows[i].word);

        g_assert_cmpstr(row ? row->name : NULL, ==, rows[i].name);
    }
}

static void
test_parse(void)
{
    static const struct {
        const char *proposal, *names; /* NULL: an unknown keyword, which is "…" */
    } rows[] = {
        { "aes256-sha256-modp2048", "aes256 sha256 modp2048 " },
        { "AES256GCM128-prfsha256-x25519", "aes256gcm16 prfsha256 curve25519 " },
        { "aes-sha-ecp256-noesn", "aes128 sha1 ecp256 " },
        { "aes256-unheard", NULL },
        { "aes256--sha1", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *unknown = NULL;
        g_autoptr(GPtrArray) found = gre_algorithm_parse(rows[i].proposal, &unknown);
        g_autoptr(GString) names = g_string_new(NULL);

        for (guint j = 0; found && j < found->len; j++)
            g_string_append_printf(names, "%s ", ((const GreAlgorithm *) found->pdata[j])->name);
        g_assert_cmpstr(found ? names->str : NULL, ==, rows[i].names);
        g_assert_true(!found == !!unknown);
    }
}

/* What strongSwan 5.9.8 says to each, by proposal_create_from_string(). */
static void
test_proposals(void)
{
    static const struct {
        gboolean    ike;
        const char *proposal, *why; /* NULL: accepted */
    } rows[] = {
        { TRUE, "default", NULL },
        { TRUE, "aes256-sha256-modp2048", NULL },
        { TRUE, "aes-sha-modp1024", NULL },
        { TRUE, "aes256-sha256-noesn-modp2048", NULL },
        { TRUE, "aes256gcm16-prfsha256-modp2048", NULL },
        { TRUE, "aes256gcm16-sha256-modp2048", NULL },
        { TRUE, "aes128-camellia128-sha1-modp2048", NULL },
        { TRUE, "aes128-sha256-modp1024s160-ntru128", NULL },
        { TRUE, "aes128-sha256-x25519-ke1_mlkem768", NULL }, /* 6.0 */
        { TRUE, "aes256-sha256", "has no Diffie-Hellman group" },
        { TRUE, "aes256-sha256-modpnone", "has no Diffie-Hellman group" },
        { TRUE, "aes256gcm16-modp2048", "has no PRF" },
        { TRUE, "aes256-modp2048", "has no integrity algorithm" },
        { TRUE, "aes256-prfsha256-modp2048", "has no integrity algorithm" },
        { TRUE, "sha256-modp2048", "has no encryption algorithm" },
        { TRUE, "aes256-aes256gcm16-sha256-modp2048", "combines an AEAD" },
        { TRUE, "foo-sha256-modp2048", "has \"foo\", which" },
        { TRUE, "aes256-sha2-modp2048", "has \"sha2\", which" },
        { TRUE, "aes512-sha256-modp2048", "has \"aes512\", which" },
        { TRUE, "aes256gcm32-sha256-modp2048", "has \"aes256gcm32\", which" },
        { TRUE, "blowfish256gcm-sha256-modp2048", "has \"blowfish256gcm\", which" },
        { TRUE, "camellia256ccm-sha256-modp2048", "has \"camellia256ccm\", which" },
        { TRUE, "aesgcm-sha256-modp2048", "has \"aesgcm\", which" },
        { TRUE, "aes256--modp2048", "has \"\", which" },
        { FALSE, "aes256", NULL },
        { FALSE, "aes256-sha256", NULL },
        { FALSE, "aes256gcm16-sha256", NULL },
        { FALSE, "aes256gcm16", NULL },
        { FALSE, "null-sha256", NULL },
        { FALSE, "aes256gmac-esn", NULL },
        { FALSE, "twofish256-sha256_96", NULL },
        { FALSE, "sha256", "has no encryption algorithm" },
        { FALSE, "aes256-aes128gcm16-sha256", "combines an AEAD" },
        { FALSE, "foo", "has \"foo\", which" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *why = gre_proposal_check(rows[i].proposal, rows[i].ike);

        g_test_message("%s: %s", rows[i].proposal, why);
        g_assert_cmpint(why != NULL, ==, rows[i].why != NULL);
        g_assert_true(!why || g_str_has_prefix(why, rows[i].why));
    }
}

/* Whatever an importer writes is a keyword. */
static void
test_known(void)
{
    for (const GreAlgorithm *row = gre_algorithm_table; row->name; row++) {
        g_autofree char *why = gre_proposal_check(row->name, TRUE);

        g_assert_nonnull(why); /* alone it is no proposal */
        g_assert_null(strstr(why, "does not know"));
        g_assert_cmpint(gre_proposal_has_group(row->name), ==, row->kind == GRE_ALGORITHM_GROUP);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/algorithm/both-ways", test_both_ways);
    g_test_add_func("/algorithm/names", test_names);
    g_test_add_func("/algorithm/words", test_words);
    g_test_add_func("/algorithm/parse", test_parse);
    g_test_add_func("/algorithm/proposals", test_proposals);
    g_test_add_func("/algorithm/known", test_known);
    return g_test_run();
}
