/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file that any user may have named. */
#include "config.h"

#include "import/file.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-io.h"
#include "gre-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
gre_file_where(guint line)
{
    return g_strdup_printf(_("line %u"), line);
}

static gboolean
check_kind(int fd, const char *path, GError **error)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return gre_error_fail(error, "%s: %s", path, g_strerror(errno));
    if (!S_ISREG(st.st_mode))
        return gre_error_fail(error, _("%s: not a regular file"), path);
    if (st.st_size > GRE_FILE_MAX)
        return gre_error_fail(
            error, _("%s: larger than 1 MiB, too large for a tunnel's configuration"), path);
    return TRUE;
}

static GreFile *
load_fd(int fd, const char *path, GError **error)
{
    char    *buffer = NULL;
    gssize   len;
    GreFile *file = NULL;

    if (!check_kind(fd, path, error))
        return NULL;
    buffer = g_malloc0(GRE_FILE_MAX + 1);
    len = gre_io_read_up_to(fd, buffer,
                            GRE_FILE_MAX + 1); /* one byte more: the file may grow meanwhile */
    if (len < 0)
        gre_error_fail(error, "%s: %s", path, g_strerror(errno));
    else
        file = gre_file_new(path, buffer, (gsize) len, error);
    explicit_bzero(buffer, GRE_FILE_MAX + 1);
    g_free(buffer);
    return file;
}

/* O_NONBLOCK: opening a FIFO without a writer would block. */
GreFile *
gre_file_load(const char *path, GError **error)
{
    int      fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    GreFile *file;

    if (fd < 0) {
        gre_error_fail(error, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    file = load_fd(fd, path, error);
    close(fd);
    return file;
}

GreFile *
gre_file_load_tunnel(const char *path, GError **error)
{
    const char      *hash = strrchr(path, '#');
    g_autofree char *before = hash ? g_strndup(path, (gsize) (hash - path)) : NULL;
    GreFile         *file;

    if (!hash || !hash[1] || access(path, F_OK) == 0 || access(before, F_OK) < 0)
        return gre_file_load(path, error);
    file = gre_file_load(before, error);
    if (file)
        file->tunnel = g_strdup(hash + 1);
    return file;
}

static gsize
bom_length(const char *text, gsize len)
{
    return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/**
 * Converts all line ends to '
 * '. The result is never longer.
 */
static char *
unify_lines(const char *text, gsize len)
{
    char *out = g_malloc(len + 1), *p = out;

    for (gsize i = 0; i < len; i++) {
        if (text[i] != '\r')
            *p++ = text[i];
        else if (i + 1 == len || text[i + 1] != '\n')
            *p++ = '\n';
    }
    *p = '\0';
    return out;
}

GreFile *
gre_file_new(const char *path, const char *text, gsize len, GError **error)
{
    GreFile *file;
    gsize    bom = bom_length(text, len);

    if (len > GRE_FILE_MAX) {
        gre_error_fail(error, _("%s: larger than 1 MiB, too large for a tunnel's configuration"),
                       path);
        return NULL;
    }
    if (memchr(text, 0, len)) {
        gre_error_fail(error, _("%s: not a text file (or in UTF-16)"), path);
        return NULL;
    }
    file = g_new0(GreFile, 1);
    file->path = g_strdup(path);
    file->text = unify_lines(text + bom, len - bom);
    return file;
}

char *
gre_file_sibling(const GreFile *file, const char *suffix)
{
    const char *slash = strrchr(file->path, '/');
    const char *dot = strrchr(slash ? slash : file->path, '.');
    gsize       len = dot ? (gsize) (dot - file->path) : strlen(file->path);

    return g_strdup_printf("%.*s%s", (int) len, file->path, suffix);
}

void
gre_file_free(GreFile *file)
{
    if (!file)
        return;
    g_free(file->path);
    g_free(file->tunnel);
    gre_secret_free_text(file->text);
    g_free(file);
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether the line at @line begins with @words. */
static gboolean
line_matches(const char *line, const char *words)
{
    while (is_blank(*line))
        line++;
    for (; *words; words++) {
        if (*words != ' ') {
            if (*line++ != *words)
                return FALSE;
            continue;
        }
        if (!is_blank(*line))
            return FALSE;
        while (is_blank(*line))
            line++;
    }
    return TRUE;
}

gboolean
gre_file_has_line(const GreFile *file, const char *words)
{
    for (const char *line = file->text; line; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (line_matches(line, words))
            return TRUE;
    }
    return FALSE;
}
