/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether strongSwan accepts a proposal. It drops a connection that has one that it doesn't accept.
 */
#ifndef GRE_PROPOSAL_H
#define GRE_PROPOSAL_H

#include <glib.h>

/**
 * gre_proposal_check:
 * @proposal: "aes256-sha256-modp2048" in lower case, or "default"
 * @ike: whether it is for IKE; else for ESP
 *
 * Returns: (transfer full): why strongSwan refuses it, translated, without the proposal itself:
 * "has no Diffie-Hellman group …"; NULL: it doesn't. The algorithms may still be missing from the
 * installed strongSwan.
 */
char *gre_proposal_check(const char *proposal, gboolean ike);

/* Whether the proposal has a Diffie-Hellman group or another key exchange. */
gboolean gre_proposal_has_group(const char *proposal);

#endif
