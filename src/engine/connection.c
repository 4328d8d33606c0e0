/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out each state of a connection in the kernel, the daemon and timers. */
#include "engine/connection-private.h"

#include "base/log.h"
#include "gre-error.h"

/* Rules: when a connection counts as up, and how long it waits for what is missing. */
#define TIMEOUT_DEFAULT_S 60   /* NetworkManager's own */
#define ARM_MS            2800 /* a persistent connection is up within 3 s */
#define DAEMON_MS         8000 /* strongSwan may be about to (re)start */
#define SEEK_S            300  /* a lost SA */

/* How specific a cause is; "no answer" can be a consequence of any other. */
static int
specificity(const GError *cause)
{
    if (g_error_matches(cause, GRE_ERROR, GRE_ERROR_NO_ANSWER) ||
        g_error_matches(cause, GRE_ERROR, GRE_ERROR_TIMEOUT))
        return 0;
    return gre_error_may_heal(cause) ? 1 : 2;
}

void
gre_connection_note(GreConnection *connection, const GError *cause)
{
    if (g_strcmp0(connection->logged, cause->message) != 0) {
        gre_connection_log_kind(connection, GRE_MESSAGE_TROUBLE, LOG_WARNING, "%s", cause->message);
        g_free(connection->logged);
        connection->logged = g_strdup(cause->message);
        connection->funcs->noted(connection->data, cause);
    }
    if (connection->cause && specificity(connection->cause) > specificity(cause))
        return;
    g_clear_error(&connection->cause);
    connection->cause = g_error_copy(cause);
}

void
gre_connection_fail(GreConnection *connection, GError *cause)
{
    gre_connection_note(connection, cause);
    g_error_free(cause);
    gre_connection_dispatch(connection, GRE_EVENT_FAILED);
}

/* ---- timers ---- */

static gboolean
out_of_time(gpointer data)
{
    GreConnection *connection = data;

    GError *cause = gre_connection_prepare_unresolved(connection);

    connection->deadline_timer = 0;
    if (!cause && connection->cause)
        cause = g_error_copy(connection->cause);
    if (!cause)
        cause = g_error_new_literal(GRE_ERROR, GRE_ERROR_NO_ANSWER, "no answer from the peer");
    gre_connection_fail(connection, cause);
    return G_SOURCE_REMOVE;
}

static gboolean
armed_long_enough(gpointer data)
{
    GreConnection *connection = data;

    connection->arm_timer = 0;
    if (connection->state == GRE_STATE_PREPARING)
        gre_connection_prepare_arm(connection);
    else
        gre_connection_dispatch(connection, GRE_EVENT_ARMED);
    return G_SOURCE_REMOVE;
}

static void
arm_later(GreConnection *connection)
{
    g_clear_handle_id(&connection->arm_timer, g_source_remove);
    connection->arm_timer = g_timeout_add(ARM_MS, armed_long_enough, connection);
}

static gboolean
daemon_expired(gpointer data)
{
    GreConnection *connection = data;

    connection->daemon_timer = 0;
    if (connection->state == GRE_STATE_SECURING)
        gre_connection_dispatch(connection, GRE_EVENT_FAILED);
    return G_SOURCE_REMOVE;
}

static gboolean
seek_expired(gpointer data)
{
    GreConnection *connection = data;

    connection->seek_timer = 0;
    gre_connection_dispatch(connection, GRE_EVENT_FAILED);
    return G_SOURCE_REMOVE;
}

static void
stop_timers(GreConnection *connection)
{
    g_clear_handle_id(&connection->deadline_timer, g_source_remove);
    g_clear_handle_id(&connection->arm_timer, g_source_remove);
    g_clear_handle_id(&connection->daemon_timer, g_source_remove);
    g_clear_handle_id(&connection->seek_timer, g_source_remove);
}

/* ---- callbacks of the peer ---- */

static void
armed(gpointer data)
{
    GreConnection *connection = data;

    g_clear_handle_id(&connection->daemon_timer, g_source_remove);
    if (connection->profile->ipsec.start != GRE_START_INITIATE)
        gre_connection_dispatch(connection, GRE_EVENT_ARMED);
}

