/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program nm-gre itself, on a bus of the test's own where the test plays the service: what it
 * prints, and how it ends.
 */
#include "client/command.h"
#include "gre-service-names.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define NAMES                                                              \
    "[{'id': <'a'>, 'uuid': <'1-a'>, 'state': <'%s'>, 'failure': <'%s'>}," \
    " {'id': <'b'>, 'uuid': <'1-b'>, 'state': <'active'>, 'companion-id': <'b-ipsec'>}]"

static const char introspection[] =
    "<node><interface name='" GRE_SERVICE_INTERFACE "'>"
    "<method name='GetStatus'><arg name='tunnels' type='aa{sv}' direction='out'/></method>"
    "<signal name='StateChanged'><arg type='s'/><arg type='s'/><arg type='s'/></signal>"
    "</interface></node>";

static char *program, *bus_address;

/* ---- the service ---- */

typedef struct {
    GDBusConnection *bus;
    guint            object;
    GVariant        *status; /* NULL: refuses */
    int              refusal;
} Service;

static void
on_call(GDBusConnection       *bus,
        const char            *sender,
        const char            *path,
        const char            *interface,
        const char            *method,
        GVariant              *args,
        GDBusMethodInvocation *invocation,
        gpointer               data)
{
    Service *service = data;

    if (service->status)
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(@aa{sv})", service->status));
    else
        g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, service->refusal, "no");
}

static void
call_bus(Service *service, const char *method, GVariant *args)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = g_dbus_connection_call_sync(
        service->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        method, args, NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);

    g_assert_no_error(error);
    g_variant_unref(answer);
}

static void
take_name(Service *service)
{
    call_bus(service, "RequestName", g_variant_new("(su)", GRE_SERVICE_NAME, 4));
}

static void
give_name(Service *service)
{
    call_bus(service, "ReleaseName", g_variant_new("(s)", GRE_SERVICE_NAME));
}

static void
set_status(Service *service, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&service->status, g_variant_unref);
    service->status = g_variant_parse(G_VARIANT_TYPE("aa{sv}"), text, NULL, NULL, &error);
    g_assert_no_error(error);
}

static void
emit(Service *service, const char *uuid, const char *state, const char *cause)
{
    g_dbus_connection_emit_signal(service->bus, NULL, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE,
                                  "StateChanged", g_variant_new("(sss)", uuid, state, cause), NULL);
}

static void
setup(Service *service, gconstpointer data)
{
    static const GDBusInterfaceVTable vtable = { .method_call = on_call };
    GDBusNodeInfo                    *node = g_dbus_node_info_new_for_xml(introspection, NULL);
    g_autoptr(GError) error = NULL;

    service->bus =
        g_dbus_connection_new_for_address_sync(bus_address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    service->object = g_dbus_connection_register_object(
        service->bus, GRE_SERVICE_PATH, node->interfaces[0], &vtable, service, NULL, &error);
    g_assert_no_error(error);
    g_dbus_node_info_unref(node);
}

static void
teardown(Service *service, gconstpointer data)
{
    give_name(service);
    g_dbus_connection_unregister_object(service->bus, service->object);
    g_dbus_connection_close_sync(service->bus, NULL, NULL);
    g_object_unref(service->bus);
    g_clear_pointer(&service->status, g_variant_unref);
}

/* ---- the program ---- */

typedef struct {
    char    *out, *err;
    int      status;
    gboolean done;
} Run;

static void
on_end(GObject *source, GAsyncResult *result, gpointer data)
{
    Run *run = data;
    g_autoptr(GError) error = NULL;

    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, &run->out, &run->err,
                                         &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_exited(G_SUBPROCESS(source)));
    run->status = g_subprocess_get_exit_status(G_SUBPROCESS(source));
    run->done = TRUE;
}

static GSubprocess *
start(const char *arguments, GSubprocessFlags flags)
{
    g_autofree char *line = g_strdup_printf("%s %s", program, arguments);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = NULL;
    GSubprocess *process;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &error));
    process = g_subprocess_newv((const char *const *) argv, flags, &error);
    g_assert_no_error(error);
    return process;
}

