/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connecting to strongSwan's VICI socket, and why that can't be done, in plain words.
 */
#ifndef VICI_CONNECT_H
#define VICI_CONNECT_H

#include <glib.h>

/**
 * vici_connect:
 * @error: GRE_ERROR_NOT_INSTALLED, or GRE_ERROR_DAEMON: not running, no permission …
 *
 * Returns: a connected socket that doesn't block, or -1. Connecting doesn't block either.
 */
int vici_connect(const char *path, GError **error);

#endif
