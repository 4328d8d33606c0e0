/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tunnel in iproute2 commands: ip-link(8), ip-address(8), ip-route(8). */
#include "config.h"

#include "remote/common.h"

static void
write_keys(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->has_input_key && tunnel->has_output_key &&
        tunnel->input_key == tunnel->output_key) {
        g_string_append_printf(out, " key %u", tunnel->input_key);
        return;
    }
    if (tunnel->has_input_key)
        g_string_append_printf(out, " ikey %u", tunnel->input_key);
    if (tunnel->has_output_key)
        g_string_append_printf(out, " okey %u", tunnel->output_key);
}

static void
write_ip6(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->tos == GRE_TOS_INHERIT)
        g_string_append(out, " tclass inherit");
    else
        g_string_append_printf(out, " tclass 0x%x", (guint) tunnel->tos);
    if (tunnel->encap_limit == GRE_ENCAP_LIMIT_NONE)
        g_string_append(out, " encaplimit none");
    else
        g_string_append_printf(out, " encaplimit %d", tunnel->encap_limit);
    if (tunnel->flow_label == GRE_FLOW_LABEL_INHERIT)
        g_string_append(out, " flowlabel inherit");
    else if (tunnel->flow_label != 0)
        g_string_append_printf(out, " flowlabel 0x%05x", (guint) tunnel->flow_label);
}

static void
write_ip4(const GreTunnelOptions *tunnel, GString *out)
{
    if (tunnel->tos == GRE_TOS_INHERIT)
        g_string_append(out, " tos inherit");
    else
        g_string_append_printf(out, " tos 0x%x", (guint) tunnel->tos);
    if (!tunnel->path_mtu_discovery)
        g_string_append(out, " nopmtudisc");
    if (tunnel->ignore_df)
        g_string_append(out, " ignore-df");
}

static void
write_link(const GreRemoteEnd *end, GString *out)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    g_autofree char        *local = gre_common_address(&end->local);
    g_autofree char        *remote = gre_common_address(&end->gre_remote);
    g_autofree char *ttl = tunnel->ttl ? g_strdup_printf("%u", tunnel->ttl) : g_strdup("inherit");

    g_string_append_printf(out, "ip link add name %s type %s local %s remote %s %s %s", end->ifname,
                           gre_profile_mode_name(end->mode, end->ethernet), local, remote,
                           end->mode == GRE_MODE_IP6GRE ? "hoplimit" : "ttl", ttl);
    write_keys(tunnel, out);
    if (tunnel->checksum)
        g_string_append(out, " csum");
    if (tunnel->sequence)
        g_string_append(out, " seq");
    if (end->mode == GRE_MODE_IP6GRE)
        write_ip6(tunnel, out);
    else
        write_ip4(tunnel, out);
    g_string_append_c(out, '\n');
}

void
gre_common_ip_commands(const GreRemoteEnd *end, GString *out)
{
    write_link(end, out);
    gre_common_ip_inside(end, out);
}

void
gre_common_ip_inside(const GreRemoteEnd *end, GString *out)
{
    g_string_append_printf(out, "ip link set dev %s mtu %u up\n", end->ifname, end->mtu);
    for (guint i = 0; i < end->inside->len; i++) {
        g_autofree char *text =
            gre_address_prefix_to_string(&g_array_index(end->inside, GrePrefix, i));

        g_string_append_printf(out, "ip address add %s dev %s\n", text, end->ifname);
    }
    for (guint i = 0; i < end->behind->len; i++) {
        g_autofree char *text = gre_common_network(&g_array_index(end->behind, GrePrefix, i));

        g_string_append_printf(out, "ip route add %s dev %s\n", text, end->ifname);
    }
    gre_common_unknown(end, out, "#");
}
