/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads, checks and combines the keys and certificates of a profile with ipsec=pubkey. */
#ifndef GRE_KEYS_READ_H
#define GRE_KEYS_READ_H

#include "keys/credentials.h"

/**
 * gre_keys_read:
 * @error: GRE_ERROR_PROFILE: a file is invalid, or does not match another; _SECRET: the private
 *   key's password is missing or wrong; _IDENTITY: a certificate has another identity
 *
 * Reads as the user of this process; blocks. Writes nothing.
 */
GreCredentials *gre_keys_read(const GreKeyRequest *request, GError **error);

#endif
