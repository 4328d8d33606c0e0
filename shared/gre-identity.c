/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in strongSwan, a prefix names the identity's type, else the form of the text decides.
 */
#include "gre-identity.h"
#include "gre-address.h"

#include <stdlib.h>
#include <string.h>

typedef enum {
    EXACT, /* compared as a whole */
    ANYBODY,
    NETWORK, /* or a range of addresses */
    STRING,  /* a name or an e-mail address */
    DN,
} Kind;

/* "CN=*", in "C=CH, CN=*" or "/C=CH/CN=*". */
static gboolean
is_wildcard_rdn(const char *rdn)
{
    gsize len;

    rdn += strspn(rdn, " ");
    rdn += strcspn(rdn, " =");
    rdn += strspn(rdn, " =");
    len = strlen(rdn);
    while (len > 0 && rdn[len - 1] == ' ')
        len--;
    return len == 1 && rdn[0] == '*';
}

static gboolean
is_wildcard_dn(const char *text)
{
    g_auto(GStrv) rdns = g_strsplit(text, text[0] == '/' ? "/" : ",", -1);

    for (gsize i = 0; rdns[i]; i++)
        if (is_wildcard_rdn(rdns[i]))
            return TRUE;
    return FALSE;
}

/* In DER, a value "*" is its length, 1, and the character. */
static gboolean
is_wildcard_hex(Kind kind, const char *hex)
{
    int before = -1;

    hex += g_str_has_prefix(hex, "0x") ? 2 : 0;
    while (*hex) {
        int high = g_ascii_xdigit_value(hex[0]);
        int low = high < 0 ? -1 : g_ascii_xdigit_value(hex[1]);
        int byte = high << 4 | low;

        if (low < 0 || (byte == '*' && (kind == STRING || before == 1)))
            return TRUE;
        before = byte;
        hex += hex[2] == ':' ? 3 : 2;
    }
    return FALSE;
}

static gboolean
is_wildcard_of(Kind kind, const char *value)
{
    switch (kind) {
    case EXACT:
        return FALSE;
    case ANYBODY:
    case NETWORK:
        return TRUE;
    case STRING:
    case DN:
        break;
    }
    if (value[0] == '#')
        return is_wildcard_hex(kind, value + 1);
    return kind == DN ? is_wildcard_dn(value) : strchr(value, '*') != NULL;
}

/* "fqdn:b.example" */
static gboolean
parse_prefix(const char *text, Kind *kind, const char **value)
{
    static const struct {
        const char *prefix;
        Kind        kind;
    } prefixes[] = {
        { "ipv4:", EXACT },      { "ipv6:", EXACT },        { "ipv4net:", NETWORK },
        { "ipv6net:", NETWORK }, { "ipv4range:", NETWORK }, { "ipv6range:", NETWORK },
        { "rfc822:", STRING },   { "email:", STRING },      { "userfqdn:", STRING },
        { "fqdn:", STRING },     { "dns:", STRING },        { "asn1dn:", DN },
        { "asn1gn:", EXACT },    { "xmppaddr:", EXACT },    { "keyid:", EXACT },
        { "uri:", EXACT },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        gsize len = strlen(prefixes[i].prefix);

        if (g_ascii_strncasecmp(text, prefixes[i].prefix, len) != 0)
            continue;
        *kind = prefixes[i].kind;
        *value = text + len;
        return TRUE;
    }
    return FALSE;
}

/* "{2}:b.example", with a number of IKE. strongSwan reads it with strtoul() too: "{}" is 0. */
static gboolean
parse_number(const char *text, Kind *kind, const char **value)
{
    static const Kind kinds[] = {
        [0] = ANYBODY, [1] = EXACT,   [2] = STRING,  [3] = STRING,  [4] = NETWORK,
        [5] = EXACT,   [6] = NETWORK, [7] = NETWORK, [8] = NETWORK, [9] = DN,
    };
    char   *end;
    guint32 type;

    if (text[0] != '{')
        return FALSE;
    type = (guint32) strtoul(text + 1, &end, 0);
    if (end[0] != '}' || end[1] != ':')
        return FALSE;
    *kind = type < G_N_ELEMENTS(kinds) ? kinds[type] : EXACT;
    *value = end + 2;
    return TRUE;
}

/* "10.0.0.0/8" or "10.0.0.1-10.0.0.9"; one address with its full length is no network. */
static gboolean
is_network(const char *text)
{
    const char      *separator = strpbrk(text, "/-");
    g_autofree char *first = NULL;
    GreAddress       from, to;

    if (!separator)
        return FALSE;
    first = g_strndup(text, (gsize) (separator - text));
    if (!gre_address_parse(first, &from))
        return FALSE;
    if (separator[0] == '-')
        return gre_address_parse(separator + 1, &to) && !gre_address_equal(&from, &to);
    return strcmp(separator + 1, from.family == AF_INET ? "32" : "128") != 0;
}

static gboolean
is_wildcard_shape(const char *text)
{
    GreAddress address;

    if (strchr(text, '='))
        return is_wildcard_dn(text);
    if (strchr(text, '@'))
        return !g_str_has_prefix(text, "@#") && strchr(text, '*');
    if (text[0] == '\0' || strcmp(text, "%any") == 0 || strcmp(text, "%any6") == 0 ||
        (gre_address_parse(text, &address) && gre_address_is_any(&address)) || is_network(text))
        return TRUE;
    return !strchr(text, ':') && strchr(text, '*'); /* with a colon it is a key id */
}

gboolean
gre_identity_is_wildcard(const char *text)
{
    Kind        kind;
    const char *value;

    if (parse_prefix(text, &kind, &value) || parse_number(text, &kind, &value))
        return is_wildcard_of(kind, value);
    return is_wildcard_shape(text);
}