/* Runs it to the end; then @out must be found in stdout and @err in stderr. */
static void
check_run(const char *arguments, GreExit status, const char *out, const char *err)
{
    g_autoptr(GSubprocess) process =
        start(arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    Run run = { 0 };

    g_subprocess_communicate_utf8_async(process, NULL, NULL, on_end, &run);
    while (!run.done)
        g_main_context_iteration(NULL, TRUE);
    g_test_message("nm-gre %s: %d\n%s%s", arguments, run.status, run.out, run.err);
    g_assert_cmpint(run.status, ==, status);
    g_assert_nonnull(strstr(run.out, out));
    g_assert_nonnull(strstr(run.err, err));
    g_assert_true(status == GRE_EXIT_OK || run.out[0] == '\0');
    if (run.err[0]) /* one line */
        g_assert_true(strchr(run.err, '\n') == run.err + strlen(run.err) - 1 &&
                      g_str_has_prefix(run.err, "nm-gre: "));
    g_free(run.out);
    g_free(run.err);
}

/* Its output goes to a disk that is full. */
static void
check_full_disk(const char *arguments)
{
    g_autofree char *line = g_strdup_printf("%s %s", program, arguments);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = NULL;
    Run run = { 0 };

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &error));
    g_subprocess_launcher_set_stdout_file_path(launcher, "/dev/full");
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *) argv, &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8_async(process, NULL, NULL, on_end, &run);
    while (!run.done)
        g_main_context_iteration(NULL, TRUE);
    g_test_message("nm-gre %s: %d\n%s", arguments, run.status, run.err);
    g_assert_cmpint(run.status, ==, GRE_EXIT_FAILED);
    g_assert_nonnull(strstr(run.err, "write"));
    g_free(run.out);
    g_free(run.err);
}

/* ---- the cases ---- */

static void
test_usage(Service *service, gconstpointer data)
{
    check_run("--help", GRE_EXIT_OK, "Commands:", "");
    check_run("-h", GRE_EXIT_OK, "Exit status:", "");
    check_run("--version", GRE_EXIT_OK, "NetworkManager-gre ", "");
    check_run("", GRE_EXIT_USAGE, "", "nm-gre: no command given");
    check_run("frobnicate", GRE_EXIT_USAGE, "", "\"frobnicate\"");
    check_run("--list-values", GRE_EXIT_USAGE, "", "--list-values");
    check_run("'a\033[2J\nb'", GRE_EXIT_USAGE, "", "\"a\\x1b[2J\\nb\"");
    check_run("status --frobnicate", GRE_EXIT_USAGE, "", "--frobnicate (nm-gre status --help)");
    check_run("watch --interval 0", GRE_EXIT_USAGE, "", "--interval");
    check_run("protect", GRE_EXIT_USAGE, "", "CONNECTION (nm-gre protect --help)");
    check_run("protect a b", GRE_EXIT_USAGE, "", "CONNECTION");
    check_run("unprotect", GRE_EXIT_USAGE, "", "CONNECTION");
    check_run("protect a --ask --psk-file f", GRE_EXIT_USAGE, "", "mutually exclusive");
    check_run("protect a --persistent maybe", GRE_EXIT_USAGE, "", "yes or no");
    check_run("protect a --set ipsec-psk=topsecret", GRE_EXIT_USAGE, "", "is a secret");
    check_run("protect a --set ttl=3", GRE_EXIT_USAGE, "", "comes from the ip-tunnel profile");
    check_run("protect --list", GRE_EXIT_USAGE, "", "--list");
}

static void
test_suggestions(Service *service, gconstpointer data)
{
    check_run("staus", GRE_EXIT_USAGE, "", "\"staus\"; did you mean \"status\"?\n");
    check_run("emsh", GRE_EXIT_USAGE, "", "did you mean \"mesh\"?\n");
    check_run("--hepl", GRE_EXIT_USAGE, "",
              "unknown option \"--hepl\"; did you mean \"--help\"?\n");
    check_run("tunnel", GRE_EXIT_USAGE, "", "\"tunnel\" (see nm-gre --help)\n");
    check_run("status --jsno", GRE_EXIT_USAGE, "",
              "--jsno; did you mean \"--json\"? (nm-gre status --help)\n");
    check_run("watch a --intervall=3", GRE_EXIT_USAGE, "", "did you mean \"--interval\"?");
    check_run("peer a --hlep", GRE_EXIT_USAGE, "", "did you mean \"--help\"?");
    check_run("status -x", GRE_EXIT_USAGE, "", "-x (nm-gre status --help)\n");
    check_run("protect a --set ipsec-dpd-dealy=3", GRE_EXIT_USAGE, "",
              "did you mean \"ipsec-dpd-delay\"?");
}

