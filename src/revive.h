/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings persistent connections up again that were up when this service, or NetworkManager, ended
 * without being asked to take them down.
 */
#ifndef GRE_REVIVE_H
#define GRE_REVIVE_H

#include <gio/gio.h>

typedef struct _GreRevival GreRevival;

/* Starts for all entries of the state directory; tries until each is up or can't be any more. */
GreRevival *gre_revival_new(GDBusConnection *bus);
void        gre_revival_free(GreRevival *revival);

/* That connection is up, or ended by somebody's wish. */
void gre_revival_forget(GreRevival *revival, const char *uuid);

#endif
