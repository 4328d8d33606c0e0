/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports tables and chains of nftables that come or go: ours may be gone, or source NAT be new. */
#ifndef GRE_NFT_WATCH_H
#define GRE_NFT_WATCH_H

#include <glib.h>

typedef struct _GreNftWatch GreNftWatch;

/* Called once for all messages of one wake-up. */
typedef void (*GreNftWatchFunc)(gpointer user_data);

/* @error: GRE_ERROR_KERNEL. Reports from the main loop until freed; not from within @func. */
GreNftWatch *gre_nft_watch_new(GreNftWatchFunc func, gpointer user_data, GError **error);
void         gre_nft_watch_free(GreNftWatch *watch);

#endif
