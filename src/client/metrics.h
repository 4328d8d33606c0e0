/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The service's GetStatus as figures for a monitoring system. Pure.
 */
#ifndef GRE_METRICS_H
#define GRE_METRICS_H

#include <glib.h>

typedef enum {
    GRE_METRICS_OPENMETRICS, /* OpenMetrics 1.0, which ends with "# EOF" */
    GRE_METRICS_PROMETHEUS,  /* text format 0.0.4, as node_exporter's textfile collector reads it */
} GreMetricsFormat;

typedef enum { GRE_METRIC_GAUGE, GRE_METRIC_COUNTER, GRE_METRIC_INFO } GreMetricType;

/* What a figure is made from. */
typedef enum {
    GRE_METRIC_OF_SERVICE, /* whether there is a status; without labels */
    GRE_METRIC_OF_NUMBER,  /* a member of any number's type, or a boolean as 0 or 1 */
    GRE_METRIC_OF_SET,     /* a text: 1 for the value that it has, 0 for the others */
    GRE_METRIC_OF_TEXTS,   /* several texts, as labels */
    GRE_METRIC_OF_FAILURE, /* time and kind of the last failure */
    GRE_METRIC_OF_MEMBER,  /* whether the member is there */
} GreMetricSource;

typedef struct {
    const char        *name; /* of the family: without "_total" or "_info"; ends with the unit */
    GreMetricType      type;
    const char        *unit; /* NULL: none */
    const char        *help; /* without a full stop */
    GreMetricSource    source;
    const char        *member; /* of the status; also the label of a set, and what a set is about */
    const char *const *values; /* of a set, or members that become labels */
    const char        *zero_with; /* the member with which a missing one means 0; NULL: none */
} GreMetric;

/* All figures, in the order in which they are printed; ends with a row without a name. */
extern const GreMetric gre_metrics_table[];

/* "_total" for a counter, "_info" for an info, else "": what follows the family's name. */
const char *gre_metrics_suffix(const GreMetric *metric);

/**
 * gre_metrics_format:
 * @tunnels: (nullable): aa{sv}, the answer of GetStatus; NULL: the service is not running
 *
 * Every figure of a tunnel has the labels tunnel (the profile's name) and uuid. A figure whose
 * member is missing, or has another type, is left out.
 *
 * Returns: (transfer full): UTF-8, with a newline at the end of each line.
 */
char *gre_metrics_format(GVariant *tunnels, GreMetricsFormat format);

#endif
