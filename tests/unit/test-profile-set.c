/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles that the guard knows: what is kept of each, and who protects whom.
 */
#include <string.h>

#include "gre-error.h"
#include "nm/profile-set.h"
#include "settings-text.h"

#define SERVICE "org.freedesktop.NetworkManager.gre"

/* One profile on a line of words: "tunnel KEY ID UUID [SECONDARY…]", "companion KEY ID UUID
 * PROTECTS", "vpn KEY ID UUID", "ipip KEY ID UUID", "wan KEY ID UUID". "alice,bob:tunnel …" is
 * theirs alone. */
static GVariant *
settings_from(char **words)
{
    const char      *colon = strchr(words[0], ':');
    const char      *kind = colon ? colon + 1 : words[0];
    GString         *text = g_string_new(NULL);
    g_autofree char *users = colon ? g_strndup(words[0], (gsize) (colon - words[0])) : g_strdup("");
    g_auto(GStrv) each = g_strsplit(users, ",", -1);
    g_autofree char *owned = NULL;

    g_string_printf(text, "{'connection': {'id': <'%s'>, 'uuid': <'%s'>, 'permissions': <@as [",
                    words[2], words[3]);
    for (gsize i = 0; each[i]; i++)
        g_string_append_printf(text, "%s'user:%s:'", i ? "," : "", each[i]);
    g_string_append(text, "]>, 'secondaries': <@as [");
    if (strcmp(kind, "tunnel") == 0)
        for (gsize i = 4; words[i]; i++)
            g_string_append_printf(text, "%s'%s'", i > 4 ? "," : "", words[i]);
    g_string_append(text, "]>, 'type': <");
    if (strcmp(kind, "tunnel") == 0)
        g_string_append(text, "'ip-tunnel'>}, 'ip-tunnel': {'mode': <uint32 2>, "
                              "'remote': <'192.0.2.2'>}}");
    else if (strcmp(kind, "ipip") == 0)
        g_string_append(text, "'ip-tunnel'>}, 'ip-tunnel': {'mode': <uint32 1>, "
                              "'remote': <'192.0.2.2'>}}");
    else if (strcmp(kind, "companion") == 0)
        g_string_append_printf(text,
                               "'vpn'>}, 'vpn': {'service-type': <'" SERVICE "'>, "
                               "'data': <{'protects': '%s', 'ipsec': 'psk'}>}}",
                               words[4]);
    else if (strcmp(kind, "vpn") == 0)
        g_string_append(text, "'vpn'>}, 'vpn': {'service-type': <'" SERVICE "'>}}");
    else
        g_string_append(text, "'802-3-ethernet'>}}");
    owned = g_string_free(text, FALSE);
    return settings_parse(owned);
}

static GreProfileSet *
set_from(const char *lines)
{
    GreProfileSet *set = gre_profile_set_new();
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);

    for (gsize i = 0; split[i]; i++) {
        g_auto(GStrv) words = g_strsplit(split[i], " ", -1);
        g_autoptr(GVariant) settings = settings_from(words);

        gre_profile_set_put(set, gre_profile_set_known_new(words[1], settings));
    }
    return set;
}

static GreKnownProfile *
known(const char *text)
{
    g_autoptr(GVariant) settings = settings_parse(text);

    return gre_profile_set_known_new("/1", settings);
}

static void
assert_strings(char **strings, const char *expected)
{
    g_autofree char *joined = strings ? g_strjoinv(" ", strings) : NULL;

    g_assert_cmpstr(joined, ==, expected);
}

#define ID "'id': <'B'>, 'uuid': <'7A1E'>"

