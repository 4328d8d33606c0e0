/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A raw socket for each family with a filter in the kernel. IPv4: RFC 1191, 4, type 3 code 4;
 * raw(7): from the IP header on. IPv6: RFC 4443, 3.2, type 2; from the ICMP header on.
 */
#include "kernel/path-mtu-watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gre-error.h"

enum {
    ICMP_HEADER = 8, /* bytes, before the quoted packet */
    PER_WAKE_UP = 64,
};

typedef struct {
    GrePathMtuWatch *watch;
    int              family, fd;
    guint            source;
} Listener;

struct _GrePathMtuWatch {
    Listener       listeners[2];
    GrePathMtuFunc func;
    gpointer       user_data;
};

/* ---- messages ---- */

/* The bytes of IPv4's header; 0: it is none. */
static gsize
header_size(const guint8 *packet, gsize size)
{
    gsize header = size >= 20 ? (packet[0] & 0x0f) * 4u : 0;

    return size >= 20 && packet[0] >> 4 == 4 && header >= 20 && header <= size ? header : 0;
}

static gboolean
is_too_big(int family, const guint8 *icmp)
{
    return family == AF_INET ? icmp[0] == ICMP_DEST_UNREACH && icmp[1] == ICMP_FRAG_NEEDED
                             : icmp[0] == ICMP6_PACKET_TOO_BIG && icmp[1] == 0;
}

gboolean
gre_path_mtu_watch_parse(int family, const guint8 *message, gsize size, GreAddress *to)
{
    gsize icmp = family == AF_INET ? header_size(message, size) : 0;
    gsize address = icmp + ICMP_HEADER + (family == AF_INET ? 16 : 24); /* in the quoted header */

    if ((family == AF_INET && icmp == 0) || size < address + gre_address_size(family) ||
        !is_too_big(family, message + icmp))
        return FALSE;
    *to = (GreAddress){ .family = family };
    memcpy(to->bytes, message + address, gre_address_size(family));
    return TRUE;
}

/* ---- sockets ---- */

/* One wake-up for a flood; what is dropped was a hint about the same paths. */
static gboolean
on_messages(int fd, GIOCondition condition, gpointer user_data)
{
    Listener  *listener = user_data;
    guint8     message[128]; /* as much of the quoted packet as its addresses need */
    GreAddress to;

    for (int i = 0; i < PER_WAKE_UP; i++) {
        ssize_t size = recv(fd, message, sizeof message, 0);

        if (size < 0 && errno == EAGAIN)
            break;
        if (size > 0 && gre_path_mtu_watch_parse(listener->family, message, (gsize) size, &to))
            listener->watch->func(&to, listener->watch->user_data);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
filter(int fd, int family)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /* IPv4's header */
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_DEST_UNREACH << 8 | ICMP_FRAG_NEEDED, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog   program = { .len = G_N_ELEMENTS(code), .filter = code };
    struct icmp6_filter types;

    if (family == AF_INET)
        return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
    ICMP6_FILTER_SETBLOCKALL(&types);
    ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &types);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types, sizeof types) == 0;
}

static gboolean
listen_to(Listener *self, GError **error)
{
    self->fd = socket(self->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                      self->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    if (self->fd >= 0 && filter(self->fd, self->family)) {
        self->source = g_unix_fd_add(self->fd, G_IO_IN, on_messages, self);
        return TRUE;
    }
    if (errno == EAFNOSUPPORT) /* a machine without IPv6 */
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_KERNEL, "can't watch the MTU of paths: %s",
                g_strerror(errno));
    return FALSE;
}

GrePathMtuWatch *
gre_path_mtu_watch_new(GrePathMtuFunc func, gpointer user_data, GError **error)
{
    static const int families[] = { AF_INET, AF_INET6 };
    GrePathMtuWatch *watch = g_new0(GrePathMtuWatch, 1);
    gboolean         ok = TRUE;

    watch->func = func;
    watch->user_data = user_data;
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        watch->listeners[i] = (Listener){ .watch = watch, .family = families[i], .fd = -1 };
    for (gsize i = 0; ok && i < G_N_ELEMENTS(families); i++)
        ok = listen_to(&watch->listeners[i], error);
    if (!ok)
        g_clear_pointer(&watch, gre_path_mtu_watch_free);
    return watch;
}

void
gre_path_mtu_watch_free(GrePathMtuWatch *watch)
{
    if (!watch)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(watch->listeners); i++) {
        Listener *listener = &watch->listeners[i];

        g_clear_handle_id(&listener->source, g_source_remove);
        if (listener->fd >= 0)
            close(listener->fd);
    }
    g_free(watch);
}
