/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/activation-handover.h"

#include "gre-error.h"
#include "service/activation-private.h"

#include <unistd.h>

/* ---- the earlier program ---- */

static void
insert_address(GVariantDict *dict, const char *key, const GreAddress *address)
{
    char text[GRE_ADDRESS_STRLEN];

    if (address->family != AF_UNSPEC)
        g_variant_dict_insert(dict, key, "s", gre_address_to_string(address, text));
}

static void
insert_remains(GVariantDict *dict, const GreConnection *connection)
{
    GreConnectionRemains remains;

    gre_connection_remains(connection, &remains);
    g_variant_dict_insert(dict, "ifname", "s", remains.ifname);
    insert_address(dict, "local", &remains.local);
    insert_address(dict, "remote", &remains.remote);
    g_variant_dict_insert(dict, "mtu", "u", remains.mtu);
    g_variant_dict_insert(dict, "first-mtu", "u", remains.first_mtu);
    g_variant_dict_insert(dict, "if-id", "u", remains.if_id);
}

GreActivationReadiness
gre_activation_readiness(GreActivation *activation)
{
    GreConnectionRemains remains;

    if (!activation->announced || activation->abandoned || !activation->connection)
        return GRE_ACTIVATION_NOT_UP;
    return activation->plugin && activation->told && gre_vpn_plugin_is_quiet(activation->plugin) &&
                   gre_connection_remains(activation->connection, &remains)
               ? GRE_ACTIVATION_READY
               : GRE_ACTIVATION_BUSY;
}

gboolean
gre_activation_hand_over(GreActivation *activation, GreHandover *handover)
{
    GreVpnPluginHandle handle;
    GVariantDict       dict;

    if (!gre_vpn_plugin_hand_over(activation->plugin, &handle))
        return FALSE;
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "bus-name", "s", handle.bus_name);
    g_variant_dict_insert(&dict, "caller", "s", handle.caller);
    g_variant_dict_insert(&dict, "interactive", "b", activation->interactive);
    if (activation->base)
        g_variant_dict_insert(&dict, "base", "s", activation->base);
    insert_remains(&dict, activation->connection);
    gre_handover_add(handover, handle.fd, g_variant_dict_end(&dict), activation->told);
    return TRUE;
}

/* ---- the next one ---- */

static GreConnectionRemains
look_up_remains(GVariantDict *dict)
{
    GreConnectionRemains remains = { 0 };
    const char          *text;

    if (g_variant_dict_lookup(dict, "ifname", "&s", &text))
        g_strlcpy(remains.ifname, text, sizeof remains.ifname);
    if (g_variant_dict_lookup(dict, "local", "&s", &text))
        gre_address_parse(text, &remains.local);
    if (g_variant_dict_lookup(dict, "remote", "&s", &text))
        gre_address_parse(text, &remains.remote);
    g_variant_dict_lookup(dict, "mtu", "u", &remains.mtu);
    g_variant_dict_lookup(dict, "first-mtu", "u", &remains.first_mtu);
    g_variant_dict_lookup(dict, "if-id", "u", &remains.if_id);
    return remains;
}

static GVariant *
read_settings(GreSecret *told)
{
    gsize         len;
    const guint8 *data = gre_secret_data(told, &len);

    return g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE("a{sa{sv}}"), data, len, FALSE,
                                                      (GDestroyNotify) gre_secret_unref,
                                                      gre_secret_ref(told)));
}

/* Fills @activation, which has no plugin yet. */
static gboolean
restore(GreActivation *activation, GVariantDict *dict, GreSecret *told, GError **error)
{
    GreConnectionRemains remains = look_up_remains(dict);

    activation->told = gre_secret_ref(told);
    activation->wanted = read_settings(told);
    g_variant_dict_lookup(dict, "interactive", "b", &activation->interactive);
    g_variant_dict_lookup(dict, "base", "s", &activation->base);
    activation->base_known = TRUE;
    activation->connecting = g_get_monotonic_time();
    if (!gre_settings_read(activation->wanted, NULL, &activation->settings, error))
        return FALSE;
    activation->remains = g_memdup2(&remains, sizeof remains);
    return TRUE;
}

GreActivation *
gre_activation_resume(GreEngine                *engine,
                      GreGuard                 *guard,
                      GDBusConnection          *bus,
                      const GreHandoverItem    *item,
                      const GreActivationFuncs *funcs,
                      gpointer                  user_data,
                      GError                  **error)
{
    g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(item->record);
    GreVpnPluginHandle handle = { .fd = item->fd };
    GreActivation     *activation;

    if (!g_variant_dict_lookup(&dict, "bus-name", "&s", &handle.bus_name) ||
        !g_variant_dict_lookup(&dict, "caller", "&s", &handle.caller)) {
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE, "its record has no bus name");
        close(item->fd);
        return NULL;
    }
    activation = gre_activation_alloc(engine, guard, bus, handle.bus_name, funcs, user_data);
    if (!restore(activation, &dict, item->settings, error)) {
        gre_activation_free(activation);
        close(item->fd);
        return NULL;
    }
    activation->plugin =
        gre_vpn_plugin_resume(&handle, &gre_activation_plugin_funcs, activation, error);
    if (!activation->plugin) {
        gre_activation_free(activation);
        return NULL;
    }
    gre_activation_begin(activation);
    return activation;
}
