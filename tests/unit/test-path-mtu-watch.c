/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ICMP messages say that a packet was too big, and whom it was for. */
#include "kernel/path-mtu-watch.h"

#include <string.h>
#include <sys/socket.h>

/* IPv4: its header, ICMP's, the quoted header; IPv6: without the first one. */
typedef struct {
    const char *name;
    int         family;
    const char *hex;
    const char *to; /* NULL: not taken */
} Row;

#define IP4(first) first "00003800000000400100000a00fe010a000001"
#define QUOTED4    "450005dc00004000403200000a0000010a000201"
#define IP6                            \
    "6000000005783240"                 \
    "00000000000000000000000000000001" \
    "fd320000000000000000000000000001"
#define OPTION "01010101"

static const Row rows[] = {
    { "IPv4", AF_INET, IP4("45") "0304000000000514" QUOTED4, "10.0.2.1" },
    { "with options", AF_INET, IP4("46") OPTION "0304000000000514" QUOTED4, "10.0.2.1" },
    { "another code", AF_INET, IP4("45") "0303000000000514" QUOTED4, NULL },
    { "another type", AF_INET, IP4("45") "0b04000000000514" QUOTED4, NULL },
    { "another version", AF_INET, IP4("65") "0304000000000514" QUOTED4, NULL },
    { "a header that is too short", AF_INET, IP4("44") "0304000000000514" QUOTED4, NULL },
    { "options that are cut off", AF_INET, IP4("4f") "0304000000000514" QUOTED4, NULL },
    { "cut off", AF_INET,
      IP4("45") "0304000000000514"
                "450005dc",
      NULL },
    { "empty", AF_INET, "", NULL },
    { "IPv6", AF_INET6, "0200000000000514" IP6, "fd32::1" },
    { "IPv6, another type", AF_INET6, "0100000000000514" IP6, NULL },
    { "IPv6, another code", AF_INET6, "0201000000000514" IP6, NULL },
    { "IPv6, cut off", AF_INET6,
      "0200000000000514"
      "6000",
      NULL },
    { "IPv6, empty", AF_INET6, "", NULL },
};

/* An allocation of just that size, for the sanitizer. */
static guint8 *
from_hex(const char *hex, gsize *size)
{
    guint8 *bytes;

    *size = strlen(hex) / 2;
    bytes = g_malloc(MAX(*size, 1));
    for (gsize i = 0; i < *size; i++)
        bytes[i] =
            (guint8) (g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
    return bytes;
}

static void
test_parse(gconstpointer data)
{
    const Row         *row = data;
    gsize              size;
    g_autofree guint8 *message = from_hex(row->hex, &size);
    GreAddress         to;
    char               text[GRE_ADDRESS_STRLEN];

    g_assert_cmpint(gre_path_mtu_watch_parse(row->family, message, size, &to), ==, row->to != NULL);
    if (row->to)
        g_assert_cmpstr(gre_address_to_string(&to, text), ==, row->to);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/path-mtu-watch/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], test_parse);
    }
    return g_test_run();
}
