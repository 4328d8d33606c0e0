/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IP addresses and prefixes: text to value, value to text, and what kind of address it is.
 */
#include "gre-address.h"

#include <arpa/inet.h>
#include <string.h>

gboolean
gre_address_parse(const char *text, GreAddress *out)
{
    GreAddress address = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

    if (inet_pton(address.family, text, address.bytes) != 1)
        return FALSE;
    *out = address;
    return TRUE;
}

gsize
gre_address_size(int family)
{
    return family == AF_INET6 ? 16 : 4;
}

const char *
gre_address_to_string(const GreAddress *address, char buf[GRE_ADDRESS_STRLEN])
{
    if (address->family == AF_UNSPEC ||
        !inet_ntop(address->family, address->bytes, buf, GRE_ADDRESS_STRLEN))
        buf[0] = '\0';
    return buf;
}

gboolean
gre_address_mask_length(const GreAddress *mask, guint8 *length)
{
    guint32 bits = mask->family == AF_INET ? g_ntohl(mask->in4.s_addr) : 0;
    guint32 zeros = ~bits;

    if (mask->family != AF_INET || (zeros & (zeros + 1)) != 0)
        return FALSE;
    for (*length = 0; bits; bits <<= 1)
        (*length)++;
    return TRUE;
}

gboolean
gre_address_equal(const GreAddress *a, const GreAddress *b)
{
    if (a->family != b->family)
        return FALSE;
    return a->family == AF_UNSPEC || memcmp(a->bytes, b->bytes, gre_address_size(a->family)) == 0;
}

gboolean
gre_address_is_any(const GreAddress *address)
{
    static const guint8 zero[16];

    return address->family == AF_UNSPEC ||
           memcmp(address->bytes, zero, gre_address_size(address->family)) == 0;
}

gboolean
gre_address_is_link_local(const GreAddress *address)
{
    return address->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address->in6);
}

gboolean
gre_address_is_multicast(const GreAddress *address)
{
    switch (address->family) {
    case AF_INET:
        return (address->bytes[0] & 0xf0) == 0xe0;
    case AF_INET6:
        return address->bytes[0] == 0xff;
    default:
        return FALSE;
    }
}

/* One to three digits, no leading zero. */
static gboolean
parse_prefix_length(const char *text, guint max, guint8 *out)
{
    guint length = 0;

    if (text[0] == '\0' || strlen(text) > 3 || (text[0] == '0' && text[1] != '\0'))
        return FALSE;
    for (; *text; text++) {
        if (!g_ascii_isdigit(*text))
            return FALSE;
        length = length * 10 + (guint) g_ascii_digit_value(*text);
    }
    if (length > max)
        return FALSE;
    *out = (guint8) length;
    return TRUE;
}

gboolean
gre_address_prefix_parse(const char *text, GrePrefix *out)
{
    const char *slash = strchr(text, '/');
    char        address[GRE_ADDRESS_STRLEN];
    GrePrefix   prefix;

    if (!slash || (gsize) (slash - text) >= sizeof(address))
        return FALSE;
    memcpy(address, text, (gsize) (slash - text));
    address[slash - text] = '\0';

    if (!gre_address_parse(address, &prefix.address) ||
        !parse_prefix_length(slash + 1, (guint) gre_address_size(prefix.address.family) * 8,
                             &prefix.length))
        return FALSE;
    *out = prefix;
    return TRUE;
}

char *
gre_address_prefix_to_string(const GrePrefix *prefix)
{
    char text[GRE_ADDRESS_STRLEN];

    return g_strdup_printf("%s/%u", gre_address_to_string(&prefix->address, text), prefix->length);
}

gboolean
gre_address_prefixes_have(const GArray *prefixes, int family)
{
    for (guint i = 0; i < prefixes->len; i++)
        if (g_array_index(prefixes, GrePrefix, i).address.family == family)
            return TRUE;
    return FALSE;
}

gboolean
gre_address_prefix_contains(const GrePrefix *prefix, const GreAddress *address)
{
    gsize  whole = prefix->length / 8;
    guint8 rest = (guint8) (0xff00 >> prefix->length % 8);

    if (prefix->address.family != address->family || address->family == AF_UNSPEC)
        return FALSE;
    if (memcmp(prefix->address.bytes, address->bytes, whole) != 0)
        return FALSE;
    return rest == 0 || ((prefix->address.bytes[whole] ^ address->bytes[whole]) & rest) == 0;
}
