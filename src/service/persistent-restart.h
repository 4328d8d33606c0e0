/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restarts persistent connections that were up when this service, or NetworkManager, ended without
 * taking them down on request.
 */
#ifndef GRE_PERSISTENT_RESTART_H
#define GRE_PERSISTENT_RESTART_H

#include <gio/gio.h>

typedef struct _GrePersistentRestart GrePersistentRestart;

/* Starts for all entries of the state directory; tries until each is up or cannot be any more. */
GrePersistentRestart *gre_persistent_restart_new(GDBusConnection *bus);
void                  gre_persistent_restart_free(GrePersistentRestart *restart);

/* That connection is up, or was taken down on request. */
void gre_persistent_restart_forget(GrePersistentRestart *restart, const char *uuid);

#endif
