/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a tunnel doesn't pass traffic: facts about it and this machine, gathered once, and checks
 * that make findings of them. The checks are pure; what gathers is in doctor-gather.h.
 */
#ifndef GRE_DOCTOR_H
#define GRE_DOCTOR_H

#include "doctor/firewall.h"
#include "kernel/gre-links.h"

typedef struct {
    char    *name;
    gboolean loaded;
    gboolean available; /* among the kernel's modules, or built in */
    char    *blocked;   /* the line of modprobe.d that keeps it out, or NULL */
} GreModuleFact;

/* What became of a few packets that were sent, and what the kernel counted meanwhile. */
typedef struct {
    gboolean   made;
    GreAddress target; /* the peer's address inside the tunnel; AF_UNSPEC: none is known */
    guint      inner_sent, inner_answered; /* pings through the tunnel */
    guint      outer_sent, outer_answered; /* pings beside it */
    guint      no_such_tunnel; /* the peer's ICMP "port unreachable" about our GRE packets */
    guint      no_gre;         /* its "protocol unreachable" */
    guint      prohibited;     /* anybody's "administratively prohibited" about our packets */
    GreAddress prohibited_by;
    guint      gre_in;        /* GRE packets from the peer for one of the tunnels here */
    guint      gre_other;     /* and for none: */
    gboolean   other_keyed;   /* with a key, */
    guint32    other_key;     /* which is this one */
    guint      mtu_tried;     /* bytes of the packet that filled the device's MTU; 0: not tried */
    guint      mtu_passed;    /* bytes of the largest that was answered; 0: none */
    guint64    sa_in, sa_out; /* packets of the SA */
    guint64    rp_filtered;   /* dropped for their source address */
    guint64    ct_invalid;    /* called invalid by conntrack */
} GreProbe;

typedef struct {
    gboolean root; /* what needs it could be looked at */

    /* The profile. */
    char            *id, *uuid;
    gboolean         native;        /* ip-tunnel, with a companion where ipsec isn't no */
    char            *profile_error; /* NULL: it is fine, and what follows is set */
    gboolean         ip6;           /* the outer packets */
    gboolean         ethernet;
    GreAddress       local;  /* any: the kernel chooses */
    GreAddress       remote; /* AF_UNSPEC: a name that isn't resolved */
    char            *remote_name;
    GreTunnelOptions options;
    GreIpsec         ipsec;
    char            *local_id, *remote_id; /* NULL: the addresses */
    guint            mtu_set;

    /* What the service says of it. */
    char    *service_error; /* NULL: it answers */
    char    *state;         /* "active", "down" …; NULL: the service knows nothing of it */
    char    *failure;       /* the last one, NULL where it is of another time */
    gboolean sa;
    gboolean encap;         /* ESP travels in UDP */
    guint    mtu, mtu_fits; /* bytes, 0: not known */

    /* Links and routes. */
    char    *device;      /* NULL: there is none */
    GArray  *addresses;   /* GreAddress: its own */
    GArray  *tunnels;     /* GreLink, all there are */
    gboolean fallback_up; /* gre0, ip6gre0 */
    guint64  fallback_rx;
    char    *route_error;       /* why there is no way to the peer */
    char    *underlay;          /* the interface that the outer packets leave by */
    char    *reverse;           /* the one that packets to the probe's target leave by */
    char    *reverse_outer;     /* and those to the peer, whatever the profile's parent */
    char    *routes4, *routes6; /* /proc/net/route, /proc/net/ipv6_route */
    char   **lans;              /* interfaces with addresses that are neither tunnel nor underlay */

    /* The kernel. */
    char    *release;
    GArray  *modules; /* GreModuleFact; empty where the kernel's modules aren't known */
    gboolean modules_disabled;
    int      forward4, forward6;     /* 1: on for the device */
    int      rp_device, rp_underlay; /* 0, 1 strict, 2 loose */

    /* The firewall, as its tools print it; NULL: not there. */
    char *nft, *iptables, *ip6tables, *legacy, *legacy6;

    /* strongSwan. */
    gboolean charon_missing;
    char    *charon_error; /* NULL: it runs */
    char   **plugins;      /* NULL: not known */
    char    *os;           /* ID and ID_LIKE of os-release */

    GreProbe probe;
} GreFacts;

void gre_doctor_facts_clear(GreFacts *facts);

typedef enum {
    GRE_SEVERITY_ERROR,   /* nothing passes, or not what should */
    GRE_SEVERITY_WARNING, /* it works at times, or not for all */
} GreSeverity;

typedef struct {
    const char *id; /* what scripts know it by; static */
    GreSeverity severity;
    char       *what;     /* a line */
    GPtrArray  *evidence; /* char*: lines */
    char       *mend;     /* a shell command, or NULL where there is none */
} GreFinding;

typedef struct {
    GPtrArray *findings; /* GreFinding */
    GPtrArray *skipped;  /* char*: what couldn't be checked, and why */
} GreDiagnosis;

GreDiagnosis *gre_doctor_diagnosis_new(void);
void          gre_doctor_diagnosis_free(GreDiagnosis *diagnosis);

/* All checks, the most telling findings first. */
GreDiagnosis *gre_doctor_diagnose(const GreFacts *facts);

/* Returns: (transfer none): a new finding, to which evidence and command are added. */
GreFinding *gre_doctor_add(GreDiagnosis *diagnosis,
                           const char   *id,
                           GreSeverity   severity,
                           const char   *format,
                           ...) G_GNUC_PRINTF(4, 5);
void        gre_doctor_evidence(GreFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void        gre_doctor_fix(GreFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void        gre_doctor_skip(GreDiagnosis *diagnosis, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The command that sets a key of the tunnel's, or of its IPsec's, and brings it up anew. */
void gre_doctor_fix_key(GreFinding     *finding,
                        const GreFacts *facts,
                        const char     *key,
                        const char     *format,
                        ...) G_GNUC_PRINTF(4, 5);

/* The profile's name as a shell takes it (transfer full). */
char *gre_doctor_name(const GreFacts *facts);

/* @finding as a word in what os-release says. */
gboolean gre_doctor_is_os(const GreFacts *facts, const char *os);

/* ---- the checks, by area ---- */
void gre_doctor_check_profile(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_service(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_modules(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_same_ends(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_fallback(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_rp_filter(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_forwarding(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_firewall(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_invalid(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_daemon(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_plugins(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_authentication(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_route(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_key(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_mtu(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_silent(const GreFacts *facts, GreDiagnosis *out);
void gre_doctor_check_failure(const GreFacts *facts, GreDiagnosis *out);

/* What a failure of the service's is about: the id of a finding, or NULL. */
const char *gre_doctor_failure_kind(const char *failure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreDiagnosis, gre_doctor_diagnosis_free)

#endif
