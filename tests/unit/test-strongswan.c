/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where strongSwan is: a directory stands for the root of each distribution's file system. */
#include "config.h"

#include "gre-strongswan.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gre-error.h"
#include "vici/vici-connect.h"

typedef struct {
    char *root;
    int   listeners[2];
} Machine;

static char *
path_of(const Machine *m, const char *name)
{
    return g_strconcat(m->root, name, NULL);
}

static void
put(const Machine *m, const char *name, const char *text)
{
    g_autofree char *path = path_of(m, name), *directory = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
setup(Machine *m, gconstpointer data)
{
    m->root = g_dir_make_tmp("gre-XXXXXX", NULL);
    m->listeners[0] = m->listeners[1] = -1;
    gre_strongswan_set_root(m->root);
}

static void
teardown(Machine *m, gconstpointer data)
{
    g_autofree char *command = g_strdup_printf("rm -r '%s'", m->root);

    for (gsize i = 0; i < G_N_ELEMENTS(m->listeners); i++)
        if (m->listeners[i] >= 0)
            close(m->listeners[i]);
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    gre_strongswan_set_root(NULL);
    g_free(m->root);
}

/* ---- distributions ---- */

static const struct {
    const char *release, *package, *install, *dir;
} systems[] = {
    { "ID=debian\n", "charon-systemd", "apt install charon-systemd", "/etc" },
    { "ID=ubuntu\nID_LIKE=debian\n", "charon-systemd", "apt install charon-systemd", "/etc" },
    { "NAME=x\nID=fedora\n", "strongswan", "dnf install strongswan &&", "/etc/strongswan" },
    { "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "strongswan", "dnf install epel-release",
      "/etc/strongswan" },
    { "ID=\"rhel\"\nID_LIKE=\"fedora\"\n", "strongswan", "dnf install https://dl.fedoraproject.org",
      "/etc/strongswan" },
    { "ID='opensuse-tumbleweed'\nID_LIKE=\"opensuse suse\"\n", "strongswan", "zypper install",
      "/etc" },
    { "ID=arch\n", "strongswan", "pacman -S strongswan", "/etc" },
    { "ID=other\nVERSION_ID=1\n", "strongswan", NULL, "/etc" },
    { "", "strongswan", NULL, "/etc" },
};

static void
test_systems(Machine *m, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++) {
        g_autofree char           *os = NULL;
        const GreStrongswanSystem *system;

        put(m, "/usr/lib/os-release", systems[i].release);
        os = gre_strongswan_os();
        system = gre_strongswan_system(os);
        g_assert_cmpstr(system->package, ==, systems[i].package);
        g_assert_cmpstr(gre_strongswan_config_dir(), ==, systems[i].dir);
        if (systems[i].install)
            g_assert_true(g_str_has_prefix(system->install, systems[i].install));
        else
            g_assert_null(system->install);
    }
}

/* ---- settings ---- */

/* What is there counts for more than what the distribution usually has. */
static void
test_config_dir(Machine *m, gconstpointer data)
{
    g_autofree char *path = NULL;

    put(m, "/etc/os-release", "ID=debian\n");
    put(m, "/etc/strongswan/swanctl/swanctl.conf", "");
    g_assert_cmpstr(gre_strongswan_config_dir(), ==, "/etc/strongswan");
    path = gre_strongswan_config_path("swanctl/x509");
    g_assert_cmpstr(path, ==, "/etc/strongswan/swanctl/x509");
    put(m, "/etc/strongswan.conf", "");
    g_assert_cmpstr(gre_strongswan_config_dir(), ==, "/etc");
    put(m, "/etc/strongswan/strongswan.conf", "");
    g_assert_cmpstr(gre_strongswan_config_dir(), ==, "/etc");
    put(m, "/etc/os-release", "ID=fedora\n");
    g_assert_cmpstr(gre_strongswan_config_dir(), ==, "/etc/strongswan");
}

static void
test_config_dir_of(Machine *m, gconstpointer data)
{
    static const char *const files[][2] = {
        { "/etc/strongswan/swanctl/conf.d/a.conf", "/etc/strongswan" },
        { "/etc/strongswan/ipsec.conf", "/etc/strongswan" },
        { "/etc/swanctl/swanctl.conf", "/etc" },
        { "/etc/ipsec.conf", "/etc" },
        { "/etc/strongswan.d/swanctl/a.conf", "/etc/strongswan" },
        { "/home/alice/a.conf", "/etc/strongswan" },
    };

    put(m, "/etc/os-release", "ID=fedora\n");
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        g_assert_cmpstr(gre_strongswan_config_dir_of(files[i][0]), ==, files[i][1]);
}

