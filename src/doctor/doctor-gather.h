/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects the facts for the checks: profile, status, kernel, firewall, strongSwan, and a probe.
 * Changes nothing, loads no module, and sends a few pings.
 */
#ifndef GRE_DOCTOR_GATHER_H
#define GRE_DOCTOR_GATHER_H

#include "doctor/doctor.h"

#include <NetworkManager.h>

/**
 * gre_doctor_gather:
 * @name: id or UUID of a VPN profile of this plugin, of an ip-tunnel profile, or of its companion
 * @facts: zeroed; call gre_doctor_facts_clear() in any case
 * @error: GRE_EXIT_ERROR; a problem with the tunnel is not an error
 */
gboolean gre_doctor_gather(NMClient *client, const char *name, GreFacts *facts, GError **error);

/* What a profile would say that doesn't exist yet. */
typedef struct {
    const char      *remote; /* an address or a DNS name */
    GreAddress       local;  /* AF_UNSPEC: the kernel chooses */
    GreTunnelOptions options;
    GreIpsec         ipsec;
    const char      *behind; /* a network behind the peer; NULL: unknown */
    const char      *device; /* of the same tunnel, if it exists already; else NULL */
} GreDoctorPeer;

/* The same for a peer before there is a profile. @error: GRE_EXIT_ERROR, also for a @peer that is
 * neither an address nor a name. */
gboolean gre_doctor_gather_peer(NMClient            *client,
                                const GreDoctorPeer *peer,
                                GreFacts            *facts,
                                GError             **error);

/* The parts, in the order of their dependencies. */
gboolean
     gre_doctor_gather_profile(NMClient *client, const char *name, GreFacts *facts, GError **error);
void gre_doctor_gather_status(GDBusConnection *bus, GreFacts *facts);
void gre_doctor_gather_links(GreNetlink *netlink, GreFacts *facts);
void gre_doctor_gather_base(NMClient *client, GreFacts *facts);
void gre_doctor_gather_kernel(GreFacts *facts);
void gre_doctor_gather_firewall(GreFacts *facts);
void gre_doctor_gather_charon(GreFacts *facts);

#endif
