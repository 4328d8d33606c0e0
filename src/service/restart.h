/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restarts connections that were up when this service ended, and persistent ones that were when
 * NetworkManager ended, without that anybody took them down.
 */
#ifndef GRE_RESTART_H
#define GRE_RESTART_H

#include <gio/gio.h>

#include "nm/nm-active.h"

typedef struct _GreRestart GreRestart;

/* Milliseconds. */
typedef struct {
    guint first; /* until the first attempt */
    guint last;  /* the longest pause */
    guint
        promised; /* the shortest after NetworkManager has said that it activates the connection */
    guint limit;  /* for all attempts, if the connection is not persistent */
} GreRestartTiming;

/* Starts for all entries of the state directory; tries until each is up or cannot be any more.
 * @timing: (nullable): NULL for the usual ones. @is_up: (nullable): whether one is up already */
GreRestart *gre_restart_new(GDBusConnection        *bus,
                            const GreNmActive      *active,
                            const GreRestartTiming *timing,
                            gboolean (*is_up)(const char *uuid, gpointer user_data),
                            gpointer user_data);
void        gre_restart_free(GreRestart *restart);

/**
 * gre_restart_add:
 * @base: (nullable): interface of its base device
 * @expected: NetworkManager is about to activate that connection: tries only if it does not
 */
void gre_restart_add(GreRestart *restart,
                     const char *uuid,
                     const char *base,
                     gboolean    persistent,
                     gboolean    expected);

/* Whether that connection is to come up again. @problem: (out) (nullable) (transfer none): why it
 * did not at the last attempt */
gboolean gre_restart_wants(const GreRestart *restart, const char *uuid, const char **problem);

/* That connection is up, or was taken down on request. */
void gre_restart_forget(GreRestart *restart, const char *uuid);

#endif
