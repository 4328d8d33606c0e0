/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements are built from the inside out, so that their lengths are known. */
#include "keys/keys-der.h"

#include <stdarg.h>
#include <string.h>

#define UTC_TIME         0x17
#define GENERALIZED_TIME 0x18

static void
append_byte(GByteArray *out, guint byte)
{
    guint8 one = (guint8) byte;

    g_byte_array_append(out, &one, 1);
}

static void
append_length(GByteArray *out, gsize len)
{
    if (len >= 0x80)
        append_byte(out, len > 0xffff ? 0x83 : len > 0xff ? 0x82 : 0x81);
    if (len > 0xffff)
        append_byte(out, len >> 16 & 0xff);
    if (len > 0xff)
        append_byte(out, len >> 8 & 0xff);
    append_byte(out, len & 0xff);
}

GByteArray *
gre_keys_der_raw(gconstpointer data, gsize len)
{
    return g_byte_array_append(g_byte_array_new(), data, (guint) len);
}

GByteArray *
gre_keys_der_bytes(guint8 tag, gconstpointer data, gsize len)
{
    GByteArray *out = g_byte_array_new();

    g_assert(len < 1 << 24);
    append_byte(out, tag);
    append_length(out, len);
    return len > 0 ? g_byte_array_append(out, data, (guint) len) : out;
}

GByteArray *
gre_keys_der(guint tag, ...)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    GByteArray *element;
    va_list     args;

    va_start(args, tag);
    while ((element = va_arg(args, GByteArray *))) {
        g_byte_array_append(content, element->data, element->len);
        g_byte_array_unref(element);
    }
    va_end(args);
    return gre_keys_der_bytes((guint8) tag, content->data, content->len);
}

GByteArray *
gre_keys_der_oid(const char *dotted)
{
    g_auto(GStrv) arcs = g_strsplit(dotted, ".", -1);
    g_autoptr(GByteArray) content = g_byte_array_new();

    append_byte(content, (guint) (g_ascii_strtoull(arcs[0], NULL, 10) * 40 +
                                  g_ascii_strtoull(arcs[1], NULL, 10)));
    for (char **arc = arcs + 2; *arc; arc++) {
        guint number = (guint) g_ascii_strtoull(*arc, NULL, 10);

        if (number >= 1 << 14)
            append_byte(content, 0x80 | (number >> 14 & 0x7f));
        if (number >= 1 << 7)
            append_byte(content, 0x80 | (number >> 7 & 0x7f));
        append_byte(content, number & 0x7f);
    }
    return gre_keys_der_bytes(GRE_DER_OID, content->data, content->len);
}

GByteArray *
gre_keys_der_time(time_t seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    gboolean         two = g_date_time_get_year(time) < 2050;
    g_autofree char *text = g_date_time_format(time, two ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ");

    return gre_keys_der_bytes(two ? UTC_TIME : GENERALIZED_TIME, text, strlen(text));
}
