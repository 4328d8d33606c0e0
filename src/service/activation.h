/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One activation: its VPN plugin object on the bus on one side, a connection of the engine on the
 * other.
 */
#ifndef GRE_ACTIVATION_H
#define GRE_ACTIVATION_H

#include "engine/engine.h"
#include "service/guard.h"

#include <gio/gio.h>

/* The environment variable by which an administrator allows IPsec in every private profile:
 * "allow". */
#define GRE_ACTIVATION_PRIVATE_IPSEC "NM_GRE_PRIVATE_IPSEC"

typedef struct _GreActivation GreActivation;

typedef struct {
    /* A connection's state and failure, for the history. */
    void (*state)(const char *uuid, const char *state, gpointer user_data);
    void (*failed)(const char *uuid, const GError *cause, gpointer user_data);
    /* Its device was just created, or is gone. Not of a companion, whose device is
     * NetworkManager's. */
    void (*device)(const char *ifname, gboolean there, gpointer user_data);
    /* The bus name is owned, or that failed (@error); then @gone follows. */
    void (*ready)(GreActivation *activation, const GError *error, gpointer user_data);
    /* The connection is up, or was taken down on request. */
    void (*settled)(GreActivation *activation, const char *uuid, gpointer user_data);
    /* It must be activated anew; NetworkManager has it as up. */
    void (*again)(GreActivation *activation, const char *uuid, gpointer user_data);
    /* It has ended: the handle is freed after this call. */
    void (*gone)(GreActivation *activation, gpointer user_data);
} GreActivationFuncs;

/**
 * gre_activation_new:
 * @guard: knows the protected tunnels
 * @bus: the service's own connection, for questions to NetworkManager
 * @bus_name: the name to own, from NetworkManager
 */
GreActivation *gre_activation_new(GreEngine                *engine,
                                  GreGuard                 *guard,
                                  GDBusConnection          *bus,
                                  const char               *bus_name,
                                  const GreActivationFuncs *funcs,
                                  gpointer                  user_data);

/* The name that it owns, or is about to own. */
const char *gre_activation_bus_name(const GreActivation *activation);

/* Whether it was handed over and is not up again yet. */
gboolean gre_activation_is_resuming(const GreActivation *activation);

/* Its profile's, or NULL before NetworkManager has said which. */
const char *gre_activation_uuid(const GreActivation *activation);

/* Takes it down without a failure reason for NetworkManager, and keeps the state that restarts a
 * persistent connection: NetworkManager has stopped, or the service ends. */
void gre_activation_abandon(GreActivation *activation);

/* Its profile's UUID if NetworkManager has it as up and it would stay up without its base; NULL
 * else. */
const char *gre_activation_persists(const GreActivation *activation);

gboolean gre_activation_is_persistent(const GreActivation *activation);

/* The interface of its base device, or NULL. */
const char *gre_activation_base(const GreActivation *activation);

/* As gre_activation_abandon(), but NetworkManager has it as down at once and can activate it
 * again. */
void gre_activation_make_way(GreActivation *activation);

/**
 * gre_activation_nm_gone:
 *
 * NetworkManager has stopped, and its devices stay as they are. The companion of a tunnel continues
 * to protect it, unknown to NetworkManager, until the tunnel is gone or a companion known to
 * NetworkManager has taken its place. All other activations are abandoned.
 */
void gre_activation_nm_gone(GreActivation *activation);

/* Whether it is the companion @uuid and continues without NetworkManager. */
gboolean gre_activation_outlives_nm(const GreActivation *activation, const char *uuid);

#endif
