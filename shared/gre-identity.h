/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which peers an IKE identity stands for.
 */
#ifndef GRE_IDENTITY_H
#define GRE_IDENTITY_H

#include <glib.h>

/**
 * gre_identity_is_wildcard:
 * @text: an identity as strongSwan's configuration has it
 *
 * Whether strongSwan would accept more than one peer for it. The rules are those of its
 * identification_create_from_string(), contains_wildcards() and matches(), the same from 5.9.8 to
 * 6.1: the words for everybody ("%any", "0.0.0.0", "::", "*" …), a "*" in a name or an e-mail
 * address, a "*" as a whole value of a distinguished name, and networks and ranges of addresses; in
 * every notation: with a type before it ("fqdn:", "{2}:") and in hex. Where strongSwan reads a text
 * in an unclear way (odd hex digits, unknown parts of a name), the answer is yes.
 *
 * With a pre-shared key, strongSwan then accepts every peer whose key it has, and tries this key
 * for all of them. With a pinned certificate or raw public key it harms nobody, as only that key
 * passes, but it is of no use: the certificate that pins a raw key names the identity as written,
 * and strongSwan finds no key for the identity that the peer sends.
 */
gboolean gre_identity_is_wildcard(const char *text);

#endif