static void
test_help(Service *service, gconstpointer data)
{
    check_run("help", GRE_EXIT_OK, "Commands:", "");
    check_run("help status", GRE_EXIT_OK, "nm-gre status [OPTION", "");
    check_run("help status", GRE_EXIT_OK, "--json", "");
    check_run("help help", GRE_EXIT_OK, "nm-gre help [OPTION", "");
    check_run("help staus", GRE_EXIT_USAGE, "", "did you mean \"status\"?\n");
}

/* A name that isn't quoted is the usual cause. */
static void
test_too_many(Service *service, gconstpointer data)
{
    check_run("doctor a b", GRE_EXIT_USAGE, "",
              "unexpected argument \"b\": doctor takes only [CONNECTION]; quote a name that has "
              "spaces (nm-gre doctor --help)\n");
    check_run("help status watch", GRE_EXIT_USAGE, "", "\"watch\": help takes only [COMMAND]");
}

static void
test_lists(Service *service, gconstpointer data)
{
    check_run("--list-commands", GRE_EXIT_OK, "status\nwatch\nprotect\nunprotect\n", "");
    check_run("--list-options watch", GRE_EXIT_OK, "--json\n--interval=\n--help\n", "");
    check_run("--list-options frobnicate", GRE_EXIT_OK, "--help\n", "");
    check_run("--list-keys", GRE_EXIT_OK, "ipsec\nipsec-local-id\nipsec-remote-id\n", "");
    check_run("--list-values ipsec", GRE_EXIT_OK, "no\npsk\npubkey\n", "");
    check_run("--list-values frobnicate", GRE_EXIT_OK, "", "");
}

static void
test_not_running(Service *service, gconstpointer data)
{
    check_run("status", GRE_EXIT_NOT_RUNNING, "", "the service is not running");
    check_run("status --json a", GRE_EXIT_NOT_RUNNING, "", "the service is not running");
    check_run("protect a", GRE_EXIT_NOT_RUNNING, "", "NetworkManager is not running");
    check_run("unprotect a", GRE_EXIT_NOT_RUNNING, "", "NetworkManager is not running");
}

static void
test_status(Service *service, gconstpointer data)
{
    g_autofree char *text = g_strdup_printf(NAMES, "seeking", "no answer");

    take_name(service);
    set_status(service, text);
    check_run("status", GRE_EXIT_OK, "NAME  STATE    DEVICE", "");
    check_run("status", GRE_EXIT_OK, "\na: no answer\n", "");
    check_run("status a", GRE_EXIT_OK, "a\n  state           seeking", "");
    check_run("status 1-b", GRE_EXIT_OK, "b\n  state           active\n", "");
    check_run("status -- b-ipsec", GRE_EXIT_OK, "b\n  state           active\n", "");
    check_run("status b --json", GRE_EXIT_OK, "[\n  {\n    \"id\" : \"b\",", "");
    check_run("status a c", GRE_EXIT_NOT_FOUND, "", "\"c\"");
    check_run("status 'c\377'", GRE_EXIT_NOT_FOUND, "", "\"c\\xff\"");
    set_status(service, "[]");
    check_run("status", GRE_EXIT_OK, "No tunnels", "");
    check_run("status --json", GRE_EXIT_OK, "[]\n", "");
}

