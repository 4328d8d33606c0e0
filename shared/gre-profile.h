/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The validated model of one connection profile. It is built in one step from the profile's
 * strings, by the property table, and is immutable: its users need no checks of their own.
 */
#ifndef GRE_PROFILE_H
#define GRE_PROFILE_H

#include "gre-address.h"
#include "gre-secret.h"

typedef enum {
    GRE_MODE_GRE,    /* GRE in IPv4 */
    GRE_MODE_IP6GRE, /* GRE in IPv6 */
    GRE_MODE_XFRM,   /* no GRE: an XFRM interface, and ESP in tunnel mode */
} GreMode;

typedef enum {
    GRE_IPSEC_NO,
    GRE_IPSEC_PSK,
    GRE_IPSEC_PUBKEY,
} GreIpsec;

typedef enum {
    GRE_ESP_TRANSPORT,
    GRE_ESP_TUNNEL, /* a second IP header inside ESP, with the same addresses */
} GreEspMode;

/* ESP in UDP. */
typedef enum {
    GRE_ENCAP_AUTO, /* if there is a NAT */
    GRE_ENCAP_YES,  /* always */
    GRE_ENCAP_NO,   /* never: if there is a NAT, no connection */
} GreEncap;

typedef enum {
    GRE_START_INITIATE,
    GRE_START_TRAP,
    GRE_START_RESPOND,
} GreStart;

typedef enum {
    GRE_HW_OFFLOAD_NO,
    GRE_HW_OFFLOAD_AUTO,
    GRE_HW_OFFLOAD_CRYPTO,
    GRE_HW_OFFLOAD_PACKET,
} GreHwOffload;

typedef struct GreNative   GreNative;   /* gre-native.h */
typedef struct GreProperty GreProperty; /* gre-property.h */

#define GRE_TOS_INHERIT        (-1)
#define GRE_FLOW_LABEL_INHERIT (-1)
#define GRE_ENCAP_LIMIT_NONE   (-1)
#define GRE_MTU_AUTO           0

/* The bits of "<secret>-flags", as NetworkManager defines them; 0: NetworkManager stores it. */
#define GRE_SECRET_AGENT_OWNED  1
#define GRE_SECRET_NOT_SAVED    2
#define GRE_SECRET_NOT_REQUIRED 4

/* The device and its outer header. Numbers in host byte order. */
typedef struct {
    gboolean has_input_key; /* also set for key 0, which is not "no key" */
    gboolean has_output_key;
    guint32  input_key;
    guint32  output_key;
    guint8   ttl; /* 0: inherit */
    int      tos; /* 0 to 255, or GRE_TOS_INHERIT */
    gboolean path_mtu_discovery;
    gboolean ignore_df;
    gboolean checksum;
    gboolean sequence;
    int      encap_limit; /* 0 to 255, or GRE_ENCAP_LIMIT_NONE */
    int      flow_label;  /* 0 to 0xfffff, or GRE_FLOW_LABEL_INHERIT */
    guint32  fwmark;
} GreTunnelOptions;

typedef struct {
    GreIpsec     method;
    char        *local_id;  /* NULL: the address */
    char        *remote_id; /* NULL: the address */
    GreSecret   *psk;       /* decoded from text, 0x… or 0s…; NULL if not known yet */
    guint        psk_flags; /* where it is stored: GRE_SECRET_… */
    char        *ca, *cert, *remote_cert, *private_key; /* files, or pkcs11: URIs */
    char        *remote_pubkey;
    GreSecret   *private_key_password;
    guint        private_key_password_flags;
    guint        ike_version;   /* 1 or 2 */
    char       **ike_proposals; /* NULL: strongSwan's defaults; else NULL-terminated */
    char       **esp_proposals;
    guint        ike_lifetime; /* seconds */
    guint        esp_lifetime; /* seconds */
    guint        dpd_delay;    /* seconds, 0 = off */
    GreEspMode   mode; /* to ask for; the peer may choose the other one, but for mode xfrm */
    GreEncap     encap;
    guint        replay_window; /* packets */
    GreHwOffload hw_offload;
    GreStart     start;
} GreIpsecOptions;

