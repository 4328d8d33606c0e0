/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The history of each connection: its state, the time of its last change, and the last failure,
 * also for connections that have ended. In memory only.
 */
#ifndef GRE_HISTORY_H
#define GRE_HISTORY_H

#include <glib.h>

typedef struct _GreHistory GreHistory;

typedef struct {
    const char *state;        /* static */
    gint64      since;        /* seconds since 1970, as all times here */
    char       *failure;      /* NULL: none so far */
    const char *failure_kind; /* static: gre_error_kind() */
    gint64      failure_time;
} GreHistoryEntry;

/* @changed: called for each new state and each new failure; @cause is "" if there is none. */
typedef void (*GreHistoryFunc)(const char *uuid,
                               const char *state,
                               const char *cause,
                               gpointer    user_data);

GreHistory *gre_history_new(GreHistoryFunc changed, gpointer user_data);
void        gre_history_free(GreHistory *history);

/* @state: static. */
void gre_history_state(GreHistory *history, const char *uuid, const char *state);
void gre_history_failure(GreHistory *history, const char *uuid, const GError *cause);

/* NULL if nothing is known; valid until the next change. */
const GreHistoryEntry *gre_history_lookup(const GreHistory *history, const char *uuid);

/* Forgets the connections for which @keep returns FALSE. */
void gre_history_prune(GreHistory *history,
                       gboolean (*keep)(const char *uuid, gpointer user_data),
                       gpointer user_data);

#endif
