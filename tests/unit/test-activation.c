/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One activation between a NetworkManager, played here over a bus of the test's own, and an engine
 * whose connections do what the test says: when it is asked for another secret, and when not.
 */
#include "service/activation.h"

#include "base/log.h"
#include "fake-bus.h"
#include "gre-error.h"
#include "nm/polkit.h"
#include "settings-text.h"

#include <string.h>

#define PLUGIN_NAME "org.freedesktop.NetworkManager.gre.Connection_9"
#define PLUGIN_PATH "/org/freedesktop/NetworkManager/VPN/Plugin"
#define PLUGIN      "org.freedesktop.NetworkManager.VPN.Plugin"
#define VPN_ERROR   "org.freedesktop.NetworkManager.VPN.Error."
#define WRONG       "wrong pre-shared key"
#define ASKED       "SecretsRequired('" WRONG "', ['ipsec-psk']) "

/* ---- in place of connection.c, guard.c and polkit.c ---- */

struct _GreConnection {
    GreProfile               *profile;
    GreConnectionWish         wish;
    const GreConnectionFuncs *funcs;
    gpointer                  data;
};

static GreConnection *current; /* the one there is */
static guint          n_begun;
static gboolean       lingers; /* it takes until connection_stop() */
static GreDevice      device = { .ifname = "nmgre0" };
static GreRoute       underlay;

static void
connection_stop(const GError *cause)
{
    GreConnection *connection = g_steal_pointer(&current);

    connection->funcs->stopped(connection->data, cause);
    gre_profile_unref(connection->profile);
    g_free(connection);
}

GreConnection *
gre_connection_new(GreEngine                *engine,
                   GreProfile               *profile,
                   const GreConnectionWish  *wish,
                   const GreConnectionFuncs *funcs,
                   gpointer                  user_data)
{
    g_assert_null(current);
    current = g_new0(GreConnection, 1);
    current->profile = gre_profile_ref(profile);
    current->wish = *wish;
    current->funcs = funcs;
    current->data = user_data;
    n_begun++;
    return current;
}

void
gre_connection_down(GreConnection *connection)
{
    g_assert_true(connection == current);
    if (!lingers)
        connection_stop(NULL);
}

const GreDevice *
gre_connection_device(const GreConnection *connection)
{
    return &device;
}

const GreRoute *
gre_connection_underlay(const GreConnection *connection)
{
    return &underlay;
}

const GreAddress *
gre_connection_remote(const GreConnection *connection)
{
    return &connection->profile->remote;
}

guint
gre_connection_mtu(const GreConnection *connection)
{
    return 1400;
}

void
gre_guard_find(GreGuard     *guard,
               const char   *protects,
               const char   *uuid,
               char        **users,
               GCancellable *cancellable,
               GreGuardFound found,
               gpointer      user_data)
{
    g_autoptr(GVariant) settings = g_variant_ref_sink(g_variant_new_parsed(
        "{'connection': {'id': <'tun'>, 'uuid': <'00000002-93cf-4d5b-a2c3-3f6c7e3f0d11'>, "
        "'interface-name': <'tun0'>}, "
        "'ip-tunnel': {'mode': <uint32 2>, 'remote': <'192.0.2.2'>}}"));
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNative) tunnel = gre_native_new(settings, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(protects, ==, "tun");
    found(tunnel, NULL, user_data);
}

static const char *why_not; /* what is said of the profile's users */
static char       *asked;   /* about these */
static gboolean    answers; /* at once; else never */

void
gre_polkit_may_administer(GDBusConnection   *bus,
                          const char *const *users,
                          GCancellable      *cancellable,
                          GrePolkitFunc      func,
                          gpointer           user_data)
{
    g_free(asked);
    asked = g_strjoinv(" ", (char **) users);
    if (answers)
        func(why_not, user_data);
}

/* ---- NetworkManager's side ---- */

