/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by connection.c (states), connection-prepare.c (what must be known first),
 * connection-pair.c, connection-device.c and connection-move.c. */
#ifndef GRE_CONNECTION_PRIVATE_H
#define GRE_CONNECTION_PRIVATE_H

#include "engine/connection.h"
#include "engine/engine.h"
#include "engine/protection.h"
#include "kernel/gre-links.h"
#include "keys/keys-client.h"

#include <gio/gio.h>

struct _GreConnection {
    GreEngine                *engine;
    GreProfile               *profile;
    GreConnectionWish         wish;
    const GreConnectionFuncs *funcs;
    gpointer                  data;
    GreState                  state;
    GError                   *cause;  /* the most telling one so far */
    char                     *logged; /* the cause that the journal has already */
    gboolean                  told_up;

    /* preparing */
    gboolean        waits_turn; /* for an earlier instance of the same profile to be gone */
    GCancellable   *cancellable;
    guint           prepare_source; /* idle or pause before the next try */
    GreAddress      remote;
    GreMode         mode;
    int             parent;
    GreRoute        underlay;
    GreCredentials *credentials; /* of ipsec=pubkey */
    char           *user;
    GreLink         native; /* the tunnel that it protects, as it runs */

    /* what it holds */
    GreProtection *protection; /* NULL: none, as without IPsec */
    guint          n_leaving;  /* protections that are given back, and not gone yet */
    GreDevice      device;
    gboolean       has_device;
    guint          mtu;
    guint          first_mtu; /* the one that NetworkManager is told */
    guint          watch;

    /* moving */
    GreProtection *next; /* until it is the one above */
    GreAddress     next_remote;
    GreRoute       next_underlay;
    gboolean       looking; /* for the peer's address, or keys for another */
    guint          name_timer;

    guint deadline_timer; /* until it counts as up */
    guint arm_timer;      /* a persistent one counts as up by then */
    guint daemon_timer;   /* for a daemon that isn't running to come back */
    guint seek_timer;     /* for a lost SA to come back */
    guint release_source;
};

void gre_connection_dispatch(GreConnection *connection, GreEvent event);
/* Takes @cause. */
void gre_connection_fail(GreConnection *connection, GError *cause);
/* Keeps @cause for the end if it says more than the one before, and logs it once. */
void gre_connection_note(GreConnection *connection, const GError *cause);

/* Starts to find out what must be known first; GRE_EVENT_PREPARED or a failure follows. */
void gre_connection_prepare(GreConnection *connection);
/* Tries again now, if it waits for something to change. */
void gre_connection_prepare_now(GreConnection *connection);
void gre_connection_prepare_stop(GreConnection *connection);
/* For one asynchronous call, in place of the one before. */
GCancellable *gre_connection_prepare_cancellable(GreConnection *connection);
/* A companion's device is somebody else's: it is found, and neither made nor removed. */
gboolean gre_connection_device_is_native(const GreConnection *connection);

/* Whether the device can be made, or the companion's is there; then all that follows from it. */
gboolean gre_connection_device_check(GreConnection *connection, GError **error);
gboolean gre_connection_device_find_native(GreConnection *connection, GError **error);

/* Makes or takes over the device; gives it back. */
gboolean gre_connection_device_take(GreConnection *connection, GError **error);
void     gre_connection_device_drop(GreConnection *connection);
/* To where the connection is now; one that isn't ours stays as it is. */
gboolean gre_connection_device_move(GreConnection *connection, GError **error);

/* The MTU that fits now, in bytes. @parts: (nullable): of what is negotiated; zero before that. */
guint gre_connection_device_fit_mtu(const GreConnection *connection, GreMtuParts *parts);

/* Sets it, unless the profile sets another. */
void gre_connection_device_follow_mtu(GreConnection *connection);
/* The device has changed: what NetworkManager put back of it is set again. */
void gre_connection_device_keep_mtu(GreConnection *connection);

/* Holds the protection between two addresses in @out, which is set at once. */
void gre_connection_protect(GreConnection    *connection,
                            const GreAddress *local,
                            const GreAddress *remote,
                            GreProtection   **out);
/* Gives it back, takes @protection; the connection stays until that is through. */
void gre_connection_unprotect(GreConnection *connection, GreProtection *protection);

/* Something about addresses or routes is otherwise: moves the connection where it has to. */
void gre_connection_move_follow_route(GreConnection *connection);
/* The state is another one: looks the peer's name up as often as that one wants it. */
void gre_connection_move_follow_name(GreConnection *connection);
/* The protection that it moves to is held, or can't be (@error, taken). */
void gre_connection_move_held(GreConnection *connection, GError *error);

#define gre_connection_log(connection, level, ...)                              \
    gre_log_full(level, (connection)->profile->id, (connection)->profile->uuid, \
                 (connection)->has_device ? (connection)->device.ifname : NULL, __VA_ARGS__)

#endif
