/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends one datagram to $NOTIFY_SOCKET. */
#include "service/notify.h"

#include "base/log.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

gboolean
gre_notify_wanted(void)
{
    return g_getenv("NOTIFY_SOCKET") != NULL;
}

void
gre_notify(const char *state)
{
    const char        *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    gsize              len = path ? strlen(path) : 0;
    int                fd;

    if (len == 0 || len >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') /* the abstract namespace */
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *) &address,
                         (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len)) < 0)
        gre_log_kind(GRE_MESSAGE_NOTIFY_FAILED, LOG_WARNING, "can't notify systemd: %s",
                     g_strerror(errno));
    if (fd >= 0)
        close(fd);
}
