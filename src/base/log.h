/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines for the journal (or stderr), as structured fields: NM_CONNECTION and NM_DEVICE where a line
 * belongs to one, so that `journalctl NM_CONNECTION=<uuid>` shows them beside NetworkManager's own.
 */
#ifndef GRE_LOG_H
#define GRE_LOG_H

#include <glib.h>
#include <syslog.h>

/* @level: the highest syslog level shown, as NM_VPN_LOG_LEVEL gives it; @to_stderr: plain lines
 * there, never the journal; so where NM_VPN_LOG_SYSLOG is 0. Without a journal lines go to stderr.
 */
void gre_log_init(int level, gboolean to_stderr);

/* Whether a line of @level would be shown. */
gboolean gre_log_enabled(int level);

/* @who: (nullable): what the line is about, put before it in brackets: a connection's id.
 * @uuid, @ifname: (nullable). Whatever the text holds, it stays one line: control characters, line
 * separators and bytes that are no UTF-8 are escaped. */
void gre_log_full(
    int level, const char *who, const char *uuid, const char *ifname, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

#define gre_log(level, ...) gre_log_full(level, NULL, NULL, NULL, __VA_ARGS__)

/* Puts another writer in place of the journal's: for tests. */
void gre_log_set_journal(GLogWriterFunc writer);

#endif
