/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports IPsec policies and states that another program removes from the kernel (`ip xfrm policy
 * flush`, `ip xfrm state flush`). strongSwan never notices, so this is the only way to know.
 */
#ifndef GRE_XFRM_WATCH_H
#define GRE_XFRM_WATCH_H

#include <glib.h>

typedef struct _GreXfrmWatch GreXfrmWatch;

typedef struct {
    gboolean policies; /* all were flushed, or one with our mark was deleted */
    gboolean states;   /* all were flushed */
    GArray
        *deleted_spis; /* guint32 in host byte order: states deleted one by one, also by a rekey */
} GreXfrmLoss;

/* Called once for all messages of one wake-up. @loss is valid during the call. */
typedef void (*GreXfrmWatchFunc)(const GreXfrmLoss *loss, gpointer user_data);

/**
 * gre_xfrm_watch_new:
 * @error: GRE_ERROR_KERNEL
 *
 * Calls @func from the main loop, before every other source, until gre_xfrm_watch_free(). If the
 * kernel drops notifications, everything counts as lost. Source: include/uapi/linux/xfrm.h, enum
 * xfrm_nlgroups.
 */
GreXfrmWatch *gre_xfrm_watch_new(GreXfrmWatchFunc func, gpointer user_data, GError **error);
void          gre_xfrm_watch_free(GreXfrmWatch *watch);

#endif