/* strongSwan always sends ESP in UDP through a NAT: without it, most NATs let nothing pass. */
static gboolean
check_encap(GreConnection *connection, const GreChildSa *child)
{
    if (!child->encap || connection->profile->ipsec.encap != GRE_ENCAP_NO)
        return TRUE;
    gre_connection_fail(connection,
                        g_error_new_literal(GRE_ERROR, GRE_ERROR_PROFILE,
                                            "ipsec-encap=no: there is a NAT between this host and "
                                            "the peer, where strongSwan sends ESP in UDP only"));
    return FALSE;
}

static void
secured(gpointer data, const GreChildSa *child)
{
    GreConnection *connection = data;

    gre_connection_log_kind(
        connection, GRE_MESSAGE_UP_SECURED, LOG_NOTICE,
        "secured: ESP %s%s%s, %s mode%s, SPIs %08x in, %08x out",
        child->encr_alg ? child->encr_alg : "?", child->integ_alg ? " with " : "",
        child->integ_alg ? child->integ_alg : "", child->tunnel_mode ? "tunnel" : "transport",
        child->encap ? ", in UDP" : "", child->spi_in, child->spi_out);
    if (!check_encap(connection, child))
        return;
    g_clear_pointer(&connection->logged, g_free);
    g_clear_pointer(&connection->warning, g_free);
    g_clear_error(&connection->cause);
    g_array_set_size(connection->tried_addresses, 0);
    gre_connection_dispatch(connection, GRE_EVENT_SECURED);
    if (gre_connection_fsm_is_up(connection->state))
        gre_connection_device_follow_mtu(connection);
}

/* Errors on this machine, which the peer cannot fix. */
static gboolean
is_local(const GError *cause)
{
    return g_error_matches(cause, GRE_ERROR, GRE_ERROR_PROFILE) ||
           g_error_matches(cause, GRE_ERROR, GRE_ERROR_KERNEL) ||
           g_error_matches(cause, GRE_ERROR, GRE_ERROR_TAKEN) ||
           g_error_matches(cause, GRE_ERROR, GRE_ERROR_NOT_INSTALLED);
}

static void
failed_while_securing(GreConnection *connection, const GError *cause)
{
    gboolean persistent = connection->wish.persistent;

    if (connection->remains && !is_local(cause)) {
        gre_connection_dispatch(connection, GRE_EVENT_ARMED); /* it was up: its SA is lost */
        return;
    }
    if (persistent ? is_local(cause) : !gre_error_may_heal(cause))
        gre_connection_dispatch(connection, GRE_EVENT_FAILED);
    else if (g_error_matches(cause, GRE_ERROR, GRE_ERROR_DAEMON)) {
        if (!persistent && !connection->daemon_timer)
            connection->daemon_timer = g_timeout_add(DAEMON_MS, daemon_expired, connection);
    } else if (persistent)
        gre_connection_dispatch(connection, GRE_EVENT_ARMED);
}

static void
unsecured(gpointer data, const GError *cause)
{
    GreConnection *connection = data;

    gre_connection_note(connection, cause);
    g_clear_pointer(&connection->warning, g_free);
    switch (connection->state) {
    case GRE_STATE_SECURING:
        failed_while_securing(connection, cause);
        break;
    case GRE_STATE_ACTIVE:
        gre_connection_dispatch(connection, GRE_EVENT_LOST);
        break;
    case GRE_STATE_SEEKING:
        if (is_local(cause))
            gre_connection_dispatch(connection, GRE_EVENT_FAILED);
        break;
    case GRE_STATE_PREPARING:
    case GRE_STATE_WAITING:
    case GRE_STATE_STOPPING:
    case GRE_STATE_STOPPED:
    case GRE_N_STATES:
        break;
    }
}

static void
warned(gpointer data, const GError *cause)
{
    GreConnection *connection = data;

    gre_connection_note(connection, cause);
    g_free(connection->warning);
    connection->warning = g_strdup(cause->message);
}

static void
held(gpointer data, GreProtection *protection, GError *error)
{
    GreConnection *connection = data;

    if (protection != connection->protection) {
        gre_connection_move_held(connection, error);
        return;
    }
    if (error) {
        gre_connection_fail(connection, error);
        return;
    }
    gre_peer_user_set_eager(gre_protection_peer(protection), TRUE);
    if (connection->wish.persistent)
        arm_later(connection);
    gre_connection_move_follow_route(connection); /* it may have changed since the lookup */
}

