/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public halves of a profile's keys and certificates, for the peer. */
#ifndef GRE_PUBLIC_KEYS_H
#define GRE_PUBLIC_KEYS_H

#include "gre-local-keys.h"
#include "keys/credentials.h"

/**
 * gre_public_keys_read:
 * @error: as of gre_keys_read()
 *
 * Reads as the user of this process; blocks. Opens the private key's file only if the certificate
 * is not in another file.
 */
GreLocalKeys *gre_public_keys_read(const GreKeyRequest *request, GError **error);

#endif
