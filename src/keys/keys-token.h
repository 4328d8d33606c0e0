/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a pkcs11: URI (RFC 7512), as far as strongSwan supports it. */
#ifndef GRE_KEYS_TOKEN_H
#define GRE_KEYS_TOKEN_H

#include "keys/credentials.h"

/**
 * gre_keys_token_parse:
 * @error: GRE_ERROR_PROFILE: malformed, without `id`, or with a PIN
 *
 * strongSwan finds a key by its CKA_ID, in all slots or in one; the other attributes of a URI
 * describe the same key and are not needed.
 */
GreToken *gre_keys_token_parse(const char *uri, GError **error);

#endif
