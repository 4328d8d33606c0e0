/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of a connection that is sent to NetworkManager.
 */
#ifndef GRE_VPN_CONFIG_H
#define GRE_VPN_CONFIG_H

#include "engine/connection.h"
#include "nm/settings.h"
#include "nm/vpn-plugin.h"

/* For gre_vpn_plugin_config(), which takes them. */
typedef struct {
    GVariant *config;
    GVariant *ip4, *ip6; /* NULL if the profile takes none from us */
} GreVpnConfig;

/* @connection: must be up. @base: (nullable): interface of its base device. */
GreVpnConfig
gre_vpn_config_new(const GreConnection *connection, const GreSettings *settings, const char *base);

GreVpnFailure gre_vpn_config_failure_of(const GError *cause);

#endif
