/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One activation between a NetworkManager, played here over a bus of the test's own, and an engine
 * whose connections do what the test says: when it is asked for another secret, and when not.
 */
#include "config.h"

#include "service/activation-handover.h"

#include "base/log.h"
#include "fake-bus.h"
#include "gre-error.h"
#include "nm/polkit.h"
#include "settings-text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PLUGIN_NAME  "org.freedesktop.NetworkManager.gre.Connection_9"
#define RESUMED_NAME "org.freedesktop.NetworkManager.gre.Connection_10"
#define PLUGIN_PATH  "/org/freedesktop/NetworkManager/VPN/Plugin"
#define PLUGIN       "org.freedesktop.NetworkManager.VPN.Plugin"
#define VPN_ERROR    "org.freedesktop.NetworkManager.VPN.Error."
#define WRONG        "wrong pre-shared key"
#define ASKED        "SecretsRequired('" WRONG "', ['ipsec-psk']) "

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

static GreConnectionRemains resumed; /* with these */

GreConnection *
gre_connection_resume(GreEngine                  *engine,
                      GreProfile                 *profile,
                      const GreConnectionWish    *wish,
                      const GreConnectionRemains *remains,
                      const GreConnectionFuncs   *funcs,
                      gpointer                    user_data)
{
    resumed = *remains;
    return gre_connection_new(engine, profile, wish, funcs, user_data);
}

static gboolean moving;

gboolean
gre_connection_remains(const GreConnection *connection, GreConnectionRemains *out)
{
    *out = (GreConnectionRemains){ .ifname = "nmgre0",
                                   .local = underlay.source,
                                   .remote = connection->profile->remote,
                                   .mtu = 1400,
                                   .first_mtu = 1399 };
    return !moving;
}

