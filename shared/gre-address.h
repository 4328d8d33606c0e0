/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IP address of either family, with or without a prefix length. Endpoints and tunnel addresses
 * are passed around in this form: plain values, compared and copied freely.
 */
#ifndef GRE_ADDRESS_H
#define GRE_ADDRESS_H

#include <glib.h>
#include <netinet/in.h>

/* Room for any address as text, with its terminating NUL. */
#define GRE_ADDRESS_STRLEN INET6_ADDRSTRLEN

typedef struct {
    int family; /* AF_INET, AF_INET6, or AF_UNSPEC if unset */
    union {
        struct in_addr  in4;
        struct in6_addr in6;
        guint8          bytes[16];
    }; /* network byte order; bytes past the family's length are zero */
} GreAddress;

typedef struct {
    GreAddress address;
    guint8     length; /* 0 to 32 or 128 bits */
} GrePrefix;

/**
 * gre_address_parse:
 * @text: an IPv4 dotted quad or an IPv6 address, without zone or surrounding text
 * @out: set only on success
 *
 * Returns: whether @text is an address.
 */
gboolean gre_address_parse(const char *text, GreAddress *out);

/* Bytes of an address of @family: 4 or 16. */
gsize gre_address_size(int family);

/* The address as text in @buf (returned), "" for AF_UNSPEC. */
const char *gre_address_to_string(const GreAddress *address, char buf[GRE_ADDRESS_STRLEN]);

/* The prefix length of an IPv4 netmask; FALSE if it is none, or has holes: 255.0.255.0. */
gboolean gre_address_mask_length(const GreAddress *mask, guint8 *length);

gboolean gre_address_equal(const GreAddress *a, const GreAddress *b);

/* Whether the address is all zero bits or AF_UNSPEC. */
gboolean gre_address_is_any(const GreAddress *address);

gboolean gre_address_is_multicast(const GreAddress *address);

/* Of IPv6: such an address needs an interface. */
gboolean gre_address_is_link_local(const GreAddress *address);

/* Parses "address/length"; as gre_address_parse(). */
gboolean gre_address_prefix_parse(const char *text, GrePrefix *out);

/* "address/length" (transfer full). */
char *gre_address_prefix_to_string(const GrePrefix *prefix);

/* Whether one of @prefixes, a GArray of GrePrefix, is of @family. */
gboolean gre_address_prefixes_have(const GArray *prefixes, int family);

/* Whether @address lies in @prefix (false across families). */
gboolean gre_address_prefix_contains(const GrePrefix *prefix, const GreAddress *address);

#endif