/* A file that is replaced in one step, and no other left beside it. */
static void
test_metrics(Service *service, gconstpointer data)
{
    g_autofree char *text = g_strdup_printf(NAMES, "seeking", "no answer");
    g_autofree char *dir = g_dir_make_tmp("gre-metrics-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "nm-gre.prom", NULL), *written = NULL;
    g_autofree char *arguments = g_strdup_printf("metrics -f prometheus -o %s", file);
    g_autofree char *nowhere = g_strdup_printf("metrics --output %s/x/y", dir);

    check_run("metrics", GRE_EXIT_OK, "\nnm_gre_service_up 0\n# EOF\n", "");
    take_name(service);
    set_status(service, text);
    check_run("metrics", GRE_EXIT_OK,
              "\nnm_gre_tunnel_state{tunnel=\"a\",uuid=\"1-a\",state=\"seeking\"} 1\n", "");
    check_run("metrics --format=prometheus", GRE_EXIT_OK, "# TYPE nm_gre_tunnel_info gauge\n", "");
    check_run("metrics --format xml", GRE_EXIT_USAGE, "", "openmetrics or prometheus");
    check_run("metrics a", GRE_EXIT_USAGE, "", "\"a\": metrics takes only options");
    g_assert_true(g_file_set_contents(file, "old", -1, NULL));
    check_run(arguments, GRE_EXIT_OK, "", "");
    g_assert_true(g_file_get_contents(file, &written, NULL, NULL));
    g_assert_nonnull(strstr(written, "\nnm_gre_service_up 1\n"));
    check_run(nowhere, GRE_EXIT_FAILED, "", "can't write");
    service->refusal = G_DBUS_ERROR_ACCESS_DENIED;
    g_clear_pointer(&service->status, g_variant_unref);
    check_run("metrics", GRE_EXIT_NOT_PERMITTED, "", "doesn't let you");
    g_assert_cmpint(g_unlink(file), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* Little output, which fails to be written at the end, and more than stdio buffers, which fails
 * before. */
static void
test_full_disk(Service *service, gconstpointer data)
{
    g_autofree char *cause = g_strnfill(20000, 'x');
    g_autofree char *text = g_strdup_printf(NAMES, "seeking", cause);

    check_full_disk("--version");
    check_full_disk("--list-commands");
    take_name(service);
    set_status(service, "[]");
    check_full_disk("status");
    set_status(service, text);
    check_full_disk("status a");
    check_full_disk("status --json");
}

static void
test_refused(Service *service, gconstpointer data)
{
    take_name(service);
    service->refusal = G_DBUS_ERROR_ACCESS_DENIED;
    check_run("status", GRE_EXIT_NOT_PERMITTED, "", "doesn't let you read the service's status");
    check_run("watch", GRE_EXIT_NOT_PERMITTED, "", "doesn't let you read the service's status");
    service->refusal = G_DBUS_ERROR_UNKNOWN_METHOD;
    check_run("status", GRE_EXIT_FAILED, "", "can't read the service's status");
}

/* ---- mesh ---- */

typedef struct {
    char *dir, *sites, *seed, *output, *arguments;
} Mesh;

static void
mesh_new(Mesh *mesh)
{
    mesh->dir = g_dir_make_tmp("gre-mesh-XXXXXX", NULL);
    mesh->sites = g_build_filename(mesh->dir, "sites.yaml", NULL);
    mesh->seed = g_build_filename(mesh->dir, "seed", NULL);
    mesh->output = g_build_filename(mesh->dir, "out", NULL);
    mesh->arguments = g_strdup_printf("mesh %s --seed-file %s --output %s/", mesh->sites,
                                      mesh->seed, mesh->output);
    g_assert_true(g_file_set_contents(mesh->sites,
                                      "pool: 10.255.0.0/24\nsites:\n  a: { address: 192.0.2.1 }\n"
                                      "  b: { address: 192.0.2.2 }\n",
                                      -1, NULL));
    g_assert_true(g_file_set_contents(mesh->seed, "a seed of at least 32 characters\n", -1, NULL));
    g_assert_cmpint(g_chmod(mesh->seed, 0600), ==, 0);
}

static void
mesh_free(Mesh *mesh)
{
    g_autofree char *line = g_strdup_printf("rm -rf %s", mesh->dir);

    g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL));
    g_free(mesh->dir);
    g_free(mesh->sites);
    g_free(mesh->seed);
    g_free(mesh->output);
    g_free(mesh->arguments);
}

/* A seed or a directory that another user can have made or can change is not used. */
static void
check_not_own_with(const Mesh *mesh, const char *arguments, const char *path)
{
    g_autofree char *written = g_build_filename(mesh->output, "a", NULL);
    g_autofree char *other = g_strconcat(path, ".other", NULL);

    g_assert_cmpint(g_chmod(path, 0720), ==, 0);
    check_run(arguments, GRE_EXIT_FAILED, "", "other users can write to");
    g_assert_cmpint(g_chmod(path, 01702), ==, 0);
    check_run(arguments, GRE_EXIT_FAILED, "", "other users can write to");
    g_assert_cmpint(g_chmod(path, 0700), ==, 0);
    if (geteuid() == 0) {
        g_assert_cmpint(chown(path, 12345, 0), ==, 0);
        check_run(arguments, GRE_EXIT_FAILED, "", "belongs to another user");
        g_assert_cmpint(chown(path, 0, 0), ==, 0);
    }
    g_assert_cmpint(g_rename(path, other), ==, 0);
    g_assert_cmpint(symlink(other, path), ==, 0);
    check_run(arguments, GRE_EXIT_FAILED, "", "is a symbolic link");
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rename(other, path), ==, 0);
    g_assert_false(g_file_test(written, G_FILE_TEST_EXISTS));
}

