/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps a set of profiles in step with NetworkManager: first all of them, then whatever is added,
 * changed or deleted. The set does not change while NetworkManager is not running.
 */
#ifndef GRE_NM_PROFILES_H
#define GRE_NM_PROFILES_H

#include "nm/profile-set.h"

#include <gio/gio.h>

typedef struct _GreNmProfiles GreNmProfiles;

/* @changed: the set may have changed; called once for a burst. */
GreNmProfiles *gre_nm_profiles_new(GDBusConnection *bus,
                                   GreProfileSet   *set,
                                   void (*changed)(gpointer user_data),
                                   gpointer user_data);
void           gre_nm_profiles_free(GreNmProfiles *profiles);

void gre_nm_profiles_start(GreNmProfiles *profiles); /* NetworkManager has started */
void gre_nm_profiles_stop(GreNmProfiles *profiles);  /* it has stopped */

/**
 * gre_nm_profiles_sync:
 * @cancellable: once cancelled, @func is not called
 * @destroy: (nullable): for @user_data, called once, even if @func was not called
 *
 * Calls @func when all of NetworkManager's changes until now are in the set, for example a profile
 * that was added a moment ago. Never calls it if NetworkManager stops before that.
 */
void gre_nm_profiles_sync(GreNmProfiles *profiles,
                          GCancellable  *cancellable,
                          void (*func)(gpointer user_data),
                          gpointer       user_data,
                          GDestroyNotify destroy);

#endif
