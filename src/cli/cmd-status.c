/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre status: a table of all tunnels, or details of some. */
#include "config.h"

#include "client/command.h"
#include "client/status-client.h"
#include "client/status-text.h"
#include "gre-i18n.h"

#include <stdio.h>

static gboolean json;

static const GOptionEntry options[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json,
      N_("Print a JSON array with an object for each tunnel"), NULL },
    { 0 },
};

static char *
to_text(GVariant *tunnels, gboolean all)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const GreStatusStyle style = {
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .zone = zone,
        .width = gre_command_width(),
        .colour = gre_command_colour(),
    };

    if (json)
        return gre_status_json(tunnels);
    return all ? gre_status_table(tunnels, &style) : gre_status_text_blocks(tunnels, &style);
}

static gboolean
run(char **names, GError **error)
{
    g_autoptr(GDBusConnection) bus = gre_command_bus(error);
    g_autoptr(GVariant) tunnels = bus ? gre_status_client_fetch_sync(bus, error) : NULL;
    g_autoptr(GVariant) wanted = NULL;
    g_autofree char *text = NULL;

    if (!tunnels || !gre_status_client_check_names(tunnels, names, error))
        return FALSE;
    wanted = gre_status_client_select(tunnels, names);
    text = to_text(wanted, !names[0]);
    fputs(text, stdout);
    return TRUE;
}

const GreCommand gre_cmd_status = {
    .name = "status",
    .arguments = N_("[CONNECTION…]"),
    .summary = N_("Show the state of all tunnels, or details of some"),
    .details = N_("CONNECTION is the name or UUID of a VPN profile of type gre, of an ip-tunnel "
                  "profile that is protected, or of its companion."),
    .options = options,
    .most = G_MAXUINT,
    .run = run,
};
