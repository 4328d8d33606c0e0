/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes log lines to the journal with NetworkManager's field names, or to stderr with a time
 * stamp.
 */
#include "base/log.h"
#include "gre-escape.h"

#include <stdio.h>
#include <string.h>

#define IDENTIFIER "nm-gre-service"

static int            max_level = LOG_NOTICE;
static gboolean       plain = TRUE; /* until gre_log_init() */
static GLogWriterFunc journal = g_log_writer_journald;

static const char *
level_name(int level)
{
    static const char *const names[] = { "emergency", "alert",  "critical", "error",
                                         "warning",   "notice", "info",     "debug" };

    return names[CLAMP(level, LOG_EMERG, LOG_DEBUG)];
}

static void
write_plain(int level, const char *message)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *stamp = g_date_time_format(now, "%F %T");

    fprintf(stderr, "%s.%03d %s: %s\n", stamp, g_date_time_get_microsecond(now) / 1000,
            level_name(level), message);
    fflush(stderr);
}

/* The names are those of NetworkManager's src/libnm-log-core/nm-logging.c. */
static gboolean
write_journal(int level, const char *id, const char *message, const char *uuid, const char *ifname)
{
    char      priority[] = { (char) ('0' + level), '\0' };
    GLogField fields[7] = { { "MESSAGE", message, -1 },
                            { "PRIORITY", priority, -1 },
                            { "SYSLOG_IDENTIFIER", IDENTIFIER, -1 },
                            { "SYSLOG_FACILITY", "3", -1 } }; /* LOG_DAEMON */
    gsize     n = 4;

    if (id != NULL)
        fields[n++] = (GLogField){ "MESSAGE_ID", id, -1 };
    if (uuid != NULL)
        fields[n++] = (GLogField){ "NM_CONNECTION", uuid, -1 };
    if (ifname != NULL)
        fields[n++] = (GLogField){ "NM_DEVICE", ifname, -1 };
    return journal(G_LOG_LEVEL_MESSAGE, fields, n, NULL) == G_LOG_WRITER_HANDLED;
}

static void
write_line(int level, const char *id, const char *message, const char *uuid, const char *ifname)
{
    if (plain || !write_journal(level, id, message, uuid, ifname))
        write_plain(level, message);
}

void
gre_log_line(int         level,
             const char *id,
             const char *who,
             const char *uuid,
             const char *ifname,
             const char *format,
             ...)
{
    g_autoptr(GString) line = NULL;
    g_autofree char *text = NULL;
    va_list          args;

    if (!gre_log_enabled(level))
        return;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);

    line = g_string_sized_new(strlen(text) + 64);
    if (who != NULL) {
        g_string_append_c(line, '[');
        gre_escape_append(line, who);
        g_string_append(line, "] ");
    }
    gre_escape_append(line, text);
    write_line(CLAMP(level, LOG_EMERG, LOG_DEBUG), id, line->str, uuid, ifname);
}

/* Writes the messages of GLib and GIO to the same log. */
static GLogWriterOutput
write_glib(GLogLevelFlags flags, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    const char *message = "", *domain = "GLib";
    int         level = LOG_DEBUG;

    for (gsize i = 0; i < n_fields; i++) {
        if (fields[i].length >= 0)
            continue; /* not a string */
        if (g_str_equal(fields[i].key, "MESSAGE"))
            message = fields[i].value;
        else if (g_str_equal(fields[i].key, "GLIB_DOMAIN"))
            domain = fields[i].value;
    }
    if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        level = LOG_ERR;
    else if (flags & G_LOG_LEVEL_WARNING)
        level = LOG_WARNING;
    else if (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
        level = LOG_INFO;
    gre_log_kind(GRE_MESSAGE_LIBRARY, level, "%s: %s", domain, message);
    return G_LOG_WRITER_HANDLED;
}

void
gre_log_init(int level, gboolean to_stderr)
{
    static gboolean writer_is_set; /* GLib allows it once per process */

    max_level = CLAMP(level, LOG_EMERG, LOG_DEBUG);
    plain = to_stderr;
    if (!writer_is_set)
        g_log_set_writer_func(write_glib, NULL, NULL);
    writer_is_set = TRUE;
}

gboolean
gre_log_enabled(int level)
{
    return level <= max_level;
}

void
gre_log_set_journal(GLogWriterFunc writer)
{
    journal = writer;
}
