/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnel's network device: created down, with its mark (IFLA_IFALIAS "nm-gre:<uuid>"), found by
 * that mark, removed by its index.
 *
 * It is in a link group of its own, by which udev recognises it (data/85-nm-gre.rules). The mark
 * cannot do that: the kernel sets it only after the event that announces the device.
 */
#ifndef GRE_DEVICE_H
#define GRE_DEVICE_H

#include "gre-profile.h"
#include "kernel/netlink.h"

#define GRE_DEVICE_ALIAS_PREFIX "nm-gre:"
#define GRE_DEVICE_UUID_SIZE    64
/* The link group (IFLA_GROUP) of each device that the service creates: 0x6e6d6772, "nmgr". */
#define GRE_DEVICE_GROUP 1852663666

typedef struct {
    const char             *uuid;   /* of the connection: the mark */
    const char             *ifname; /* NULL: the first free nmgre<N> */
    GreMode                 mode;
    GreAddress              local; /* never "any" */
    GreAddress              remote;
    int                     parent_ifindex; /* 0: none */
    guint                   mtu;            /* bytes; 0: the kernel's own */
    const GreTunnelOptions *options;
    guint32                 if_id; /* of GRE_MODE_XFRM, which has only name, mark and MTU besides */
} GreDeviceSpec;

typedef struct {
    int  ifindex;
    char ifname[16];
    char uuid[GRE_DEVICE_UUID_SIZE]; /* of the connection in its mark */
} GreDevice;

/* Information about any device, ours or not. */
typedef struct {
    int      ifindex;
    char     ifname[16];
    guint    mtu;
    gboolean up;
    gboolean vrf; /* is one, or belongs to one */
    guint64  rx_bytes, rx_packets, tx_bytes, tx_packets;
} GreDeviceInfo;

/**
 * gre_device_create:
 * @out: set on success
 * @error: GRE_ERROR_TAKEN if the name, the endpoints and key, or the if_id are in use (the message
 *   names the other device); GRE_ERROR_PROFILE if the name is invalid or the parent does not exist;
 * else GRE_ERROR_KERNEL
 *
 * Creates the device down, with CREATE|EXCL, multicast enabled and in the group GRE_DEVICE_GROUP;
 * removes it again if a later step fails. Source: include/uapi/linux/if_tunnel.h,
 * net/ipv4/ip_gre.c, net/ipv6/ip6_gre.c, net/xfrm/xfrm_interface_core.c.
 */
gboolean
gre_device_create(GreNetlink *netlink, const GreDeviceSpec *spec, GreDevice *out, GError **error);

/* The same checks of name and endpoints without creating the device: for an error before anything
 * is changed. */
gboolean gre_device_check(GreNetlink *netlink, const GreDeviceSpec *spec, GError **error);

/**
 * gre_device_build_request:
 * @ifname: the name it gets
 * @error: GRE_ERROR_PROFILE if the kernel would create something other than @spec
 *
 * Returns: (transfer full): the message that creates the device, as gre_device_create() sends it;
 *   pure, for gre_device_create() and its tests.
 */
GreNlMsg *gre_device_build_request(const GreDeviceSpec *spec, const char *ifname, GError **error);

/**
 * gre_device_move:
 * @spec: the complete new state; name and mark do not change
 * @error: as gre_device_create()
 *
 * Changes the device's endpoints and MTU; it stays up and keeps its addresses and routes. An XFRM
 * interface has no endpoints. Source:
 * net/ipv4/ip_tunnel.c, ip_tunnel_changelink(); net/ipv6/ip6_gre.c, ip6gre_changelink().
 */
gboolean
gre_device_move(GreNetlink *netlink, int ifindex, const GreDeviceSpec *spec, GError **error);

/* Removes the device; succeeds if it is gone already. */
gboolean gre_device_delete(GreNetlink *netlink, int ifindex, GError **error);

gboolean gre_device_set_mtu(GreNetlink *netlink, int ifindex, guint mtu, GError **error);

/* Adds an address to an existing device, as `ip addr add` would; succeeds if it exists already. */
gboolean
gre_device_add_address(GreNetlink *netlink, int ifindex, const GrePrefix *prefix, GError **error);

/* Index of a device by name, 0 if there is none. */
int gre_device_index(GreNetlink *netlink, const char *ifname);

/* Looks a device up by its index or, if that is 0, by its name; FALSE if there is none. */
gboolean gre_device_info(GreNetlink *netlink, int ifindex, const char *ifname, GreDeviceInfo *out);

#endif
