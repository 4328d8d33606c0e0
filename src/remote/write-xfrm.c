/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes ip(8) commands for an XFRM interface, and swanctl.conf with its if_id. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

/* Without an SA, the interface drops: it comes first. */
static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    guint32          if_id = gre_common_number(end);
    g_autofree char *lines =
        g_strdup_printf("        if_id_in = %u\n        if_id_out = %u\n", if_id, if_id);

    g_string_append_printf(out, "ip link add name %s type xfrm if_id %u\n", end->ifname, if_id);
    gre_common_ip_inside(end, out);
    gre_common_swanctl_file(end, out, &(GreSwanctlChild){ .lines = lines });
    return TRUE;
}

const GreRemoteFormat gre_write_xfrm = {
    .name = "xfrm",
    .vendor = "Linux with an XFRM interface and strongSwan",
    .comment = "#",
    .script = TRUE,
    .carries = GRE_CARRIES_NETWORKS,
    .write = write_all,
};
