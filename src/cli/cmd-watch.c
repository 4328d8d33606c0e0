/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nm-gre watch: prints state changes, on a terminal below a status that refreshes. After an outage
 * of the service, it prints the changes that happened meanwhile.
 */
#include "config.h"

#include "client/command.h"
#include "client/json.h"
#include "client/status-client.h"
#include "client/status-text.h"
#include "client/text.h"
#include "gre-escape.h"
#include "gre-i18n.h"
#include "gre-service-names.h"

#include <glib-unix.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    INTERVAL_MAX = 86400, /* seconds */
    LINES_KEPT = 10,      /* number of changes below the status */
};

static gboolean json;
static int      interval = 2;

static const GOptionEntry options[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json,
      N_("Print each change as a JSON object on one line"), NULL },
    { "interval", 'n', 0, G_OPTION_ARG_INT, &interval,
      N_("Refresh the status every SECONDS seconds (default: 2)"), N_("SECONDS") },
    { 0 },
};

typedef struct {
    char    *id;
    char    *state; /* the last failure that was printed */
    gboolean wanted;
} Known;

typedef struct {
    GDBusConnection *bus;
    GMainLoop       *loop;
    char           **names;
    gboolean         draws; /* a terminal: status and lines; else only lines */
    GTimeZone       *zone;
    GVariant        *tunnels;   /* as last printed; NULL: nothing yet */
    GHashTable      *known;     /* uuid -> Known */
    GPtrArray       *unknown;   /* changes of tunnels whose status must be fetched first */
    GQueue           lines;     /* char*, for draw() */
    gboolean         was_there; /* the service has been there at least once */
    gboolean         is_there;
    gboolean         is_asking;
    guint            timer;
    GCancellable    *cancellable;
    GError          *error;
} Watch;

static void
known_free(gpointer data)
{
    Known *known = data;

    g_free(known->id);
    g_free(known->state);
    g_free(known);
}

static void
finish(Watch *w, GError *error)
{
    if (!w->error)
        w->error = error;
    else
        g_clear_error(&error);
    g_main_loop_quit(w->loop);
}

/* ---- the screen ---- */

static guint
terminal_height(void)
{
    struct winsize size = { 0 };

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row : 24;
}

static void
append_status(Watch *w, GString *out, guint width)
{
    const GreStatusStyle style = {
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .zone = w->zone,
        .width = width,
        .colour = gre_command_colour(),
    };
    g_autofree char *date = gre_status_text_date(style.now, w->zone), *text = NULL;
    g_autoptr(GVariant) wanted = NULL;

    if (!w->is_there)
        g_string_append_printf(out, _("%s  the service is not running: waiting for it\n"), date);
    else
        g_string_append_printf(out, _("%s  every %d s\n"), date, interval);
    if (!w->tunnels || !w->is_there)
        return;
    wanted = gre_status_client_select(w->tunnels, w->names);
    text = w->names[0] ? gre_status_text_blocks(wanted, &style) : gre_status_table(wanted, &style);
    g_string_append_printf(out, "\n%s", text);
}

/* At most @room lines of @text. Returns: the number of lines. */
static guint
put_lines(const char *text, guint room)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines) - 1; /* what follows the last newline is empty */

    for (guint i = 0; i < MIN(n, room); i++)
        printf("%s\033[K\n", lines[i]);
    return n;
}

/* Overwrites the last screen and never exceeds the terminal: the end of the status is cut, so that
 * the changes are always visible. */
static void
draw(Watch *w)
{
    g_autoptr(GString) status = g_string_new(NULL), below = g_string_new(NULL);
    guint width = gre_command_width(), room = terminal_height() - 1, n = 0;
    guint shown = MIN(w->lines.length, MAX(room / 3, 2));

    if (!w->draws)
        return;
    append_status(w, status, width);
    for (GList *l = g_queue_peek_nth_link(&w->lines, w->lines.length - shown); l; l = l->next)
        gre_text_append_wrapped(below, l->data, 0, width);
    for (const char *p = below->str; *p; p++)
        n += *p == '\n';
    if (n > 0)
        g_string_prepend_c(below, '\n');
    fputs("\033[H", stdout);
    put_lines(status->str, room - MIN(room, n + (n > 0)));
    if (n > 0)
        put_lines(below->str, n + 1);
    fputs("\033[J", stdout);
    fflush(stdout);
}

/* ---- lines ---- */

static void
print(Watch *w, char *line) /* (transfer full) */
{
    if (w->draws) {
        g_queue_push_tail(&w->lines, line);
        if (w->lines.length > LINES_KEPT)
            g_free(g_queue_pop_head(&w->lines));
        return;
    }
    puts(line);
    fflush(stdout);
    g_free(line);
}

