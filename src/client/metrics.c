/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Specifications: OpenMetrics 1.0 (RFC draft draft-richih-opsawg-openmetrics-00); Prometheus'
 * "Exposition formats", version 0.0.4. */
#include "client/metrics.h"

#include "gre-escape.h"

#include <string.h>

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define GAUGE(name, unit, member, help)                                                        \
    {                                                                                          \
        "nm_gre_" name, GRE_METRIC_GAUGE, unit, help, GRE_METRIC_OF_NUMBER, member, NULL, NULL \
    }
#define COUNTER(name, unit, member, help)                                                        \
    {                                                                                            \
        "nm_gre_" name, GRE_METRIC_COUNTER, unit, help, GRE_METRIC_OF_NUMBER, member, NULL, NULL \
    }
#define SET(name, member, help, ...)                                             \
    {                                                                            \
        "nm_gre_" name, GRE_METRIC_GAUGE, NULL, help, GRE_METRIC_OF_SET, member, \
            LIST(__VA_ARGS__), NULL                                              \
    }

/* clang-format off */

const GreMetric gre_metrics_table[] = {
    { "nm_gre_service_up", GRE_METRIC_GAUGE, NULL, "Whether nm-gre-service is running",
      GRE_METRIC_OF_SERVICE, NULL, NULL, NULL },
    { "nm_gre_tunnel", GRE_METRIC_INFO, NULL, "What the tunnel is and between which addresses",
      GRE_METRIC_OF_TEXTS, NULL,
      LIST("kind", "mode", "device", "local", "remote", "underlay", "ipsec"), NULL },
    SET("tunnel_state", "state", "State of the tunnel, as nm-gre status prints it",
        "down", "preparing", "waiting", "securing", "active", "seeking", "stopping", "failed"),
    GAUGE("tunnel_state_change_timestamp_seconds", "seconds", "since",
          "Time of the last change of state"),
    GAUGE("tunnel_wanted", NULL, "wanted", "Whether the tunnel should be up"),
    SET("tunnel_sa", "sa", "Whether there is an SA that carries the tunnel's traffic",
        "none", "connecting", "established", "unknown"),
    GAUGE("tunnel_ike_age_seconds", "seconds", "ike-age", "Age of the IKE SA"),
    GAUGE("tunnel_esp_age_seconds", "seconds", "esp-age", "Age of the ESP SA"),
    GAUGE("tunnel_ike_rekey_seconds", "seconds", "ike-rekey",
          "Time until the IKE SA gets new keys"),
    GAUGE("tunnel_esp_rekey_seconds", "seconds", "esp-rekey",
          "Time until the ESP SA gets new keys"),
    COUNTER("tunnel_ike_rekeys", NULL, "ike-rekeyed", "How often the IKE SA got new keys"),
    COUNTER("tunnel_esp_rekeys", NULL, "esp-rekeyed", "How often the ESP SA got new keys"),
    COUNTER("tunnel_rekeys_refused", NULL, "rekeys-refused",
            "How often one of the two sides refused a rekey"),
    COUNTER("tunnel_received_bytes", "bytes", "rx-bytes", "Received through the tunnel's device"),
    COUNTER("tunnel_received_packets", "packets", "rx-packets",
            "Received through the tunnel's device"),
    COUNTER("tunnel_sent_bytes", "bytes", "tx-bytes", "Sent through the tunnel's device"),
    COUNTER("tunnel_sent_packets", "packets", "tx-packets", "Sent through the tunnel's device"),
    COUNTER("tunnel_sa_received_bytes", "bytes", "sa-bytes-in",
            "Received by the ESP SA, from 0 again after each rekey"),
    COUNTER("tunnel_sa_received_packets", "packets", "sa-packets-in",
            "Received by the ESP SA, from 0 again after each rekey"),
    COUNTER("tunnel_sa_sent_bytes", "bytes", "sa-bytes-out",
            "Sent by the ESP SA, from 0 again after each rekey"),
    COUNTER("tunnel_sa_sent_packets", "packets", "sa-packets-out",
            "Sent by the ESP SA, from 0 again after each rekey"),
    GAUGE("tunnel_barrier", NULL, "barrier",
          "Whether the IPsec policies that block GRE in clear text are in place"),
    GAUGE("tunnel_barrier_table", NULL, "barrier-table",
          "Whether the nftables table that drops GRE in clear text is in place"),
    { "nm_gre_tunnel_barrier_restored", GRE_METRIC_COUNTER, NULL,
      "How often another program removed the barrier, and it was installed again",
      GRE_METRIC_OF_NUMBER, "barrier-restored", NULL, "barrier" },
    GAUGE("tunnel_mtu_bytes", "bytes", "mtu", "MTU of the tunnel"),
    GAUGE("tunnel_underlay_mtu_bytes", "bytes", "mtu-underlay", "MTU of the route to the peer"),
    { "nm_gre_tunnel_warning", GRE_METRIC_GAUGE, NULL,
      "Whether traffic will stop although it passes now", GRE_METRIC_OF_MEMBER, "warning", NULL, NULL },
    { "nm_gre_tunnel_last_failure_timestamp_seconds", GRE_METRIC_GAUGE, "seconds",
      "Time of the last failure, and its kind", GRE_METRIC_OF_FAILURE, NULL, NULL, NULL },
    { NULL, GRE_METRIC_GAUGE, NULL, NULL, GRE_METRIC_OF_SERVICE, NULL, NULL, NULL },
};

