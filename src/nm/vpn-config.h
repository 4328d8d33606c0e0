/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What NetworkManager is told of a connection, in its own words.
 */
#ifndef GRE_VPN_CONFIG_H
#define GRE_VPN_CONFIG_H

#include "engine/connection.h"
#include "nm/settings.h"
#include "nm/vpn-plugin.h"

/* For gre_vpn_plugin_config(), which takes them. */
typedef struct {
    GVariant *config;
    GVariant *ip4, *ip6; /* NULL where the profile has none for us to give */
} GreVpnConfig;

/* @connection: that is up. @base: (nullable): interface of the device that it is based on. */
GreVpnConfig
gre_vpn_config_new(const GreConnection *connection, const GreSettings *settings, const char *base);

GreVpnFailure gre_vpn_config_failure_of(const GError *cause);

#endif
