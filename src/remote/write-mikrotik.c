/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes commands for MikroTik RouterOS 7 (help.mikrotik.com, "GRE" and "IPsec"). It has no GRE
 * keys. Its own keepalive is off, as Linux answers none; so is fast path, which would bypass IPsec.
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-i18n.h"
#include "remote/common.h"
#include "remote/proposal.h"

static void
write_id(GString *out, const char *key, const char *id)
{
    const char *bare;

    switch (gre_common_id_kind(id, &bare)) {
    case GRE_ID_ADDRESS:
        g_string_append_printf(out, " %s=address:%s", key, bare);
        break;
    case GRE_ID_EMAIL:
        g_string_append_printf(out, " %s=user-fqdn:%s", key, bare);
        break;
    case GRE_ID_NAME:
    case GRE_ID_OTHER:
        g_string_append_printf(out, " %s=fqdn:%s", key, bare);
        break;
    }
}

static void
write_profile(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    const GreAlgorithmWords words = GRE_WORDS_ROUTEROS_IKE;
    const GreIpsecOptions  *ipsec = &end->profile->ipsec;

    g_string_append_printf(out,
                           "/ip ipsec profile add name=%s enc-algorithm=%s hash-algorithm=%s "
                           "dh-group=%s lifetime=%us",
                           end->name, suite->encryption->words[words],
                           gre_proposal_hash(suite, words), suite->group->words[words],
                           ipsec->ike_lifetime);
    if (ipsec->dpd_delay != 0)
        g_string_append_printf(out, " dpd-interval=%us\n", ipsec->dpd_delay);
    else
        g_string_append(out, " dpd-interval=disable-dpd\n");
}

static void
write_proposal(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    const GreAlgorithmWords words = GRE_WORDS_ROUTEROS_ESP;
    const char             *hash = gre_proposal_hash(suite, words);

    g_string_append_printf(out,
                           "/ip ipsec proposal add name=%s enc-algorithms=%s auth-algorithms=%s "
                           "pfs-group=%s lifetime=%us\n",
                           end->name, suite->encryption->words[words], hash ? hash : "\"\"",
                           suite->group ? suite->group->words[words] : "none",
                           end->profile->ipsec.esp_lifetime);
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    const char      *psk = gre_common_plain_psk(end, error);
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);
    g_autofree char *local_id = gre_common_local_id(end);
    g_autofree char *remote_id = gre_common_remote_id(end);
    guint            bits = end->local.family == AF_INET6 ? 128 : 32;
    gboolean         tunnel_mode = end->profile->ipsec.mode == GRE_ESP_TUNNEL;
    g_autofree char *inner = gre_common_address(&end->gre_remote);
    GreProposal      ike, esp;

    if (!psk || !gre_proposal_ike(end, GRE_WORDS_ROUTEROS_IKE, &ike, error) ||
        !gre_proposal_esp(end, GRE_WORDS_ROUTEROS_ESP, &esp, error))
        return FALSE;
    write_profile(end, out, &ike);
    write_proposal(end, out, &esp);
    g_string_append_printf(out,
                           "/ip ipsec peer add name=%s address=%s/%u local-address=%s "
                           "exchange-mode=%s profile=%s\n",
                           end->name, remote, bits, local,
                           end->profile->ipsec.ike_version == 1 ? "main" : "ike2", end->name);
    g_string_append_printf(
        out, "/ip ipsec identity add peer=%s auth-method=pre-shared-key secret=\"%s\"", end->name,
        psk);
    write_id(out, "my-id", local_id);
    write_id(out, "remote-id", remote_id);
    g_string_append_printf(out,
                           "\n/ip ipsec policy add peer=%s tunnel=%s src-address=%s/%u "
                           "dst-address=%s/%u protocol=gre proposal=%s\n",
                           end->name, tunnel_mode ? "yes" : "no", local, bits, inner, bits,
                           end->name);
    return TRUE;
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    gboolean         ip6 = end->mode == GRE_MODE_IP6GRE;
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->gre_remote);

    g_string_append_printf(out,
                           "/interface %s add name=%s local-address=%s remote-address=%s mtu=%u "
                           "clamp-tcp-mss=yes !keepalive",
                           ip6 ? "gre6" : "gre", end->ifname, local, remote, end->mtu);
    if (!ip6)
        g_string_append_printf(out, " allow-fast-path=no dont-fragment=%s",
                               end->tunnel.path_mtu_discovery ? "inherit" : "no");
    if (end->tunnel.tos == GRE_TOS_INHERIT)
        g_string_append(out, " dscp=inherit\n");
    else
        g_string_append_printf(out, " dscp=%d\n", end->tunnel.tos >> 2);
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (end->profile->ipsec.method != GRE_IPSEC_NO && !write_ipsec(end, out, error))
        return FALSE;
    write_tunnel(end, out);
    for (guint i = 0; i < end->inside->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->inside, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(prefix);

        g_string_append_printf(out, "/%s address add address=%s interface=%s\n",
                               prefix->address.family == AF_INET6 ? "ipv6" : "ip", text,
                               end->ifname);
    }
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->behind, GrePrefix, i);
        g_autofree char *text = gre_common_network(prefix);

        g_string_append_printf(out, "/%s route add dst-address=%s gateway=%s\n",
                               prefix->address.family == AF_INET6 ? "ipv6" : "ip", text,
                               end->ifname);
    }
    gre_common_unknown(end, out, "#");
    return TRUE;
}

const GreRemoteFormat gre_write_mikrotik = {
    .name = "mikrotik",
    .vendor = "MikroTik RouterOS",
    .comment = "#",
    .lacks = GRE_USES_ETHERNET | GRE_USES_KEY | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE |
             GRE_USES_PUBKEY | GRE_USES_IKEV1_ID | GRE_USES_ODD_ID | GRE_USES_TTL |
             GRE_USES_TTL_INHERIT | GRE_USES_IGNORE_DF | GRE_USES_ENCAP_LIMIT | GRE_USES_FLOW_LABEL,
    .why_for = GRE_USES_PUBKEY,
    .why = N_("certificates must be imported by hand there, under names that are not known here; "
              "use a pre-shared key"),
    .write = write_all,
};
