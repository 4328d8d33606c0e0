/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions of nf_tables: messages that the kernel applies all at once or not at all. Source:
 * include/uapi/linux/netfilter/nf_tables.h, net/netfilter/nfnetlink.c, nfnetlink_rcv_batch().
 */
#ifndef GRE_NFT_BATCH_H
#define GRE_NFT_BATCH_H

#include <glib.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "kernel/netlink.h"

typedef struct _GreNftBatch GreNftBatch;

/* @family: NFPROTO_…, of the table that the messages are about */
GreNftBatch *gre_nft_batch_new(guint8 family);
void         gre_nft_batch_free(GreNftBatch *batch);

/* A new message of @type (NFT_MSG_…) at its end, owned by @batch, for the caller to add attributes
 * to. @flags: NLM_F_CREATE … */
GreNlMsg *gre_nft_batch_add(GreNftBatch *batch, int type, int flags);

/**
 * gre_nft_batch_commit:
 * @socket: of NETLINK_NETFILTER
 *
 * Sends it and waits for the kernel's answer, which comes within the call that sends it.
 *
 * Returns: 0, or the negative errno of the first message that the kernel refused.
 */
int gre_nft_batch_commit(GreNftBatch *batch, struct nl_sock *socket);

/* A request to netfilter outside of a transaction. @subsystem: NFNL_SUBSYS_…; @type: without it.
 * (transfer full) */
GreNlMsg *gre_nft_batch_request(guint subsystem, int type, int flags, guint8 family);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNftBatch, gre_nft_batch_free)

#endif
