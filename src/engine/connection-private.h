/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by connection.c (states), connection-prepare.c (preconditions), protection.c,
 * connection-device.c and connection-move.c. */
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
    GError                   *cause;   /* the most specific one so far */
    char                     *logged;  /* the cause that is already in the journal */
    char                     *warning; /* why traffic will stop although it flows now */
    gboolean                  reported_up;

    /* preparing */
    gboolean        waits_turn; /* for the end of an earlier instance of the same profile */
    GCancellable   *cancellable;
    guint           prepare_source; /* idle source, or pause before the next try */
    gint64          tried;          /* when the last try began, monotonic µs */
    guint           backoff;        /* ms: the next pause of a persistent connection */
    gboolean        resolving;      /* a lookup of the peer's name is in progress */
    gboolean        arm_due;        /* it counts as up as soon as a try fails */
    GreAddress      remote;
    GreMode         mode;
    int             parent;
    GreRoute        underlay;
    GreCredentials *credentials; /* of ipsec=pubkey */
    char           *user;
    GreLink         native; /* the running tunnel that it protects */
    guint32         if_id;  /* of its XFRM interface, 0: it has none */

    /* resuming */
    GreConnectionRemains *remains; /* NULL: it is a new one, or all of them are taken over */

    /* resources */
    GreProtection *protection; /* NULL: none, for example without IPsec */
    guint          n_leaving;  /* protections being released */
    GreDevice      device;
    gboolean       has_device;
    char          *clamped; /* the device's name in the engine's mss_clamp */
    GreMode        device_mode;
    guint          mtu;
    guint          first_mtu; /* the one sent to NetworkManager */
    guint          watch;
    gboolean       raised;  /* NetworkManager has set the device up */
    gboolean       lowered; /* and another program down again */

    /* moving */
    GreProtection *next; /* until it replaces the one above */
    GreAddress     next_remote;
    GreRoute       next_underlay;
    gboolean       looking; /* for the peer's new address or its keys */
    guint          name_timer;
    guint          path_timer;      /* until the kernel has learned, or forgets, the path's MTU */
    gboolean       path_learned;    /* the first of these */
    gboolean       next_turn;       /* another address of the name is to be tried */
    GArray        *tried_addresses; /* GreAddress: those that did not answer since the last SA */

    guint deadline_timer; /* until it must be up */
    guint arm_timer;      /* when a persistent connection counts as up */
    guint daemon_timer;   /* for a stopped daemon to start again */
    guint seek_timer;     /* for a lost SA to be set up again */
    guint release_source;
};

void gre_connection_dispatch(GreConnection *connection, GreEvent event);
/* Nobody waits for the SA: attempts have pauses that grow, and no end. */
gboolean gre_connection_is_patient(const GreConnection *connection);
/* Takes @cause. */
void gre_connection_fail(GreConnection *connection, GError *cause);
/* Keeps @cause for the end if it is more specific than the one before, and logs it once. */
void gre_connection_note(GreConnection *connection, const GError *cause);

/* Starts to collect the preconditions. In PREPARING, GRE_EVENT_PREPARED or a failure follows, in
 * WAITING gre_connection_move_to(). */
void gre_connection_prepare(GreConnection *connection);
/* Tries again soon, if it is waiting for a change: of addresses and routes, or, with @names, of
 * what names resolve to. */
void gre_connection_prepare_now(GreConnection *connection, gboolean names);
/* Tries again after a pause. */
void gre_connection_prepare_later(GreConnection *connection);
/* A persistent connection counts as up now, or as soon as the current try fails. */
void gre_connection_prepare_arm(GreConnection *connection);
/* The peer's name is not resolved yet: (transfer full) the error that says so, NULL if it is. */
GError *gre_connection_prepare_unresolved(const GreConnection *connection);
/* The family of the peer's address; AF_UNSPEC: either. */
int  gre_connection_prepare_family(const GreConnection *connection);
void gre_connection_prepare_stop(GreConnection *connection);
/* For one asynchronous call; replaces the previous one. */
GCancellable *gre_connection_prepare_cancellable(GreConnection *connection);
/* Whether the device belongs to NetworkManager (of a companion): then it is found, and neither
 * created nor removed. */
gboolean gre_connection_device_is_native(const GreConnection *connection);

/* Whether the device can be created, or, for a companion, exists; then derives what follows from
 * it. */
gboolean gre_connection_device_check(GreConnection *connection, GError **error);
gboolean gre_connection_device_find_native(GreConnection *connection, GError **error);

/* Finds the device that its remains name. */
gboolean gre_connection_device_find_own(GreConnection *connection, GError **error);

/* Creates or takes over the device; releases it. */
gboolean gre_connection_device_take(GreConnection *connection, GError **error);
void     gre_connection_device_drop(GreConnection *connection);
/* The mode of its device if the peer has an address of @family. */
GreMode gre_connection_device_mode(const GreConnection *connection, int family);
/* Moves the device to the connection's current endpoints, or replaces it where these are of the
 * other family; NetworkManager's device stays as it is. */
gboolean gre_connection_device_move(GreConnection *connection, GError **error);

/* The MTU that fits now, in bytes. @parts: (nullable): of the negotiated SA; zero before that. */
guint gre_connection_device_fit_mtu(const GreConnection *connection, GreMtuParts *parts);

/* Sets it, unless the profile sets one. */
void gre_connection_device_follow_mtu(GreConnection *connection);
/* The device has changed: sets the MTU again if NetworkManager has reset it; notices that another
 * program set it down and up. */
void gre_connection_device_keep(GreConnection *connection);

/* Holds the protection between two addresses in @out, which is set at once. */
void gre_connection_protect(GreConnection    *connection,
                            const GreAddress *local,
                            const GreAddress *remote,
                            GreProtection   **out);
/* Releases and takes @protection; the connection stays until that is complete. */
void gre_connection_unprotect(GreConnection *connection, GreProtection *protection);

/* Moves to other addresses; the protection comes first. */
void gre_connection_move_to(GreConnection    *connection,
                            const GreAddress *remote,
                            const GreRoute   *underlay);
/* Addresses or routes have changed: moves the connection if necessary. */
void gre_connection_move_follow_route(GreConnection *connection);
/* A router says that a packet to @to was too big: the device's MTU follows the route's, and once
 * more when the kernel forgets what it has learned. */
void gre_connection_move_path_learned(GreConnection *connection, const GreAddress *to);
/* The state or the route has changed: waits for that moment. */
void gre_connection_move_follow_path(GreConnection *connection);
/* The state has changed: looks the peer's name up as often as the new state requires. */
void gre_connection_move_follow_name(GreConnection *connection);
/* What names resolve to has changed: looks the peer's name up now, where it is sought. */
void gre_connection_move_names_changed(GreConnection *connection);
/* The protection for the new addresses is held, or failed (@error, taken). */
void gre_connection_move_held(GreConnection *connection, GError *error);

/* @message_id: (nullable) */
#define gre_connection_log_line(connection, message_id, level, ...)                         \
    gre_log_line(level, message_id, (connection)->profile->id, (connection)->profile->uuid, \
                 (connection)->has_device ? (connection)->device.ifname : NULL, __VA_ARGS__)
#define gre_connection_log_kind(connection, kind, level, ...) \
    gre_connection_log_line(connection, gre_message_ids_get(kind), level, __VA_ARGS__)
#define gre_connection_log(connection, level, ...) \
    gre_connection_log_line(connection, NULL, level, __VA_ARGS__)

#endif