static void
gone(gpointer data)
{
    GreConnection *connection = data;

    if (--connection->n_leaving == 0 && connection->state == GRE_STATE_STOPPING)
        gre_connection_dispatch(connection, GRE_EVENT_RELEASED);
}

void
gre_connection_protect(GreConnection    *connection,
                       const GreAddress *local,
                       const GreAddress *remote,
                       GreProtection   **out)
{
    static const GreProtectionFuncs funcs = { held, gone, armed, secured, unsecured, warned };
    const GreProtectionSpec         spec = {
                .barriers = connection->engine->barriers,
                .peers = connection->engine->peers,
                .profile = connection->profile,
                .credentials = connection->credentials,
                /* A native tunnel may leave its local address open. */
                .barrier.local =
            gre_connection_device_is_native(connection) ? connection->native.local : *local,
                .barrier.remote = *remote,
                .barrier.mark = gre_barrier_mark(connection->profile->uuid),
                .local = *local,
                .remote = *remote,
                .if_id = connection->if_id,
    };

    gre_protection_hold(&spec, &funcs, connection, out);
}

void
gre_connection_unprotect(GreConnection *connection, GreProtection *protection)
{
    connection->n_leaving++;
    gre_protection_release(protection);
}

/* ---- events of the kernel ---- */

static void
device_gone(GreConnection *connection)
{
    connection->has_device = FALSE;
    if (gre_connection_device_is_native(connection)) {
        gre_connection_log_kind(connection, GRE_MESSAGE_DEVICE_GONE, LOG_NOTICE,
                                "the tunnel's device \"%s\" is gone", connection->device.ifname);
        gre_connection_dispatch(connection, GRE_EVENT_DOWN);
        return;
    }
    gre_connection_fail(connection,
                        g_error_new(GRE_ERROR, GRE_ERROR_DEVICE_GONE,
                                    "another program removed the tunnel's device \"%s\"",
                                    connection->device.ifname));
}

static void
route_changed(GreConnection *connection)
{
    gre_connection_move_follow_route(connection);
    gre_connection_prepare_now(connection, FALSE);
}

static void
kernel_event(GreNetlinkEvent event, int ifindex, gpointer data)
{
    GreConnection *connection = data;

    switch (event) {
    case GRE_NETLINK_LINK_REMOVED:
        if (connection->has_device && ifindex == connection->device.ifindex)
            device_gone(connection);
        break;
    case GRE_NETLINK_OVERRUN:
        if (connection->has_device &&
            gre_device_index(connection->engine->netlink, connection->device.ifname) !=
                connection->device.ifindex)
            device_gone(connection);
        else
            route_changed(connection);
        break;
    case GRE_NETLINK_UNDERLAY:
        route_changed(connection);
        break;
    case GRE_NETLINK_LINK_CHANGED:
        if (connection->has_device && ifindex == connection->device.ifindex)
            gre_connection_device_keep(connection);
        break;
    }
}

/* ---- states ---- */

static void
secure(GreConnection *connection)
{
    g_clear_handle_id(&connection->arm_timer, g_source_remove); /* begins anew with the peer */
    if (connection->profile->ipsec.method == GRE_IPSEC_NO)
        gre_connection_dispatch(connection, GRE_EVENT_SECURED);
    else
        gre_connection_protect(connection, &connection->underlay.source, &connection->remote,
                               &connection->protection);
}

static void
become_up(GreConnection *connection)
{
    GError *error = NULL;

    stop_timers(connection);
    if (connection->reported_up)
        return;
    if (!gre_connection_device_take(connection, &error)) {
        gre_connection_fail(connection, error);
        return;
    }
    connection->reported_up = TRUE;
    connection->funcs->up(connection->data);
}

gboolean
gre_connection_is_patient(const GreConnection *connection)
{
    return connection->wish.persistent || connection->profile->ipsec.start != GRE_START_INITIATE;
}

static void
seek(GreConnection *connection)
{
    gboolean patient = gre_connection_is_patient(connection);

    gre_peer_user_set_eager(gre_protection_peer(connection->protection), !patient);
    become_up(connection);
    if (!patient && connection->state == GRE_STATE_SEEKING)
        connection->seek_timer = g_timeout_add_seconds(SEEK_S, seek_expired, connection);
}

