/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of a profile's proposals, chosen for a peer that calls algorithms otherwise: whichever of
 * them both ends have is enough.
 */
#ifndef GRE_PROPOSAL_H
#define GRE_PROPOSAL_H

#include "gre-algorithm.h"
#include "remote/remote-end.h"

typedef struct {
    const GreAlgorithm *encryption;
    const GreAlgorithm *integrity; /* NULL for an AEAD */
    const GreAlgorithm *prf;       /* NULL: that of the integrity */
    const GreAlgorithm *group;     /* NULL: none, for ESP only */
} GreProposal;

/* What stands in for strongSwan's own defaults, which have both. */
#define GRE_SUITE_IKE "aes256-sha256-modp2048"
#define GRE_SUITE_ESP "aes256-sha256"

/* The suites for IKE and for ESP by their names there: the first of the profile's proposals that
 * has a name for each part. @error: GRE_ERROR_PROFILE. */
gboolean
gre_proposal_ike(const GreRemoteEnd *end, GreWords words, GreProposal *out, GError **error);
gboolean
gre_proposal_esp(const GreRemoteEnd *end, GreWords words, GreProposal *out, GError **error);

/* What the hash of a suite is called where one word serves for integrity and PRF. */
const char *gre_proposal_hash(const GreProposal *suite, GreWords words);

/* The ESP algorithms of the first proposal as VICI and gre-mtu.h call them; FALSE where they can't
 * be told. */
gboolean gre_proposal_esp_names(char *const *proposals, const char **encr, const char **integ);

#endif
