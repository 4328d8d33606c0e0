/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of GetStatus on a bus of the test's own, with the fake strongSwan behind them: many
 * callers, and a strongSwan that hangs.
 */
#include "fake-bus.h"
#include "fake-charon.h"
#include "service/status-calls.h"

#include <unistd.h>

#define SERVICE "org.example.Status"
#define PATH    "/org/example/Status"

static const GreSaQueryTiming quick = { .patience = 300, .pause = 50, .idle = 1000 };
static const GreSaQueryTiming patient = { .patience = 3000, .pause = 50, .idle = 1000 };

typedef struct {
    FakeCharon      *charon;
    GDBusConnection *service;
    guint            object;
    GreStatusCalls  *calls;
    guint            n_collected;
    GDBusConnection *callers[40];
    guint            n_callers;
    guint            answered, limited, late;
} Fixture;

static GVariant *
collect(uid_t uid, GHashTable *lists, gpointer data)
{
    Fixture *f = data;

    g_assert_cmpuint(uid, ==, getuid());
    f->n_collected++;
    return g_variant_new_parsed("[{'sa': <%s>}]", lists ? "established" : "unknown");
}

static void
on_method(GDBusConnection       *bus,
          const char            *sender,
          const char            *path,
          const char            *interface,
          const char            *method,
          GVariant              *args,
          GDBusMethodInvocation *invocation,
          gpointer               data)
{
    gre_status_calls_add(((Fixture *) data)->calls, invocation);
}

static void
setup(Fixture *f, gconstpointer data)
{
    static const GDBusInterfaceVTable vtable = { .method_call = on_method };
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(
        "<node><interface name='" SERVICE "'><method name='GetStatus'>"
        "<arg type='aa{sv}' direction='out'/></method></interface></node>",
        NULL);
    GreSaQueryTiming timing = *(const GreSaQueryTiming *) data;

    if (data == &patient)
        timing.patience = fake_vici_deadline(timing.patience);
    f->charon = fake_charon_new();
    f->service = fake_bus_connect();
    f->calls = gre_status_calls_new(gre_sa_query_new(fake_vici_path(f->charon->vici), &timing),
                                    collect, f);
    f->object = g_dbus_connection_register_object(f->service, PATH, node->interfaces[0], &vtable, f,
                                                  NULL, NULL);
    fake_bus_own(f->service, SERVICE);
    for (f->n_callers = 0; f->n_callers < 20; f->n_callers++)
        f->callers[f->n_callers] = fake_bus_connect();
}

static void
teardown(Fixture *f, gconstpointer data)
{
    for (guint i = 0; i < f->n_callers; i++)
        fake_bus_disconnect(f->callers[i]);
    g_dbus_connection_unregister_object(f->service, f->object);
    gre_status_calls_free(f->calls);
    fake_bus_disconnect(f->service);
    fake_charon_free(f->charon);
}

static void
on_answer(GObject *bus, GAsyncResult *result, gpointer data)
{
    Fixture *f = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error);
    g_autofree char *text = reply ? g_variant_print(reply, FALSE) : NULL;

    if (!reply) {
        g_assert_error(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED);
        f->limited++;
    } else if (g_str_equal(text, "([{'sa': <'unknown'>}],)"))
        f->late++;
    else {
        g_assert_cmpstr(text, ==, "([{'sa': <'established'>}],)");
        f->answered++;
    }
}

