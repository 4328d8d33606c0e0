/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by connection.c (states), connection-prepare.c (what must be known first),
 * connection-pair.c, connection-device.c and connection-move.c. */
#ifndef GRE_CONNECTION_PRIVATE_H
#define GRE_CONNECTION_PRIVATE_H

#include "engine/barriers.h"
#include "engine/connection.h"
#include "engine/engine.h"
#include "kernel/gre-links.h"
#include "keys/keys-client.h"

#include <gio/gio.h>

typedef struct _GrePair GreProtection;

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
    guint          n_leaving;  /* pairs that are given back, and not gone yet */
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

/* Lays the barrier, then takes the peer. @out is set at once; gre_connection_pair_held() follows,
 * maybe at once too, and the pair must be released in any case. */
void gre_protection_hold(GreConnection    *connection,
                         const GreAddress *local,
                         const GreAddress *remote,
                         GreProtection   **out);
/* Takes @pair; gre_connection_pair_gone() follows, and nothing else of it. */
void gre_protection_release(GreProtection *protection);
/* NULL: none yet. @pair: (nullable) */
GrePeerUser *gre_protection_peer(const GreProtection *protection);
/* Whether it is in the kernel now. @pair: (nullable) */
gboolean gre_protection_has_barrier(const GreProtection *protection);

/* What a pair tells. @error: (nullable): taken; it has no peer then. */
void gre_connection_pair_held(GreConnection *connection, GreProtection *protection, GError *error);
void gre_connection_pair_gone(GreConnection *connection);
void gre_connection_armed(GreConnection *connection);
void gre_connection_secured(GreConnection *connection, const GreChildSa *child);
void gre_connection_unsecured(GreConnection *connection, const GError *cause);

/* Something about addresses or routes is otherwise: moves the connection where it has to. */
void gre_connection_move_follow_route(GreConnection *connection);
/* The state is another one: looks the peer's name up as often as that one wants it. */
void gre_connection_move_follow_name(GreConnection *connection);
/* The pair that it moves to is held, or can't be (@error, taken). */
void gre_connection_move_held(GreConnection *connection, GError *error);

#define gre_connection_log(connection, level, ...)                              \
    gre_log_full(level, (connection)->profile->id, (connection)->profile->uuid, \
                 (connection)->has_device ? (connection)->device.ifname : NULL, __VA_ARGS__)

#endif
