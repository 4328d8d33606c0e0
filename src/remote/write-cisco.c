/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes Cisco IOS and IOS-XE: tunnel protection by an IPsec profile (Cisco IOS Security
 * Configuration Guide, "Configuring Internet Key Exchange Version 2" and "IPsec Virtual Tunnel
 * Interfaces"). Without "keepalive": Cisco doesn't support it together with tunnel protection
 * (document 64565).
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"
#include "remote/proposal.h"

#include <string.h>

enum { TCP_HEADERS = 40, DPD_MIN = 10, DPD_MAX = 3600, WINDOW_MIN = 64, WINDOW_MAX = 1024 };

/* ---- IKE ---- */

static void
write_id(GString *out, const char *before, const char *id, gboolean with_mask)
{
    const char *bare;
    gboolean    ip6;

    switch (gre_common_id_kind(id, &bare)) {
    case GRE_ID_ADDRESS:
        ip6 = strchr(id, ':') != NULL;
        g_string_append_printf(out, " %s address %s%s\n", before, id,
                               !with_mask ? ""
                               : ip6      ? "/128"
                                          : " 255.255.255.255");
        break;
    case GRE_ID_EMAIL:
        g_string_append_printf(out, " %s email %s\n", before, bare);
        break;
    case GRE_ID_NAME:
    case GRE_ID_OTHER:
        g_string_append_printf(out, " %s fqdn %s\n", before, bare);
        break;
    }
}

static void
write_dpd(const GreRemoteEnd *end, GString *out, const char *command)
{
    guint delay = end->profile->ipsec.dpd_delay;

    if (delay != 0)
        g_string_append_printf(out, "%s %u 3 periodic\n", command, CLAMP(delay, DPD_MIN, DPD_MAX));
}

static gboolean
write_proposal(const GreRemoteEnd *end, GString *out, GError **error)
{
    const GreAlgorithmWords words = GRE_WORDS_CISCO_IKEV2;
    GreProposal             suite;

    if (!gre_proposal_ike(end, words, &suite, error))
        return FALSE;
    g_string_append_printf(out, "crypto ikev2 proposal %s\n encryption %s\n", end->name,
                           suite.encryption->words[words]);
    if (suite.integrity)
        g_string_append_printf(out, " integrity %s\n", suite.integrity->words[words]);
    if (suite.prf || !suite.integrity)
        g_string_append_printf(out, " prf %s\n", suite.prf ? suite.prf->words[words] : "sha256");
    g_string_append_printf(out, " group %s\ncrypto ikev2 policy %s\n proposal %s\n",
                           suite.group->words[words], end->name, end->name);
    return TRUE;
}

/* "Configuring Certificate Enrollment for a PKI": the authority by cut and paste. */
static void
write_trustpoint(const GreRemoteEnd *end, GString *out)
{
    g_string_append_printf(out,
                           "crypto pki trustpoint %s\n"
                           " enrollment terminal pem\n"
                           " revocation-check none\n"
                           "crypto pki authenticate %s\n"
                           "%squit\n"
                           "yes\n"
                           "! The local certificate and private key aren't known: crypto pki "
                           "import %s pkcs12 URL, or crypto pki enroll %s\n",
                           end->name, end->name, end->keys->authority, end->name, end->name);
}

static void
write_keyring(const GreRemoteEnd *end, const char *psk, GString *out)
{
    g_autofree char *remote = gre_common_address(&end->remote);

    g_string_append_printf(out,
                           "crypto ikev2 keyring %s\n peer %s\n  address %s\n"
                           "  pre-shared-key local %s\n  pre-shared-key remote %s\n",
                           end->name, end->name, remote, psk, psk);
}

static const char *
signature(GreKeyKind kind, GreKeyKind other)
{
    return (kind == GRE_KEY_UNKNOWN ? other : kind) == GRE_KEY_ECDSA ? "ecdsa-sig" : "rsa-sig";
}

static void
write_authentication(const GreRemoteEnd *end, GString *out)
{
    const GreLocalKeys *keys = end->keys;

    if (keys)
        g_string_append_printf(out,
                               " authentication remote %s\n authentication local %s\n"
                               " pki trustpoint %s\n",
                               signature(keys->kind, keys->kind),
                               signature(keys->remote_kind, keys->kind), end->name);
    else
        g_string_append_printf(out,
                               " authentication remote pre-share\n"
                               " authentication local pre-share\n keyring local %s\n",
                               end->name);
}

static gboolean
write_ikev2(const GreRemoteEnd *end, const char *psk, GString *out, GError **error)
{
    g_autofree char *local_id = gre_common_local_id(end);
    g_autofree char *remote_id = gre_common_remote_id(end);

    if (!write_proposal(end, out, error))
        return FALSE;
    if (end->keys)
        write_trustpoint(end, out);
    else
        write_keyring(end, psk, out);
    g_string_append_printf(out, "crypto ikev2 profile %s\n", end->name);
    write_id(out, "match identity remote", remote_id, TRUE);
    if (gre_common_keys_subject(end, local_id))
        g_string_append(out, " identity local dn\n");
    else
        write_id(out, "identity local", local_id, FALSE);
    write_authentication(end, out);
    g_string_append_printf(out, " lifetime %u\n", end->profile->ipsec.ike_lifetime);
    write_dpd(end, out, " dpd");
    return TRUE;
}

static gboolean
write_ikev1(const GreRemoteEnd *end, const char *psk, GString *out, GError **error)
{
    const GreAlgorithmWords words = GRE_WORDS_CISCO_IKEV1;
    g_autofree char        *remote = gre_common_address(&end->remote);
    gboolean                ip6 = end->remote.family == AF_INET6;
    GreProposal             suite;

    if (!gre_proposal_ike(end, words, &suite, error))
        return FALSE;
    g_string_append_printf(out,
                           "crypto isakmp policy 10\n encryption %s\n hash %s\n"
                           " authentication pre-share\n group %s\n lifetime %u\n",
                           suite.encryption->words[words], gre_proposal_hash(&suite, words),
                           suite.group->words[words], end->profile->ipsec.ike_lifetime);
    g_string_append_printf(out, "crypto isakmp key %s address %s%s%s\n", psk, ip6 ? "ipv6 " : "",
                           remote, ip6 ? "/128" : "");
    write_dpd(end, out, "crypto isakmp keepalive");
    return TRUE;
}

/* ---- ESP ---- */

/* 64 and its doubles up to 1024 ("set security-association replay window-size"): the smallest one
 * that is large enough, as the window concerns only the router itself. */
static guint
window_of(const GreRemoteEnd *end)
{
    guint size = WINDOW_MIN;

    while (size < end->profile->ipsec.replay_window && size < WINDOW_MAX)
        size *= 2;
    return size;
}

static gboolean
write_esp(const GreRemoteEnd *end, GString *out, GError **error)
{
    const GreAlgorithmWords words = GRE_WORDS_CISCO_ESP;
    const char             *hash;
    GreProposal             suite;

    if (!gre_proposal_esp(end, words, &suite, error))
        return FALSE;
    hash = gre_proposal_hash(&suite, words);
    g_string_append_printf(out, "crypto ipsec transform-set %s %s%s%s\n mode %s\n", end->name,
                           suite.encryption->words[words], hash ? " " : "", hash ? hash : "",
                           gre_common_esp_mode(end));
    g_string_append_printf(
        out,
        "crypto ipsec profile %s\n set security-association lifetime seconds %u\n"
        " set security-association replay window-size %u\n set transform-set %s\n",
        end->name, end->profile->ipsec.esp_lifetime, window_of(end), end->name);
    if (suite.group)
        g_string_append_printf(out, " set pfs %s\n", suite.group->words[words]);
    if (end->profile->ipsec.ike_version == 2)
        g_string_append_printf(out, " set ikev2-profile %s\n", end->name);
    return TRUE;
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    const char *psk = end->keys ? NULL : gre_common_plain_psk(end, error);

    if (!psk && !end->keys)
        return FALSE;
    if (end->profile->ipsec.ike_version == 1 ? !write_ikev1(end, psk, out, error)
                                             : !write_ikev2(end, psk, out, error))
        return FALSE;
    return write_esp(end, out, error);
}

/* ---- tunnel ---- */

static void
write_inside(const GreRemoteEnd *end, GString *out)
{
    gboolean seen4 = FALSE;

    for (guint i = 0; i < end->inside->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->inside, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(prefix);
        g_autofree char *address = gre_common_address(&prefix->address);
        g_autofree char *netmask = gre_common_netmask(prefix);

        if (prefix->address.family == AF_INET6) {
            g_string_append_printf(out, " ipv6 address %s\n", text);
            continue;
        }
        g_string_append_printf(out, " ip address %s %s%s\n", address, netmask,
                               seen4 ? " secondary" : "");
        seen4 = TRUE;
    }
}

static void
write_options(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->has_input_key)
        g_string_append_printf(out, " tunnel key %u\n", tunnel->input_key);
    if (tunnel->checksum)
        g_string_append(out, " tunnel checksum\n");
    if (tunnel->sequence)
        g_string_append(out, " tunnel sequence-datagrams\n");
    if (tunnel->ttl != 0)
        g_string_append_printf(out, " tunnel ttl %u\n", tunnel->ttl);
    if (tunnel->tos != GRE_TOS_INHERIT)
        g_string_append_printf(out, " tunnel tos %d\n", tunnel->tos);
    if (tunnel->path_mtu_discovery)
        g_string_append(out, " tunnel path-mtu-discovery\n");
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);

    g_string_append(out, "interface Tunnel0\n");
    write_inside(end, out);
    g_string_append_printf(out, " ip mtu %u\n ip tcp adjust-mss %u\n", end->mtu,
                           end->mtu - TCP_HEADERS);
    g_string_append_printf(out, " tunnel source %s\n tunnel destination %s\n", local, remote);
    if (end->mode == GRE_MODE_IP6GRE)
        g_string_append(out, " tunnel mode gre ipv6\n");
    write_options(&end->tunnel, out);
    if (end->profile->ipsec.method != GRE_IPSEC_NO)
        g_string_append_printf(out, " tunnel protection ipsec profile %s\n", end->name);
}

