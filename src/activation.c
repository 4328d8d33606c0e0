/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translates between NetworkManager's words for a VPN and the engine's. */
#include "activation.h"

#include "gre-error.h"
#include "log.h"
#include "nm-client.h"
#include "settings.h"
#include "state.h"
#include "vpn-plugin.h"

#include <string.h>

/* NetworkManager asked for the name but never connects: as long as libnm's own plugin class waits.
 */
#define UNUSED_S 180
/* It was told that the profile is wrong: there will be no second call. */
#define REFUSED_S 5

struct _GreActivation {
    GreEngine                *engine;
    GDBusConnection          *bus;
    char                     *bus_name;
    const GreActivationFuncs *funcs;
    gpointer                  data;

    GreVpnPlugin  *plugin;
    GreSettings    settings;
    GreConnection *connection;
    GCancellable  *cancellable; /* of the question for the base device */
    char          *base;        /* its interface, NULL if unknown */
    gboolean       base_known;
    gboolean       up;        /* the engine says so */
    gboolean       announced; /* and NetworkManager knows */
    gboolean       abandoned;
    guint          unused_timer;
};

static void
activation_end(GreActivation *activation)
{
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    g_cancellable_cancel(activation->cancellable);
    if (activation->plugin)
        gre_vpn_plugin_close(activation->plugin);
    activation->funcs->gone(activation, activation->data);
    gre_settings_clear(&activation->settings);
    g_object_unref(activation->cancellable);
    g_object_unref(activation->bus);
    g_free(activation->base);
    g_free(activation->bus_name);
    g_free(activation);
}

/* ---- to NetworkManager ---- */

static GVariant *
address_variant(const GreAddress *address)
{
    if (address->family == AF_INET)
        return g_variant_new_uint32(address->in4.s_addr);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, address->bytes, 16, 1);
}

/*
 * NetworkManager pins a host route to the gateway on the connection's base device. Where the way to
 * the peer leads through another interface that route would be wrong, so it is given a loopback
 * address then, for which it makes none.
 */
static GVariant *
gateway(const GreActivation *activation)
{
    const GreAddress  *remote = gre_connection_remote(activation->connection);
    const GreUnderlay *underlay = gre_connection_underlay(activation->connection);
    GreAddress         loopback = { .family = AF_INET };

    if (activation->base && strcmp(activation->base, underlay->ifname) == 0)
        return address_variant(remote);
    loopback.in4.s_addr = htonl(INADDR_LOOPBACK);
    return address_variant(&loopback);
}

static GVariant *
ip_config(const GrePrefix *prefix)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert_value(&dict, "address", address_variant(&prefix->address));
    g_variant_dict_insert(&dict, "prefix", "u", (guint32) prefix->length);
    /* A tunnel between sites takes no default route unless the profile itself names one. */
    g_variant_dict_insert(&dict, "never-default", "b", TRUE);
    return g_variant_dict_end(&dict);
}

static void
announce(GreActivation *activation)
{
    const GreProfile *profile = activation->settings.profile;
    const GreDevice  *device = gre_connection_device(activation->connection);
    gboolean          ip4 = activation->settings.ip4_auto && profile->n_ip4 > 0;
    gboolean          ip6 = activation->settings.ip6_auto && profile->n_ip6 > 0;
    GVariantDict      config;

    g_variant_dict_init(&config, NULL);
    g_variant_dict_insert(&config, "tundev", "s", device->ifname);
    g_variant_dict_insert_value(&config, "gateway", gateway(activation));
    g_variant_dict_insert(&config, "mtu", "u",
                          (guint32) gre_connection_mtu(activation->connection));
    g_variant_dict_insert(&config, "has-ip4", "b", ip4);
    g_variant_dict_insert(&config, "has-ip6", "b", ip6);
    g_variant_dict_insert(&config, "can-persist", "b", TRUE);
    gre_vpn_plugin_config(activation->plugin, g_variant_dict_end(&config),
                          ip4 ? ip_config(&profile->ip4[0]) : NULL,
                          ip6 ? ip_config(&profile->ip6[0]) : NULL);
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STARTED);
    activation->announced = TRUE;
    if (activation->settings.wish.persistent) {
        gre_state_save(profile->uuid, activation->base);
        activation->funcs->settled(activation, profile->uuid, activation->data);
    }
}

static void
announce_if_ready(GreActivation *activation)
{
    if (activation->up && activation->base_known && !activation->announced &&
        !activation->abandoned)
        announce(activation);
}

