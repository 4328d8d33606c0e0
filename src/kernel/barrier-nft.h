/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the barrier that XFRM policies cannot provide on old kernels, which accept ip6gre
 * packets that did not pass through IPsec, whatever the policies say. One nftables table of our own
 * for each tunnel drops them. The nft command installs and removes it, so that no library is needed
 * on newer kernels.
 */
#ifndef GRE_BARRIER_NFT_H
#define GRE_BARRIER_NFT_H

#include <gio/gio.h>

#include "gre-profile.h"
#include "kernel/barrier.h"

/**
 * gre_barrier_nft_needed:
 * @release: of the running kernel, as uname(2) has it
 *
 * The inbound check came with commit bcf141b2eb55 ("xfrm: fix policy lookup for ipv6 gre packets"):
 * Linux 5.17, and 5.16.3, 5.15.17, 5.10.94, 5.4.174 of the stable series. A distribution's kernel
 * that has the fix under an older number gets a rule without effect.
 */
gboolean gre_barrier_nft_needed(GreMode mode, const char *release);

/* Name of the barrier's table: "nm-gre-" and 16 hex digits. (transfer full) */
char *gre_barrier_nft_table(const GreBarrier *barrier);

/* The input for nft: replaces the whole table in one transaction. (transfer full) */
char *gre_barrier_nft_ruleset(const GreBarrier *barrier);

/* Our tables in what `nft list tables ip6` prints. (transfer full) */
char **gre_barrier_nft_parse_tables(const char *text);

/**
 * gre_barrier_nft_lay_async:
 *
 * Installs or replaces the table. gre_barrier_nft_finish() returns GRE_ERROR_KERNEL on failure and
 * if nft is missing.
 */
void gre_barrier_nft_lay_async(const GreBarrier   *barrier,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);

/* Removes the table of one barrier; succeeds if it is gone already. */
void gre_barrier_nft_lift_async(const GreBarrier   *barrier,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);

/* Removes tables by name, as returned by gre_barrier_nft_list_finish(). */
void gre_barrier_nft_remove_async(const char *const  *tables,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/* Finishes each of the three calls above. */
gboolean gre_barrier_nft_finish(GAsyncResult *result, GError **error);

/* The names of all our tables; empty without an error if nft is missing. */
void   gre_barrier_nft_list_async(GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
char **gre_barrier_nft_list_finish(GAsyncResult *result, GError **error);

#endif
