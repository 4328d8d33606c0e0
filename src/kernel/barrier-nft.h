/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the barrier that XFRM policies can't do on old kernels: there, ip6gre takes in what
 * never went through IPsec, whatever the policies say. One nftables table of our own for each
 * tunnel drops it. Laid and lifted by running nft, so that no library is needed where no kernel
 * needs it.
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
 * that has it under an older number gets a rule that does nothing.
 */
gboolean gre_barrier_nft_needed(GreMode mode, const char *release);

/* Name of the barrier's table: "nm-gre-" and 16 hex digits. (transfer full) */
char *gre_barrier_nft_table(const GreBarrier *barrier);

/* What nft is fed: replaces the table as a whole, in one transaction. (transfer full) */
char *gre_barrier_nft_ruleset(const GreBarrier *barrier);

/* Our tables in what `nft list tables ip6` prints. (transfer full) */
char **gre_barrier_nft_parse_tables(const char *text);

/**
 * gre_barrier_nft_lay_async:
 *
 * Lays the table, or replaces it where it stands. gre_barrier_nft_finish() gives GRE_ERROR_KERNEL
 * where it can't, and where there is no nft.
 */
void gre_barrier_nft_lay_async(const GreBarrier   *barrier,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);

/* Lifts the table of one barrier; one that is gone already is success. */
void gre_barrier_nft_lift_async(const GreBarrier   *barrier,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);

/* Lifts tables by their names, those that gre_barrier_nft_list_finish() gave. */
void gre_barrier_nft_remove_async(const char *const  *tables,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/* Ends each of the three above. */
gboolean gre_barrier_nft_finish(GAsyncResult *result, GError **error);

/* The names of all tables of ours; none, and no error, where there is no nft. */
void   gre_barrier_nft_list_async(GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
char **gre_barrier_nft_list_finish(GAsyncResult *result, GError **error);

#endif
