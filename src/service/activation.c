/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translates between NetworkManager's VPN interface and the engine. */
#include "service/activation-private.h"

#include "base/log.h"
#include "base/runtime-state.h"
#include "gre-error.h"
#include "nm/nm-client.h"
#include "nm/polkit.h"
#include "nm/vpn-config.h"

/* NetworkManager requested the name but never connects: the timeout of libnm's own plugin class. */
#define UNUSED_S 180
/* The profile was refused: NetworkManager makes no second call. */
#define REFUSED_S 5
/* From one question for a companion's tunnel to the next. */
#define FIND_S 15
/* NetworkManager's own default for vpn.timeout. */
#define TIMEOUT_DEFAULT_S 60
/* The longest delay of an answer to NewSecrets: less than D-Bus's limit, enough for an attempt. */
#define HOLD_MS 8000

void
gre_activation_free(GreActivation *activation)
{
    gre_settings_clear(&activation->settings);
    g_clear_pointer(&activation->wanted, g_variant_unref);
    gre_secret_unref(activation->refused);
    gre_secret_unref(activation->told);
    g_free(activation->remains);
    g_object_unref(activation->cancellable);
    g_object_unref(activation->bus);
    g_free(activation->base);
    g_free(activation->bus_name);
    g_free(activation);
}

static void
activation_end(GreActivation *activation)
{
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    g_cancellable_cancel(activation->cancellable);
    if (activation->plugin)
        gre_vpn_plugin_close(activation->plugin);
    activation->funcs->gone(activation, activation->data);
    gre_activation_free(activation);
}

/* ---- to NetworkManager ---- */

static void
send_config(GreActivation *activation)
{
    GreVpnConfig config =
        gre_vpn_config_new(activation->connection, &activation->settings, activation->base);

    gre_vpn_plugin_config(activation->plugin, config.config, config.ip4, config.ip6);
}

/* Of one that was handed over, NetworkManager knows all that has not changed. */
static gboolean
is_news(const GreActivation *activation)
{
    const GreConnectionRemains *remains = activation->remains;

    return !remains ||
           !gre_address_equal(&remains->remote, gre_connection_remote(activation->connection)) ||
           !gre_address_equal(&remains->local,
                              &gre_connection_underlay(activation->connection)->source);
}

/* The first state that is told of one that was handed over. */
static void
tell_state(GreActivation *activation)
{
    GreConnectionView view;

    g_clear_pointer(&activation->remains, g_free);
    gre_connection_view(activation->connection, &view);
    activation->funcs->state(activation->settings.profile->uuid,
                             gre_connection_fsm_state_name(view.state), activation->data);
}

static void
announce(GreActivation *activation)
{
    const GreProfile *profile = activation->settings.profile;

    if (is_news(activation))
        send_config(activation);
    if (activation->remains)
        tell_state(activation);
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STARTED);
    activation->announced = TRUE;
    if (!profile->protects)
        gre_runtime_state_save(profile->uuid, activation->base,
                               activation->settings.wish.persistent);
    activation->funcs->settled(activation, profile->uuid, activation->data);
}

static void
announce_if_ready(GreActivation *activation)
{
    if (activation->up && activation->base_known && activation->plugin && !activation->announced &&
        !activation->abandoned)
        announce(activation);
}

/* ---- from the engine ---- */

static void
note_device(GreActivation *activation)
{
    if (activation->settings.profile->protects)
        return;
    activation->device = g_strdup(gre_connection_device(activation->connection)->ifname);
    activation->funcs->device(activation->device, TRUE, activation->data);
}

static void
forget_device(GreActivation *activation)
{
    if (activation->device)
        activation->funcs->device(activation->device, FALSE, activation->data);
    g_clear_pointer(&activation->device, g_free);
}

static void
connection_up(gpointer data)
{
    GreActivation *activation = data;

    activation->up = TRUE;
    note_device(activation);
    g_clear_pointer(&activation->refused, gre_secret_unref);
    activation->was_refused = FALSE;
    announce_if_ready(activation);
}

/* The secret of a profile's authentication: its name, flags and value. */
typedef struct {
    const char *name;
    guint       flags;
    GreSecret  *value; /* borrowed; NULL: none */
} Secret;

static Secret
secret_of(const GreProfile *profile)
{
    const GreIpsecOptions *ipsec = &profile->ipsec;

    if (ipsec->method == GRE_IPSEC_PUBKEY)
        return (Secret){ "ipsec-private-key-password", ipsec->private_key_password_flags,
                         ipsec->private_key_password };
    return (Secret){ "ipsec-psk", ipsec->psk_flags, ipsec->psk };
}

