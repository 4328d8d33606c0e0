/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said on the system bus, on a bus of the test's own: NetworkManager's plugin interface,
 * the hand-over to the service, and bringing connections up again.
 */
#include "fake-bus.h"
#include "base/runtime-state.h"
#include "fake-nm.h"
#include "gre-error.h"
#include "nm/nm-client.h"
#include "nm/vpn-plugin.h"
#include "service/launcher.h"
#include "service/restart.h"
#include "service/service.h"

#include <glib/gstdio.h>
#include <string.h>

#define PLUGIN_NAME "org.freedesktop.NetworkManager.gre.Connection_7"
#define PLUGIN_PATH "/org/freedesktop/NetworkManager/VPN/Plugin"
#define PLUGIN      "org.freedesktop.NetworkManager.VPN.Plugin"
#define VPN_ERROR   "org.freedesktop.NetworkManager.VPN.Error."
#define SETTINGS    "({'vpn': {'service-type': <'x'>}},)"
#define INTERACTIVE "({'vpn': {'service-type': <'x'>}}, @a{sv} {})"

/* ---- the plugin ---- */

typedef struct {
    GDBusConnection *nm;
    guint            subscription;
    GreVpnPlugin    *plugin;
    GError          *open_error;
    gboolean         answered;
    gboolean         need;
    gboolean         refuses;
    guint            hold; /* ms, of NewSecrets */
    GString         *log;
    char            *reply; /* of the last call: its value or its error's name */
} Fixture;

static void
assert_settings(GVariant *settings)
{
    g_autofree char *text = g_variant_print(settings, FALSE);

    g_assert_cmpstr(text, ==, "{'vpn': {'service-type': <'x'>}}");
}

static gboolean
on_need_secrets(gpointer data, GVariant *settings)
{
    Fixture *f = data;

    g_string_append(f->log, "need-secrets ");
    assert_settings(settings);
    return f->need;
}

static gboolean
on_connect(
    gpointer data, GVariant *settings, const char *sender, gboolean interactive, GError **error)
{
    Fixture *f = data;

    g_string_append(f->log, interactive ? "connect-interactive " : "connect ");
    g_assert_cmpstr(sender, ==, g_dbus_connection_get_unique_name(f->nm));
    assert_settings(settings);
    if (f->refuses)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_PROFILE, "no such key");
    return !f->refuses;
}

static gboolean
on_new_secrets(gpointer data, GVariant *settings, guint *hold, GError **error)
{
    Fixture *f = data;

    g_string_append(f->log, "new-secrets ");
    assert_settings(settings);
    *hold = f->hold;
    if (f->refuses)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_REFUSED, "nobody asked");
    return !f->refuses;
}

static void
on_disconnect(gpointer data)
{
    g_string_append(((Fixture *) data)->log, "disconnect ");
}

static void
on_closed(gpointer data)
{
    g_string_append(((Fixture *) data)->log, "closed ");
}

static const GreVpnPluginFuncs plugin_funcs = { on_need_secrets, on_connect, on_new_secrets,
                                                on_disconnect, on_closed };

static void
on_ready(GreVpnPlugin *plugin, const GError *error, gpointer data)
{
    Fixture *f = data;

    g_assert_false(f->answered);
    g_assert_true((plugin == NULL) == (error != NULL));
    f->answered = TRUE;
    f->plugin = plugin;
    f->open_error = error ? g_error_copy(error) : NULL;
}

static void
on_signal(GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *name,
          GVariant        *args,
          gpointer         data)
{
    Fixture         *f = data;
    g_autofree char *text = g_variant_print(args, FALSE);

    g_string_append_printf(f->log, "%s%s ", name, text);
}

static void
setup(Fixture *f, gconstpointer data)
{
    f->nm = fake_bus_connect();
    f->log = g_string_new(NULL);
    f->subscription = g_dbus_connection_signal_subscribe(
        f->nm, NULL, PLUGIN, NULL, PLUGIN_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, f, NULL);
    gre_vpn_plugin_open(PLUGIN_NAME, &plugin_funcs, on_ready, f);
    g_assert_false(f->answered);
    WAIT(f->answered);
    g_assert_no_error(f->open_error);
}

