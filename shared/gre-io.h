/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Complete reads and writes on a file descriptor, for data that may be secret: nothing is buffered,
 * and no copy is left behind.
 */
#ifndef GRE_IO_H
#define GRE_IO_H

#include <glib.h>

/* Reads until end of file or until @size bytes have been read; retries when interrupted. Returns
 * the number of bytes, or -1 with errno; @buf then holds what was read before the error. */
gssize gre_io_read_up_to(int fd, void *buf, gsize size);

/* Writes all @len bytes. Returns FALSE and sets errno on error. */
gboolean gre_io_write_all(int fd, const void *bytes, gsize len);

#endif
