/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strongSwan's rules: a prefix names the type, else the form of the text decides. */
#include "keys/keys-identity.h"

#include <string.h>

static GBytes *
from_hex(const char *hex)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    int high = -1;

    for (; *hex; hex++) {
        int    digit = g_ascii_xdigit_value(*hex);
        guint8 byte;

        if (digit < 0)
            continue; /* strongSwan allows colons between the digits */
        if (high < 0) {
            high = digit;
            continue;
        }
        byte = (guint8) (high << 4 | digit);
        g_byte_array_append(bytes, &byte, 1);
        high = -1;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static void
set_key_id(GreIdentity *identity, const char *text)
{
    identity->type = GRE_IDENTITY_KEY_ID;
    identity->key_id = text[0] == '#' ? from_hex(text + 1) : g_bytes_new(text, strlen(text));
}

static gboolean
parse_prefix(GreIdentity *identity, const char *text)
{
    static const struct {
        const char     *prefix;
        GreIdentityType type;
    } prefixes[] = {
        { "ipv4:", GRE_IDENTITY_DN },        { "ipv6:", GRE_IDENTITY_DN },
        { "ipv4net:", GRE_IDENTITY_DN },     { "ipv6net:", GRE_IDENTITY_DN },
        { "ipv4range:", GRE_IDENTITY_DN },   { "ipv6range:", GRE_IDENTITY_DN },
        { "rfc822:", GRE_IDENTITY_EMAIL },   { "email:", GRE_IDENTITY_EMAIL },
        { "userfqdn:", GRE_IDENTITY_EMAIL }, { "fqdn:", GRE_IDENTITY_NAME },
        { "dns:", GRE_IDENTITY_NAME },       { "asn1dn:", GRE_IDENTITY_DN },
        { "asn1gn:", GRE_IDENTITY_DN },      { "xmppaddr:", GRE_IDENTITY_DN },
        { "keyid:", GRE_IDENTITY_KEY_ID },   { "{", GRE_IDENTITY_DN },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        const char *rest = text + strlen(prefixes[i].prefix);

        if (g_ascii_strncasecmp(text, prefixes[i].prefix, strlen(prefixes[i].prefix)) != 0)
            continue;
        identity->type = prefixes[i].type;
        identity->text = rest;
        if (identity->type == GRE_IDENTITY_KEY_ID)
            set_key_id(identity, rest);
        else if (rest[0] == '#') /* the value in hex */
            identity->type = GRE_IDENTITY_DN;
        return TRUE;
    }
    return FALSE;
}

static void
parse_shape(GreIdentity *identity, const char *text)
{
    identity->type = GRE_IDENTITY_NAME;
    if (strchr(text, '='))
        identity->type = GRE_IDENTITY_DN;
    else if (text[0] == '@' && text[1] == '#')
        set_key_id(identity, text + 1);
    else if (text[0] == '@' && text[1] == '@') {
        identity->type = GRE_IDENTITY_EMAIL;
        identity->text = text + 2;
    } else if (text[0] == '@')
        identity->text = text + 1;
    else if (strchr(text, '@'))
        identity->type = GRE_IDENTITY_EMAIL;
    else if (gre_address_parse(text, &identity->address))
        identity->type = GRE_IDENTITY_ADDRESS;
    else if (strchr(text, ':'))
        set_key_id(identity, text);
    else if (strchr(text, '/') || strcmp(text, "*") == 0)
        identity->type = GRE_IDENTITY_DN; /* a network; everyone */
}

void
gre_keys_identity_parse(GreIdentity *identity, const char *text)
{
    *identity = (GreIdentity){ .text = text };
    if (!parse_prefix(identity, text))
        parse_shape(identity, text);
}

void
gre_keys_identity_clear(GreIdentity *identity)
{
    g_clear_pointer(&identity->key_id, g_bytes_unref);
}

/* ---- certificates ---- */

static gnutls_x509_subject_alt_name_t
alt_name_of(GreIdentityType type)
{
    switch (type) {
    case GRE_IDENTITY_ADDRESS:
        return GNUTLS_SAN_IPADDRESS;
    case GRE_IDENTITY_EMAIL:
        return GNUTLS_SAN_RFC822NAME;
    case GRE_IDENTITY_NAME:
    case GRE_IDENTITY_KEY_ID:
    case GRE_IDENTITY_DN:
        break;
    }
    return GNUTLS_SAN_DNSNAME;
}

static gboolean
is_value(const GreIdentity *identity, const char *value, size_t len)
{
    if (identity->type == GRE_IDENTITY_ADDRESS)
        return len == gre_address_size(identity->address.family) &&
               memcmp(value, identity->address.bytes, len) == 0;
    return len == strlen(identity->text) && g_ascii_strncasecmp(value, identity->text, len) == 0;
}

gboolean
gre_keys_identity_is_in(const GreIdentity *identity, gnutls_x509_crt_t crt)
{
    gnutls_x509_subject_alt_name_t wanted = alt_name_of(identity->type);

    if (identity->type == GRE_IDENTITY_KEY_ID || identity->type == GRE_IDENTITY_DN)
        return TRUE;
    for (unsigned i = 0;; i++) {
        char     value[1024];
        size_t   len = sizeof value;
        unsigned critical;
        int      type = gnutls_x509_crt_get_subject_alt_name(crt, i, value, &len, &critical);

        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return FALSE;
        if (type == (int) wanted && is_value(identity, value, len))
            return TRUE;
        if (type < 0 && type != GNUTLS_E_SHORT_MEMORY_BUFFER)
            return FALSE;
    }
}

static char *
subject_as_identity(gnutls_x509_crt_t crt)
{
    g_autoptr(GString) text = g_string_new("asn1dn:#");
    gnutls_datum_t dn;

    if (gnutls_x509_crt_get_raw_dn(crt, &dn) < 0)
        return NULL;
    for (unsigned i = 0; i < dn.size; i++)
        g_string_append_printf(text, "%02x", dn.data[i]);
    gnutls_free(dn.data);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
gre_keys_identity_default(gnutls_x509_crt_t crt, const char *address)
{
    g_auto(GreIdentity) identity = { 0 };

    gre_keys_identity_parse(&identity, address);
    return gre_keys_identity_is_in(&identity, crt) ? g_strdup(address) : subject_as_identity(crt);
}
