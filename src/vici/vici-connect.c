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
#include "gre-strongswan.h"

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

/* (transfer full) */
static char *
advice(int code, gboolean installed)
{
    g_autofree char *os = NULL;

    if (code == ECONNREFUSED || (code == ENOENT && installed))
        return g_strdup_printf("; start %s", gre_strongswan_unit());
    if (code != ENOENT)
        return g_strdup("");
    os = gre_strongswan_os();
    return g_strdup_printf("; install the package %s", gre_strongswan_system(os)->package);
}

static void
set_connect_error(GError **error, int code, const char *paths)
{
    gboolean         installed = code != ENOENT || gre_strongswan_is_installed();
    g_autofree char *hint = advice(code, installed);

    g_set_error(error, GRE_ERROR, installed ? GRE_ERROR_DAEMON : GRE_ERROR_NOT_INSTALLED,
                "%s (%s: %s%s)", headline(code, installed), paths, g_strerror(code), hint);
}

/* Returns: a socket, or -1 with @code set. */
static int
connect_to(const char *path, int *code)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int                fd;

    *code = ENAMETOOLONG;
    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path))
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0)
        return fd;
    *code = errno;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* How much a failure says about the daemon: a socket that is missing says least. */
static int
weight(int code)
{
    switch (code) {
    case ENOENT:
        return 0;
    case ECONNREFUSED:
        return 1;
    default:
        return 2;
    }
}

int
vici_connect(const char *path, char **found, GError **error)
{
    const char *const one[] = { path, NULL };
    g_auto(GStrv) usual = path ? NULL : gre_strongswan_sockets();
    const char *const *paths = path ? one : (const char *const *) usual;
    g_autofree char   *told = g_strjoinv(", ", (char **) paths);
    int                worst = ENOENT;

    for (; *paths; paths++) {
        int code, fd = connect_to(*paths, &code);

        if (fd >= 0) {
            if (found)
                *found = g_strdup(*paths);
            return fd;
        }
        if (weight(code) > weight(worst)) {
            worst = code;
            g_free(told);
            told = g_strdup(*paths);
        }
    }
    set_connect_error(error, worst, told);
    return -1;
}
