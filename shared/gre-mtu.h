/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Computes the tunnel's MTU from the underlay's.
 */
#ifndef GRE_MTU_H
#define GRE_MTU_H

#include <glib.h>

/* What was negotiated for the CHILD_SA, in VICI's own names. */
typedef struct {
    gboolean    esp;         /* FALSE: no IPsec, the rest is unused */
    const char *encr_alg;    /* "AES_GCM_16", "AES_CBC", "3DES_CBC", "NULL" …; NULL = unknown */
    const char *integ_alg;   /* "HMAC_SHA2_256_128" …; NULL for AEAD */
    gboolean    tunnel_mode; /* a second IP header inside ESP */
    gboolean    encap;       /* ESP in UDP */
} GreMtuEsp;

typedef struct {
    guint     underlay_mtu;            /* bytes, of the route to the peer */
    int       family;                  /* AF_INET or AF_INET6, of the outer header */
    gboolean  key, checksum, sequence; /* in the packets that we send */
    gboolean  encap_limit;             /* ip6gre with the tunnel encapsulation limit option */
    gboolean  ethernet;                /* gretap, ip6gretap: frames inside */
    gboolean  xfrm;                    /* an XFRM interface: no GRE, esp.tunnel_mode is set */
    GreMtuEsp esp;
} GreMtuInput;

/* The size of each header in bytes, for display. Together with the result they add up to the
 * underlay's MTU: inner_ip is tunnel mode's second header, esp_trailer_max is padding (including
 * what the block size leaves unused), pad length, next header and ICV. */
typedef struct {
    guint outer_ip, udp, esp_header, esp_iv, inner_ip, esp_trailer_max, gre, ethernet;
} GreMtuParts;

/**
 * gre_mtu_compute:
 * @parts: (nullable): the size of each header
 *
 * The arithmetic of the kernel's __xfrm_state_mtu() (net/xfrm/xfrm_state.c) for ESP, and of
 * __gre_tunnel_init() and ip6gre_tunnel headers for GRE. A device's MTU doesn't count the header of
 * the frames inside, though the outer packet holds it: ip_tunnel_bind_dev() and
 * ip6gre_tnl_link_config_route() take ETH_HLEN off. An unknown algorithm is taken as the largest.
 *
 * Returns: the largest inner packet in bytes, or a frame's largest payload; 0 if nothing fits.
 */
guint gre_mtu_compute(const GreMtuInput *input, GreMtuParts *parts);

/* The MTU that is safe for every common ESP algorithm in the mode of @input, for a device that must
 * exist before its SA. @udp: whether ESP may be in UDP */
guint gre_mtu_worst_case(const GreMtuInput *input, gboolean udp);

#endif
