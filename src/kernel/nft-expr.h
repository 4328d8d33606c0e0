/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The expressions of which rules of nf_tables consist, for a message that a list of expressions is
 * open in. What one loads, the next compares, looks up or uses. Source:
 * include/uapi/linux/netfilter/nf_tables.h.
 */
#ifndef GRE_NFT_EXPR_H
#define GRE_NFT_EXPR_H

#include <glib.h>
#include <linux/netfilter/nf_tables.h>

#include "kernel/netlink.h"

/* The first of the registers; each holds four bytes. */
enum { GRE_NFT_EXPR_REG = NFT_REG32_00 };

/* Loads into register @reg: bytes of a header, one of a packet's properties, one of its
 * connection's as the first packet had it. */
void
gre_nft_expr_load(GreNlMsg *msg, enum nft_payload_bases base, guint offset, guint size, guint reg);
void gre_nft_expr_load_meta(GreNlMsg *msg, enum nft_meta_keys key);
void gre_nft_expr_load_source_type(GreNlMsg *msg); /* RTN_LOCAL … */
void gre_nft_expr_load_original(GreNlMsg *msg, enum nft_ct_keys key, guint reg);

/* Compares what was loaded with @value, in the order of the packet's bytes. */
void gre_nft_expr_compare(GreNlMsg *msg, enum nft_cmp_ops op, gconstpointer value, gsize size);

/* Leaves the bits of @mask, of one loaded byte. */
void gre_nft_expr_mask(GreNlMsg *msg, guint8 mask);

/* The set has what was loaded. */
void gre_nft_expr_look_up(GreNlMsg *msg, const char *set);

/* What fits both routes of the packet, forth and back, is loaded; the TCP option for the maximum
 * segment size becomes it if that is less. */
void gre_nft_expr_clamp_mss(GreNlMsg *msg);

/* The packet is not to be transformed by XFRM. */
void gre_nft_expr_unprotected(GreNlMsg *msg);

/* The source address becomes what was loaded. @nfproto: NFPROTO_IPV4 or _IPV6 */
void gre_nft_expr_source_nat(GreNlMsg *msg, guint8 nfproto);

/* NF_DROP, NF_ACCEPT */
void gre_nft_expr_verdict(GreNlMsg *msg, guint32 verdict);
void gre_nft_expr_count(GreNlMsg *msg);

/* Numbers in nf_tables' attributes have network byte order. */
void gre_nft_expr_put_u32(GreNlMsg *msg, int attribute, guint32 value);

/* A value in an attribute of its own, as sets and comparisons have it. */
void gre_nft_expr_put_data(GreNlMsg *msg, int attribute, gconstpointer data, gsize size);

#endif
