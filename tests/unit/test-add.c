/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers and the profiles made of them: every tests/data/add/NAME.answers against the golden file
 * NAME.expected; what is wrong with answers, in one line; and how an existing profile differs.
 */
#include "add/add-answers.h"
#include "add/add-checks.h"
#include "add/add-plan.h"
#include "golden.h"
#include "gre-error.h"

#include <string.h>
#include <sys/socket.h>

#define PSK "raclette raclette raclette"

static GreAddAnswers *
answers_of(const char *text, GError **error)
{
    g_autoptr(GreAddAnswers) answers = gre_add_answers_new();

    if (gre_add_answers_read(answers, text, error) && gre_add_answers_complete(answers, error))
        return g_steal_pointer(&answers);
    return NULL;
}

/* A machine at 198.51.100.2 and 2001:db8:a::2. */
static GreAddPlace
place_of(const GreAddAnswers *answers)
{
    GreAddPlace place = {
        .kind = answers->kind == GRE_ADD_KIND_AUTO ? GRE_ADD_KIND_NATIVE : answers->kind,
        .ifname = "nmgre0",
        .uuids = { "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222" },
        .companion = "companion",
    };
    GreAddress remote;

    if (gre_address_parse(answers->remote, &remote))
        place.family = remote.family;
    gre_address_parse(place.family == AF_INET6 ? "2001:db8:a::2" : "198.51.100.2", &place.source);
    return place;
}

static GreAddPlan *
plan_of(const char *text, GError **error)
{
    g_autoptr(GreAddAnswers) answers = answers_of(text, error);
    GreAddPlace place;

    if (!answers)
        return NULL;
    place = place_of(answers);
    return gre_add_plan_new(answers, &place, answers->proof == GRE_ADD_PROOF_PSK ? PSK : NULL,
                            error);
}

/* ---- golden ---- */

static void
test_golden(gconstpointer data)
{
    g_autofree char *from = g_strconcat(data, ".answers", NULL);
    g_autofree char *to = g_strconcat(data, ".expected", NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "add", from, NULL);
    g_autofree char *expected = g_test_build_filename(G_TEST_DIST, "add", to, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GreAddPlan) plan = NULL;
    g_autoptr(GString) made = g_string_new(NULL);

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    plan = plan_of(text, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < (plan->companion ? 2 : 1); i++) {
        g_autofree char *profile = gre_add_plan_text(i == 0 ? plan->main : plan->companion);

        g_string_append_printf(made, "=== %s\n%s", i == 0 ? "profile" : "companion", profile);
    }
    g_assert_null(strstr(made->str, "raclette"));
    golden_check(expected, made->str);
}

/* ---- wrong answers ---- */

#define GOOD "[tunnel]\nremote=203.0.113.10\naddress=10.0.0.1/30\n"

