/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Derives the peer's side of a tunnel from a profile. */
#include "config.h"

#include "remote/remote-end.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-mtu.h"
#include "gre-property.h"
#include "gre-value.h"
#include "remote/proposal.h"

#include <string.h>

enum { USUAL_MTU = 1500, IFNAME_CHARS = 15 };

/* ---- names ---- */

/* A word that every format accepts as a name. */
static char *
make_name(const char *text)
{
    g_autofree char *ascii = g_str_to_ascii(text ? text : "", "C");
    GString         *out = g_string_new(NULL);

    for (const char *p = ascii; *p; p++) {
        if (g_ascii_isalnum(*p))
            g_string_append_c(out, *p);
        else if (out->len > 0 && out->str[out->len - 1] != '-')
            g_string_append_c(out, '-');
    }
    while (out->len > 0 && out->str[out->len - 1] == '-')
        g_string_truncate(out, out->len - 1);
    if (out->len == 0 || !g_ascii_isalpha(out->str[0]))
        g_string_prepend(out, "gre-");
    if (out->str[out->len - 1] == '-')
        g_string_append(out, "peer");
    return g_string_free(out, FALSE);
}

/* The name, cut to fit an interface; not one that the kernel reserves. */
static char *
make_ifname(const char *name)
{
    char *ifname = g_strndup(name, IFNAME_CHARS);

    while (g_str_has_suffix(ifname, "-"))
        ifname[strlen(ifname) - 1] = '\0';
    if (!gre_value_is_new_ifname(ifname)) {
        g_free(ifname);
        ifname = g_strdup("to-peer");
    }
    return ifname;
}

/* ---- addresses inside the tunnel ---- */

static guint
address_bits(const GreAddress *address)
{
    return (guint) gre_address_size(address->family) * 8;
}

gboolean
gre_remote_end_other_host(const GrePrefix *ours, GreAddress *other)
{
    guint   host_bits = address_bits(&ours->address) - ours->length;
    gsize   last = gre_address_size(ours->address.family) - 1;
    guint8  mask = host_bits == 1 ? 1 : 3;
    guint8  number = ours->address.bytes[last] & mask;
    guint8 *byte;

    if (host_bits != 1 && host_bits != 2)
        return FALSE;
    /* Of four addresses the first is the network and, in IPv4, the last is broadcast: 1 and 2 are
     * hosts. */
    if (host_bits == 2 && number != 1 && number != 2)
        return FALSE;
    *other = ours->address;
    byte = &other->bytes[last];
    *byte ^= mask;
    return TRUE;
}

static gboolean
contains_address(const GArray *prefixes, const GreAddress *address)
{
    for (guint i = 0; i < prefixes->len; i++)
        if (gre_address_equal(&g_array_index(prefixes, GrePrefix, i).address, address))
            return TRUE;
    return FALSE;
}

static void
add_inside(GreRemoteEnd *end, const GreAddress *address, guint8 length)
{
    GrePrefix prefix = { *address, length };

    if (!contains_address(end->inside, address) && !contains_address(end->inside_remote, address))
        g_array_append_val(end->inside, prefix);
}

/* For one of our networks: a next hop in it, else the only other host. */
static void
find_inside(GreRemoteEnd *end, const GreLocalEnd *local_end, const GrePrefix *ours)
{
    GreAddress other;
    gboolean   found = FALSE;

    for (gsize i = 0; i < local_end->n_hops && !found; i++) {
        found = gre_address_prefix_contains(ours, &local_end->hops[i]);
        if (found)
            add_inside(end, &local_end->hops[i], ours->length);
    }
    if (!found && gre_remote_end_other_host(ours, &other))
        add_inside(end, &other, ours->length);
}

static void
mirror_inside(GreRemoteEnd *end, const GreLocalEnd *local_end)
{
    g_array_append_vals(end->inside_remote, local_end->inside, (guint) local_end->n_inside);
    for (gsize i = 0; i < local_end->n_given; i++)
        g_array_append_val(end->inside, local_end->given[i]);
    for (gsize i = 0; i < local_end->n_inside && local_end->n_given == 0; i++)
        find_inside(end, local_end, &local_end->inside[i]);
    g_array_append_vals(end->behind, local_end->behind, (guint) local_end->n_behind);
}

/* ---- MTU ---- */

static gboolean
has_encap_limit(const GreProfile *profile)
{
    return profile->mode == GRE_MODE_IP6GRE && profile->tunnel.encap_limit != GRE_ENCAP_LIMIT_NONE;
}

