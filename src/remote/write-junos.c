/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes set commands for Junos: a gr- interface (Juniper, Tunnel and Encryption Services
 * Interfaces Guide, "Configuring Unicast Tunnels"; keys on SRX: "GRE Key Support") and a
 * route-based VPN in tunnel mode, the only one that Junos has for GRE ("Understanding IPsec
 * Operational Modes"; CLI reference, "security ike", "security ipsec"). GRE has the addresses that
 * IKE uses, so the route that leads GRE into st0 is in a routing instance of its own ("routing-
 * instance (Tunnel)"): among the main routes it would lead IKE and ESP there too.
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-i18n.h"
#include "remote/common.h"
#include "remote/proposal.h"

enum { DPD_MIN = 2, DPD_MAX = 60, LIFETIME_MIN = 180, LIFETIME_MAX = 86400 };

/* ---- IPsec ---- */

static guint
lifetime(guint seconds)
{
    return CLAMP(seconds, LIFETIME_MIN, LIFETIME_MAX);
}

/* An AEAD needs no authentication algorithm. */
static void
write_suite(GString *out, const char *proposal, const GreProposal *suite, GreAlgorithmWords words)
{
    g_string_append_printf(out, "%s encryption-algorithm %s\n", proposal,
                           suite->encryption->words[words]);
    if (suite->integrity)
        g_string_append_printf(out, "%s authentication-algorithm %s\n", proposal,
                               suite->integrity->words[words]);
}

static void
write_ike(const GreRemoteEnd *end, GString *out, const GreProposal *suite, const char *psk)
{
    const GreAlgorithmWords words = GRE_WORDS_JUNOS_IKE;
    g_autofree char        *proposal = g_strdup_printf("set security ike proposal %s", end->name);
    g_autofree char        *policy = g_strdup_printf("set security ike policy %s", end->name);

    g_string_append_printf(out, "%s authentication-method pre-shared-keys\n%s dh-group %s\n",
                           proposal, proposal, suite->group->words[words]);
    write_suite(out, proposal, suite, words);
    g_string_append_printf(out, "%s lifetime-seconds %u\n", proposal,
                           lifetime(end->profile->ipsec.ike_lifetime));
    if (end->profile->ipsec.ike_version == 1)
        g_string_append_printf(out, "%s mode main\n", policy);
    g_string_append_printf(out, "%s proposals %s\n%s pre-shared-key ascii-text \"%s\"\n", policy,
                           end->name, policy, psk);
}

static void
write_id(GString *out, const char *command, const char *id)
{
    static const char *const kinds[] = {
        [GRE_ID_ADDRESS] = "inet",
        [GRE_ID_NAME] = "hostname",
        [GRE_ID_EMAIL] = "user-at-hostname",
        [GRE_ID_OTHER] = "hostname",
    };
    const char *bare;
    GreIdKind   kind = gre_common_id_kind(id, &bare);

    g_string_append_printf(out, "%s %s %s\n", command, kinds[kind], bare);
}

static void
write_gateway(const GreRemoteEnd *end, GString *out)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    g_autofree char       *gateway = g_strdup_printf("set security ike gateway %s", end->name);
    g_autofree char       *local = gre_common_address(&end->local);
    g_autofree char       *remote = gre_common_address(&end->remote);
    g_autofree char       *local_id = gre_common_local_id(end);
    g_autofree char       *remote_id = gre_common_remote_id(end);
    g_autofree char       *local_command = g_strconcat(gateway, " local-identity", NULL);
    g_autofree char       *remote_command = g_strconcat(gateway, " remote-identity", NULL);

    g_string_append_printf(out,
                           "%s ike-policy %s\n%s address %s\n%s external-interface ge-0/0/0.0\n"
                           "%s local-address %s\n%s version v%u-only\n",
                           gateway, end->name, gateway, remote, gateway, gateway, local, gateway,
                           ipsec->ike_version);
    write_id(out, local_command, local_id);
    write_id(out, remote_command, remote_id);
    if (ipsec->dpd_delay != 0)
        g_string_append_printf(out,
                               "%s dead-peer-detection interval %u\n"
                               "%s dead-peer-detection threshold 3\n",
                               gateway, CLAMP(ipsec->dpd_delay, DPD_MIN, DPD_MAX), gateway);
}

static void
write_esp(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    const GreAlgorithmWords words = GRE_WORDS_JUNOS_ESP;
    g_autofree char        *proposal = g_strdup_printf("set security ipsec proposal %s", end->name);
    g_autofree char        *policy = g_strdup_printf("set security ipsec policy %s", end->name);

    g_string_append_printf(out, "%s protocol esp\n", proposal);
    write_suite(out, proposal, suite, words);
    g_string_append_printf(out, "%s lifetime-seconds %u\n%s proposals %s\n", proposal,
                           lifetime(end->profile->ipsec.esp_lifetime), policy, end->name);
    if (suite->group)
        g_string_append_printf(out, "%s perfect-forward-secrecy keys %s\n", policy,
                               suite->group->words[words]);
}

static void
write_vpn(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *vpn = g_strdup_printf("set security ipsec vpn %s", end->name);
    g_autofree char *local = gre_common_host(&end->local);
    g_autofree char *remote = gre_common_host(&end->gre_remote);

    g_string_append_printf(out,
                           "%s bind-interface st0.0\n%s ike gateway %s\n%s ike ipsec-policy %s\n"
                           "%s ike proxy-identity local %s\n%s ike proxy-identity remote %s\n"
                           "%s ike proxy-identity service junos-gre\n"
                           "%s establish-tunnels immediately\n",
                           vpn, vpn, end->name, vpn, end->name, vpn, local, vpn, remote, vpn, vpn);
}

/* GRE for the peer goes to st0; GRE from the peer finds its address on lo0. */
static void
write_instance(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *instance = g_strdup_printf("set routing-instances %s", end->name);
    g_autofree char *local = gre_common_host(&end->local);
    g_autofree char *remote = gre_common_host(&end->gre_remote);

    g_string_append_printf(
        out,
        "set interfaces st0 unit 0 family inet\n"
        "set interfaces lo0 unit 1 family inet address %s\n"
        "%s instance-type virtual-router\n%s interface st0.0\n"
        "%s interface lo0.1\n"
        "%s routing-options static route %s next-hop st0.0\n"
        "set interfaces gr-0/0/0 unit 0 tunnel routing-instance destination %s\n",
        local, instance, instance, instance, instance, remote, end->name);
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    const char      *psk = gre_common_plain_psk(end, error);
    g_autofree char *local = gre_common_address(&end->local);
    GreProposal      ike, esp;

    if (!psk || !gre_proposal_ike(end, GRE_WORDS_JUNOS_IKE, &ike, error) ||
        !gre_proposal_esp(end, GRE_WORDS_JUNOS_ESP, &esp, error))
        return FALSE;
    g_string_append_printf(out,
                           "# ge-0/0/0.0: replace it with the interface that has %s.\n"
                           "# Security zones and policies decide what may pass st0.0 and "
                           "gr-0/0/0.0.\n",
                           local);
    write_ike(end, out, &ike, psk);
    write_gateway(end, out);
    write_esp(end, out, &esp);
    write_vpn(end, out);
    write_instance(end, out);
    return TRUE;
}

/* ---- tunnel ---- */

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    const char             *unit = "set interfaces gr-0/0/0 unit 0";
    const GreTunnelOptions *tunnel = &end->tunnel;
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->gre_remote);

    g_string_append_printf(out, "%s tunnel source %s\n%s tunnel destination %s\n", unit, local,
                           unit, remote);
    if (tunnel->has_input_key)
        g_string_append_printf(out, "%s tunnel key %u\n", unit, tunnel->input_key);
    if (tunnel->ttl != 0)
        g_string_append_printf(out, "%s tunnel ttl %u\n", unit, tunnel->ttl);
    g_string_append_printf(out, "%s tunnel %s\n", unit,
                           tunnel->path_mtu_discovery ? "do-not-fragment" : "allow-fragmentation");
    if (tunnel->tos == GRE_TOS_INHERIT)
        g_string_append_printf(out, "%s copy-tos-to-outer-ip-header\n", unit);
    g_string_append_printf(out, "%s family inet mtu %u\n", unit, end->mtu);
    for (guint i = 0; i < end->inside->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->inside, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(prefix);

        g_string_append_printf(out, "%s family %s address %s\n", unit,
                               prefix->address.family == AF_INET6 ? "inet6" : "inet", text);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (end->profile->ipsec.method != GRE_IPSEC_NO && !write_ipsec(end, out, error))
        return FALSE;
    write_tunnel(end, out);
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->behind, GrePrefix, i);
        g_autofree char *text = gre_common_network(prefix);

        g_string_append_printf(out, "set routing-options %sstatic route %s next-hop gr-0/0/0.0\n",
                               prefix->address.family == AF_INET6 ? "rib inet6.0 " : "", text);
    }
    gre_common_unknown(end, out, "#");
    return TRUE;
}

const GreRemoteFormat gre_write_junos = {
    .name = "junos",
    .vendor = "Junos",
    .comment = "#",
    .lacks = GRE_USES_IP6GRE | GRE_USES_ETHERNET | GRE_USES_TWO_KEYS | GRE_USES_CHECKSUM |
             GRE_USES_SEQUENCE | GRE_USES_TRANSPORT_MODE | GRE_USES_PUBKEY | GRE_USES_IKEV1_ID |
             GRE_USES_ODD_ID | GRE_USES_TTL_INHERIT | GRE_USES_TOS | GRE_USES_IGNORE_DF,
    .why_for = GRE_USES_TRANSPORT_MODE,
    .why = N_("Junos supports IPsec in tunnel mode only: set ipsec-mode=tunnel"),
    .write = write_all,
};
