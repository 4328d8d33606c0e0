/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which identities strongSwan takes for more than one peer.
 */
#include "gre-identity.h"

static const char *const wildcards[] = {
    /* The words for everybody, and the unspecified address in other notations. */
    "",
    "%any",
    "%any6",
    "*",
    "0.0.0.0",
    "::",
    "0::0",
    "0::",
    "::0.0.0.0",
    "0:0:0:0:0:0:0:0",

    /* Names and e-mail addresses. */
    "*.example.org",
    "gw*",
    "*@example.org",
    "@*",
    "@*.example.org",
    "@@*",
    "@@*@example.org",
    "fqdn:*",
    "FQDN:*.example.org",
    "dns:*",
    "email:*",
    "rfc822:*@example.org",
    "userfqdn:*",
    "fqdn:#2a",
    "fqdn:#0x2A",
    "fqdn:#2a:2e:61",
    "email:#2a40612e62",
    "fqdn:#2",
    "fqdn:#2g",

    /* Distinguished names. */
    "C=CH, CN=*",
    "C=CH,CN=*",
    "CN=*",
    "CN = * ",
    "CN==*",
    "CN=*, O=Example",
    "/C=CH/CN=*",
    "C=*, O=Example, CN=b",
    "cn=*",
    "CN=*@example.org, O=*",
    "asn1dn:CN=*",
    "asn1dn:#300c310a300806035504030c012a",
    "asn1dn:#300c310a300806035504030C01:2A",

    /* Networks and ranges. */
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "10.0.0.1/31",
    "10.0.0.1/",
    "10.0.0.1/-1",
    "2001:db8::/32",
    "10.0.0.1-10.0.0.9",
    "::-ffff::",
    "ipv4net:#0000000000000000",
    "ipv4net:10.0.0.0/8",
    "ipv6net:#00",
    "ipv4range:#00000000ffffffff",
    "ipv6range:x",

    /* Types by number. */
    "{0}:",
    "{0}:b.example",
    "{}:",
    "{2}:*",
    "{0x2}:*",
    "{ 2}:*",
    "{+2}:*",
    "{02}:*.example.org",
    "{4294967298}:*",
    "{3}:*@b",
    "{2}:#2a",
    "{4}:#0000000000000000",
    "{6}:x",
    "{7}:x",
    "{8}:x",
    "{9}:#300c310a300806035504030c012a",
};

static const char *const single[] = {
    "b.example",
    "192.0.2.1",
    "2001:db8::1",
    "192.0.2.1/32",
    "2001:db8::1/128",
    "192.0.2.1-gw",
    "192.0.2.1-192.0.2.1",
    "gw-a.example",
    "a/b",
    "b@example.org",
    "@b.example",
    "@@b@example.org",
    "@#2a2a",
    "@#*",
    "fqdn:b.example",
    "fqdn:#622e6578",
    "email:b@example.org",
    "keyid:*",
    "keyid:#2a",
    "uri:*",
    "asn1gn:*",
    "xmppaddr:*",
    "site:*",
    "C=CH, O=Example, CN=b",
    "C=CH, CN=*.example.org",
    "C=CH, CN=b*",
    "/C=CH/CN=b",
    "asn1dn:#300c310a300806035504030c0162",
    "asn1dn:#300d310b300906035504030c02622a",
    "{2}:b.example",
    "{11}:*",
    "{1}:#c0000201",
    "{201}:*",
    "{2:b",
};

static void
test_wildcards(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wildcards); i++)
        if (!gre_identity_is_wildcard(wildcards[i]))
            g_error("\"%s\" passed for a single identity", wildcards[i]);
}

static void
test_single(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (gre_identity_is_wildcard(single[i]))
            g_error("\"%s\" passed for a wildcard", single[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/identity/wildcards", test_wildcards);
    g_test_add_func("/identity/single", test_single);
    return g_test_run();
}
