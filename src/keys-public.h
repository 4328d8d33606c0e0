/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the other end may know of a profile's keys and certificates: their public halves. */
#ifndef GRE_KEYS_PUBLIC_H
#define GRE_KEYS_PUBLIC_H

#include "credentials.h"
#include "far-end.h"

/**
 * gre_keys_public:
 * @error: as of gre_keys_read()
 *
 * Reads as whoever this process is; blocks. The private key's file is opened only where there is no
 * certificate in another one.
 */
GreNearKeys *gre_keys_public(const GreKeyRequest *request, GError **error);

#endif
