/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether users may change the system's connections, with a logind and a polkit that are played
 * here, over a bus of the test's own.
 */
#include "nm/polkit.h"

#include "fake-bus.h"
#include "login-xml.h"

#include <string.h>
#include <unistd.h>

#define LOGIN  "org.freedesktop.login1"
#define POLKIT "org.freedesktop.PolicyKit1"

static const char polkit_xml[] =
    "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
    "<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>"
    "<arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='(bba{ss})' direction='out'/></method></interface></node>";

typedef struct {
    GDBusConnection *bus, *login, *polkit;
    GString         *questions; /* to polkit */
    gboolean         yes, challenge;
    gboolean         silent; /* polkit doesn't answer */
    gboolean         done;
    char            *why_not;
} Fixture;

/* alice is at the machine, bob came by a way that makes no session, carol's leader is gone. */
static void
login_call(GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *args,
           GDBusMethodInvocation *invocation,
           gpointer               data)
{
    g_dbus_method_invocation_return_value(
        invocation, g_variant_new_parsed("([(uint32 0, 'root', objectpath '/u/0'), "
                                         "(1234, 'alice', '/u/1234'), (1235, 'bob', '/u/1235'), "
                                         "(1236, 'carol', '/u/1236')],)"));
}

static GVariant *
login_get(GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *name,
          GError         **error,
          gpointer         data)
{
    if (strcmp(name, "Display") == 0)
        return strcmp(path, "/u/1235") == 0
                   ? g_variant_new("(so)", "", "/")
                   : g_variant_new("(so)", "3", strcmp(path, "/u/1234") == 0 ? "/s/3" : "/s/4");
    return g_variant_new_uint32(strcmp(path, "/s/3") == 0 ? (guint32) getpid() : 0x7ffffff0);
}

static void
polkit_call(GDBusConnection       *bus,
            const char            *sender,
            const char            *path,
            const char            *interface,
            const char            *method,
            GVariant              *args,
            GDBusMethodInvocation *invocation,
            gpointer               data)
{
    Fixture         *f = data;
    g_autofree char *text = g_variant_print(args, FALSE);

    g_string_append(f->questions, text);
    if (!f->silent)
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("((bb@a{ss}))", f->yes, f->challenge,
                                      g_variant_new_parsed("@a{ss} {'polkit.result': 'x'}")));
    else
        g_object_unref(invocation);
}

static void export(GDBusConnection            *bus,
                   const char                 *xml,
                   const char                 *interface,
                   const char                 *path,
                   const GDBusInterfaceVTable *vtable,
                   gpointer                    data)
{
    g_autoptr(GError) error = NULL;
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(xml, &error);

    g_assert_no_error(error);
    g_dbus_connection_register_object(bus, path, g_dbus_node_info_lookup_interface(node, interface),
                                      vtable, data, NULL, &error);
    g_assert_no_error(error);
    g_dbus_node_info_unref(node);
}

static void
setup(Fixture *f, gconstpointer data)
{
    static const GDBusInterfaceVTable login = { login_call, login_get, NULL, { 0 } };
    static const GDBusInterfaceVTable polkit = { polkit_call, NULL, NULL, { 0 } };

    f->questions = g_string_new(NULL);
    f->bus = fake_bus_connect();
    f->login = fake_bus_connect();
    f->polkit = fake_bus_connect();
    export(f->login, login_xml, LOGIN ".Manager", "/org/freedesktop/login1", &login, f);
    for (const char *const *path = (const char *const[]){ "/u/1234", "/u/1235", "/u/1236", NULL };
         *path; path++)
        export(f->login, login_xml, LOGIN ".User", *path, &login, f);
    export(f->login, login_xml, LOGIN ".Session", "/s/3", &login, f);
    export(f->login, login_xml, LOGIN ".Session", "/s/4", &login, f);
    export(f->polkit, polkit_xml, POLKIT ".Authority", "/org/freedesktop/PolicyKit1/Authority",
           &polkit, f);
    fake_bus_own(f->login, LOGIN);
    fake_bus_own(f->polkit, POLKIT);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    fake_bus_disconnect(f->bus);
    fake_bus_disconnect(f->login);
    fake_bus_disconnect(f->polkit);
    g_string_free(f->questions, TRUE);
    g_free(f->why_not);
}

static void
answered(const char *why_not, gpointer data)
{
    Fixture *f = data;

    g_assert_false(f->done);
    f->done = TRUE;
    f->why_not = g_strdup(why_not);
}

