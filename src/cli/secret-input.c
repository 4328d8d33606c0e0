/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a secret from a file or asks the user. */
#include "config.h"

#include "cli/secret-input.h"
#include "cli/own-file.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "gre-io.h"
#include "gre-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum {
    SECRET_MAX = 4096, /* bytes */
    NEW_BYTES = 32,    /* of a new secret */
    CTRL_C = 3,
};

static gssize
read_retry(int fd, char *buf, gsize size)
{
    gssize n;

    do
        n = read(fd, buf, size);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Everything from @fd as text; NULL with errno set (EFBIG, EILSEQ for a NUL, or read's). */
static char *
read_all(int fd)
{
    char  *text = g_malloc0(SECRET_MAX + 2);
    gssize len = gre_io_read_up_to(fd, text, SECRET_MAX + 1);

    if (len >= 0 && len <= SECRET_MAX && !memchr(text, '\0', (gsize) len)) {
        if (len > 0 && text[len - 1] == '\n')
            text[len - 1] = '\0';
        return text;
    }
    if (len >= 0)
        errno = len > SECRET_MAX ? EFBIG : EILSEQ;
    explicit_bzero(text, SECRET_MAX + 2); /* gre_secret_free_text() would stop at a NUL */
    g_free(text);
    return NULL;
}

static void
warn_if_open(int fd, const char *file)
{
    struct stat info;

    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & S_IROTH))
        gre_command_complain(_("warning: everyone on this machine can read %s (use chmod 600)"),
                             file);
}

/* Closes @fd. NULL with errno set. */
static char *
read_file(int fd, const char *file)
{
    char *text;
    int   cause;

    if (fd < 0)
        return NULL;
    warn_if_open(fd, file);
    text = read_all(fd);
    cause = errno;
    close(fd);
    errno = cause;
    return text;
}

static char *
check_text(char *text, const char *file, GError **error)
{
    if (!text)
        gre_command_fail(error, errno == EACCES ? GRE_EXIT_NOT_PERMITTED : GRE_EXIT_FAILED,
                         _("can't read the secret from %s: %s"), file, g_strerror(errno));
    return text;
}

char *
gre_secret_input_read(const char *file, GError **error)
{
    if (strcmp(file, "-") == 0)
        return check_text(read_all(STDIN_FILENO), _("standard input"), error);
    return check_text(read_file(open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY), file), file, error);
}

char *
gre_secret_input_read_own(const char *file, GError **error)
{
    int fd;

    if (strcmp(file, "-") == 0)
        return gre_secret_input_read(file, error);
    fd = gre_own_file_open(file, O_RDONLY, error);
    return fd < 0 ? NULL : check_text(read_file(fd, file), file, error);
}

char *
gre_secret_input_make(GError **error)
{
    guint8 bytes[NEW_BYTES];
    char  *text = NULL;

    if (getrandom(bytes, sizeof bytes, 0) == sizeof bytes)
        text = g_base64_encode(bytes, sizeof bytes);
    else
        gre_command_fail(error, GRE_EXIT_FAILED, "getrandom: %s", g_strerror(errno));
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

/* One line without echo. Ctrl-C ends the line instead of the program, which would leave echo
 * off. */
static char *
ask_once(int tty, const char *prompt)
{
    struct termios before, quiet;
    char          *line;
    gssize         n;

    if (tcgetattr(tty, &before) != 0)
        return NULL;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
    quiet.c_lflag |= ICANON;
    quiet.c_cc[VEOL] = CTRL_C;
    if (write(tty, prompt, strlen(prompt)) < 0 || tcsetattr(tty, TCSAFLUSH, &quiet) != 0)
        return NULL;
    line = g_malloc0(SECRET_MAX + 2);
    n = read_retry(tty, line, SECRET_MAX + 1);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (write(tty, "\n", 1) < 0)
        n = -1;
    if (n <= 0 || line[n - 1] != '\n' || memchr(line, '\0', (gsize) n)) {
        explicit_bzero(line, SECRET_MAX + 2);
        g_free(line);
        errno = n < 0 ? errno : ECANCELED;
        return NULL;
    }
    line[n - 1] = '\0';
    return line;
}

char *
gre_secret_input_ask(const char *prompt, const char *again, GError **error)
{
    int   tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    char *first = tty >= 0 ? ask_once(tty, prompt) : NULL;
    char *second = first ? ask_once(tty, again) : NULL;

    if (tty < 0)
        gre_command_fail(error, GRE_EXIT_FAILED,
                         _("there is no terminal to ask on: use --psk-file FILE"));
    else if (!second)
        gre_command_fail(error, GRE_EXIT_FAILED, _("no pre-shared key was given: %s"),
                         g_strerror(errno));
    else if (strcmp(first, second) != 0)
        gre_command_fail(error, GRE_EXIT_FAILED, _("the two pre-shared keys differ"));
    if (!second || strcmp(first, second) != 0)
        g_clear_pointer(&first, gre_secret_free_text);
    gre_secret_free_text(second);
    if (tty >= 0)
        close(tty);
    return first;
}
