/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict reader of OpenMetrics 1.0 text, of the part that we write: gauges, counters and infos
 * without times and exemplars. Source: draft-richih-opsawg-openmetrics-00, "Text format".
 */
#ifndef OPENMETRICS_H
#define OPENMETRICS_H

#include <glib.h>

/**
 * openmetrics_check:
 * @seen: (nullable): char *name: gets the name of each family
 *
 * Returns: (transfer full): what is wrong, with the line; NULL: nothing.
 */
char *openmetrics_check(const char *text, GHashTable *seen);

#endif