/* Whether the secret came from the user or the user's keyring, so that another one can be
 * requested. Not if NetworkManager stores it; nor for a persistent connection that comes up without
 * a user, which keeps trying instead. */
static gboolean
can_ask(const GreActivation *activation)
{
    const GreSettings *settings = &activation->settings;
    guint              asked = GRE_SECRET_AGENT_OWNED | GRE_SECRET_NOT_SAVED;

    return activation->interactive && activation->plugin && !activation->abandoned &&
           !activation->up && !activation->remains && !settings->wish.persistent &&
           settings->profile->ipsec.method != GRE_IPSEC_NO &&
           (secret_of(settings->profile).flags & asked);
}

/* The peer refuses the key, or the password does not decrypt it: everything is released, and
 * NetworkManager asks for another secret. An agent that returns the same one again reads it from a
 * file. */
static gboolean
ask_again(GreActivation *activation, const GError *cause)
{
    const GreProfile *profile = activation->settings.profile;
    Secret            secret = secret_of(profile);

    if (!g_error_matches(cause, GRE_ERROR, GRE_ERROR_SECRET) || !can_ask(activation) ||
        (activation->was_refused && gre_secret_equal(secret.value, activation->refused)))
        return FALSE;
    g_clear_pointer(&activation->refused, gre_secret_unref);
    activation->refused = secret.value ? gre_secret_ref(secret.value) : NULL;
    activation->was_refused = TRUE;
    activation->asking = TRUE;
    gre_log_kind_full(GRE_MESSAGE_SECRET_ASKED, LOG_NOTICE, profile->id, profile->uuid, NULL,
                      "asking for another %s",
                      profile->ipsec.method == GRE_IPSEC_PSK ? "pre-shared key" : "password");
    gre_vpn_plugin_ask(activation->plugin, cause->message, secret.name);
    return TRUE;
}

static void
connection_moved(gpointer data)
{
    GreActivation *activation = data;

    if (activation->announced && activation->plugin && !activation->abandoned)
        send_config(activation);
}

static void
connection_stripped(gpointer data)
{
    GreActivation    *activation = data;
    const GreProfile *profile = activation->settings.profile;

    if (!activation->announced || !activation->plugin || activation->abandoned)
        return;
    gre_log_kind_full(GRE_MESSAGE_RESTART, LOG_NOTICE, profile->id, profile->uuid, NULL,
                      "the device is up again, but without its routes: restarting the connection");
    activation->funcs->again(activation, profile->uuid, activation->data);
}

static void
connection_stopped(gpointer data, const GError *cause)
{
    GreActivation    *activation = data;
    const GreProfile *profile = activation->settings.profile;

    activation->connection = NULL;
    forget_device(activation);
    if (ask_again(activation, cause))
        return;
    gre_log_kind_full(cause ? GRE_MESSAGE_FAILED : GRE_MESSAGE_DOWN, cause ? LOG_ERR : LOG_NOTICE,
                      profile->id, profile->uuid, NULL, cause ? "failed: %s" : "down%s",
                      cause ? cause->message : "");
    if (!activation->abandoned && activation->plugin) {
        gre_runtime_state_remove(profile->uuid);
        if (cause)
            gre_vpn_plugin_failure(activation->plugin, gre_vpn_config_failure_of(cause));
        gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
    }
    activation_end(activation);
}

static void
connection_state(gpointer data, GreState state)
{
    GreActivation *activation = data;

    if (activation->announced && !activation->plugin)
        return; /* another activation may have the profile by now */
    if (activation->remains && state != GRE_STATE_STOPPING && state != GRE_STATE_STOPPED)
        return; /* for others, it is up all the time */
    activation->funcs->state(activation->settings.profile->uuid,
                             state == GRE_STATE_STOPPED ? "down"
                                                        : gre_connection_fsm_state_name(state),
                             activation->data);
}

static void
connection_noted(gpointer data, const GError *cause)
{
    GreActivation *activation = data;

    activation->funcs->failed(activation->settings.profile->uuid, cause, activation->data);
}

static const GreConnectionFuncs connection_funcs = { connection_state,    connection_noted,
                                                     connection_up,       connection_moved,
                                                     connection_stripped, connection_stopped };

/* ---- from NetworkManager ---- */