void
gre_connection_view(const GreConnection *connection, GreConnectionView *out)
{
    *out = (GreConnectionView){ .state = GRE_STATE_ACTIVE };
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

/* ---- from one program to the next ---- */

#define HANDED_SETTINGS                                                                  \
    "{'connection': {'id': <'Site B'>, 'uuid': <'" SETTINGS_UUID "'>}, 'vpn': {'data': " \
    "<{'remote': '192.0.2.2', 'ipsec': 'psk'}>, 'secrets': <{'ipsec-psk': 'one'}>}}"

static char *
string_in(GVariant *record, const char *key)
{
    char *text = NULL;

    g_variant_lookup(record, key, "s", &text);
    return text;
}

/* Not while it comes up; then with all that the next program needs, through a file. */
static void
test_hand_over(Fixture *f, gconstpointer data)
{
    GreHandover           *handover = gre_handover_new(":1.7");
    GreHandover           *read;
    const GreHandoverItem *item;
    g_autoptr(GError) error = NULL;
    g_autofree char *bus_name = NULL;
    g_autofree char *caller = NULL;
    g_autofree char *ifname = NULL;
    const guint8    *settings;
    gsize            len;
    int              fd;

    CONNECT(f, 0, "one");
    g_assert_cmpint(gre_activation_readiness(f->activation), ==, GRE_ACTIVATION_NOT_UP);
    current->funcs->up(current->data);
    assert_signals(f, "Config StateChanged(4,) ");
    moving = TRUE;
    g_assert_cmpint(gre_activation_readiness(f->activation), ==, GRE_ACTIVATION_BUSY);
    moving = FALSE;
    g_assert_cmpint(gre_activation_readiness(f->activation), ==, GRE_ACTIVATION_READY);
    g_assert_true(gre_activation_hand_over(f->activation, handover));
    read = gre_handover_read(gre_handover_write(handover), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(gre_handover_nm(read), ==, ":1.7");
    item = gre_handover_take(read);
    g_assert_nonnull(item);
    g_assert_cmpint(fcntl(item->fd, F_GETFD), ==, 0); /* inherited */
    bus_name = string_in(item->record, "bus-name");
    caller = string_in(item->record, "caller");
    ifname = string_in(item->record, "ifname");
    g_assert_cmpstr(bus_name, ==, PLUGIN_NAME);
    g_assert_cmpstr(caller, ==, g_dbus_connection_get_unique_name(f->nm));
    g_assert_cmpstr(ifname, ==, "nmgre0");
    settings = gre_secret_data(item->settings, &len);
    g_assert_nonnull(memmem(settings, len, "one", 3));
    g_assert_null(gre_handover_take(read));
    fd = item->fd;
    gre_handover_free(read);
    g_assert_cmpint(fcntl(fd, F_GETFD), ==, 0);
    gre_handover_free(handover);
    g_assert_cmpint(fcntl(fd, F_GETFD), ==, -1);
    lingers = TRUE;
    assert_call(f, "Disconnect", "", 0, NULL, "()");
    g_assert_cmpint(gre_activation_readiness(f->activation), !=, GRE_ACTIVATION_READY);
    lingers = FALSE;
    connection_stop(NULL);
    assert_signals(f, "StateChanged(5,) StateChanged(6,) ");
}

/* A bus connection with the name, of which nothing but the descriptor is left. */
static int
orphan(void)
{
    GDBusConnection *bus = fake_bus_connect();
    GSocket         *socket;
    int              fd;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", RESUMED_NAME, 4), NULL, G_DBUS_CALL_FLAGS_NONE, 3000, NULL, NULL);

    g_assert_nonnull(reply);
    socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(g_dbus_connection_get_stream(bus)));
    fd = dup(g_socket_get_fd(socket));
    g_dbus_connection_close_sync(bus, NULL, NULL);
    g_object_unref(bus);
    return fd;
}

static GreHandoverItem
handed_item(const Fixture *f, const char *remote)
{
    g_autoptr(GVariant) settings = g_variant_ref_sink(g_variant_new_parsed(HANDED_SETTINGS));
    g_autofree char *text = g_strdup_printf("{'bus-name': <'" RESUMED_NAME "'>, 'caller': <'%s'>, "
                                            "'ifname': <'nmgre0'>, 'remote': <'%s'>, "
                                            "'mtu': <uint32 1400>}",
                                            g_dbus_connection_get_unique_name(f->nm), remote);

    return (GreHandoverItem){
        .fd = orphan(),
        .record = g_variant_ref_sink(g_variant_new_parsed(text)),
        .settings = gre_secret_new(g_variant_get_data(settings), g_variant_get_size(settings)),
    };
}

/* The name stays owned; NetworkManager hears nothing that it knows, and its calls arrive. */
static void
test_resume(Fixture *f, gconstpointer data)
{
    const char     *remote = data;
    GreHandoverItem item = handed_item(f, remote);
    gboolean        news = strcmp(remote, "192.0.2.2") != 0;
    GreActivation  *other;
    g_autoptr(GError) error = NULL;

    g_assert_true(fake_bus_has_owner(f->nm, RESUMED_NAME));
    other = gre_activation_resume(NULL, NULL, f->bus, &item, &activation_funcs, f, &error);
    g_assert_no_error(error);
    g_assert_true(gre_activation_is_resuming(other));
    g_assert_cmpstr(resumed.ifname, ==, "nmgre0");
    g_assert_cmpuint(resumed.mtu, ==, 1400);
    assert_psk("one");
    current->funcs->up(current->data);
    g_assert_false(gre_activation_is_resuming(other));
    g_assert_cmpuint(f->settled, ==, 1);
    g_assert_cmpstr(f->devices->str, ==, "+nmgre0 ");
    g_dbus_connection_call(f->nm, RESUMED_NAME, PLUGIN_PATH, PLUGIN, "Disconnect", NULL, NULL,
                           G_DBUS_CALL_FLAGS_NONE, 3000, NULL, on_called, f);
    WAIT(f->reply);
    g_assert_cmpstr(f->reply, ==, "()");
    assert_signals(f, news ? "Config StateChanged(5,) StateChanged(6,) "
                           : "StateChanged(5,) StateChanged(6,) ");
    WAIT(!fake_bus_has_owner(f->nm, RESUMED_NAME));
    f->gone = FALSE; /* that was the other one */
    g_variant_unref(item.record);
    gre_secret_unref(item.settings);
}

/* NetworkManager notices that the service of that name has ended. */
static void
test_resume_nothing(Fixture *f, gconstpointer data)
{
    GreHandoverItem item = handed_item(f, "192.0.2.2");
    g_autoptr(GError) error = NULL;

    gre_secret_unref(item.settings);
    item.settings = gre_secret_new("x", 1);
    g_assert_null(gre_activation_resume(NULL, NULL, f->bus, &item, &activation_funcs, f, &error));
    g_assert_nonnull(error);
    WAIT(!fake_bus_has_owner(f->nm, RESUMED_NAME));
    g_variant_unref(item.record);
    gre_secret_unref(item.settings);
}

/* Not a crash, and no descriptor is left. */
static void
test_handover_file(Fixture *f, gconstpointer data)
{
    static const char *const texts[] = { "", "1234567", "\1\0\0\0\0\0\0\0",
                                         "\377\377\377\377\377\377\377\377", NULL };
    static const gsize       lengths[] = { 0, 7, 8, 8 };

    for (guint i = 0; texts[i]; i++) {
        g_autoptr(GError) error = NULL;
        int fd = memfd_create("test", MFD_CLOEXEC);

        g_assert_cmpint(write(fd, texts[i], lengths[i]), ==, lengths[i]);
        g_assert_null(gre_handover_read(fd, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_PROFILE);
        g_assert_cmpint(fcntl(fd, F_GETFD), ==, -1);
    }
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
    g_test_add("/activation/hand-over", Fixture, NULL, setup, test_hand_over, teardown);
    g_test_add("/activation/resume", Fixture, "192.0.2.2", setup, test_resume, teardown);
    g_test_add("/activation/resume-moved", Fixture, "192.0.2.3", setup, test_resume, teardown);
    g_test_add("/activation/resume-nothing", Fixture, NULL, setup, test_resume_nothing, teardown);
    g_test_add("/activation/handover-file", Fixture, NULL, setup, test_handover_file, teardown);
    return fake_bus_run_tests();
}
