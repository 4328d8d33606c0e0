/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole reads and writes of a file descriptor, for what may be a secret: nothing is buffered, and
 * no copy is left behind.
 */
#ifndef GRE_IO_H
#define GRE_IO_H

#include <glib.h>

/* Reads until the end or until @size bytes are there; interrupted, it goes on. Returns how many, or
 * -1 with errno; what came before the error stands in @buf all the same. */
gssize gre_io_read_up_to(int fd, void *buf, gsize size);

/* Writes all @len bytes; FALSE with errno. */
gboolean gre_io_write_all(int fd, const void *bytes, gsize len);

#endif
