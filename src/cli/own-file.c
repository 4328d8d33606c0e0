/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks are made on the open descriptor: the name may lead elsewhere a moment later. */
#include "config.h"

#include "cli/own-file.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "gre-io.h"
#include "gre-secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
gre_own_file_fail(const char *path, int cause, GError **error)
{
    return gre_command_fail(
        error, cause == EACCES || cause == EPERM ? GRE_EXIT_NOT_PERMITTED : GRE_EXIT_FAILED,
        "%s: %s", path, g_strerror(cause));
}

/* Of a link, open(2) reports ELOOP or, with O_DIRECTORY, ENOTDIR. */
static gboolean
fail_open(const char *path, GError **error)
{
    int         cause = errno;
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                _("%s is a symbolic link: name what it leads to"), path);
    return gre_own_file_fail(path, cause, error);
}

static gboolean
check(int fd, const char *path, GError **error)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return fail_open(path, error);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                _("%s belongs to another user: use a file or directory of your "
                                  "own"),
                                path);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                _("other users can write to %s: use a private file or directory, "
                                  "or chmod go-w"),
                                path);
    return TRUE;
}

int
gre_own_file_open(const char *path, int flags, GError **error)
{
    g_autofree char *name = g_strdup(path);
    int              fd;

    /* With a slash behind it, a link would be followed. */
    for (gsize len = strlen(name); len > 1 && name[len - 1] == '/'; len--)
        name[len - 1] = '\0';
    fd = open(name, flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        fail_open(name, error);
        return -1;
    }
    if (check(fd, name, error))
        return fd;
    close(fd);
    return -1;
}

char *
gre_own_file_read(const char *path, gsize max, GError **error)
{
    int    fd = gre_own_file_open(path, O_RDONLY, error);
    char  *text;
    gssize len;
    int    cause;

    if (fd < 0)
        return NULL;
    text = g_malloc0(max + 2);
    len = gre_io_read_up_to(fd, text, max + 1);
    cause = errno;
    close(fd);
    if (len >= 0 && (gsize) len <= max && !memchr(text, '\0', (gsize) len))
        return text;
    explicit_bzero(text, max + 2);
    g_free(text);
    if (len >= 0)
        cause = (gsize) len > max ? EFBIG : EILSEQ;
    gre_own_file_fail(path, cause, error);
    return NULL;
}

gboolean
gre_own_file_make_directory(const char *path, GError **error)
{
    int fd;

    if (g_mkdir_with_parents(path, 0700) != 0)
        return gre_own_file_fail(path, errno, error);
    fd = gre_own_file_open(path, O_RDONLY | O_DIRECTORY, error);
    if (fd < 0)
        return FALSE;
    close(fd);
    return TRUE;
}

gboolean
gre_own_file_replace(const char *path, const char *text, GError **error)
{
    g_autoptr(GError) cause = NULL;

    return gre_secret_file_replace(path, text, strlen(text), &cause) ||
           gre_command_fail(error, GRE_EXIT_FAILED, "%s", cause->message);
}
