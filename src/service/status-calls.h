/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of GetStatus, which every user may make, however often: strongSwan is asked once for all
 * that wait, the answer is made once for each user, and a sender has few calls at a time.
 */
#ifndef GRE_STATUS_CALLS_H
#define GRE_STATUS_CALLS_H

#include "strongswan/sa-query.h"

#include <gio/gio.h>

#include <sys/types.h>

/* Calls under way, of one bus connection and of one user; root has no limit as a user. */
#define GRE_STATUS_CALLS_PER_SENDER 4
#define GRE_STATUS_CALLS_PER_USER   16

typedef struct _GreStatusCalls GreStatusCalls;

/* The status for that user: aa{sv}, (transfer floating). @lists: as GreSaQueryFunc has them. */
typedef GVariant *(*GreStatusCollect)(uid_t uid, GHashTable *lists, gpointer user_data);

/**
 * gre_status_calls_new:
 * @query: (transfer full)
 */
GreStatusCalls      *
gre_status_calls_new(GreSaQuery *query, GreStatusCollect collect, gpointer user_data);
void gre_status_calls_free(GreStatusCalls *calls); /* calls under way get no answer */

/**
 * gre_status_calls_add:
 * @invocation: (transfer full): gets the status, or LimitsExceeded
 */
void gre_status_calls_add(GreStatusCalls *calls, GDBusMethodInvocation *invocation);

#endif
