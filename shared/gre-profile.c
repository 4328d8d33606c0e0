/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds the model from a profile's strings, in this order: property names, single values,
 * properties against each other, addresses against each other. The table describes the properties;
 * the code here checks only what concerns several values at once.
 */
#include "config.h"

#include "gre-profile.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-identity.h"
#include "gre-native.h"
#include "gre-proposal.h"
#include "gre-property.h"
#include "gre-value.h"

#include <string.h>

enum { IPV6_MIN_MTU = 1280 };

/* Fails with "<name>: <value> <what>" for a property that is given. */
static gboolean
fail_value(const GreProfileSource *source, const char *name, const char *what, GError **error)
{
    const GreProperty *property = gre_property_find(name);

    gre_property_set_error(property, g_hash_table_lookup(source->data, name), what, error);
    return FALSE;
}

static GHashTable *
table_of(const GreProfileSource *source, const GreProperty *property)
{
    return property->secret ? source->secrets : source->data;
}

static gboolean
is_given(const GreProfileSource *source, const GreProperty *property)
{
    GHashTable *table = table_of(source, property);

    return table && g_hash_table_contains(table, property->name);
}

static gboolean
has_key(const GreProfileSource *source, const char *name)
{
    return is_given(source, gre_property_find(name));
}

/* The names of the properties */

/* Whether the name belongs in its table. Values of unknown names are never quoted: a mistyped name
 * may be a secret's. */
