/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes set commands for VyOS 1.4 and newer (docs.vyos.io, configuration/interfaces/tunnel and
 * configuration/vpn/ipsec).
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"
#include "remote/proposal.h"

#include <string.h>

enum { TCP_HEADERS = 40 };

static void
write_suite(GString *out, const char *group, const char *name, const GreProposal *suite)
{
    const GreAlgorithmWords words = GRE_WORDS_VYOS;

    g_string_append_printf(out, "set vpn ipsec %s %s proposal 1 encryption '%s'\n", group, name,
                           suite->encryption->words[words]);
    if (suite->integrity)
        g_string_append_printf(out, "set vpn ipsec %s %s proposal 1 hash '%s'\n", group, name,
                               suite->integrity->words[words]);
    if (suite->prf)
        g_string_append_printf(out, "set vpn ipsec %s %s proposal 1 prf '%s'\n", group, name,
                               suite->prf->words[words]);
}

static void
write_ike(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    g_autofree char       *group = g_strdup_printf("set vpn ipsec ike-group %s", end->name);

    g_string_append_printf(out, "%s key-exchange 'ikev%u'\n%s lifetime '%u'\n", group,
                           ipsec->ike_version, group, ipsec->ike_lifetime);
    write_suite(out, "ike-group", end->name, suite);
    g_string_append_printf(out, "%s proposal 1 dh-group '%s'\n", group,
                           suite->group->words[GRE_WORDS_VYOS]);
    if (ipsec->dpd_delay != 0)
        g_string_append_printf(out,
                               "%s dead-peer-detection action 'trap'\n"
                               "%s dead-peer-detection interval '%u'\n",
                               group, group, ipsec->dpd_delay);
}

static void
write_esp(const GreRemoteEnd *end, GString *out, const GreProposal *suite)
{
    g_autofree char *group = g_strdup_printf("set vpn ipsec esp-group %s", end->name);

    g_string_append_printf(out, "%s mode '%s'\n%s lifetime '%u'\n", group, gre_common_esp_mode(end),
                           group, end->profile->ipsec.esp_lifetime);
    write_suite(out, "esp-group", end->name, suite);
    if (suite->group)
        g_string_append_printf(out, "%s pfs 'dh-group%s'\n", group,
                               suite->group->words[GRE_WORDS_VYOS]);
    else
        g_string_append_printf(out, "%s pfs 'disable'\n", group);
}

/* ---- keys and certificates ---- */

/* Certificates and keys are one word, without the first and last line. */
static void
write_pki(
    const GreRemoteEnd *end, GString *out, const char *kind, const char *what, const char *pem)
{
    g_autofree char *base64 = gre_common_keys_base64(pem);

    g_string_append_printf(out, "set pki %s %s%s '%s'\n", kind, end->name, what, base64);
}

static void
write_keys(const GreRemoteEnd *end, GString *out)
{
    const GreLocalKeys *keys = end->keys;

    if (keys->pubkey) {
        write_pki(end, out, "key-pair", " public key", keys->pubkey);
        write_pki(end, out, "key-pair", "-own public key", keys->remote_pubkey);
        g_string_append_printf(
            out, "# The local private key isn't known: set pki key-pair %s-own private key KEY\n",
            end->name);
        return;
    }
    write_pki(end, out, "ca", " certificate", keys->authority);
    if (keys->remote_cert)
        write_pki(end, out, "certificate", "-own certificate", keys->remote_cert);
    else
        g_string_append_printf(out,
                               "# The local certificate isn't known: set pki certificate %s-own "
                               "certificate CERTIFICATE\n",
                               end->name);
    g_string_append_printf(
        out, "# The local private key isn't known: set pki certificate %s-own private key KEY\n",
        end->name);
}

static void
write_authentication(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *peer =
        g_strdup_printf("set vpn ipsec site-to-site peer %s authentication", end->name);

    if (!end->keys)
        g_string_append_printf(out, "%s mode 'pre-shared-secret'\n", peer);
    else if (end->keys->pubkey)
        g_string_append_printf(out,
                               "%s mode 'rsa'\n%s rsa local-key '%s-own'\n"
                               "%s rsa remote-key '%s'\n",
                               peer, peer, end->name, peer, end->name);
    else
        g_string_append_printf(out,
                               "%s mode 'x509'\n%s x509 ca-certificate '%s'\n"
                               "%s x509 certificate '%s-own'\n",
                               peer, peer, end->name, peer, end->name);
}

/* A certificate's subject as text. (transfer full) */
static char *
readable_id(const GreRemoteEnd *end, char *id)
{
    const char *subject = gre_common_keys_subject(end, id);
    char       *text = g_strdup(subject ? subject : id);

    g_free(id);
    return text;
}

/* "respond" installs a trap, which "initiate" doesn't: without an SA, packets would leave in clear
 * text. */