static void
check_not_own(const Mesh *mesh, const char *path)
{
    check_not_own_with(mesh, mesh->arguments, path);
}

static void
test_mesh_not_own(Service *service, gconstpointer data)
{
    Mesh             mesh;
    g_autofree char *site = NULL;

    mesh_new(&mesh);
    check_not_own(&mesh, mesh.seed);
    g_assert_cmpint(g_mkdir(mesh.output, 0700), ==, 0);
    check_not_own(&mesh, mesh.output);
    site = g_build_filename(mesh.output, "a", NULL);
    g_assert_cmpint(g_mkdir(site, 0700), ==, 0);
    g_assert_cmpint(g_chmod(site, 0770), ==, 0);
    check_run(mesh.arguments, GRE_EXIT_FAILED, "", "other users can write to");
    g_assert_cmpint(g_chmod(site, 0700), ==, 0);
    check_run(mesh.arguments, GRE_EXIT_OK, "Wrote 2 files for 1 tunnels", "");
    mesh_free(&mesh);
}

/* --make-seed uses a seed that exists, on the same terms. */
static void
test_mesh_make_seed(Service *service, gconstpointer data)
{
    Mesh             mesh;
    g_autofree char *arguments = NULL;

    mesh_new(&mesh);
    arguments = g_strconcat(mesh.arguments, " --make-seed", NULL);
    g_assert_cmpint(g_chmod(mesh.seed, 0620), ==, 0);
    check_run(arguments, GRE_EXIT_FAILED, "", "other users can write to");
    g_assert_cmpint(g_unlink(mesh.seed), ==, 0);
    check_run(arguments, GRE_EXIT_OK, "Wrote 2 files", "");
    check_run(mesh.arguments, GRE_EXIT_OK, "Wrote 2 files", "");
    mesh_free(&mesh);
}

static void
mesh_describe(const Mesh *mesh, const char *sites)
{
    g_autofree char *text = g_strconcat("pool: 10.255.0.0/24\nsites:\n"
                                        "  a: { address: 192.0.2.1 }\n",
                                        sites, NULL);

    g_assert_true(g_file_set_contents(mesh->sites, text, -1, NULL));
}

