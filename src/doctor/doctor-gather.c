/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the collectors in order, reads links and routes, and compares counters before and after the
 * probe. */
#include "config.h"

#include "doctor/doctor-gather.h"

#include "client/command.h"
#include "doctor/doctor-ports.h"
#include "doctor/doctor-probe.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "kernel/route.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

/* ---- addresses ---- */

static gboolean
read_sockaddr(const struct sockaddr *from, GreAddress *out)
{
    *out = (GreAddress){ 0 };
    if (!from || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return FALSE;
    out->family = from->sa_family;
    if (from->sa_family == AF_INET)
        out->in4 = ((const struct sockaddr_in *) from)->sin_addr;
    else
        out->in6 = ((const struct sockaddr_in6 *) from)->sin6_addr;
    return TRUE;
}

static guint
prefix_length(const GreAddress *mask)
{
    guint bits = 0;

    for (gsize i = 0; i < gre_address_size(mask->family); i++)
        bits += (guint) __builtin_popcount(mask->bytes[i]);
    return bits;
}

static gboolean
is_broadcast(const GreAddress *address, const GreAddress *mask)
{
    for (gsize i = 0; i < gre_address_size(address->family); i++)
        if ((address->bytes[i] | mask->bytes[i]) != 0xff)
            return FALSE;
    return TRUE;
}

/* The peer's address in the tunnel: "peer", or the other host of a /30 or /31. NetworkManager also
 * sets a broadcast address here, which getifaddrs() returns in place of the peer. */
static gboolean
peer_address(const struct ifaddrs *entry, const GreAddress *own, GreAddress *out)
{
    GreAddress mask;
    guint      left, last = (guint) gre_address_size(own->family) - 1;

    if (!read_sockaddr(entry->ifa_netmask, &mask))
        return FALSE;
    left = (last + 1) * 8 - prefix_length(&mask);
    if (entry->ifa_flags & IFF_POINTOPOINT && read_sockaddr(entry->ifa_dstaddr, out) &&
        !gre_address_equal(out, own) && !gre_address_is_any(out) &&
        (left == 0 || !is_broadcast(out, &mask)))
        return TRUE;
    if (left != 1 && (left != 2 || own->bytes[last] % 4 == 0 || own->bytes[last] % 4 == 3))
        return FALSE;
    *out = *own;
    out->bytes[last] ^= left == 1 ? 1 : 3;
    return TRUE;
}

static void
add_tunnel_address(GreFacts *f, const struct ifaddrs *entry, const GreAddress *own)
{
    GreAddress target;

    g_array_append_val(f->addresses, *own);
    if (f->probe.target.family == AF_UNSPEC && !gre_address_is_link_local(own) &&
        peer_address(entry, own, &target))
        f->probe.target = target;
}

/* Whether the interface has a default route in /proc/net/route. */
static gboolean
has_default_route(const GreFacts *f, const char *ifname)
{
    g_autofree char *start = g_strdup_printf("\n%s\t00000000\t", ifname);

    return f->routes4 && strstr(f->routes4, start) != NULL;
}

static gboolean
is_lan(const GreFacts *f, const struct ifaddrs *entry, const GreAddress *address)
{
    const unsigned int unfit = IFF_LOOPBACK | IFF_POINTOPOINT;

    return entry->ifa_flags & IFF_UP && !(entry->ifa_flags & unfit) &&
           !gre_address_is_link_local(address) && g_strcmp0(entry->ifa_name, f->device) != 0 &&
           g_strcmp0(entry->ifa_name, f->underlay) != 0 && !has_default_route(f, entry->ifa_name);
}

static void
gather_addresses(GreFacts *f)
{
    g_autoptr(GPtrArray) lans = g_ptr_array_new();
    struct ifaddrs *all = NULL;

    if (getifaddrs(&all) != 0)
        all = NULL;
    for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next) {
        GreAddress address;

        if (!read_sockaddr(entry->ifa_addr, &address))
            continue;
        if (g_strcmp0(entry->ifa_name, f->device) == 0)
            add_tunnel_address(f, entry, &address);
        else if (is_lan(f, entry, &address) &&
                 !g_ptr_array_find_with_equal_func(lans, entry->ifa_name, g_str_equal, NULL))
            g_ptr_array_add(lans, g_strdup(entry->ifa_name));
    }
    g_ptr_array_add(lans, NULL);
    f->lans = (char **) g_ptr_array_free(g_steal_pointer(&lans), FALSE);
    if (all)
        freeifaddrs(all);
}

