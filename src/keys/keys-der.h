/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the DER elements that a small certificate needs. */
#ifndef GRE_KEYS_DER_H
#define GRE_KEYS_DER_H

#include <glib.h>
#include <time.h>

enum {
    GRE_DER_BOOLEAN = 0x01,
    GRE_DER_INTEGER = 0x02,
    GRE_DER_BIT_STRING = 0x03,
    GRE_DER_OCTET_STRING = 0x04,
    GRE_DER_OID = 0x06,
    GRE_DER_UTF8 = 0x0c,
    GRE_DER_SEQUENCE = 0x30,
    GRE_DER_SET = 0x31,
    GRE_DER_CONTEXT = 0x80,          /* plus the number: a value without its own type */
    GRE_DER_CONTEXT_ELEMENTS = 0xa0, /* plus the number: contains an element */
};

/* An element with bytes as its content. */
GByteArray *gre_keys_der_bytes(guint8 tag, gconstpointer data, gsize len);

/* An element that contains elements, which it takes; NULL-terminated. */
GByteArray *gre_keys_der(guint tag, ...) G_GNUC_NULL_TERMINATED;

/* Bytes that are complete elements already. */
GByteArray *gre_keys_der_raw(gconstpointer data, gsize len);

GByteArray *gre_keys_der_oid(const char *dotted);

/* In the form of certificates: the year has two digits up to 2049. */
GByteArray *gre_keys_der_time(time_t seconds);

#endif
