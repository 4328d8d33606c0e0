/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes ip(8) commands for a VTI, and swanctl.conf with its mark. The policies are the script's
 * own: strongSwan would add a default route with policies for a mark, unless strongswan.conf
 * forbids it for all connections. A trap needs strongSwan's policies, so it starts at once.
 */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

static void
write_policy(const GreRemoteEnd *end, GString *out, const char *any, const char *direction)
{
    gboolean         is_out = g_str_equal(direction, "out");
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);
    guint32          mark = gre_common_number(end);

    g_string_append_printf(out,
                           "ip xfrm policy add src %s dst %s dir %s mark %u"
                           " tmpl src %s dst %s proto esp reqid %u mode tunnel\n",
                           any, any, direction, mark, is_out ? local : remote,
                           is_out ? remote : local, mark);
}

static void
write_policies(const GreRemoteEnd *end, GString *out)
{
    static const char *const directions[] = { "out", "in", "fwd" };

    for (gsize i = 0; i < G_N_ELEMENTS(directions); i++) {
        write_policy(end, out, "0.0.0.0/0", directions[i]);
        write_policy(end, out, "::/0", directions[i]);
    }
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    guint32          mark = gre_common_number(end);
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);
    g_autofree char *lines = g_strdup_printf("        policies = no\n        reqid = %u\n"
                                             "        mark_in = %u\n        mark_out = %u\n"
                                             "        close_action = start\n",
                                             mark, mark, mark);

    write_policies(end, out);
    g_string_append_printf(out, "ip link add name %s type vti%s local %s remote %s key %u\n",
                           end->ifname, end->local.family == AF_INET6 ? "6" : "", local, remote,
                           mark);
    gre_common_ip_inside(end, out);
    gre_common_swanctl_file(end, out, &(GreSwanctlChild){ lines, "start" });
    return TRUE;
}

const GreRemoteFormat gre_write_vti = {
    .name = "vti",
    .vendor = "Linux with a VTI and strongSwan",
    .comment = "#",
    .script = TRUE,
    .carries = GRE_CARRIES_NETWORKS,
    .write = write_all,
};