static const struct {
    const char *name, *text, *message;
} wrong[] = {
    { "nothing", "", "the peer's address is missing: use --remote ADDRESS" },
    { "no address", "[tunnel]\nremote=203.0.113.10\n",
      "this machine's address in the tunnel is missing: use --address ADDRESS/LENGTH" },
    { "typo", "[tunnel]\nremot=203.0.113.10\n",
      "line 2: \"remot\": unknown; did you mean \"remote\"?" },
    { "unknown", "[tunnel]\nfrobnicate=1\n",
      "line 2: \"frobnicate\": unknown (see nm-gre add --help)" },
    { "property with a typo", GOOD "ipsec-esp-proposal=aes256gcm16\n",
      "line 4: \"ipsec-esp-proposal\": unknown property; did you mean \"ipsec-esp-proposals\"?" },
    { "section", "[tunel]\nremote=203.0.113.10\n",
      "line 2: expected the section [tunnel], not \"tunel\"" },
    { "no section", "remote=203.0.113.10\n", "line 1: neither [section] nor key=value in one" },
    { "remote", "[tunnel]\nremote=224.0.0.1\n",
      "line 2: remote: expected the peer's address or DNS name, not \"224.0.0.1\"" },
    { "local", "[tunnel]\nlocal=eth0\n",
      "line 2: local: expected a unicast IP address, not \"eth0\"" },
    { "address without a length", "[tunnel]\naddress=10.0.0.1\n",
      "line 2: address: expected an address and prefix length such as 10.0.0.1/30, not "
      "\"10.0.0.1\"" },
    { "any address", "[tunnel]\naddress=0.0.0.0/0\n",
      "line 2: address: expected an address and prefix length such as 10.0.0.1/30, not "
      "\"0.0.0.0/0\"" },
    { "key", "[tunnel]\nkey=five\n",
      "line 2: key: expected a GRE key: a number or a dotted quad, not \"five\"" },
    { "proof", "[tunnel]\nipsec=yes\n",
      "line 2: ipsec: expected psk, cert, pubkey or no, not \"yes\"" },
    { "kind", "[tunnel]\nkind=desktop\n",
      "line 2: kind: expected auto, native or vpn, not \"desktop\"" },
    { "ifname", "[tunnel]\nifname=gre0\n",
      "line 2: ifname: expected the name of an interface to create, not \"gre0\"" },
    { "placeholder", "[tunnel]\npsk=PUT-THE-PRE-SHARED-KEY-HERE\n",
      "line 2: psk: expected a pre-shared key" },
    { "ipsec-psk", "[tunnel]\nipsec-psk=x\n",
      "line 2: \"ipsec-psk\": unknown (see nm-gre add --help)" },
    { "route of the other family", GOOD "route=fd00::/64\n",
      "route: fd00::/64 needs an address of its family in the tunnel" },
    { "two secrets", GOOD "psk=x\npsk-file=/x\n", "psk and psk-file are mutually exclusive" },
    { "a secret without use", GOOD "psk=x\nipsec=no\n",
      "a pre-shared key is given, but ipsec isn't psk" },
    { "no certificate", GOOD "ipsec=cert\n", "ipsec=cert needs ipsec-cert" },
    { "no raw key", GOOD "ipsec=pubkey\nipsec-private-key=/k.pem\n",
      "ipsec=pubkey needs ipsec-remote-pubkey" },
    { "IPsec without IPsec", GOOD "ipsec=no\nipsec-ike-version=1\n",
      "IPsec properties are given, but ipsec is no" },
    { "local of the other family", GOOD "local=2001:db8::1\n",
      "local: the peer's address is of the other family" },
    { "native with a name", "[tunnel]\nremote=gw.example.org\naddress=10.0.0.1/30\n",
      "remote: a native tunnel needs an address, not a name; use the address, or --kind vpn" },
    { "what the service refuses", GOOD "ipsec-ca=/ca.pem\n", NULL },
};

static void
test_wrong(gconstpointer data)
{
    gsize row = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_autoptr(GreAddPlan) plan = plan_of(wrong[row].text, &error);

    g_assert_null(plan);
    g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
    if (wrong[row].message)
        g_assert_cmpstr(error->message, ==, wrong[row].message);
    g_assert_null(strchr(error->message, '\n'));
}

/* A line of a file can hold several values, and a name is made of the peer's address. */
static void
test_lists(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GreAddAnswers) answers =
        answers_of(GOOD "route=192.168.20.5/24, 10.2.0.0/16\nroute=10.3.0.0/16\n", &error);
    char text[GRE_ADDRESS_STRLEN];

    g_assert_no_error(error);
    g_assert_cmpstr(answers->name, ==, "gre-203.0.113.10");
    g_assert_cmpuint(answers->routes->len, ==, 3);
    g_assert_cmpstr(
        gre_address_to_string(&g_array_index(answers->routes, GrePrefix, 0).address, text), ==,
        "192.168.20.0");
}

/* ---- differences ---- */

static const struct {
    const char *name, *text, *lines;
} different[] = {
    { "the same", "", "" },
    { "key", "key=43\n", "ip-tunnel.input-key: - -> 43|ip-tunnel.output-key: - -> 43|" },
    { "route", "route=192.168.20.0/24\n", "ipv4.route1: - -> 192.168.20.0/24|" },
    { "address", "address=10.0.1.1/30\n", "ipv4.address2: - -> 10.0.1.1/30|" },
};

static void
test_different(gconstpointer data)
{
    gsize            row = GPOINTER_TO_SIZE(data);
    g_autofree char *text = g_strconcat(GOOD, different[row].text, NULL);
    g_autoptr(GreAddPlan) before = plan_of(GOOD, NULL), after = plan_of(text, NULL);
    g_autoptr(GPtrArray) lines = gre_add_plan_differences(before->main, after->main);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(joined, "%s|", (const char *) lines->pdata[i]);
    g_assert_cmpstr(joined->str, ==, different[row].lines);
}