static void
close_plugin(Fixture *f)
{
    if (f->plugin)
        gre_vpn_plugin_close(f->plugin);
    f->plugin = NULL;
    WAIT(!fake_bus_has_owner(f->nm, PLUGIN_NAME));
}

static void
teardown(Fixture *f, gconstpointer data)
{
    close_plugin(f);
    for (guint i = 0; i < 20; i++)
        g_main_context_iteration(NULL, FALSE);
    g_dbus_connection_signal_unsubscribe(f->nm, f->subscription);
    fake_bus_disconnect(f->nm);
    g_clear_error(&f->open_error);
    g_string_free(f->log, TRUE);
    g_free(f->reply);
}

static void
on_called(GObject *source, GAsyncResult *result, gpointer data)
{
    Fixture *f = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    f->reply = reply ? g_variant_print(reply, FALSE) : g_dbus_error_get_remote_error(error);
}

static void
call(Fixture *f, const char *interface, const char *method, const char *args)
{
    g_clear_pointer(&f->reply, g_free);
    g_dbus_connection_call(f->nm, PLUGIN_NAME, PLUGIN_PATH, interface, method,
                           g_variant_new_parsed(args), NULL, G_DBUS_CALL_FLAGS_NONE, 3000, NULL,
                           on_called, f);
}

static void
assert_call(
    Fixture *f, const char *interface, const char *method, const char *args, const char *reply)
{
    call(f, interface, method, args);
    WAIT(f->reply);
    g_assert_cmpstr(f->reply, ==, reply);
}

static void
assert_log(Fixture *f, const char *expected)
{
    g_assert_cmpstr(f->log->str, ==, expected);
    g_string_truncate(f->log, 0);
}

static void
on_overheard(GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *name,
             GVariant        *args,
             gpointer         data)
{
    *(guint *) data += 1;
}

static void
test_calls(Fixture *f, gconstpointer data)
{
    static const char state[] = "('" PLUGIN "', 'State')";

    assert_call(f, PLUGIN, "NeedSecrets", SETTINGS, "('',)");
    f->need = TRUE;
    assert_call(f, PLUGIN, "NeedSecrets", SETTINGS, "('vpn',)");
    assert_call(f, PLUGIN, "Connect", SETTINGS, "()");
    f->refuses = TRUE;
    assert_call(f, PLUGIN, "Connect", SETTINGS, VPN_ERROR "BadArguments");
    assert_log(f, "need-secrets need-secrets connect connect ");
    assert_call(f, PLUGIN, "ConnectInteractive", INTERACTIVE, VPN_ERROR "BadArguments");
    assert_call(f, PLUGIN, "NewSecrets", SETTINGS, VPN_ERROR "BadArguments");
    f->refuses = FALSE;
    assert_call(f, PLUGIN, "ConnectInteractive", INTERACTIVE, "()");
    assert_call(f, PLUGIN, "NewSecrets", SETTINGS, "()");
    assert_log(f, "connect-interactive new-secrets connect-interactive new-secrets ");
    assert_call(f, PLUGIN, "Disconnect", "()", "()");
    assert_log(f, "disconnect ");
    assert_call(f, "org.freedesktop.DBus.Properties", "Get", state, "(<uint32 1>,)");
    gre_vpn_plugin_state(f->plugin, GRE_VPN_STATE_STARTED);
    assert_call(f, "org.freedesktop.DBus.Properties", "Get", state, "(<uint32 4>,)");
}

/* In order, each state once, and all that was emitted arrives before the name goes. Nobody else
 * hears of it, and nobody at all before NetworkManager has called. */
