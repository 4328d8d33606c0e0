/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre unprotect: unlinks the companion from the tunnel's profile, then deletes it. */
#include "config.h"

#include "client/command.h"
#include "cli/protect-report.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "gre-i18n.h"

#include <stdio.h>

static gboolean json;

static const GOptionEntry options[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("Print the result as a JSON object"), NULL },
    { 0 },
};

/* The name may be the tunnel's or a companion's; *tunnel is NULL if the tunnel doesn't exist.
 * Returns: (transfer container): the companions. */
static GPtrArray *
find(NMClient *client, const char *name, NMRemoteConnection **tunnel, GError **error)
{
    g_autoptr(GError) cause = NULL;
    NMRemoteConnection *companion;
    GPtrArray          *alone;

    *tunnel = gre_companion_find_tunnel(client, name, &cause);
    companion = *tunnel ? NULL : gre_companion_find(client, name);
    if (companion)
        *tunnel = gre_companion_tunnel_of(client, companion);
    if (*tunnel)
        return gre_companion_list(client, *tunnel);
    if (!companion) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    alone = g_ptr_array_new();
    g_ptr_array_add(alone, companion);
    return alone;
}

static gboolean
unlink_all(NMRemoteConnection *tunnel, GPtrArray *companions, GError **error)
{
    g_autoptr(NMConnection) changed = nm_simple_connection_new_clone(NM_CONNECTION(tunnel));
    NMSettingConnection *setting = nm_connection_get_setting_connection(changed);
    gboolean             differs = FALSE;

    for (guint i = 0; i < companions->len; i++)
        differs |= nm_setting_connection_remove_secondary_by_value(
            setting, nm_connection_get_uuid(companions->pdata[i]));
    return !differs || gre_nm_sync_update(tunnel, changed, error);
}

static void
report_result(const GreReport *report)
{
    g_autofree char *tunnel = report->tunnel ? gre_protect_report_name(report->tunnel) : NULL;
    g_autofree char *name = report->companion ? gre_protect_report_name(report->companion) : NULL;

    if (json)
        gre_protect_report_json(report);
    else if (!report->companion)
        printf(_("%s is not protected.\n"), tunnel);
    else if (!tunnel)
        printf(_("%s has been deleted; the tunnel that it named doesn't exist.\n"), name);
    else
        printf(_("%s is no longer protected; %s has been deleted.\n"), tunnel, name);
}

static gboolean
remove_all(NMRemoteConnection *tunnel, GPtrArray *companions, gboolean is_active, GError **error)
{
    for (guint i = 0; i < companions->len; i++) {
        /* A copy: the profile itself is gone when the result is printed. */
        g_autoptr(NMConnection) companion = nm_simple_connection_new_clone(companions->pdata[i]);
        const GreReport report = { "removed", (NMConnection *) tunnel, companion, is_active };

        if (!gre_nm_sync_delete(companions->pdata[i], error))
            return FALSE;
        report_result(&report);
    }
    return TRUE;
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(NMClient) client = gre_nm_sync_open(error);
    g_autoptr(GPtrArray) companions = NULL;
    NMRemoteConnection *tunnel = NULL;
    gboolean            is_active;

    companions = client ? find(client, arguments[0], &tunnel, error) : NULL;
    if (!companions)
        return FALSE;
    is_active = tunnel && gre_nm_sync_is_active(client, tunnel);
    if (companions->len == 0) {
        const GreReport report = { "unchanged", NM_CONNECTION(tunnel), NULL, is_active };

        report_result(&report);
        return TRUE;
    }
    if (tunnel && !unlink_all(tunnel, companions, error))
        return FALSE;
    if (!remove_all(tunnel, companions, is_active, error))
        return FALSE;
    if (is_active)
        gre_command_complain(_("warning: the tunnel is up and now sends packets in clear text"));
    return TRUE;
}

const GreCommand gre_cmd_unprotect = {
    .name = "unprotect",
    .arguments = N_("CONNECTION"),
    .summary = N_("Undo protect: unlink and delete the companion of an ip-tunnel profile"),
    .details = N_("CONNECTION is the name or UUID of the ip-tunnel profile or of its companion."),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
