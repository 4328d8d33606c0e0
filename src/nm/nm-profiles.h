/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps a set of profiles as NetworkManager has them: all of them once, then whatever is added,
 * changed or deleted. While NetworkManager is away the set stays as it is.
 */
#ifndef GRE_NM_PROFILES_H
#define GRE_NM_PROFILES_H

#include "nm/profile-set.h"

#include <gio/gio.h>

typedef struct _GreNmProfiles GreNmProfiles;

/* @changed: the set may be another one; called once for a burst. */
GreNmProfiles *gre_nm_profiles_new(GDBusConnection *bus,
                                   GreProfileSet   *set,
                                   void (*changed)(gpointer user_data),
                                   gpointer user_data);
void           gre_nm_profiles_free(GreNmProfiles *profiles);

void gre_nm_profiles_start(GreNmProfiles *profiles); /* NetworkManager is there */
void gre_nm_profiles_stop(GreNmProfiles *profiles);  /* and gone */

/**
 * gre_nm_profiles_sync:
 * @cancellable: after it is cancelled @func is not called
 * @destroy: (nullable): for @user_data, called once, whether @func was called or not
 *
 * Calls @func when everything that NetworkManager said of its profiles until now is in the set: a
 * profile that was added a moment ago is there then. Never where NetworkManager goes before that.
 */
void gre_nm_profiles_sync(GreNmProfiles *profiles,
                          GCancellable  *cancellable,
                          void (*func)(gpointer user_data),
                          gpointer       user_data,
                          GDestroyNotify destroy);

#endif
