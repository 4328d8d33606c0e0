/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of the property table, and the checks of a single value.
 */
#include "config.h"

#include "gre-property.h"
#include "gre-error.h"
#include "gre-guess.h"
#include "gre-i18n.h"
#include "gre-profile.h"
#include "gre-value.h"

#include <string.h>

/* clang-format off */

#define LIST(...)        ((const char *const[]) { __VA_ARGS__, NULL })
#define CHOICE(...)      .type = GRE_TYPE_CHOICE, .choices = LIST(__VA_ARGS__)
#define NUMBER(low, up)  .type = GRE_TYPE_NUMBER, .min = (low), .max = (up)
#define SECONDS(low, up) .type = GRE_TYPE_DURATION, .min = (low), .max = (up)
#define OR(text, value)  .word = (text), .word_value = (value)
#define FIELD(member)                                                                              \
    .offset = G_STRUCT_OFFSET(GreProfile, member), .size = sizeof(((GreProfile *) NULL)->member)

#define DAYS (24 * 60 * 60)

const GreProperty gre_property_table[] = {

/* The tunnel. Names are ip-tunnel's own wherever it has one. */

{ .name = "mode", CHOICE("gre", "ip6gre", "xfrm"), FIELD(mode), .needs = GRE_NEED_XFRM_IPSEC,
  .help = N_("Kind of tunnel: GRE over IPv4 or IPv6, which follows the addresses if not set; or an "
             "XFRM interface with IPsec alone, for peers without GRE") },
{ .name = "remote", .type = GRE_TYPE_HOST, FIELD(remote), .required = TRUE,
  .help = N_("Address or DNS name of the peer") },
{ .name = "local", .type = GRE_TYPE_ADDRESS, FIELD(local),
  .help = N_("Local outer address; if not set, the kernel chooses it for the route to the peer") },
{ .name = "parent", .alias = "dev", .type = GRE_TYPE_IFNAME, FIELD(parent),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("Interface that the tunnel's packets must leave through") },
{ .name = "ifname", .type = GRE_TYPE_NEW_IFNAME, FIELD(ifname),
  .help = N_("Name of the tunnel's interface; if not set, connection.interface-name, or nmgre0, "
             "nmgre1 ...") },
{ .name = "key", .type = GRE_TYPE_KEY, FIELD(tunnel.input_key),
  .excludes = LIST("input-key", "output-key"), .needs = GRE_NEED_ANY_GRE,
  .help = N_("GRE key for both directions; the peer must have the same") },
{ .name = "input-key", .type = GRE_TYPE_KEY, FIELD(tunnel.input_key), .excludes = LIST("key"),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("GRE key of incoming packets") },
{ .name = "output-key", .type = GRE_TYPE_KEY, FIELD(tunnel.output_key), .excludes = LIST("key"),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("GRE key of outgoing packets") },
/* A fixed TTL without path-mtu-discovery, which `ip tunnel` refuses, is no contradiction: through
 * netlink the kernel takes it, and fragments as asked. */
{ .name = "ttl", NUMBER(1, 255), OR("inherit", 0), .default_value = "64", FIELD(tunnel.ttl),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("TTL or hop limit of the outer header") },
{ .name = "tos", NUMBER(0, 255), OR("inherit", GRE_TOS_INHERIT), .default_value = "inherit",
  FIELD(tunnel.tos), .needs = GRE_NEED_ANY_GRE,
  .help = N_("TOS or traffic class of the outer header") },
{ .name = "path-mtu-discovery", .type = GRE_TYPE_BOOLEAN, .default_value = "yes",
  FIELD(tunnel.path_mtu_discovery), .needs = GRE_NEED_ANY_GRE,
  .help = N_("Set DF on the outer packets, so that routers report packets that are too large") },
{ .name = "ignore-df", .type = GRE_TYPE_BOOLEAN, .default_value = "no", FIELD(tunnel.ignore_df),
  .needs = GRE_NEED_MODE_GRE | GRE_NEED_FRAGMENTING,
  .help = N_("Fragment packets even if they have DF set") },
{ .name = "checksum", .type = GRE_TYPE_BOOLEAN, .default_value = "no", FIELD(tunnel.checksum),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("Send and require GRE checksums") },
{ .name = "sequence", .type = GRE_TYPE_BOOLEAN, .default_value = "no", FIELD(tunnel.sequence),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("Send and require GRE sequence numbers; drop packets that arrive late") },
{ .name = "encapsulation-limit", NUMBER(0, 255), OR("none", GRE_ENCAP_LIMIT_NONE),
  .default_value = "none", FIELD(tunnel.encap_limit), .needs = GRE_NEED_MODE_IP6GRE,
  .help = N_("How many more tunnels a packet may enter; few peers support this extension header") },
{ .name = "flow-label", NUMBER(0, 0xfffff), OR("inherit", GRE_FLOW_LABEL_INHERIT),
  .default_value = "0", FIELD(tunnel.flow_label), .needs = GRE_NEED_MODE_IP6GRE,
  .help = N_("Flow label of the outer header") },
{ .name = "fwmark", NUMBER(0, G_MAXUINT32), .default_value = "0", FIELD(tunnel.fwmark),
  .needs = GRE_NEED_ANY_GRE,
  .help = N_("Mark on the outer packets, for policy routing and firewalls") },
{ .name = "mtu", NUMBER(68, 65535), OR("auto", GRE_MTU_AUTO), .default_value = "auto", FIELD(mtu),
  .help = N_("Largest inner packet; \"auto\" subtracts every header, including IPsec's, from the "
             "underlay's MTU") },
{ .name = "mss-clamp", CHOICE("auto", "off"), .default_value = "auto", FIELD(mss_clamp),
  .companion = TRUE,
  .help = N_("Lower TCP's segment size in connections that are forwarded through the tunnel, to "
             "what its MTU allows") },

{ .name = "local-networks", .type = GRE_TYPE_NETWORKS, FIELD(local_networks),
  .needs = GRE_NEED_MODE_XFRM,
  .help = N_("Local networks to negotiate, as the peer has them; if not set, 0.0.0.0/0 and ::/0") },
{ .name = "remote-networks", .type = GRE_TYPE_NETWORKS, FIELD(remote_networks),
  .needs = GRE_NEED_MODE_XFRM,
  .help = N_("The peer's networks to negotiate, as the peer has them; if not set, 0.0.0.0/0 and "
             "::/0") },

/* Addresses inside the tunnel. */

{ .name = "ip4", .type = GRE_TYPE_IP4, .group = GRE_GROUP_INSIDE, FIELD(ip4),
  .help = N_("Local IPv4 addresses inside the tunnel, for ipv4.method=auto") },
{ .name = "ip6", .type = GRE_TYPE_IP6, .group = GRE_GROUP_INSIDE, FIELD(ip6),
  .help = N_("Local IPv6 addresses inside the tunnel, for ipv6.method=auto") },

/* IPsec. A property of this group in a profile without IPsec is refused, not ignored: its author
 * expects that nothing leaves in clear text. */

{ .name = "protects", .type = GRE_TYPE_TEXT, .group = GRE_GROUP_IPSEC, FIELD(protects),
  .needs = GRE_NEED_IPSEC,
  .help = N_("Name or UUID of the ip-tunnel profile that this companion protects") },
{ .name = "ipsec", CHOICE("no", "psk", "pubkey"), .default_value = "no", .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.method),
  .help = N_("Encrypt the tunnel; both ends authenticate with a pre-shared key (psk), or with "
             "certificates or raw public keys (pubkey)") },
{ .name = "ipsec-local-id", .type = GRE_TYPE_IDENTITY, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.local_id), .needs = GRE_NEED_IPSEC,
  .help = N_("Local IKE identity; if not set, the local address, or the certificate's subject if "
             "the certificate does not have that address") },
{ .name = "ipsec-remote-id", .type = GRE_TYPE_IDENTITY, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.remote_id), .needs = GRE_NEED_IPSEC,
  .help = N_("IKE identity that the peer must have; if not set, its address, or the subject of "
             "ipsec-remote-cert if that does not have the address; wildcards such as "
             "*.example.org require ipsec-ca") },
{ .name = "ipsec-psk", .type = GRE_TYPE_PSK, .secret = TRUE, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.psk), .needs = GRE_NEED_PSK, .help = N_("Pre-shared key") },
{ .name = "ipsec-psk-flags", NUMBER(0, 7), .default_value = "0", .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.psk_flags), .needs = GRE_NEED_PSK,
  .help = N_("Who stores the pre-shared key: 0 the system, 1 the user's keyring, 2 nobody, 4 not "
             "required") },
{ .name = "ipsec-ca", .type = GRE_TYPE_FILE, .group = GRE_GROUP_IPSEC, FIELD(ipsec.ca),
  .needs = GRE_NEED_PUBKEY,
  .help = N_("Certificate of the authority that signed the peer's certificate") },
{ .name = "ipsec-cert", .type = GRE_TYPE_FILE, .group = GRE_GROUP_IPSEC, FIELD(ipsec.cert),
  .needs = GRE_NEED_PUBKEY,
  .help = N_("Local certificate, with its chain; if not set, the private key is used as a raw key "
             "pair") },
{ .name = "ipsec-remote-cert", .type = GRE_TYPE_FILE, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.remote_cert), .needs = GRE_NEED_PUBKEY, .excludes = LIST("ipsec-remote-pubkey"),
  .help = N_("Certificate that the peer must have") },
{ .name = "ipsec-private-key", .type = GRE_TYPE_FILE, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.private_key), .needs = GRE_NEED_PUBKEY, .required = TRUE,
  .help = N_("Local private key") },
{ .name = "ipsec-remote-pubkey", .type = GRE_TYPE_PUBLIC_KEY, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.remote_pubkey), .needs = GRE_NEED_PUBKEY, .excludes = LIST("ipsec-remote-cert"),
  .help = N_("Raw public key that the peer must have") },
{ .name = "ipsec-private-key-password", .type = GRE_TYPE_PASSWORD, .secret = TRUE,
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.private_key_password), .needs = GRE_NEED_PUBKEY,
  .help = N_("Password or PIN of the private key") },
{ .name = "ipsec-private-key-password-flags", NUMBER(0, 7), .default_value = "0",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.private_key_password_flags), .needs = GRE_NEED_PUBKEY,
  .help = N_("Who stores the password: 0 the system, 1 the user's keyring, 2 nobody, 4 not "
             "required") },
{ .name = "ipsec-ike-version", NUMBER(1, 2), .default_value = "2", .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.ike_version), .needs = GRE_NEED_IPSEC,
  .help = N_("Version of the IKE protocol; use 1 only for peers that support no other") },
{ .name = "ipsec-ike-proposals", .type = GRE_TYPE_PROPOSALS, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.ike_proposals), .needs = GRE_NEED_IPSEC,
  .help = N_("Algorithms to propose for IKE, such as aes256-sha256-modp2048; if not set, "
             "strongSwan's own") },
{ .name = "ipsec-esp-proposals", .type = GRE_TYPE_PROPOSALS, .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.esp_proposals), .needs = GRE_NEED_IPSEC,
  .help = N_("Algorithms to propose for ESP, such as aes256gcm16; if not set, strongSwan's own") },
{ .name = "ipsec-ike-lifetime", SECONDS(60, 30 * DAYS), .default_value = "4h",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.ike_lifetime), .needs = GRE_NEED_IPSEC,
  .help = N_("Time until the IKE SA is rekeyed") },
{ .name = "ipsec-esp-lifetime", SECONDS(60, 30 * DAYS), .default_value = "1h",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.esp_lifetime), .needs = GRE_NEED_IPSEC,
  .help = N_("Time until the ESP SA is rekeyed") },
{ .name = "ipsec-dpd-delay", SECONDS(0, DAYS), .default_value = "30", .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.dpd_delay), .needs = GRE_NEED_IPSEC,
  .help = N_("Check that the peer is alive when it has been silent for this long; 0 disables the "
             "check") },
{ .name = "ipsec-mode", CHOICE("transport", "tunnel"), .default_value = "transport",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.mode), .needs = GRE_NEED_IPSEC | GRE_NEED_ANY_GRE,
  .help = N_("Mode of ESP; tunnel, with a second IP header, is for peers that have no transport "
             "mode") },
{ .name = "ipsec-encap", CHOICE("auto", "yes", "no"), .default_value = "auto", .group = GRE_GROUP_IPSEC,
  FIELD(ipsec.encap), .needs = GRE_NEED_IPSEC,
  .help = N_("Encapsulate ESP in UDP: if there is a NAT, always, or never; never means that the "
             "connection fails if there is a NAT") },
{ .name = "ipsec-replay-window", NUMBER(0, 4096), .default_value = "128",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.replay_window), .needs = GRE_NEED_IPSEC,
  .help = N_("Anti-replay window: by how many packets a packet may be late before it is dropped") },
{ .name = "ipsec-hw-offload", CHOICE("no", "auto", "crypto", "packet"), .default_value = "no",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.hw_offload), .needs = GRE_NEED_IPSEC,
  .help = N_("Let the network card encrypt (hardware offload)") },
{ .name = "ipsec-start", CHOICE("initiate", "trap", "respond"), .default_value = "initiate",
  .group = GRE_GROUP_IPSEC, FIELD(ipsec.start), .needs = GRE_NEED_IPSEC,
  .help = N_("Initiate at once, on the first packet (trap), or never: only respond to the peer") },

