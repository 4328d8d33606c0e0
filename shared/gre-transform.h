/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proposals as strongSwan logs them ("ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ,
 * ESP:…"): a transform's name there is not its keyword in a configuration.
 */
#ifndef GRE_TRANSFORM_H
#define GRE_TRANSFORM_H

#include <glib.h>

/**
 * gre_transform_groups:
 * @proposals: (nullable)
 *
 * Returns: (transfer full) (nullable): the names of its Diffie-Hellman groups, each once,
 * "MODP_2048, ECP_256"; NULL if it has none
 */
char *gre_transform_groups(const char *proposals);

/**
 * gre_transform_keywords:
 *
 * Returns: (transfer full) (nullable): the first of @proposals as a configuration has it,
 *   "aes256-sha256-modp2048"; NULL if a transform has no keyword
 */
char *gre_transform_keywords(const char *proposals);

#endif
