/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chain of D-Bus calls; each step's reply starts the next. polkit is asked about a process, the
 * leader of the session: asked about a session, polkit 122 aborts.
 */
#include "nm/polkit.h"

#include "gre-service-names.h"

#include <stdlib.h>
#include <string.h>

#define LOGIN      "org.freedesktop.login1"
#define LOGIN_PATH "/org/freedesktop/login1"
#define TIMEOUT_MS 10000
/* Of start-time in /proc/PID/stat, after the program's name in parentheses (proc(5): field 22). */
#define FIELDS_TO_START_TIME 20

typedef struct {
    GDBusConnection *bus;
    GCancellable    *cancellable;
    char           **users;
    guint            at; /* the user in question */
    guint32          uid;
    char            *why_not;
    GrePolkitFunc    func;
    gpointer         data;
} Chain;

static void next_user(Chain *chain);

static void
chain_free(Chain *chain)
{
    g_object_unref(chain->bus);
    g_clear_object(&chain->cancellable);
    g_strfreev(chain->users);
    g_free(chain->why_not);
    g_free(chain);
}

/* @why_not: taken */
static void
chain_end(Chain *chain, char *why_not)
{
    chain->why_not = why_not;
    if (!g_cancellable_is_cancelled(chain->cancellable))
        chain->func(why_not, chain->data);
    chain_free(chain);
}

static void
call(Chain              *chain,
     const char         *name,
     const char         *path,
     const char         *method, /* with its interface */
     GVariant           *args,
     const char         *reply,
     GAsyncReadyCallback done)
{
    const char      *dot = strrchr(method, '.');
    g_autofree char *interface = g_strndup(method, (gsize) (dot - method));

    g_dbus_connection_call(chain->bus, name, path, interface, dot + 1, args, G_VARIANT_TYPE(reply),
                           G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, chain->cancellable, done, chain);
}

/* The reply; NULL: @who gave none, and the chain has ended. */
static GVariant *
answer(Chain *chain, const char *who, GAsyncResult *result)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_finish(chain->bus, result, &error);

    if (reply)
        return reply;
    g_dbus_error_strip_remote_error(error);
    chain_end(chain, g_strdup_printf("%s can't be asked: %s", who, error->message));
    return NULL;
}

/* A property's value by org.freedesktop.DBus.Properties.Get, or NULL as answer(). */
static GVariant *
answer_property(Chain *chain, GAsyncResult *result, const char *type)
{
    g_autoptr(GVariant) reply = answer(chain, "systemd-logind", result);
    g_autoptr(GVariant) value = NULL;

    if (!reply)
        return NULL;
    g_variant_get(reply, "(v)", &value);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE(type)))
        return g_steal_pointer(&value);
    chain_end(chain, g_strdup("systemd-logind gives an unexpected answer"));
    return NULL;
}

static void
get_property(Chain              *chain,
             const char         *path,
             const char         *interface,
             const char         *name,
             GAsyncReadyCallback done)
{
    call(chain, LOGIN, path, "org.freedesktop.DBus.Properties.Get",
         g_variant_new("(ss)", interface, name), "(v)", done);
}

/* ---- polkit ---- */

static void
got_authorization(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = answer(chain, "polkit", result);
    gboolean is_authorized, is_challenge;

    if (!reply)
        return;
    g_variant_get(reply, "((bba{ss}))", &is_authorized, &is_challenge, NULL);
    if (is_authorized) {
        chain->at++;
        next_user(chain);
        return;
    }
    chain_end(chain, g_strdup_printf(is_challenge ? "polkit would ask \"%s\" for a password first"
                                                  : "polkit does not allow \"%s\" to",
                                     chain->users[chain->at]));
}

