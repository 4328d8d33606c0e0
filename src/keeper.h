/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the companion of a native tunnel back that died, or was taken down, while the tunnel is
 * up. Who takes the tunnel down as well is left in peace.
 */
#ifndef GRE_KEEPER_H
#define GRE_KEEPER_H

#include "nm-active.h"
#include "profile-set.h"

typedef struct _GreKeeper GreKeeper;

/* Milliseconds; the tests have shorter ones. */
typedef struct {
    guint first; /* before the first try, doubling … */
    guint last;  /* … up to this */
} GreKeeperTiming;

/* @set, @active: borrowed; gre_keeper_look() when one of them changed. @timing: (nullable) */
GreKeeper *gre_keeper_new(GDBusConnection       *bus,
                          const GreProfileSet   *set,
                          const GreNmActive     *active,
                          const GreKeeperTiming *timing);
void       gre_keeper_free(GreKeeper *keeper);
void       gre_keeper_look(GreKeeper *keeper);

#endif
