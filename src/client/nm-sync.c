/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes NetworkManager's asynchronous calls synchronous. */
#include "config.h"

#include "client/nm-sync.h"
#include "client/command.h"
#include "client/companion-data.h"
#include "gre-i18n.h"

#define ACTIVATION_S   90 /* as long as nmcli waits */
#define DEACTIVATION_S 20

static void
keep_result(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

static GAsyncResult *
wait_for(GAsyncResult **result)
{
    while (!*result)
        g_main_context_iteration(NULL, TRUE);
    return *result;
}

static gboolean
is_refusal(const GError *cause)
{
    return g_error_matches(cause, NM_SETTINGS_ERROR, NM_SETTINGS_ERROR_PERMISSION_DENIED) ||
           g_error_matches(cause, NM_MANAGER_ERROR, NM_MANAGER_ERROR_PERMISSION_DENIED) ||
           gre_command_exit_of(cause) == GRE_EXIT_NOT_PERMITTED;
}

/* Takes @cause. Returns: FALSE. */
static gboolean
explain(GError *cause, GError **error)
{
    GreExit code = is_refusal(cause) ? GRE_EXIT_NOT_PERMITTED : gre_command_exit_of(cause);

    g_dbus_error_strip_remote_error(cause);
    gre_command_fail(error, code, _("NetworkManager: %s"), cause->message);
    g_error_free(cause);
    return FALSE;
}

NMClient *
gre_nm_sync_open(GError **error)
{
    GError *cause = NULL;
    g_autoptr(NMClient) client = nm_client_new(NULL, &cause);

    if (!client) {
        gre_command_fail(error, GRE_EXIT_NOT_RUNNING, _("can't connect to NetworkManager: %s"),
                         cause->message);
        g_error_free(cause);
        return NULL;
    }
    if (!nm_client_get_nm_running(client)) {
        gre_command_fail(error, GRE_EXIT_NOT_RUNNING, _("NetworkManager is not running"));
        return NULL;
    }
    return g_steal_pointer(&client);
}

NMRemoteConnection *
gre_nm_sync_add(NMClient *client, NMConnection *connection, gboolean in_memory, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    NMRemoteConnection *remote;
    GError             *cause = NULL;

    nm_client_add_connection2(client,
                              nm_connection_to_dbus(connection, NM_CONNECTION_SERIALIZE_ALL),
                              NM_SETTINGS_ADD_CONNECTION2_FLAG_BLOCK_AUTOCONNECT |
                                  (in_memory ? NM_SETTINGS_ADD_CONNECTION2_FLAG_IN_MEMORY
                                             : NM_SETTINGS_ADD_CONNECTION2_FLAG_TO_DISK),
                              NULL, TRUE, NULL, keep_result, &result);
    remote = nm_client_add_connection2_finish(client, wait_for(&result), NULL, &cause);
    if (!remote)
        explain(cause, error);
    return remote;
}

gboolean
gre_nm_sync_update(NMRemoteConnection *remote, NMConnection *connection, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GVariant) answer = NULL;
    GError *cause = NULL;

    /* No flags: the profile stays where it is stored, on disk or in memory. */
    nm_remote_connection_update2(remote,
                                 nm_connection_to_dbus(connection, NM_CONNECTION_SERIALIZE_ALL),
                                 NM_SETTINGS_UPDATE2_FLAG_NONE, NULL, NULL, keep_result, &result);
    answer = nm_remote_connection_update2_finish(remote, wait_for(&result), &cause);
    return answer ? TRUE : explain(cause, error);
}

/* libnm has no function for this. */
gboolean
gre_nm_sync_clear_secrets(NMClient *client, NMRemoteConnection *remote, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(
        nm_client_get_dbus_connection(client), NM_DBUS_SERVICE,
        nm_connection_get_path(NM_CONNECTION(remote)), NM_DBUS_INTERFACE_SETTINGS_CONNECTION,
        "ClearSecrets", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &cause);

    return answer ? TRUE : explain(cause, error);
}

gboolean
gre_nm_sync_delete(NMRemoteConnection *remote, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    GError *cause = NULL;

    nm_remote_connection_delete_async(remote, NULL, keep_result, &result);
    if (nm_remote_connection_delete_finish(remote, wait_for(&result), &cause))
        return TRUE;
    return explain(cause, error);
}