static guint
find_mtu(const GreLocalEnd *local_end)
{
    const GreProfile       *profile = local_end->profile;
    const GreTunnelOptions *tunnel = &profile->tunnel;
    const GreIpsecOptions  *ipsec = &profile->ipsec;
    GreMtuInput             input = { .underlay_mtu = USUAL_MTU };

    if (profile->mtu != GRE_MTU_AUTO)
        return profile->mtu;
    if (local_end->mtu != 0)
        return local_end->mtu;
    input.family = local_end->local.family;
    input.xfrm = profile->mode == GRE_MODE_XFRM;
    input.key = tunnel->has_output_key || tunnel->has_input_key;
    input.checksum = tunnel->checksum;
    input.sequence = tunnel->sequence;
    input.encap_limit = has_encap_limit(profile);
    input.ethernet = profile->ethernet;
    input.esp.esp = ipsec->method != GRE_IPSEC_NO;
    input.esp.encap = ipsec->encap == GRE_ENCAP_YES;
    input.esp.tunnel_mode = ipsec->mode == GRE_ESP_TUNNEL;
    if (!input.esp.esp)
        return gre_mtu_compute(&input, NULL);
    if (!gre_proposal_esp_names(ipsec->esp_proposals, &input.esp.encr_alg, &input.esp.integ_alg))
        return gre_mtu_worst_case(&input, ipsec->encap != GRE_ENCAP_NO);
    return gre_mtu_compute(&input, NULL);
}

/* ---- secret ---- */

static gboolean
is_plain(const guint8 *data, gsize len)
{
    gboolean plain = len > 0;

    for (gsize i = 0; i < len && plain; i++)
        plain = g_ascii_isalnum((gchar) data[i]) || strchr("+/=_.:@%^~-", data[i]) != NULL;
    /* 0x… and 0s… would be read as hex and base64. */
    return plain && !(len >= 2 && data[0] == '0' && (data[1] == 'x' || data[1] == 's'));
}

static gboolean
take_psk(GreRemoteEnd *end, const GreLocalEnd *local_end, GError **error)
{
    const GreSecret *psk = local_end->profile->ipsec.psk;
    const guint8    *data;
    gsize            len;
    char            *base64;

    if (local_end->profile->ipsec.method != GRE_IPSEC_PSK)
        return TRUE;
    if (!local_end->show_secrets) {
        end->psk = g_strdup(GRE_REMOTE_END_PLACEHOLDER);
        end->psk_plain = g_strdup(GRE_REMOTE_END_PLACEHOLDER);
        return TRUE;
    }
    if (!psk) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_SECRET,
                    _("NetworkManager doesn't store the pre-shared key: omit --show-secrets"));
        return FALSE;
    }
    data = gre_secret_data(psk, &len);
    if (is_plain(data, len)) {
        end->psk = g_strndup((const char *) data, len);
        end->psk_plain = g_strdup(end->psk);
        return TRUE;
    }
    base64 = g_base64_encode(data, len);
    end->psk = g_strconcat("0s", base64, NULL);
    gre_secret_free_text(base64);
    return TRUE;
}

/* ---- keys and certificates ---- */

/* An identity that equals the address is implied. (transfer full) */
static char *
unless_address(const char *id, const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    return strcmp(id, gre_address_to_string(address, buf)) == 0 ? NULL : g_strdup(id);
}

static void
mirror_ids(GreRemoteEnd *end, const GreLocalEnd *local_end)
{
    const GreIpsecOptions *ipsec = &local_end->profile->ipsec;
    char                   buf[GRE_ADDRESS_STRLEN];

    end->keys = local_end->keys;
    if (end->keys) {
        end->local_id = unless_address(end->keys->remote_id, &end->local);
        end->remote_id = unless_address(end->keys->id, &end->remote);
        return;
    }
    end->local_id = g_strdup(ipsec->remote_id);
    end->remote_id = g_strdup(ipsec->local_id);
    /* Behind a NAT the local side sends its private address, which the peer doesn't see. */
    if (!end->remote_id && local_end->actual.family != AF_UNSPEC &&
        !gre_address_equal(&local_end->actual, &local_end->local))
        end->remote_id = g_strdup(gre_address_to_string(&local_end->actual, buf));
}

/* ---- all together ---- */

/* The address of the peer decides if the mode leaves the family open. */
static int
family_of(const GreLocalEnd *local_end)
{
    const GreProfile *profile = local_end->profile;

    if (profile->mode != GRE_MODE_XFRM)
        return gre_profile_mode_family(profile->mode);
    return profile->remote_name ? local_end->remote.family : profile->remote.family;
}

static gboolean
check(const GreLocalEnd *local_end, GError **error)
{
    const GreProfile *profile = local_end->profile;
    const char       *what = NULL;

    if (profile->protects && !profile->native)
        what = _("the tunnel that the profile protects doesn't exist");
    else if (local_end->local.family == AF_UNSPEC)
        what = _("the local address is not known: give it with --local ADDRESS");
    else if (profile->remote_name && local_end->remote.family == AF_UNSPEC)
        what = _("the peer's address is not known");
    else if (profile->ipsec.method == GRE_IPSEC_PUBKEY && !local_end->keys)
        what = _("ipsec=pubkey: the local keys and certificates were not read");
    else if (local_end->local.family != family_of(local_end) ||
             (local_end->actual.family != AF_UNSPEC &&
              local_end->actual.family != local_end->local.family))
        what = _("the local address and the tunnel have different address families");
    if (what)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE, what);
    return !what;
}

