/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings persistent connections up again that were up when this service, or NetworkManager, ended
 * without being asked to take them down.
 */
#ifndef GRE_PERSISTENT_RESTART_H
#define GRE_PERSISTENT_RESTART_H

#include <gio/gio.h>

typedef struct _GreRevival GrePersistentRestart;

/* Starts for all entries of the state directory; tries until each is up or can't be any more. */
GrePersistentRestart *gre_persistent_restart_new(GDBusConnection *bus);
void                  gre_persistent_restart_free(GrePersistentRestart *revival);

/* That connection is up, or ended by somebody's wish. */
void gre_persistent_restart_forget(GrePersistentRestart *revival, const char *uuid);

#endif
