/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles that `nm-gre add` makes of the answers: a native tunnel and its companion, or a VPN
 * profile. Pure: reads nothing of the machine, and asks nobody.
 */
#ifndef GRE_ADD_PLAN_H
#define GRE_ADD_PLAN_H

#include "add/add-answers.h"

#include <NetworkManager.h>

/* What the machine decides. */
typedef struct {
    GreAddKind  kind;      /* not AUTO */
    GreAddress  source;    /* the kernel's address towards the peer; AF_UNSPEC: unknown */
    int         family;    /* of the peer's address; AF_UNSPEC: a name that isn't resolved */
    const char *ifname;    /* for a native tunnel, unless the answers name one */
    const char *uuids[2];  /* of the tunnel's profile and its companion */
    const char *companion; /* name of a companion */
} GreAddPlace;

typedef struct {
    NMConnection *main;      /* the ip-tunnel profile or the VPN profile */
    NMConnection *companion; /* NULL: there is none */
} GreAddPlan;

/**
 * gre_add_plan_new:
 * @psk: (nullable): the pre-shared key, if the answers want one
 * @error: GRE_ERROR_PROFILE, GRE_ERROR_SECRET: the service or NetworkManager would refuse a profile
 */
GreAddPlan *gre_add_plan_new(const GreAddAnswers *answers,
                             const GreAddPlace   *place,
                             const char          *psk,
                             GError             **error);
void        gre_add_plan_free(GreAddPlan *plan);

/* A profile as a keyfile, with "…" in place of each secret. (transfer full) */
char *gre_add_plan_text(NMConnection *connection);

/* How @wanted differs from @existing in what the answers decide, secrets aside: an array of lines
 * "group.key: old -> new". (transfer full) */
GPtrArray *gre_add_plan_differences(NMConnection *existing, NMConnection *wanted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreAddPlan, gre_add_plan_free)

#endif