typedef enum {
    GRE_MSS_CLAMP_AUTO,
    GRE_MSS_CLAMP_OFF,
} GreMssClampMode;

typedef struct {
    char      *id;          /* connection.id */
    char      *uuid;        /* connection.uuid */
    char     **users;       /* who may see it: gre-permissions.h */
    char      *protects;    /* id or uuid of the ip-tunnel profile that supplies the tunnel part */
    GreNative *native;      /* that profile; NULL: not given, and the tunnel part is unset */
    gboolean   mode_is_set; /* FALSE if remote is a name and neither mode nor local sets the mode */
    GreMode    mode;
    gboolean   ethernet;    /* carries frames, not packets: protected gretap and ip6gretap only */
    char      *remote_name; /* DNS name, or NULL if remote is an address */
    GreAddress remote;      /* AF_UNSPEC if remote is a name */
    GreAddress local;       /* AF_UNSPEC: the kernel chooses */
    char      *parent;      /* interface name or NULL */
    char      *ifname;      /* NULL: the first free nmgre<N> */
    GreTunnelOptions tunnel;
    GArray          *local_networks; /* of GrePrefix, of mode xfrm; NULL: any */
    GArray          *remote_networks;
    guint            mtu; /* bytes, or GRE_MTU_AUTO */
    GreMssClampMode  mss_clamp;
    GrePrefix       *ip4; /* for ipv4.method=auto */
    gsize            n_ip4;
    GrePrefix       *ip6;
    gsize            n_ip6;
    GreIpsecOptions  ipsec;
} GreProfile;

/* The strings that a profile is built from; borrowed for the call only. */
typedef struct {
    const char      *id;
    const char      *uuid;
    const char      *interface_name; /* connection.interface-name or NULL */
    GHashTable      *data;           /* vpn.data: char* -> char* */
    GHashTable      *secrets;        /* vpn.secrets: char* -> char*, or NULL */
    char           **users;          /* who may see it: gre-permissions.h */
    const GreNative *tunnel; /* what "protects" names, or NULL; unused without that property */
} GreProfileSource;

/* "gre", "ip6gre", "gretap", "ip6gretap", "xfrm": the name in the kernel and NetworkManager. */
const char *gre_profile_mode_name(GreMode mode, gboolean ethernet);

/* Address family of the outer header: AF_INET or AF_INET6; AF_UNSPEC for GRE_MODE_XFRM, which has
 * either. */
int gre_profile_mode_family(GreMode mode);

/* The mode whose outer header has that address family; GRE_MODE_GRE for AF_UNSPEC. */
GreMode gre_profile_family_mode(int family);

/**
 * gre_profile_new:
 * @error: GRE_ERROR_PROFILE (or _ADDRESS for ip4/ip6, _SECRET for a malformed secret), one line
 *   that names property, value (never a secret's) and what is expected
 *
 * Checks everything that can be checked without touching the machine: unknown properties, types,
 * ranges, control characters, properties that exclude or require each other, address families. A
 * missing secret is not an error here: see gre_profile_missing_secret().
 *
 * Returns: (transfer full): the profile, or NULL.
 */
GreProfile *gre_profile_new(const GreProfileSource *source, GError **error);

GreProfile *gre_profile_ref(GreProfile *profile);
void        gre_profile_unref(GreProfile *profile); /* the last reference wipes the secrets */

/* How a profile uses one of the property table's secrets. */
typedef struct {
    guint            flags;    /* GRE_SECRET_… */
    gboolean         required; /* the connection cannot work without it */
    const GreSecret *value;    /* borrowed; NULL: the profile lacks it */
} GreSecretUse;

/**
 * gre_profile_uses_secret:
 * @use: set if it returns TRUE
 *
 * A key file's password is required only if its flags say that an agent stores it or that the user
 * is asked: whether the file is encrypted is not known here. "<name>-flags" can say that a secret
 * is not required.
 *
 * Returns: whether @secret is a secret, and has a meaning in this profile.
 */
gboolean
gre_profile_uses_secret(const GreProfile *profile, const GreProperty *secret, GreSecretUse *use);

/* Name of the first required secret that the profile lacks; NULL if it has all. */
const char *gre_profile_missing_secret(const GreProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfile, gre_profile_unref)

#endif
