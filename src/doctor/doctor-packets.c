/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interprets packets that came back during the probe: RFC 2784 and 2890, RFC 792, RFC 4443. */
#include "doctor/doctor-probe.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define GRE_CHECKSUM 0x8000
#define GRE_KEY      0x2000
#define GRE_VERSION  0x0007

static guint16
word16(const guint8 *data)
{
    return (guint16) (data[0] << 8 | data[1]);
}

static guint32
word32(const guint8 *data)
{
    return (guint32) word16(data) << 16 | word16(data + 2);
}

/* ---- GRE ---- */

static gboolean
is_for(const GreLink *tunnel, const GreFacts *f, gboolean keyed, guint32 key)
{
    return gre_address_equal(&tunnel->remote, &f->remote) &&
           tunnel->options.has_input_key == keyed && (!keyed || tunnel->options.input_key == key);
}

void
gre_doctor_packets_read_gre(GreFacts *f, const guint8 *data, gsize length)
{
    guint16  flags = length >= 4 ? word16(data) : GRE_VERSION;
    gboolean keyed = (flags & GRE_KEY) != 0;
    gsize    at = flags & GRE_CHECKSUM ? 8 : 4;
    guint32  key;

    if ((flags & GRE_VERSION) != 0 || (keyed && length < at + 4))
        return;
    key = keyed ? word32(data + at) : 0;
    for (guint i = 0; i < f->tunnels->len; i++) {
        if (is_for(&g_array_index(f->tunnels, GreLink, i), f, keyed, key)) {
            f->probe.gre_in++;
            return;
        }
    }
    f->probe.gre_other++;
    f->probe.other_keyed = keyed;
    f->probe.other_key = key;
}

/* ---- ICMP errors about our packets ---- */

/* The protocol of the packet that an error quotes, -1 if that wasn't sent to the peer. */
static int
quoted4(const GreFacts *f, const guint8 *data, gsize length)
{
    if (length < 20 || memcmp(data + 16, f->remote.bytes, 4) != 0)
        return -1;
    return data[9];
}

/* The IPv6 header may be followed by destination options: the tunnel encapsulation limit. */
static int
quoted6(const GreFacts *f, const guint8 *data, gsize length)
{
    if (length < 40 || memcmp(data + 24, f->remote.bytes, 16) != 0)
        return -1;
    return data[6] == IPPROTO_DSTOPTS && length > 40 ? data[40] : data[6];
}

static void
read_prohibited(GreFacts *f, const GreAddress *from)
{
    f->probe.prohibited++;
    f->probe.prohibited_by = *from;
}

static void
read_icmp4(GreFacts *f, const GreAddress *from, const guint8 *data, gsize length)
{
    int protocol = quoted4(f, data + 8, length - 8);

    if (data[0] != ICMP_DEST_UNREACH || protocol < 0)
        return;
    switch (data[1]) {
    case ICMP_PORT_UNREACH:
        f->probe.no_such_tunnel += protocol == IPPROTO_GRE;
        break;
    case ICMP_PROT_UNREACH:
        f->probe.no_gre += protocol == IPPROTO_GRE;
        break;
    case ICMP_NET_ANO:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
        read_prohibited(f, from);
        break;
    }
}

static void
read_icmp6(GreFacts *f, const GreAddress *from, const guint8 *data, gsize length)
{
    int protocol = quoted6(f, data + 8, length - 8);

    if (protocol < 0)
        return;
    if (data[0] == ICMP6_PARAM_PROB && data[1] == ICMP6_PARAMPROB_NEXTHEADER)
        f->probe.no_gre += protocol == IPPROTO_GRE;
    else if (data[0] == ICMP6_DST_UNREACH && data[1] == ICMP6_DST_UNREACH_NOPORT)
        f->probe.no_such_tunnel += protocol == IPPROTO_GRE;
    else if (data[0] == ICMP6_DST_UNREACH && data[1] == ICMP6_DST_UNREACH_ADMIN)
        read_prohibited(f, from);
}

void
gre_doctor_packets_read_icmp(GreFacts *f, const GreAddress *from, const guint8 *data, gsize length)
{
    if (length < 8)
        return;
    if (f->ip6)
        read_icmp6(f, from, data, length);
    else
        read_icmp4(f, from, data, length);
}
