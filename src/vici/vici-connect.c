/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket file outlives the daemon, and may be missing before its first start or if it is not
 * installed: each case is reported separately, because the remedy differs.
 */
#include "vici/vici-connect.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gre-error.h"

/* Where distributions install the program; some start it by systemd, some by their own starter. */
static gboolean
daemon_is_installed(void)
{
    static const char *const programs[] = {
        "/usr/sbin/charon-systemd",       "/usr/bin/charon-systemd",
        "/usr/lib/ipsec/charon",          "/usr/lib/strongswan/charon",
        "/usr/libexec/ipsec/charon",      "/usr/libexec/strongswan/charon",
        "/usr/local/sbin/charon-systemd", "/usr/local/libexec/ipsec/charon",
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(programs); i++) {
        if (g_file_test(programs[i], G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

static const char *
headline(int code, gboolean installed)
{
    switch (code) {
    case ENOENT:
        return installed ? "strongSwan is not running" : "strongSwan is not installed";
    case ECONNREFUSED: /* the file of a stopped daemon */
        return "strongSwan is not running";
    case EACCES:
    case EPERM:
        return "no permission to control strongSwan";
    case EAGAIN: /* too many wait to be accepted */
        return "strongSwan is overloaded or hanging";
    default:
        return "strongSwan can't be reached";
    }
}

static const char *
advice(int code, gboolean installed)
{
    switch (code) {
    case ENOENT:
        return installed ? "; start strongswan.service, of the package charon-systemd"
                         : "; install the package charon-systemd (on Fedora: strongswan)";
    case ECONNREFUSED:
        return "; start strongswan.service";
    default:
        return "";
    }
}

static void
set_connect_error(GError **error, int code, const char *path)
{
    gboolean installed = code != ENOENT || daemon_is_installed();

    g_set_error(error, GRE_ERROR, installed ? GRE_ERROR_DAEMON : GRE_ERROR_NOT_INSTALLED,
                "%s (%s: %s%s)", headline(code, installed), path, g_strerror(code),
                advice(code, installed));
}

int
vici_connect(const char *path, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int                code;
    int                fd;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        set_connect_error(error, ENAMETOOLONG, path);
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0)
        return fd;
    code = errno;
    if (fd >= 0)
        close(fd);
    set_connect_error(error, code, path);
    return -1;
}
