/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes log lines to the journal (or stderr) with structured fields: NM_CONNECTION and NM_DEVICE
 * for lines about one connection, so that `journalctl NM_CONNECTION=<uuid>` shows them next to
 * NetworkManager's own.
 */
#ifndef GRE_LOG_H
#define GRE_LOG_H

#include "base/message-ids.h"

#include <glib.h>
#include <syslog.h>

/* @level: the highest syslog level shown, as in NM_VPN_LOG_LEVEL; @to_stderr: write plain lines to
 * stderr, never to the journal (NM_VPN_LOG_SYSLOG=0). Without a journal, lines go to stderr. */
void gre_log_init(int level, gboolean to_stderr);

/* Whether a line of @level would be shown. */
gboolean gre_log_enabled(int level);

/* @id: (nullable): MESSAGE_ID. @who: (nullable): the subject of the line, in brackets before the
 * text: a connection's id. @uuid, @ifname: (nullable). The output is always one line: control
 * characters, line separators and invalid UTF-8 are escaped. */
void gre_log_line(int         level,
                  const char *id,
                  const char *who,
                  const char *uuid,
                  const char *ifname,
                  const char *format,
                  ...) G_GNUC_PRINTF(6, 7);

/* A line of a kind that has an id; every line has one that is not for debugging. */
#define gre_log_kind_full(kind, level, who, uuid, ifname, ...) \
    gre_log_line(level, gre_message_ids_get(kind), who, uuid, ifname, __VA_ARGS__)
#define gre_log_kind(kind, level, ...) gre_log_kind_full(kind, level, NULL, NULL, NULL, __VA_ARGS__)

/* A line without one. */
#define gre_log_full(level, who, uuid, ifname, ...) \
    gre_log_line(level, NULL, who, uuid, ifname, __VA_ARGS__)
#define gre_log(level, ...) gre_log_full(level, NULL, NULL, NULL, __VA_ARGS__)

/* Replaces the journal writer, for tests. */
void gre_log_set_journal(GLogWriterFunc writer);

#endif
