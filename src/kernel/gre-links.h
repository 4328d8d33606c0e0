/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists the kernel's GRE devices and XFRM interfaces, including those of other programs.
 */
#ifndef GRE_LINKS_H
#define GRE_LINKS_H

#include "kernel/device.h"

typedef struct {
    int              ifindex;
    char             ifname[16];
    char             uuid[GRE_DEVICE_UUID_SIZE]; /* our mark, empty if it has none */
    GreMode          mode;
    gboolean         ethernet;       /* gretap, ip6gretap: carries frames */
    GreAddress       local;          /* any: the kernel chooses for each packet */
    GreAddress       remote;         /* any: not a point-to-point tunnel */
    int              parent_ifindex; /* 0: none */
    GreTunnelOptions options;        /* only keys, checksum, sequence, limit and mark */
    guint32          if_id;          /* of an XFRM interface, which has none of the others */
    guint            mtu;            /* bytes */
} GreLink;

/* All devices of kind gre, ip6gre, gretap, ip6gretap and xfrm: (transfer full) array of GreLink. */
GArray *gre_links_list(GreNetlink *netlink, GError **error);

/* The device with this name, or this index; FALSE if there is none of these kinds. */
gboolean gre_links_find(GreNetlink *netlink, const char *ifname, GreLink *out);
gboolean gre_links_find_index(GreNetlink *netlink, int ifindex, GreLink *out);

/* A random if_id that no XFRM interface has, as far as the kernel tells; above 0xffff, so that it
 * is none that a person has chosen. */
guint32 gre_links_unused_if_id(GreNetlink *netlink);

#endif