static void
write_peer(const GreRemoteEnd *end, GString *out)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    g_autofree char       *local = gre_common_address(&end->local);
    g_autofree char       *remote = gre_common_address(&end->remote);
    g_autofree char       *local_id = readable_id(end, gre_common_local_id(end));
    g_autofree char       *remote_id = readable_id(end, gre_common_remote_id(end));
    const struct {
        const char *key, *value;
    } rows[] = {
        { "authentication local-id", local_id },
        { "authentication remote-id", remote_id },
        { "connection-type", ipsec->start == GRE_START_RESPOND ? "initiate" : "respond" },
        { "ike-group", end->name },
        { "default-esp-group", end->name },
        { "local-address", local },
        { "remote-address", remote },
        { "force-udp-encapsulation", ipsec->encap == GRE_ENCAP_YES ? "" : NULL },
        { "tunnel 1 protocol", "gre" },
    };

    write_authentication(end, out);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].value)
            continue;
        g_string_append_printf(out, "set vpn ipsec site-to-site peer %s %s", end->name,
                               rows[i].key);
        if (rows[i].value[0])
            g_string_append_printf(out, " '%s'", rows[i].value);
        g_string_append_c(out, '\n');
    }
}

static gboolean
write_psk(const GreRemoteEnd *end, GString *out, GError **error)
{
    const char      *psk = gre_common_plain_psk(end, error);
    g_autofree char *local_id = gre_common_local_id(end);
    g_autofree char *remote_id = gre_common_remote_id(end);

    if (!psk)
        return FALSE;
    g_string_append_printf(out,
                           "set vpn ipsec authentication psk %s id '%s'\n"
                           "set vpn ipsec authentication psk %s id '%s'\n"
                           "set vpn ipsec authentication psk %s secret '%s'\n",
                           end->name, local_id, end->name, remote_id, end->name, psk);
    return TRUE;
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    GreProposal ike, esp;

    if (!gre_proposal_ike(end, GRE_WORDS_VYOS, &ike, error) ||
        !gre_proposal_esp(end, GRE_WORDS_VYOS, &esp, error) ||
        (!end->keys && !write_psk(end, out, error)))
        return FALSE;
    if (end->keys)
        write_keys(end, out);
    write_ike(end, out, &ike);
    write_esp(end, out, &esp);
    write_peer(end, out);
    return TRUE;
}

/* ---- tunnel ---- */

static void
write_options(const GreRemoteEnd *end, GString *out, const char *tunnel)
{
    const GreTunnelOptions *options = &end->tunnel;
    gboolean                ip6 = end->mode == GRE_MODE_IP6GRE;

    if (options->has_input_key)
        g_string_append_printf(out, "%s parameters ip key '%u'\n", tunnel, options->input_key);
    g_string_append_printf(out, "%s parameters %s '%u'\n", tunnel, ip6 ? "ipv6 hoplimit" : "ip ttl",
                           options->ttl);
    if (options->tos != GRE_TOS_INHERIT && !ip6)
        g_string_append_printf(out, "%s parameters ip tos '%d'\n", tunnel, options->tos);
    if (!options->path_mtu_discovery && !ip6)
        g_string_append_printf(out, "%s parameters ip no-pmtu-discovery\n", tunnel);
    if (!ip6)
        return;
    if (options->tos != GRE_TOS_INHERIT)
        g_string_append_printf(out, "%s parameters ipv6 tclass '0x%02x'\n", tunnel,
                               (guint) options->tos);
    if (options->encap_limit == GRE_ENCAP_LIMIT_NONE)
        g_string_append_printf(out, "%s parameters ipv6 encaplimit 'none'\n", tunnel);
    else
        g_string_append_printf(out, "%s parameters ipv6 encaplimit '%d'\n", tunnel,
                               options->encap_limit);
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    const char      *tunnel = "set interfaces tunnel tun0";
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);

    g_string_append_printf(out,
                           "%s encapsulation '%s'\n%s source-address '%s'\n%s remote '%s'\n"
                           "%s mtu '%u'\n%s ip adjust-mss '%u'\n%s enable-multicast\n",
                           tunnel, gre_profile_mode_name(end->mode, end->ethernet), tunnel, local,
                           tunnel, remote, tunnel, end->mtu, tunnel, end->mtu - TCP_HEADERS,
                           tunnel);
    for (guint i = 0; i < end->inside->len; i++) {
        g_autofree char *text =
            gre_address_prefix_to_string(&g_array_index(end->inside, GrePrefix, i));

        g_string_append_printf(out, "%s address '%s'\n", tunnel, text);
    }
    write_options(end, out, tunnel);
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

        g_string_append_printf(out, "set protocols static %s %s interface tun0\n",
                               prefix->address.family == AF_INET6 ? "route6" : "route", text);
    }
    gre_common_unknown(end, out, "#");
    return TRUE;
}

/* One key for both directions; a TTL of 0 means inherit. */
const GreRemoteFormat gre_write_vyos = {
    .name = "vyos",
    .vendor = "VyOS",
    .comment = "#",
    .lacks = GRE_USES_TWO_KEYS | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE | GRE_USES_EDDSA |
             GRE_USES_RAW_NON_RSA | GRE_USES_MIXED_KEYS | GRE_USES_PINNED | GRE_USES_ODD_ID |
             GRE_USES_IGNORE_DF | GRE_USES_FLOW_LABEL | GRE_USES_TUNNEL_NAT,
    .write = write_all,
};