static void
test_signals(Fixture *f, gconstpointer data)
{
    GDBusConnection *other = fake_bus_connect();
    guint            heard = 0;
    guint            subscription =
        g_dbus_connection_signal_subscribe(other, NULL, PLUGIN, NULL, NULL, NULL,
                                           G_DBUS_SIGNAL_FLAGS_NONE, on_overheard, &heard, NULL);

    gre_vpn_plugin_failure(f->plugin, GRE_VPN_FAILURE_CONNECT);
    assert_call(f, PLUGIN, "NeedSecrets", SETTINGS, "('',)");
    assert_log(f, "need-secrets ");
    gre_vpn_plugin_state(f->plugin, GRE_VPN_STATE_STARTING);
    gre_vpn_plugin_state(f->plugin, GRE_VPN_STATE_STARTING);
    gre_vpn_plugin_config(f->plugin, g_variant_new_parsed("{'tundev': <'gre7'>}"),
                          g_variant_new_parsed("{'prefix': <uint32 30>}"), NULL);
    gre_vpn_plugin_config(f->plugin, g_variant_new_parsed("{'tundev': <'gre7'>}"), NULL,
                          g_variant_new_parsed("{'prefix': <uint32 64>}"));
    gre_vpn_plugin_failure(f->plugin, GRE_VPN_FAILURE_BAD_IP_CONFIG);
    gre_vpn_plugin_state(f->plugin, GRE_VPN_STATE_STOPPED);
    close_plugin(f);
    WAIT(g_str_has_suffix(f->log->str, "StateChanged(6,) "));
    assert_log(f, "StateChanged(3,) Config({'tundev': <'gre7'>},) "
                  "Ip4Config({'prefix': <uint32 30>},) Config({'tundev': <'gre7'>},) "
                  "Ip6Config({'prefix': <uint32 64>},) Failure(2,) StateChanged(6,) ");
    g_assert_cmpuint(heard, ==, 0);
    g_dbus_connection_emit_signal(f->nm, NULL, PLUGIN_PATH, PLUGIN, "Failure",
                                  g_variant_new("(u)", 7), NULL);
    WAIT(heard == 1);
    g_dbus_connection_signal_unsubscribe(other, subscription);
    fake_bus_disconnect(other);
}

/* An answer that is kept back comes by itself, or before the next signal. */
static void
test_held(Fixture *f, gconstpointer data)
{
    gint64 began = g_get_monotonic_time();

    f->hold = 300;
    assert_call(f, PLUGIN, "NewSecrets", SETTINGS, "()");
    g_assert_cmpint(g_get_monotonic_time() - began, >=, 300 * 1000);
    f->hold = 60000;
    g_string_truncate(f->log, 0);
    call(f, PLUGIN, "NewSecrets", SETTINGS);
    WAIT(g_str_equal(f->log->str, "new-secrets "));
    fake_bus_run(50);
    g_assert_null(f->reply);
    gre_vpn_plugin_ask(f->plugin, "wrong", "ipsec-psk");
    WAIT(strstr(f->log->str, "SecretsRequired"));
    g_assert_cmpstr(f->reply, ==, "()");
    assert_log(f, "new-secrets SecretsRequired('wrong', ['ipsec-psk']) ");
    call(f, PLUGIN, "NewSecrets", SETTINGS);
    WAIT(g_str_equal(f->log->str, "new-secrets "));
    close_plugin(f);
    WAIT(f->reply);
    g_assert_cmpstr(f->reply, ==, "()");
}

