/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRE devices as the kernel has them, whoever made them.
 */
#ifndef GRE_LINKS_H
#define GRE_LINKS_H

#include "kernel/device.h"

typedef struct {
    int              ifindex;
    char             ifname[16];
    char             uuid[GRE_DEVICE_UUID_SIZE]; /* our mark, empty where it has none */
    GreMode          mode;
    gboolean         ethernet;       /* gretap, ip6gretap: carries frames */
    GreAddress       local;          /* any: the kernel chooses it for each packet */
    GreAddress       remote;         /* any: it is no tunnel between two ends */
    int              parent_ifindex; /* 0: none */
    GreTunnelOptions options;        /* keys, checksum, sequence, limit and mark; not the rest */
    guint            mtu;            /* bytes */
} GreLink;

/* All devices of kind gre, ip6gre, gretap and ip6gretap: (transfer full) array of GreLink. */
GArray *gre_links_list(GreNetlink *netlink, GError **error);

/* The one with this name; FALSE where there is none, or it isn't of these kinds. */
gboolean gre_links_find(GreNetlink *netlink, const char *ifname, GreLink *out);

#endif
