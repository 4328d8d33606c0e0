/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/reload.h"

#include "base/log.h"
#include "service/notify.h"

#include <glib-unix.h>
#include <signal.h>

#define LIMIT_S  90 /* a connection has 60 s to come up */
#define RETRY_MS 100

struct _GreReload {
    char                **program;
    const GreReloadFuncs *funcs;
    gpointer              data;
    guint                 signal;
    guint                 source; /* wanted: an attempt is due */
    gint64                limit;  /* monotonic time, µs */
};

static gboolean asked(gpointer data);

static void
notify_reloading(void)
{
    g_autofree char *text =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());

    gre_notify(text);
}

/* The next program must not die of another SIGHUP before it handles that: what is ignored stays so
 * (execve(2)). */
static void
execute(GreReload *reload, GreHandover *handover)
{
    g_autoptr(GError) error = NULL;

    gre_log_kind(GRE_MESSAGE_SERVICE_RELOADED, LOG_NOTICE, "starting the program anew");
    notify_reloading();
    reload->funcs->leave(reload->data);
    g_source_remove(reload->signal);
    signal(SIGHUP, SIG_IGN);
    gre_handover_execute(handover, (const char *const *) reload->program, &error);
    signal(SIGHUP, SIG_DFL);
    reload->signal = g_unix_signal_add(SIGHUP, asked, reload);
    gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "%s: going on with the old program",
                 error->message);
    reload->funcs->stay(reload->data);
    gre_notify("READY=1");
}

/* With a low priority: what has arrived comes first. */
static gboolean
due(gpointer data)
{
    GreReload   *reload = data;
    gboolean     last = g_get_monotonic_time() >= reload->limit;
    GreHandover *handover = reload->funcs->collect(reload->data, last);

    if (!handover && !last)
        return G_SOURCE_CONTINUE;
    reload->source = 0;
    if (handover)
        execute(reload, handover);
    else
        gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR,
                     "not started anew: a connection was busy all the time, or NetworkManager is "
                     "not there");
    gre_handover_free(handover);
    return G_SOURCE_REMOVE;
}

static gboolean
asked(gpointer data)
{
    GreReload *reload = data;

    if (reload->source)
        return G_SOURCE_CONTINUE;
    reload->limit = g_get_monotonic_time() + LIMIT_S * G_TIME_SPAN_SECOND;
    reload->source = g_timeout_add_full(G_PRIORITY_LOW, RETRY_MS, due, reload, NULL);
    return G_SOURCE_CONTINUE;
}

GreReload *
gre_reload_new(const char *const *program, const GreReloadFuncs *funcs, gpointer user_data)
{
    GreReload *reload = g_new0(GreReload, 1);

    reload->program = g_strdupv((char **) program);
    reload->funcs = funcs;
    reload->data = user_data;
    reload->signal = g_unix_signal_add(SIGHUP, asked, reload);
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