static void
base_answered(const char *ifname, gpointer data)
{
    GreActivation *activation = data;

    activation->base = g_strdup(ifname);
    activation->base_known = TRUE;
    announce_if_ready(activation);
}

static gboolean
plugin_need_secrets(gpointer data, GVariant *settings)
{
    GreSettings read;
    g_autoptr(GError) wrong = NULL;
    gboolean need;

    if (!gre_settings_read(settings, NULL, &read, &wrong))
        return FALSE;
    need = gre_profile_missing_secret(read.profile) != NULL;
    gre_settings_clear(&read);
    return need;
}

/* Only reading a key file shows whether it is encrypted. */
static gboolean
check_secret(const GreProfile *profile, GError **error)
{
    if (profile->ipsec.method != GRE_IPSEC_PSK || profile->ipsec.psk)
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_SECRET, "ipsec-psk: the pre-shared key is missing");
    return FALSE;
}

static gboolean
end_due(gpointer data)
{
    GreActivation *activation = data;

    activation->unused_timer = 0;
    activation_end(activation);
    return G_SOURCE_REMOVE;
}

/* Not from within a callback of the plugin, which it frees. */
static void
end_after(GreActivation *activation, guint seconds)
{
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    if (seconds == 0)
        g_cancellable_cancel(activation->cancellable);
    activation->unused_timer = seconds ? g_timeout_add_seconds(seconds, end_due, activation)
                                       : g_idle_add(end_due, activation);
}

static void
begin(GreActivation *activation)
{
    GreSettings *settings = &activation->settings;

    settings->wish.user = settings->user;
    activation->connection =
        activation->remains
            ? gre_connection_resume(activation->engine, settings->profile, &settings->wish,
                                    activation->remains, &connection_funcs, activation)
            : gre_connection_new(activation->engine, settings->profile, &settings->wish,
                                 &connection_funcs, activation);
}

/* Nothing has been changed yet. */
static void
refuse(GreActivation *activation, GVariant *settings, const GError *error)
{
    g_autofree char *uuid = gre_settings_uuid(settings);

    gre_log_kind_full(GRE_MESSAGE_PROFILE_INVALID, LOG_ERR, NULL, uuid, NULL, "invalid profile: %s",
                      error->message);
    if (uuid)
        activation->funcs->failed(uuid, error, activation->data);
    gre_vpn_plugin_failure(activation->plugin, gre_vpn_config_failure_of(error));
    gre_settings_clear(&activation->settings);
}

/* After Connect was answered. */
static void
refuse_late(GreActivation *activation, const GError *error)
{
    g_autoptr(GVariant) wanted = g_steal_pointer(&activation->wanted);

    refuse(activation, wanted, error);
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
    end_after(activation, 0);
}

/* ---- companions ---- */

static void
tunnel_found(const GreNative *tunnel, const GError *error, gpointer data)
{
    GreActivation    *activation = data;
    GreConnectionWish wish = activation->settings.wish; /* its time may have become shorter */
    g_autoptr(GError) wrong = error ? g_error_copy(error) : NULL;

    if (activation->connection)
        return; /* asked for it twice */
    if (wrong && activation->remains)
        return; /* its tunnel is up; asks again */
    gre_settings_clear(&activation->settings);
    if (wrong || !gre_settings_read(activation->wanted, tunnel, &activation->settings, &wrong)) {
        refuse_late(activation, wrong);
        return;
    }
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    g_clear_pointer(&activation->wanted, g_variant_unref);
    activation->settings.wish = wish;
    begin(activation);
}

static void begin_companion(GreActivation *activation);

static gboolean
find_again(gpointer data)
{
    GreActivation *activation = data;

    activation->unused_timer = 0;
    begin_companion(activation);
    return G_SOURCE_REMOVE;
}

/* The tunnel's profile may be so new that it is not known yet, so Connect is answered first. One
 * that was handed over has no time limit of NetworkManager's. */
static void
begin_companion(GreActivation *activation)
{
    const GreProfile *profile = activation->settings.profile;

    activation->base_known = TRUE; /* the base is the tunnel */
    if (activation->remains)
        activation->unused_timer = g_timeout_add_seconds(FIND_S, find_again, activation);
    gre_guard_find(activation->guard, profile->protects, profile->uuid,
                   activation->settings.profile->users, activation->cancellable, tunnel_found,
                   activation);
}

void
gre_activation_begin(GreActivation *activation)
{
    if (activation->settings.profile->protects) {
        begin_companion(activation);
        return;
    }
    g_clear_pointer(&activation->wanted, g_variant_unref);
    begin(activation);
}

