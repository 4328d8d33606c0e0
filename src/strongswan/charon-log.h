/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interprets charon's log lines. VICI's own answers only say "establishing CHILD_SA failed"; the
 * cause is in the `log` event.
 */
#ifndef GRE_CHARON_LOG_H
#define GRE_CHARON_LOG_H

#include <glib.h>

/* What it means that strongSwan has no socket of the peer's family. */
#define GRE_CHARON_LOG_NO_SOCKET                                                             \
    "strongSwan has no socket to send from: another program uses UDP port 500 or 4500, for " \
    "example Libreswan"

typedef enum {
    GRE_LOG_NOTHING,    /* not relevant */
    GRE_LOG_CAUSE,      /* the cause of a failed attempt: the error is set */
    GRE_LOG_HINT,       /* the likely cause if the attempt fails: the error is set */
    GRE_LOG_ANSWER,     /* a packet from the peer arrived */
    GRE_LOG_INITIATING, /* our daemon initiates an IKE_SA */
    GRE_LOG_RETRANSMIT, /* the peer's answer is overdue; the number counts the retransmissions */
    GRE_LOG_MOVED,      /* the peer's packets come from another address: look again */
    GRE_LOG_UNLOADED,   /* a secret was unloaded, or a connection was not found: look again */
} GreLogMeaning;

/**
 * gre_charon_log_cause:
 * @line: the message of a `log` event
 * @number: (out): for GRE_LOG_RETRANSMIT, the retransmission, from 1
 * @cause: (out): for GRE_LOG_CAUSE and GRE_LOG_HINT, a GRE_ERROR; to be freed
 */
GreLogMeaning gre_charon_log_cause(const char *line, guint *number, GError **cause);

/**
 * gre_charon_log_no_socket:
 * @family: (out): of the packets that it can't send; AF_UNSPEC: of both
 *
 * Returns: whether strongSwan says that it has no socket to send from. It does not say for which
 *   IKE_SA.
 */
gboolean gre_charon_log_no_socket(const char *line, int *family);

/**
 * gre_charon_log_no_version:
 * @version: (out): of IKE
 *
 * Returns: whether strongSwan says that it was built without that version. It does not say for
 *   which connection; gre_charon_log_cause() has the cause.
 */
gboolean gre_charon_log_no_version(const char *line, guint *version);

/* Which proposals were refused according to a line. */
typedef enum {
    GRE_PROPOSALS_NONE,
    GRE_PROPOSALS_IKE,
    GRE_PROPOSALS_ESP,
} GreProposals;

GreProposals gre_charon_log_proposals(const char *line);

/* Whether the peer refused a proposal with a notify that also stands for the mode: Libreswan's
 * type=transport answers so to tunnel mode. */
gboolean gre_charon_log_may_be_mode(const char *line);

#endif
