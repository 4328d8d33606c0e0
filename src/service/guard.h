/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protects native tunnels when NetworkManager's own order does not: it reads the profiles before
 * NetworkManager runs, installs the barrier of each protected tunnel, keeps it as long as the
 * profile or its device exists, and restarts lost protection.
 */
#ifndef GRE_GUARD_H
#define GRE_GUARD_H

#include "engine/engine.h"
#include "gre-native.h"
#include "nm/nm-active.h"
#include "nm/profile-set.h"

typedef struct _GreGuard GreGuard;

/* Reads NetworkManager's keyfiles and installs the barriers before it returns. @changed: called
 * when the profiles, or the result of gre_guard_is_needed(), may have changed. */
GreGuard *gre_guard_new(GreEngine       *engine,
                        GDBusConnection *bus,
                        void (*changed)(gpointer user_data),
                        gpointer user_data);

/* The barriers stay. Call it before gre_engine_free(). */
void gre_guard_free(GreGuard *guard);

void gre_guard_nm_appeared(GreGuard *guard);
void gre_guard_nm_vanished(GreGuard *guard);

/* Whether there is a tunnel to guard. */
gboolean gre_guard_is_needed(const GreGuard *guard);

typedef void (*GreGuardFound)(const GreNative *tunnel, const GError *error, gpointer user_data);

/**
 * gre_guard_find:
 * @protects: of the companion @uuid
 * @users: (nullable): its users; the tunnel's must be the same
 * @cancellable: once cancelled, @found is not called
 *
 * Finds the tunnel's current profile in NetworkManager. @found gets it, borrowed, or a
 * GRE_ERROR_PROFILE that says what @protects names instead.
 */
void gre_guard_find(GreGuard     *guard,
                    const char   *protects,
                    const char   *uuid,
                    char        **users,
                    GCancellable *cancellable,
                    GreGuardFound found,
                    gpointer      user_data);

/* @view gets what is known of that tunnel's barrier. */
void gre_guard_view_barrier(const GreGuard        *guard,
                            const GreKnownProfile *companion,
                            const GreKnownProfile *tunnel,
                            GreBarriersView       *view);

const GreProfileSet *gre_guard_profiles(const GreGuard *guard);
GreNmActive         *gre_guard_active(const GreGuard *guard);

#endif