static void
call(Fixture *f, guint n_callers, guint times)
{
    for (guint i = 0; i < n_callers * times; i++)
        g_dbus_connection_call(f->callers[i / times], SERVICE, PATH, SERVICE, "GetStatus", NULL,
                               G_VARIANT_TYPE("(aa{sv})"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL,
                               on_answer, f);
}

static guint
requests(const Fixture *f)
{
    return fake_vici_count(f->charon->vici, "list-sas");
}

/* All that wait get one answer, which is newer than their call. (The first round only makes the
 * callers known, so that the second takes less time than strongSwan.) */
static void
test_share(Fixture *f, gconstpointer data)
{
    call(f, 11, 1);
    WAIT(f->answered == 11);
    fake_vici_forget(f->charon->vici);
    f->n_collected = 0;
    fake_vici_delay(f->charon->vici, "list-sas", 1000);
    call(f, 1, 1);
    WAIT(requests(f) == 1);
    call(f, 11, 1);
    WAIT(f->answered == 23);
    g_assert_cmpuint(requests(f), ==, 2);
    g_assert_cmpuint(f->n_collected, ==, 2);
    g_assert_cmpuint(f->limited + f->late, ==, 0);
}

/* Beyond the limit a call is refused at once; afterwards there is room again. */
static void
test_sender(Fixture *f, gconstpointer data)
{
    fake_vici_delay(f->charon->vici, "list-sas",
                    fake_vici_deadline(2000)); /* no answer comes between the calls */
    for (guint round = 1; round <= 2; round++) {
        call(f, 1, 100);
        WAIT(f->answered + f->limited == round * 100);
        g_assert_cmpuint(f->answered, ==, round * GRE_STATUS_CALLS_PER_SENDER);
    }
    g_assert_cmpuint(f->late, ==, 0);
}

/* Root has no limit as a user. */
static void
test_user(Fixture *f, gconstpointer data)
{
    guint most = getuid() == 0 ? 20 * GRE_STATUS_CALLS_PER_SENDER : GRE_STATUS_CALLS_PER_USER;

    fake_charon_hang(f->charon, "list-sas", TRUE); /* whatever is answered before is not counted */
    call(f, 20, 100);
    WAIT(f->limited == 2000 - most);
    g_assert_cmpuint(f->answered + f->late, ==, 0);
    WAIT(f->late == most);
    g_assert_cmpuint(requests(f), ==, 1);
}

/* The answers come in time, also to those who called while others waited. */
static void
test_late(Fixture *f, gconstpointer data)
{
    gint64 began = g_get_monotonic_time();

    fake_vici_delay(f->charon->vici, "list-sas", 2000);
    call(f, 1, 1);
    WAIT(requests(f) == 1);
    call(f, 3, 1);
    WAIT(f->late == 4);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 1500 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpuint(requests(f), ==, 1);
    fake_vici_delay(f->charon->vici, "list-sas", 0);
    fake_bus_run(2000);
    call(f, 1, 1);
    WAIT(f->answered == 1);
    g_assert_cmpuint(fake_vici_n_accepted(f->charon->vici), ==, 1);
}

/* A caller that does not wait for its answer leaves nothing behind. */
static void
test_gone(Fixture *f, gconstpointer data)
{
    for (guint i = 0; i < 2 * GRE_STATUS_CALLS_PER_USER; i++) {
        GDBusConnection *caller = fake_bus_connect();

        g_dbus_connection_call(caller, SERVICE, PATH, SERVICE, "GetStatus", NULL, NULL,
                               G_DBUS_CALL_FLAGS_NONE, 5000, NULL, NULL, NULL);
        g_dbus_connection_flush_sync(caller, NULL, NULL);
        fake_bus_disconnect(caller);
    }
    call(f, 4, 1);
    WAIT(f->answered + f->limited == 4);
    fake_bus_run(200);
    call(f, 4, GRE_STATUS_CALLS_PER_SENDER);
    WAIT(f->answered >= 4 * GRE_STATUS_CALLS_PER_SENDER);
}

static void
add(const char *path, const GreSaQueryTiming *timing, void (*test)(Fixture *f, gconstpointer data))
{
    g_test_add(path, Fixture, timing, setup, test, teardown);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/status-calls/share", &patient, test_share);
    add("/status-calls/sender", &patient, test_sender);
    add("/status-calls/user", &patient, test_user);
    add("/status-calls/late", &quick, test_late);
    add("/status-calls/gone", &patient, test_gone);
    return fake_bus_run_tests();
}
