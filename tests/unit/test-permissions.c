/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection.permissions: who may see a profile, and which profiles have the same users. */
#include "gre-permissions.h"

typedef struct {
    const char *setting; /* as NetworkManager sends it */
    const char *users;   /* with a blank between; NULL: everybody */
} Reading;

static const Reading readings[] = {
    { "{'id': <'x'>}", NULL },
    { "{'permissions': <@as []>}", NULL },
    { "{'permissions': <['user:alice:']>}", "alice" },
    { "{'permissions': <['user:alice', 'user:bob:']>}", "alice bob" },
    { "{'permissions': <['user:alice:detail', 'group:x:']>}", "" },
    { "{'permissions': <'user:alice:'>}", NULL },
};

static void
test_read(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(readings); i++) {
        g_autoptr(GVariant) setting = g_variant_ref_sink(g_variant_new_parsed(readings[i].setting));
        g_auto(GStrv) users = gre_permissions_read(setting);
        g_autofree char *text = users ? g_strjoinv(" ", users) : NULL;

        g_test_message("%s", readings[i].setting);
        g_assert_cmpstr(text, ==, readings[i].users);
    }
}

typedef struct {
    const char *users, *others;
    gboolean    covers, covered;
} Pair;

static const Pair pairs[] = {
    { NULL, NULL, TRUE, TRUE },
    { NULL, "alice", TRUE, FALSE },
    { NULL, "", TRUE, FALSE },
    { "alice", "", TRUE, FALSE },
    { "alice", "bob", FALSE, FALSE },
    { "alice bob", "bob", TRUE, FALSE },
    { "alice bob", "bob alice", TRUE, TRUE },
    { "alice", "alice alice", TRUE, TRUE },
    { "", "", TRUE, TRUE },
};

static char **
split(const char *text)
{
    return !text ? NULL : text[0] ? g_strsplit(text, " ", -1) : g_new0(char *, 1);
}

static void
test_pairs(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_auto(GStrv) users = split(pairs[i].users);
        g_auto(GStrv) others = split(pairs[i].others);
        gboolean equal = pairs[i].covers && pairs[i].covered;

        g_test_message("%s, %s", pairs[i].users, pairs[i].others);
        g_assert_cmpint(gre_permissions_cover(users, others), ==, pairs[i].covers);
        g_assert_cmpint(gre_permissions_cover(others, users), ==, pairs[i].covered);
        g_assert_cmpint(gre_permissions_equal(users, others), ==, equal);
        g_assert_cmpint(gre_permissions_equal(others, users), ==, equal);
    }
}

static void
test_include(void)
{
    g_auto(GStrv) users = split("alice bob");
    g_auto(GStrv) nobody = split("");

    g_assert_true(gre_permissions_include(NULL, "carol"));
    g_assert_true(gre_permissions_include(NULL, NULL));
    g_assert_true(gre_permissions_include(users, "bob"));
    g_assert_false(gre_permissions_include(users, "carol"));
    g_assert_false(gre_permissions_include(users, NULL));
    g_assert_false(gre_permissions_include(nobody, "bob"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/permissions/read", test_read);
    g_test_add_func("/permissions/pairs", test_pairs);
    g_test_add_func("/permissions/include", test_include);
    return g_test_run();
}