typedef struct {
    GDBusConnection *nm, *bus;
    guint            subscription;
    GreActivation   *activation;
    gboolean         ready, gone;
    guint            settled;
    GString         *log; /* signals */
    GString         *devices;
    GString         *failures; /* for the history */
    char            *reply;
    const char      *permissions; /* of the profiles; NULL: "user:alice:" */
    const char      *ipsec;       /* NULL: as pubkey says */
    gboolean         pubkey;      /* the profiles have a key file, not a pre-shared key */
    gboolean         companion;
} Fixture;

static void
on_state(const char *uuid, const char *state, gpointer data)
{
}

static void
on_failed(const char *uuid, const GError *cause, gpointer data)
{
    g_string_append(((Fixture *) data)->failures, cause->message);
}

static void
on_ready(GreActivation *activation, const GError *error, gpointer data)
{
    g_assert_no_error(error);
    ((Fixture *) data)->ready = TRUE;
}

static void
on_settled(GreActivation *activation, const char *uuid, gpointer data)
{
    ((Fixture *) data)->settled++;
}

static void
on_again(GreActivation *activation, const char *uuid, gpointer data)
{
    g_assert_nonnull(uuid);
    gre_activation_make_way(activation);
}

static void
on_gone(GreActivation *activation, gpointer data)
{
    ((Fixture *) data)->gone = TRUE;
}

static void
on_device(const char *ifname, gboolean there, gpointer data)
{
    g_string_append_printf(((Fixture *) data)->devices, "%s%s ", there ? "+" : "-", ifname);
}

static const GreActivationFuncs activation_funcs = { on_state,   on_failed, on_device, on_ready,
                                                     on_settled, on_again,  on_gone };

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

    if (strcmp(name, "Config") == 0)
        g_string_append(f->log, "Config ");
    else
        g_string_append_printf(f->log, "%s%s ", name, text);
}

