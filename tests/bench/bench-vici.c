/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI throughput: builds, and splits, checks and reads, the answer to list-sas with 500 SAs. One
 * table row: MB/s and messages/s of each, and how many times slower than copying the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "vici/vici-frame.h"

#define N_SAS  500
#define ROUNDS 20

static void
add_child(ViciBuilder *builder, guint i)
{
    static const char *const local[] = { "192.0.2.1/32[gre]", NULL };
    static const char *const remote[] = { "198.51.100.7/32[gre]", NULL };

    vici_builder_begin(builder, "child-sas");
    vici_builder_begin(builder, "gre-1");
    vici_builder_string(builder, "name", "gre");
    vici_builder_format(builder, "uniqueid", "%u", i);
    vici_builder_string(builder, "reqid", "1");
    vici_builder_string(builder, "state", "INSTALLED");
    vici_builder_string(builder, "mode", "TRANSPORT");
    vici_builder_string(builder, "protocol", "ESP");
    vici_builder_string(builder, "encap", "yes");
    vici_builder_format(builder, "spi-in", "%08x", i * 2654435761u);
    vici_builder_format(builder, "spi-out", "%08x", i * 40503u);
    vici_builder_string(builder, "encr-alg", "AES_GCM_16");
    vici_builder_string(builder, "encr-keysize", "128");
    vici_builder_string(builder, "bytes-in", "0");
    vici_builder_string(builder, "packets-in", "0");
    vici_builder_string(builder, "bytes-out", "0");
    vici_builder_string(builder, "packets-out", "0");
    vici_builder_string(builder, "rekey-time", "3443");
    vici_builder_string(builder, "life-time", "3960");
    vici_builder_string(builder, "install-time", "0");
    vici_builder_list(builder, "local-ts", local);
    vici_builder_list(builder, "remote-ts", remote);
    vici_builder_end(builder);
    vici_builder_end(builder);
}

/* Keys and lengths as strongSwan 5.9.8 sends them. */
static GBytes *
build_sa(guint i)
{
    ViciBuilder     *builder = vici_builder_new();
    g_autofree char *name = g_strdup_printf("nm-gre-%u", i);

    vici_builder_begin(builder, name);
    vici_builder_format(builder, "uniqueid", "%u", i);
    vici_builder_string(builder, "version", "2");
    vici_builder_string(builder, "state", "ESTABLISHED");
    vici_builder_string(builder, "local-host", "192.0.2.1");
    vici_builder_string(builder, "local-port", "4500");
    vici_builder_string(builder, "local-id", "192.0.2.1");
    vici_builder_string(builder, "remote-host", "198.51.100.7");
    vici_builder_string(builder, "remote-port", "4500");
    vici_builder_string(builder, "remote-id", "198.51.100.7");
    vici_builder_string(builder, "initiator", "yes");
    vici_builder_string(builder, "initiator-spi", "40185f42adce9f9f");
    vici_builder_string(builder, "responder-spi", "b9eb3373e7555d04");
    vici_builder_string(builder, "nat-remote", "yes");
    vici_builder_string(builder, "nat-any", "yes");
    vici_builder_string(builder, "encr-alg", "AES_CBC");
    vici_builder_string(builder, "encr-keysize", "128");
    vici_builder_string(builder, "integ-alg", "HMAC_SHA2_256_128");
    vici_builder_string(builder, "prf-alg", "PRF_HMAC_SHA2_256");
    vici_builder_string(builder, "dh-group", "CURVE_25519");
    vici_builder_string(builder, "established", "0");
    vici_builder_string(builder, "rekey-time", "13347");
    add_child(builder, i);
    vici_builder_end(builder);
    return vici_builder_finish(builder, NULL);
}

static void
build_all(GByteArray *stream)
{
    guint i;

    g_byte_array_set_size(stream, 0);
    for (i = 0; i < N_SAS; i++) {
        g_autoptr(GBytes) message = build_sa(i);
        gsize         len;
        gconstpointer data = g_bytes_get_data(message, &len);
        guint8        head[VICI_FRAME_HEAD_MAX];
        gsize         head_len = vici_frame_head(head, VICI_PACKET_EVENT, "list-sa", len);

        g_byte_array_append(stream, head, (guint) head_len);
        g_byte_array_append(stream, data, (guint) len);
    }
}

/* Reads what the service needs of an SA. */
static guint
read_sa(const ViciPacket *packet)
{
    ViciSection root, sa, children, child;
    char        name[VICI_NAME_MAX + 1];
    guint       n = 0;

    if (!vici_message_check(packet->message.data, packet->message.len, &root, NULL))
        abort();
    if (!vici_section_next(&root, name, &sa) || !vici_section_section(&sa, "child-sas", &children))
        abort();
    while (vici_section_next(&children, name, &child)) {
        g_autofree char *state = vici_section_string(&child, "state");

        n += state && vici_section_is(&sa, "state", "ESTABLISHED") &&
             vici_section_number(&child, "life-time", 10, 0) == 3960;
    }
    return n;
}

/* In chunks as the socket is read. */
static void
parse_all(const GByteArray *stream)
{
    g_auto(ViciSplitter) splitter = { 0 };
    ViciPacket packet;
    guint      fed;
    guint      n = 0;

    for (fed = 0; fed < stream->len; fed += 16384) {
        vici_frame_splitter_feed(&splitter, stream->data + fed, MIN(16384, stream->len - fed));
        while (vici_frame_splitter_next(&splitter, &packet, NULL) == VICI_SPLIT_PACKET)
            n += read_sa(&packet);
    }
    if (n != N_SAS)
        abort();
}

/* The best round counts: others on the machine only ever add time. */
static gint64
best(gint64 start, gint64 so_far)
{
    return MIN(MAX(g_get_monotonic_time() - start, 1), so_far);
}

int
main(void)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autofree guint8 *copy = NULL;
    gint64             build = G_MAXINT64, parse = G_MAXINT64, plain = G_MAXINT64;
    gint64             start;
    guint              i, j;

    build_all(stream);
    copy = g_malloc(stream->len);
    for (i = 0; i < ROUNDS; i++) {
        start = g_get_monotonic_time();
        build_all(stream);
        build = best(start, build);
        start = g_get_monotonic_time();
        parse_all(stream);
        parse = best(start, parse);
        start = g_get_monotonic_time();
        for (j = 0; j < 100; j++) {
            memcpy(copy, stream->data, stream->len);
            __asm__ volatile("" : : "r"(copy) : "memory"); /* not to be left out */
        }
        plain = best(start, plain);
    }
    g_print("| list-sas, %d SAs, %u bytes | build %.0f MB/s, %.0f msg/s, %.0f x memcpy "
            "| parse %.0f MB/s, %.0f msg/s, %.0f x memcpy |\n",
            N_SAS, stream->len, (double) stream->len / (double) build, N_SAS * 1e6 / (double) build,
            (double) build * 100 / (double) plain, (double) stream->len / (double) parse,
            N_SAS * 1e6 / (double) parse, (double) parse * 100 / (double) plain);
    return 0;
}
