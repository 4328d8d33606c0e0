/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads, checks and puts together what a profile with ipsec=pubkey names. */
#ifndef GRE_KEYS_READ_H
#define GRE_KEYS_READ_H

#include "keys/credentials.h"

/**
 * gre_keys_read:
 * @error: GRE_ERROR_PROFILE: a file is wrong, or doesn't fit another; _SECRET: the private key's
 *   password is missing or wrong; _IDENTITY: a certificate is for somebody else
 *
 * Reads as whoever this process is; blocks. Nothing is written anywhere.
 */
GreCredentials *gre_keys_read(const GreKeyRequest *request, GError **error);

#endif
