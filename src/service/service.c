/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service's main loop and its event sources. */
#include "config.h"

#include "service/service.h"

#include "base/log.h"
#include "engine/engine.h"
#include "nm/nm-client.h"
#include "nm/nm-devices.h"
#include "service/activation-handover.h"
#include "service/caller.h"
#include "service/guard.h"
#include "service/history.h"
#include "service/notify.h"
#include "service/reload.h"
#include "service/restart.h"
#include "service/status-calls.h"
#include "service/status.h"

#include <fcntl.h>
#include <glib-unix.h>

#define IDLE_S 30 /* a process without --persist ends after this long without a connection */
#define STOP_S 5  /* to take everything down when the service ends */

struct _GreService {
    GDBusConnection *bus; /* has the service's name and object */
    GDBusConnection *nm;  /* for NetworkManager: calls from others do not queue before it */
    GMainLoop       *loop;
    GreEngine       *engine;
    GreGuard        *guard;
    GreNmDevices    *devices;
    GreRestart      *restart;
    GreHistory      *history;
    GreStatusCalls  *status_calls;
    GList           *activations;
    GHashTable      *calls; /* GreActivation -> GDBusMethodInvocation waiting for its name */
    gboolean         persist;
    gboolean         stopping;
    char            *nm_owner; /* NULL: NetworkManager is not there */
    char           **program;
    GreReload       *reload;
    GreHandover     *handover; /* from an earlier program */
    gboolean         resuming; /* the engine may not clean up yet */
    guint            idle_timer;
    guint            stop_timer;
    guint            object;
    int              status;
};

static const char introspection[] =
    "<node><interface name='" GRE_SERVICE_INTERFACE "'>"
    "<method name='Serve'><arg name='bus_name' type='s' direction='in'/></method>"
    "<method name='GetStatus'><arg name='tunnels' type='aa{sv}' direction='out'/></method>"
    "<signal name='StateChanged'><arg name='uuid' type='s'/><arg name='state' type='s'/>"
    "<arg name='cause' type='s'/></signal>"
    "</interface></node>";

static gboolean
quit(gpointer data)
{
    GreService *service = data;

    service->idle_timer = service->stop_timer = 0;
    g_main_loop_quit(service->loop);
    return G_SOURCE_REMOVE;
}

static void
rest(GreService *service)
{
    g_clear_handle_id(&service->idle_timer, g_source_remove);
    if (service->activations)
        return;
    if (!service->stopping && gre_guard_is_needed(service->guard))
        return;
    if (service->stopping)
        g_main_loop_quit(service->loop);
    else if (!service->persist)
        service->idle_timer = g_timeout_add_seconds(IDLE_S, quit, service);
}

/* ---- activations ---- */

static void
activation_ready(GreActivation *activation, const GError *error, gpointer data)
{
    GreService            *service = data;
    GDBusMethodInvocation *invocation = g_hash_table_lookup(service->calls, activation);

    if (error)
        gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "can't serve a connection: %s",
                     error->message);
    if (!invocation)
        return;
    if (error)
        g_dbus_method_invocation_return_gerror(invocation, error);
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
    g_hash_table_remove(service->calls, activation);
}

/* As soon as nothing is resuming: what an earlier program left and nobody uses is removed. Returns
 * whether that begins now. */
static gboolean
clean_up_if_due(GreService *service)
{
    if (!service->resuming)
        return FALSE;
    for (const GList *l = service->activations; l; l = l->next)
        if (gre_activation_is_resuming(l->data))
            return FALSE;
    service->resuming = FALSE;
    gre_engine_clean_up(service->engine);
    return TRUE;
}

static void
activation_settled(GreActivation *activation, const char *uuid, gpointer data)
{
    GreService *service = data;
    g_autoptr(GList) activations = g_list_copy(service->activations);

    clean_up_if_due(service);
    gre_restart_forget(service->restart, uuid);
    for (GList *l = activations; l; l = l->next)
        if (l->data != activation && gre_activation_outlives_nm(l->data, uuid))
            gre_activation_abandon(l->data);
}