{ .name = NULL },
};

/* clang-format on */

/* Parsers with the same signature for all types; the property's row has the rest. */

static gboolean
parse_boolean(const GreProperty *property, const char *text, GreValue *out)
{
    gboolean value;

    if (!gre_value_boolean(text, &value))
        return FALSE;
    out->number = value ? 1 : 0;
    return TRUE;
}

static gboolean
parse_choice(const GreProperty *property, const char *text, GreValue *out)
{
    for (guint i = 0; property->choices[i]; i++) {
        if (strcmp(text, property->choices[i]) == 0) {
            out->number = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* The number that a word stands for is also accepted: ip-tunnel's own ttl=0 and mtu=0. */
static gboolean
is_word(const GreProperty *property, const char *text)
{
    guint32 number;

    if (!property->word)
        return FALSE;
    return strcmp(text, property->word) == 0 ||
           (property->word_value >= 0 && gre_value_number(text, &number) &&
            number == (guint32) property->word_value);
}

static gboolean
parse_number(const GreProperty *property, const char *text, GreValue *out)
{
    if (is_word(property, text)) {
        out->number = (guint32) property->word_value;
        return TRUE;
    }
    return gre_value_number(text, &out->number) && out->number >= property->min &&
           out->number <= property->max;
}

static gboolean
parse_duration(const GreProperty *property, const char *text, GreValue *out)
{
    return gre_value_duration(text, &out->number) && out->number >= property->min &&
           out->number <= property->max;
}

static gboolean
parse_key(const GreProperty *property, const char *text, GreValue *out)
{
    return gre_value_key(text, &out->number);
}

static gboolean
parse_address(const GreProperty *property, const char *text, GreValue *out)
{
    return gre_value_unicast(text, &out->address);
}

static gboolean
parse_host(const GreProperty *property, const char *text, GreValue *out)
{
    if (parse_address(property, text, out))
        return TRUE;
    if (!gre_value_is_host_name(text))
        return FALSE;
    out->text = g_strdup(text);
    return TRUE;
}

static gboolean
parse_prefixes(const GreProperty *property, const char *text, GreValue *out)
{
    out->prefixes = gre_value_prefixes(text, property->type == GRE_TYPE_IP4 ? AF_INET : AF_INET6);
    return out->prefixes != NULL;
}

static gboolean
parse_networks(const GreProperty *property, const char *text, GreValue *out)
{
    out->prefixes = gre_value_networks(text);
    return out->prefixes != NULL;
}

/* All types whose value is used as written. */
static gboolean
parse_text(const GreProperty *property, const char *text, GreValue *out)
{
    static gboolean (*const is_valid[])(const char *) = {
        [GRE_TYPE_IFNAME] = gre_value_is_ifname, [GRE_TYPE_NEW_IFNAME] = gre_value_is_new_ifname,
        [GRE_TYPE_TEXT] = gre_value_is_text,     [GRE_TYPE_IDENTITY] = gre_value_is_identity,
        [GRE_TYPE_FILE] = gre_value_is_file,     [GRE_TYPE_PUBLIC_KEY] = gre_value_is_public_key,
    };

    if (!is_valid[property->type](text))
        return FALSE;
    out->text = g_strdup(text);
    return TRUE;
}

static gboolean
parse_proposals(const GreProperty *property, const char *text, GreValue *out)
{
    out->list = gre_value_proposals(text);
    return out->list != NULL;
}

static gboolean
parse_psk(const GreProperty *property, const char *text, GreValue *out)
{
    out->secret = gre_secret_parse(text, NULL);
    return out->secret != NULL;
}

static gboolean
parse_password(const GreProperty *property, const char *text, GreValue *out)
{
    out->secret = gre_secret_new(text, strlen(text));
    return TRUE;
}

/* The parser and the allowed values of each type; words is NULL if the row has more (see
 * gre_property_allowed()). */
static const struct {
    gboolean (*parse)(const GreProperty *property, const char *text, GreValue *out);
    const char *words;
} types[] = {
    [GRE_TYPE_BOOLEAN] = { parse_boolean, N_("\"yes\" or \"no\"") },
    [GRE_TYPE_CHOICE] = { parse_choice, NULL },
    [GRE_TYPE_NUMBER] = { parse_number, NULL },
    [GRE_TYPE_DURATION] = { parse_duration, NULL },
    [GRE_TYPE_KEY] = { parse_key, N_("a number from 0 to 4294967295 (decimal, 0x and hex digits, "
                                     "or 0 and octal "
                                     "digits), or a dotted quad") },
    [GRE_TYPE_ADDRESS] = { parse_address, N_("a unicast IP address") },
    [GRE_TYPE_HOST] = { parse_host, N_("a unicast IP address or a DNS name") },
    [GRE_TYPE_IP4] = { parse_prefixes, N_("IPv4 addresses of this host with prefix length, such as "
                                          "10.0.0.1/30, separated by spaces") },
    [GRE_TYPE_IP6] = { parse_prefixes, N_("IPv6 addresses of this host with prefix length, such as "
                                          "fd00::1/64, separated by spaces") },
    [GRE_TYPE_NETWORKS] = { parse_networks, N_("networks with prefix length, such as 10.1.0.0/16 "
                                               "or fd00:1::/48, separated by spaces") },
    [GRE_TYPE_IFNAME] = { parse_text, N_("an interface name of 1 to 15 characters, without blanks, "
                                         "\"/\", \":\" "
                                         "and \"%\"") },
    [GRE_TYPE_NEW_IFNAME] = { parse_text, N_("an interface name of 1 to 15 characters, without "
                                             "blanks, \"/\", \":\" and \"%\", that is not one of "
                                             "the kernel's own (gre0, ip6gre0 ...)") },
    [GRE_TYPE_TEXT] = { parse_text, N_("text without leading or trailing blanks") },
    [GRE_TYPE_IDENTITY] = { parse_text,
                            N_("an address, a name, an e-mail address or a distinguished name; it "
                               "can't begin with \"%\" or with \"^\" (a regular expression)") },
    [GRE_TYPE_PROPOSALS] = { parse_proposals, N_("strongSwan proposals such as "
                                                 "aes256-sha256-modp2048, separated by commas") },
    [GRE_TYPE_FILE] = { parse_text, N_("an absolute file name or a pkcs11: URI") },
    [GRE_TYPE_PUBLIC_KEY] = { parse_text, N_("a public key in PEM form (its lines joined to one), "
                                             "or \"0s\" and "
                                             "base64") },
    [GRE_TYPE_PSK] = { parse_psk,
                       N_("text, \"0x\" and pairs of hex digits, or \"0s\" and base64") },
    [GRE_TYPE_PASSWORD] = { parse_password, N_("text") },
};

const GreProperty *
gre_property_find(const char *name)
{
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (strcmp(property->name, name) == 0)
            return property;
    return NULL;
}

const GreProperty *
gre_property_find_for_import(const char *name)
{
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (strcmp(property->name, name) == 0 || g_strcmp0(property->alias, name) == 0)
            return property;
    return NULL;
}

/* "psk" for "ipsec-psk". */
static gboolean
is_last_part(const char *name, const char *part)
{
    gsize len = strlen(name), n = strlen(part);

    return n > 0 && n < len && name[len - n - 1] == '-' && strcmp(name + len - n, part) == 0;
}

gboolean
gre_property_is_companions(const GreProperty *property)
{
    return property->group == GRE_GROUP_IPSEC || property->companion;
}

const GreProperty *
gre_property_guess(const char *name)
{
    GreGuess guess = { .typed = name };

    for (const GreProperty *property = gre_property_table; property->name; property++) {
        if (is_last_part(property->name, name) || g_strcmp0(property->alias, name) == 0)
            return property;
        gre_guess_show(&guess, property->name);
    }
    return guess.best ? gre_property_find(guess.best) : NULL;
}

static char *
choices_in_words(const char *const *choices)
{
    GString *out = g_string_new(NULL);

    for (gsize i = 0; choices[i]; i++) {
        /* Translators: between the values of a list, and before its last one. */
        const char *between = i == 0 ? "" : choices[i + 1] ? _(", ") : _(" or ");

        g_string_append_printf(out, "%s\"%s\"", between, choices[i]);
    }
    return g_string_free(out, FALSE);
}

char *
gre_property_allowed(const GreProperty *property)
{
    if (types[property->type].words)
        return g_strdup(_(types[property->type].words));
    if (property->choices)
        return choices_in_words(property->choices);
    if (property->type == GRE_TYPE_DURATION)
        return g_strdup_printf(_("seconds from %u to %u, or a time such as 90m, 8h or 1d"),
                               property->min, property->max);
    if (property->word)
        return g_strdup_printf(_("a number from %u to %u, or \"%s\""), property->min, property->max,
                               property->word);
    return g_strdup_printf(_("a number from %u to %u"), property->min, property->max);
}

const char *
gre_property_need_to_string(GreNeed need)
{
    switch (need) {
    case GRE_NEED_IPSEC:
        return _("ipsec=psk or ipsec=pubkey");
    case GRE_NEED_PSK:
        return "ipsec=psk";
    case GRE_NEED_PUBKEY:
        return "ipsec=pubkey";
    case GRE_NEED_MODE_GRE:
        return "mode=gre";
    case GRE_NEED_MODE_IP6GRE:
        return "mode=ip6gre";
    case GRE_NEED_FRAGMENTING:
        return "path-mtu-discovery=no";
    case GRE_NEED_ANY_GRE:
        return _("mode=gre or mode=ip6gre");
    case GRE_NEED_MODE_XFRM:
        return "mode=xfrm";
    case GRE_NEED_XFRM_IPSEC:
        return gre_property_need_to_string(GRE_NEED_IPSEC);
    }
    return "";
}

void
gre_property_value_clear(GreValue *value)
{
    g_free(value->text);
    g_strfreev(value->list);
    g_clear_pointer(&value->prefixes, g_array_unref);
    gre_secret_unref(value->secret);
    *value = (GreValue){ 0 };
}

static GreErrorCode
error_code(const GreProperty *property)
{
    if (property->secret)
        return GRE_ERROR_SECRET;
    return property->group == GRE_GROUP_INSIDE ? GRE_ERROR_ADDRESS : GRE_ERROR_PROFILE;
}

void
gre_property_set_error(const GreProperty *property,
                       const char        *text,
                       const char        *what,
                       GError           **error)
{
    g_autofree char *value = property->secret ? g_strdup(_("the value")) : gre_value_quote(text);

    g_set_error(error, GRE_ERROR, (gint) error_code(property), "%s: %s %s", property->name, value,
                what);
}

gboolean
gre_property_parse(const GreProperty *property, const char *text, GreValue *out, GError **error)
{
    GreValue         value = { 0 };
    g_autofree char *allowed = NULL, *what = NULL;

    if (text[0] != '\0' && gre_value_is_printable(text) &&
        types[property->type].parse(property, text, &value)) {
        *out = value;
        return TRUE;
    }

    allowed = gre_property_allowed(property);
    if (text[0] == '\0')
        what = g_strdup_printf(_("is empty: expected %s (or remove the property)"), allowed);
    else if (!gre_value_is_printable(text))
        what = g_strdup(_("is invalid: it contains control characters or line breaks"));
    else
        what = g_strdup_printf(_("is invalid: expected %s"), allowed);
    gre_property_set_error(property, text, what, error);
    return FALSE;
}

gboolean
gre_property_check(const GreProperty *property, const char *text, GError **error)
{
    g_auto(GreValue) value = { 0 };

    return gre_property_parse(property, text, &value, error);
}
