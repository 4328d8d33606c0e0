/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes set commands for Junos: a gr- interface (Juniper, Tunnel and Encryption Services
 * Interfaces Guide, "Configuring Unicast Tunnels"; keys on SRX: "GRE Key Support"). No IPsec:
 * Juniper's devices support tunnel mode only ("Understanding IPsec Operational Modes"), where the
 * traffic selectors can't be the addresses that IKE uses.
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-i18n.h"
#include "remote/common.h"

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    const char             *unit = "set interfaces gr-0/0/0 unit 0";
    const GreTunnelOptions *tunnel = &end->tunnel;
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->remote);

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
        g_autofree char *text = gre_common_prefix(prefix);

        g_string_append_printf(out, "%s family %s address %s\n", unit,
                               prefix->address.family == AF_INET6 ? "inet6" : "inet", text);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
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
             GRE_USES_SEQUENCE | GRE_USES_IPSEC | GRE_USES_TTL_INHERIT | GRE_USES_TOS |
             GRE_USES_IGNORE_DF,
    .why = N_("Junos supports IPsec in tunnel mode only, and GRE inside it needs other addresses "
              "than IKE; omit IPsec"),
    .write = write_all,
};