/* @expected: NetworkManager is about to do it. */
static void
restart(GreService *service, GreActivation *activation, const char *uuid, gboolean expected)
{
    gre_restart_add(service->restart, uuid, gre_activation_base(activation),
                    gre_activation_is_persistent(activation), expected);
    gre_activation_make_way(activation);
}

static void
activation_again(GreActivation *activation, const char *uuid, gpointer data)
{
    restart(data, activation, uuid, FALSE);
}

static void
activation_gone(GreActivation *activation, gpointer data)
{
    GreService *service = data;

    service->activations = g_list_remove(service->activations, activation);
    if (clean_up_if_due(service) && service->stopping)
        return; /* until that is done, or there is no more time */
    rest(service);
}

static void
activation_state(const char *uuid, const char *state, gpointer data)
{
    gre_history_state(((GreService *) data)->history, uuid, state);
}

static void
activation_failed(const char *uuid, const GError *cause, gpointer data)
{
    gre_history_failure(((GreService *) data)->history, uuid, cause);
}

static void
activation_device(const char *ifname, gboolean there, gpointer data)
{
    GreService *service = data;

    if (there)
        gre_nm_devices_add(service->devices, ifname);
    else
        gre_nm_devices_remove(service->devices, ifname);
}

static const GreActivationFuncs activation_funcs = { activation_state,   activation_failed,
                                                     activation_device,  activation_ready,
                                                     activation_settled, activation_again,
                                                     activation_gone };

/* Every program on the bus receives a signal, but only users who may see the profile may see the
 * cause, which has addresses and identities. GetStatus knows its caller. */
static gboolean
is_public(const GreService *service, const char *uuid)
{
    const GreProfileSet   *set = gre_guard_profiles(service->guard);
    const GreKnownProfile *profile = gre_profile_set_lookup_uuid(set, uuid);

    return profile && !profile->users;
}

static void
history_changed(const char *uuid, const char *state, const char *cause, gpointer data)
{
    GreService      *service = data;
    g_autofree char *valid = g_utf8_make_valid(is_public(service, uuid) ? cause : "", -1);

    g_dbus_connection_emit_signal(service->bus, NULL, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE,
                                  "StateChanged", g_variant_new("(sss)", uuid, state, valid), NULL);
}

/* @invocation: (nullable) (transfer full): answered when the name is owned. */
static void
serve(GreService *service, const char *bus_name, GDBusMethodInvocation *invocation)
{
    GreActivation *activation = gre_activation_new(service->engine, service->guard, service->nm,
                                                   bus_name, &activation_funcs, service);

    if (invocation)
        g_hash_table_insert(service->calls, activation, invocation);
    service->activations = g_list_prepend(service->activations, activation);
    rest(service);
}

static gboolean
is_served(const GreService *service, const char *bus_name)
{
    for (const GList *l = service->activations; l; l = l->next)
        if (g_str_equal(gre_activation_bus_name(l->data), bus_name))
            return TRUE;
    return FALSE;
}

/* A persistent VPN stays up without its base, and when that comes back, NetworkManager fails it:
 * the secondary that it wants to activate is active already. (nm-policy.c,
 * activate_secondary_connections(); nm-manager.c, _new_active_connection().) */
static void
make_way(GreService *service, const GreKnownProfile *base)
{
    g_autoptr(GList) activations = g_list_copy(service->activations);

    for (GList *l = activations; l; l = l->next) {
        const char *uuid =
            g_list_find(service->activations, l->data) ? gre_activation_persists(l->data) : NULL;

        if (!uuid || !gre_profile_set_known_has_secondary(base, uuid))
            continue;
        gre_log_kind_full(GRE_MESSAGE_RESTART, LOG_NOTICE, NULL, uuid, NULL,
                          "\"%s\" is being activated and brings this connection up anew", base->id);
        restart(service, l->data, uuid, TRUE);
    }
}

/*
 * NetworkManager starts a program that asks for this (launcher.h), and gives up if the name is not
 * there after 5 s. On a busy machine a program may take that long to start; this process runs
 * already and hears of the activation from NetworkManager itself.
 */
