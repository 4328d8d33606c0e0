/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gre: no packet may come from a multicast address (net/ipv4/route.c,
 * ip_route_output_key_hash_rcu()), and a loopback address is nowhere else.
 * ip6gre: link-local ends need an interface (net/ipv6/ip6_tunnel.c, ip6_tnl_get_cap()).
 */
#include <arpa/inet.h>
#include <string.h>

#include "kernel/no-ends.h"

static void
set_link_local(GreAddress *address, guint32 hash, guint8 last)
{
    address->bytes[0] = 0xfe;
    address->bytes[1] = 0x80;
    memcpy(&address->bytes[8], &hash, sizeof hash);
    address->bytes[15] = last;
}

void
gre_no_ends_set(GreDeviceSpec *spec)
{
    guint32 hash = g_str_hash(spec->uuid);

    spec->parent_ifindex = 0;
    spec->local = spec->remote = (GreAddress){ .family = gre_profile_mode_family(spec->mode) };
    if (spec->mode == GRE_MODE_GRE) {
        spec->local.in4.s_addr = htonl(0xef000000 | (hash & 0xffffff)); /* 239.0.0.0/8 */
        spec->remote.in4.s_addr = htonl(0x7f000000 | (hash & 0xffffff));
        return;
    }
    set_link_local(&spec->local, hash, 1);
    set_link_local(&spec->remote, hash, 2);
}
