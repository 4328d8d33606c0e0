/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source of the keys: NetworkManager, src/libnm-core-public/nm-vpn-dbus-interface.h. */
#include "nm/vpn-config.h"

#include "gre-error.h"

#include <string.h>

static GVariant *
address_variant(const GreAddress *address)
{
    if (address->family == AF_INET)
        return g_variant_new_uint32(address->in4.s_addr);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, address->bytes, 16, 1);
}

/*
 * NetworkManager adds a host route to the gateway on the connection's base device. If the route to
 * the peer leads through another interface, that host route would be wrong; and it would keep the
 * tunnel from following another default route. So NetworkManager gets a loopback address, for which
 * it adds none, unless the profile's own routes would send the tunnel into itself without it.
 */
static GVariant *
gateway(const GreConnection *connection, const GreSettings *settings, const char *base)
{
    const GreRoute   *underlay = gre_connection_underlay(connection);
    const GreAddress *remote = gre_connection_remote(connection);
    GreAddress        loopback = { .family = AF_INET };

    if (base && strcmp(base, underlay->ifname) == 0 && gre_settings_covers(settings, remote))
        return address_variant(remote);
    loopback.in4.s_addr = htonl(INADDR_LOOPBACK);
    return address_variant(&loopback);
}

static GVariant *
ip_config(const GrePrefix *prefix)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "address", address_variant(&prefix->address));
    g_variant_dict_insert(&dict, "prefix", "u", (guint32) prefix->length);
    /* A tunnel between sites gets no default route unless the profile sets one. */
    g_variant_dict_insert(&dict, "never-default", "b", TRUE);
    return g_variant_dict_end(&dict);
}

GreVpnConfig
gre_vpn_config_new(const GreConnection *connection, const GreSettings *settings, const char *base)
{
    const GreProfile *profile = settings->profile;
    gboolean          ip4 = settings->ip4_auto && profile->n_ip4 > 0;
    gboolean          ip6 = settings->ip6_auto && profile->n_ip6 > 0;
    GVariantDict      config;

    g_variant_dict_init(&config, NULL);
    g_variant_dict_insert_value(&config, "gateway", gateway(connection, settings, base));
    g_variant_dict_insert(&config, "has-ip4", "b", ip4);
    g_variant_dict_insert(&config, "has-ip6", "b", ip6);
    /* A companion has no device of its own, and ends with its base, the tunnel. */
    g_variant_dict_insert(&config, "can-persist", "b", !profile->protects);
    if (!profile->protects) {
        g_variant_dict_insert(&config, "tundev", "s", gre_connection_device(connection)->ifname);
        g_variant_dict_insert(&config, "mtu", "u", (guint32) gre_connection_mtu(connection));
    }
    return (GreVpnConfig){
        .config = g_variant_dict_end(&config),
        .ip4 = ip4 ? ip_config(&profile->ip4[0]) : NULL,
        .ip6 = ip6 ? ip_config(&profile->ip6[0]) : NULL,
    };
}

GreVpnFailure
gre_vpn_config_failure_of(const GError *cause)
{
    switch ((GreErrorCode) cause->code) {
    case GRE_ERROR_SECRET:
    case GRE_ERROR_IDENTITY:
        return GRE_VPN_FAILURE_LOGIN;
    case GRE_ERROR_ADDRESS:
        return GRE_VPN_FAILURE_BAD_IP_CONFIG;
    case GRE_ERROR_PROFILE:
    case GRE_ERROR_RESOLVE:
    case GRE_ERROR_ROUTE:
    case GRE_ERROR_TAKEN:
    case GRE_ERROR_KERNEL:
    case GRE_ERROR_NOT_INSTALLED:
    case GRE_ERROR_DAEMON:
    case GRE_ERROR_NO_ANSWER:
    case GRE_ERROR_PEER_CONFIG:
    case GRE_ERROR_PROPOSAL:
    case GRE_ERROR_DEVICE_GONE:
    case GRE_ERROR_PROTOCOL:
    case GRE_ERROR_TIMEOUT:
    case GRE_ERROR_REFUSED:
    case GRE_ERROR_STOPPED:
        break;
    }
    return GRE_VPN_FAILURE_CONNECT;
}