/* Our address in the GRE header, which a NAT doesn't change inside ESP in tunnel mode. (In
 * transport mode the peer's IPsec replaces it by the one that it sees.) */
static GreAddress
find_gre_remote(const GreLocalEnd *local_end)
{
    const GreIpsecOptions *ipsec = &local_end->profile->ipsec;

    return ipsec->method != GRE_IPSEC_NO && ipsec->mode == GRE_ESP_TUNNEL &&
                   local_end->actual.family != AF_UNSPEC
               ? local_end->actual
               : local_end->local;
}

static void
mirror(GreRemoteEnd *end, const GreLocalEnd *local_end)
{
    const GreProfile *profile = local_end->profile;

    end->mode = profile->mode;
    end->ethernet = profile->ethernet;
    end->local = profile->remote_name ? local_end->remote : profile->remote;
    end->remote = local_end->local;
    end->gre_remote = find_gre_remote(local_end);
    end->tunnel = profile->tunnel;
    end->tunnel.has_input_key = profile->tunnel.has_output_key;
    end->tunnel.has_output_key = profile->tunnel.has_input_key;
    end->tunnel.input_key = profile->tunnel.output_key;
    end->tunnel.output_key = profile->tunnel.input_key;
    end->tunnel.fwmark = 0; /* belongs to this machine's policy routing */
    end->mtu = find_mtu(local_end);
    mirror_ids(end, local_end);
    mirror_inside(end, local_end);
}

GreRemoteEnd *
gre_remote_end_new(const GreLocalEnd *local_end, GError **error)
{
    g_autoptr(GreRemoteEnd) end = g_new0(GreRemoteEnd, 1);

    if (!check(local_end, error))
        return NULL;
    end->profile = gre_profile_ref((GreProfile *) local_end->profile);
    end->name = make_name(local_end->name);
    end->ifname = make_ifname(end->name);
    end->inside = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    end->inside_remote = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    end->behind = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    mirror(end, local_end);
    if (!take_psk(end, local_end, error))
        return NULL;
    return g_steal_pointer(&end);
}

void
gre_remote_end_free(GreRemoteEnd *end)
{
    g_clear_pointer(&end->profile, gre_profile_unref);
    g_free(end->name);
    g_free(end->ifname);
    g_clear_pointer(&end->inside, g_array_unref);
    g_clear_pointer(&end->inside_remote, g_array_unref);
    g_clear_pointer(&end->behind, g_array_unref);
    g_free(end->local_id);
    g_free(end->remote_id);
    gre_secret_free_text(end->psk);
    gre_secret_free_text(end->psk_plain);
    g_free(end);
}

/* ---- properties as text ---- */

static char *
number_text(const GreProperty *property, guint32 number)
{
    if (property->word && number == (guint32) property->word_value)
        return g_strdup(property->word);
    return g_strdup_printf("%u", number);
}

/* NULL: any. */
static char *
networks_text(const GArray *networks)
{
    GString *out = networks ? g_string_new(NULL) : NULL;
    char     buf[GRE_ADDRESS_STRLEN];

    for (guint i = 0; networks && i < networks->len; i++) {
        const GrePrefix *network = &g_array_index(networks, GrePrefix, i);

        g_string_append_printf(out, "%s%s/%u", i > 0 ? " " : "",
                               gre_address_to_string(&network->address, buf), network->length);
    }
    return out ? g_string_free(out, FALSE) : NULL;
}

static char *
field_text(const GreProperty *property, gconstpointer field)
{
    guint32 number = property->size == sizeof(guint8)    ? *(const guint8 *) field
                     : property->size == sizeof(guint32) ? *(const guint32 *) field
                                                         : 0;

    switch (property->type) {
    case GRE_TYPE_BOOLEAN:
        return g_strdup(number ? "yes" : "no");
    case GRE_TYPE_CHOICE:
        return g_strdup(property->choices[number]);
    case GRE_TYPE_NUMBER:
        return number_text(property, number);
    case GRE_TYPE_DURATION:
        return g_strdup_printf("%u", number);
    case GRE_TYPE_PROPOSALS:
        return *(char **const *) field ? g_strjoinv(",", *(char **const *) field) : NULL;
    case GRE_TYPE_NETWORKS:
        return networks_text(*(GArray *const *) field);
    default:
        return g_strdup(*(char *const *) field);
    }
}

/* Whether the text equals the default: "4h" is 14400. */
static gboolean
is_default(const GreProperty *property, const char *text)
{
    guint32 given, usual;

    if (!property->default_value)
        return FALSE;
    if (property->type == GRE_TYPE_DURATION)
        return gre_value_duration(text, &given) &&
               gre_value_duration(property->default_value, &usual) && given == usual;
    return strcmp(text, property->default_value) == 0;
}

char *
gre_remote_end_value(const GreRemoteEnd *end, const char *property)
{
    const GreProperty *row = gre_property_find(property);
    char              *text = field_text(row, G_STRUCT_MEMBER_P(end->profile, row->offset));

    if (text && is_default(row, text))
        g_clear_pointer(&text, g_free);
    return text;
}
