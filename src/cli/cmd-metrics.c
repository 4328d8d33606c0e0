/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre metrics: the status as figures for a monitoring system. */
#include "config.h"

#include "client/command.h"
#include "client/metrics.h"
#include "client/status-client.h"
#include "gre-i18n.h"

#include <stdio.h>
#include <string.h>

static char *format_name, *output;

static const GOptionEntry options[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_name,
      N_("openmetrics (the default), or prometheus: the older format, which node_exporter reads"),
      N_("FORMAT") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_("Replace FILE with the figures, in one step"), N_("FILE") },
    { 0 },
};

static gboolean
read_format(GreMetricsFormat *format, GError **error)
{
    static const char *const names[] = {
        [GRE_METRICS_OPENMETRICS] = "openmetrics",
        [GRE_METRICS_PROMETHEUS] = "prometheus",
    };

    *format = GRE_METRICS_OPENMETRICS;
    if (!format_name)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(format_name, names[i]) == 0) {
            *format = (GreMetricsFormat) i;
            return TRUE;
        }
    }
    return gre_command_fail(error, GRE_EXIT_USAGE,
                            _("--format: expected openmetrics or prometheus"));
}

/* That the service is not running is a figure too. */
static gboolean
fetch(GVariant **tunnels, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDBusConnection) bus = gre_command_bus(&cause);

    *tunnels = bus ? gre_status_client_fetch_sync(bus, &cause) : NULL;
    if (*tunnels || gre_command_exit_of(cause) == GRE_EXIT_NOT_RUNNING)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/* A reader sees the old figures or the new ones, never a part: written beside it, then renamed. */
static gboolean
replace(const char *path, const char *text, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_FAILED, _("can't write: %s"), cause->message);
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(GVariant) tunnels = NULL;
    g_autofree char *text = NULL;
    GreMetricsFormat format;

    if (!read_format(&format, error) || !fetch(&tunnels, error))
        return FALSE;
    text = gre_metrics_format(tunnels, format);
    if (output)
        return replace(output, text, error);
    fputs(text, stdout);
    return TRUE;
}

const GreCommand gre_cmd_metrics = {
    .name = "metrics",
    .arguments = NULL,
    .summary = N_("Print figures of all tunnels for a monitoring system"),
    .details = N_("The figures are those of nm-gre status --json, as OpenMetrics text for "
                  "Prometheus and others. Root gets all of them. If the service is not running, "
                  "nm_gre_service_up is 0."),
    .options = options,
    .run = run,
};