static gboolean
check_name(const char *name, gboolean in_secrets, GError **error)
{
    const GreProperty *property = gre_property_find(name), *guess;
    g_autofree char   *shown = NULL;

    if (property && !property->secret == !in_secrets)
        return TRUE;
    if (property && property->secret)
        return gre_error_fail(error, _("%s: a secret belongs in vpn.secrets, not in vpn.data"),
                              name);
    if (property)
        return gre_error_fail(error, _("%s: belongs in vpn.data, not in vpn.secrets"), name);

    shown = gre_value_quote(name);
    guess = gre_property_guess(name);
    if (guess)
        return gre_error_fail(error, _("%s: unknown property; did you mean \"%s\"?"), shown,
                              guess->name);
    return gre_error_fail(error, _("%s: unknown property"), shown);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

/* Sorted, so that the same one of several errors is always reported. */
static gboolean
check_names(GHashTable *table, gboolean in_secrets, GError **error)
{
    g_autoptr(GList) names =
        table ? g_list_sort(g_hash_table_get_keys(table), compare_names) : NULL;

    for (GList *l = names; l; l = l->next)
        if (!check_name(l->data, in_secrets, error))
            return FALSE;
    return TRUE;
}

/* The connection's own properties */

static gboolean
check_connection_text(const char *name, const char *text, GError **error)
{
    g_autofree char *shown = NULL;

    if (text && text[0] && gre_value_is_printable(text))
        return TRUE;
    shown = gre_value_quote(text ? text : "");
    return gre_error_fail(
        error, _("%s: %s is invalid: expected text without control characters and line breaks"),
        name, shown);
}

/* The UUID becomes part of names in the kernel and in strongSwan. */
static gboolean
check_uuid(const char *uuid, GError **error)
{
    g_autofree char *shown = NULL;
    gsize            len = 0;

    while (uuid && (g_ascii_isalnum(uuid[len]) || uuid[len] == '-'))
        len++;
    if (len > 0 && len < 50 && uuid[len] == '\0')
        return TRUE;
    shown = gre_value_quote(uuid ? uuid : "");
    return gre_error_fail(
        error, _("connection.uuid: %s is invalid: expected letters, digits and \"-\""), shown);
}

static gboolean
read_connection(GreProfile *profile, const GreProfileSource *source, GError **error)
{
    if (!check_connection_text("connection.id", source->id, error) ||
        !check_uuid(source->uuid, error))
        return FALSE;
    profile->id = g_strdup(source->id);
    profile->uuid = g_strdup(source->uuid);
    profile->users = g_strdupv(source->users);
    return TRUE;
}

/* The values */

/* Moves @value into the field that the property's row names. */
static void
store(GreProfile *profile, const GreProperty *property, GreValue *value)
{
    gpointer field = G_STRUCT_MEMBER_P(profile, property->offset);

    switch (property->type) {
    case GRE_TYPE_BOOLEAN:
    case GRE_TYPE_CHOICE:
    case GRE_TYPE_NUMBER:
    case GRE_TYPE_DURATION:
    case GRE_TYPE_KEY:
        if (property->size == sizeof(guint8))
            *(guint8 *) field = (guint8) value->number;
        else
            *(guint32 *) field = value->number;
        break;
    case GRE_TYPE_HOST:
        profile->remote_name = g_steal_pointer(&value->text);
        profile->remote = value->address;
        break;
    case GRE_TYPE_ADDRESS:
        *(GreAddress *) field = value->address;
        break;
    case GRE_TYPE_IP4:
        profile->n_ip4 = value->prefixes->len;
        profile->ip4 = (GrePrefix *) g_array_free(g_steal_pointer(&value->prefixes), FALSE);
        break;
    case GRE_TYPE_IP6:
        profile->n_ip6 = value->prefixes->len;
        profile->ip6 = (GrePrefix *) g_array_free(g_steal_pointer(&value->prefixes), FALSE);
        break;
    case GRE_TYPE_NETWORKS:
        *(GArray **) field = g_steal_pointer(&value->prefixes);
        break;
    case GRE_TYPE_IFNAME:
    case GRE_TYPE_NEW_IFNAME:
    case GRE_TYPE_TEXT:
    case GRE_TYPE_IDENTITY:
    case GRE_TYPE_FILE:
    case GRE_TYPE_PUBLIC_KEY:
        *(char **) field = g_steal_pointer(&value->text);
        break;
    case GRE_TYPE_PROPOSALS:
        *(char ***) field = g_steal_pointer(&value->list);
        break;
    case GRE_TYPE_PSK:
    case GRE_TYPE_PASSWORD:
        *(GreSecret **) field = g_steal_pointer(&value->secret);
        break;
    }
}

static gboolean
read_property(GreProfile             *profile,
              const GreProfileSource *source,
              const GreProperty      *property,
              GError                **error)
{
    g_auto(GreValue) value = { 0 };
    const char *text = property->default_value;

    if (is_given(source, property)) {
        text = g_hash_table_lookup(table_of(source, property), property->name);
        if (!text)
            text = "";
    }
    if (!text)
        return TRUE;
    if (!gre_property_parse(property, text, &value, error))
        return FALSE;
    store(profile, property, &value);
    return TRUE;
}

static gboolean
read_properties(GreProfile *profile, const GreProfileSource *source, GError **error)
{
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (!read_property(profile, source, property, error))
            return FALSE;
    return TRUE;
}

/* The interface name may be in the connection settings instead. */
static gboolean
read_interface_name(GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const char *name = source->interface_name;
    g_autoptr(GError) bad = NULL;

    if (profile->protects || profile->ifname || !name)
        return TRUE;
    if (!gre_property_check(gre_property_find("ifname"), name, &bad))
        return gre_error_fail(error, _("connection.interface-name, for %s"), bad->message);
    profile->ifname = g_strdup(name);
    return TRUE;
}

/* Values that derive from several properties, or from one that sets two. */
static void
derive(GreProfile *profile, const GreProfileSource *source)
{
    GreTunnelOptions *tunnel = &profile->tunnel;
    gboolean          both = has_key(source, "key");
    int               family = profile->remote.family;

    tunnel->has_input_key = both || has_key(source, "input-key");
    tunnel->has_output_key = both || has_key(source, "output-key");
    if (both)
        tunnel->output_key = tunnel->input_key;

    if (family == AF_UNSPEC)
        family = profile->local.family;
    profile->mode_is_set = has_key(source, "mode") || family != AF_UNSPEC;
    if (!has_key(source, "mode"))
        profile->mode = gre_profile_family_mode(family);
    if (profile->mode == GRE_MODE_XFRM)
        profile->ipsec.mode = GRE_ESP_TUNNEL;
}

/* Properties against each other */

static gboolean
is_met(const GreProfile *profile, GreNeed need)
{
    switch (need) {
    case GRE_NEED_IPSEC:
        return profile->ipsec.method != GRE_IPSEC_NO;
    case GRE_NEED_PSK:
        return profile->ipsec.method == GRE_IPSEC_PSK;
    case GRE_NEED_PUBKEY:
        return profile->ipsec.method == GRE_IPSEC_PUBKEY;
    case GRE_NEED_MODE_GRE:
        return profile->mode_is_set && profile->mode == GRE_MODE_GRE;
    case GRE_NEED_MODE_IP6GRE:
        return profile->mode_is_set && profile->mode == GRE_MODE_IP6GRE;
    case GRE_NEED_FRAGMENTING:
        return !profile->tunnel.ignore_df || !profile->tunnel.path_mtu_discovery;
    case GRE_NEED_ANY_GRE:
        return profile->mode != GRE_MODE_XFRM;
    case GRE_NEED_MODE_XFRM:
        return profile->mode == GRE_MODE_XFRM;
    case GRE_NEED_XFRM_IPSEC:
        return profile->mode != GRE_MODE_XFRM || profile->ipsec.method != GRE_IPSEC_NO;
    }
    return FALSE;
}

/* The first unmet need of the property; 0 if all are met. */
static GreNeed
unmet_need(const GreProfile *profile, const GreProperty *property)
{
    for (guint bit = 0; bit < GRE_NEEDS_MAX; bit++)
        if ((property->needs & 1u << bit) && !is_met(profile, (GreNeed) (1u << bit)))
            return (GreNeed) (1u << bit);
    return (GreNeed) 0;
}

/* A companion leaves it to the tunnel that it protects. */
static gboolean
is_tunnels_own(const GreProfile *profile, const GreProperty *property)
{
    return profile->protects && !gre_property_is_companions(property);
}

/* Whether a property that is set may be combined with the others. */
static gboolean
check_given(const GreProfile       *profile,
            const GreProfileSource *source,
            const GreProperty      *property,
            GError                **error)
{
    const char      *text = g_hash_table_lookup(table_of(source, property), property->name);
    GreNeed          need = unmet_need(profile, property);
    g_autofree char *what = NULL;

    if (is_tunnels_own(profile, property))
        what = g_strdup(_("cannot be combined with protects: the protected profile supplies it"));
    else if (need)
        what = g_strdup_printf(_("requires %s"), gre_property_need_to_string(need));
    for (gsize i = 0; !what && property->excludes && property->excludes[i]; i++)
        if (has_key(source, property->excludes[i]))
            what = g_strdup_printf(_("cannot be combined with %s"), property->excludes[i]);
    if (what)
        gre_property_set_error(property, text, what, error);
    return !what;
}

/* Whether a property that is not set is required. */
static gboolean
check_missing(const GreProfile *profile, const GreProperty *property, GError **error)
{
    g_autofree char *allowed = NULL;

    if (!property->required || unmet_need(profile, property) || is_tunnels_own(profile, property))
        return TRUE;
    allowed = gre_property_allowed(property);
    return gre_error_fail(error, _("%s: not set; expected %s"), property->name, allowed);
}

static gboolean
check_keys(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    for (const GreProperty *property = gre_property_table; property->name; property++) {
        gboolean valid = is_given(source, property) ? check_given(profile, source, property, error)
                                                    : check_missing(profile, property, error);

        if (!valid)
            return FALSE;
    }
    return TRUE;
}

/* With nothing to check the peer against, strongSwan would accept any certificate of any authority
 * that the administrator has loaded for other connections. */
static gboolean
check_peer_key(const GreIpsecOptions *ipsec, GError **error)
{
    if (ipsec->method != GRE_IPSEC_PUBKEY || ipsec->ca || ipsec->remote_cert ||
        ipsec->remote_pubkey)
        return TRUE;
    return gre_error_fail(error, _("ipsec: \"pubkey\" requires ipsec-ca, ipsec-remote-cert or "
                                   "ipsec-remote-pubkey to authenticate the peer"));
}

/* An authority of the profile's own makes clear who matches a wildcard. With anything else,
 * strongSwan would accept peers of other connections, or none. */
static gboolean
check_remote_id(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const GreIpsecOptions *ipsec = &profile->ipsec;
    const char            *what;

    if (!ipsec->remote_id || !gre_identity_is_wildcard(ipsec->remote_id) ||
        (ipsec->ca && !ipsec->remote_pubkey))
        return TRUE;
    what = ipsec->ca ? _("is a wildcard, which cannot be combined with ipsec-remote-pubkey: "
                         "expected the identity of one peer")
                     : _("is a wildcard, which requires ipsec-ca: expected the identity of one "
                         "peer");
    return fail_value(source, "ipsec-remote-id", what, error);
}

/* IKEv1 has no AEAD algorithms for its own messages; they came with RFC 5282, for IKEv2. */
static gboolean
check_ike_version(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    static const char *const aeads[] = { "gcm", "ccm", "chacha20" };
    char *const             *proposals = profile->ipsec.ike_proposals;

    for (gsize i = 0; profile->ipsec.ike_version == 1 && proposals && proposals[i]; i++)
        for (gsize j = 0; j < G_N_ELEMENTS(aeads); j++)
            if (strstr(proposals[i], aeads[j]))
                return fail_value(
                    source, "ipsec-ike-proposals",
                    _("is invalid with ipsec-ike-version=1, which has no AES-GCM, AES-CCM and "
                      "ChaCha20: expected a proposal such as aes256-sha256-modp2048"),
                    error);
    return TRUE;
}

/* IKEv1's quick mode negotiates one network of each side, IKEv2 as many as there are. */
static gboolean
check_xfrm_version(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    if (profile->mode != GRE_MODE_XFRM || profile->ipsec.ike_version == 2)
        return TRUE;
    return fail_value(source, "ipsec-ike-version", _("is invalid with mode=xfrm: expected 2"),
                      error);
}

/* One bad proposal is enough for strongSwan to refuse the whole connection. */
static gboolean
check_proposals(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    char *const *lists[] = { profile->ipsec.ike_proposals, profile->ipsec.esp_proposals };

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        for (gsize j = 0; lists[i] && lists[i][j]; j++) {
            g_autofree char *what = gre_proposal_check(lists[i][j], i == 0);

            if (what)
                return fail_value(source, i == 0 ? "ipsec-ike-proposals" : "ipsec-esp-proposals",
                                  what, error);
        }
    return TRUE;
}

static gboolean
check_protects(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    if (g_strcmp0(profile->protects, profile->uuid) != 0)
        return TRUE;
    return fail_value(
        source, "protects",
        _("is this profile itself; expected the name or UUID of an ip-tunnel profile"), error);
}

/* Addresses against each other */

static const char *
family_name(int family)
{
    return family == AF_INET6 ? "IPv6" : "IPv4";
}

static gboolean
check_family(const GreProfile       *profile,
             const GreProfileSource *source,
             const char             *name,
             const GreAddress       *address,
             GError                **error)
{
    gboolean xfrm = profile->mode == GRE_MODE_XFRM;
    int      family = xfrm ? profile->remote.family : gre_profile_mode_family(profile->mode);
    g_autofree char *what = NULL;

    if (address->family == AF_UNSPEC || family == AF_UNSPEC || address->family == family)
        return TRUE;
    if (has_key(source, "mode") && !xfrm)
        what = g_strdup_printf(_("is invalid with mode=%s: expected an %s address"),
                               gre_profile_mode_name(profile->mode, FALSE), family_name(family));
    else
        what = g_strdup_printf(_("is invalid: expected an %s address, as for remote"),
                               family_name(family));
    return fail_value(source, name, what, error);
}

/* strongSwan's sockets have no scope for an address. */
static gboolean
check_link_local(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const char *unreachable = _("is a link-local address, which strongSwan can't use: IPsec needs "
                                "global or unique local addresses");

    if (profile->ipsec.method != GRE_IPSEC_NO && gre_address_is_link_local(&profile->remote))
        return fail_value(source, "remote", unreachable, error);
    if (profile->ipsec.method != GRE_IPSEC_NO && gre_address_is_link_local(&profile->local))
        return fail_value(source, "local", unreachable, error);
    if (gre_address_is_link_local(&profile->remote) && !profile->parent)
        return fail_value(source, "remote",
                          _("is a link-local address: set parent to its interface"), error);
    return TRUE;
}

static gboolean
check_endpoints(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const GreAddress *remote = &profile->remote;

    if (!check_family(profile, source, "remote", remote, error) ||
        !check_family(profile, source, "local", &profile->local, error))
        return FALSE;
    if (remote->family != AF_UNSPEC && gre_address_equal(remote, &profile->local))
        return fail_value(source, "local", _("must differ from remote"), error);
    if (!check_link_local(profile, source, error))
        return FALSE;
    if (profile->parent && g_strcmp0(profile->parent, profile->ifname) == 0)
        return fail_value(source, "parent", _("must not be the tunnel's own interface"), error);
    return TRUE;
}

/* Without networks, they are any. */
static gboolean
has_family(const GArray *networks, int family)
{
    return !networks || gre_address_prefixes_have(networks, family);
}

/* A packet has both addresses of one family. */
static gboolean
check_networks(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const GArray *local = profile->local_networks, *remote = profile->remote_networks;

    if ((has_family(local, AF_INET) && has_family(remote, AF_INET)) ||
        (has_family(local, AF_INET6) && has_family(remote, AF_INET6)))
        return TRUE;
    return fail_value(source, "remote-networks",
                      _("is invalid: local-networks has no network of the same family"), error);
}

static gboolean
check_inside(const GreProfile *profile, const GreProfileSource *source, GError **error)
{
    const char *what = _("is invalid: it contains the outer address of the peer");

    for (gsize i = 0; i < profile->n_ip4; i++)
        if (gre_address_equal(&profile->ip4[i].address, &profile->remote))
            return fail_value(source, "ip4", what, error);
    for (gsize i = 0; i < profile->n_ip6; i++)
        if (gre_address_equal(&profile->ip6[i].address, &profile->remote))
            return fail_value(source, "ip6", what, error);
    if (profile->n_ip6 > 0 && profile->mtu != GRE_MTU_AUTO && profile->mtu < IPV6_MIN_MTU)
        return fail_value(source, "mtu",
                          _("is too small for ip6: IPv6 needs at least 1280, or \"auto\""), error);
    return TRUE;
}

/* The protected tunnel */

static gboolean
fail_tunnel(const GreNative *tunnel, const char *what, GError **error)
{
    g_autofree char *shown = gre_value_quote(tunnel->id);

    return gre_error_fail(error, _("protects: the tunnel %s %s"), shown, what);
}

/* Tunnels that NetworkManager accepts but that no SA can protect. */
static gboolean
check_tunnel(const GreNative *tunnel, GError **error)
{
    const GreAddress *remote = &tunnel->remote;

    if (gre_address_equal(remote, &tunnel->local))
        return fail_tunnel(tunnel, _("has the same address for local and remote"), error);
    if (gre_address_is_link_local(remote) || gre_address_is_link_local(&tunnel->local))
        return fail_tunnel(tunnel,
                           _("has a link-local address, which strongSwan can't use: IPsec needs "
                             "global or unique local addresses"),
                           error);
    if (tunnel->parent && g_strcmp0(tunnel->parent, tunnel->ifname) == 0)
        return fail_tunnel(tunnel, _("is its own parent"), error);
    return TRUE;
}

/* Fills in what the profile leaves to the tunnel that it protects. */
static gboolean
read_tunnel(GreProfile *profile, const GreNative *tunnel, GError **error)
{
    if (!profile->protects || !tunnel)
        return TRUE;
    if (!check_tunnel(tunnel, error))
        return FALSE;
    profile->native = gre_native_ref(tunnel);
    profile->mode_is_set = TRUE;
    profile->mode = gre_profile_family_mode(gre_native_family(tunnel->mode));
    profile->ethernet = gre_native_is_ethernet(tunnel->mode);
    profile->local = tunnel->local;
    profile->remote = tunnel->remote;
    profile->parent = g_strdup(tunnel->parent);
    profile->ifname = g_strdup(tunnel->ifname);
    profile->tunnel = tunnel->options;
    profile->mtu = tunnel->mtu;
    return TRUE;
}

GreProfile *
gre_profile_new(const GreProfileSource *source, GError **error)
{
    g_autoptr(GreProfile) profile = g_atomic_rc_box_new0(GreProfile);

    if (!read_connection(profile, source, error) || !check_names(source->data, FALSE, error) ||
        !check_names(source->secrets, TRUE, error) || !read_properties(profile, source, error) ||
        !read_interface_name(profile, source, error))
        return NULL;
    derive(profile, source);
    if (!check_keys(profile, source, error) || !check_protects(profile, source, error) ||
        !check_peer_key(&profile->ipsec, error) || !check_remote_id(profile, source, error) ||
        !check_ike_version(profile, source, error) || !check_proposals(profile, source, error) ||
        !check_xfrm_version(profile, source, error) || !check_endpoints(profile, source, error) ||
        !check_networks(profile, source, error) || !check_inside(profile, source, error) ||
        !read_tunnel(profile, source->tunnel, error))
        return NULL;
    return g_steal_pointer(&profile);
}

GreProfile *
gre_profile_ref(GreProfile *profile)
{
    return g_atomic_rc_box_acquire(profile);
}

static void
clear_profile(gpointer data)
{
    GreProfile      *profile = data;
    GreIpsecOptions *ipsec = &profile->ipsec;

    g_free(profile->id);
    g_free(profile->uuid);
    g_strfreev(profile->users);
    g_free(profile->protects);
    g_clear_pointer(&profile->native, gre_native_unref);
    g_free(profile->remote_name);
    g_free(profile->parent);
    g_free(profile->ifname);
    g_clear_pointer(&profile->local_networks, g_array_unref);
    g_clear_pointer(&profile->remote_networks, g_array_unref);
    g_free(profile->ip4);
    g_free(profile->ip6);
    g_free(ipsec->local_id);
    g_free(ipsec->remote_id);
    gre_secret_unref(ipsec->psk);
    g_free(ipsec->ca);
    g_free(ipsec->cert);
    g_free(ipsec->remote_cert);
    g_free(ipsec->private_key);
    g_free(ipsec->remote_pubkey);
    gre_secret_unref(ipsec->private_key_password);
    g_strfreev(ipsec->ike_proposals);
    g_strfreev(ipsec->esp_proposals);
}

void
gre_profile_unref(GreProfile *profile)
{
    g_atomic_rc_box_release_full(profile, clear_profile);
}

gboolean
gre_profile_uses_secret(const GreProfile *profile, const GreProperty *secret, GreSecretUse *use)
{
    g_autofree char   *name = g_strconcat(secret->name, "-flags", NULL);
    const GreProperty *flags = gre_property_find(name);
    guint              asked = GRE_SECRET_AGENT_OWNED | GRE_SECRET_NOT_SAVED;

    if (!secret->secret || unmet_need(profile, secret))
        return FALSE;
    use->flags = G_STRUCT_MEMBER(guint, profile, flags->offset);
    use->value = G_STRUCT_MEMBER(GreSecret *, profile, secret->offset);
    use->required = !(use->flags & GRE_SECRET_NOT_REQUIRED) &&
                    (secret->type == GRE_TYPE_PSK || (use->flags & asked));
    return TRUE;
}

const char *
gre_profile_missing_secret(const GreProfile *profile)
{
    GreSecretUse use;

    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (gre_profile_uses_secret(profile, property, &use) && use.required && !use.value)
            return property->name;
    return NULL;
}

const char *
gre_profile_mode_name(GreMode mode, gboolean ethernet)
{
    switch (mode) {
    case GRE_MODE_GRE:
        return ethernet ? "gretap" : "gre";
    case GRE_MODE_IP6GRE:
        return ethernet ? "ip6gretap" : "ip6gre";
    case GRE_MODE_XFRM:
        break;
    }
    return "xfrm";
}

int
gre_profile_mode_family(GreMode mode)
{
    if (mode == GRE_MODE_XFRM)
        return AF_UNSPEC;
    return mode == GRE_MODE_GRE ? AF_INET : AF_INET6;
}

GreMode
gre_profile_family_mode(int family)
{
    return family == AF_INET6 ? GRE_MODE_IP6GRE : GRE_MODE_GRE;
}
