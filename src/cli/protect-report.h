/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what protect and unprotect have done, as text or as JSON.
 */
#ifndef GRE_PROTECT_REPORT_H
#define GRE_PROTECT_REPORT_H

#include <NetworkManager.h>

typedef struct {
    const char   *result;    /* "created", "updated", "unchanged", "removed" */
    NMConnection *tunnel;    /* NULL if it no longer exists */
    NMConnection *companion; /* NULL if there is none */
    gboolean      is_active; /* whether the tunnel was up before */
} GreReport;

/* A line: {"result": …, "tunnel": {"id": …, "uuid": …}, "companion": …, "tunnel-active": …} */
void gre_protect_report_json(const GreReport *report);

/* The id, safe for a terminal and in quotes. */
char *gre_protect_report_name(NMConnection *connection);

/* The same as a word for a shell. */
char *gre_protect_report_word(NMConnection *connection);

#endif