/* The companion's: a secret is not among them, nor what it protects. */
static void
test_different_companion(void)
{
    g_autoptr(GreAddPlan) before = plan_of(GOOD, NULL);
    g_autoptr(GreAddPlan) after = plan_of(GOOD "ipsec-ike-version=1\n", NULL);
    g_autoptr(GPtrArray) lines = gre_add_plan_differences(before->companion, after->companion);
    g_autoptr(GPtrArray) back = gre_add_plan_differences(after->companion, before->companion);

    g_assert_cmpuint(lines->len, ==, 1);
    g_assert_cmpstr(lines->pdata[0], ==, "vpn.ipsec-ike-version: - -> 1");
    g_assert_cmpuint(back->len, ==, 1);
    g_assert_cmpstr(back->pdata[0], ==, "vpn.ipsec-ike-version: 1 -> -");
}

/* ---- what the machine decides ---- */

static const struct {
    const char *name, *text, *base; /* base: as in GreFacts */
    gboolean    desktop;
    GreAddKind  kind;
} kinds[] = {
    { "server", GOOD, NULL, FALSE, GRE_ADD_KIND_NATIVE },
    { "desktop", GOOD, NULL, TRUE, GRE_ADD_KIND_VPN },
    { "desktop, unmanaged", GOOD, "lo", TRUE, GRE_ADD_KIND_NATIVE },
    { "server, a name", "[tunnel]\nremote=gw.example.org\naddress=10.0.0.1/30\n", NULL, FALSE,
      GRE_ADD_KIND_VPN },
    { "unmanaged, a name", "[tunnel]\nremote=gw.example.org\naddress=10.0.0.1/30\n", "lo", FALSE,
      GRE_ADD_KIND_NATIVE },
    { "server, wanted", GOOD "kind=vpn\n", NULL, FALSE, GRE_ADD_KIND_VPN },
    { "desktop, wanted", GOOD "kind=native\n", NULL, TRUE, GRE_ADD_KIND_NATIVE },
};

static void
test_kind(gconstpointer data)
{
    gsize row = GPOINTER_TO_SIZE(data);
    g_autoptr(GreAddAnswers) answers = answers_of(kinds[row].text, NULL);
    GreFacts   facts = { .base = kinds[row].base };
    GreAddress remote;

    if (!gre_address_parse(answers->remote, &remote))
        facts.remote_name = answers->remote;
    g_assert_cmpint(gre_add_checks_kind(answers, &facts, kinds[row].desktop), ==, kinds[row].kind);
}

/* Commands that take something of others down, have something to fill in or restart the machine
 * are left to a person. */
static void
test_fixes(void)
{
    static const struct {
        const char *id, *fix;
        gboolean    may;
    } rows[] = {
        { "strongswan-stopped", "systemctl enable --now strongswan.service", TRUE },
        { "firewall", "nft insert rule …", TRUE },
        { "forwarding", "sysctl -w net.ipv4.ip_forward=1", TRUE },
        { "forwarding", NULL, FALSE },
        { "same-endpoints", "nmcli device delete by-hand", FALSE },
        { "route-loop", "ip route add 192.0.2.1 via GATEWAY dev INTERFACE", FALSE },
        { "strongswan-missing", "rpm-ostree install strongswan && reboot", FALSE },
        { "module", "modprobe --ignore-install esp4", FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const GreFinding finding = { .id = rows[i].id, .fix = (char *) rows[i].fix };

        g_assert_cmpint(gre_add_checks_may_fix(&finding), ==, rows[i].may);
    }
}

/* Warnings don't keep a tunnel from working. */
static void
test_errors(void)
{
    g_autoptr(GreDiagnosis) diagnosis = gre_doctor_diagnosis_new();

    g_assert_cmpuint(gre_add_checks_errors(diagnosis), ==, 0);
    gre_doctor_add(diagnosis, "forwarding", GRE_SEVERITY_WARNING, "x");
    g_assert_cmpuint(gre_add_checks_errors(diagnosis), ==, 0);
    gre_doctor_add(diagnosis, "service", GRE_SEVERITY_ERROR, "x");
    g_assert_cmpuint(gre_add_checks_errors(diagnosis), ==, 1);
}

int
main(int argc, char **argv)
{
    static const char *const goldens[] = { "native", "native6", "vpn",   "name",
                                           "plain",  "cert",    "pubkey" };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autofree char *path = g_strconcat("/add/golden/", goldens[i], NULL);

        g_test_add_data_func(path, goldens[i], test_golden);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strconcat("/add/wrong/", wrong[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_wrong);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(different); i++) {
        g_autofree char *path = g_strconcat("/add/different/", different[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_different);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *path = g_strconcat("/add/kind/", kinds[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_kind);
    }
    g_test_add_func("/add/fixes", test_fixes);
    g_test_add_func("/add/errors", test_errors);
    g_test_add_func("/add/different/companion", test_different_companion);
    g_test_add_func("/add/lists", test_lists);
    return g_test_run();
}