static void
activating(const char *path, const char *uuid, gpointer data)
{
    GreService            *service = data;
    const GreKnownProfile *profile =
        gre_profile_set_lookup_uuid(gre_guard_profiles(service->guard), uuid);
    g_autofree char *bus_name = gre_nm_client_bus_name(path);

    if (service->stopping || !profile)
        return;
    make_way(service, profile);
    if ((profile->kind != GRE_KNOWN_VPN && profile->kind != GRE_KNOWN_COMPANION) ||
        is_served(service, bus_name) || !g_dbus_is_name(bus_name))
        return;
    serve(service, bus_name, NULL);
}

static void
abandon_all(GreService *service)
{
    g_autoptr(GList) activations = g_list_copy(service->activations);

    for (GList *l = activations; l; l = l->next)
        if (g_list_find(service->activations, l->data))
            gre_activation_abandon(l->data);
}

static void
nm_gone(GreService *service)
{
    g_autoptr(GList) activations = g_list_copy(service->activations);

    for (GList *l = activations; l; l = l->next)
        if (g_list_find(service->activations, l->data))
            gre_activation_nm_gone(l->data);
}

/* ---- the next program, and the earlier one ---- */

/* Descriptors of programs that are executed have to be copies: the others are closed. */
static void
keep_bus(GreService *service, GreHandover *handover)
{
    GIOStream *stream = g_dbus_connection_get_stream(service->bus);
    GSocket   *socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));

    gre_handover_keep_bus(handover, fcntl(g_socket_get_fd(socket), F_DUPFD, 3));
}

static gboolean
is_ready(const GreService *service, gboolean last)
{
    if (service->stopping || service->resuming || (service->activations && !service->nm_owner))
        return FALSE;
    for (const GList *l = service->activations; l; l = l->next) {
        GreActivationReadiness readiness = gre_activation_readiness(l->data);

        if (readiness == GRE_ACTIVATION_BUSY || (readiness == GRE_ACTIVATION_NOT_UP && !last))
            return FALSE;
    }
    return TRUE;
}

static GreHandover *
collect(gpointer data, gboolean last)
{
    GreService  *service = data;
    GreHandover *handover;

    if (!is_ready(service, last))
        return NULL;
    handover = gre_handover_new(service->nm_owner);
    keep_bus(service, handover);
    for (GList *l = service->activations; l; l = l->next)
        if (gre_activation_readiness(l->data) == GRE_ACTIVATION_READY &&
            !gre_activation_hand_over(l->data, handover)) {
            gre_handover_free(handover);
            return NULL;
        }
    return handover;
}

static void
resume(GreService *service, const GreHandoverItem *item)
{
    g_autoptr(GError) error = NULL;
    GreActivation *activation = gre_activation_resume(service->engine, service->guard, service->nm,
                                                      item, &activation_funcs, service, &error);

    if (activation)
        service->activations = g_list_prepend(service->activations, activation);
    else
        gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "can't take a connection over: %s",
                     error->message);
}

static void
resume_all(GreService *service)
{
    const GreHandoverItem *item;

    service->nm_owner = g_strdup(gre_handover_nm(service->handover));
    service->resuming = TRUE;
    while ((item = gre_handover_take(service->handover)))
        resume(service, item);
    gre_log_kind(GRE_MESSAGE_SERVICE_RELOADED, LOG_NOTICE,
                 "the program was started anew (" GRE_VERSION "), with %u connections",
                 g_list_length(service->activations));
    g_clear_pointer(&service->handover, gre_handover_free);
    clean_up_if_due(service);
}

/* ---- methods ---- */

static void
serve_for(GDBusMethodInvocation *invocation, uid_t uid, const GError *error, gpointer data)
{
    GreService *service = data;
    const char *bus_name;

    g_variant_get(g_dbus_method_invocation_get_parameters(invocation), "(&s)", &bus_name);
    if (error)
        g_dbus_method_invocation_return_gerror(invocation, error);
    else if (uid != 0)
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "only root may call Serve");
    else if (service->stopping)
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                                                      "the service is stopping");
    else if (!g_str_has_prefix(bus_name, GRE_SERVICE_NAME ".") || !g_dbus_is_name(bus_name))
        g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                              "\"%s\" is not a bus name of this service", bus_name);
    else if (is_served(service, bus_name))
        g_dbus_method_invocation_return_value(invocation, NULL);
    else
        serve(service, bus_name, invocation);
}