static gboolean
mesh_has(const Mesh *mesh, const char *name)
{
    g_autofree char *path = g_build_filename(mesh->output, name, NULL);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void
mesh_put(const Mesh *mesh, const char *name)
{
    g_autofree char *path = g_build_filename(mesh->output, name, NULL);

    g_assert_true(g_file_set_contents(path, "", -1, NULL));
}

/* Files of a site that is gone are removed if mesh wrote them and they are still files; whatever
 * else is there stays. */
static void
test_mesh_prune(Service *service, gconstpointer data)
{
    Mesh             mesh;
    g_autofree char *arguments = NULL, *link = NULL;

    mesh_new(&mesh);
    arguments = g_strconcat(mesh.arguments, " --prune", NULL);
    mesh_describe(&mesh, "  b: { address: 192.0.2.2 }\n  c: { address: 192.0.2.3 }\n");
    check_run(arguments, GRE_EXIT_OK, "Wrote 6 files for 3 tunnels", "");
    mesh_put(&mesh, "a/c.nmconnection.orig");
    link = g_build_filename(mesh.output, "b", "c.nmconnection", NULL);
    g_assert_cmpint(g_unlink(link), ==, 0);
    g_assert_cmpint(symlink("../../seed", link), ==, 0);

    mesh_describe(&mesh, "  b: { address: 192.0.2.2 }\n");
    check_run(mesh.arguments, GRE_EXIT_OK,
              "4 files of earlier runs are no longer needed: --prune removes them.\n"
              "Wrote 2 files for 1 tunnels",
              "");
    g_assert_true(mesh_has(&mesh, "c/a.nmconnection"));
    check_run(arguments, GRE_EXIT_OK,
              "Removed a/c.nmconnection.\n"
              "Kept b/c.nmconnection: it is no longer a regular file.\n"
              "Removed c/a.nmconnection.\nRemoved c/b.nmconnection.\nRemoved c.\n"
              "Wrote 2 files for 1 tunnels",
              "");
    g_assert_false(mesh_has(&mesh, "a/c.nmconnection"));
    g_assert_true(mesh_has(&mesh, "a/b.nmconnection"));
    g_assert_true(mesh_has(&mesh, "a/c.nmconnection.orig"));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_true(g_file_test(mesh.seed, G_FILE_TEST_EXISTS));
    check_run(arguments, GRE_EXIT_OK, "Wrote 2 files for 1 tunnels", "");
    mesh_free(&mesh);
}

/* A record that names something outside the directory is not followed. */
static void
test_mesh_record(Service *service, gconstpointer data)
{
    static const char *const names[] = { "../seed", "a/../../seed", "/etc/passwd", "a/b/c",
                                         "seed" };
    Mesh                     mesh;
    g_autofree char         *arguments = NULL, *record = NULL;

    mesh_new(&mesh);
    arguments = g_strconcat(mesh.arguments, " --prune", NULL);
    check_run(arguments, GRE_EXIT_OK, "Wrote 2 files", "");
    record = g_build_filename(mesh.output, ".nm-gre-mesh", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_true(g_file_set_contents(record, names[i], -1, NULL));
        check_run(arguments, GRE_EXIT_FAILED, "",
                  "/.nm-gre-mesh: line 1: not the name of a file that mesh writes\n");
    }
    g_assert_true(g_file_test(mesh.seed, G_FILE_TEST_EXISTS));
    g_assert_cmpint(g_chmod(record, 0660), ==, 0);
    check_run(arguments, GRE_EXIT_FAILED, "", "other users can write to");
    mesh_free(&mesh);
}

static char *
mesh_text(const Mesh *mesh, const char *name)
{
    g_autofree char *path = g_build_filename(mesh->dir, name, NULL);
    char            *text = NULL;
    struct stat      st;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    return text;
}

/* The CA's key, and that it isn't in the output. */
static void
check_ca(const Mesh *mesh)
{
    g_autofree char *key = mesh_text(mesh, "ca/ca.key"), *out = NULL, *line = NULL;
    g_auto(GStrv) lines = g_strsplit(key, "\n", 3);
    int status;

    line = g_strdup_printf("grep -rlF -e %s %s", lines[1], mesh->output);
    g_assert_true(g_spawn_command_line_sync(line, &out, NULL, &status, NULL));
    g_assert_cmpstr(out, ==, "");
}

/* A second run keeps keys and certificates; a site that comes later gets its own; a site with
 * another identity another certificate. */
static void
test_mesh_ca(Service *service, gconstpointer data)
{
    Mesh             mesh;
    g_autofree char *arguments = NULL, *key = NULL, *cert = NULL, *again = NULL, *renewed = NULL;
    const char      *options = "options: { ipsec: pubkey }\nca-directory: ca\n";
    g_autofree char *first = g_strconcat("  b: { address: 192.0.2.2 }\n", options, NULL);
    g_autofree char *more = g_strconcat("  b: { address: 192.0.2.2 }\n"
                                        "  c: { address: 192.0.2.3 }\n",
                                        options, NULL);
    g_autofree char *moved = g_strconcat("  b: { address: 192.0.2.9 }\n", options, NULL);

    mesh_new(&mesh);
    arguments = g_strconcat(mesh.arguments, " --make-ca", NULL);
    check_run(arguments, GRE_EXIT_USAGE, "", "a CA is for certificates");
    mesh_describe(&mesh, first);
    check_run(mesh.arguments, GRE_EXIT_FAILED, "", "/ca/ca.key does not exist: --make-ca");
    check_run(arguments, GRE_EXIT_OK, "Issued a certificate for a.\nIssued a certificate for b.\n",
              "");
    check_ca(&mesh);
    key = mesh_text(&mesh, "out/b/b.key");
    cert = mesh_text(&mesh, "out/b/b.pem");
    g_free(mesh_text(&mesh, "out/b/mesh-ca.crt"));
    check_run(arguments, GRE_EXIT_OK, "Wrote 8 files for 1 tunnels", "");
    mesh_describe(&mesh, more);
    check_run(mesh.arguments, GRE_EXIT_OK, "Issued a certificate for c.\nWrote 15 files", "");
    again = mesh_text(&mesh, "out/b/b.pem");
    g_assert_cmpstr(cert, ==, again);
    mesh_describe(&mesh, moved);
    check_run(mesh.arguments, GRE_EXIT_OK, "Issued a certificate for b.\n", "");
    renewed = mesh_text(&mesh, "out/b/b.pem");
    g_assert_cmpstr(cert, !=, renewed);
    g_free(again);
    again = mesh_text(&mesh, "out/b/b.key");
    g_assert_cmpstr(key, ==, again);
    mesh_free(&mesh);
}

/* The directory with the CA's private key must not be copied to a site, and is its owner's. */
static void
test_mesh_ca_place(Service *service, gconstpointer data)
{
    Mesh             mesh;
    g_autofree char *arguments = NULL, *ca = NULL;

    mesh_new(&mesh);
    mesh_describe(&mesh, "  b: { address: 192.0.2.2 }\noptions: { ipsec: pubkey }\n");
    check_run(mesh.arguments, GRE_EXIT_USAGE, "", "certificates need a CA");
    arguments =
        g_strdup_printf("%s --make-ca --ca-directory %s/a/../b", mesh.arguments, mesh.output);
    check_run(arguments, GRE_EXIT_USAGE, "", "is in the output directory");
    g_free(arguments);
    ca = g_build_filename(mesh.dir, "ca", NULL);
    arguments = g_strdup_printf("%s --make-ca --ca-directory %s", mesh.arguments, ca);
    g_assert_cmpint(g_mkdir(ca, 0700), ==, 0);
    check_not_own_with(&mesh, arguments, ca);
    check_run(arguments, GRE_EXIT_OK, "Made a CA: ", "");
    mesh_free(&mesh);
}

/* ---- watch ---- */

typedef struct {
    GSubprocess      *process;
    GDataInputStream *out;
    char             *line;
    gboolean          got;
} Watching;

static void
on_line(GObject *source, GAsyncResult *result, gpointer data)
{
    Watching *w = data;

    w->line =
        g_data_input_stream_read_line_finish_utf8(G_DATA_INPUT_STREAM(source), result, NULL, NULL);
    w->got = TRUE;
}

static gboolean
on_late(gpointer data)
{
    g_error("no line came");
    return G_SOURCE_REMOVE;
}

/* The next line must match @pattern; NULL: there must be none any more. */
static void
expect_line(Watching *w, const char *pattern)
{
    guint late = g_timeout_add_seconds(10, on_late, NULL);

    w->got = FALSE;
    g_data_input_stream_read_line_async(w->out, 0, NULL, on_line, w);
    while (!w->got)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(late);
    g_test_message("%s", w->line ? w->line : "(end)");
    if (pattern)
        g_assert_true(w->line && g_pattern_match_simple(pattern, w->line));
    else
        g_assert_null(w->line);
    g_clear_pointer(&w->line, g_free);
}

static Watching
watch(const char *arguments)
{
    Watching w = { .process = start(arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE) };

    w.out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(w.process));
    return w;
}

