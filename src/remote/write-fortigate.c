/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes FortiOS CLI for FortiGate (Fortinet's community, article 198068, "GRE over IPsec": a
 * gre-tunnel upon an IPsec interface in transport mode; CLI reference, "config system gre-tunnel").
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-i18n.h"
#include "remote/common.h"
#include "remote/proposal.h"

#include <string.h>

enum { DPD_MIN = 1, DPD_MAX = 3600 };

/* A proposal's name: "aes256-sha256", "aes256gcm", in IKE "aes256gcm-prfsha256". */
static char *
suite_text(const GreProposal *suite, gboolean ike)
{
    const GreAlgorithmWords words = GRE_WORDS_FORTIGATE;
    const char             *second = suite->integrity ? suite->integrity->words[words] : NULL;

    if (!second && ike)
        second = suite->prf ? suite->prf->words[words] : "prfsha256";
    return second ? g_strdup_printf("%s-%s", suite->encryption->words[words], second)
                  : g_strdup(suite->encryption->words[words]);
}

static void
write_ids(const GreRemoteEnd *end, GString *out)
{
    const char *bare;

    if (end->local_id) {
        GreIdKind kind = gre_common_id_kind(end->local_id, &bare);

        g_string_append_printf(out, "        set localid \"%s\"\n        set localid-type %s\n",
                               bare,
                               kind == GRE_ID_ADDRESS ? "address"
                               : kind == GRE_ID_EMAIL ? "user-fqdn"
                                                      : "fqdn");
    }
    if (end->remote_id) {
        gre_common_id_kind(end->remote_id, &bare);
        g_string_append_printf(out, "        set peertype one\n        set peerid \"%s\"\n", bare);
    } else {
        g_string_append(out, "        set peertype any\n");
    }
}

static void
write_phase1(const GreRemoteEnd *end, GString *out, const GreProposal *suite, const char *psk)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    const char            *six = end->mode == GRE_MODE_IP6GRE ? "6" : "";
    g_autofree char       *proposal = suite_text(suite, TRUE);
    g_autofree char       *local = gre_common_address(&end->local);
    g_autofree char       *remote = gre_common_address(&end->remote);

    g_string_append_printf(out,
                           "config vpn ipsec phase1-interface\n    edit \"%s\"\n"
                           "        set interface \"wan1\"\n        set ike-version %u\n",
                           end->ifname, ipsec->ike_version);
    if (six[0])
        g_string_append(out, "        set ip-version 6\n");
    g_string_append_printf(out,
                           "        set local-gw%s %s\n        set remote-gw%s %s\n"
                           "        set proposal %s\n        set dhgrp %s\n"
                           "        set keylife %u\n",
                           six, local, six, remote, proposal,
                           suite->group->words[GRE_WORDS_FORTIGATE], ipsec->ike_lifetime);
    write_ids(end, out);
    if (ipsec->encap != GRE_ENCAP_AUTO)
        g_string_append_printf(out, "        set nattraversal %s\n",
                               ipsec->encap == GRE_ENCAP_YES ? "forced" : "disable");
    if (ipsec->dpd_delay != 0)
        g_string_append_printf(out, "        set dpd on-idle\n        set dpd-retryinterval %u\n",
                               CLAMP(ipsec->dpd_delay, DPD_MIN, DPD_MAX));
    g_string_append_printf(out, "        set psksecret \"%s\"\n    next\nend\n", psk);
}

static void
write_phase2(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    g_autofree char *proposal = suite_text(suite, FALSE);

    g_string_append_printf(out,
                           "config vpn ipsec phase2-interface\n    edit \"%s\"\n"
                           "        set phase1name \"%s\"\n        set proposal %s\n",
                           end->ifname, end->ifname, proposal);
    if (suite->group)
        g_string_append_printf(out, "        set dhgrp %s\n",
                               suite->group->words[GRE_WORDS_FORTIGATE]);
    else
        g_string_append(out, "        set pfs disable\n");
    g_string_append_printf(out,
                           "        set protocol 47\n        set encapsulation transport-mode\n"
                           "        set auto-negotiate enable\n        set keylifeseconds %u\n"
                           "    next\nend\n",
                           end->profile->ipsec.esp_lifetime);
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    const char *psk = gre_common_plain_psk(end, error);
    GreProposal ike, esp;

    if (!psk || !gre_proposal_ike(end, GRE_WORDS_FORTIGATE, &ike, error) ||
        !gre_proposal_esp(end, GRE_WORDS_FORTIGATE, &esp, error))
        return FALSE;
    write_phase1(end, out, &ike, psk);
    write_phase2(end, out, &esp);
    return TRUE;
}

/* ---- tunnel ---- */