/* ---- links and routes ---- */

static GResolverNameLookupFlags
wanted_families(const GreFacts *f)
{
    if (f->planned)
        return G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT;
    return f->ip6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
}

static void
resolve(GreFacts *f)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_autoptr(GError) error = NULL;
    GList *found;

    if (f->remote.family != AF_UNSPEC || !f->remote_name)
        return;
    found = g_resolver_lookup_by_name_with_flags(resolver, f->remote_name, wanted_families(f), NULL,
                                                 &error);
    if (found) {
        g_autofree char *text = g_inet_address_to_string(found->data);

        gre_address_parse(text, &f->remote);
        f->ip6 = f->remote.family == AF_INET6;
        g_resolver_free_addresses(found);
    } else
        f->route_error = g_strdup(error->message);
}

static char *
interface_towards(GreNetlink *netlink, const GreAddress *to)
{
    GreRoute route;

    if (to->family == AF_UNSPEC || !gre_route_lookup(netlink, to, NULL, 0, 0, 0, &route, NULL))
        return NULL;
    return g_strdup(route.ifname);
}

static void
gather_route(GreNetlink *netlink, GreFacts *f, const GreLink *device)
{
    g_autoptr(GError) error = NULL;
    GreRoute route;

    if (f->remote.family == AF_UNSPEC)
        return;
    f->reverse_outer = interface_towards(netlink, &f->remote);
    if (gre_route_lookup(netlink, &f->remote, &f->local, device ? device->parent_ifindex : 0,
                         f->options.fwmark, 0, &route, &error)) {
        f->underlay = g_strdup(route.ifname);
        f->local = route.source;
    } else
        f->route_error = g_strdup(error->message);
}

/* The tunnel's device, by its mark or by the name in the profile or the service. */
static const GreLink *
find_device(const GreFacts *f)
{
    for (guint i = 0; i < f->tunnels->len; i++) {
        const GreLink *tunnel = &g_array_index(f->tunnels, GreLink, i);

        if (g_strcmp0(tunnel->uuid, f->uuid) == 0 || g_strcmp0(tunnel->ifname, f->device) == 0)
            return tunnel;
    }
    return NULL;
}

void
gre_doctor_gather_links(GreNetlink *netlink, GreFacts *f)
{
    GArray        *tunnels = gre_links_list(netlink, NULL);
    const GreLink *device;
    GreDeviceInfo  info;

    f->tunnels = tunnels ? tunnels : g_array_new(FALSE, FALSE, sizeof(GreLink));
    device = find_device(f);
    g_free(f->device);
    f->device = device ? g_strdup(device->ifname) : NULL;
    if (gre_device_info(netlink, 0, f->ip6 ? "ip6gre0" : "gre0", &info)) {
        f->fallback_up = info.up;
        f->fallback_rx = info.rx_packets;
    }
    resolve(f);
    gather_route(netlink, f, device);
    gather_addresses(f);
    f->reverse = interface_towards(netlink, &f->probe.target);
}

/* ---- kernel counters ---- */

/* From "TcpExt: NAME NAME …" and the line of numbers below it. */
static guint64
counter_of(const char *text, const char *section, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (guint i = 0; lines[i] && lines[i + 1]; i++) {
        g_auto(GStrv) names = NULL;
        g_auto(GStrv) numbers = NULL;

        if (!g_str_has_prefix(lines[i], section) || !g_str_has_prefix(lines[i + 1], section))
            continue;
        names = g_strsplit(lines[i], " ", -1);
        numbers = g_strsplit(lines[i + 1], " ", -1);
        for (guint k = 0; names[k] && numbers[k]; k++)
            if (g_str_equal(names[k], name))
                return g_ascii_strtoull(numbers[k], NULL, 10);
    }
    return 0;
}