static void
end_watch(Watching *w)
{
    g_autoptr(GError) error = NULL;

    g_subprocess_send_signal(w->process, SIGINT);
    expect_line(w, NULL);
    g_subprocess_wait(w->process, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_exited(w->process));
    g_assert_cmpint(g_subprocess_get_exit_status(w->process), ==, GRE_EXIT_OK);
    g_object_unref(w->out);
    g_object_unref(w->process);
}

/* Waiting for a service that isn't there, its coming and going, what it signals, and what changed
 * while it was away. */
static void
test_watch(Service *service, gconstpointer data)
{
    g_autofree char *before = g_strdup_printf(NAMES, "active", "");
    g_autofree char *after = g_strdup_printf(NAMES, "seeking", "no \033answer");
    Watching         w = watch("watch");

    expect_line(&w, "20*-*-* *:*:*  the service is not running: waiting for it");
    set_status(service, before);
    take_name(service);
    expect_line(&w, "*  the service is back");
    emit(service, "1-c", "active", ""); /* one that it doesn't know */
    expect_line(&w, "*  1-c: active");
    emit(service, "1-b", "seeking", "the SA is \033gone");
    expect_line(&w, "*  b: seeking (the SA is \\x1bgone)");
    emit(service, "1-b", "active", "");
    expect_line(&w, "*  b: active");
    give_name(service);
    expect_line(&w, "*  the service has stopped: waiting for it");
    set_status(service, after);
    take_name(service);
    expect_line(&w, "*  the service is back");
    expect_line(&w, "*  a: seeking (no \\x1banswer)");
    end_watch(&w);
}

