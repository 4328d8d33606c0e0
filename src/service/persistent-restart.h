/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restarts persistent connections that were up when this service, or NetworkManager, ended without
 * taking them down on request.
 */
#ifndef GRE_PERSISTENT_RESTART_H
#define GRE_PERSISTENT_RESTART_H

#include <gio/gio.h>

#include "nm/nm-active.h"

typedef struct _GrePersistentRestart GrePersistentRestart;

/* Milliseconds. */
typedef struct {
    guint first; /* until the first attempt */
    guint last;  /* the longest pause */
    guint
        promised; /* the shortest after NetworkManager has said that it activates the connection */
} GrePersistentRestartTiming;

/* Starts for all entries of the state directory; tries until each is up or cannot be any more.
 * @timing: (nullable): NULL for the usual ones */
GrePersistentRestart *gre_persistent_restart_new(GDBusConnection                  *bus,
                                                 const GreNmActive                *active,
                                                 const GrePersistentRestartTiming *timing);
void                  gre_persistent_restart_free(GrePersistentRestart *restart);

/* NetworkManager is about to activate that connection: tries if it does not come up.
 * @base: (nullable): interface of its base device */
void
gre_persistent_restart_expect(GrePersistentRestart *restart, const char *uuid, const char *base);

/* That connection is up, or was taken down on request. */
void gre_persistent_restart_forget(GrePersistentRestart *restart, const char *uuid);

#endif
