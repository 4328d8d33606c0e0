/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends for a tunnel's device to which the kernel sends nothing, whatever addresses, routes and
 * rules there are: for a device that must exist before its real ends are known. No packet leaves
 * it, in clear text or to a stranger.
 */
#ifndef GRE_NO_ENDS_H
#define GRE_NO_ENDS_H

#include "kernel/device.h"

/* Sets local, remote and parent; by mode and uuid, as two devices can't have the same ends. */
void gre_no_ends_set(GreDeviceSpec *spec);

#endif