/* Interface names have 15 characters there too; the IPsec interface has the plain name. */
static char *
tunnel_name(const GreRemoteEnd *end)
{
    g_autofree char *cut = g_strndup(end->ifname, 11);

    return g_strdup_printf("%s-gre", cut);
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out, const char *name)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    const char             *six = end->mode == GRE_MODE_IP6GRE ? "6" : "";
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->remote);

    g_string_append_printf(out,
                           "config system gre-tunnel\n    edit \"%s\"\n"
                           "        set interface \"%s\"\n",
                           name, end->profile->ipsec.method != GRE_IPSEC_NO ? end->ifname : "wan1");
    if (six[0])
        g_string_append(out, "        set ip-version 6\n");
    g_string_append_printf(out, "        set local-gw%s %s\n        set remote-gw%s %s\n", six,
                           local, six, remote);
    if (tunnel->has_output_key)
        g_string_append_printf(out, "        set key-outbound %u\n", tunnel->output_key);
    if (tunnel->has_input_key)
        g_string_append_printf(out, "        set key-inbound %u\n", tunnel->input_key);
    if (tunnel->checksum)
        g_string_append(out, "        set checksum-transmission enable\n"
                             "        set checksum-reception enable\n");
    if (tunnel->sequence)
        g_string_append(out, "        set sequence-number-transmission enable\n"
                             "        set sequence-number-reception enable\n");
    g_string_append(out, "    next\nend\n");
}

/* An interface has one local address and the peer's. */
static void
write_interface(const GreRemoteEnd *end, GString *out, const char *name)
{
    g_string_append_printf(out,
                           "config system interface\n    edit \"%s\"\n"
                           "        set mtu-override enable\n        set mtu %u\n",
                           name, end->mtu);
    for (guint i = 0; i < end->inside->len && i < end->inside_remote->len; i++) {
        const GrePrefix *theirs = &g_array_index(end->inside, GrePrefix, i);
        const GrePrefix *ours = &g_array_index(end->inside_remote, GrePrefix, i);
        g_autofree char *address = gre_common_address(&theirs->address);
        g_autofree char *other = gre_common_address(&ours->address);
        g_autofree char *netmask = gre_common_netmask(theirs);

        if (theirs->address.family != AF_INET || ours->address.family != AF_INET)
            continue;
        g_string_append_printf(out,
                               "        set ip %s 255.255.255.255\n"
                               "        set remote-ip %s %s\n",
                               address, other, netmask);
        break;
    }
    for (guint i = 0; i < end->inside->len; i++) {
        const GrePrefix *theirs = &g_array_index(end->inside, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(theirs);

        if (theirs->address.family != AF_INET6)
            continue;
        g_string_append_printf(out,
                               "        config ipv6\n            set ip6-address %s\n"
                               "        end\n",
                               text);
        break;
    }
    g_string_append(out, "    next\nend\n");
}

static void
write_routes(const GreRemoteEnd *end, GString *out, const char *name)
{
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->behind, GrePrefix, i);
        gboolean         ip6 = prefix->address.family == AF_INET6;
        g_autofree char *text = gre_common_network(prefix);
        g_autofree char *netmask = gre_common_netmask(prefix);
        g_autofree char *network = g_strndup(text, strcspn(text, "/"));

        g_string_append_printf(out, "config router static%s\n    edit 0\n        set dst %s",
                               ip6 ? "6" : "", ip6 ? text : network);
        if (!ip6)
            g_string_append_printf(out, " %s", netmask);
        g_string_append_printf(out, "\n        set device \"%s\"\n    next\nend\n", name);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *name = tunnel_name(end);

    g_string_append_printf(out, "# wan1: replace it with the interface that has %s.\n", local);
    if (end->profile->ipsec.method != GRE_IPSEC_NO && !write_ipsec(end, out, error))
        return FALSE;
    write_tunnel(end, out, name);
    write_interface(end, out, name);
    write_routes(end, out, name);
    g_string_append_printf(out, "# Firewall policies decide what may pass \"%s\".\n", name);
    gre_common_unknown(end, out, "#");
    return TRUE;
}

/* There, a key of 0 means no key. */
const GreRemoteFormat gre_write_fortigate = {
    .name = "fortigate",
    .vendor = "FortiGate",
    .comment = "#",
    .lacks = GRE_USES_ETHERNET | GRE_USES_KEY_ZERO | GRE_USES_PUBKEY | GRE_USES_TUNNEL_MODE |
             GRE_USES_IKEV1_ID | GRE_USES_ODD_ID | GRE_USES_TTL | GRE_USES_TTL_INHERIT |
             GRE_USES_TOS | GRE_USES_FRAGMENTING | GRE_USES_IGNORE_DF | GRE_USES_ENCAP_LIMIT |
             GRE_USES_FLOW_LABEL,
    .why_for = GRE_USES_PUBKEY,
    .why = N_("certificates must be imported by hand there, under names that are not known here; "
              "use a pre-shared key"),
    .write = write_all,
};