static void
setup(Fixture *f, gconstpointer data)
{
    static GreEngine engine;

    n_begun = 0;
    why_not = NULL;
    answers = TRUE;
    f->failures = g_string_new(NULL);
    f->nm = fake_bus_connect();
    f->bus = fake_bus_connect();
    f->log = g_string_new(NULL);
    f->devices = g_string_new(NULL);
    f->subscription = g_dbus_connection_signal_subscribe(
        f->nm, NULL, PLUGIN, NULL, PLUGIN_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, f, NULL);
    f->activation = gre_activation_new(&engine, NULL, f->bus, PLUGIN_NAME, &activation_funcs, f);
    WAIT(f->ready);
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

/* @more: other keys of vpn; @psk: NULL: none */
static void
call(Fixture *f, const char *method, const char *more, guint flags, const char *psk)
{
    const char      *name = f->pubkey ? "ipsec-private-key-password" : "ipsec-psk";
    const char      *method_is = f->ipsec    ? f->ipsec
                                 : f->pubkey ? "pubkey', 'ipsec-ca': '/c', 'ipsec-private-key': '/k"
                                             : "psk";
    g_autofree char *flags_of = f->ipsec && strcmp(f->ipsec, "no") == 0
                                    ? g_strdup("")
                                    : g_strdup_printf(", '%s-flags': '%u'", name, flags);
    g_autofree char *secret = psk ? g_strdup_printf("'%s': '%s'", name, psk) : g_strdup("");
    g_autofree char *text = g_strdup_printf(
        "{'connection': {'id': <'Site B'>, 'uuid': <'" SETTINGS_UUID
        "'>, 'permissions': <@as [%s]>}, 'vpn': {%s 'data': "
        "<{'%s', 'ipsec': '%s'%s}>, 'secrets': <@a{ss} {%s}>}}",
        f->permissions ? f->permissions : "'user:alice:'", more,
        f->companion ? "protects': 'tun" : "remote': '192.0.2.2", method_is, flags_of, secret);
    g_autofree char *args =
        g_strdup_printf(strcmp(method, "Disconnect") == 0           ? "()"
                        : strcmp(method, "ConnectInteractive") == 0 ? "(%s, @a{sv} {})"
                                                                    : "(%s,)",
                        text);

    g_clear_pointer(&f->reply, g_free);
    g_dbus_connection_call(f->nm, PLUGIN_NAME, PLUGIN_PATH, PLUGIN, method,
                           g_variant_new_parsed(args), NULL, G_DBUS_CALL_FLAGS_NONE, 3000, NULL,
                           on_called, f);
}

static void
assert_call(Fixture    *f,
            const char *method,
            const char *more,
            guint       flags,
            const char *psk,
            const char *reply)
{
    call(f, method, more, flags, psk);
    WAIT(f->reply);
    g_assert_cmpstr(f->reply, ==, reply);
}

static void
assert_signals(Fixture *f, const char *expected)
{
    WAIT(f->log->len >= strlen(expected));
    g_assert_cmpstr(f->log->str, ==, expected);
    g_string_truncate(f->log, 0);
}

static void
assert_psk(const char *expected)
{
    g_autoptr(GreSecret) secret = gre_secret_new(expected, strlen(expected));

    g_assert_nonnull(current);
    g_assert_true(gre_secret_equal(current->profile->ipsec.psk, secret));
}

static void
fail(GreErrorCode code)
{
    g_autoptr(GError) cause = g_error_new_literal(GRE_ERROR, code, WRONG);

    connection_stop(cause);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    if (!f->gone)
        gre_activation_abandon(f->activation);
    WAIT(f->gone);
    g_assert_null(current);
    WAIT(!fake_bus_has_owner(f->nm, PLUGIN_NAME));
    g_dbus_connection_signal_unsubscribe(f->nm, f->subscription);
    fake_bus_disconnect(f->nm);
    fake_bus_disconnect(f->bus);
    g_string_free(f->log, TRUE);
    g_string_free(f->devices, TRUE);
    g_string_free(f->failures, TRUE);
    g_clear_pointer(&asked, g_free);
    g_free(f->reply);
}

/* ---- */

#define CONNECT(f, flags, psk)                                      \
    do {                                                            \
        assert_call(f, "ConnectInteractive", "", flags, psk, "()"); \
        assert_signals(f, "StateChanged(3,) ");                     \
    } while (0)

static void
test_need_secrets(Fixture *f, gconstpointer data)
{
    assert_call(f, "NeedSecrets", "", 0, NULL, "('vpn',)");
    assert_call(f, "NeedSecrets", "", 1, NULL, "('vpn',)");
    assert_call(f, "NeedSecrets", "", 2, NULL, "('vpn',)");
    assert_call(f, "NeedSecrets", "", 4, NULL, "('',)");
    assert_call(f, "NeedSecrets", "", 0, "x", "('',)");
    assert_call(f, "NeedSecrets", "", 3, "x", "('',)");
}

/* Asked twice, then it is the right one. */
static void
test_again(Fixture *f, gconstpointer data)
{
    CONNECT(f, 2, "one");
    assert_psk("one");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    g_assert_null(current); /* nothing is held meanwhile */
    assert_call(f, "Connect", "", 2, "two", VPN_ERROR "BadArguments");
    assert_call(f, "NewSecrets", "", 2, "two", "()");
    assert_psk("two");
    g_assert_cmpuint(current->wish.timeout, >, 50);
    g_assert_cmpuint(current->wish.timeout, <=, 60);
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    assert_call(f, "NewSecrets", "", 2, "three", "()");
    assert_psk("three");
    current->funcs->up(current->data);
    assert_signals(f, "Config StateChanged(4,) ");
    g_assert_cmpstr(f->devices->str, ==, "+nmgre0 ");
    assert_call(f, "NewSecrets", "", 2, "four", VPN_ERROR "BadArguments");
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    assert_signals(f, "StateChanged(5,) StateChanged(6,) ");
    g_assert_cmpstr(f->devices->str, ==, "+nmgre0 -nmgre0 ");
}

/* Its routes are gone: NetworkManager has it as down, at once, and can activate it again; the
 * service remembers it. Before it is up, nothing has been set that could be gone. */
static void
test_stripped(Fixture *f, gconstpointer data)
{
    CONNECT(f, 2, "one");
    current->funcs->stripped(current->data);
    g_assert_nonnull(current);
    current->funcs->up(current->data);
    assert_signals(f, "Config StateChanged(4,) ");
    g_assert_cmpuint(f->settled, ==, 1);
    lingers = TRUE;
    current->funcs->stripped(current->data);
    assert_signals(f, "StateChanged(6,) ");
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    g_assert_cmpuint(f->settled, ==, 1); /* nobody took it down */
    lingers = FALSE;
    connection_stop(NULL);
    WAIT(f->gone);
}

/* A companion's device is NetworkManager's. */
static void
test_companion(Fixture *f, gconstpointer data)
{
    f->companion = TRUE;
    assert_call(f, "Connect", "", 0, "one", "()");
    assert_signals(f, "StateChanged(3,) ");
    g_assert_cmpstr(current->profile->ifname, ==, "tun0");
    current->funcs->up(current->data);
    assert_signals(f, "Config StateChanged(4,) ");
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    assert_signals(f, "StateChanged(5,) StateChanged(6,) ");
    g_assert_cmpstr(f->devices->str, ==, "");
}

/* The password of a key file: the same, by another name; and whose files they are. */
static void
test_password(Fixture *f, gconstpointer data)
{
    f->pubkey = TRUE;
    assert_call(f, "NeedSecrets", "", 0, NULL, "('',)");
    assert_call(f, "NeedSecrets", "", 2, NULL, "('vpn',)");
    CONNECT(f, 2, "one");
    g_assert_cmpstr(current->wish.user, ==, "alice");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, "SecretsRequired('" WRONG "', ['ipsec-private-key-password']) ");
    assert_call(f, "NewSecrets", "", 2, "two", "()");
    g_assert_cmpstr(current->wish.user, ==, "alice");
    g_assert_nonnull(current->profile->ipsec.private_key_password);
    fail(GRE_ERROR_SECRET);
    assert_signals(f, "SecretsRequired('" WRONG "', ['ipsec-private-key-password']) ");
    assert_call(f, "NewSecrets", "", 2, "two", "()");
    fail(GRE_ERROR_SECRET); /* the same again: that is all there is */
    assert_signals(f, "Failure(0,) StateChanged(6,) ");
}

