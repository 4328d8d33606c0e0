/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts, by property and by type.
 */
#include "config.h"

#include "gre-words.h"
#include "gre-i18n.h"

#include <string.h>

typedef struct {
    const char *key, *label, *empty;
} Words;

/* clang-format off */

static const Words words[] = {
    /* The main page. */
    { "remote", N_("_Peer"), N_("Address or DNS name of the peer") },
    { "local", N_("_Local address"), N_("Automatic") },
    { "key", N_("GRE _key"), N_("No key") },
    { "ip4", N_("IPv_4 inside"), N_("Such as 10.0.0.1/30") },
    { "ip6", N_("IPv_6 inside"), N_("Such as fd00::1/64") },
    { "ipsec", N_("Securit_y"), NULL },
    { "ipsec-psk", N_("P_re-shared key"), NULL },
    /* Translators: no text may end in a colon: GNOME Settings would take it off. */
    { "ipsec-private-key", N_("Pr_ivate key"), N_("File or pkcs11: URI") },
    { "ipsec-private-key-password", N_("Key passwor_d"), NULL },
    { "ipsec-cert", N_("L_ocal certificate"), N_("None: raw public key") },
    { "ipsec-ca", N_("CA certi_ficate"), N_("No CA") },
    { "ipsec-remote-cert", N_("Peer’s certifica_te"), N_("Any signed by the CA") },
    { "ipsec-remote-pubkey", N_("Peer’s p_ublic key"), N_("PEM on one line, or 0s and base64") },

    /* Advanced: Tunnel. */
    { "mode", N_("Outer _header"), NULL },
    { "parent", N_("Pa_rent interface"), N_("Any") },
    { "ifname", N_("Interface _name"), N_("Automatic") },
    { "input-key", N_("GRE _input key"), N_("No key") },
    { "output-key", N_("GRE o_utput key"), N_("No key") },
    { "ttl", N_("_TTL"), NULL },
    { "tos", N_("T_OS"), NULL },
    { "path-mtu-discovery", N_("_Path MTU discovery"), NULL },
    { "ignore-df", N_("I_gnore don’t-fragment"), NULL },
    { "checksum", N_("_Checksums"), NULL },
    { "sequence", N_("_Sequence numbers"), NULL },
    { "encapsulation-limit", N_("_Encapsulation limit"), NULL },
    { "flow-label", N_("_Flow label"), NULL },
    { "fwmark", N_("Firewall mar_k"), NULL },
    { "mtu", N_("_MTU"), NULL },
    { "mss-clamp", N_("TCP segment si_ze"), NULL },
    { "local-networks", N_("_Local networks"), N_("Any") },
    { "remote-networks", N_("Peer’s net_works"), N_("Any") },

    /* Advanced: IPsec. */
    { "protects", N_("_Protects the profile"), N_("None: a tunnel of its own") },
    { "ipsec-local-id", N_("Lo_cal identity"), N_("Automatic") },
    { "ipsec-remote-id", N_("P_eer’s identity"), N_("The address") },
    { "ipsec-ike-version", N_("IKE _version"), NULL },
    { "ipsec-ike-proposals", N_("_IKE algorithms"), N_("Automatic") },
    { "ipsec-esp-proposals", N_("ESP _algorithms"), N_("Automatic") },
    { "ipsec-ike-lifetime", N_("IKE _lifetime"), NULL },
    { "ipsec-esp-lifetime", N_("ESP li_fetime"), NULL },
    { "ipsec-dpd-delay", N_("_Dead peer detection"), NULL },
    { "ipsec-mode", N_("ESP _mode"), NULL },
    { "ipsec-encap", N_("ESP in _UDP"), NULL },
    { "ipsec-replay-window", N_("_Replay window"), NULL },
    { "ipsec-hw-offload", N_("_Hardware offload"), NULL },
    { "ipsec-start", N_("_Start"), NULL },
};

/* Choices of the table; a row without a property is for all that aren't listed. */
static const struct {
    const char *key, *choice, *label;
} choices[] = {
    { "mode", "", N_("From the addresses") },
    { "mode", "gre", N_("IPv4") },
    { "mode", "ip6gre", N_("IPv6") },
    { "mode", "xfrm", N_("ESP, without GRE") },
    { "mss-clamp", "auto", N_("As the MTU allows") },
    { "mss-clamp", "off", N_("Unchanged") },
    { "ipsec", "no", N_("None: not encrypted") },
    { "ipsec", "psk", N_("IPsec with a pre-shared key") },
    { "ipsec", "pubkey", N_("IPsec with a certificate or raw public key") },
    { "ipsec-mode", "transport", N_("Transport") },
    { "ipsec-mode", "tunnel", N_("Tunnel: a second IP header") },
    { "ipsec-encap", "auto", N_("If there is a NAT") },
    { "ipsec-encap", "yes", N_("Always") },
    { "ipsec-encap", "no", N_("Never") },
    { "ipsec-hw-offload", "no", N_("Off") },
    { "ipsec-hw-offload", "auto", N_("If the network card can") },
    { "ipsec-hw-offload", "crypto", N_("Encryption only") },
    { "ipsec-hw-offload", "packet", N_("Whole packets") },
    { "ipsec-start", "initiate", N_("Immediately") },
    { "ipsec-start", "trap", N_("On the first packet") },
    { "ipsec-start", "respond", N_("Wait for the peer") },
};

