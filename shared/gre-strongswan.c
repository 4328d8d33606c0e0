/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strongSwan's build decides about its paths. Debian, Arch and openSUSE have the usual sysconfdir;
 * Fedora and EPEL have /etc/strongswan. The socket is in the "piddir": /run, or /run/strongswan
 * with Fedora, EPEL and openSUSE.
 */
#include "config.h"

#include "gre-strongswan.h"

#include "gre-strongswan-conf.h"

#include <string.h>

#define START " && systemctl enable --now strongswan.service"
#define EPEL  "https://dl.fedoraproject.org/pub/epel/epel-release-latest-$(rpm -E %rhel).noarch.rpm"

static const char *forced_socket;
static const char *root = "";

/* ---- distributions ---- */

static const char *const config_dirs[] = { "/etc", "/etc/strongswan" };

/* The first that fits: "rocky rhel centos fedora" is one with EPEL. */
static const GreStrongswanSystem systems[] = {
    { "debian", "charon-systemd", "apt install charon-systemd strongswan-swanctl", "/etc" },
    { "centos", "strongswan", "dnf install epel-release && dnf install strongswan" START,
      "/etc/strongswan" },
    { "rhel", "strongswan", "dnf install " EPEL " && dnf install strongswan" START,
      "/etc/strongswan" },
    { "fedora", "strongswan", "dnf install strongswan" START, "/etc/strongswan" },
    { "arch", "strongswan", "pacman -S strongswan" START, "/etc" },
    { "suse", "strongswan", "zypper install strongswan" START, "/etc" },
    { NULL, "strongswan", NULL, "/etc" },
};

const GreStrongswanSystem *
gre_strongswan_system(const char *os)
{
    g_auto(GStrv) words = g_strsplit(os, " ", -1);
    gsize i = 0;

    while (systems[i].os && !g_strv_contains((const char *const *) words, systems[i].os))
        i++;
    return &systems[i];
}

static char *
real_path(const char *path)
{
    return g_strconcat(root, path, NULL);
}

static gboolean
is_there(const char *path)
{
    g_autofree char *real = real_path(path);

    return g_file_test(real, G_FILE_TEST_EXISTS);
}

static gboolean
is_below(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);

    return is_there(path);
}

/* The value of KEY=VALUE, which may have quotes. (transfer full) */
static char *
os_value(const char *text, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gsize len = strlen(key);

    for (gsize i = 0; lines[i]; i++) {
        char *value;

        if (strncmp(lines[i], key, len) != 0 || lines[i][len] != '=')
            continue;
        value = g_shell_unquote(lines[i] + len + 1, NULL);
        if (value)
            return value;
    }
    return g_strdup("");
}

char *
gre_strongswan_os(void)
{
    g_autofree char *first = real_path("/etc/os-release"), *text = NULL;
    g_autofree char *second = real_path("/usr/lib/os-release"), *id = NULL, *like = NULL;

    if (!g_file_get_contents(first, &text, NULL, NULL) &&
        !g_file_get_contents(second, &text, NULL, NULL))
        return g_strdup("");
    id = os_value(text, "ID");
    like = os_value(text, "ID_LIKE");
    return g_strjoin(" ", id, like, NULL);
}

/* ---- settings ---- */

/* The one with @name; the distribution's own comes first, in case another build left its files. */
static const char *
config_dir_with(const char *preferred, const char *name)
{
    if (is_below(preferred, name))
        return preferred;
    for (gsize i = 0; i < G_N_ELEMENTS(config_dirs); i++)
        if (is_below(config_dirs[i], name))
            return config_dirs[i];
    return NULL;
}

const char *
gre_strongswan_config_dir(void)
{
    g_autofree char *os = gre_strongswan_os();
    const char      *usual = gre_strongswan_system(os)->config_dir;
    const char      *found = config_dir_with(usual, "strongswan.conf");

    if (!found)
        found = config_dir_with(usual, "swanctl");
    return found ? found : usual;
}

char *
gre_strongswan_config_path(const char *name)
{
    return g_build_filename(gre_strongswan_config_dir(), name, NULL);
}

const char *
gre_strongswan_config_dir_of(const char *file)
{
    for (gsize i = G_N_ELEMENTS(config_dirs); i > 0; i--) {
        const char *dir = config_dirs[i - 1];
        gsize       len = strlen(dir);

        if (strncmp(file, dir, len) == 0 &&
            (g_str_has_prefix(file + len, "/swanctl/") || g_str_has_prefix(file + len, "/ipsec.")))
            return dir;
    }
    return gre_strongswan_config_dir();
}

void
gre_strongswan_write_swanctl_dir(GString *script, const char *variable)
{
    g_string_append_printf(script, "%s=%s/swanctl; [ -d $%s ] || %s=%s/swanctl\n", variable,
                           config_dirs[0], variable, variable, config_dirs[1]);
}

/* ---- the daemon ---- */

void
gre_strongswan_set_socket(const char *path)
{
    forced_socket = path;
}

void
gre_strongswan_set_root(const char *path)
{
    root = path ? path : "";
}

static void
add_socket(GPtrArray *sockets, char *path)
{
    if (path && !g_ptr_array_find_with_equal_func(sockets, path, g_str_equal, NULL))
        g_ptr_array_add(sockets, path);
    else
        g_free(path);
}

char **
gre_strongswan_sockets(void)
{
    static const char *const usual[] = { GRE_VICI_SOCKET, "/run/charon.vici",
                                         "/run/strongswan/charon.vici", "/var/run/charon.vici" };
    const char              *only = forced_socket ? forced_socket : g_getenv("NM_GRE_VICI_SOCKET");
    GPtrArray               *sockets = g_ptr_array_new();

    if (only)
        add_socket(sockets, g_strdup(only));
    for (gsize i = 0; !only && i < G_N_ELEMENTS(config_dirs); i++) {
        g_autofree char *name = g_build_filename(config_dirs[i], "strongswan.conf", NULL);
        g_autofree char *conf = real_path(name);
        g_autofree char *path = gre_strongswan_conf_socket(conf, root);

        if (path)
            add_socket(sockets, real_path(path));
    }
    for (gsize i = 0; !only && i < G_N_ELEMENTS(usual); i++)
        if (usual[i][0])
            add_socket(sockets, real_path(usual[i]));
    g_ptr_array_add(sockets, NULL);
    return (char **) g_ptr_array_free(sockets, FALSE);
}

/* Some distributions start the daemon by systemd, some by strongSwan's own starter. */
gboolean
gre_strongswan_is_installed(void)
{
    static const char *const programs[] = {
        "/usr/sbin/charon-systemd",       "/usr/bin/charon-systemd",
        "/usr/lib/ipsec/charon",          "/usr/lib/strongswan/charon",
        "/usr/libexec/ipsec/charon",      "/usr/libexec/strongswan/charon",
        "/usr/local/sbin/charon-systemd", "/usr/local/libexec/ipsec/charon",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++)
        if (is_there(programs[i]))
            return TRUE;
    return FALSE;
}

/* The unit of swanctl's daemon, or that of the older starter where it is the only one. */
const char *
gre_strongswan_unit(void)
{
    static const char *const units[] = { "strongswan.service", "strongswan-swanctl.service",
                                         "strongswan-starter.service" };
    static const char *const directories[] = { "/etc/systemd/system", "/usr/lib/systemd/system",
                                               "/lib/systemd/system",
                                               "/usr/local/lib/systemd/system" };

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(directories); j++)
            if (is_below(directories[j], units[i]))
                return units[i];
    return units[0];
}
