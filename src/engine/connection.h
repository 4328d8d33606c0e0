/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection that NetworkManager wants up: from its profile to the device, and back down.
 */
#ifndef GRE_CONNECTION_H
#define GRE_CONNECTION_H

#include "engine/barriers.h"
#include "engine/connection-fsm.h"
#include "gre-connection-wish.h"
#include "gre-mtu.h"
#include "gre-profile.h"
#include "kernel/device.h"
#include "kernel/route.h"
#include "strongswan/peer.h"

typedef struct _GreEngine     GreEngine;
typedef struct _GreConnection GreConnection;

typedef struct {
    void (*state)(gpointer user_data, GreState state); /* it has changed */
    /* An error that may heal; called once for each different error. */
    void (*noted)(gpointer user_data, const GError *cause);
    /* It counts as up: the device exists, still down, for NetworkManager to set up. Called once. */
    void (*up)(gpointer user_data);
    /* It is still up, but with other addresses; NetworkManager's configuration may need an
     * update. */
    void (*moved)(gpointer user_data);
    /* Another program set the device down and up again, which removed its routes: it must be
     * activated anew. */
    void (*stripped)(gpointer user_data);
    /* It has ended completely. @cause: the reason, NULL if it ended on request. The last callback;
     * the connection is freed after it. */
    void (*stopped)(gpointer user_data, const GError *cause);
} GreConnectionFuncs;

/**
 * gre_connection_new:
 *
 * Starts on the main loop, without delay. Always ends with the `stopped` callback.
 */
GreConnection *gre_connection_new(GreEngine                *engine,
                                  GreProfile               *profile,
                                  const GreConnectionWish  *wish,
                                  const GreConnectionFuncs *funcs,
                                  gpointer                  user_data);

/* What is left of a connection, up until now, when the program that had it has ended. */
typedef struct {
    char       ifname[16]; /* of its own device; empty: it has none */
    GreAddress local;      /* zero: not known */
    GreAddress remote;
    guint      mtu;       /* bytes */
    guint      first_mtu; /* the one that NetworkManager was told */
    guint32    if_id;     /* of its XFRM interface, else 0 */
} GreConnectionRemains;

/* Whether it is up and not about to move: then it can be resumed from its remains. */
gboolean gre_connection_remains(const GreConnection *connection, GreConnectionRemains *out);

/**
 * gre_connection_resume:
 * @remains: of the same connection, with this profile and this wish
 *
 * As gre_connection_new(), but takes over the device as it is, and the SA that strongSwan has:
 * traffic flows meanwhile. What would keep a new connection from coming up is no failure, as it is
 * up already; only if the device is gone, it fails.
 */
GreConnection *gre_connection_resume(GreEngine                  *engine,
                                     GreProfile                 *profile,
                                     const GreConnectionWish    *wish,
                                     const GreConnectionRemains *remains,
                                     const GreConnectionFuncs   *funcs,
                                     gpointer                    user_data);

/* Ends it; `stopped` follows. */
void gre_connection_down(GreConnection *connection);

const GreDevice  *gre_connection_device(const GreConnection *connection);   /* while up */
const GreRoute   *gre_connection_underlay(const GreConnection *connection); /* zero until known */
const GreAddress *gre_connection_remote(const GreConnection *connection);   /* zero until known */
guint             gre_connection_mtu(const GreConnection *connection);      /* bytes, while up */
const GreProfile *gre_connection_profile(const GreConnection *connection);

/* The visible state of a connection; borrowed from it. */
typedef struct {
    GreState                state;
    const GreDevice        *device;   /* NULL: none */
    gboolean                prepared; /* else the rest is not known yet */
    GreMode                 mode;
    gboolean                ethernet;
    GreAddress              local, remote;
    const GreRoute         *underlay;
    const GreTunnelOptions *options;
    guint                   mtu; /* bytes, 0: not known yet */
    gboolean                mtu_is_set;
    GreMtuParts             parts; /* of the MTU that fits */
    GreBarriersView         barrier;
    const char             *peer;    /* its name in strongSwan, NULL without IPsec */
    const GrePeerCounts    *counts;  /* of the peer, NULL without IPsec */
    const char             *warning; /* why traffic will stop although it flows now; or NULL */
} GreConnectionView;

void gre_connection_view(const GreConnection *connection, GreConnectionView *out);

#endif
