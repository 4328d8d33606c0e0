/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few packets through the tunnel and beside it, and what comes back. Needs root (raw sockets);
 * takes 1.5 s where nobody answers, next to nothing where somebody does.
 */
#ifndef GRE_DOCTOR_PROBE_H
#define GRE_DOCTOR_PROBE_H

#include "doctor/doctor.h"

/* Fills the part of @facts->probe that packets tell; the target is there already. @mtu: the
 * device's, in bytes. */
void gre_doctor_probe_run(GreFacts *facts, guint mtu);

/**
 * gre_doctor_packets_read_gre:
 * @data: a GRE packet without its outer header, as a raw socket has it
 *
 * Counts it as one of a tunnel here, or of none. Pure.
 */
void gre_doctor_packets_read_gre(GreFacts *facts, const guint8 *data, gsize length);

/* The same for an ICMP or ICMPv6 message (as the tunnel's outer packets have it) from @from. */
void gre_doctor_packets_read_icmp(GreFacts         *facts,
                                  const GreAddress *from,
                                  const guint8     *data,
                                  gsize             length);

#endif