static GVariant *
collect_status(uid_t uid, GHashTable *lists, gpointer data)
{
    GreService *service = data;

    return gre_status_collect(service->engine, service->guard, service->history, service->restart,
                              uid, lists);
}

static void
method_call(GDBusConnection       *bus,
            const char            *sender,
            const char            *path,
            const char            *interface,
            const char            *method,
            GVariant              *args,
            GDBusMethodInvocation *invocation,
            gpointer               data)
{
    GreService *service = data;

    if (g_str_equal(method, "Serve"))
        gre_caller_identify(invocation, serve_for, service);
    else /* for all users; the answer depends on the caller */
        gre_status_calls_add(service->status_calls, invocation);
}

/* ---- events from outside ---- */

static gboolean
is_handed_over(const char *uuid, gpointer data)
{
    for (const GList *l = ((GreService *) data)->activations; l; l = l->next)
        if (g_strcmp0(gre_activation_uuid(l->data), uuid) == 0)
            return TRUE;
    return FALSE;
}

static void
restart_all(GreService *service)
{
    gre_restart_free(service->restart);
    service->restart = gre_restart_new(service->nm, gre_guard_active(service->guard), NULL,
                                       is_handed_over, service);
}

static void
nm_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
    GreService *service = data;

    if (service->nm_owner && !g_str_equal(service->nm_owner, owner))
        nm_gone(service); /* another instance: the first ended without notice */
    g_free(service->nm_owner);
    service->nm_owner = g_strdup(owner);
    gre_guard_nm_appeared(service->guard);
    restart_all(service);
}

static void
nm_vanished(GDBusConnection *bus, const char *name, gpointer data)
{
    GreService *service = data;

    if (!service->nm_owner)
        return;
    g_clear_pointer(&service->nm_owner, g_free);
    gre_log_kind(GRE_MESSAGE_NM_STOPPED, LOG_NOTICE,
                 "NetworkManager has stopped: taking its connections down");
    gre_guard_nm_vanished(service->guard);
    nm_gone(service);
}

static gboolean
terminate(gpointer data)
{
    GreService *service = data;

    if (service->stopping)
        return G_SOURCE_CONTINUE;
    service->stopping = TRUE;
    gre_notify("STOPPING=1");
    g_clear_pointer(&service->restart, gre_restart_free);
    service->stop_timer = g_timeout_add_seconds(STOP_S, quit, service);
    abandon_all(service);
    rest(service);
    return G_SOURCE_CONTINUE;
}

static void
bus_closed(GDBusConnection *bus, gboolean remote, GError *error, gpointer data)
{
    GreService *service = data;

    gre_log_kind(GRE_MESSAGE_BUS_LOST, LOG_ERR, "lost the connection to the system bus");
    service->status = 1;
    terminate(service);
}

static gboolean
is_known(const char *uuid, gpointer data)
{
    return gre_profile_set_lookup_uuid(gre_guard_profiles(data), uuid) != NULL;
}

static void
guard_changed(gpointer data)
{
    GreService *service = data;

    gre_history_prune(service->history, is_known, service->guard);
    rest(service);
}

/* ---- setting up ---- */

static GDBusConnection *
connect_for_nm(GError **error)
{
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, error);

    return address ? g_dbus_connection_new_for_address_sync(
                         address,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                             G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                         NULL, NULL, error)
                   : NULL;
}

static gboolean
export_object(GreService *service, GError **error)
{
    static const GDBusInterfaceVTable vtable = { .method_call = method_call };
    GDBusNodeInfo                    *node = g_dbus_node_info_new_for_xml(introspection, error);

    if (!node)
        return FALSE;
    service->object = g_dbus_connection_register_object(
        service->bus, GRE_SERVICE_PATH, node->interfaces[0], &vtable, service, NULL, error);
    g_dbus_node_info_unref(node);
    return service->object != 0;
}

