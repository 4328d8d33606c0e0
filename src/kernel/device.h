/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnel's network device: created down, with its mark (IFLA_IFALIAS "nm-gre:<uuid>"), found
 * again by the mark, removed by its index.
 */
#ifndef GRE_DEVICE_H
#define GRE_DEVICE_H

#include "gre-profile.h"
#include "kernel/netlink.h"

#define GRE_DEVICE_ALIAS_PREFIX "nm-gre:"
#define GRE_DEVICE_UUID_SIZE    64

typedef struct {
    const char             *uuid;   /* of the connection: the mark */
    const char             *ifname; /* NULL: the first free nmgre<N> */
    GreMode                 mode;
    GreAddress              local; /* never "any" */
    GreAddress              remote;
    int                     parent_ifindex; /* 0: none */
    guint                   mtu;            /* bytes; 0: the kernel's own */
    const GreTunnelOptions *options;
} GreDeviceSpec;

typedef struct {
    int  ifindex;
    char ifname[16];
    char uuid[GRE_DEVICE_UUID_SIZE]; /* of the connection it is marked with */
} GreDevice;

/* What is known of any device, ours or not. */
typedef struct {
    int      ifindex;
    char     ifname[16];
    guint    mtu;
    gboolean up;
    guint64  rx_bytes, rx_packets, tx_bytes, tx_packets;
} GreDeviceInfo;

/**
 * gre_device_create:
 * @out: set on success
 * @error: GRE_ERROR_TAKEN where the name is taken, or the endpoints and key are (the message names
 *   the other device); GRE_ERROR_PROFILE where the name can't be one or the parent isn't there;
 *   GRE_ERROR_KERNEL else
 *
 * Creates the device down, with CREATE|EXCL, with multicast on; one that could not be made wholly
 * is removed again. Source: include/uapi/linux/if_tunnel.h, net/ipv4/ip_gre.c, net/ipv6/ip6_gre.c.
 */
gboolean
gre_device_create(GreNetlink *netlink, const GreDeviceSpec *spec, GreDevice *out, GError **error);

/* The same checks of name and endpoints, without creating: for an error before anything is touched.
 */
gboolean gre_device_check(GreNetlink *netlink, const GreDeviceSpec *spec, GError **error);

/**
 * gre_device_build_request:
 * @ifname: the name it gets
 * @error: GRE_ERROR_PROFILE where the kernel would make something else of it than @spec says
 *
 * Returns: (transfer full): the message that creates the device, as gre_device_create() sends it;
 *   pure, for gre_device_create() and its tests.
 */
GreNlMsg *gre_device_build_request(const GreDeviceSpec *spec, const char *ifname, GError **error);

/**
 * gre_device_move:
 * @spec: all of it, as it is to be; name and mark stay as they are
 * @error: as gre_device_create()
 *
 * Gives the device other endpoints, and leaves it up, with its addresses and routes. Source:
 * net/ipv4/ip_tunnel.c, ip_tunnel_changelink(); net/ipv6/ip6_gre.c, ip6gre_changelink().
 */
gboolean
gre_device_move(GreNetlink *netlink, int ifindex, const GreDeviceSpec *spec, GError **error);

/* Removes the device; one that is gone already is success. */
gboolean gre_device_delete(GreNetlink *netlink, int ifindex, GError **error);

gboolean gre_device_set_mtu(GreNetlink *netlink, int ifindex, guint mtu, GError **error);

/* Adds an address to a device that is there, as `ip addr add` would (exists already: success). */
gboolean
gre_device_add_address(GreNetlink *netlink, int ifindex, const GrePrefix *prefix, GError **error);

/* Index of a device by name, 0 where there is none. */
int gre_device_index(GreNetlink *netlink, const char *ifname);

/* A device by its index or, where that is 0, by its name; FALSE where there is none. */
gboolean gre_device_info(GreNetlink *netlink, int ifindex, const char *ifname, GreDeviceInfo *out);

#endif