/* clang-format on */

/* ---- samples ---- */

/* A label's value: one line in any case, then escaped as both formats have it. */
static void
append_label(GString *out, const char *name, const char *value)
{
    g_autofree char *line = gre_escape_text(value);

    g_string_append_printf(out, "%s%s=\"", out->len > 0 ? "," : "", name);
    for (const char *p = line; *p; p++) {
        if (*p == '\\' || *p == '"')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static GString *
labels_of(GVariant *tunnel)
{
    GString    *labels = g_string_new(NULL);
    const char *id = "", *uuid = "";

    g_variant_lookup(tunnel, "id", "&s", &id);
    g_variant_lookup(tunnel, "uuid", "&s", &uuid);
    append_label(labels, "tunnel", id);
    append_label(labels, "uuid", uuid);
    return labels;
}

static void
append_sample(GString *out, const GreMetric *metric, const GString *labels, const char *value)
{
    g_string_append_printf(out, "%s%s", metric->name, gre_metrics_suffix(metric));
    if (labels)
        g_string_append_printf(out, "{%s}", labels->str);
    g_string_append_printf(out, " %s\n", value);
}

/* Returns: (transfer full) (nullable): the number as text, NULL: it is none. */
static char *
number_of(GVariant *tunnel, const char *member)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(tunnel, member, NULL);

    if (!value)
        return NULL;
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return g_strdup(g_variant_get_boolean(value) ? "1" : "0");
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return g_strdup_printf("%u", g_variant_get_uint32(value));
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64))
        return g_strdup_printf("%" G_GUINT64_FORMAT, g_variant_get_uint64(value));
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_INT64))
        return g_strdup_printf("%" G_GINT64_FORMAT, g_variant_get_int64(value));
    return NULL;
}

static void
add_number(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    g_autofree char *number = number_of(tunnel, metric->member);
    g_autoptr(GString) labels = labels_of(tunnel);

    if (!number && metric->zero_with) {
        g_autoptr(GVariant) other = g_variant_lookup_value(tunnel, metric->zero_with, NULL);

        number = other ? g_strdup("0") : NULL;
    }
    if (number)
        append_sample(out, metric, labels, number);
}

static void
add_set(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    const char *is;

    if (!g_variant_lookup(tunnel, metric->member, "&s", &is))
        return;
    for (gsize i = 0; metric->values[i]; i++) {
        g_autoptr(GString) labels = labels_of(tunnel);

        append_label(labels, metric->member, metric->values[i]);
        append_sample(out, metric, labels, strcmp(is, metric->values[i]) == 0 ? "1" : "0");
    }
}

