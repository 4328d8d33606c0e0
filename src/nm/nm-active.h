/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows which profiles are active in NetworkManager.
 */
#ifndef GRE_NM_ACTIVE_H
#define GRE_NM_ACTIVE_H

#include <gio/gio.h>

typedef struct _GreNmActive GreNmActive;

/* NMActiveConnectionState. */
typedef enum {
    GRE_ACTIVE_UNKNOWN,
    GRE_ACTIVE_ACTIVATING,
    GRE_ACTIVE_ACTIVATED,
    GRE_ACTIVE_DEACTIVATING,
    GRE_ACTIVE_DEACTIVATED, /* or not active at all */
} GreActiveState;

/* @changed: a state may have changed; called once for a burst. */
GreNmActive *
gre_nm_active_new(GDBusConnection *bus, void (*changed)(gpointer user_data), gpointer user_data);
void gre_nm_active_free(GreNmActive *active);

/* @path: the active connection's object, at the beginning of its activation */
typedef void (*GreNmActivating)(const char *path, const char *uuid, gpointer user_data);

/* @func: called for each active connection that begins to activate, or is about to when it is first
 * seen. */
void gre_nm_active_on_activating(GreNmActive *active, GreNmActivating func, gpointer user_data);

void gre_nm_active_start(GreNmActive *active); /* NetworkManager has started */
void gre_nm_active_stop(GreNmActive *active);  /* it has stopped: nothing is active */

/* @path: (out) (nullable) (transfer none): the active connection's object, NULL if there is
 * none. */
GreActiveState gre_nm_active_state(const GreNmActive *active, const char *uuid, const char **path);

/* Whether it is not active, nor on its way up or down. */
gboolean gre_nm_active_is_down(const GreNmActive *active, const char *uuid);

#endif
