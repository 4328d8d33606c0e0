/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What charon's log lines mean for a tunnel. VICI's own answers only say "establishing CHILD_SA
 * failed"; the cause is in the `log` event.
 */
#ifndef GRE_CHARON_LOG_H
#define GRE_CHARON_LOG_H

#include <glib.h>

typedef enum {
    GRE_LOG_NOTHING,    /* tells nothing that we act on */
    GRE_LOG_CAUSE,      /* why an attempt failed: the error is set */
    GRE_LOG_HINT,       /* why one may be about to fail: the error is set, and is its cause then */
    GRE_LOG_ANSWER,     /* a packet of the peer's arrived */
    GRE_LOG_INITIATING, /* our daemon begins an IKE_SA */
    GRE_LOG_RETRANSMIT, /* the peer is overdue; the number says how often */
    GRE_LOG_MOVED,      /* the peer's packets come from elsewhere: look again */
    GRE_LOG_UNLOADED,   /* somebody unloaded a secret, or a connection was not found: look again */
} GreLogMeaning;

/**
 * gre_charon_log_cause:
 * @line: the message of a `log` event
 * @number: (out): for GRE_LOG_RETRANSMIT, the retransmission, from 1
 * @cause: (out): for GRE_LOG_CAUSE and GRE_LOG_HINT, a GRE_ERROR; to be freed
 */
GreLogMeaning gre_charon_log_cause(const char *line, guint *number, GError **cause);

/* Whose proposals a line says to have been refused. */
typedef enum {
    GRE_PROPOSALS_NONE,
    GRE_PROPOSALS_IKE,
    GRE_PROPOSALS_ESP,
} GreProposals;

GreProposals gre_charon_log_proposals(const char *line);

#endif
