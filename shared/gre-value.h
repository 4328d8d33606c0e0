/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsers for single values: text from a user, a keyfile or an importer. Each parser takes the
 * whole text or fails, allows no blanks around it, and sets its output only on success. The
 * property table has the further rules of each property (ranges, words).
 */
#ifndef GRE_VALUE_H
#define GRE_VALUE_H

#include "gre-address.h"
#include "gre-secret.h"

/* Whether @text is UTF-8 without control characters or line breaks of any kind. */
gboolean gre_value_is_printable(const char *text);

/* @text in double quotes, on one line: unprintable characters are escaped, long text is cut. */
char *gre_value_quote(const char *text);

/* "yes", "no" and their synonyms: true/false, on/off, 1/0. */
gboolean gre_value_boolean(const char *text, gboolean *out);

/* Decimal without leading zeros, or 0x and hex digits; 32 bits. */
gboolean gre_value_number(const char *text, guint32 *out);

/**
 * gre_value_key:
 *
 * A GRE key in the notation of `ip tunnel`: a dotted quad if it contains a dot, else a number in C
 * notation, so that "010" is 8. Host byte order.
 */
gboolean gre_value_key(const char *text, guint32 *out);

/* Seconds, or a decimal number with the unit s, m, h or d. */
gboolean gre_value_duration(const char *text, guint32 *seconds);

/* An address that a host on the network can have: not "any", multicast, broadcast or loopback, nor
 * an IPv4-mapped IPv6 address. */
gboolean gre_value_unicast(const char *text, GreAddress *out);

/* Addresses with prefix lengths, of @family, separated by single blanks: addresses that an
 * interface can have. Returns: (transfer full) (nullable): array of GrePrefix without
 * duplicates. */
GArray *gre_value_prefixes(const char *text, int family);

/* Networks of either family, without bits set behind the prefix length: "10.1.0.0/16 fd00:1::/48";
 * else as gre_value_prefixes(). */
GArray *gre_value_networks(const char *text);

/* A DNS name in ASCII; underscores are allowed. A name that ends in digits only is a mistyped
 * address and not accepted. */
gboolean gre_value_is_host_name(const char *text);

/* A name that the kernel accepts for an interface. */
gboolean gre_value_is_ifname(const char *text);

/* The same, for an interface to create: none of the names that the kernel reserves for its own
 * tunnels or that have another meaning under /proc/sys/net. */
gboolean gre_value_is_new_ifname(const char *text);

/* Text without leading or trailing blanks. */
gboolean gre_value_is_text(const char *text);

/* An IKE identity that every strongSwan version reads the same way: since 6.0.2 "^…$" is a regular
 * expression, and "%any" matches everyone. For other wildcards see gre_identity_is_wildcard(). */
gboolean gre_value_is_identity(const char *text);

/* strongSwan proposals, separated by commas. Returns: (transfer full) (nullable): in lower case, as
 * strongSwan's own keywords. */
char **gre_value_proposals(const char *text);

/* An absolute path or a pkcs11: URI. */
gboolean gre_value_is_file(const char *text);

/* A public key as PEM with its lines joined into one, or as "0s" and base64. */
gboolean gre_value_is_public_key(const char *text);

/* The bytes of such a key, in memory that is wiped; NULL if it is not one. */
GreSecret *gre_value_public_key(const char *text);

#endif