static gboolean
all_released(gpointer data)
{
    GreConnection *connection = data;

    connection->release_source = 0;
    gre_connection_dispatch(connection, GRE_EVENT_RELEASED);
    return G_SOURCE_REMOVE;
}

static void
stop(GreConnection *connection)
{
    stop_timers(connection);
    gre_connection_prepare_stop(connection);
    gre_connection_device_drop(connection);
    if (connection->protection)
        gre_connection_unprotect(connection, g_steal_pointer(&connection->protection));
    if (connection->next)
        gre_connection_unprotect(connection, g_steal_pointer(&connection->next));
    if (connection->n_leaving == 0)
        connection->release_source = g_idle_add(all_released, connection);
}

static void
connection_free(GreConnection *connection)
{
    gre_netlink_unwatch(connection->engine->netlink, connection->watch);
    gre_profile_unref(connection->profile);
    gre_credentials_unref(connection->credentials);
    g_free(connection->user);
    g_clear_error(&connection->cause);
    g_free(connection->logged);
    g_free(connection->warning);
    g_array_unref(connection->tried_addresses);
    g_free(connection->remains);
    g_free(connection);
}

static void
wake_waiting(GreEngine *engine)
{
    for (GList *l = engine->connections; l; l = l->next) {
        GreConnection *other = l->data;

        if (other->state == GRE_STATE_PREPARING && other->waits_turn)
            gre_connection_prepare(other);
    }
}

static void
finish(GreConnection *connection)
{
    GreEngine *engine = connection->engine;

    engine->connections = g_list_remove(engine->connections, connection);
    connection->funcs->stopped(connection->data, connection->cause);
    connection_free(connection);
    wake_waiting(engine);
}

static void
enter(GreConnection *connection)
{
    switch (connection->state) {
    case GRE_STATE_PREPARING:
        break;
    case GRE_STATE_SECURING:
        secure(connection);
        break;
    case GRE_STATE_WAITING:
    case GRE_STATE_ACTIVE:
        become_up(connection);
        break;
    case GRE_STATE_SEEKING:
        seek(connection);
        break;
    case GRE_STATE_STOPPING:
        stop(connection);
        break;
    case GRE_STATE_STOPPED:
        finish(connection);
        break;
    case GRE_N_STATES:
        g_assert_not_reached();
    }
}

void
gre_connection_dispatch(GreConnection *connection, GreEvent event)
{
    GreState next = gre_connection_fsm_next(connection->state, event);

    if (next == connection->state)
        return;
    gre_connection_log_kind(connection, GRE_MESSAGE_STATE, LOG_INFO, "%s -> %s (%s)",
                            gre_connection_fsm_state_name(connection->state),
                            gre_connection_fsm_state_name(next),
                            gre_connection_fsm_event_name(event));
    /* Ended on request: an earlier error is not the cause. */
    if (event == GRE_EVENT_DOWN)
        g_clear_error(&connection->cause);
    connection->state = next;
    connection->funcs->state(connection->data, next);
    gre_connection_move_follow_name(connection);
    gre_connection_move_follow_path(connection);
    enter(connection);
}

/* ---- public functions ---- */

static gboolean
begin(gpointer data)
{
    GreConnection *connection = data;

    connection->prepare_source = 0;
    gre_connection_prepare(connection);
    return G_SOURCE_REMOVE;
}

static void
set_deadline(GreConnection *connection, guint ms)
{
    g_clear_handle_id(&connection->deadline_timer, g_source_remove);
    connection->deadline_timer = g_timeout_add(ms, out_of_time, connection);
}

GreConnection *
gre_connection_new(GreEngine                *engine,
                   GreProfile               *profile,
                   const GreConnectionWish  *wish,
                   const GreConnectionFuncs *funcs,
                   gpointer                  user_data)
{
    GreConnection *connection = g_new0(GreConnection, 1);
    guint          timeout = wish->timeout ? wish->timeout : TIMEOUT_DEFAULT_S;

    connection->engine = engine;
    connection->profile = gre_profile_ref(profile);
    connection->wish = *wish;
    connection->user = g_strdup(wish->user);
    connection->wish.user = connection->user;
    connection->funcs = funcs;
    connection->data = user_data;
    if (profile->mode == GRE_MODE_XFRM)
        connection->if_id = gre_links_unused_if_id(engine->netlink);
    connection->tried_addresses = g_array_new(FALSE, FALSE, sizeof(GreAddress));
    connection->watch = gre_netlink_watch(engine->netlink, kernel_event, connection);
    /* Before NetworkManager's own timeout, so that it gets the cause: 50 s of its 60 s. */
    set_deadline(connection, MIN(timeout, G_MAXUINT / 1000) * (1000 * 5 / 6));
    connection->prepare_source = g_idle_add(begin, connection);
    if (wish->persistent)
        arm_later(connection);
    engine->connections = g_list_append(engine->connections, connection);
    return connection;
}