/* ---- the socket ---- */

/* @expected: paths below the root, with blanks between them, without the build's own default. */
static void
check_sockets(const Machine *m, const char *expected)
{
    g_auto(GStrv) sockets = gre_strongswan_sockets();
    GString *found = g_string_new(NULL);

    for (gsize i = 0; sockets[i]; i++) {
        const char *path = sockets[i];

        if (g_str_has_prefix(path, m->root))
            path += strlen(m->root);
        if (!GRE_VICI_SOCKET[0] || strcmp(path, GRE_VICI_SOCKET) != 0)
            g_string_append_printf(found, "%s%s", found->len ? " " : "", path);
    }
    g_assert_cmpstr(found->str, ==, expected);
    g_string_free(found, TRUE);
}

#define USUAL "/run/charon.vici /run/strongswan/charon.vici /var/run/charon.vici"

static void
test_usual_sockets(Machine *m, gconstpointer data)
{
    check_sockets(m, USUAL);
}

static const struct {
    const char *conf, *vici, *expected;
} settings[] = {
    { "charon { plugins { vici { socket = unix:///run/a } } }", "", "/run/a " USUAL },
    { "charon {\n plugins {\n  include strongswan.d/charon/*.conf\n }\n}\n",
      "vici {\n load = yes\n socket = unix:///run/b\n}\n", "/run/b " USUAL },
    { "charon {\n plugins {\n  include \"/etc/strongswan.d/charon/vici.conf\" # all\n }\n}\n",
      "vici {\n socket = unix:///run/c # c\n}\n", "/run/c " USUAL },
    { "charon { plugins { vici { socket = unix:///run/a } } }\n"
      "charon-systemd { plugins { vici { socket = unix:///run/d } } }\n",
      "", "/run/d " USUAL },
    { "charon-systemd { plugins { vici { load = yes } } }\n"
      "charon { plugins { vici { socket = unix:///run/a } } }\n",
      "", "/run/a " USUAL },
    /* One that is among the usual ones comes first, and once. */
    { "charon { plugins { vici { socket = unix:///run/strongswan/charon.vici } } }", "",
      "/run/strongswan/charon.vici /run/charon.vici /var/run/charon.vici" },
    /* Open to every user, not a path, commented out, unclear. */
    { "charon { plugins { vici { socket = tcp://127.0.0.1:4502 } } }", "", USUAL },
    { "charon { plugins { vici { socket = unix://run/a } } }", "", USUAL },
    { "charon { plugins { vici { # socket = unix:///run/a\n } } }", "", USUAL },
    { "charon { plugins { vici { socket = unix:///run/a }", "", USUAL },
    /* Files that include themselves end somewhere. */
    { "include strongswan.conf\ncharon { plugins { vici { socket = unix:///run/a } } }\n", "",
      "/run/a " USUAL },
    { "charon {\n plugins {\n  include strongswan.d/charon/*.conf\n }\n}\n",
      "include vici.conf\ninclude vici.conf\nvici { socket = unix:///run/e\n }\n",
      "/run/e " USUAL },
};

static void
test_settings(Machine *m, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        put(m, "/etc/strongswan.d/charon/vici.conf", settings[i].vici);
        put(m, "/etc/strongswan.conf", settings[i].conf);
        check_sockets(m, settings[i].expected);
    }
}

/* As on Fedora. */
static void
test_settings_of_fedora(Machine *m, gconstpointer data)
{
    put(m, "/etc/strongswan/strongswan.conf",
        "charon {\n plugins {\n  include strongswan.d/charon/*.conf\n }\n}\n"
        "include strongswan.d/*.conf\n");
    put(m, "/etc/strongswan/strongswan.d/charon/vici.conf", "vici {\n socket = unix:///run/a\n}\n");
    check_sockets(m, "/run/a " USUAL);
}

static void
test_option(Machine *m, gconstpointer data)
{
    put(m, "/etc/strongswan.conf", settings[0].conf);
    g_setenv("NM_GRE_VICI_SOCKET", "/run/environment", TRUE);
    check_sockets(m, "/run/environment");
    gre_strongswan_set_socket("/run/option");
    check_sockets(m, "/run/option");
    g_unsetenv("NM_GRE_VICI_SOCKET");
    check_sockets(m, "/run/option");
    gre_strongswan_set_socket(NULL);
    check_sockets(m, "/run/a " USUAL);
}