/* ---- private profiles ---- */

static void
got_permission(const char *why_not, gpointer data)
{
    GreActivation *activation = data;
    g_autoptr(GError) error = NULL;

    if (!why_not) {
        gre_activation_begin(activation);
        return;
    }
    g_set_error(&error, GRE_ERROR, GRE_ERROR_PROFILE,
                "connection.permissions: a user's own profile gets IPsec only if the user may "
                "change system connections, because strongSwan uses its keys for all connections "
                "(%s): make the profile available to all users",
                why_not);
    refuse_late(activation, error);
}

/* strongSwan has one set of secrets and certificates for all connections, the administrator's too:
 * with a profile of their own, users could authenticate as somebody else there. */
static void
begin_with(GreActivation *activation, GVariant *settings)
{
    const GreSettings *read = &activation->settings;

    activation->wanted = g_variant_ref(settings);
    gre_secret_unref(activation->told);
    activation->told = gre_secret_new(g_variant_get_data(settings), g_variant_get_size(settings));
    if (!read->profile->users || read->profile->ipsec.method == GRE_IPSEC_NO ||
        g_strcmp0(g_getenv(GRE_ACTIVATION_PRIVATE_IPSEC), "allow") == 0)
        gre_activation_begin(activation);
    else
        gre_polkit_may_administer(activation->bus, (const char *const *) read->profile->users,
                                  activation->cancellable, got_permission, activation);
}

static gboolean
plugin_connect(
    gpointer data, GVariant *settings, const char *sender, gboolean interactive, GError **error)
{
    GreActivation *activation = data;

    if (activation->connection || activation->wanted || activation->asking) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_REFUSED, "already connecting");
        return FALSE;
    }
    if (!gre_settings_read(settings, NULL, &activation->settings, error) ||
        !check_secret(activation->settings.profile, error)) {
        refuse(activation, settings, *error);
        end_after(activation, REFUSED_S);
        return FALSE;
    }
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    activation->interactive = interactive;
    activation->connecting = g_get_monotonic_time();
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STARTING);
    if (!activation->settings.profile->protects)
        gre_nm_client_base(activation->bus, activation->bus_name, activation->cancellable,
                           base_answered, activation);
    begin_with(activation, settings);
    return TRUE;
}

/**
 * apply_time_limit:
 *
 * NetworkManager's time limit runs from Connect on, and asking does not extend it; but if it
 * expires while NetworkManager asks, it no longer applies (nm-vpn-connection.c,
 * connect_timeout_cb()). So the attempt gets the remaining time; if that is too short, the answer
 * to NewSecrets, until which NetworkManager counts as asking, is delayed until the limit has
 * expired.
 *
 * Returns: for how many ms to delay the answer.
 */
static guint
apply_time_limit(const GreActivation *activation, GreConnectionWish *wish)
{
    gint64 limit = wish->timeout ? wish->timeout : TIMEOUT_DEFAULT_S;
    gint64 passed = (g_get_monotonic_time() - activation->connecting) / 1000;
    gint64 left = limit * 1000 - passed;

    if (left <= -1000)
        return 0;
    if (left <= HOLD_MS - 1000)
        return (guint) left + 1000;
    wish->timeout = (guint) (left / 1000);
    return 0;
}

/* Without an attempt, asks again for a secret that is not a valid key. */
static gboolean
plugin_new_secrets(gpointer data, GVariant *settings, guint *hold, GError **error)
{
    GreActivation *activation = data;
    GreSettings    read;
    g_autoptr(GError) wrong = NULL;

    if (!activation->asking) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_REFUSED, "no secrets were requested");
        return FALSE;
    }
    if (!gre_settings_read(settings, NULL, &read, &wrong)) {
        if (g_error_matches(wrong, GRE_ERROR, GRE_ERROR_SECRET)) {
            gre_vpn_plugin_ask(activation->plugin, wrong->message,
                               secret_of(activation->settings.profile).name);
            return TRUE;
        }
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    if (!check_secret(read.profile, error)) {
        gre_settings_clear(&read);
        return FALSE;
    }
    activation->asking = FALSE;
    gre_settings_clear(&activation->settings);
    activation->settings = read;
    *hold = apply_time_limit(activation, &activation->settings.wish);
    begin_with(activation, settings);
    return TRUE;
}