/* clang-format on */

/* French has a space before the colon, Chinese a colon of its own. */
const GreProperty *
gre_words_take_name(char *message)
{
    gsize              length = strspn(message, "abcdefghijklmnopqrstuvwxyz0123456789-");
    g_autofree char   *name = g_strndup(message, length);
    const GreProperty *property = gre_property_find(name);
    const char        *what = message + length;
    gboolean           colon = FALSE;

    for (gunichar c; c = g_utf8_get_char(what), c == ':' || c == 0xFF1A || g_unichar_isspace(c);
         what = g_utf8_next_char(what))
        colon = colon || !g_unichar_isspace(c);
    if (!property || !colon)
        return NULL;
    memmove(message, what, strlen(what) + 1);
    return property;
}

static const Words *
find_words(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].key, key) == 0)
            return &words[i];
    return NULL;
}

const char *
gre_words_label(const GreProperty *property)
{
    const Words *found = find_words(property->name);

    return found ? _(found->label) : property->name;
}

/* In scripts without a letter to underline, one follows the label: "GRE キー(_K)". */
char *
gre_words_strip(const char *label)
{
    const char *mark = strchr(label, '_');
    const char *rest = mark ? mark + 1 : "";
    int         length = mark ? (int) (mark - label) : (int) strlen(label);

    if (length > 0 && label[length - 1] == '(' && rest[0] && rest[1] == ')') {
        length--;
        rest += 2;
    }
    return g_strdup_printf("%.*s%s", length, label, rest);
}

char *
gre_words_name(const GreProperty *property)
{
    return gre_words_strip(gre_words_label(property));
}

char *
gre_words_join(char *const *items)
{
    /* Translators: separates the items of a list. */
    return g_strjoinv(_(", "), (char **) items);
}

const char *
gre_words_choice(const GreProperty *property, const char *choice)
{
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++)
        if (strcmp(choices[i].key, property->name) == 0 && strcmp(choices[i].choice, choice) == 0)
            return _(choices[i].label);
    return choice;
}

const char *
gre_words_empty(const GreProperty *property)
{
    const Words *found = find_words(property->name);

    if (found && found->empty)
        return _(found->empty);
    return property->default_value;
}

static char *
allowed_number(const GreProperty *property)
{
    if (property->word)
        return g_strdup_printf(_("A number from %u to %u, or “%s”"), property->min, property->max,
                               property->word);
    return g_strdup_printf(_("A number from %u to %u"), property->min, property->max);
}

char *
gre_words_allowed(const GreProperty *property)
{
    switch (property->type) {
    case GRE_TYPE_NUMBER:
        return allowed_number(property);
    case GRE_TYPE_DURATION:
        return g_strdup_printf(_("Seconds from %u to %u, or a time such as 90m, 8h or 1d"),
                               property->min, property->max);
    case GRE_TYPE_KEY:
        return g_strdup(_("A number from 0 to 4294967295, or dotted like an IPv4 address"));
    case GRE_TYPE_ADDRESS:
        return g_strdup(_("A unicast IP address such as 198.51.100.7"));
    case GRE_TYPE_HOST:
        return g_strdup(_("A unicast IP address or a DNS name"));
    case GRE_TYPE_IP4:
        return g_strdup(
            _("IPv4 addresses with prefix length such as 10.0.0.1/30, separated by spaces"));
    case GRE_TYPE_IP6:
        return g_strdup(
            _("IPv6 addresses with prefix length such as fd00::1/64, separated by spaces"));
    case GRE_TYPE_NETWORKS:
        return g_strdup(_("Networks with prefix length such as 10.1.0.0/16, separated by spaces"));
    case GRE_TYPE_IFNAME:
        return g_strdup(_("The name of an interface: up to 15 characters, no spaces, / or :"));
    case GRE_TYPE_NEW_IFNAME:
        return g_strdup(_("A name for an interface: up to 15 characters, no spaces, / or :, and "
                          "not one that the kernel reserves, such as gre0"));
    case GRE_TYPE_TEXT:
        return g_strdup(_("Text without leading or trailing spaces"));
    case GRE_TYPE_IDENTITY:
        return g_strdup(_("An address, a name, an e-mail address or a distinguished name"));
    case GRE_TYPE_PROPOSALS:
        return g_strdup(
            _("strongSwan proposals such as aes256-sha256-modp2048, separated by commas"));
    case GRE_TYPE_FILE:
        return g_strdup(_("An absolute file name or a pkcs11: URI"));
    case GRE_TYPE_PUBLIC_KEY:
        return g_strdup(_("A public key: PEM on one line, or 0s and base64"));
    case GRE_TYPE_PSK:
        return g_strdup(_("Text, 0x and an even number of hex digits, or 0s and base64"));
    case GRE_TYPE_BOOLEAN:
    case GRE_TYPE_CHOICE:
    case GRE_TYPE_PASSWORD:
        break;
    }
    return gre_property_allowed(property);
}
