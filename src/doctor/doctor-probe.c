/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw sockets: pings through the tunnel device, pings to the peer outside it, returning ICMP
 * errors, and a copy of each GRE packet that the kernel receives (decrypted if it was ESP).
 */
#include "doctor/doctor-probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PINGS           3
#define INTERVAL_MS     250
#define PATIENCE_MS     1500
#define SMALL           84 /* bytes of an IPv4 packet, as ping sends */
#define MTU_STEPS       8
#define MTU_TRIES       2
#define MTU_PATIENCE_MS 700

typedef struct {
    GreFacts  *facts;
    GreAddress target; /* the probe's target, or all hosts on the link */
    int        inner, outer, gre;
    guint16    id, sequence;
    guint16    answered; /* sequence number of the last answered inner ping */
} Probe;

/* ---- addresses and sockets ---- */

static socklen_t
to_socket(const GreAddress *address, struct sockaddr_storage *out)
{
    struct sockaddr_in  *four = (struct sockaddr_in *) out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *) out;

    memset(out, 0, sizeof *out);
    out->ss_family = (sa_family_t) address->family;
    if (address->family == AF_INET)
        four->sin_addr = address->in4;
    else
        six->sin6_addr = address->in6;
    return address->family == AF_INET ? sizeof *four : sizeof *six;
}

static void
from_socket(const struct sockaddr_storage *from, GreAddress *out)
{
    *out = (GreAddress){ .family = from->ss_family };
    if (from->ss_family == AF_INET)
        out->in4 = ((const struct sockaddr_in *) from)->sin_addr;
    else
        out->in6 = ((const struct sockaddr_in6 *) from)->sin6_addr;
}

static int
open_raw(int family, int protocol)
{
    return socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int
open_icmp(int family)
{
    return open_raw(family, family == AF_INET ? IPPROTO_ICMP : (int) IPPROTO_ICMPV6);
}

/* Never fragments, and ignores the path MTU that the kernel has cached. */
static void
bind_to_tunnel(int fd, int family, const char *device)
{
    int probe = family == AF_INET ? IP_PMTUDISC_PROBE : IPV6_PMTUDISC_PROBE;

    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t) strlen(device) + 1);
    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe, sizeof probe);
}

/* ---- sending ---- */

static guint16
checksum(const guint8 *data, gsize length)
{
    guint32 sum = 0;

    for (gsize i = 0; i + 1 < length; i += 2)
        sum += (guint32) (data[i] << 8 | data[i + 1]);
    if (length % 2)
        sum += (guint32) (data[length - 1] << 8);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) ~sum;
}

/* @size: bytes of the whole IP packet. The kernel fills in ICMPv6's checksum, not ICMP's. */
static void
send_ping(Probe *probe, int fd, const GreAddress *to, guint size)
{
    gsize                   header = to->family == AF_INET ? 20 : 40, length = size - header;
    g_autofree guint8      *packet = g_malloc0(length);
    struct sockaddr_storage address;
    socklen_t               address_length = to_socket(to, &address);
    guint16                 sum;

    packet[0] = to->family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
    packet[4] = (guint8) (probe->id >> 8);
    packet[5] = (guint8) probe->id;
    probe->sequence++;
    packet[6] = (guint8) (probe->sequence >> 8);
    packet[7] = (guint8) probe->sequence;
    sum = to->family == AF_INET ? checksum(packet, length) : 0;
    packet[2] = (guint8) (sum >> 8);
    packet[3] = (guint8) sum;
    /* A ping that can't be sent counts as unanswered. */
    if (sendto(fd, packet, length, 0, (struct sockaddr *) &address, address_length) < 0)
        g_debug("can't send a ping of %u bytes: %s", size, g_strerror(errno));
}

/* ---- receiving ---- */

/* A raw IPv4 socket includes the IP header. */
static gboolean
skip_header(int family, const guint8 **data, gsize *length)
{
    gsize header = family == AF_INET && *length >= 20 ? (gsize) ((*data)[0] & 15) * 4 : 0;

    if (header > *length || (family == AF_INET && header < 20))
        return FALSE;
    *data += header;
    *length -= header;
    return TRUE;
}

/* Returns: the sequence number of our ping that is answered, 0 for anything else. */
static guint16
read_answer(const Probe *probe, int family, const guint8 *data, gsize length)
{
    guint8 type = family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;

    if (length < 8 || data[0] != type || (data[4] << 8 | data[5]) != probe->id)
        return 0;
    return (guint16) (data[6] << 8 | data[7]);
}

static void
take(Probe *probe, int fd, const GreAddress *from, const guint8 *data, gsize length)
{
    GreProbe *p = &probe->facts->probe;
    gboolean  peer = gre_address_equal(from, &probe->facts->remote);
    guint16   sequence;

    if (fd == probe->gre) {
        if (peer)
            gre_doctor_packets_read_gre(probe->facts, data, length);
        return;
    }
    sequence = read_answer(probe, from->family, data, length);
    if (fd == probe->inner) {
        if (sequence == 0 || !gre_address_equal(from, &p->target))
            return;
        p->inner_answered++;
        probe->answered = sequence;
    } else if (fd == probe->outer && sequence != 0)
        p->outer_answered += peer;
    else if (fd == probe->outer)
        gre_doctor_packets_read_icmp(probe->facts, from, data, length);
}