static void
add_texts(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    g_autoptr(GString) labels = labels_of(tunnel);
    const char *text;

    for (gsize i = 0; metric->values[i]; i++)
        if (g_variant_lookup(tunnel, metric->values[i], "&s", &text))
            append_label(labels, metric->values[i], text);
    append_sample(out, metric, labels, "1");
}

static void
add_failure(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    g_autofree char *when = number_of(tunnel, "failure-time");
    g_autoptr(GString) labels = labels_of(tunnel);
    const char *kind;

    if (!when || !g_variant_lookup(tunnel, "failure-kind", "&s", &kind))
        return;
    append_label(labels, "kind", kind);
    append_sample(out, metric, labels, when);
}

static void
add_member(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(tunnel, metric->member, NULL);
    g_autoptr(GString) labels = labels_of(tunnel);

    append_sample(out, metric, labels, value ? "1" : "0");
}

static void
add(const GreMetric *metric, GVariant *tunnel, GString *out)
{
    switch (metric->source) {
    case GRE_METRIC_OF_SERVICE:
        break;
    case GRE_METRIC_OF_NUMBER:
        add_number(metric, tunnel, out);
        break;
    case GRE_METRIC_OF_SET:
        add_set(metric, tunnel, out);
        break;
    case GRE_METRIC_OF_TEXTS:
        add_texts(metric, tunnel, out);
        break;
    case GRE_METRIC_OF_FAILURE:
        add_failure(metric, tunnel, out);
        break;
    case GRE_METRIC_OF_MEMBER:
        add_member(metric, tunnel, out);
        break;
    }
}

/* ---- families ---- */

const char *
gre_metrics_suffix(const GreMetric *metric)
{
    switch (metric->type) {
    case GRE_METRIC_COUNTER:
        return "_total";
    case GRE_METRIC_INFO:
        return "_info";
    case GRE_METRIC_GAUGE:
        return "";
    }
    return "";
}

/* The older format knows neither units nor infos, and names a counter with its suffix. */
static void
append_head(GString *out, const GreMetric *metric, GreMetricsFormat format)
{
    static const char *const types[] = { "gauge", "counter", "info" }; /* by GreMetricType */

    if (format == GRE_METRICS_PROMETHEUS) {
        const char *suffix = gre_metrics_suffix(metric);
        const char *type = metric->type == GRE_METRIC_INFO ? "gauge" : types[metric->type];

        g_string_append_printf(out, "# HELP %s%s %s.\n", metric->name, suffix, metric->help);
        g_string_append_printf(out, "# TYPE %s%s %s\n", metric->name, suffix, type);
        return;
    }
    g_string_append_printf(out, "# TYPE %s %s\n", metric->name, types[metric->type]);
    if (metric->unit)
        g_string_append_printf(out, "# UNIT %s %s\n", metric->name, metric->unit);
    g_string_append_printf(out, "# HELP %s %s.\n", metric->name, metric->help);
}

char *
gre_metrics_format(GVariant *tunnels, GreMetricsFormat format)
{
    GString *out = g_string_new(NULL);

    for (const GreMetric *metric = gre_metrics_table; metric->name; metric++) {
        g_autoptr(GString) samples = g_string_new(NULL);

        if (metric->source == GRE_METRIC_OF_SERVICE)
            append_sample(samples, metric, NULL, tunnels ? "1" : "0");
        for (gsize i = 0; tunnels && i < g_variant_n_children(tunnels); i++) {
            g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);

            add(metric, tunnel, samples);
        }
        if (samples->len == 0)
            continue;
        append_head(out, metric, format);
        g_string_append_len(out, samples->str, (gssize) samples->len);
    }
    if (format == GRE_METRICS_OPENMETRICS)
        g_string_append(out, "# EOF\n");
    return g_string_free(out, FALSE);
}
