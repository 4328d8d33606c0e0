/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of the peer's configuration, each in a file of its own; remote-formats.c has the
 * table. A format writes a configuration, not text for the user: it is always English, and ASCII,
 * which every router accepts.
 */
#ifndef GRE_REMOTE_FORMATS_H
#define GRE_REMOTE_FORMATS_H

#include "remote/remote-end.h"

/* Features that a profile may use and not every format supports. */
typedef enum {
    GRE_USES_IP6GRE = 1 << 0,
    GRE_USES_ETHERNET = 1 << 1,
    GRE_USES_KEY = 1 << 2,
    GRE_USES_KEY_ZERO = 1 << 3,
    GRE_USES_TWO_KEYS = 1 << 4, /* differs between the directions, or is set for one only */
    GRE_USES_CHECKSUM = 1 << 5,
    GRE_USES_SEQUENCE = 1 << 6,
    GRE_USES_IPSEC = 1 << 7,
    GRE_USES_PUBKEY = 1 << 8,
    GRE_USES_IKEV1 = 1 << 9,
    GRE_USES_IKEV1_ID = 1 << 10, /* IKEv1 with an identity other than an address */
    GRE_USES_ODD_ID = 1 << 11,   /* an identity other than an address, name or e-mail address */
    GRE_USES_RAW_KEY = 1 << 12,  /* of at least one side; others than RSA set the next one too */
    GRE_USES_RAW_NON_RSA = 1 << 13,
    GRE_USES_MIXED_KEYS = 1 << 14, /* a certificate on this side, a raw public key on the other */
    GRE_USES_EDDSA = 1 << 15,
    GRE_USES_PINNED = 1 << 16,     /* our certificate has no known authority */
    GRE_USES_SUBJECT_ID = 1 << 17, /* our identity is our certificate's subject */
    GRE_USES_IKEV1_KEYS = 1 << 18, /* IKEv1 without a pre-shared key */
    GRE_USES_TRANSPORT_MODE = 1 << 19,
    GRE_USES_TUNNEL_MODE = 1 << 20,
    GRE_USES_TUNNEL_NAT = 1 << 21, /* tunnel mode, with this side behind a NAT */
    /* From here on the two sides may differ: a comment lists what the format can't express. */
    GRE_USES_TTL = 1 << 22,
    GRE_USES_TTL_INHERIT = 1 << 23,
    GRE_USES_TOS = 1 << 24,
    GRE_USES_FRAGMENTING = 1 << 25, /* path-mtu-discovery=no */
    GRE_USES_IGNORE_DF = 1 << 26,
    GRE_USES_ENCAP_LIMIT = 1 << 27,
    GRE_USES_FLOW_LABEL = 1 << 28,
} GreUses;

#define GRE_USES_PER_SIDE 0xffc00000u

typedef enum {
    GRE_CARRIES_GRE,
    GRE_CARRIES_NETWORKS, /* IPsec without GRE: mode=xfrm */
    GRE_CARRIES_BOTH,
} GreCarries;

typedef struct {
    const char *name;    /* as for --format */
    const char *vendor;  /* product and version, untranslated */
    const char *comment; /* the characters that begin a comment */
    guint       lacks;   /* GreUses */
    guint       why_for; /* the lacks, GreUses, that are not obvious … */
    const char *why;     /* … and their reason, untranslated; NULL: there are none */
    gboolean    script;  /* for sh */
    GreCarries  carries; /* what its tunnels are */
    gboolean (*write)(const GreRemoteEnd *end, GString *out, GError **error);
} GreRemoteFormat;

/* Ends with NULL. */
extern const GreRemoteFormat *const gre_remote_formats_table[];

/* NULL if there is none. */
const GreRemoteFormat *gre_remote_formats_find(const char *name);

/**
 * gre_remote_formats_write:
 * @error: GRE_ERROR_PROFILE, with the reason, for settings that the format cannot express and both
 * sides need
 *
 * Returns: (transfer full): for gre_secret_free_text(), or NULL.
 */
char *
gre_remote_formats_write(const GreRemoteFormat *format, const GreRemoteEnd *end, GError **error);

extern const GreRemoteFormat gre_write_nm_gre;
extern const GreRemoteFormat gre_write_nmcli;
extern const GreRemoteFormat gre_write_ip_tunnel;
extern const GreRemoteFormat gre_write_iproute2;
extern const GreRemoteFormat gre_write_xfrm;
extern const GreRemoteFormat gre_write_vti;
extern const GreRemoteFormat gre_write_swanctl;
extern const GreRemoteFormat gre_write_libreswan;
extern const GreRemoteFormat gre_write_networkd;
extern const GreRemoteFormat gre_write_netplan;
extern const GreRemoteFormat gre_write_openwrt;
extern const GreRemoteFormat gre_write_cisco;
extern const GreRemoteFormat gre_write_vyos;
extern const GreRemoteFormat gre_write_mikrotik;
extern const GreRemoteFormat gre_write_fortigate;
extern const GreRemoteFormat gre_write_junos;

#endif