static void
test_kinds(void)
{
    static const struct {
        const char  *text;
        GreKnownKind kind;
        const char  *secondaries, *users, *protects;
    } rows[] = {
        { "{'connection': {" ID
          ", 'type': <'ip-tunnel'>, 'secondaries': <['AB', 'cd', 'ab', 'ab', 'CD']>, "
          "'permissions': <['user:ann:', 'user:bob', 'group:x:', 'user:eve:now']>}, "
          "'ip-tunnel': {'mode': <uint32 2>, 'remote': <'192.0.2.2'>}}",
          GRE_KNOWN_TUNNEL, "ab cd", "ann bob", NULL },
        { "{'connection': {" ID ", 'type': <'ip-tunnel'>, 'secondaries': <@as []>, "
          "'permissions': <@as []>}, "
          "'ip-tunnel': {'mode': <uint32 2>, 'remote': <'192.0.2.2'>}}",
          GRE_KNOWN_TUNNEL, NULL, NULL, NULL },
        { "{'connection': {" ID ", 'type': <'ip-tunnel'>}, "
          "'ip-tunnel': {'mode': <uint32 3>, 'remote': <'192.0.2.2'>}}",
          GRE_KNOWN_OTHER, NULL, NULL, NULL },
        { "{'connection': {" ID ", 'type': <'vpn'>, 'permissions': <['group:x:']>}, 'vpn': "
          "{'service-type': <'" SERVICE "'>, 'data': <{'protects': 'tun2b'}>}}",
          GRE_KNOWN_COMPANION, NULL, "", "tun2b" },
        { "{'connection': {" ID ", 'type': <'vpn'>}, 'vpn': {'service-type': <'" SERVICE "'>, "
          "'data': <{'protects': ''}>}}",
          GRE_KNOWN_VPN, NULL, NULL, NULL },
        { "{'connection': {" ID ", 'type': <'vpn'>}, 'vpn': {'service-type': <'" SERVICE "'>}}",
          GRE_KNOWN_VPN, NULL, NULL, NULL },
        { "{'connection': {" ID ", 'type': <'vpn'>, 'secondaries': <['ab']>, "
          "'permissions': <['user:ann:']>}, 'vpn': {'service-type': <'org.example.vpn'>, "
          "'data': <{'protects': 'tun2b'}>}}",
          GRE_KNOWN_OTHER, "ab", "ann", NULL },
        { "{'connection': {" ID ", 'type': <'vpn'>}}", GRE_KNOWN_OTHER, NULL, NULL, NULL },
        { "{'connection': {" ID ", 'type': <'802-3-ethernet'>, 'secondaries': <['ab']>}}",
          GRE_KNOWN_OTHER, "ab", NULL, NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreKnownProfile) profile = known(rows[i].text);

        g_test_message("%s", rows[i].text);
        g_assert_cmpstr(profile->key, ==, "/1");
        g_assert_cmpstr(profile->id, ==, "B");
        g_assert_cmpstr(profile->uuid, ==, "7a1e");
        g_assert_cmpint(profile->kind, ==, rows[i].kind);
        g_assert_cmpint(profile->tunnel != NULL, ==, rows[i].kind == GRE_KNOWN_TUNNEL);
        g_assert_cmpstr(profile->protects, ==, rows[i].protects);
        assert_strings(profile->secondaries, rows[i].secondaries);
        assert_strings(profile->users, rows[i].users);
    }
}

