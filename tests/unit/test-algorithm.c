/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of algorithms: every word leads to its row, and what others' words mean. */
#include "gre-algorithm.h"
#include "gre-value.h"

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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/algorithm/both-ways", test_both_ways);
    g_test_add_func("/algorithm/names", test_names);
    g_test_add_func("/algorithm/words", test_words);
    g_test_add_func("/algorithm/parse", test_parse);
    return g_test_run();
}
