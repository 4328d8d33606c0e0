/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists all our SAs for somebody who only looks. It has a connection of its own to the daemon, open
 * while it is used: a question can neither delay nor end anything of the tunnels.
 */
#ifndef GRE_SA_QUERY_H
#define GRE_SA_QUERY_H

#include "strongswan/sa-list.h"

typedef struct _GreSaQuery GreSaQuery;

/* All times in milliseconds; the tests use shorter ones. */
typedef struct {
    guint patience; /* for the daemon's answer */
    guint pause;    /* from an answer to the next request, however often there are calls */
    guint idle;     /* before an unused connection is closed */
} GreSaQueryTiming;

extern const GreSaQueryTiming gre_sa_query_timing_default;

/**
 * gre_sa_query_new:
 * @vici_path: (nullable): the daemon's socket; NULL: the usual one
 * @timing: (nullable): NULL: the default
 */
GreSaQuery *gre_sa_query_new(const char *vici_path, const GreSaQueryTiming *timing);
void        gre_sa_query_free(GreSaQuery *query); /* no further callback */

/* @lists: (nullable): char *name -> GreSaList, only of peers that have SAs, and none if strongSwan
 * cannot be reached; valid during the call. NULL: it did not answer in time. */
typedef void (*GreSaQueryFunc)(GHashTable *lists, gpointer user_data);

/**
 * gre_sa_query_ask:
 * @func: called once, from the main loop; may ask again
 *
 * The answer is not older than this call. Only one call at a time.
 */
void gre_sa_query_ask(GreSaQuery *query, GreSaQueryFunc func, gpointer user_data);

#endif