GreService *
gre_service_new(GDBusConnection *bus, gboolean persist, GError **error)
{
    g_autoptr(GDBusConnection) nm = connect_for_nm(error);
    GreService *service;

    if (!nm)
        return NULL;
    service = g_new0(GreService, 1);
    service->bus = g_object_ref(bus);
    service->nm = g_steal_pointer(&nm);
    service->persist = persist;
    service->loop = g_main_loop_new(NULL, FALSE);
    service->calls = g_hash_table_new(NULL, NULL);
    service->history = gre_history_new(history_changed, service);
    service->devices = gre_nm_devices_new(service->nm);
    service->status_calls =
        gre_status_calls_new(gre_sa_query_new(NULL, NULL), collect_status, service);
    if (!export_object(service, error))
        g_clear_pointer(&service, gre_service_free);
    return service;
}

void
gre_service_free(GreService *service)
{
    g_clear_handle_id(&service->idle_timer, g_source_remove);
    g_clear_handle_id(&service->stop_timer, g_source_remove);
    gre_reload_free(service->reload);
    gre_handover_free(service->handover);
    gre_restart_free(service->restart);
    if (service->object)
        g_dbus_connection_unregister_object(service->bus, service->object);
    gre_status_calls_free(service->status_calls);
    gre_guard_free(service->guard);
    gre_nm_devices_free(service->devices);
    if (!service->activations) /* else the process ends and leaves them; the next start cleans up */
        gre_engine_free(service->engine);
    g_hash_table_unref(service->calls);
    gre_history_free(service->history);
    g_main_loop_unref(service->loop);
    g_object_unref(service->nm);
    g_object_unref(service->bus);
    g_strfreev(service->program);
    g_free(service->nm_owner);
    g_free(service);
}

void
gre_service_set_program(GreService *service, const char *const *program)
{
    service->program = g_strdupv((char **) program);
}

void
gre_service_resume(GreService *service, GreHandover *handover)
{
    service->handover = handover;
}

/* With systemd-resolved, the name servers change but resolv.conf does not. */
static void
dns_changed(GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         data)
{
    gre_engine_names_changed(((GreService *) data)->engine);
}

static guint
watch_dns(GreService *service)
{
    return g_dbus_connection_signal_subscribe(
        service->nm, GRE_NM_BUS_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        "/org/freedesktop/NetworkManager/DnsManager", NULL, G_DBUS_SIGNAL_FLAGS_NONE, dns_changed,
        service, NULL);
}

int
gre_service_run(GreService *service, const char *bus_name)
{
    g_autoptr(GError) error = NULL;
    guint nm, dns, term, intr;

    service->engine = gre_engine_new(NULL, NULL, &error);
    if (!service->engine) {
        gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "can't start: %s", error->message);
        return 1;
    }
    service->guard = gre_guard_new(service->engine, service->nm, guard_changed, service);
    if (service->handover)
        resume_all(service);
    else
        gre_engine_clean_up(service->engine);
    gre_nm_active_on_activating(gre_guard_active(service->guard), activating, service);
    nm = g_bus_watch_name_on_connection(service->nm, GRE_NM_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        nm_appeared, nm_vanished, service, NULL);
    dns = watch_dns(service);
    term = g_unix_signal_add(SIGTERM, terminate, service);
    intr = g_unix_signal_add(SIGINT, terminate, service);
    service->reload = gre_reload_new((const char *const *) service->program, collect, service);
    g_signal_connect(service->bus, "closed", G_CALLBACK(bus_closed), service);
    g_signal_connect(service->nm, "closed", G_CALLBACK(bus_closed), service);
    if (bus_name)
        serve(service, bus_name, NULL);
    rest(service);
    gre_notify("READY=1");
    g_main_loop_run(service->loop);
    g_signal_handlers_disconnect_by_data(service->bus, service);
    g_signal_handlers_disconnect_by_data(service->nm, service);
    g_source_remove(intr);
    g_source_remove(term);
    g_bus_unwatch_name(nm);
    g_dbus_connection_signal_unsubscribe(service->nm, dns);
    return service->status;
}