static GreVpnFailure
failure_of(const GError *cause)
{
    switch ((GreErrorCode) cause->code) {
    case GRE_ERROR_SECRET:
    case GRE_ERROR_IDENTITY:
        return GRE_VPN_FAILURE_LOGIN;
    case GRE_ERROR_ADDRESS:
        return GRE_VPN_FAILURE_BAD_IP_CONFIG;
    case GRE_ERROR_PROFILE:
    case GRE_ERROR_RESOLVE:
    case GRE_ERROR_ROUTE:
    case GRE_ERROR_TAKEN:
    case GRE_ERROR_KERNEL:
    case GRE_ERROR_NOT_INSTALLED:
    case GRE_ERROR_DAEMON:
    case GRE_ERROR_NO_ANSWER:
    case GRE_ERROR_PEER_CONFIG:
    case GRE_ERROR_PROPOSAL:
    case GRE_ERROR_DEVICE_GONE:
    case GRE_ERROR_PROTOCOL:
    case GRE_ERROR_TIMEOUT:
    case GRE_ERROR_REFUSED:
    case GRE_ERROR_STOPPED:
        break;
    }
    return GRE_VPN_FAILURE_CONNECT;
}

/* ---- from the engine ---- */

static void
connection_up(gpointer data)
{
    GreActivation *activation = data;

    activation->up = TRUE;
    announce_if_ready(activation);
}

static void
connection_stopped(gpointer data, const GError *cause)
{
    GreActivation    *activation = data;
    const GreProfile *profile = activation->settings.profile;

    activation->connection = NULL;
    gre_log_full(cause ? LOG_ERR : LOG_NOTICE, profile->id, profile->uuid, NULL,
                 cause ? "failed: %s" : "down%s", cause ? cause->message : "");
    if (!activation->abandoned) {
        gre_state_remove(profile->uuid);
        if (cause)
            gre_vpn_plugin_failure(activation->plugin, failure_of(cause));
        gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
    }
    activation_end(activation);
}

static const GreConnectionFuncs connection_funcs = { connection_up, connection_stopped };

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

    (void) data;
    if (!gre_settings_read(settings, &read, &wrong))
        return FALSE;
    need = gre_profile_missing_secret(read.profile) != NULL;
    gre_settings_clear(&read);
    return need;
}

static gboolean
check_supported(const GreProfile *profile, GError **error)
{
    if (profile->protects)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    "protects: this version of the service builds tunnels of its own only");
    else if (profile->ipsec.method == GRE_IPSEC_PUBKEY)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    "ipsec: \"pubkey\" is not supported by this version of the service: \"no\" or "
                    "\"psk\"");
    else if (profile->ipsec.method == GRE_IPSEC_PSK && !profile->ipsec.psk)
        g_set_error(error, GRE_ERROR, GRE_ERROR_SECRET, "ipsec-psk: the pre-shared key is missing");
    else
        return TRUE;
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

/* Not from within a callback of the plugin's, which goes with it. */
static void
end_after(GreActivation *activation, guint seconds)
{
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    activation->unused_timer = seconds ? g_timeout_add_seconds(seconds, end_due, activation)
                                       : g_idle_add(end_due, activation);
}

static gboolean
plugin_connect(gpointer data, GVariant *settings, const char *sender, GError **error)
{
    GreActivation *activation = data;

    (void) sender;
    if (activation->connection) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_REFUSED, "connecting already");
        return FALSE;
    }
    if (!gre_settings_read(settings, &activation->settings, error) ||
        !check_supported(activation->settings.profile, error)) {
        gre_log(LOG_ERR, "bad profile: %s", (*error)->message);
        gre_vpn_plugin_failure(activation->plugin, failure_of(*error));
        gre_settings_clear(&activation->settings);
        end_after(activation, REFUSED_S);
        return FALSE;
    }
    g_clear_handle_id(&activation->unused_timer, g_source_remove);
    gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STARTING);
    gre_nm_base(activation->bus, activation->bus_name, activation->cancellable, base_answered,
                activation);
    activation->connection =
        gre_connection_new(activation->engine, activation->settings.profile,
                           &activation->settings.wish, &connection_funcs, activation);
    return TRUE;
}

static void
plugin_disconnect(gpointer data)
{
    GreActivation *activation = data;
    const char    *uuid;

    if (!activation->connection) {
        gre_vpn_plugin_state(activation->plugin, GRE_VPN_STATE_STOPPED);
        end_after(activation, 0);
        return;
    }
    uuid = activation->settings.profile->uuid;
    gre_state_remove(uuid);
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

GreActivation *
gre_activation_new(GreEngine                *engine,
                   GDBusConnection          *bus,
                   const char               *bus_name,
                   const GreActivationFuncs *funcs,
                   gpointer                  user_data)
{
    static const GreVpnPluginFuncs plugin_funcs = { plugin_need_secrets, plugin_connect,
                                                    plugin_disconnect, plugin_closed };
    GreActivation                 *activation = g_new0(GreActivation, 1);

    activation->engine = engine;
    activation->bus = g_object_ref(bus);
    activation->bus_name = g_strdup(bus_name);
    activation->funcs = funcs;
    activation->data = user_data;
    activation->cancellable = g_cancellable_new();
    gre_vpn_plugin_open(bus_name, &plugin_funcs, plugin_ready, activation);
    return activation;
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
