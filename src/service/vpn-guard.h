/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The barrier of a VPN profile with IPsec, as long as a GRE device with its endpoints exists that
 * is not the service's: made by hand, or by NetworkManager (when it restores a checkpoint). The
 * service's own device has its barrier from its connection.
 */
#ifndef GRE_VPN_GUARD_H
#define GRE_VPN_GUARD_H

#include "engine/engine.h"
#include "nm/profile-set.h"

typedef struct _GreVpnGuard GreVpnGuard;

/* @engine and @set must outlive it. It looks when a GRE device appears or goes. */
GreVpnGuard *gre_vpn_guard_new(GreEngine *engine, const GreProfileSet *set);
void         gre_vpn_guard_free(GreVpnGuard *guard);

/* The set has changed. */
void gre_vpn_guard_look(GreVpnGuard *guard);

#endif