static void
plugin_disconnect(gpointer data)
{
    GreActivation *activation = data;
    const char    *uuid;

    if (activation->abandoned)
        return; /* NetworkManager answers our own end with this; nobody took it down */
    if (!activation->connection) {
        gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
        end_after(activation, 0);
        return;
    }
    uuid = activation->settings.profile->uuid;
    gre_runtime_state_remove(uuid);
    activation->funcs->settled(activation, uuid, activation->data);
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPING);
    gre_connection_down(activation->connection);
}

static void
plugin_closed(gpointer data)
{
    gre_activation_abandon(data);
}

static void
plugin_ready(GreVpnPlugin *plugin, const GError *error, gpointer data)
{
    GreActivation *activation = data;

    activation->plugin = plugin;
    activation->funcs->ready(activation, error, activation->data);
    if (!plugin)
        activation_end(activation);
    else if (activation->abandoned)
        end_after(activation, 0);
    else
        end_after(activation, UNUSED_S);
}

const GreVpnPluginFuncs gre_activation_plugin_funcs = { plugin_need_secrets, plugin_connect,
                                                        plugin_new_secrets, plugin_disconnect,
                                                        plugin_closed };

GreActivation *
gre_activation_alloc(GreEngine                *engine,
                     GreGuard                 *guard,
                     GDBusConnection          *bus,
                     const char               *bus_name,
                     const GreActivationFuncs *funcs,
                     gpointer                  user_data)
{
    GreActivation *activation = g_new0(GreActivation, 1);

    activation->engine = engine;
    activation->guard = guard;
    activation->bus = g_object_ref(bus);
    activation->bus_name = g_strdup(bus_name);
    activation->funcs = funcs;
    activation->data = user_data;
    activation->cancellable = g_cancellable_new();
    return activation;
}

GreActivation *
gre_activation_new(GreEngine                *engine,
                   GreGuard                 *guard,
                   GDBusConnection          *bus,
                   const char               *bus_name,
                   const GreActivationFuncs *funcs,
                   gpointer                  user_data)
{
    GreActivation *activation =
        gre_activation_alloc(engine, guard, bus, bus_name, funcs, user_data);

    gre_vpn_plugin_open(bus_name, &gre_activation_plugin_funcs, plugin_ready, activation);
    return activation;
}

gboolean
gre_activation_is_resuming(const GreActivation *activation)
{
    return activation->remains != NULL;
}

const char *
gre_activation_bus_name(const GreActivation *activation)
{
    return activation->bus_name;
}

void
gre_activation_abandon(GreActivation *activation)
{
    if (activation->abandoned)
        return;
    activation->abandoned = TRUE;
    if (activation->connection)
        gre_connection_down(activation->connection);
    else if (activation->plugin) {
        end_after(activation, 0);
    }
}

/* ---- with its base ---- */

const char *
gre_activation_uuid(const GreActivation *activation)
{
    return activation->settings.profile ? activation->settings.profile->uuid : NULL;
}

gboolean
gre_activation_is_persistent(const GreActivation *activation)
{
    return activation->settings.wish.persistent;
}

const char *
gre_activation_persists(const GreActivation *activation)
{
    const GreProfile *profile = activation->settings.profile;

    return activation->announced && activation->plugin && !activation->abandoned &&
                   activation->settings.wish.persistent && !profile->protects
               ? profile->uuid
               : NULL;
}

const char *
gre_activation_base(const GreActivation *activation)
{
    return activation->base;
}

void
gre_activation_make_way(GreActivation *activation)
{
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
    gre_activation_abandon(activation);
}

/* ---- without NetworkManager ---- */

void
gre_activation_nm_gone(GreActivation *activation)
{
    const GreProfile *profile = activation->settings.profile;

    if (!activation->announced || !profile->protects) {
        if (activation->announced && !activation->settings.wish.persistent)
            gre_runtime_state_remove(profile->uuid); /* down, as far as the user can see */
        gre_activation_abandon(activation);
        return;
    }
    if (!activation->plugin)
        return;
    gre_log_kind_full(GRE_MESSAGE_NM_STOPPED, LOG_NOTICE, profile->id, profile->uuid, NULL,
                      "NetworkManager has stopped: the tunnel stays protected");
    gre_vpn_plugin_close(g_steal_pointer(&activation->plugin));
}

gboolean
gre_activation_outlives_nm(const GreActivation *activation, const char *uuid)
{
    return activation->announced && !activation->plugin &&
           g_str_equal(activation->settings.profile->uuid, uuid);
}
