/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes netplan(5), "Properties for device type tunnels", and swanctl.conf. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

static void
write_keys(const GreTunnelOptions *tunnel, GString *out)
{
    if (!tunnel->has_input_key && !tunnel->has_output_key)
        return;
    if (tunnel->has_input_key && tunnel->has_output_key &&
        tunnel->input_key == tunnel->output_key) {
        g_string_append_printf(out, "      key: %u\n", tunnel->input_key);
        return;
    }
    g_string_append(out, "      keys:\n");
    if (tunnel->has_input_key)
        g_string_append_printf(out, "        input: %u\n", tunnel->input_key);
    if (tunnel->has_output_key)
        g_string_append_printf(out, "        output: %u\n", tunnel->output_key);
}

/* Our address in the tunnel, the gateway of a route; NULL if there is none of the family. */
static char *
hop_for(const GreRemoteEnd *end, int family)
{
    for (guint i = 0; i < end->inside_remote->len; i++) {
        const GrePrefix *ours = &g_array_index(end->inside_remote, GrePrefix, i);

        if (ours->address.family == family)
            return gre_common_address(&ours->address);
    }
    return NULL;
}

static void
write_inside(const GreRemoteEnd *end, GString *out)
{
    for (guint i = 0; i < end->inside->len; i++) {
        g_autofree char *text =
            gre_address_prefix_to_string(&g_array_index(end->inside, GrePrefix, i));

        g_string_append_printf(out, "%s        - \"%s\"\n", i == 0 ? "      addresses:\n" : "",
                               text);
    }
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *network = &g_array_index(end->behind, GrePrefix, i);
        g_autofree char *text = gre_common_network(network);
        g_autofree char *hop = hop_for(end, network->address.family);

        g_string_append_printf(out, "%s        - to: \"%s\"\n", i == 0 ? "      routes:\n" : "",
                               text);
        if (hop)
            g_string_append_printf(out, "          via: \"%s\"\n", hop);
        else
            g_string_append(out, "          scope: link\n");
    }
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->gre_remote);

    g_string_append_printf(out,
                           "network:\n  version: 2\n  tunnels:\n    %s:\n      mode: %s\n"
                           "      local: \"%s\"\n      remote: \"%s\"\n      mtu: %u\n",
                           end->ifname, gre_profile_mode_name(end->mode, end->ethernet), local,
                           remote, end->mtu);
    if (end->tunnel.ttl != 0)
        g_string_append_printf(out, "      ttl: %u\n", end->tunnel.ttl);
    write_keys(&end->tunnel, out);
    write_inside(end, out);
    gre_common_unknown(end, out, "#");
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *path = g_strdup_printf("/etc/netplan/60-%s.yaml", end->name);

    gre_common_swanctl_file(end, out, NULL);
    gre_common_file_begin(out, path, TRUE);
    write_tunnel(end, out);
    gre_common_file_end(out);
    g_string_append(out, "netplan apply\n");
    return TRUE;
}

const GreRemoteFormat gre_write_netplan = {
    .name = "netplan",
    .vendor = "netplan and strongSwan",
    .comment = "#",
    .lacks = GRE_USES_KEY_ZERO | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE | GRE_USES_TOS |
             GRE_USES_FRAGMENTING | GRE_USES_IGNORE_DF | GRE_USES_ENCAP_LIMIT | GRE_USES_FLOW_LABEL,
    .script = TRUE,
    .write = write_all,
};
