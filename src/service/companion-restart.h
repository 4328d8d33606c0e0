/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the companion of a native tunnel back that died, or was taken down, while the tunnel is
 * up. Who takes the tunnel down as well is left in peace.
 */
#ifndef GRE_COMPANION_RESTART_H
#define GRE_COMPANION_RESTART_H

#include "nm/nm-active.h"
#include "nm/profile-set.h"

typedef struct _GreKeeper GreCompanionRestart;

/* Milliseconds; the tests have shorter ones. */
typedef struct {
    guint first; /* before the first try, doubling … */
    guint last;  /* … up to this */
} GreCompanionRestartTiming;

/* @set, @active: borrowed; gre_companion_restart_look() when one of them changed. @timing:
 * (nullable) */
GreCompanionRestart *gre_companion_restart_new(GDBusConnection                 *bus,
                                               const GreProfileSet             *set,
                                               const GreNmActive               *active,
                                               const GreCompanionRestartTiming *timing);
void                 gre_companion_restart_free(GreCompanionRestart *keeper);
void                 gre_companion_restart_look(GreCompanionRestart *keeper);

#endif
