/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nm-gre-keys: a child process of the service that reads keys and certificates. It switches to the
 * profile's user before it opens anything, reads one request from standard input and writes that
 * user's number (guint32) and one answer to standard output. It writes nothing anywhere else.
 */
#include "config.h"

#include "gre-error.h"
#include "gre-io.h"
#include "keys/keys-read.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static gboolean
fail_user(const char *user, const char *what, GError **error)
{
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "connection.permissions: can't read files as user \"%s\": %s", user, what);
    return FALSE;
}

/* Before the change: the service needs the uid to end this process, which the user may stop. */
static gboolean
give_uid(uid_t uid)
{
    guint32 number = uid;

    return gre_io_write_all(STDOUT_FILENO, &number, sizeof number);
}

/* Permanent: root's capabilities are lost with its uid. */
static gboolean
become(const char *user, GError **error)
{
    const struct passwd *entry;
    int                  cause;

    errno = 0;
    entry = getpwnam(user);
    cause = errno;
    if (!give_uid(entry ? entry->pw_uid : geteuid()))
        return FALSE;
    if (!entry)
        return fail_user(user, cause ? g_strerror(cause) : "there is no such user", error);
    if (entry->pw_uid == 0 && geteuid() == 0)
        return TRUE;
    if (geteuid() == entry->pw_uid && getuid() == entry->pw_uid)
        return TRUE;
    if (initgroups(entry->pw_name, entry->pw_gid) < 0 ||
        setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0 ||
        setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0)
        return fail_user(user, g_strerror(errno), error);
    if (setuid(0) == 0 || geteuid() != entry->pw_uid || getegid() != entry->pw_gid)
        return fail_user(user, "can't drop root privileges", error);
    gre_secret_hide_process(); /* a process becomes accessible again when its uid changes */
    return TRUE;
}

static gboolean
give_all(const GreSecret *answer)
{
    gsize         len;
    const guint8 *data = gre_secret_data(answer, &len);

    return gre_io_write_all(STDOUT_FILENO, data, len);
}

static GreKeyRequest *
take_request(void)
{
    guint8        *buf = g_malloc(GRE_CREDENTIALS_MAX + 1);
    gssize         n = gre_io_read_up_to(STDIN_FILENO, buf, GRE_CREDENTIALS_MAX + 1);
    GreKeyRequest *request = NULL;

    if (n >= 0 && n <= GRE_CREDENTIALS_MAX) /* more: too many */
        request = gre_credentials_request_unpack(buf, (gsize) n);
    explicit_bzero(buf, GRE_CREDENTIALS_MAX + 1);
    g_free(buf);
    return request;
}

int
main(int argc, char **argv)
{
    g_autoptr(GreKeyRequest) request = NULL;
    g_autoptr(GreCredentials) credentials = NULL;
    g_autoptr(GreSecret) answer = NULL;
    g_autoptr(GError) error = NULL;

    if (argc > 1 || isatty(STDIN_FILENO)) {
        fprintf(stderr, "%s: reads keys for nm-gre-service, which starts it\n", argv[0]);
        return 2;
    }
    gre_secret_hide_process();
    alarm(15); /* for a file system that does not answer, if the service is gone */
    request = take_request();
    if (!request)
        return EXIT_FAILURE;
    if (request->user ? become(request->user, &error) : give_uid(geteuid()))
        credentials = gre_keys_read(request, &error);
    if (!credentials && !error)
        g_set_error_literal(&error, GRE_ERROR, GRE_ERROR_PROFILE, "keys can't be read: GnuTLS");
    answer = gre_credentials_pack(credentials, error);
    return give_all(answer) ? EXIT_SUCCESS : EXIT_FAILURE;
}