/* Of a VPN with IPsec: "LOCAL REMOTE". */
static void
test_endpoints(void)
{
    static const struct {
        const char *data, *endpoints;
    } rows[] = {
        { "'ipsec': 'psk', 'local': '192.0.2.1', 'remote': '192.0.2.2'", "192.0.2.1 192.0.2.2" },
        { "'ipsec': 'pubkey', 'remote': '2001:db8::2'", ":: 2001:db8::2" },
        { "'ipsec': 'psk', 'local': 'x', 'remote': '192.0.2.2'", "0.0.0.0 192.0.2.2" },
        { "'ipsec': 'no', 'remote': '192.0.2.2'", NULL },
        { "'remote': '192.0.2.2'", NULL },
        { "'ipsec': 'psk', 'remote': 'gw.example.com'", NULL },
        { "'ipsec': 'psk'", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("{'connection': {" ID ", 'type': <'vpn'>}, 'vpn': {'service-type': "
                            "<'" SERVICE "'>, 'data': <{%s}>}}",
                            rows[i].data);
        g_autoptr(GreKnownProfile) profile = known(text);
        char             local[GRE_ADDRESS_STRLEN], remote[GRE_ADDRESS_STRLEN];
        g_autofree char *found = NULL;

        g_test_message("%s", rows[i].data);
        if (profile->remote.family != AF_UNSPEC)
            found = g_strdup_printf("%s %s", gre_address_to_string(&profile->local, local),
                                    gre_address_to_string(&profile->remote, remote));
        g_assert_cmpstr(found, ==, rows[i].endpoints);
    }
}

static void
test_refusal(void)
{
    g_autoptr(GreKnownProfile) profile =
        known("{'connection': {" ID ", 'type': <'ip-tunnel'>}, 'ip-tunnel': {'mode': <uint32 1>}}");

    g_assert_cmpint(profile->kind, ==, GRE_KNOWN_OTHER);
    g_assert_cmpstr(profile->type, ==, "ip-tunnel");
    g_assert_true(g_str_has_prefix(profile->refusal, "ip-tunnel.mode: \"ipip\""));
}

static void
test_no_profile(void)
{
    static const char *const texts[] = {
        "@a{sa{sv}} {}",
        "{'connection': {'id': <'B'>, 'uuid': <'7a1e'>}}",
        "{'connection': {'id': <'B'>, 'type': <'vpn'>}}",
        "{'connection': {'uuid': <'7a1e'>, 'type': <'vpn'>}}",
        "{'connection': {'id': <'B'>, 'uuid': <'7a1e'>, 'type': <'v\\nn'>}}",
        "{'connection': {'id': <uint32 1>, 'uuid': <'7a1e'>, 'type': <'vpn'>}}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_null(known(texts[i]));
}

static void
count(const GreKnownProfile *profile, gpointer data)
{
    guint *n = data;

    g_assert_nonnull(profile);
    (*n)++;
}

static void
test_set(void)
{
    g_autoptr(GreProfileSet) set =
        set_from("tunnel /1 tun2b aa\nwan /2 wan bb\ntunnel /1 tun2c cc");
    guint n = 0;

    g_assert_cmpuint(gre_profile_set_size(set), ==, 2);
    g_assert_cmpstr(gre_profile_set_lookup(set, "/1")->id, ==, "tun2c");
    g_assert_null(gre_profile_set_lookup(set, "/3"));
    g_assert_cmpstr(gre_profile_set_lookup_uuid(set, "BB")->key, ==, "/2");
    g_assert_null(gre_profile_set_lookup_uuid(set, "aa"));
    gre_profile_set_each(set, count, &n);
    g_assert_cmpuint(n, ==, 2);

    g_assert_true(gre_profile_set_remove(set, "/2"));
    g_assert_false(gre_profile_set_remove(set, "/2"));
    g_assert_null(gre_profile_set_lookup_uuid(set, "bb"));
    gre_profile_set_clear(set);
    g_assert_cmpuint(gre_profile_set_size(set), ==, 0);
}

static const struct {
    const char *set;
    const char *protects; /* "alice:tun2b": of a companion of alice's own */
    const char *found;    /* a key, or … */
    const char *message;
} find_rows[] = {
    { "tunnel /1 tun2b aa\nwan /2 wan bb", "tun2b", "/1", NULL },
    { "tunnel /1 tun2b aa\nwan /2 wan bb", "AA", "/1", NULL },
    /* A UUID goes before an id, whatever profile it is; of one id a tunnel before the others. */
    { "tunnel /1 aa bb\ntunnel /2 tun2b aa", "aa", "/2", NULL },
    { "wan /1 tun2b aa\ntunnel /2 tun2b bb", "tun2b", "/2", NULL },
    { "tunnel /1 TUN2B aa", "tun2b", NULL, "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "wan /1 wan aa", "tun2b", NULL, "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "tunnel /1 tun2c aa EE cc", "tun2b", NULL,
      "protects: there is no ip-tunnel profile \"tun2b\"; \"tun2c\" has this companion in its "
      "secondaries: was it renamed?" },
    { "tunnel /1 tun2c aa ee\ntunnel /2 tun2d bb ee", "tun2b", NULL,
      "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "wan /1 wan aa", "wan", NULL,
      "protects: \"wan\" is a profile of type 802-3-ethernet, not ip-tunnel" },
    { "wan /1 wan aa", "aa", NULL,
      "protects: \"wan\" is a profile of type 802-3-ethernet, not ip-tunnel" },
    { "vpn /1 site aa", "site", NULL,
      "protects: \"site\" is a profile of type vpn, not ip-tunnel" },
    { "ipip /1 tun2b aa", "tun2b", NULL,
      "protects: \"tun2b\" can't be protected: ip-tunnel.mode: \"ipip\" is invalid: expected "
      "\"gre\", "
      "\"ip6gre\", \"gretap\" or \"ip6gretap\"" },
    { "tunnel /1 tun2b aa\ntunnel /2 tun2b bb", "tun2b", NULL,
      "protects: there are 2 ip-tunnel profiles \"tun2b\": use the UUID of one of them" },
    { "tunnel /1 tun2b aa\nipip /2 tun2b bb", "tun2b", NULL,
      "protects: there are 2 ip-tunnel profiles \"tun2b\": use the UUID of one of them" },
    { "tunnel /1 tun2b aa\ntunnel /2 tun2b bb", "bb", "/2", NULL },
    { "wan /1 wan aa\nwan /2 wan bb\nwan /3 wan cc", "wan", NULL,
      "protects: there are 3 profiles \"wan\": use the UUID of one of them" },
    /* Other users' are not there, and a name of theirs is not ambiguous. */
    { "tunnel /1 tun2b aa\nalice:tunnel /2 tun2b bb", "tun2b", "/1", NULL },
    { "tunnel /1 tun2b aa\nalice:tunnel /2 tun2b bb", "alice:tun2b", "/2", NULL },
    { "alice:tunnel /1 tun2b aa\nbob:tunnel /2 tun2b bb", "alice:aa", "/1", NULL },
    { "alice,bob:tunnel /1 tun2b aa", "alice:tun2b", NULL,
      "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "alice:tunnel /1 tun2b aa", "aa", "/1", NULL },
    { "alice:tunnel /1 tun2b aa", "tun2b", NULL,
      "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "bob:tunnel /1 tun2b aa", "alice:aa", NULL,
      "protects: there is no ip-tunnel profile \"aa\"" },
    { "bob:wan /1 wan aa", "alice:wan", NULL, "protects: there is no ip-tunnel profile \"wan\"" },
    { "bob:tunnel /1 tun2c aa ee", "alice:tun2b", NULL,
      "protects: there is no ip-tunnel profile \"tun2b\"" },
    { "tunnel /1 tun2b aa", "alice:aa", NULL,
      "protects: the ip-tunnel profile \"aa\" is available to all users, this profile is not: the "
      "two must have the same connection.permissions" },
    { "tunnel /1 tun2b aa\ntunnel /2 tun2b bb", "alice:tun2b", NULL,
      "protects: the ip-tunnel profile \"tun2b\" is available to all users, this profile is not: "
      "the two must have the same connection.permissions" },
};

static void
test_find(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(find_rows); i++) {
        g_autoptr(GreProfileSet) set = set_from(find_rows[i].set);
        g_autoptr(GError) error = NULL;
        gboolean               own = g_str_has_prefix(find_rows[i].protects, "alice:");
        const char            *protects = find_rows[i].protects + (own ? strlen("alice:") : 0);
        char                   name[] = "alice";
        char                  *alice[] = { name, NULL };
        char                 **users = own ? alice : NULL;
        const GreKnownProfile *found =
            gre_profile_set_find_tunnel(set, protects, "ee", users, &error);

        if (find_rows[i].found) {
            g_assert_no_error(error);
            g_assert_cmpstr(found->key, ==, find_rows[i].found);
            continue;
        }
        g_assert_null(found);
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpstr(error->message, ==, find_rows[i].message);
        g_assert_null(gre_profile_set_find_tunnel(set, protects, NULL, users, NULL));
    }
}

/* A tunnel's secondaries are of no use to whoever doesn't ask as a companion. */
static void
test_find_without_companion(void)
{
    g_autoptr(GreProfileSet) set = set_from("tunnel /1 tun2c aa ee");
    g_autoptr(GError) error = NULL;

    g_assert_null(gre_profile_set_find_tunnel(set, "tun2b", NULL, NULL, &error));
    g_assert_cmpstr(error->message, ==, "protects: there is no ip-tunnel profile \"tun2b\"");
}

static void
add_pair(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    g_ptr_array_add(data, g_strdup_printf("%s>%s", companion->key, tunnel->key));
}

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static char *
pairs_of(const GreProfileSet *set)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);

    gre_profile_set_each_protected(set, add_pair, pairs);
    g_ptr_array_sort(pairs, compare_strings);
    g_ptr_array_add(pairs, NULL);
    return g_strjoinv(" ", (char **) pairs->pdata);
}

