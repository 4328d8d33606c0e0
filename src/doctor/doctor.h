/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds why a tunnel doesn't pass traffic: facts about it and this machine are collected once, and
 * checks turn them into findings. The checks are pure; doctor-gather.h collects.
 */
#ifndef GRE_DOCTOR_H
#define GRE_DOCTOR_H

#include "client/boot-order.h"
#include "doctor/firewall.h"
#include "kernel/gre-links.h"

typedef struct {
    char    *name;
    gboolean loaded;
    gboolean available; /* a kernel module that exists, or built in */
    char    *blocked;   /* the line of modprobe.d that blocks it, or NULL */
} GreModuleFact;

/* A UDP socket at a port of IKE, for the family of the outer packets. */
typedef struct {
    guint port;
    guint inode;       /* 0: a socket of the kernel's own */
    int   pid;         /* 0: unknown */
    char  program[32]; /* "": unknown */
} GrePortFact;

/* The results of the probe, and the kernel's counters meanwhile. */
typedef struct {
    gboolean   made;
    GreAddress target; /* the peer's address inside the tunnel; AF_UNSPEC: unknown */
    guint      inner_sent, inner_answered; /* pings through the tunnel */
    guint      outer_sent, outer_answered; /* pings outside it */
    guint      no_such_tunnel; /* ICMP "port unreachable" from the peer about our GRE packets */
    guint      no_gre;         /* "protocol unreachable" from the peer */
    guint      prohibited;     /* "administratively prohibited" from any host about our packets */
    GreAddress prohibited_by;
    guint      gre_in;        /* GRE packets from the peer that match a local tunnel */
    guint      gre_other;     /* and that match none */
    gboolean   other_keyed;   /* these have a key, */
    guint32    other_key;     /* with this value */
    guint      mtu_tried;     /* bytes of the packet that filled the device's MTU; 0: not tried */
    guint      mtu_passed;    /* bytes of the largest answered packet; 0: none */
    guint64    sa_in, sa_out; /* packets of the SA */
    guint64    rp_filtered;   /* dropped for their source address */
    guint64    ct_invalid;    /* marked invalid by conntrack */
} GreProbe;

typedef struct {
    gboolean root; /* whether checks that need root were possible */

    /* There is no profile yet: the following fields are what it would say, and only the machine is
     * checked. */
    gboolean planned;
    char    *behind; /* if planned: a network behind the peer, NULL: unknown */

    /* The profile. */
    char            *id, *uuid;     /* if planned, the peer, and NULL */
    gboolean         native;        /* ip-tunnel, with a companion where ipsec isn't no */
    char            *profile_error; /* NULL: it is valid, and the following fields are set */
    gboolean         ip6;           /* the family of the outer packets */
    gboolean         xfrm;          /* no GRE: an XFRM interface */
    gboolean         ethernet;
    GreAddress       local;  /* any: the kernel chooses */
    GreAddress       remote; /* AF_UNSPEC: a name that didn't resolve */
    char            *remote_name;
    GreTunnelOptions options;
    GreIpsec         ipsec;
    char            *local_id, *remote_id; /* NULL: the addresses */
    guint            mtu_set;

    /* The service's status of it. */
    char        *service_error; /* NULL: the service answers */
    GreBootOrder boot_order;
    char        *state;   /* "active", "down" …; NULL: unknown to the service */
    char        *failure; /* the last one, NULL if it is not about the current state */
    gboolean     sa;
    gboolean     encap;         /* ESP travels in UDP */
    gboolean     no_barrier;    /* it should be in place, and is not */
    guint        restored;      /* how often the barrier was installed again */
    guint64      restored_ago;  /* seconds since the last time of these */
    guint        mtu, mtu_fits; /* bytes, 0: unknown */

    /* Links and routes. */
    char       *device;      /* NULL: there is none */
    GArray     *addresses;   /* GreAddress: of the device */
    GArray     *tunnels;     /* GreLink, all of the machine */
    gboolean    fallback_up; /* gre0, ip6gre0 */
    guint64     fallback_rx;
    char       *route_error; /* why there is no route to the peer */
    char       *underlay;    /* the interface of the outer packets */
    const char *base;        /* a VPN profile, or a planned one, that has no base connection: where
                              * it could be brought up; NULL: it has one */
    char *reverse;           /* the interface of the route to the probe's target */
    char *reverse_outer; /* the interface of the route to the peer, ignoring the profile's parent */
    char *routes4, *routes6; /* /proc/net/route, /proc/net/ipv6_route */
    char **lans;             /* interfaces with addresses, except tunnel and underlay */

    /* The kernel. */
    char    *release;
    GArray  *modules; /* GreModuleFact; empty if the kernel's modules are unknown */
    gboolean modules_disabled;
    int      forward4, forward6;     /* 1: on for the device */
    int      rp_device, rp_underlay; /* 0, 1 strict, 2 loose */

    /* Output of the firewall's tools; NULL: not available. */
    char    *nft, *iptables, *ip6tables, *legacy, *legacy6;
    gboolean nft_unread; /* there are rules of nf_tables, and nft doesn't tell them */

    /* strongSwan. */
    gboolean    charon_missing;
    char       *charon_error; /* NULL: it runs */
    const char *charon_unit;  /* its systemd unit */
    const char *charon_dir;   /* of strongswan.conf */
    char      **plugins;      /* NULL: unknown */
    GArray     *ports;        /* GrePortFact: the users of IKE's UDP ports, except strongSwan; NULL:
                               * unknown */
    char *os;                 /* ID and ID_LIKE of os-release */

    GreProbe probe;
} GreFacts;