static void
collect_secrets(GVariant *answer, GHashTable *secrets)
{
    g_autoptr(GVariant) vpn =
        g_variant_lookup_value(answer, NM_SETTING_VPN_SETTING_NAME, G_VARIANT_TYPE_VARDICT);
    GVariantIter *iter;
    const char   *name, *value;

    if (!vpn || !g_variant_lookup(vpn, NM_SETTING_VPN_SECRETS, "a{ss}", &iter))
        return;
    while (g_variant_iter_next(iter, "{&s&s}", &name, &value))
        g_hash_table_insert(secrets, g_strdup(name), g_strdup(value));
    g_variant_iter_free(iter);
}

GHashTable *
gre_nm_sync_get_secrets(NMRemoteConnection *remote, GError **error)
{
    g_autoptr(GHashTable) secrets = gre_companion_data_secrets_new();
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GVariant) answer = NULL;
    GError *cause = NULL;

    nm_remote_connection_get_secrets_async(remote, NM_SETTING_VPN_SETTING_NAME, NULL, keep_result,
                                           &result);
    answer = nm_remote_connection_get_secrets_finish(remote, wait_for(&result), &cause);
    if (answer)
        collect_secrets(answer, secrets);
    else if (g_error_matches(cause, NM_AGENT_MANAGER_ERROR, NM_AGENT_MANAGER_ERROR_NO_SECRETS))
        g_error_free(cause);
    else {
        explain(cause, error);
        return NULL;
    }
    return g_steal_pointer(&secrets);
}

static NMActiveConnection *
find_active(NMClient *client, NMRemoteConnection *remote)
{
    const GPtrArray *all = nm_client_get_active_connections(client);

    for (guint i = 0; i < all->len; i++)
        if (nm_active_connection_get_connection(all->pdata[i]) == remote)
            return all->pdata[i];
    return NULL;
}

gboolean
gre_nm_sync_is_active(NMClient *client, NMRemoteConnection *remote)
{
    NMActiveConnection     *active = find_active(client, remote);
    NMActiveConnectionState state =
        active ? nm_active_connection_get_state(active) : NM_ACTIVE_CONNECTION_STATE_UNKNOWN;

    return state == NM_ACTIVE_CONNECTION_STATE_ACTIVATING ||
           state == NM_ACTIVE_CONNECTION_STATE_ACTIVATED;
}

static gboolean
on_timeout(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_CONTINUE;
}

/* Waits until @active has reached @wanted, or @seconds are over: the state that it is in then. */
static NMActiveConnectionState
wait_for_state(NMActiveConnection *active, NMActiveConnectionState wanted, guint seconds)
{
    gboolean late = FALSE;
    guint    timer = g_timeout_add_seconds(seconds, on_timeout, &late);

    while (nm_active_connection_get_state(active) < wanted && !late)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    return nm_active_connection_get_state(active);
}

gboolean
gre_nm_sync_deactivate(NMClient *client, NMRemoteConnection *remote, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    NMActiveConnection *found = find_active(client, remote);
    g_autoptr(NMActiveConnection) active = found ? g_object_ref(found) : NULL;
    GError *cause = NULL;

    if (!active)
        return TRUE;
    nm_client_deactivate_connection_async(client, active, NULL, keep_result, &result);
    if (!nm_client_deactivate_connection_finish(client, wait_for(&result), &cause))
        return explain(cause, error);
    wait_for_state(active, NM_ACTIVE_CONNECTION_STATE_DEACTIVATED, DEACTIVATION_S);
    return TRUE;
}

gboolean
gre_nm_sync_activate(NMClient *client, NMRemoteConnection *remote, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(NMActiveConnection) active = NULL;
    GError *cause = NULL;

    nm_client_activate_connection_async(client, NM_CONNECTION(remote), NULL, NULL, NULL,
                                        keep_result, &result);
    active = nm_client_activate_connection_finish(client, wait_for(&result), &cause);
    if (!active)
        return explain(cause, error);
    if (wait_for_state(active, NM_ACTIVE_CONNECTION_STATE_ACTIVATED, ACTIVATION_S) ==
        NM_ACTIVE_CONNECTION_STATE_ACTIVATED)
        return TRUE;
    return gre_command_fail(
        error, GRE_EXIT_FAILED,
        _("it is protected, but did not come up (see journalctl -b -t nm-gre-service)"));
}