static void
test_pairs(void)
{
    static const struct {
        const char *set, *pairs;
    } rows[] = {
        { "tunnel /t1 tun2b aa\ncompanion /c1 c cc tun2b", "/c1>/t1" },
        { "tunnel /t1 tun2b aa\ncompanion /c1 c cc AA", "/c1>/t1" },
        { "tunnel /t1 tun2b aa CC\ncompanion /c1 c cc gone", "/c1>/t1" },
        /* Each pair once, in how many ways it may be named. */
        { "tunnel /t1 aa aa cc cc\ncompanion /c1 c cc aa", "/c1>/t1" },
        { "tunnel /t1 tun2b aa cc\ncompanion /c1 c cc tun2b", "/c1>/t1" },
        { "tunnel /t1 tun2b aa cc\ncompanion /c1 c cc aa", "/c1>/t1" },
        /* Wherever it isn't clear which, all. */
        { "tunnel /t1 tun2b aa\ntunnel /t2 tun2b bb\ncompanion /c1 c cc tun2b", "/c1>/t1 /c1>/t2" },
        { "tunnel /t1 tun2b aa\ntunnel /t2 tun2c bb cc\ncompanion /c1 c cc tun2b",
          "/c1>/t1 /c1>/t2" },
        { "tunnel /t1 bb aa\ntunnel /t2 tun2c bb\ncompanion /c1 c cc bb", "/c1>/t1 /c1>/t2" },
        { "tunnel /t1 tun2b aa\ncompanion /c1 c cc tun2b\ncompanion /c2 d dd tun2b",
          "/c1>/t1 /c2>/t1" },
        { "tunnel /t1 tun2b aa cc\ncompanion /c1 c cc x\ncompanion /c2 d cc tun2b",
          "/c1>/t1 /c2>/t1" },
        /* Not a companion, not a tunnel. */
        { "tunnel /t1 tun2b aa cc\nvpn /v1 v cc", "" },
        { "wan /w1 wan aa\nipip /i1 tun2b bb\ncompanion /c1 c cc wan\ncompanion /c2 d dd tun2b",
          "" },
        { "tunnel /t1 tun2b aa\nwan /w1 wan bb", "" },
        /* Of the same users only: by name, by UUID, by the tunnel's secondaries. */
        { "tunnel /t1 tun2b aa\nalice:companion /c1 c cc tun2b", "" },
        { "tunnel /t1 tun2b aa\nalice:companion /c1 c cc aa", "" },
        { "alice:tunnel /t1 tun2b aa cc\ncompanion /c1 c cc x", "" },
        { "alice:tunnel /t1 tun2b aa cc\ncompanion /c1 c cc tun2b", "" },
        { "alice:tunnel /t1 tun2b aa\ncompanion /c1 c cc aa", "/c1>/t1" },
        { "alice:tunnel /t1 tun2b aa cc\nbob:companion /c1 c cc aa", "" },
        { "alice:tunnel /t1 tun2b aa\nalice,bob:companion /c1 c cc aa", "" },
        { "alice,bob:tunnel /t1 tun2b aa\nbob,alice:companion /c1 c cc aa", "/c1>/t1" },
        { "tunnel /t1 tun2b aa\nalice:tunnel /t2 tun2b bb\ncompanion /c1 c cc tun2b\n"
          "alice:companion /c2 d dd tun2b",
          "/c1>/t1 /c2>/t2" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GreProfileSet) set = set_from(rows[i].set);
        g_autofree char *pairs = pairs_of(set);

        g_test_message("%s", rows[i].set);
        g_assert_cmpstr(pairs, ==, rows[i].pairs);
    }
}

