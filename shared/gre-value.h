/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsers for single values: text as a person, a keyfile or an importer gives it. Each takes the
 * whole text or fails, allows no blanks around it, and sets its output only on success. What is
 * allowed in a profile's key beyond that (ranges, words) stands in the property table.
 */
#ifndef GRE_VALUE_H
#define GRE_VALUE_H

#include "gre-address.h"
#include "gre-secret.h"

/* Whether @text is UTF-8 without control characters and line breaks of any kind. */
gboolean gre_value_is_printable(const char *text);

/* @text between double quotes, on one line: what isn't printable is escaped, what is long is cut.
 */
char *gre_value_quote(const char *text);

/* "yes", "no" and what else people write for them: true/false, on/off, 1/0. */
gboolean gre_value_boolean(const char *text, gboolean *out);

/* Decimal without leading zeros, or 0x and hex digits; 32 bits. */
gboolean gre_value_number(const char *text, guint32 *out);

/**
 * gre_value_key:
 *
 * A GRE key as `ip tunnel` takes it: a dotted quad where there is a dot, else a number in C's
 * notation, so that "010" is 8. Host byte order.
 */
gboolean gre_value_key(const char *text, guint32 *out);

/* Seconds, or a decimal number with s, m, h or d for the unit. */
gboolean gre_value_duration(const char *text, guint32 *seconds);

/* An address that one machine on the network can have: not "any", multicast, broadcast or
 * loopback, nor an IPv4 address in IPv6's clothes. */
gboolean gre_value_unicast(const char *text, GreAddress *out);

/* Addresses with prefix lengths, of @family, with single blanks between: what an interface can
 * have. Returns: (transfer full) (nullable): array of GrePrefix, each once. */
GArray *gre_value_prefixes(const char *text, int family);

/* A DNS name, as ASCII; underscores are tolerated. One that ends in digits only is no name but a
 * mistyped address. */
gboolean gre_value_is_host_name(const char *text);

/* A name that the kernel takes for an interface. */
gboolean gre_value_is_ifname(const char *text);

/* The same, for an interface that is to be created: none of the names that the kernel keeps for its
 * own tunnels or that mean something else under /proc/sys/net. */
gboolean gre_value_is_new_ifname(const char *text);

/* Text without blanks at its ends. */
gboolean gre_value_is_text(const char *text);

/* An IKE identity that means one and the same on every strongSwan: from 6.0.2 on "^…$" is a regular
 * expression, and "%any" is everybody. */
gboolean gre_value_is_identity(const char *text);

/* strongSwan proposals with commas between. Returns: (transfer full) (nullable): lower case, as
 * strongSwan knows its own keywords. */
char **gre_value_proposals(const char *text);

/* An absolute path or a pkcs11: URI. */
gboolean gre_value_is_file(const char *text);

/* A public key as PEM, its lines joined to one, or as "0s" and base64. */
gboolean gre_value_is_public_key(const char *text);

/* The bytes of such a key, in memory as secrets have it; NULL where it is none. */
GreSecret *gre_value_public_key(const char *text);

#endif