static void
write_routes(const GreRemoteEnd *end, GString *out)
{
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->behind, GrePrefix, i);
        g_autofree char *text = gre_common_network(prefix);
        g_autofree char *netmask = gre_common_netmask(prefix);
        g_autofree char *network = g_strndup(text, strcspn(text, "/"));

        if (prefix->address.family == AF_INET6)
            g_string_append_printf(out, "ipv6 route %s Tunnel0\n", text);
        else
            g_string_append_printf(out, "ip route %s %s Tunnel0\n", network, netmask);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (end->profile->ipsec.method != GRE_IPSEC_NO && !write_ipsec(end, out, error))
        return FALSE;
    write_tunnel(end, out);
    write_routes(end, out);
    gre_common_unknown(end, out, "!");
    return TRUE;
}

const GreRemoteFormat gre_write_cisco = {
    .name = "cisco-ios",
    .vendor = "Cisco IOS",
    .comment = "!",
    .lacks = GRE_USES_TUNNEL_NAT | GRE_USES_ETHERNET | GRE_USES_TWO_KEYS | GRE_USES_EDDSA |
             GRE_USES_RAW_KEY | GRE_USES_PINNED | GRE_USES_SUBJECT_ID | GRE_USES_IKEV1_KEYS |
             GRE_USES_IKEV1_ID | GRE_USES_ODD_ID | GRE_USES_TTL_INHERIT | GRE_USES_FRAGMENTING |
             GRE_USES_IGNORE_DF | GRE_USES_ENCAP_LIMIT | GRE_USES_FLOW_LABEL,
    .write = write_all,
};