/* It need not be there, and then turns out to be needed. */
static void
test_password_missing(Fixture *f, gconstpointer data)
{
    f->pubkey = TRUE;
    CONNECT(f, 6, NULL);
    fail(GRE_ERROR_SECRET);
    assert_signals(f, "SecretsRequired('" WRONG "', ['ipsec-private-key-password']) ");
    assert_call(f, "NewSecrets", "", 6, "one", "()");
    current->funcs->up(current->data);
    assert_signals(f, "Config StateChanged(4,) ");
}

/* ---- private profiles ---- */

/* At once, before anything is begun, and it says what to do. */
static void
test_not_permitted(Fixture *f, gconstpointer data)
{
    f->companion = GPOINTER_TO_INT(data);
    why_not = "\"alice\" is not logged in";
    assert_call(f, "Connect", "", 0, "one", "()");
    assert_signals(f, "StateChanged(3,) Failure(1,) StateChanged(6,) ");
    g_assert_cmpstr(asked, ==, "alice");
    g_assert_cmpuint(n_begun, ==, 0);
    g_assert_nonnull(strstr(f->failures->str, "\"alice\" is not logged in"));
    g_assert_nonnull(strstr(f->failures->str, "make the profile available to all users"));
    WAIT(f->gone);
}

/* Nobody is asked about a profile of all users, or without IPsec; about several, all are. */
static void
test_not_asked(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *permissions, *ipsec, *asked;
    } rows[] = {
        { "", "psk", NULL },
        { "'user:alice:'", "no", NULL },
        { "'user:alice:', 'user:bob'", "no", NULL },
        { "'user:alice:', 'user:bob'", "psk", "alice bob" },
    };
    gsize row = GPOINTER_TO_SIZE(data);

    f->permissions = rows[row].permissions;
    f->ipsec = rows[row].ipsec;
    assert_call(f, "Connect", "", 0, strcmp(f->ipsec, "no") == 0 ? NULL : "one", "()");
    assert_signals(f, "StateChanged(3,) ");
    g_assert_cmpstr(asked, ==, rows[row].asked);
    g_assert_cmpuint(n_begun, ==, 1);
}

