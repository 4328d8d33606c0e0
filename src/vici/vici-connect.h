/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connects to strongSwan's VICI socket and explains why that fails.
 */
#ifndef VICI_CONNECT_H
#define VICI_CONNECT_H

#include <glib.h>

/**
 * vici_connect:
 * @path: (nullable): of the socket; NULL: the first of gre_strongswan_sockets() with a daemon
 * @found: (out) (optional) (transfer full): the path of that socket
 * @error: GRE_ERROR_NOT_INSTALLED, or GRE_ERROR_DAEMON: not running, no permission …
 *
 * Returns: a connected, non-blocking socket, or -1. Connecting does not block either.
 */
int vici_connect(const char *path, char **found, GError **error);

#endif
