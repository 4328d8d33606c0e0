/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats; compares what a profile uses with what a format supports. */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "remote/common.h"

#include <string.h>

const GreRemoteFormat *const gre_remote_formats_table[] = {
    &gre_write_nm_gre,
    &gre_write_nmcli,
    &gre_write_ip_tunnel,
    &gre_write_iproute2,
    &gre_write_xfrm,
    &gre_write_vti,
    &gre_write_swanctl,
    &gre_write_libreswan,
    &gre_write_networkd,
    &gre_write_netplan,
    &gre_write_openwrt,
    &gre_write_cisco,
    &gre_write_vyos,
    &gre_write_mikrotik,
    &gre_write_fortigate,
    &gre_write_junos,
    NULL,
};

const GreRemoteFormat *
gre_remote_formats_find(const char *name)
{
    for (gsize i = 0; gre_remote_formats_table[i]; i++)
        if (strcmp(gre_remote_formats_table[i]->name, name) == 0)
            return gre_remote_formats_table[i];
    return NULL;
}

/* ---- what a profile uses ---- */

static GreIdKind
kind_of(const char *id)
{
    const char *bare;

    return id ? gre_common_id_kind(id, &bare) : GRE_ID_ADDRESS;
}

static gboolean
is_address(const char *id, const GreAddress *address)
{
    GreAddress parsed;

    return !id || (gre_address_parse(id, &parsed) && gre_address_equal(&parsed, address));
}

static guint
used_by_keys(const GreTunnelOptions *tunnel)
{
    gboolean differ =
        tunnel->has_input_key != tunnel->has_output_key || tunnel->input_key != tunnel->output_key;

    if (!tunnel->has_input_key && !tunnel->has_output_key)
        return 0;
    return GRE_USES_KEY | (differ ? GRE_USES_TWO_KEYS : 0) |
           ((tunnel->has_input_key && tunnel->input_key == 0) ||
                    (tunnel->has_output_key && tunnel->output_key == 0)
                ? GRE_USES_KEY_ZERO
                : 0);
}

/* A certificate's subject is not odd: peers with certificates can express it. */
static gboolean
is_odd(const GreRemoteEnd *end, const char *id)
{
    return kind_of(id) == GRE_ID_OTHER && !gre_common_keys_subject(end, id);
}

static guint
used_by_ike_keys(const GreRemoteEnd *end)
{
    const GreLocalKeys *keys = end->keys;
    gboolean            ours = keys && keys->pubkey, theirs = keys && keys->remote_pubkey;

    if (!keys)
        return 0;
    return GRE_USES_PUBKEY | (ours || theirs ? GRE_USES_RAW_KEY : 0) |
           ((ours && !keys->rfc3110) || (theirs && !keys->remote_rfc3110) ? GRE_USES_RAW_NON_RSA
                                                                          : 0) |
           (ours != theirs ? GRE_USES_MIXED_KEYS : 0) |
           (end->profile->ipsec.ike_version == 1 ? GRE_USES_IKEV1_KEYS : 0) |
           (keys->cert && !keys->authority ? GRE_USES_PINNED : 0) |
           (gre_common_keys_subject(end, end->remote_id) ? GRE_USES_SUBJECT_ID : 0) |
           (keys->kind == GRE_KEY_EDDSA || keys->remote_kind == GRE_KEY_EDDSA ? GRE_USES_EDDSA : 0);
}

static guint
used_by_mode(const GreRemoteEnd *end)
{
    gboolean nat = !gre_address_equal(&end->gre_remote, &end->remote);

    if (end->mode == GRE_MODE_XFRM)
        return 0; /* there is no choice */
    if (end->profile->ipsec.mode == GRE_ESP_TRANSPORT)
        return GRE_USES_TRANSPORT_MODE;
    return GRE_USES_TUNNEL_MODE | (nat ? GRE_USES_TUNNEL_NAT : 0);
}

static guint
used_by_ipsec(const GreRemoteEnd *end)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    GreIdKind              theirs = kind_of(end->remote_id);
    /* The receiver decides about the address it comes from; the identity it sends is its own. */
    gboolean named = !is_address(end->local_id, &end->local) || theirs != GRE_ID_ADDRESS;

    if (ipsec->method == GRE_IPSEC_NO)
        return 0;
    return GRE_USES_IPSEC | used_by_mode(end) | used_by_ike_keys(end) |
           (ipsec->ike_version == 1 ? GRE_USES_IKEV1 : 0) |
           (ipsec->ike_version == 1 && named ? GRE_USES_IKEV1_ID : 0) |
           (is_odd(end, end->local_id) || is_odd(end, end->remote_id) ? GRE_USES_ODD_ID : 0);
}