void gre_doctor_facts_clear(GreFacts *facts);

typedef enum {
    GRE_SEVERITY_ERROR,   /* no traffic passes, or unwanted traffic does */
    GRE_SEVERITY_WARNING, /* works at times, or not for all traffic */
} GreSeverity;

typedef struct {
    const char *id; /* for scripts; static */
    GreSeverity severity;
    char       *what;     /* one line */
    GPtrArray  *evidence; /* char*: lines */
    char       *fix;      /* a shell command, or NULL where there is none */
} GreFinding;

typedef struct {
    GPtrArray *findings; /* GreFinding */
    GPtrArray *skipped;  /* char*: what couldn't be checked, and why */
} GreDiagnosis;

GreDiagnosis *gre_doctor_diagnosis_new(void);
void          gre_doctor_diagnosis_free(GreDiagnosis *diagnosis);

/* Runs all checks; the findings are sorted by severity. */
GreDiagnosis *gre_doctor_diagnose(const GreFacts *facts);

/* Returns: (transfer none): a new finding, to which evidence and a command are added. */
GreFinding *gre_doctor_add(GreDiagnosis *diagnosis,
                           const char   *id,
                           GreSeverity   severity,
                           const char   *format,
                           ...) G_GNUC_PRINTF(4, 5);
void        gre_doctor_evidence(GreFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void        gre_doctor_fix(GreFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void        gre_doctor_skip(GreDiagnosis *diagnosis, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets the command that changes a property of the tunnel or its IPsec and restarts the tunnel. */
void gre_doctor_fix_property(GreFinding     *finding,
                             const GreFacts *facts,
                             const char     *key,
                             const char     *format,
                             ...) G_GNUC_PRINTF(4, 5);

/* The profile's name, quoted for a shell (transfer full). */
char *gre_doctor_name(const GreFacts *facts);

/* Whether @os is a word of ID or ID_LIKE in os-release. */
gboolean gre_doctor_is_os(const GreFacts *facts, const char *os);

/* ---- the checks, by area ---- */
void gre_doctor_check_profile(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_service(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_boot_order(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_base(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_modules(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_same_ends(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_fallback(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_rp_filter(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_forwarding(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_firewall(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_invalid(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_daemon(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_ports(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_plugins(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_barrier(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_authentication(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_route(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_key(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_mtu(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_silent(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_failure(const GreFacts *facts, GreDiagnosis *out);

/* The id of the finding for a failure that the service reports, or NULL. */
const char *gre_doctor_failure_kind(const char *failure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreDiagnosis, gre_doctor_diagnosis_free)

#endif