static void
count_pair(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    (*(guint *) data)++;
}

static void
test_many(void)
{
    enum { N = 500 };
    g_autoptr(GreProfileSet) set = gre_profile_set_new();
    guint n = 0;

    for (guint i = 0; i < N; i++) {
        g_autofree char *key = g_strdup_printf("/t%u", i);
        g_autofree char *text = g_strdup_printf(
            "{'connection': {'id': <'t%u'>, 'uuid': <'a%u'>, 'type': <'ip-tunnel'>}, "
            "'ip-tunnel': {'mode': <uint32 2>, 'remote': <'192.0.2.2'>}}",
            i, i);
        g_autofree char *companion_key = g_strdup_printf("/c%u", i);
        g_autofree char *companion_text = g_strdup_printf(
            "{'connection': {'id': <'c%u'>, 'uuid': <'b%u'>, 'type': <'vpn'>}, 'vpn': "
            "{'service-type': <'" SERVICE "'>, 'data': <{'protects': 't%u'}>}}",
            i, i, i);
        g_autoptr(GVariant) tunnel = settings_parse(text);
        g_autoptr(GVariant) companion = settings_parse(companion_text);

        gre_profile_set_put(set, gre_profile_set_known_new(key, tunnel));
        gre_profile_set_put(set, gre_profile_set_known_new(companion_key, companion));
    }
    gre_profile_set_each_protected(set, count_pair, &n);
    g_assert_cmpuint(n, ==, N);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile-set/kinds", test_kinds);
    g_test_add_func("/profile-set/endpoints", test_endpoints);
    g_test_add_func("/profile-set/refusal", test_refusal);
    g_test_add_func("/profile-set/no-profile", test_no_profile);
    g_test_add_func("/profile-set/set", test_set);
    g_test_add_func("/profile-set/find", test_find);
    g_test_add_func("/profile-set/find-without-companion", test_find_without_companion);
    g_test_add_func("/profile-set/pairs", test_pairs);
    g_test_add_func("/profile-set/many", test_many);
    return g_test_run();
}
