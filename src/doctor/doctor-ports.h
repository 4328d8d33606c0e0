/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells which programs use IKE's UDP ports: strongSwan starts without them, and then never answers.
 */
#ifndef GRE_DOCTOR_PORTS_H
#define GRE_DOCTOR_PORTS_H

#include "doctor/doctor.h"

/* Sockets at UDP 500 and 4500 in @table, the text of /proc/net/udp or udp6: (transfer full) array
 * of GrePortFact without programs. */
GArray *gre_doctor_ports_read(const char *table);

/* Those of other programs than strongSwan, with their programs: (transfer full). Needs root. */
GArray *gre_doctor_ports_gather(gboolean ip6);

#endif