/* ---- connecting ---- */

/* Returns: a listening socket; closing it leaves its file behind, as a killed daemon does. */
static int
listen_at(const Machine *m, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autofree char   *path = path_of(m, name), *directory = g_path_get_dirname(path);
    int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
    g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
    g_unlink(path);
    g_assert_cmpint(bind(fd, (struct sockaddr *) &address, sizeof(address)), ==, 0);
    g_assert_cmpint(listen(fd, 3), ==, 0);
    return fd;
}

static void
check_connects_to(const Machine *m, const char *name)
{
    g_autofree char *path = path_of(m, name), *found = NULL;
    g_autoptr(GError) error = NULL;
    int fd = vici_connect(NULL, &found, &error);

    g_assert_no_error(error);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpstr(found, ==, path);
    close(fd);
}

static void
test_connect(Machine *m, gconstpointer data)
{
    m->listeners[0] = listen_at(m, "/run/strongswan/charon.vici");
    check_connects_to(m, "/run/strongswan/charon.vici");
    m->listeners[1] = listen_at(m, "/run/charon.vici"); /* appears later */
    check_connects_to(m, "/run/charon.vici");
    close(m->listeners[1]); /* dead, its file stays */
    m->listeners[1] = -1;
    check_connects_to(m, "/run/strongswan/charon.vici");
}

static void
check_fails(GreErrorCode code, const char *pattern)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(vici_connect(NULL, NULL, &error), ==, -1);
    g_assert_error(error, GRE_ERROR, (gint) code);
    if (!g_pattern_match_simple(pattern, error->message))
        g_error("\"%s\" doesn't match \"%s\"", error->message, pattern);
}

/* Tells where it looked and what to do on this system. */
static void
test_failures(Machine *m, gconstpointer data)
{
    put(m, "/etc/os-release", "ID=debian\n");
    check_fails(
        GRE_ERROR_NOT_INSTALLED,
        "strongSwan is not installed (*/run/charon.vici, */run/strongswan/charon.vici, *: No "
        "such file or directory; install the package charon-systemd)");
    put(m, "/etc/os-release", "ID=fedora\n");
    check_fails(GRE_ERROR_NOT_INSTALLED, "*; install the package strongswan)");
    put(m, "/usr/libexec/strongswan/charon", "");
    check_fails(GRE_ERROR_DAEMON, "strongSwan is not running (*; start strongswan.service)");
    put(m, "/usr/lib/systemd/system/strongswan-starter.service", "");
    check_fails(GRE_ERROR_DAEMON, "*; start strongswan-starter.service)");
    put(m, "/usr/lib/systemd/system/strongswan.service", "");
    close(listen_at(m, "/run/strongswan/charon.vici"));
    check_fails(GRE_ERROR_DAEMON,
                "strongSwan is not running (/*/run/strongswan/charon.vici: Connection refused; "
                "start strongswan.service)");
}

/* ---- scripts for the peer ---- */

static void
test_script(Machine *m, gconstpointer data)
{
    g_autoptr(GString) script = g_string_new(NULL);
    g_autofree char *found = NULL;
    const char      *argv[] = { "/bin/sh", "-ec", NULL, NULL };

    gre_strongswan_write_swanctl_dir(script, "d");
    g_string_append(script, "echo $d");
    argv[2] = script->str;
    g_assert_true(
        g_spawn_sync(NULL, (char **) argv, NULL, 0, NULL, NULL, &found, NULL, NULL, NULL));
    g_assert_cmpstr(g_strstrip(found), ==,
                    g_file_test("/etc/swanctl", G_FILE_TEST_IS_DIR) ? "/etc/swanctl"
                                                                    : "/etc/strongswan/swanctl");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Machine *m, gconstpointer data);
    } tests[] = {
        { "/strongswan/systems", test_systems },
        { "/strongswan/config-dir", test_config_dir },
        { "/strongswan/config-dir-of", test_config_dir_of },
        { "/strongswan/usual-sockets", test_usual_sockets },
        { "/strongswan/settings", test_settings },
        { "/strongswan/settings-of-fedora", test_settings_of_fedora },
        { "/strongswan/option", test_option },
        { "/strongswan/connect", test_connect },
        { "/strongswan/failures", test_failures },
        { "/strongswan/script", test_script },
    };

    g_unsetenv("NM_GRE_VICI_SOCKET");
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Machine, NULL, setup, tests[i].run, teardown);
    return g_test_run();
}
