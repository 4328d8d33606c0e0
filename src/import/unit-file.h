/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd's unit files (systemd.syntax(7)) as a list of settings. A section may occur several
 * times, each with its own meaning.
 */
#ifndef GRE_UNIT_FILE_H
#define GRE_UNIT_FILE_H

#include <glib.h>

typedef struct {
    guint number; /* number of the section, from 1: tells two of the same name apart */
    char *section, *key, *value;
    guint line;
} GreUnitEntry;

/* Array of GreUnitEntry, in order. @error: GRE_ERROR_PROFILE, with the line number. */
GPtrArray *gre_unit_file_parse(const char *text, GError **error);

/* The last value that is set, or NULL; an empty one resets the ones before. */
const char *gre_unit_file_value(GPtrArray *entries, const char *section, const char *key);

#endif
