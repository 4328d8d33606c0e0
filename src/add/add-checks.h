/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `nm-gre add` looks at before it changes anything: the doctor's checks of this machine, and
 * which kind of profile fits it.
 */
#ifndef GRE_ADD_CHECKS_H
#define GRE_ADD_CHECKS_H

#include "add/add-answers.h"
#include "doctor/doctor-gather.h"

/* The doctor's facts for the answers, before there is a profile. @device: of the tunnel, if it
 * exists already, else NULL. As gre_doctor_gather_peer(). */
gboolean gre_add_checks_gather(NMClient            *client,
                               const GreAddAnswers *answers,
                               const char          *device,
                               GreFacts            *facts,
                               GError             **error);

/* Whether this machine shows a person a screen: a display manager is set up. */
gboolean gre_add_checks_is_desktop(void);

/* The kind that the answers want, or the one that fits: a VPN profile on a desktop whose uplink
 * NetworkManager manages, and for a peer with a name; else a native tunnel. Pure. */
GreAddKind
gre_add_checks_kind(const GreAddAnswers *answers, const GreFacts *facts, gboolean desktop);

/* Whether the finding's command can run unattended: it has nothing to fill in, takes nothing of
 * others down, and doesn't restart the machine. Pure. */
gboolean gre_add_checks_may_fix(const GreFinding *finding);

/* Errors among the findings, with which a tunnel would not work. Pure. */
guint gre_add_checks_errors(const GreDiagnosis *diagnosis);

#endif