static void
test_name_taken(Fixture *f, gconstpointer data)
{
    Fixture second = { 0 };

    gre_vpn_plugin_open(PLUGIN_NAME, &plugin_funcs, on_ready, &second);
    WAIT(second.answered);
    g_assert_error(second.open_error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_error_free(second.open_error);
    assert_call(f, PLUGIN, "NeedSecrets", SETTINGS, "('',)");
}

/* ---- the service ---- */

typedef struct {
    GMainContext *context;
    GMainLoop    *loop;
    GThread      *thread;
    gboolean      ready;
    gboolean      refuses;
    char         *served;
} FakeService;

static void
on_serve(GDBusConnection       *bus,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *args,
         GDBusMethodInvocation *invocation,
         gpointer               data)
{
    FakeService *service = data;

    g_assert_cmpstr(method, ==, "Serve");
    g_variant_get(args, "(s)", &service->served);
    if (service->refuses)
        g_dbus_method_invocation_return_dbus_error(invocation, "x.y", "no");
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
}

/* The hand-over waits for its answer, so that comes from a thread of its own. */
static gpointer
serve(gpointer data)
{
    static const GDBusInterfaceVTable vtable = { .method_call = on_serve };
    FakeService                      *service = data;
    GDBusConnection                  *bus;
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(
        "<node><interface name='" GRE_SERVICE_INTERFACE "'><method name='Serve'>"
        "<arg type='s' direction='in'/></method></interface></node>",
        NULL);

    g_main_context_push_thread_default(service->context);
    bus = fake_bus_connect();
    g_assert_cmpuint(g_dbus_connection_register_object(bus, GRE_SERVICE_PATH, node->interfaces[0],
                                                       &vtable, service, NULL, NULL),
                     >, 0);
    g_assert_true(gre_launcher_take_name(bus, FALSE, NULL));
    g_atomic_int_set(&service->ready, TRUE);
    g_main_loop_run(service->loop);
    fake_bus_disconnect(bus);
    g_main_context_pop_thread_default(service->context);
    return NULL;
}

static void
service_start(FakeService *service)
{
    service->context = g_main_context_new();
    service->loop = g_main_loop_new(service->context, FALSE);
    service->thread = g_thread_new("service", serve, service);
    while (!g_atomic_int_get(&service->ready))
        g_usleep(1000);
}

static void
service_stop(FakeService *service)
{
    g_main_loop_quit(service->loop);
    g_thread_join(service->thread);
    g_main_loop_unref(service->loop);
    g_main_context_unref(service->context);
    g_free(service->served);
}

static void
test_no_service(void)
{
    GDBusConnection *bus = fake_bus_connect();
    g_autoptr(GError) error = NULL;
    gint64 before = g_get_monotonic_time();

    g_assert_false(gre_launcher_hand_over(bus, PLUGIN_NAME, &error));
    g_assert_error(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
    g_assert_cmpint(g_get_monotonic_time() - before, <, 3 * G_TIME_SPAN_SECOND);
    fake_bus_disconnect(bus);
}

static void
test_hand_over(gconstpointer data)
{
    GDBusConnection *bus = fake_bus_connect();
    GDBusConnection *next = fake_bus_connect();
    FakeService      service = { .refuses = GPOINTER_TO_INT(data) };
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) taken = NULL;

    service_start(&service);
    g_assert_cmpint(gre_launcher_hand_over(bus, PLUGIN_NAME, &error), ==, !service.refuses);
    g_assert_cmpint(error != NULL, ==, service.refuses);
    g_assert_cmpstr(service.served, ==, PLUGIN_NAME);
    g_assert_false(gre_launcher_take_name(bus, FALSE, &taken));
    g_assert_error(taken, GRE_ERROR, GRE_ERROR_TAKEN);
    service_stop(&service);
    g_assert_true(gre_launcher_take_name(bus, FALSE, NULL));
    g_assert_true(gre_launcher_take_name(next, TRUE, NULL)); /* it takes the place of this one */
    g_assert_false(gre_launcher_take_name(bus, FALSE, NULL));
    fake_bus_disconnect(next);
    g_assert_true(gre_launcher_take_name(bus, FALSE, NULL));
    fake_bus_disconnect(bus);
}

/* ---- bringing up again ---- */

/* One profile each; its number is in its uuid and in its object path. */
typedef struct {
    const char *what;
    const char *by_uuid;   /* error of GetConnectionByUuid, or NULL */
    const char *activate;  /* error of ActivateConnection, or NULL */
    const char *base;      /* as remembered */
    const char *calls;     /* within the first 1.5 s */
    gboolean    remembers; /* afterwards */
} Revival;

static const Revival revivals[] = {
    { "works", NULL, NULL, NULL, "look activate(/) ", TRUE },
    { "on its device", NULL, NULL, "eth7", "look activate(/a/eth7) ", TRUE },
    { "no such profile", NM ".Settings.InvalidConnection", NULL, NULL, "look ", FALSE },
    { "not allowed", NULL, NM ".PermissionDenied", NULL, "look activate(/) ", FALSE },
    { "active already", NULL, NM ".ConnectionAlreadyActive", NULL, "look activate(/) ", TRUE },
    { "not now", NULL, NM ".Something", NULL, "look activate(/) ", TRUE },
};

#define N_REVIVALS G_N_ELEMENTS(revivals)
#define BRIEF      5 /* the one that is not persistent */

typedef struct {
    FakeNm          *nm;
    GDBusConnection *bus;
    char            *dir;
    GreNmActive     *active;
    GreRestart      *revival;
} Revive;

static const GreRestartTiming revive_quickly = {
    .first = 50, .last = 200, .promised = 400, .limit = 1000
};

static char *
uuid_of(guint number)
{
    return g_strdup_printf("%08x-93cf-4d5b-a2c3-3f6c7e3f0d11", number);
}

static const char *
calls_of(Revive *f, guint number)
{
    return fake_nm_profile(f->nm, number)->calls->str;
}

static void
manager_start(Revive *f)
{
    fake_nm_export(f->nm);
    fake_nm_own(f->nm);
    gre_nm_active_start(f->active);
}

static void
nothing_to_do(gpointer data)
{
}

static void
revive_setup(Revive *f, gconstpointer data)
{
    const GreRestartTiming *timing = data;

    f->nm = fake_nm_new();
    fake_nm_add_device(f->nm, "eth7");
    f->bus = fake_bus_connect();
    f->dir = g_dir_make_tmp("gre-revive-XXXXXX", NULL);
    gre_runtime_state_set_directory(f->dir);
    for (guint i = 0; i < N_REVIVALS; i++) {
        g_autofree char *uuid = uuid_of(i);
        FakeNmProfile   *profile = fake_nm_put(f->nm, i, fake_nm_ethernet("x", uuid));

        profile->look_error = revivals[i].by_uuid;
        profile->activate_error = revivals[i].activate;
        gre_runtime_state_save(uuid, revivals[i].base, i != BRIEF);
    }
    f->active = gre_nm_active_new(f->bus, nothing_to_do, NULL);
    f->revival = gre_restart_new(f->bus, f->active, timing, NULL, NULL);
}

static void
revive_teardown(Revive *f, gconstpointer data)
{
    gre_restart_free(f->revival);
    gre_nm_active_free(f->active);
    for (guint i = 0; i < N_REVIVALS; i++) {
        g_autofree char *uuid = uuid_of(i);

        gre_runtime_state_remove(uuid);
    }
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->dir);
    fake_bus_disconnect(f->bus);
    fake_nm_free(f->nm);
}

