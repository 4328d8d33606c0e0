/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The validated model of one connection profile. It is made in one step from the profile's
 * strings, by the property table, and never changes: whoever holds one needs no checks of its own.
 */
#ifndef GRE_PROFILE_H
#define GRE_PROFILE_H

#include "gre-address.h"
#include "gre-secret.h"

typedef enum {
    GRE_MODE_GRE,    /* GRE in IPv4 */
    GRE_MODE_IP6GRE, /* GRE in IPv6 */
} GreMode;

typedef enum {
    GRE_IPSEC_NO,
    GRE_IPSEC_PSK,
    GRE_IPSEC_PUBKEY,
} GreIpsec;

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

/* The bits of "<secret>-flags", as NetworkManager has them; none: NetworkManager keeps it. */
#define GRE_SECRET_AGENT_OWNED  1
#define GRE_SECRET_NOT_SAVED    2
#define GRE_SECRET_NOT_REQUIRED 4

/* What the device and its outer header look like. Numbers in host byte order. */
typedef struct {
    gboolean has_input_key; /* with a key of 0 too, which is not "no key" */
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
    GreSecret   *psk; /* decoded from text, 0x… or 0s…; NULL where the profile has none yet */
    guint        psk_flags; /* NetworkManager's bits of who keeps it: GRE_SECRET_… */
    char        *ca, *cert, *remote_cert, *private_key; /* files, or pkcs11: URIs */
    char        *remote_pubkey;
    GreSecret   *private_key_password;
    guint        private_key_password_flags;
    guint        ike_version;   /* 1 or 2 */
    char       **ike_proposals; /* NULL: the daemon's own default; else NULL-terminated */
    char       **esp_proposals;
    guint        ike_lifetime;  /* seconds */
    guint        esp_lifetime;  /* seconds */
    guint        dpd_delay;     /* seconds, 0 = off */
    gboolean     encap;         /* force UDP encapsulation */
    guint        replay_window; /* packets */
    GreHwOffload hw_offload;
    GreStart     start;
} GreIpsecOptions;

typedef struct {
    char      *id;          /* connection.id */
    char      *uuid;        /* connection.uuid */
    char      *protects;    /* id or uuid of an ip-tunnel profile, which the tunnel part is from */
    GreNative *native;      /* that profile; NULL: not given, and the tunnel part is unset */
    gboolean   mode_is_set; /* FALSE where remote is a name and neither mode nor local tells */
    GreMode    mode;
    gboolean   ethernet;    /* frames inside, not packets: protected gretap and ip6gretap only */
    char      *remote_name; /* DNS name, or NULL where remote is an address */
    GreAddress remote;      /* AF_UNSPEC where remote is a name */
    GreAddress local;       /* AF_UNSPEC: whatever the kernel chooses */
    char      *parent;      /* interface name or NULL */
    char      *ifname;      /* NULL: the first free nmgre<N> */
    GreTunnelOptions tunnel;
    guint            mtu; /* bytes, or GRE_MTU_AUTO */
    GrePrefix       *ip4; /* for ipv4.method=auto */
    gsize            n_ip4;
    GrePrefix       *ip6;
    gsize            n_ip6;
    GreIpsecOptions  ipsec;
} GreProfile;

/* Where the strings come from: borrowed, only for the call. */
typedef struct {
    const char      *id;
    const char      *uuid;
    const char      *interface_name; /* connection.interface-name or NULL */
    GHashTable      *data;           /* vpn.data: char* -> char* */
    GHashTable      *secrets;        /* vpn.secrets: char* -> char*, or NULL */
    const GreNative *tunnel;         /* what "protects" names, or NULL; unused without that key */
} GreProfileSource;

/* "gre", "ip6gre", "gretap", "ip6gretap": as the kernel and NetworkManager call it. */
const char *gre_profile_mode_name(GreMode mode, gboolean ethernet);

/* Of the outer header: AF_INET or AF_INET6. */
int gre_profile_mode_family(GreMode mode);

/**
 * gre_profile_new:
 * @error: GRE_ERROR_PROFILE (or _ADDRESS for ip4/ip6, _SECRET for a malformed secret), one line
 *   that names key, value (never a secret's) and what is allowed
 *
 * Checks everything that can be checked without touching the machine: unknown keys, types,
 * ranges, control characters, keys that exclude or require each other, families. A missing secret
 * is no error here: see gre_profile_missing_secret().
 *
 * Returns: (transfer full): the profile, or NULL.
 */
GreProfile *gre_profile_new(const GreProfileSource *source, GError **error);

GreProfile *gre_profile_ref(GreProfile *profile);
void        gre_profile_unref(GreProfile *profile); /* wipes the secrets with the last reference */

/* What a profile has to do with one of the property table's secrets. */
typedef struct {
    guint            flags;    /* GRE_SECRET_… */
    gboolean         required; /* without it there is no use in trying */
    const GreSecret *value;    /* borrowed; NULL: the profile lacks it */
} GreSecretUse;

/**
 * gre_profile_uses_secret:
 * @use: filled where it does
 *
 * A key file's password is needed only where its flags say that an agent has it or that it is asked
 * for: whether the file is encrypted is not known here. "<name>-flags" may say that a secret isn't
 * required.
 *
 * Returns: whether @secret is a secret, and has a meaning in this profile.
 */
gboolean
gre_profile_uses_secret(const GreProfile *profile, const GreProperty *secret, GreSecretUse *use);

/* Name of the first secret that the profile requires and lacks; NULL where all is there. */
const char *gre_profile_missing_secret(const GreProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfile, gre_profile_unref)

#endif
