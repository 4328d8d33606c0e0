/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A temporary file beside the real one, and rename(2). */
#include "gre-secret-file.h"
#include "gre-io.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0600 };

static gboolean
fail(const char *path, int cause, GError **error)
{
    g_set_error(error, G_FILE_ERROR, (gint) g_file_error_from_errno(cause), "%s: %s", path,
                g_strerror(cause));
    return FALSE;
}

/* Closes @fd in any case. */
static gboolean
fill(int fd, const char *text, gsize len)
{
    gboolean done = fchmod(fd, MODE) == 0 && gre_io_write_all(fd, text, len) && fsync(fd) == 0;
    int      cause = errno;

    if (close(fd) == 0 || !done) {
        errno = cause;
        return done;
    }
    return FALSE;
}

gboolean
gre_secret_file_replace(const char *path, const char *text, gsize len, GError **error)
{
    /* NetworkManager ignores files with such a name. */
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    int              fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, MODE);
    int              cause;

    if (fd < 0)
        return fail(path, errno, error);
    if (fill(fd, text, len) && g_rename(temporary, path) == 0)
        return TRUE;
    cause = errno;
    g_unlink(temporary);
    return fail(path, cause, error);
}

/* A regular file keeps nothing of what it had, and becomes private. */
static gboolean
prepare(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return FALSE;
    return !S_ISREG(st.st_mode) || (fchmod(fd, MODE) == 0 && ftruncate(fd, 0) == 0);
}

gboolean
gre_secret_file_write_through(const char *path, const char *text, gsize len, GError **error)
{
    int      fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    gboolean done = fd >= 0 && prepare(fd) && gre_io_write_all(fd, text, len);
    int      cause = errno;

    if (fd >= 0)
        close(fd);
    return done || fail(path, cause, error);
}