/* @users: with a space between two */
static void
ask(Fixture *f, const char *users, const char *why_not)
{
    g_auto(GStrv) names = g_strsplit(users, " ", -1);

    f->done = FALSE;
    g_string_truncate(f->questions, 0);
    g_clear_pointer(&f->why_not, g_free);
    gre_polkit_may_administer(f->bus, (const char *const *) names, NULL, answered, f);
    g_assert_false(f->done);
    WAIT(f->done);
    if (why_not && f->why_not)
        g_assert_nonnull(strstr(f->why_not, why_not));
    else
        g_assert_cmpstr(f->why_not, ==, why_not);
}

/* Asked about the leader as a process, never about the session; without a dialog. */
static void
test_yes(Fixture *f, gconstpointer data)
{
    g_autofree char *stat = NULL, *expected = NULL;
    guint64          start_time;

    f->yes = TRUE;
    ask(f, "alice", NULL);
    g_assert_true(g_file_get_contents("/proc/self/stat", &stat, NULL, NULL));
    g_assert_true(gre_polkit_start_time(stat, &start_time));
    g_assert_cmpuint(start_time, >, 0);
    expected = g_strdup_printf(
        "(('unix-process', {'pid': <uint32 %u>, 'start-time': <uint64 %" G_GUINT64_FORMAT
        ">, 'uid': <1234>}), 'org.freedesktop.NetworkManager.settings.modify.system', {}, 0, '')",
        (guint) getpid(), start_time);
    g_assert_cmpstr(f->questions->str, ==, expected);
}

static void
test_no(Fixture *f, gconstpointer data)
{
    ask(f, "alice", "polkit does not allow \"alice\" to");
    f->challenge = TRUE;
    ask(f, "alice", "password");
    f->yes = TRUE;
    f->challenge = FALSE;
    ask(f, "bob", "\"bob\" has no session");
    ask(f, "carol", "no leading process");
    ask(f, "dave", "\"dave\" is not logged in");
    g_assert_cmpstr(f->questions->str, ==, "");
    fake_bus_disown(f->polkit, POLKIT);
    ask(f, "alice", "polkit can't be asked: ");
    fake_bus_disown(f->login, LOGIN);
    ask(f, "alice", "systemd-logind can't be asked: ");
}

/* Each of several must be allowed; nobody is not everybody. */
static void
test_several(Fixture *f, gconstpointer data)
{
    const char *const nobody[] = { NULL };

    f->yes = TRUE;
    ask(f, "alice root alice", NULL);
    ask(f, "alice dave", "\"dave\"");
    ask(f, "dave alice", "\"dave\"");
    g_assert_cmpstr(f->questions->str, ==, "");
    ask(f, "root", NULL);
    g_assert_cmpstr(f->questions->str, ==, "");
    f->done = FALSE;
    g_clear_pointer(&f->why_not, g_free);
    gre_polkit_may_administer(f->bus, nobody, NULL, answered, f);
    WAIT(f->done);
    g_assert_nonnull(f->why_not);
}

static void
test_cancelled(Fixture *f, gconstpointer data)
{
    const char *const alice[] = { "alice", NULL };
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    f->silent = TRUE;
    gre_polkit_may_administer(f->bus, alice, cancellable, answered, f);
    WAIT(f->questions->len > 0);
    g_cancellable_cancel(cancellable);
    fake_bus_run(200);
    gre_polkit_may_administer(f->bus, alice, cancellable, answered, f);
    fake_bus_run(200);
    g_assert_false(f->done);
}

static void
test_start_time(void)
{
    static const char rest[] =
        " S 1 2 3 4 -1 6 7 8 9 10 11 12 13 14 20 0 1 0 4711 100 200 18446744073709551615";
    g_autofree char *plain = g_strconcat("17 (sshd)", rest, NULL);
    g_autofree char *odd = g_strconcat("17 (a) S 9 9 (b 1 2)", rest, NULL);
    guint64          found = 0;

    g_assert_true(gre_polkit_start_time(plain, &found));
    g_assert_cmpuint(found, ==, 4711);
    found = 0;
    g_assert_true(gre_polkit_start_time(odd, &found));
    g_assert_cmpuint(found, ==, 4711);
    g_assert_false(gre_polkit_start_time("", &found));
    g_assert_false(gre_polkit_start_time("17 (sshd)", &found));
    g_assert_false(gre_polkit_start_time("17 (sshd) S 1 2 3", &found));
    g_assert_false(
        gre_polkit_start_time("17 (x) S 1 2 3 4 -1 6 7 8 9 10 11 12 13 14 20 0 1 0 -5 1", &found));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/polkit/yes", Fixture, NULL, setup, test_yes, teardown);
    g_test_add("/polkit/no", Fixture, NULL, setup, test_no, teardown);
    g_test_add("/polkit/several", Fixture, NULL, setup, test_several, teardown);
    g_test_add("/polkit/cancelled", Fixture, NULL, setup, test_cancelled, teardown);
    g_test_add_func("/polkit/start-time", test_start_time);
    return fake_bus_run_tests();
}
