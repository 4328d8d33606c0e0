/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsers for single values.
 */
#include "gre-value.h"
#include "gre-escape.h"
#include "gre-secret.h"

#include <net/if.h>
#include <string.h>

enum {
    QUOTE_MAX = 80,     /* characters of a value shown in an error */
    IDENTITY_MAX = 512, /* bytes */
    PREFIXES_MAX = 64,
    PROPOSALS_MAX = 64,
    PROPOSAL_MAX = 255, /* bytes */
};

gboolean
gre_value_is_printable(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029) /* line, paragraph separator */
            return FALSE;
    }
    return TRUE;
}

char *
gre_value_quote(const char *text)
{
    GString *out = g_string_new("\"");

    for (guint n = 0; *text && n < QUOTE_MAX; n++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        text = gre_escape_next(out, text);
    }
    g_string_append(out, *text ? "…\"" : "\"");
    return g_string_free(out, FALSE);
}

gboolean
gre_value_boolean(const char *text, gboolean *out)
{
    static const char *const words[][2] = {
        { "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" }
    };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        for (int value = FALSE; value <= TRUE; value++) {
            if (g_ascii_strcasecmp(text, words[i][value]) == 0) {
                *out = value;
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* Digits of @base only; strtoul() would accept blanks and signs too. */
static gboolean
parse_digits(const char *text, gsize len, guint base, guint32 *out)
{
    guint64 n = 0;

    if (len == 0)
        return FALSE;
    for (gsize i = 0; i < len; i++) {
        int digit = g_ascii_xdigit_value(text[i]);

        if (digit < 0 || (guint) digit >= base)
            return FALSE;
        n = n * base + (guint) digit;
        if (n > G_MAXUINT32)
            return FALSE;
    }
    *out = (guint32) n;
    return TRUE;
}

static gboolean
has_hex_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static gboolean
parse_decimal(const char *text, gsize len, guint32 *out)
{
    if (len > 1 && text[0] == '0')
        return FALSE; /* decimal or octal? */
    return parse_digits(text, len, 10, out);
}

gboolean
gre_value_number(const char *text, guint32 *out)
{
    if (has_hex_prefix(text))
        return parse_digits(text + 2, strlen(text + 2), 16, out);
    return parse_decimal(text, strlen(text), out);
}

gboolean
gre_value_key(const char *text, guint32 *out)
{
    if (strchr(text, '.')) {
        GreAddress address;

        if (!gre_address_parse(text, &address) || address.family != AF_INET)
            return FALSE;
        *out = g_ntohl(address.in4.s_addr);
        return TRUE;
    }
    if (has_hex_prefix(text))
        return parse_digits(text + 2, strlen(text + 2), 16, out);
    return parse_digits(text, strlen(text), text[0] == '0' ? 8 : 10, out);
}

gboolean
gre_value_duration(const char *text, guint32 *seconds)
{
    static const struct {
        char    suffix;
        guint32 seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 } };
    gsize   len = strlen(text);
    guint32 number, unit = 1;

    for (gsize i = 0; len > 0 && i < G_N_ELEMENTS(units); i++) {
        if (text[len - 1] == units[i].suffix) {
            unit = units[i].seconds;
            len--;
            break;
        }
    }
    if (!parse_decimal(text, len, &number) || number > G_MAXUINT32 / unit)
        return FALSE;
    *seconds = number * unit;
    return TRUE;
}

static gboolean
is_unicast(const GreAddress *address)
{
    if (gre_address_is_any(address) || gre_address_is_multicast(address))
        return FALSE;
    if (address->family == AF_INET)
        return address->bytes[0] != 127 && address->in4.s_addr != INADDR_BROADCAST;
    return !IN6_IS_ADDR_LOOPBACK(&address->in6) && !IN6_IS_ADDR_V4MAPPED(&address->in6);
}

gboolean
gre_value_unicast(const char *text, GreAddress *out)
{
    GreAddress address;

    if (!gre_address_parse(text, &address) || !is_unicast(&address))
        return FALSE;
    *out = address;
    return TRUE;
}

/* Whether an interface can have it: not a network's own or broadcast address. */
static gboolean
is_host_prefix(const GrePrefix *prefix)
{
    guint32 mask, host;

    if (!is_unicast(&prefix->address) || prefix->length == 0)
        return FALSE;
    if (prefix->address.family == AF_INET6 || prefix->length > 30)
        return TRUE;
    mask = G_MAXUINT32 >> prefix->length;
    host = g_ntohl(prefix->address.in4.s_addr) & mask;
    return host != 0 && host != mask;
}

/* Whether no bit behind the prefix length is set. */
static gboolean
is_network(const GrePrefix *prefix)
{
    for (guint i = prefix->length; i < gre_address_size(prefix->address.family) * 8; i++)
        if (prefix->address.bytes[i / 8] & 0x80 >> i % 8)
            return FALSE;
    return TRUE;
}

typedef gboolean (*PrefixTest)(const GrePrefix *prefix, const GrePrefix *other);

static gboolean
is_same_host(const GrePrefix *prefix, const GrePrefix *other)
{
    return gre_address_equal(&prefix->address, &other->address);
}

static gboolean
is_same_network(const GrePrefix *prefix, const GrePrefix *other)
{
    return prefix->length == other->length && is_same_host(prefix, other);
}

/* Whether @before has the like of @prefix. */
static gboolean
is_repeated(const GrePrefix *prefix, const GArray *before, PrefixTest is_same)
{
    for (guint i = 0; i < before->len; i++)
        if (is_same(prefix, &g_array_index(before, GrePrefix, i)))
            return TRUE;
    return FALSE;
}

/* Prefixes that are all as @is_fine wants them, none of which is another one's like; else NULL. */
static GArray *
parse_list(const char *text, gboolean (*is_fine)(const GrePrefix *prefix), PrefixTest is_same)
{
    g_auto(GStrv) items = g_strsplit(text, " ", PREFIXES_MAX + 1);
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(GrePrefix));

    if (!items[0] || g_strv_length(items) > PREFIXES_MAX)
        return NULL;
    for (gsize i = 0; items[i]; i++) {
        GrePrefix prefix;

        if (!gre_address_prefix_parse(items[i], &prefix) || !is_fine(&prefix) ||
            is_repeated(&prefix, prefixes, is_same))
            return NULL;
        g_array_append_val(prefixes, prefix);
    }
    return g_steal_pointer(&prefixes);
}

GArray *
gre_value_prefixes(const char *text, int family)
{
    g_autoptr(GArray) prefixes = parse_list(text, is_host_prefix, is_same_host);

    for (guint i = 0; prefixes && i < prefixes->len; i++)
        if (g_array_index(prefixes, GrePrefix, i).address.family != family)
            return NULL;
    return g_steal_pointer(&prefixes);
}

GArray *
gre_value_networks(const char *text)
{
    return parse_list(text, is_network, is_same_network);
}

static gboolean
is_host_label(const char *label, gsize len)
{
    if (len < 1 || len > 63 || label[0] == '-' || label[len - 1] == '-')
        return FALSE;
    for (gsize i = 0; i < len; i++)
        if (!g_ascii_isalnum(label[i]) && label[i] != '-' && label[i] != '_')
            return FALSE;
    return TRUE;
}

/* Unusual notations that resolvers read as an IPv4 address: "10.1", "0x7f000001". */
static gboolean
is_number_label(const char *label)
{
    guint32 number;

    return strspn(label, "0123456789") == strlen(label) ||
           (has_hex_prefix(label) && gre_value_number(label, &number));
}

gboolean
gre_value_is_host_name(const char *text)
{
    gsize            len = strlen(text);
    gboolean         rooted = len > 1 && text[len - 1] == '.';
    g_autofree char *name = g_strndup(text, rooted ? len - 1 : len);
    g_auto(GStrv) labels = NULL;
    gsize n_labels;

    if (strlen(name) > 253)
        return FALSE;
    labels = g_strsplit(name, ".", -1);
    n_labels = g_strv_length(labels);
    for (gsize i = 0; i < n_labels; i++)
        if (!is_host_label(labels[i], strlen(labels[i])))
            return FALSE;
    return n_labels > 0 && !is_number_label(labels[n_labels - 1]);
}

gboolean
gre_value_is_ifname(const char *text)
{
    gsize len = strlen(text);

    if (len < 1 || len >= IFNAMSIZ || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return FALSE;
    for (; *text; text++)
        /* The kernel replaces a '%d' by a free number. */
        if (g_ascii_isspace(*text) || strchr("/:%", *text))
            return FALSE;
    return TRUE;
}

gboolean
gre_value_is_new_ifname(const char *text)
{
    static const char *const reserved[] = {
        "gre0",    "gretap0",  "erspan0", "ip6gre0", "ip6tnl0", "tunl0",           "sit0",
        "ip_vti0", "ip6_vti0", "lo",      "all",     "default", "bonding_masters", NULL,
    };

    return gre_value_is_ifname(text) && !g_strv_contains(reserved, text);
}

gboolean
gre_value_is_text(const char *text)
{
    gsize len = strlen(text);

    return len > 0 && !g_ascii_isspace(text[0]) && !g_ascii_isspace(text[len - 1]);
}

gboolean
gre_value_is_identity(const char *text)
{
    const char *colon = strchr(text, ':'); /* behind an explicit type: "fqdn:", "email:" */

    return gre_value_is_text(text) && strlen(text) <= IDENTITY_MAX && text[0] != '^' &&
           text[0] != '%' && (!colon || colon[1] != '^');
}

static gboolean
is_proposal(const char *text)
{
    gsize len = strlen(text);

    if (len < 1 || len > PROPOSAL_MAX || !g_ascii_isalnum(text[0]) ||
        !g_ascii_isalnum(text[len - 1]))
        return FALSE;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '-' && *text != '_')
            return FALSE;
    return TRUE;
}

char **
gre_value_proposals(const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    g_auto(GStrv) items = g_strsplit(lower, ",", PROPOSALS_MAX + 1);

    if (!items[0] || g_strv_length(items) > PROPOSALS_MAX)
        return NULL;
    for (gsize i = 0; items[i]; i++)
        if (!is_proposal(g_strstrip(items[i])))
            return NULL;
    return g_steal_pointer(&items);
}

gboolean
gre_value_is_file(const char *text)
{
    if (g_str_has_prefix(text, "pkcs11:"))
        return text[strlen("pkcs11:")] != '\0';
    return text[0] == '/' && text[strlen(text) - 1] != '/';
}

/* The base64 between PEM's first and last line, as "0s…"; blanks replace the line breaks. */
static char *
pem_to_base64(const char *text)
{
    static const char begin[] = "-----BEGIN PUBLIC KEY-----";
    static const char end[] = "-----END PUBLIC KEY-----";
    g_autofree char  *body = NULL, *joined = NULL;
    g_auto(GStrv) words = NULL;

    if (strlen(text) < strlen(begin) + strlen(end) || !g_str_has_prefix(text, begin) ||
        !g_str_has_suffix(text, end))
        return NULL;
    body = g_strndup(text + strlen(begin), strlen(text) - strlen(begin) - strlen(end));
    words = g_strsplit(body, " ", -1);
    joined = g_strjoinv("", words);
    return g_strconcat("0s", joined, NULL);
}

GreSecret *
gre_value_public_key(const char *text)
{
    g_autofree char *base64 = g_str_has_prefix(text, "0s") ? g_strdup(text) : pem_to_base64(text);

    return base64 ? gre_secret_parse(base64, NULL) : NULL;
}

gboolean
gre_value_is_public_key(const char *text)
{
    g_autoptr(GreSecret) bytes = gre_value_public_key(text);

    return bytes != NULL;
}
