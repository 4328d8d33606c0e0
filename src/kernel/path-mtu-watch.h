/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports routers that say a packet of this machine's is too big. The kernel takes its path MTU
 * from that, keeps it with the route, and notifies nobody.
 */
#ifndef GRE_PATH_MTU_WATCH_H
#define GRE_PATH_MTU_WATCH_H

#include "gre-address.h"

typedef struct _GrePathMtuWatch GrePathMtuWatch;

/* @to: whom the packet was for. The message may be forged: what counts is the route, a moment
 * later, as the kernel has still to read the message. */
typedef void (*GrePathMtuFunc)(const GreAddress *to, gpointer user_data);

/* Calls @func from the main loop until freed; not from within @func. @error: GRE_ERROR_KERNEL, for
 * example without CAP_NET_RAW. */
GrePathMtuWatch *gre_path_mtu_watch_new(GrePathMtuFunc func, gpointer user_data, GError **error);
void             gre_path_mtu_watch_free(GrePathMtuWatch *watch);

/* The address that the quoted packet of a message was for. @message: as a raw socket of @family
 * gives it, of any content. Returns FALSE for any other message. */
gboolean gre_path_mtu_watch_parse(int family, const guint8 *message, gsize size, GreAddress *to);

#endif
