/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restarts the companion of a native tunnel if it ended while the tunnel is up. Nothing happens if
 * the tunnel is taken down as well.
 */
#ifndef GRE_COMPANION_RESTART_H
#define GRE_COMPANION_RESTART_H

#include "nm/nm-active.h"
#include "nm/profile-set.h"

typedef struct _GreCompanionRestart GreCompanionRestart;

/* Milliseconds; the tests use shorter ones. */
typedef struct {
    guint first; /* before the first try, doubling … */
    guint last;  /* … up to this */
} GreCompanionRestartTiming;

/* @set, @active: borrowed; call gre_companion_restart_look() when one of them changes. @timing:
 * (nullable) */
GreCompanionRestart *gre_companion_restart_new(GDBusConnection                 *bus,
                                               const GreProfileSet             *set,
                                               const GreNmActive               *active,
                                               const GreCompanionRestartTiming *timing);
void                 gre_companion_restart_free(GreCompanionRestart *restart);
void                 gre_companion_restart_look(GreCompanionRestart *restart);

#endif
