/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes uci(1) commands for OpenWrt, protocols gre and grev6 (package gre:
 * package/network/config/gre/files/gre.sh), and swanctl.conf.
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

enum { NAME_CHARS = 10 }; /* the device is called gre4-NAME */

/* A section name has letters, digits and "_". */
static char *
section_name(const GreRemoteEnd *end)
{
    char *name = g_strndup(end->ifname, NAME_CHARS);

    return g_strdelimit(name, "-", '_');
}

static void
set(GString *out, const char *section, const char *option, const char *value)
{
    if (option)
        g_string_append_printf(out, "set network.%s.%s='%s'\n", section, option, value);
    else
        g_string_append_printf(out, "set network.%s=%s\n", section, value);
}

static void
set_number(GString *out, const char *section, const char *option, guint32 number)
{
    g_string_append_printf(out, "set network.%s.%s='%u'\n", section, option, number);
}

static void
write_options(const GreRemoteEnd *end, GString *out, const char *name)
{
    const GreTunnelOptions *tunnel = &end->tunnel;
    gboolean                ip6 = end->mode == GRE_MODE_IP6GRE;

    set_number(out, name, "mtu", end->mtu);
    set_number(out, name, "ttl", tunnel->ttl);
    if (tunnel->tos == GRE_TOS_INHERIT)
        set(out, name, "tos", "inherit");
    else
        g_string_append_printf(out, "set network.%s.tos='%x'\n", name, (guint) tunnel->tos);
    if (tunnel->has_input_key)
        set_number(out, name, "ikey", tunnel->input_key);
    if (tunnel->has_output_key)
        set_number(out, name, "okey", tunnel->output_key);
    for (gsize i = 0; i < 2 && tunnel->checksum; i++)
        set(out, name, i ? "ocsum" : "icsum", "1");
    for (gsize i = 0; i < 2 && tunnel->sequence; i++)
        set(out, name, i ? "oseqno" : "iseqno", "1");
    if (!tunnel->path_mtu_discovery && !ip6)
        set(out, name, "df", "0");
    if (ip6 && tunnel->encap_limit == GRE_ENCAP_LIMIT_NONE)
        set(out, name, "encaplimit", "ignore");
    else if (ip6)
        set_number(out, name, "encaplimit", (guint) tunnel->encap_limit);
}

static void
write_tunnel(const GreRemoteEnd *end, GString *out, const char *name)
{
    gboolean         ip6 = end->mode == GRE_MODE_IP6GRE;
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->gre_remote);

    set(out, name, NULL, "interface");
    set(out, name, "proto", ip6 ? "grev6" : "gre");
    set(out, name, ip6 ? "ip6addr" : "ipaddr", local);
    set(out, name, ip6 ? "peer6addr" : "peeraddr", remote);
    write_options(end, out, name);
}

static void
write_inside(const GreRemoteEnd *end, GString *out, const char *name)
{
    g_autofree char *inside = g_strconcat(name, "_ip", NULL);
    g_autofree char *device = g_strconcat("@", name, NULL);

    set(out, inside, NULL, "interface");
    set(out, inside, "proto", "static");
    set(out, inside, "device", device);
    for (guint i = 0; i < end->inside->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->inside, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(prefix);

        g_string_append_printf(out, "add_list network.%s.%s='%s'\n", inside,
                               prefix->address.family == AF_INET6 ? "ip6addr" : "ipaddr", text);
    }
    for (guint i = 0; i < end->behind->len; i++) {
        const GrePrefix *prefix = &g_array_index(end->behind, GrePrefix, i);
        g_autofree char *text = gre_common_network(prefix);
        g_autofree char *route = g_strdup_printf("%s_r%u", name, i + 1);

        set(out, route, NULL, prefix->address.family == AF_INET6 ? "route6" : "route");
        set(out, route, "interface", inside);
        set(out, route, "target", text);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *name = section_name(end);

    gre_common_swanctl_file(end, out, NULL);
    g_string_append(out, "uci batch <<'END'\n");
    write_tunnel(end, out, name);
    write_inside(end, out, name);
    g_string_append(out, "commit network\nEND\n");
    gre_common_unknown(end, out, "#");
    g_string_append_printf(out,
                           "# The firewall's zones decide what may pass \"%s_ip\", and whether "
                           "protocol 47 and IKE may enter.\n"
                           "/etc/init.d/network reload\n",
                           name);
    return TRUE;
}

const GreRemoteFormat gre_write_openwrt = {
    .name = "openwrt",
    .vendor = "OpenWrt with the packages gre and strongswan-swanctl",
    .comment = "#",
    .lacks = GRE_USES_ETHERNET | GRE_USES_IGNORE_DF | GRE_USES_FLOW_LABEL,
    .script = TRUE,
    .write = write_all,
};