static void
test_watch_json(Service *service, gconstpointer data)
{
    g_autofree char *status = g_strdup_printf(NAMES, "active", "");
    Watching         w;

    set_status(service, status);
    w = watch("watch --json b");
    expect_line(&w, "{\"time\":*,\"service\":\"gone\"}");
    take_name(service);
    expect_line(&w, "{\"time\":*,\"service\":\"back\"}");
    emit(service, "1-a", "down", ""); /* not asked for */
    emit(service, "1-b", "down", "x");
    expect_line(&w,
                "{\"time\":*,\"id\":\"b\",\"uuid\":\"1-b\",\"state\":\"down\",\"cause\":\"x\"}");
    end_watch(&w);
    check_run("watch c", GRE_EXIT_NOT_FOUND, "", "\"c\"");
}

int
main(int argc, char **argv)
{
    GTestDBus *bus;
    int        status;

    g_test_init(&argc, &argv, NULL);
    bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(bus);
    bus_address = g_strdup(g_test_dbus_get_bus_address(bus));
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address, TRUE);
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    program = g_test_build_filename(G_TEST_BUILT, "..", "..", "src", "nm-gre", NULL);
    g_test_add("/command/usage", Service, NULL, setup, test_usage, teardown);
    g_test_add("/command/suggestions", Service, NULL, setup, test_suggestions, teardown);
    g_test_add("/command/help", Service, NULL, setup, test_help, teardown);
    g_test_add("/command/too-many", Service, NULL, setup, test_too_many, teardown);
    g_test_add("/command/lists", Service, NULL, setup, test_lists, teardown);
    g_test_add("/command/not-running", Service, NULL, setup, test_not_running, teardown);
    g_test_add("/command/status", Service, NULL, setup, test_status, teardown);
    g_test_add("/command/metrics", Service, NULL, setup, test_metrics, teardown);
    g_test_add("/command/full-disk", Service, NULL, setup, test_full_disk, teardown);
    g_test_add("/command/refused", Service, NULL, setup, test_refused, teardown);
    g_test_add("/command/mesh/not-own", Service, NULL, setup, test_mesh_not_own, teardown);
    g_test_add("/command/mesh/prune", Service, NULL, setup, test_mesh_prune, teardown);
    g_test_add("/command/mesh/record", Service, NULL, setup, test_mesh_record, teardown);
    g_test_add("/command/mesh/ca", Service, NULL, setup, test_mesh_ca, teardown);
    g_test_add("/command/mesh/ca-place", Service, NULL, setup, test_mesh_ca_place, teardown);
    g_test_add("/command/mesh/make-seed", Service, NULL, setup, test_mesh_make_seed, teardown);
    g_test_add("/command/watch", Service, NULL, setup, test_watch, teardown);
    g_test_add("/command/watch-json", Service, NULL, setup, test_watch_json, teardown);
    status = g_test_run();
    g_test_dbus_down(bus);
    g_object_unref(bus);
    g_free(program);
    g_free(bus_address);
    return status;
}
