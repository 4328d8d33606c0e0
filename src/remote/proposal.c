/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses one proposal and names its parts. */
#include "config.h"

#include "remote/proposal.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>

static void
set_once(const GreAlgorithm **slot, const GreAlgorithm *row)
{
    if (!*slot)
        *slot = row;
}

/* The first algorithm of each kind: a proposal with several offers each of them. */
static gboolean
parse(const char *proposal, GreProposal *out)
{
    g_autoptr(GPtrArray) rows = gre_algorithm_parse(proposal, NULL);
    const GreAlgorithm **slots[] = {
        [GRE_ALGORITHM_ENCRYPTION] = &out->encryption,
        [GRE_ALGORITHM_INTEGRITY] = &out->integrity,
        [GRE_ALGORITHM_PRF] = &out->prf,
        [GRE_ALGORITHM_GROUP] = &out->group,
    };

    memset(out, 0, sizeof *out);
    for (guint i = 0; rows && i < rows->len; i++) {
        const GreAlgorithm *row = rows->pdata[i];

        set_once(slots[row->kind], row);
    }
    if (out->encryption && out->encryption->aead)
        out->integrity = NULL;
    return out->encryption && (out->encryption->aead || out->integrity);
}

/* "prfsha256" adds nothing to "sha256". */
static gboolean
is_implied(const GreProposal *suite)
{
    return suite->integrity &&
           strcmp(suite->prf->name + strlen("prf"), suite->integrity->name) == 0;
}

static gboolean
has_words(const GreProposal *suite, GreAlgorithmWords words)
{
    return suite->encryption->words[words] &&
           (!suite->integrity || suite->integrity->words[words]) &&
           (!suite->prf || is_implied(suite) || suite->prf->words[words]) &&
           (!suite->group || suite->group->words[words]);
}

static gboolean
choose(char *const      *proposals,
       const char       *usual,
       gboolean          ike,
       GreAlgorithmWords words,
       GreProposal      *out,
       GError          **error)
{
    g_autofree char *all = NULL;

    if (!proposals)
        return parse(usual, out);
    for (gsize i = 0; proposals[i]; i++)
        if (parse(proposals[i], out) && (!ike || out->group) && has_words(out, words))
            return TRUE;
    all = g_strjoinv(",", (char **) proposals);
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                _("%s: this format can't express %s; it can express %s"),
                ike ? "ipsec-ike-proposals" : "ipsec-esp-proposals", all, usual);
    return FALSE;
}

gboolean
gre_proposal_ike(const GreRemoteEnd *end, GreAlgorithmWords words, GreProposal *out, GError **error)
{
    return choose(end->profile->ipsec.ike_proposals, GRE_SUITE_IKE, TRUE, words, out, error);
}

gboolean
gre_proposal_esp(const GreRemoteEnd *end, GreAlgorithmWords words, GreProposal *out, GError **error)
{
    return choose(end->profile->ipsec.esp_proposals, GRE_SUITE_ESP, FALSE, words, out, error);
}

const char *
gre_proposal_hash(const GreProposal *suite, GreAlgorithmWords words)
{
    const GreAlgorithm *row = suite->integrity ? suite->integrity : suite->prf;

    return row ? row->words[words] : NULL;
}

gboolean
gre_proposal_esp_names(char *const *proposals, const char **encr, const char **integ)
{
    static const struct {
        const char *part, *name;
    } ciphers[] = {
        { "gcm16", "AES_GCM_16" },
        { "gcm12", "AES_GCM_12" },
        { "gcm8", "AES_GCM_8" },
        { "ccm16", "AES_CCM_16" },
        { "chacha20", "CHACHA20_POLY1305" },
        { "gmac", "NULL_AES_GMAC" },
        { "ctr", "AES_CTR" },
        { "camellia", "CAMELLIA_CBC" },
        { "3des", "3DES_CBC" },
        { "des", "DES_CBC" },
        { "null", "NULL" },
        { "aes", "AES_CBC" },
    };
    static const struct {
        const char *keyword, *name;
    } hashes[] = {
        { "md5", "HMAC_MD5_96" },          { "sha1", "HMAC_SHA1_96" },
        { "sha256", "HMAC_SHA2_256_128" }, { "sha384", "HMAC_SHA2_384_192" },
        { "sha512", "HMAC_SHA2_512_256" }, { "aesxcbc", "AES_XCBC_96" },
        { "aescmac", "AES_CMAC_96" },
    };
    GreProposal suite;

    if (!proposals || !proposals[0] || !parse(proposals[0], &suite))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(ciphers) && !*encr; i++)
        if (strstr(suite.encryption->name, ciphers[i].part))
            *encr = ciphers[i].name;
    for (gsize i = 0; suite.integrity && i < G_N_ELEMENTS(hashes); i++)
        if (strcmp(suite.integrity->name, hashes[i].keyword) == 0)
            *integ = hashes[i].name;
    return TRUE;
}
