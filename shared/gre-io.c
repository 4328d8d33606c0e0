/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loops around read(2) and write(2). */
#include "gre-io.h"

#include <errno.h>
#include <unistd.h>

gssize
gre_io_read_up_to(int fd, void *buf, gsize size)
{
    gsize len = 0;

    while (len < size) {
        gssize n = read(fd, (char *) buf + len, size - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (gsize) n;
    }
    return (gssize) len;
}

gboolean
gre_io_write_all(int fd, const void *bytes, gsize len)
{
    const char *at = bytes;

    while (len > 0) {
        gssize n = write(fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        at += n;
        len -= (gsize) n;
    }
    return TRUE;
}