static void
print_json(Watch *w, const char *const members[][2], gsize n)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "time",
                          g_variant_new_int64(g_get_real_time() / G_USEC_PER_SEC));
    for (gsize i = 0; i < n; i++)
        if (members[i][1])
            g_variant_builder_add(&builder, "{sv}", members[i][0],
                                  g_variant_new_string(members[i][1]));
    print(w, gre_json_format(g_variant_builder_end(&builder), FALSE));
}

static void
print_service(Watch *w, const char *state, const char *text)
{
    g_autofree char *date = gre_status_text_date(g_get_real_time() / G_USEC_PER_SEC, w->zone);

    if (json)
        print_json(w, (const char *const[][2]){ { "service", state } }, 1);
    else
        print(w, g_strdup_printf("%s  %s", date, text));
    draw(w);
}

/* @id: NULL if the service no longer knows the tunnel. */
static void
print_change(Watch *w, const char *id, const char *uuid, const char *state, const char *cause)
{
    g_autofree char *date = gre_status_text_date(g_get_real_time() / G_USEC_PER_SEC, w->zone);
    g_autofree char *name = NULL, *word = NULL, *why = NULL;

    if (json) {
        print_json(w,
                   (const char *const[][2]){
                       { "id", id }, { "uuid", uuid }, { "state", state }, { "cause", cause } },
                   4);
        return;
    }
    name = gre_escape_text(id ? id : uuid);
    word = gre_escape_text(state);
    why = gre_escape_text(cause);
    print(w, why[0] ? g_strdup_printf("%s  %s: %s (%s)", date, name, word, why)
                    : g_strdup_printf("%s  %s: %s", date, name, word));
}

/* ---- what the service reports ---- */

static void ask(Watch *w);

/* Handles one tunnel of GetStatus; prints changes that came without a signal, as the service was
 * away. */
static void
learn(Watch *w, GVariant *tunnel)
{
    const char *uuid, *id = "", *state = "", *failure = "";
    Known      *known;

    if (!g_variant_lookup(tunnel, "uuid", "&s", &uuid))
        return;
    g_variant_lookup(tunnel, "id", "&s", &id);
    g_variant_lookup(tunnel, "state", "&s", &state);
    g_variant_lookup(tunnel, "failure", "&s", &failure);
    known = g_hash_table_lookup(w->known, uuid);
    if (!known) {
        known = g_new0(Known, 1);
        g_hash_table_insert(w->known, g_strdup(uuid), known);
    } else if (known->wanted && !g_str_equal(known->state, state)) {
        print_change(w, id, uuid, state, g_str_equal(state, "active") ? "" : failure);
    }
    g_free(known->id);
    g_free(known->state);
    known->id = g_strdup(id);
    known->state = g_strdup(state);
    known->wanted = gre_status_client_is_wanted(tunnel, w->names);
}

static void
take_change(Watch *w, GVariant *change)
{
    const char *uuid, *state, *cause;
    Known      *known;

    g_variant_get(change, "(&s&s&s)", &uuid, &state, &cause);
    known = g_hash_table_lookup(w->known, uuid);
    if (known ? known->wanted : !w->names[0])
        print_change(w, known ? known->id : NULL, uuid, state, cause);
    if (known) {
        g_free(known->state);
        known->state = g_strdup(state);
    }
}

static void
answered(GObject *source, GAsyncResult *result, gpointer data)
{
    Watch  *w = data;
    GError *error = NULL;
    g_autoptr(GVariant) tunnels =
        gre_status_client_fetch_finish(G_DBUS_CONNECTION(source), result, &error);

    w->is_asking = FALSE;
    if (!tunnels) {
        /* A service that is away will return; one that has answered before is only busy. */
        if (w->tunnels || gre_command_exit_of(error) == GRE_EXIT_NOT_RUNNING)
            g_clear_error(&error);
        else
            finish(w, error);
        return;
    }
    if (!w->tunnels && !gre_status_client_check_names(tunnels, w->names, &error)) {
        finish(w, error);
        return;
    }
    for (gsize i = 0; i < g_variant_n_children(tunnels); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);

        learn(w, tunnel);
    }
    for (guint i = 0; i < w->unknown->len; i++)
        take_change(w, w->unknown->pdata[i]);
    g_ptr_array_set_size(w->unknown, 0);
    g_clear_pointer(&w->tunnels, g_variant_unref);
    w->tunnels = g_steal_pointer(&tunnels);
    draw(w);
}