static guint
used(const GreRemoteEnd *end)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    guint                   uses = used_by_keys(tunnel) | used_by_ipsec(end);
    const struct {
        gboolean set;
        guint    use;
    } others[] = {
        { end->mode == GRE_MODE_IP6GRE, GRE_USES_IP6GRE },
        { end->ethernet, GRE_USES_ETHERNET },
        { tunnel->checksum, GRE_USES_CHECKSUM },
        { tunnel->sequence, GRE_USES_SEQUENCE },
        { tunnel->ttl != 0 && tunnel->ttl != 64, GRE_USES_TTL },
        { tunnel->ttl == 0, GRE_USES_TTL_INHERIT },
        { tunnel->tos != GRE_TOS_INHERIT, GRE_USES_TOS },
        { !tunnel->path_mtu_discovery, GRE_USES_FRAGMENTING },
        { tunnel->ignore_df, GRE_USES_IGNORE_DF },
        { end->mode == GRE_MODE_IP6GRE && tunnel->encap_limit != GRE_ENCAP_LIMIT_NONE,
          GRE_USES_ENCAP_LIMIT },
        { end->mode == GRE_MODE_IP6GRE && tunnel->flow_label != 0, GRE_USES_FLOW_LABEL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        uses |= others[i].set ? others[i].use : 0;
    return uses;
}

/* In the profile's notation; explanations are translated. */
static const struct {
    guint       use;
    const char *what;
} words[] = {
    { GRE_USES_IP6GRE, "mode=ip6gre" },
    { GRE_USES_ETHERNET, "mode=gretap, ip6gretap" },
    { GRE_USES_KEY, "key" },
    { GRE_USES_KEY_ZERO, "key=0" },
    { GRE_USES_TWO_KEYS, "input-key, output-key" },
    { GRE_USES_CHECKSUM, "checksum=yes" },
    { GRE_USES_SEQUENCE, "sequence=yes" },
    { GRE_USES_IPSEC, "ipsec" },
    { GRE_USES_TRANSPORT_MODE, "ipsec-mode=transport" },
    { GRE_USES_TUNNEL_MODE, "ipsec-mode=tunnel" },
    { GRE_USES_TUNNEL_NAT, N_("ipsec-mode=tunnel behind a NAT") },
    { GRE_USES_PUBKEY, "ipsec=pubkey" },
    { GRE_USES_EDDSA, "Ed25519" },
    { GRE_USES_MIXED_KEYS, N_("a certificate at one end, a raw public key at the other") },
    { GRE_USES_RAW_NON_RSA, N_("raw public keys that are not RSA") },
    { GRE_USES_RAW_KEY, N_("raw public keys") },
    { GRE_USES_IKEV1_KEYS, N_("certificates with ipsec-ike-version=1") },
    { GRE_USES_PINNED, N_("trust in a certificate without its CA certificate") },
    { GRE_USES_SUBJECT_ID, N_("a certificate's subject as identity (set ipsec-local-id to another "
                              "name in the certificate)") },
    { GRE_USES_IKEV1, "ipsec-ike-version=1" },
    { GRE_USES_IKEV1_ID, "ipsec-local-id, ipsec-remote-id" },
    { GRE_USES_ODD_ID, "ipsec-local-id, ipsec-remote-id" },
    { GRE_USES_TTL, "ttl" },
    { GRE_USES_TTL_INHERIT, "ttl=inherit" },
    { GRE_USES_TOS, "tos" },
    { GRE_USES_FRAGMENTING, "path-mtu-discovery=no" },
    { GRE_USES_IGNORE_DF, "ignore-df=yes" },
    { GRE_USES_ENCAP_LIMIT, "encapsulation-limit" },
    { GRE_USES_FLOW_LABEL, "flow-label" },
};

/* ---- writing ---- */

static gboolean
check(const GreRemoteFormat *format, const GreRemoteEnd *end, guint uses, GError **error)
{
    guint    lacking = uses & format->lacks & ~GRE_USES_PER_SIDE;
    gboolean xfrm = end->mode == GRE_MODE_XFRM;

    if (format->carries == (xfrm ? GRE_CARRIES_GRE : GRE_CARRIES_NETWORKS)) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    _("%s: %s doesn't support this, and both ends need it"),
                    xfrm ? "mode=xfrm" : "GRE", format->vendor);
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!(words[i].use & lacking))
            continue;
        if (words[i].use & format->why_for)
            g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, "%s: %s", _(words[i].what),
                        _(format->why));
        else
            g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                        _("%s: %s doesn't support this, and both ends need it"), _(words[i].what),
                        format->vendor);
        return FALSE;
    }
    return TRUE;
}

static void
write_head(const GreRemoteFormat *format, const GreRemoteEnd *end, guint uses, GString *out)
{
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);
    guint            left_out = uses & format->lacks & GRE_USES_PER_SIDE;

    if (format->script)
        g_string_append(out, "#!/bin/sh\n");
    g_string_append_printf(out, "%s For %s, %s: %s to %s. By nm-gre peer.\n", format->comment,
                           local, format->vendor, end->mode == GRE_MODE_XFRM ? "IPsec" : "GRE",
                           remote);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].use & left_out)
            g_string_append_printf(out, "%s Left out, as this format can't express it: %s.\n",
                                   format->comment, words[i].what);
    if (format->script)
        g_string_append(out, "set -e\n");
}

char *
gre_remote_formats_write(const GreRemoteFormat *format, const GreRemoteEnd *end, GError **error)
{
    GString *out = g_string_new(NULL);
    guint    uses = used(end);

    if (check(format, end, uses, error)) {
        write_head(format, end, uses, out);
        if (format->write(end, out, error))
            return g_string_free(out, FALSE);
    }
    gre_secret_free_text(g_string_free(out, FALSE));
    return NULL;
}