static void
receive(Probe *probe, int fd)
{
    guint8                  buffer[65536];
    struct sockaddr_storage from;
    socklen_t               from_length = sizeof from;
    ssize_t                 n;

    while ((n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *) &from, &from_length)) >=
           0) {
        const guint8 *data = buffer;
        gsize         length = (gsize) n;
        GreAddress    address;

        from_socket(&from, &address);
        if (skip_header(address.family, &data, &length))
            take(probe, fd, &address, data, length);
        from_length = sizeof from;
    }
}

/* Receives for @ms milliseconds, or until @enough. */
static void
listen_for(Probe *probe, int ms, gboolean (*enough)(const Probe *probe))
{
    gint64        end = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND, left;
    const int     fds[] = { probe->inner, probe->outer, probe->gre };
    struct pollfd wait[G_N_ELEMENTS(fds)];

    while (!enough(probe) && (left = end - g_get_monotonic_time()) > 0) {
        for (gsize i = 0; i < G_N_ELEMENTS(fds); i++)
            wait[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
        if (poll(wait, G_N_ELEMENTS(wait), (int) (left / 1000) + 1) <= 0)
            continue;
        for (gsize i = 0; i < G_N_ELEMENTS(fds); i++)
            if (wait[i].revents & POLLIN)
                receive(probe, fds[i]);
    }
}

/* ---- the probes ---- */

static gboolean
is_healthy(const Probe *probe)
{
    return probe->facts->probe.inner_answered > 0;
}

static gboolean
is_answered(const Probe *probe)
{
    return probe->answered == probe->sequence;
}

static void
ask_both(Probe *probe)
{
    GreProbe *p = &probe->facts->probe;
    guint     small = probe->target.family == AF_INET ? SMALL : SMALL + 20;

    for (guint i = 0; i < PINGS && !is_healthy(probe); i++) {
        send_ping(probe, probe->outer, &probe->facts->remote,
                  probe->facts->ip6 ? SMALL + 20 : SMALL);
        p->outer_sent++;
        send_ping(probe, probe->inner, &probe->target, small);
        p->inner_sent++;
        listen_for(probe, INTERVAL_MS, is_healthy);
    }
    listen_for(probe, PATIENCE_MS - PINGS * INTERVAL_MS, is_healthy);
}

static gboolean
passes(Probe *probe, guint size, guint tries)
{
    for (guint i = 0; i < tries; i++) {
        send_ping(probe, probe->inner, &probe->target, size);
        listen_for(probe, MTU_PATIENCE_MS, is_answered);
        if (is_answered(probe))
            return TRUE;
    }
    return FALSE;
}

/* The largest size that passes, to within a few bytes, by bisection. */
static void
ask_size(Probe *probe, guint mtu)
{
    GreProbe *p = &probe->facts->probe;
    guint     low = probe->target.family == AF_INET ? SMALL : SMALL + 20, high = mtu;

    if (mtu <= low)
        return;
    p->mtu_tried = mtu;
    if (passes(probe, mtu, MTU_TRIES)) {
        p->mtu_passed = mtu;
        return;
    }
    for (guint i = 0; i < MTU_STEPS && high - low > 1; i++) {
        guint middle = low + (high - low) / 2;

        if (passes(probe, middle, 1))
            low = middle;
        else
            high = middle;
    }
    p->mtu_passed = low;
}

/* Without a known address: all hosts on the link, which won't answer but may send errors. */
static GreAddress
everybody(const GreFacts *f)
{
    GreAddress address;
    gboolean   four = FALSE;

    for (guint i = 0; i < f->addresses->len; i++)
        four |= g_array_index(f->addresses, GreAddress, i).family == AF_INET;
    gre_address_parse(four ? "224.0.0.1" : "ff02::1", &address);
    return address;
}

void
gre_doctor_probe_run(GreFacts *f, guint mtu)
{
    gboolean known = f->probe.target.family != AF_UNSPEC;
    Probe    probe = { .facts = f,
                       .target = known ? f->probe.target : everybody(f),
                       .id = (guint16) g_random_int() };

    probe.inner = open_icmp(probe.target.family);
    probe.outer = open_icmp(f->remote.family);
    probe.gre = open_raw(f->remote.family, IPPROTO_GRE);
    if (probe.inner >= 0 && probe.outer >= 0 && probe.gre >= 0) {
        bind_to_tunnel(probe.inner, probe.target.family, f->device);
        f->probe.made = TRUE;
        ask_both(&probe);
        if (known && is_healthy(&probe))
            ask_size(&probe, mtu);
    }
    if (probe.inner >= 0)
        close(probe.inner);
    if (probe.outer >= 0)
        close(probe.outer);
    if (probe.gre >= 0)
        close(probe.gre);
}
