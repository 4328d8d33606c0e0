/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the file once; all checks use the open descriptor. */
#include "keys/keys-file.h"

#include "gre-error.h"
#include "gre-io.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail(const char *name, const char *path, const char *what, GError **error)
{
    return gre_error_fail(error, "%s: \"%s\": %s", name, path, what);
}

static gboolean
check_kind(const char *name, const char *path, int fd, GError **error)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return fail(name, path, g_strerror(errno), error);
    if (!S_ISREG(st.st_mode))
        return fail(name, path, "is not a regular file", error);
    if (st.st_size > GRE_KEYS_FILE_MAX)
        return fail(name, path, "is larger than 256 KiB: not a key or certificate", error);
    return TRUE;
}

static GreSecret *
read_open(const char *name, const char *path, int fd, GError **error)
{
    g_autofree guint8 *buf = NULL;
    GreSecret         *bytes = NULL;
    gssize             n;

    if (!check_kind(name, path, fd, error))
        return NULL;
    buf = g_malloc(GRE_KEYS_FILE_MAX + 1); /* the file may have grown */
    n = gre_io_read_up_to(fd, buf, GRE_KEYS_FILE_MAX + 1);
    if (n < 0)
        fail(name, path, g_strerror(errno), error);
    else if (n == 0)
        fail(name, path, "is empty", error);
    else if (n > GRE_KEYS_FILE_MAX)
        fail(name, path, "is larger than 256 KiB: not a key or certificate", error);
    else
        bytes = gre_secret_new(buf, (gsize) n);
    explicit_bzero(buf, GRE_KEYS_FILE_MAX + 1);
    return bytes;
}

GreSecret *
gre_keys_file_read(const char *name, const char *path, GError **error)
{
    int        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    GreSecret *bytes;

    if (fd < 0) {
        fail(name, path, g_strerror(errno), error);
        return NULL;
    }
    bytes = read_open(name, path, fd, error);
    close(fd);
    return bytes;
}