/* From a table with titles: a line of hexadecimal numbers for each processor. */
static guint64
column_of(const char *text, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    guint64 sum = 0;
    guint   column = 0;

    for (guint i = 0; lines[i]; i++) {
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) all = g_strsplit(lines[i], " ", -1);

        for (guint k = 0; all[k]; k++)
            if (all[k][0])
                g_ptr_array_add(words, g_strdup(all[k]));
        for (guint k = 0; i == 0 && k < words->len; k++)
            if (g_str_equal(words->pdata[k], name))
                column = k;
        if (i > 0 && column < words->len)
            sum += g_ascii_strtoull(words->pdata[column], NULL, 16);
    }
    return sum;
}

/* Called twice: leaves the difference. */
static void
count(GreFacts *f)
{
    g_autofree char *netstat = NULL, *conntrack = NULL;

    g_file_get_contents("/proc/net/netstat", &netstat, NULL, NULL);
    g_file_get_contents("/proc/net/stat/nf_conntrack", &conntrack, NULL, NULL);
    f->probe.rp_filtered =
        counter_of(netstat, "TcpExt:", "IPReversePathFilter") - f->probe.rp_filtered;
    f->probe.ct_invalid = column_of(conntrack, "invalid") - f->probe.ct_invalid;
}

static guint
mtu_of(GreNetlink *netlink, const char *device)
{
    GreDeviceInfo info;

    return gre_device_info(netlink, 0, device, &info) ? info.mtu : 0;
}

static void
probe(GDBusConnection *bus, GreNetlink *netlink, GreFacts *f)
{
    count(f);
    if (f->root && f->device && f->underlay && !f->ethernet)
        gre_doctor_probe_run(f, mtu_of(netlink, f->device));
    count(f);
    gre_doctor_gather_status(bus, f);
}

/* All but the profile. */
static gboolean
gather_machine(NMClient *client, GreFacts *f, GError **error)
{
    g_autoptr(GDBusConnection) bus = gre_command_bus(error);
    g_autoptr(GreNetlink) netlink = bus ? gre_netlink_new_reader(error) : NULL;

    if (!netlink)
        return FALSE;
    f->root = geteuid() == 0;
    f->addresses = g_array_new(FALSE, FALSE, sizeof(GreAddress));
    g_file_get_contents("/proc/net/route", &f->routes4, NULL, NULL);
    g_file_get_contents("/proc/net/ipv6_route", &f->routes6, NULL, NULL);
    gre_doctor_gather_status(bus, f);
    if ((f->native || f->planned) && f->ipsec != GRE_IPSEC_NO)
        f->boot_order = gre_boot_order_read(bus);
    gre_doctor_gather_links(netlink, f);
    gre_doctor_gather_base(client, f);
    gre_doctor_gather_kernel(f);
    if (f->root)
        gre_doctor_gather_firewall(f);
    if (f->ipsec != GRE_IPSEC_NO)
        gre_doctor_gather_charon(f);
    if (f->root && f->ipsec != GRE_IPSEC_NO)
        f->ports = gre_doctor_ports_gather(f->ip6);
    probe(bus, netlink, f);
    return TRUE;
}

gboolean
gre_doctor_gather(NMClient *client, const char *name, GreFacts *f, GError **error)
{
    return gre_doctor_gather_profile(client, name, f, error) && gather_machine(client, f, error);
}

gboolean
gre_doctor_gather_peer(NMClient *client, const GreDoctorPeer *peer, GreFacts *f, GError **error)
{
    g_autofree char *shown = gre_value_quote(peer->remote);

    f->planned = TRUE;
    f->id = g_strdup(peer->remote);
    f->local = peer->local;
    f->options = peer->options;
    f->ipsec = peer->ipsec;
    f->behind = g_strdup(peer->behind);
    f->device = g_strdup(peer->device);
    if (gre_value_unicast(peer->remote, &f->remote))
        f->ip6 = f->remote.family == AF_INET6;
    else if (gre_value_is_host_name(peer->remote))
        f->remote_name = g_strdup(peer->remote);
    else
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("%s is neither the address of a host nor a DNS name"), shown);
    return gather_machine(client, f, error);
}
