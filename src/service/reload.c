/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/reload.h"

#include "base/log.h"
#include "service/notify.h"

#include <glib-unix.h>
#include <signal.h>

#define LIMIT_S  90 /* a connection has 60 s to come up */
#define RETRY_MS 100
#define LATER_MS 5000 /* after the limit */

struct _GreReload {
    char           **program;
    GreReloadCollect collect;
    gpointer         data;
    guint            signal;
    guint            source; /* wanted: an attempt is due */
    gint64           limit;  /* monotonic time, µs; 0: it has passed */
};

static gboolean due(gpointer data);

static void
notify_reloading(void)
{
    g_autofree char *text =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());

    gre_notify(text);
}

/* From before the next program starts until it handles them, or this one goes on: they wait. */
static void
hold_signals(gboolean hold)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static void
go_on(const char *why)
{
    gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "%s: going on with the old program", why);
}

/* Nothing may happen between @handover and this. */
static void
execute(GreReload *reload, GreHandover *handover)
{
    g_autoptr(GError) error = NULL;

    hold_signals(TRUE);
    gre_handover_execute(handover, (const char *const *) reload->program, &error);
    hold_signals(FALSE);
    go_on(error->message);
    gre_notify("READY=1");
}

static void
later(GreReload *reload, guint ms)
{
    /* With a low priority: what has arrived comes first. */
    reload->source = g_timeout_add_full(G_PRIORITY_LOW, ms, due, reload, NULL);
}

static gboolean
due(gpointer data)
{
    GreReload   *reload = data;
    gboolean     last = reload->limit == 0 || g_get_monotonic_time() >= reload->limit;
    GreHandover *handover = reload->collect(reload->data, last);

    reload->source = 0;
    if (handover)
        execute(reload, handover);
    else if (last && reload->limit)
        gre_log_kind(GRE_MESSAGE_SERVICE_RELOADED, LOG_NOTICE,
                     "not started anew yet: a connection is busy, or NetworkManager is not there");
    if (!handover)
        later(reload, last ? LATER_MS : RETRY_MS);
    if (last)
        reload->limit = 0;
    gre_handover_free(handover);
    return G_SOURCE_REMOVE;
}

/* Whether the installed program runs at all: once it has taken the place of this one, it is too
 * late to find that out. */
static gboolean
try_program(const GreReload *reload, GError **error)
{
    const char *argv[] = { reload->program[0], "--version", NULL };
    int         status;

    return g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                        NULL, &status, error) &&
           g_spawn_check_exit_status(status, error);
}

static gboolean
asked(gpointer data)
{
    GreReload *reload = data;
    g_autoptr(GError) error = NULL;

    if (!try_program(reload, &error)) {
        go_on(error->message);
        return G_SOURCE_CONTINUE;
    }
    g_clear_handle_id(&reload->source, g_source_remove);
    gre_log_kind(GRE_MESSAGE_SERVICE_RELOADED, LOG_NOTICE, "starting the program anew");
    notify_reloading();
    reload->limit = g_get_monotonic_time() + LIMIT_S * G_TIME_SPAN_SECOND;
    later(reload, 0);
    return G_SOURCE_CONTINUE;
}

GreReload *
gre_reload_new(const char *const *program, GreReloadCollect collect, gpointer user_data)
{
    GreReload *reload = g_new0(GreReload, 1);

    reload->program = g_strdupv((char **) program);
    reload->collect = collect;
    reload->data = user_data;
    reload->signal = g_unix_signal_add(SIGHUP, asked, reload);
    hold_signals(FALSE);
    return reload;
}

void
gre_reload_free(GreReload *reload)
{
    if (!reload)
        return;
    g_clear_handle_id(&reload->source, g_source_remove);
    g_source_remove(reload->signal);
    g_strfreev(reload->program);
    g_free(reload);
}