static gboolean
is_remembered(guint number)
{
    g_autoptr(GPtrArray) entries = gre_runtime_state_list();
    g_autofree char *uuid = uuid_of(number);

    for (guint i = 0; i < entries->len; i++)
        if (g_str_equal(((GreRuntimeStateEntry *) entries->pdata[i])->uuid, uuid))
            return TRUE;
    return FALSE;
}

static void
test_revival(Revive *f, gconstpointer data)
{
    manager_start(f);
    for (guint i = 0; i < N_REVIVALS; i++)
        WAIT(g_str_equal(calls_of(f, i), revivals[i].calls));
    fake_bus_run(300); /* and nothing after that */
    for (guint i = 0; i < N_REVIVALS; i++) {
        g_test_message("%s", revivals[i].what);
        g_assert_cmpstr(calls_of(f, i), ==, revivals[i].calls);
        g_assert_cmpint(is_remembered(i), ==, revivals[i].remembers);
    }
}

/* NetworkManager comes later: all are tried again but the one that somebody brought up meanwhile.
 */
static void
test_revival_later(Revive *f, gconstpointer data)
{
    g_autofree char *uuid = uuid_of(1);

    fake_bus_run(1300);
    for (guint i = 0; i < N_REVIVALS; i++)
        g_assert_true(is_remembered(i));
    gre_restart_forget(f->revival, uuid);
    gre_restart_forget(NULL, uuid);
    manager_start(f);
    WAIT(calls_of(f, 0)[0]);
    fake_bus_run(500);
    for (guint i = 0; i < N_REVIVALS; i++)
        g_assert_cmpstr(calls_of(f, i), ==, i == 1 ? "" : revivals[i].calls);
}

static guint
asked(Revive *f, guint number)
{
    return fake_nm_activations(fake_nm_profile(f->nm, number));
}

/* NetworkManager said yes and gave up: it is asked again, for ever, but never about a connection
 * that is on its way, and no more once that is up. */
static void
test_promise(Revive *f, gconstpointer data)
{
    g_autofree char *uuid = uuid_of(0);
    guint            before;

    manager_start(f);
    WAIT(asked(f, 0) == 1);
    fake_nm_set_active(f->nm, 1, uuid, GRE_ACTIVE_ACTIVATING);
    fake_bus_run(3 * revive_quickly.promised);
    g_assert_cmpuint(asked(f, 0), ==, 1);
    fake_nm_set_active(f->nm, 1, uuid, GRE_ACTIVE_DEACTIVATED);
    WAIT(asked(f, 0) == 3);
    g_assert_true(is_remembered(0));
    gre_restart_forget(f->revival, uuid);
    before = asked(f, 0);
    fake_bus_run(3 * revive_quickly.promised);
    g_assert_cmpuint(asked(f, 0), ==, before);
}

