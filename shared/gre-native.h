/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model of a tunnel that NetworkManager builds itself: a profile of type ip-tunnel in one of
 * the GRE modes, reduced to what protecting it needs. Immutable.
 */
#ifndef GRE_NATIVE_H
#define GRE_NATIVE_H

#include "gre-profile.h"

/* By NMIPTunnelMode's numbers (libnm, nm-dbus-interface.h). */
typedef enum {
    GRE_NATIVE_GRE = 2,
    GRE_NATIVE_IP6GRE = 8,
    GRE_NATIVE_GRETAP = 10,
    GRE_NATIVE_IP6GRETAP = 11,
} GreNativeMode;

/* NMIPTunnelFlags (libnm, nm-setting-ip-tunnel.h); in the IPv6 modes only. */
enum {
    GRE_NATIVE_IGN_ENCAP_LIMIT = 0x1,
    GRE_NATIVE_USE_ORIG_TCLASS = 0x2,
    GRE_NATIVE_USE_ORIG_FLOWLABEL = 0x4,
};

/* In an ip-tunnel profile's TOS, the kernel's low bit means "inherit" (net/ipv4/ip_tunnel.c). */
enum { GRE_NATIVE_TOS_INHERIT = 1 };

struct GreNative {
    char            *id;     /* connection.id */
    char            *uuid;   /* connection.uuid, lower case */
    char            *ifname; /* connection.interface-name, or NULL */
    GreNativeMode    mode;
    GreAddress       local;  /* AF_UNSPEC: the kernel chooses for each packet */
    GreAddress       remote; /* unicast */
    char            *parent; /* NULL, an interface's name, or the UUID of a connection */
    GreTunnelOptions options;
    guint            mtu; /* bytes, or GRE_MTU_AUTO if the profile does not set it */
};

/* "gre", "ip6gre", "gretap", "ip6gretap". */
const char *gre_native_mode_name(GreNativeMode mode);

/* Whether the tunnel carries Ethernet frames instead of IP packets. */
gboolean gre_native_is_ethernet(GreNativeMode mode);

/* Address family of the outer header: AF_INET or AF_INET6. */
int gre_native_family(GreNativeMode mode);

/**
 * gre_native_new:
 * @settings: a connection as NetworkManager sends it over D-Bus (a{sa{sv}}); its settings
 *   "connection" and "ip-tunnel" are read (libnm, nm-setting-ip-tunnel.c)
 * @error: GRE_ERROR_PROFILE, one line that names property, value and what is expected
 *
 * Accepts every tunnel that NetworkManager would build and that its endpoints distinguish from
 * other tunnels. gre_profile_new() refuses some of these.
 *
 * Returns: (transfer full): the tunnel, or NULL.
 */
GreNative *gre_native_new(GVariant *settings, GError **error);

GreNative *gre_native_ref(const GreNative *native);
void       gre_native_unref(GreNative *native);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreNative, gre_native_unref)

#endif