/* A process that reads its keys could not be followed. */
static gboolean
is_moving(const GreConnection *connection)
{
    return connection->next ||
           (connection->looking && connection->profile->ipsec.method == GRE_IPSEC_PUBKEY);
}

gboolean
gre_connection_remains(const GreConnection *connection, GreConnectionRemains *out)
{
    *out = (GreConnectionRemains){
        .local = connection->underlay.source,
        .remote = connection->remote,
        .mtu = connection->mtu,
        .first_mtu = connection->first_mtu,
        .if_id = connection->if_id,
    };
    if (connection->has_device && !gre_connection_device_is_native(connection))
        g_strlcpy(out->ifname, connection->device.ifname, sizeof out->ifname);
    return gre_connection_fsm_is_up(connection->state) && !is_moving(connection);
}

static gboolean
begin_again(gpointer data)
{
    GreConnection *connection = data;
    GError        *error = NULL;

    if (gre_connection_device_is_native(connection) ||
        gre_connection_device_find_own(connection, &error))
        return begin(data);
    connection->prepare_source = 0;
    gre_connection_fail(connection, error);
    return G_SOURCE_REMOVE;
}

GreConnection *
gre_connection_resume(GreEngine                  *engine,
                      GreProfile                 *profile,
                      const GreConnectionWish    *wish,
                      const GreConnectionRemains *remains,
                      const GreConnectionFuncs   *funcs,
                      gpointer                    user_data)
{
    GreConnection *connection = gre_connection_new(engine, profile, wish, funcs, user_data);

    connection->remains = g_memdup2(remains, sizeof *remains);
    connection->if_id = remains->if_id;
    set_deadline(connection, SEEK_S * 1000); /* as one whose SA was lost */
    g_source_remove(connection->prepare_source);
    connection->prepare_source = g_idle_add(begin_again, connection);
    return connection;
}

void
gre_connection_down(GreConnection *connection)
{
    gre_connection_dispatch(connection, GRE_EVENT_DOWN);
}

const GreDevice *
gre_connection_device(const GreConnection *connection)
{
    return &connection->device;
}

const GreRoute *
gre_connection_underlay(const GreConnection *connection)
{
    return &connection->underlay;
}

const GreAddress *
gre_connection_remote(const GreConnection *connection)
{
    return &connection->remote;
}

guint
gre_connection_mtu(const GreConnection *connection)
{
    return connection->mtu;
}

const GreProfile *
gre_connection_profile(const GreConnection *connection)
{
    return connection->profile;
}

void
gre_connection_view(const GreConnection *connection, GreConnectionView *out)
{
    gboolean           companion = gre_connection_device_is_native(connection);
    const GrePeerUser *peer;

    *out = (GreConnectionView){ .state = connection->state };
    out->device = connection->has_device ? &connection->device : NULL;
    if (connection->underlay.source.family == AF_UNSPEC)
        return;
    out->prepared = TRUE;
    out->mode = connection->mode;
    out->ethernet = companion && connection->native.ethernet;
    out->local = connection->underlay.source;
    out->remote = connection->remote;
    out->underlay = &connection->underlay;
    out->options = companion ? &connection->native.options : &connection->profile->tunnel;
    out->mtu = connection->mtu;
    out->mtu_is_set = connection->profile->mtu != GRE_MTU_AUTO;
    gre_connection_device_fit_mtu(connection, &out->parts);
    gre_protection_view_barrier(connection->protection, &out->barrier);
    out->warning = connection->warning;
    peer = gre_protection_peer(connection->protection);
    out->peer = peer ? gre_peer_user_name(peer) : NULL;
    out->counts = peer ? gre_peer_user_counts(peer) : NULL;
}
