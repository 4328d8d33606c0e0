/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes nmcli(1) commands for a NetworkManager without this plugin: a profile of type ip-tunnel,
 * and swanctl.conf. Property names: nm-settings-nmcli(5), ip-tunnel.
 */
#include "config.h"

#include "gre-native.h"
#include "remote/remote-formats.h"
#include "remote/common.h"

/* IPv6's option with the encapsulation limit (RFC 2473), in bytes. */
enum { ENCAP_LIMIT_SIZE = 8 };

static guint
flags_of(const GreRemoteEnd *end)
{
    const GreTunnelOptions *tunnel = &end->tunnel;

    if (end->mode != GRE_MODE_IP6GRE)
        return 0;
    return (tunnel->encap_limit == GRE_ENCAP_LIMIT_NONE ? GRE_NATIVE_IGN_ENCAP_LIMIT : 0) |
           (tunnel->tos == GRE_TOS_INHERIT ? GRE_NATIVE_USE_ORIG_TCLASS : 0) |
           (tunnel->flow_label == GRE_FLOW_LABEL_INHERIT ? GRE_NATIVE_USE_ORIG_FLOWLABEL : 0);
}

/* Without the flag, the kernel adds the option. */
static guint
mtu_without_flags(const GreRemoteEnd *end)
{
    return end->mtu - (flags_of(end) & GRE_NATIVE_IGN_ENCAP_LIMIT ? ENCAP_LIMIT_SIZE : 0);
}

static void
write_ip6(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->encap_limit != GRE_ENCAP_LIMIT_NONE)
        g_string_append_printf(out, " ip-tunnel.encapsulation-limit %d", tunnel->encap_limit);
    if (tunnel->flow_label > 0)
        g_string_append_printf(out, " ip-tunnel.flow-label %d", tunnel->flow_label);
}

/* NetworkManager 1.42 rejects flags for ip6gre, and the whole command with them; 1.52 takes them.
 */
static void
write_flags(const GreRemoteEnd *end, GString *out)
{
    guint flags = flags_of(end);

    if (flags)
        g_string_append_printf(out,
                               "# Where NetworkManager rejects this (1.42 does), the tunnel works "
                               "without it:\n"
                               "nmcli connection modify %s ip-tunnel.flags %u ip-tunnel.mtu %u\n",
                               end->name, flags, end->mtu);
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->gre_remote);

    g_string_append_printf(out,
                           "nmcli connection add type ip-tunnel con-name %s ifname %s mode %s "
                           "local %s remote %s ip-tunnel.ttl %u ip-tunnel.mtu %u",
                           end->name, end->ifname, gre_profile_mode_name(end->mode, end->ethernet),
                           local, remote, tunnel->ttl, mtu_without_flags(end));
    if (tunnel->has_input_key)
        g_string_append_printf(out, " ip-tunnel.input-key %u", tunnel->input_key);
    if (tunnel->has_output_key)
        g_string_append_printf(out, " ip-tunnel.output-key %u", tunnel->output_key);
    if (tunnel->tos != GRE_TOS_INHERIT)
        g_string_append_printf(out, " ip-tunnel.tos %d", tunnel->tos);
    else if (end->mode == GRE_MODE_GRE)
        g_string_append_printf(out, " ip-tunnel.tos %d", GRE_NATIVE_TOS_INHERIT);
    if (end->mode == GRE_MODE_IP6GRE)
        write_ip6(tunnel, out);
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    gre_common_swanctl_file(end, out, NULL);
    write_tunnel(end, out);
    gre_common_nmcli_inside(end, out);
    g_string_append_c(out, '\n');
    write_flags(end, out);
    gre_common_unknown(end, out, "#");
    g_string_append_printf(out, "nmcli connection up %s\n", end->name);
    return TRUE;
}

/* NetworkManager rejects a fixed TTL without path-mtu-discovery. */
const GreRemoteFormat gre_write_ip_tunnel = {
    .name = "ip-tunnel",
    .vendor = "NetworkManager and strongSwan",
    .comment = "#",
    .lacks = GRE_USES_KEY_ZERO | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE | GRE_USES_FRAGMENTING |
             GRE_USES_IGNORE_DF,
    .script = TRUE,
    .write = write_all,
};
