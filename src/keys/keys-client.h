/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a profile's keys and certificates through the child process nm-gre-keys, asynchronously. */
#ifndef GRE_KEYS_CLIENT_H
#define GRE_KEYS_CLIENT_H

#include "keys/credentials.h"

#include <gio/gio.h>

/**
 * gre_keys_client_read_async:
 * @password: part of @request; both are used during the call only
 *
 * Fails after 20 s with GRE_ERROR_TIMEOUT, even if the profile's user has stopped the process,
 * which is killed. At most GRE_KEYS_TURNS_MAX processes of one user run at a time; others wait,
 * within the same 20 s.
 */
void gre_keys_client_read_async(const GreKeyRequest *request,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/* @error: as gre_keys_read(); GRE_ERROR_PROTOCOL: the program is missing or did not answer */
GreCredentials *gre_keys_client_read_finish(GAsyncResult *result, GError **error);

/* The request for a profile's files between these addresses. */
GreKeyRequest *gre_keys_client_request(const GreIpsecOptions *options,
                                       const GreAddress      *local,
                                       const GreAddress      *remote,
                                       const char            *user);

/* Set another program than the installed one, and another time than 20 s, for tests. */
void gre_keys_client_set_program(const char *path);
void gre_keys_client_set_timeout(guint ms);

#endif
