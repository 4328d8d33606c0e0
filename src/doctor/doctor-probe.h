/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends a few packets through the tunnel and outside it, and records the answers. Needs root (raw
 * sockets); takes 1.5 s without answers, almost no time with them.
 */
#ifndef GRE_DOCTOR_PROBE_H
#define GRE_DOCTOR_PROBE_H

#include "doctor/doctor.h"

/* Sets the packet counts of @facts->probe, whose target is already set. @mtu: of the device, in
 * bytes. */
void gre_doctor_probe_run(GreFacts *facts, guint mtu);

/**
 * gre_doctor_packets_read_gre:
 * @data: a GRE packet without its outer header, as a raw socket returns it
 *
 * Counts it as a packet of a local tunnel, or of none. Pure.
 */
void gre_doctor_packets_read_gre(GreFacts *facts, const guint8 *data, gsize length);

/* The same for an ICMP or ICMPv6 message from @from, of the family of the tunnel's outer
 * packets. */
void gre_doctor_packets_read_icmp(GreFacts         *facts,
                                  const GreAddress *from,
                                  const guint8     *data,
                                  gsize             length);

#endif
