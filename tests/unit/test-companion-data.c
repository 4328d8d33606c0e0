/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be set on a companion, and which companions the service would take.
 */
#include "client/companion-data.h"
#include "gre-error.h"

#define UUID "f277036d-979c-4304-a915-92d2aa7cdb51"

static GHashTable *
base(void)
{
    GHashTable *data = gre_companion_data_new();

    g_hash_table_insert(data, g_strdup("protects"), g_strdup("tun2b"));
    g_hash_table_insert(data, g_strdup("ipsec"), g_strdup("psk"));
    return data;
}

/* One setting, and what is said against it; NULL: nothing. */
static const struct {
    const char *setting, *message;
} rows[] = {
    { "ipsec-local-id=site-a", NULL },
    { "ipsec-esp-lifetime=90m", NULL },
    { "ipsec-psk-flags=0", NULL },
    { "ipsec=pubkey", NULL },
    { "ipsec-remote-id=", NULL },
    { "ipsec-local-id=a=b", NULL },
    { "ipsec=no", "*protect nothing*" },
    { "ipsec=maybe", "ipsec: \"maybe\" is invalid:*" },
    { "ipsec-psk=topsecret", "ipsec-psk is a secret:*" },
    { "ipsec-private-key-password=topsecret", "*is a secret:*" },
    { "protects=other", "protects is set by the protected tunnel*" },
    { "remote=192.0.2.1", "remote comes from the ip-tunnel profile*" },
    { "ip4=10.0.0.1/30", "ip4 comes from the ip-tunnel profile*" },
    { "psk=topsecret", "\"psk\": unknown property; did you mean \"ipsec-psk\"?" },
    { "frobnicate=topsecret", "\"frobnicate\": unknown property" },
    { "\033=1", "\"\\x1b\": unknown property" },
    { "=1", "\"\": unknown property" },
    { "ipsec-local-id", "--set needs PROPERTY=VALUE" },
    { "ipsec-local-id=a\nb", "*control characters*" },
};

static void
test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GHashTable) data = base(), before = base();
        g_autoptr(GError) error = NULL;
        char    *settings[] = { (char *) rows[i].setting, NULL };
        gboolean done = gre_companion_data_apply(data, settings, &error);

        g_test_message("%s", rows[i].setting);
        g_assert_cmpint(done, ==, rows[i].message == NULL);
        if (done)
            continue;
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_true(g_pattern_match_simple(rows[i].message, error->message));
        g_assert_null(g_strstr_len(error->message, -1, "topsecret"));
        g_assert_true(gre_companion_data_equal(data, before));
    }
}

static void
test_all_or_nothing(void)
{
    g_autoptr(GHashTable) data = base(), before = base();
    char *settings[] = { (char *) "ipsec-local-id=a", (char *) "ipsec-encap=maybe", NULL };

    g_assert_false(gre_companion_data_apply(data, settings, NULL));
    g_assert_true(gre_companion_data_equal(data, before));
    settings[1] = (char *) "ipsec-encap=yes";
    g_assert_true(gre_companion_data_apply(data, settings, NULL));
    g_assert_false(gre_companion_data_equal(data, before));
    settings[0] = (char *) "ipsec-local-id=";
    settings[1] = (char *) "ipsec-encap=";
    g_assert_true(gre_companion_data_apply(data, settings, NULL));
    g_assert_true(gre_companion_data_equal(data, before));
}

static const struct {
    const char *settings, *psk;
    int         code; /* -1: fine */
} checks[] = {
    { "", "raclette", -1 },
    { "", NULL, GRE_ERROR_SECRET },
    { "", "", GRE_ERROR_SECRET },
    { "", "0xabc", GRE_ERROR_SECRET },
    { "", "two\nlines", GRE_ERROR_SECRET },
    { "ipsec-psk-flags=1", NULL, -1 },
    { "ipsec-psk-flags=2", NULL, -1 },
    { "ipsec-psk-flags=4", NULL, -1 },
    { "ipsec-psk-flags=1", "raclette", GRE_ERROR_PROFILE },
    { "ipsec-ca=/ca.pem", "raclette", GRE_ERROR_PROFILE },
    { "ipsec=pubkey", NULL, GRE_ERROR_PROFILE },
    { "ipsec=pubkey ipsec-ca=/ca.pem ipsec-private-key=/key.pem", NULL, -1 },
    { "ipsec=pubkey ipsec-ca=/ca.pem ipsec-private-key=/key.pem", "raclette", GRE_ERROR_SECRET },
};

static void
test_check(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_autoptr(GHashTable) data = base(), secrets = gre_companion_data_secrets_new();
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) settings = g_strsplit(checks[i].settings, " ", -1);

        if (checks[i].settings[0])
            gre_companion_data_apply(data, settings, &error);
        g_assert_no_error(error);
        if (checks[i].psk)
            g_hash_table_insert(secrets, g_strdup("ipsec-psk"), g_strdup(checks[i].psk));
        g_test_message("%s, %s", checks[i].settings, checks[i].psk);
        if (gre_companion_data_check("tun2b-ipsec", UUID, data, secrets, &error))
            g_assert_cmpint(checks[i].code, ==, -1);
        else
            g_assert_error(error, GRE_ERROR, checks[i].code);
        if (error)
            g_assert_null(g_strstr_len(error->message, -1, "raclette"));
    }
}

static void
test_drop(void)
{
    g_autoptr(GHashTable) data = base(), secrets = gre_companion_data_secrets_new();

    g_hash_table_insert(secrets, g_strdup("ipsec-psk"), g_strdup("x"));
    g_hash_table_insert(secrets, g_strdup("ipsec-private-key-password"), g_strdup("x"));
    gre_companion_data_drop_secrets(secrets, data);
    g_assert_true(g_hash_table_contains(secrets, "ipsec-psk"));
    g_assert_cmpuint(g_hash_table_size(secrets), ==, 1);
    g_hash_table_insert(data, g_strdup("ipsec"), g_strdup("pubkey"));
    gre_companion_data_drop_secrets(secrets, data);
    g_assert_cmpuint(g_hash_table_size(secrets), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/companion-data/rows", test_rows);
    g_test_add_func("/companion-data/all-or-nothing", test_all_or_nothing);
    g_test_add_func("/companion-data/check", test_check);
    g_test_add_func("/companion-data/drop", test_drop);
    return g_test_run();
}
