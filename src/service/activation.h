/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One activation of NetworkManager's: its VPN plugin object on the bus on one side, a connection of
 * the engine on the other.
 */
#ifndef GRE_ACTIVATION_H
#define GRE_ACTIVATION_H

#include "engine/engine.h"
#include "service/guard.h"

#include <gio/gio.h>

typedef struct _GreActivation GreActivation;

typedef struct {
    /* What became of a connection, for who asks later. */
    void (*state)(const char *uuid, const char *state, gpointer user_data);
    void (*failed)(const char *uuid, const char *cause, gpointer user_data);
    /* The name on the bus is ours; or it could not be (@error), then @gone follows. */
    void (*ready)(GreActivation *activation, const GError *error, gpointer user_data);
    /* The connection is up, or was taken down by somebody's wish. */
    void (*settled)(GreActivation *activation, const char *uuid, gpointer user_data);
    /* It has ended: the handle goes after this call. */
    void (*gone)(GreActivation *activation, gpointer user_data);
} GreActivationFuncs;

/**
 * gre_activation_new:
 * @guard: knows the tunnels that companions protect
 * @bus: the service's own connection, for questions to NetworkManager
 * @bus_name: the name that NetworkManager wants owned
 */
GreActivation *gre_activation_new(GreEngine                *engine,
                                  GreGuard                 *guard,
                                  GDBusConnection          *bus,
                                  const char               *bus_name,
                                  const GreActivationFuncs *funcs,
                                  gpointer                  user_data);

/* Takes it down without telling NetworkManager a reason, and keeps what brings a persistent
 * connection up again: NetworkManager is gone, or the service ends. */
void gre_activation_abandon(GreActivation *activation);

/**
 * gre_activation_nm_gone:
 *
 * NetworkManager is gone, and its devices stay as they are. The companion of a tunnel goes on
 * protecting it, without NetworkManager knowing, until the tunnel is gone too or a companion that
 * NetworkManager knows has taken its place. Anything else is abandoned.
 */
void gre_activation_nm_gone(GreActivation *activation);

/* Whether it is the companion @uuid, and went on without NetworkManager. */
gboolean gre_activation_outlives_nm(const GreActivation *activation, const char *uuid);

#endif