static void
ask_polkit(Chain *chain, guint32 leader, guint64 start_time)
{
    GVariantBuilder subject;

    g_variant_builder_init(&subject, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&subject, "{sv}", "pid", g_variant_new_uint32(leader));
    g_variant_builder_add(&subject, "{sv}", "start-time", g_variant_new_uint64(start_time));
    g_variant_builder_add(&subject, "{sv}", "uid", g_variant_new_int32((gint32) chain->uid));
    call(chain, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
         "org.freedesktop.PolicyKit1.Authority.CheckAuthorization",
         g_variant_new("((sa{sv})sa{ss}us)", "unix-process", &subject, GRE_NM_ACTION_MODIFY_SYSTEM,
                       NULL, (guint32) 0, ""),
         "((bba{ss}))", got_authorization);
}

gboolean
gre_polkit_start_time(const char *stat, guint64 *out)
{
    const char *name_end = strrchr(stat, ')');
    g_auto(GStrv) fields = NULL;

    if (!name_end || name_end[1] != ' ')
        return FALSE;
    fields = g_strsplit(name_end + 2, " ", -1);
    return g_strv_length(fields) >= FIELDS_TO_START_TIME &&
           g_ascii_string_to_unsigned(fields[FIELDS_TO_START_TIME - 1], 10, 1, G_MAXUINT64, out,
                                      NULL);
}

/* ---- systemd-logind ---- */

static void
got_leader(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) value = answer_property(chain, result, "u");
    g_autofree char *path = NULL, *stat = NULL;
    guint64          start_time;

    if (!value)
        return;
    path = g_strdup_printf("/proc/%u/stat", g_variant_get_uint32(value));
    if (g_file_get_contents(path, &stat, NULL, NULL) && gre_polkit_start_time(stat, &start_time))
        ask_polkit(chain, g_variant_get_uint32(value), start_time);
    else
        chain_end(chain, g_strdup_printf("the session of \"%s\" has no leading process",
                                         chain->users[chain->at]));
}

static void
got_session(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) value = answer_property(chain, result, "(so)");
    const char *id, *path;

    if (!value)
        return;
    g_variant_get(value, "(&s&o)", &id, &path);
    if (id[0])
        get_property(chain, path, LOGIN ".Session", "Leader", got_leader);
    else
        chain_end(chain, g_strdup_printf("\"%s\" has no session", chain->users[chain->at]));
}

/* Not GetUser(): it takes an uid, and looking that up can block. Who is not in the list is not
 * logged in. */
static void
got_users(GObject *source, GAsyncResult *result, gpointer data)
{
    Chain *chain = data;
    g_autoptr(GVariant) reply = answer(chain, "systemd-logind", result);
    g_autoptr(GVariantIter) users = NULL;
    const char *name, *path;

    if (!reply)
        return;
    g_variant_get(reply, "(a(uso))", &users);
    while (g_variant_iter_next(users, "(u&s&o)", &chain->uid, &name, &path))
        if (strcmp(name, chain->users[chain->at]) == 0) {
            get_property(chain, path, LOGIN ".User", "Display", got_session);
            return;
        }
    chain_end(chain, g_strdup_printf("\"%s\" is not logged in", chain->users[chain->at]));
}

/* ---- users ---- */

static void
next_user(Chain *chain)
{
    while (chain->users[chain->at] && strcmp(chain->users[chain->at], "root") == 0)
        chain->at++;
    if (chain->users[chain->at])
        call(chain, LOGIN, LOGIN_PATH, LOGIN ".Manager.ListUsers", NULL, "(a(uso))", got_users);
    else
        chain_end(chain, chain->at > 0 ? NULL : g_strdup("it names no user"));
}

static gboolean
begin(gpointer data)
{
    next_user(data);
    return G_SOURCE_REMOVE;
}

void
gre_polkit_may_administer(GDBusConnection   *bus,
                          const char *const *users,
                          GCancellable      *cancellable,
                          GrePolkitFunc      func,
                          gpointer           user_data)
{
    Chain *chain = g_new0(Chain, 1);

    chain->bus = g_object_ref(bus);
    chain->cancellable = cancellable ? g_object_ref(cancellable) : NULL;
    chain->users = g_strdupv((char **) users);
    chain->func = func;
    chain->data = user_data;
    g_idle_add(begin, chain);
    /* cppcheck-suppress memleak; chain_end() frees it */
}
