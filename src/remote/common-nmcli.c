/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and routes inside the tunnel as properties on nmcli's command line:
 * nm-settings-nmcli(5). */
#include "config.h"

#include "remote/common.h"

static void
write_family(const GreRemoteEnd *end, GString *out, int family, const char *setting)
{
    g_autofree char *addresses = gre_common_prefixes(end->inside, family, ",");
    g_autofree char *routes = gre_common_networks(end->behind, family, ",");

    if (addresses[0])
        g_string_append_printf(out, " %s.method manual %s.addresses %s", setting, setting,
                               addresses);
    else
        g_string_append_printf(out, " %s.method disabled", setting);
    if (addresses[0] && routes[0])
        g_string_append_printf(out, " %s.routes %s", setting, routes);
}

void
gre_common_nmcli_inside(const GreRemoteEnd *end, GString *out)
{
    write_family(end, out, AF_INET, "ipv4");
    write_family(end, out, AF_INET6, "ipv6");
}