/* The administrator has said that all may. Another word is no permission. */
static void
test_switch(Fixture *f, gconstpointer data)
{
    gboolean allow = strcmp(data, "allow") == 0;

    why_not = "no";
    g_setenv("NM_GRE_PRIVATE_IPSEC", data, TRUE);
    assert_call(f, "Connect", "", 0, "one", "()");
    assert_signals(f,
                   allow ? "StateChanged(3,) " : "StateChanged(3,) Failure(1,) StateChanged(6,) ");
    g_assert_cmpuint(n_begun, ==, allow ? 1 : 0);
    g_unsetenv("NM_GRE_PRIVATE_IPSEC");
}

/* While polkit is asked: no second attempt, and an end at once. */
static void
test_waiting(Fixture *f, gconstpointer data)
{
    answers = FALSE;
    CONNECT(f, 2, "one");
    g_assert_cmpuint(n_begun, ==, 0);
    assert_call(f, "Connect", "", 2, "two", VPN_ERROR "BadArguments");
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    assert_signals(f, "StateChanged(6,) ");
    WAIT(f->gone);
}

typedef struct {
    const char  *method;
    const char  *more;
    guint        flags;
    GreErrorCode code;
    const char  *failure;
} Refusal;

/* Nobody gave the secret, or it isn't the secret: it fails, with its reason. */
static void
test_fails(Fixture *f, gconstpointer data)
{
    const Refusal   *row = data;
    g_autofree char *end = g_strdup_printf("%s StateChanged(6,) ", row->failure);

    assert_call(f, row->method, row->more, row->flags, "one", "()");
    assert_signals(f, "StateChanged(3,) ");
    fail(row->code);
    assert_signals(f, end);
    WAIT(f->gone);
}

/* A password file gives the same again and again. */
static void
test_same(Fixture *f, gconstpointer data)
{
    CONNECT(f, 1, "one");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    assert_call(f, "NewSecrets", "", 1, "0x6f6e65", "()"); /* the same, in hex */
    fail(GRE_ERROR_SECRET);
    assert_signals(f, "Failure(0,) StateChanged(6,) ");
}

/* What can't be a key is asked for again without an attempt; none at all is an error. */
static void
test_malformed(Fixture *f, gconstpointer data)
{
    CONNECT(f, 2, "one");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    assert_call(f, "NewSecrets", "", 2, "0xabc", "()");
    WAIT(strstr(f->log->str, "ipsec-psk"));
    g_assert_true(g_str_has_prefix(f->log->str, "SecretsRequired("));
    g_assert_null(strstr(f->log->str, "abc"));
    g_assert_cmpuint(n_begun, ==, 1);
    assert_call(f, "NewSecrets", "", 2, NULL, VPN_ERROR "BadArguments");
    assert_call(f, "NewSecrets", "", 2, "two", "()");
    assert_psk("two");
}

