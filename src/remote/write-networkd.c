/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes systemd.netdev(5) and systemd.network(5) for systemd-networkd, and swanctl.conf. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

static void
write_ip6(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->encap_limit == GRE_ENCAP_LIMIT_NONE)
        g_string_append(out, "EncapsulationLimit=none\n");
    else
        g_string_append_printf(out, "EncapsulationLimit=%d\n", tunnel->encap_limit);
    if (tunnel->flow_label == GRE_FLOW_LABEL_INHERIT)
        g_string_append(out, "IPv6FlowLabel=inherit\n");
    else if (tunnel->flow_label != 0)
        g_string_append_printf(out, "IPv6FlowLabel=%d\n", tunnel->flow_label);
}

static void
write_keys(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->has_input_key && tunnel->has_output_key &&
        tunnel->input_key == tunnel->output_key) {
        g_string_append_printf(out, "Key=%u\n", tunnel->input_key);
        return;
    }
    if (tunnel->has_input_key)
        g_string_append_printf(out, "InputKey=%u\n", tunnel->input_key);
    if (tunnel->has_output_key)
        g_string_append_printf(out, "OutputKey=%u\n", tunnel->output_key);
}

static void
write_netdev(const GreRemoteEnd *end, GString *out)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->gre_remote);

    g_string_append_printf(out,
                           "[NetDev]\nName=%s\nKind=%s\nMTUBytes=%u\n\n[Tunnel]\nIndependent=yes\n"
                           "Local=%s\nRemote=%s\n",
                           end->ifname, gre_profile_mode_name(end->mode, end->ethernet), end->mtu,
                           local, remote);
    if (tunnel->ttl != 0)
        g_string_append_printf(out, "TTL=%u\n", tunnel->ttl);
    if (tunnel->tos != GRE_TOS_INHERIT)
        g_string_append_printf(out, "TOS=%d\n", tunnel->tos);
    write_keys(tunnel, out);
    if (!tunnel->path_mtu_discovery)
        g_string_append(out, "DiscoverPathMTU=no\n");
    if (tunnel->ignore_df)
        g_string_append(out, "IgnoreDontFragment=yes\n");
    if (end->mode == GRE_MODE_IP6GRE)
        write_ip6(tunnel, out);
}

static void
write_network(const GreRemoteEnd *end, GString *out)
{
    g_string_append_printf(out, "[Match]\nName=%s\n\n[Network]\n", end->ifname);
    for (guint i = 0; i < end->inside->len; i++) {
        g_autofree char *text =
            gre_address_prefix_to_string(&g_array_index(end->inside, GrePrefix, i));

        g_string_append_printf(out, "Address=%s\n", text);
    }
    for (guint i = 0; i < end->behind->len; i++) {
        g_autofree char *text = gre_common_network(&g_array_index(end->behind, GrePrefix, i));

        g_string_append_printf(out, "\n[Route]\nDestination=%s\n", text);
    }
    gre_common_unknown(end, out, "#");
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *netdev = g_strdup_printf("/etc/systemd/network/%s.netdev", end->name);
    g_autofree char *network = g_strdup_printf("/etc/systemd/network/%s.network", end->name);

    gre_common_swanctl_file(end, out, NULL);
    gre_common_file_begin(out, netdev, FALSE);
    write_netdev(end, out);
    gre_common_file_end(out);
    gre_common_file_begin(out, network, FALSE);
    write_network(end, out);
    gre_common_file_end(out);
    g_string_append(out, "networkctl reload\n");
    return TRUE;
}

/* For networkd, a key of 0 means no key. */
const GreRemoteFormat gre_write_networkd = {
    .name = "networkd",
    .vendor = "systemd-networkd and strongSwan",
    .comment = "#",
    .lacks = GRE_USES_KEY_ZERO | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE,
    .script = TRUE,
    .write = write_all,
};
