/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chooses one of a profile's proposals for a peer that names algorithms differently: one that both
 * sides have is enough.
 */
#ifndef GRE_PROPOSAL_H
#define GRE_PROPOSAL_H

#include "gre-algorithm.h"
#include "remote/remote-end.h"

typedef struct {
    const GreAlgorithm *encryption;
    const GreAlgorithm *integrity; /* NULL for an AEAD */
    const GreAlgorithm *prf;       /* NULL: same as the integrity */
    const GreAlgorithm *group;     /* NULL: none, for ESP only */
} GreProposal;

/* Replaces strongSwan's default proposals, which contain both. */
#define GRE_SUITE_IKE "aes256-sha256-modp2048"
#define GRE_SUITE_ESP "aes256-sha256"

/* The algorithms for IKE and for ESP: the first of the profile's proposals whose parts all have a
 * name in the dialect. @error: GRE_ERROR_PROFILE. */
gboolean gre_proposal_ike(const GreRemoteEnd *end,
                          GreAlgorithmWords   words,
                          GreProposal        *out,
                          GError            **error);
gboolean gre_proposal_esp(const GreRemoteEnd *end,
                          GreAlgorithmWords   words,
                          GreProposal        *out,
                          GError            **error);

/* The name of the hash, for dialects with one word for integrity and PRF. */
const char *gre_proposal_hash(const GreProposal *suite, GreAlgorithmWords words);

/* The ESP algorithms of the first proposal, named as in VICI and gre-mtu.h; FALSE if unknown. */
gboolean gre_proposal_esp_names(char *const *proposals, const char **encr, const char **integ);

#endif