/* The person gives up: NetworkManager disconnects. */
static void
test_cancelled(Fixture *f, gconstpointer data)
{
    CONNECT(f, 2, "one");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    assert_signals(f, "StateChanged(6,) ");
    WAIT(f->gone);
}

/* NetworkManager would give up before the attempt could be through: its call is answered after
 * that, unless there is something to tell. */
static void
test_late(Fixture *f, gconstpointer data)
{
    assert_call(f, "ConnectInteractive", "'timeout': <uint32 2>,", 2, "one", "()");
    assert_signals(f, "StateChanged(3,) ");
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    call(f, "NewSecrets", "'timeout': <uint32 2>,", 2, "two");
    WAIT(current);
    g_assert_cmpuint(current->wish.timeout, ==, 2);
    fake_bus_run(200);
    g_assert_null(f->reply);
    fail(GRE_ERROR_SECRET);
    assert_signals(f, ASKED);
    g_assert_cmpstr(f->reply, ==, "()");
    fake_bus_run(3100); /* the limit is over: no other is there */
    assert_call(f, "NewSecrets", "'timeout': <uint32 2>,", 2, "three", "()");
    g_assert_cmpuint(current->wish.timeout, ==, 2);
}

int
main(int argc, char **argv)
{
    static const Refusal refusals[] = {
        { "Connect", "", 2, GRE_ERROR_SECRET, "Failure(0,)" },
        { "ConnectInteractive", "", 0, GRE_ERROR_SECRET, "Failure(0,)" },
        { "ConnectInteractive", "", 4, GRE_ERROR_SECRET, "Failure(0,)" },
        { "ConnectInteractive", "'persistent': <true>,", 2, GRE_ERROR_SECRET, "Failure(0,)" },
        { "ConnectInteractive", "", 2, GRE_ERROR_IDENTITY, "Failure(0,)" },
        { "ConnectInteractive", "", 2, GRE_ERROR_NO_ANSWER, "Failure(1,)" },
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add("/activation/need-secrets", Fixture, NULL, setup, test_need_secrets, teardown);
    g_test_add("/activation/asked-again", Fixture, NULL, setup, test_again, teardown);
    g_test_add("/activation/stripped", Fixture, NULL, setup, test_stripped, teardown);
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/activation/fails/%" G_GSIZE_FORMAT, i);

        g_test_add(path, Fixture, &refusals[i], setup, test_fails, teardown);
    }
    for (gsize i = 0; i < 4; i++) {
        g_autofree char *path = g_strdup_printf("/activation/permissions/%" G_GSIZE_FORMAT, i);

        g_test_add(path, Fixture, GSIZE_TO_POINTER(i), setup, test_not_asked, teardown);
    }
    g_test_add("/activation/not-permitted", Fixture, NULL, setup, test_not_permitted, teardown);
    g_test_add("/activation/not-permitted-companion", Fixture, GINT_TO_POINTER(TRUE), setup,
               test_not_permitted, teardown);
    g_test_add("/activation/switch-allow", Fixture, "allow", setup, test_switch, teardown);
    g_test_add("/activation/switch-yes", Fixture, "yes", setup, test_switch, teardown);
    g_test_add("/activation/permission-waiting", Fixture, NULL, setup, test_waiting, teardown);
    g_test_add("/activation/companion", Fixture, NULL, setup, test_companion, teardown);
    g_test_add("/activation/password", Fixture, NULL, setup, test_password, teardown);
    g_test_add("/activation/password-missing", Fixture, NULL, setup, test_password_missing,
               teardown);
    g_test_add("/activation/same-again", Fixture, NULL, setup, test_same, teardown);
    g_test_add("/activation/malformed", Fixture, NULL, setup, test_malformed, teardown);
    g_test_add("/activation/cancelled", Fixture, NULL, setup, test_cancelled, teardown);
    g_test_add("/activation/late", Fixture, NULL, setup, test_late, teardown);
    return fake_bus_run_tests();
}
