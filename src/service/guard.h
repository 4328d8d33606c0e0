/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protects native tunnels where NetworkManager's own order of things doesn't: it knows the profiles
 * before NetworkManager runs, lays the barrier of each protected tunnel and keeps it as long as the
 * profile or its device is there, and brings protection back that was lost.
 */
#ifndef GRE_GUARD_H
#define GRE_GUARD_H

#include "engine/engine.h"
#include "gre-native.h"
#include "nm/nm-active.h"
#include "nm/profile-set.h"

typedef struct _GreGuard GreGuard;

/* Reads NetworkManager's keyfiles and lays the barriers, before it returns. @changed: told from
 * then on when there are other profiles, or gre_guard_is_needed() may say something else. */
GreGuard *gre_guard_new(GreEngine       *engine,
                        GDBusConnection *bus,
                        void (*changed)(gpointer user_data),
                        gpointer user_data);

/* Leaves the barriers. Before gre_engine_free(). */
void gre_guard_free(GreGuard *guard);

void gre_guard_nm_appeared(GreGuard *guard);
void gre_guard_nm_vanished(GreGuard *guard);

/* Whether there is a tunnel to guard. */
gboolean gre_guard_is_needed(const GreGuard *guard);

typedef void (*GreGuardFound)(const GreNative *tunnel, const GError *error, gpointer user_data);

/**
 * gre_guard_find:
 * @protects: of the companion @uuid
 * @cancellable: after it is cancelled @found is not called
 *
 * Finds the tunnel's profile as NetworkManager has it now. @found gets it, borrowed, or a
 * GRE_ERROR_PROFILE that says what @protects names instead.
 */
void gre_guard_find(GreGuard     *guard,
                    const char   *protects,
                    const char   *uuid,
                    GCancellable *cancellable,
                    GreGuardFound found,
                    gpointer      user_data);

/* Whether the barrier of that pair is in the kernel now. */
gboolean gre_guard_holds(const GreGuard        *guard,
                         const GreKnownProfile *companion,
                         const GreKnownProfile *tunnel);

const GreProfileSet *gre_guard_profiles(const GreGuard *guard);
const GreNmActive   *gre_guard_active(const GreGuard *guard);

#endif
