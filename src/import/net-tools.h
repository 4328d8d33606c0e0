/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads ifconfig(8), route(8) and iptunnel(8) of net-tools as the commands of iproute2 that do the
 * same.
 */
#ifndef GRE_NET_TOOLS_H
#define GRE_NET_TOOLS_H

#include <glib.h>

/* Replaces the commands of net-tools among @commands, of GreCommand; those that do something else
 * than `ip` can stay. */
void gre_net_tools_translate(GPtrArray *commands);

#endif