static void
ask(Watch *w)
{
    if (w->is_asking || !w->is_there)
        return;
    w->is_asking = TRUE;
    gre_status_client_fetch(w->bus, w->cancellable, answered, w);
}

static void
state_changed(GDBusConnection *bus,
              const char      *sender,
              const char      *path,
              const char      *interface,
              const char      *signal,
              GVariant        *change,
              gpointer         data)
{
    Watch      *w = data;
    const char *uuid;

    if (!g_variant_is_of_type(change, G_VARIANT_TYPE("(sss)")))
        return;
    g_variant_get_child(change, 0, "&s", &uuid);
    if (g_hash_table_contains(w->known, uuid))
        take_change(w, change);
    else
        g_ptr_array_add(w->unknown, g_variant_ref(change));
    if (w->draws || w->unknown->len > 0)
        ask(w);
}

static void
appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
    Watch *w = data;

    w->is_there = TRUE;
    if (w->was_there)
        print_service(w, "back", _("the service is back"));
    w->was_there = TRUE;
    ask(w);
}

static void
vanished(GDBusConnection *bus, const char *name, gpointer data)
{
    Watch *w = data;

    w->is_there = FALSE;
    if (!bus || g_dbus_connection_is_closed(bus)) {
        GError *error = NULL;

        gre_command_fail(&error, GRE_EXIT_NOT_RUNNING,
                         _("the connection to the system bus was lost"));
        finish(w, error);
    } else if (w->was_there) {
        print_service(w, "gone", _("the service has stopped: waiting for it"));
    } else {
        w->was_there = TRUE; /* reports its start too */
        print_service(w, "gone", _("the service is not running: waiting for it"));
    }
}

/* ---- the loop ---- */

static gboolean
refresh(gpointer data)
{
    Watch *w = data;

    ask(w);
    draw(w);
    return G_SOURCE_CONTINUE;
}

static gboolean
interrupted(gpointer data)
{
    finish(data, NULL);
    return G_SOURCE_CONTINUE;
}

static void
watch_loop(Watch *w)
{
    guint signals[] = { g_unix_signal_add(SIGINT, interrupted, w),
                        g_unix_signal_add(SIGTERM, interrupted, w) };
    guint changes = g_dbus_connection_signal_subscribe(
        w->bus, GRE_SERVICE_NAME, GRE_SERVICE_INTERFACE, "StateChanged", GRE_SERVICE_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, state_changed, w, NULL);
    guint name = g_bus_watch_name_on_connection(
        w->bus, GRE_SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared, vanished, w, NULL);

    if (w->draws) {
        fputs("\033[2J", stdout);
        w->timer = g_timeout_add_seconds((guint) interval, refresh, w);
    }
    g_main_loop_run(w->loop);
    g_clear_handle_id(&w->timer, g_source_remove);
    g_bus_unwatch_name(name);
    g_dbus_connection_signal_unsubscribe(w->bus, changes);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(signals[i]);
    g_cancellable_cancel(w->cancellable);
    while (w->is_asking)
        g_main_context_iteration(NULL, TRUE);
}

static gboolean
run(char **names, GError **error)
{
    Watch w = { .names = names, .draws = !json && isatty(STDOUT_FILENO) };

    if (interval < 1 || interval > INTERVAL_MAX)
        return gre_command_fail(error, GRE_EXIT_USAGE, _("--interval: expected 1 to %d seconds"),
                                INTERVAL_MAX);
    w.bus = gre_command_bus(error);
    if (!w.bus)
        return FALSE;
    w.loop = g_main_loop_new(NULL, FALSE);
    w.zone = g_time_zone_new_local();
    w.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
    w.unknown = g_ptr_array_new_with_free_func((GDestroyNotify) g_variant_unref);
    w.cancellable = g_cancellable_new();
    watch_loop(&w);
    g_queue_clear_full(&w.lines, g_free);
    g_object_unref(w.cancellable);
    g_ptr_array_unref(w.unknown);
    g_hash_table_unref(w.known);
    g_clear_pointer(&w.tunnels, g_variant_unref);
    g_time_zone_unref(w.zone);
    g_main_loop_unref(w.loop);
    g_object_unref(w.bus);
    if (!w.error)
        return TRUE;
    g_propagate_error(error, w.error);
    return FALSE;
}

const GreCommand gre_cmd_watch = {
    .name = "watch",
    .arguments = N_("[CONNECTION…]"),
    .summary = N_("Follow state changes, on a terminal below the status; Ctrl-C ends it"),
    .details = N_("CONNECTION is as for status. If the output is not a terminal, only the changes "
                  "are printed, one per line."),
    .options = options,
    .most = G_MAXUINT,
    .run = run,
};