/* One that is not persistent is asked for until its time is over; status has the reason. */
static void
test_brief(Revive *f, gconstpointer data)
{
    g_autofree char *brief = uuid_of(BRIEF), *other = uuid_of(1);
    const char      *problem;

    manager_start(f);
    g_assert_true(gre_restart_wants(f->revival, brief, &problem));
    g_assert_null(problem);
    WAIT(asked(f, BRIEF) >= 2);
    g_assert_true(gre_restart_wants(f->revival, brief, &problem));
    g_assert_nonnull(problem);
    WAIT(!is_remembered(BRIEF));
    g_assert_false(gre_restart_wants(f->revival, brief, &problem));
    g_assert_null(problem);
    g_assert_true(gre_restart_wants(f->revival, other, &problem));
    g_assert_true(is_remembered(1));
    g_assert_false(gre_restart_wants(NULL, other, &problem));
}

static void
keep_answer(GreNmAnswer answer, const char *message, gpointer data)
{
    g_assert_cmpint(answer, ==, GRE_NM_NOT_NOW);
    *(char **) data = g_strdup(message);
}

/* As on a host whose uplink NetworkManager doesn't manage: the journal says what is wrong, and what
 * to do. */
static void
test_no_base(Revive *f, gconstpointer data)
{
    g_autofree char *uuid = uuid_of(0), *message = NULL;

    gre_restart_forget(f->revival, uuid);
    manager_start(f);
    fake_nm_profile(f->nm, 0)->activate_error = "org.freedesktop.NetworkManager.UnknownConnection";
    gre_nm_client_activate(f->bus, uuid, NULL, NULL, keep_answer, &message);
    WAIT(message);
    g_assert_nonnull(strstr(message, "no base connection for the VPN profile"));
    g_assert_nonnull(strstr(message, "ifname lo"));
}

/* NetworkManager is about to activate it, and does not: it is asked. */
static void
test_expected(Revive *f, gconstpointer data)
{
    g_autofree char *uuid = uuid_of(0);

    gre_restart_forget(f->revival, uuid);
    manager_start(f);
    gre_restart_add(NULL, uuid, NULL, TRUE, TRUE);
    gre_restart_add(f->revival, uuid, NULL, TRUE, TRUE);
    gre_restart_add(f->revival, uuid, "eth7", TRUE, TRUE); /* takes the other's place */
    WAIT(asked(f, 0) == 1);
    gre_restart_forget(f->revival, uuid);
    fake_bus_run(3 * revive_quickly.promised);
    g_assert_cmpuint(asked(f, 0), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/bus/plugin/calls", Fixture, NULL, setup, test_calls, teardown);
    g_test_add("/bus/plugin/held", Fixture, NULL, setup, test_held, teardown);
    g_test_add("/bus/plugin/signals", Fixture, NULL, setup, test_signals, teardown);
    g_test_add("/bus/plugin/name-taken", Fixture, NULL, setup, test_name_taken, teardown);
    g_test_add_func("/bus/launcher/no-service", test_no_service);
    g_test_add_data_func("/bus/launcher/taken", GINT_TO_POINTER(FALSE), test_hand_over);
    g_test_add_data_func("/bus/launcher/refused", GINT_TO_POINTER(TRUE), test_hand_over);
    g_test_add("/bus/revive/each", Revive, NULL, revive_setup, test_revival, revive_teardown);
    g_test_add("/bus/revive/later", Revive, NULL, revive_setup, test_revival_later,
               revive_teardown);
    g_test_add("/bus/revive/no-base", Revive, &revive_quickly, revive_setup, test_no_base,
               revive_teardown);
    g_test_add("/bus/revive/expected", Revive, &revive_quickly, revive_setup, test_expected,
               revive_teardown);
    g_test_add("/bus/revive/promise", Revive, &revive_quickly, revive_setup, test_promise,
               revive_teardown);
    g_test_add("/bus/revive/brief", Revive, &revive_quickly, revive_setup, test_brief,
               revive_teardown);
    return fake_bus_run_tests();
}
