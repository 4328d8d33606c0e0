/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the other end may know of a profile's keys and certificates: their public halves. */
#ifndef GRE_PUBLIC_KEYS_H
#define GRE_PUBLIC_KEYS_H

#include "gre-local-keys.h"
#include "keys/credentials.h"

/**
 * gre_public_keys_read:
 * @error: as of gre_keys_read()
 *
 * Reads as whoever this process is; blocks. The private key's file is opened only where there is no
 * certificate in another one.
 */
GreLocalKeys *gre_public_keys_read(const GreKeyRequest *request, GError **error);

#endif
