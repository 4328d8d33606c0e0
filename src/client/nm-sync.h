/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Synchronous changes of NetworkManager's profiles. Errors are of GRE_EXIT_ERROR: not permitted,
 * not running, or failed with NetworkManager's own text.
 */
#ifndef GRE_NM_SYNC_H
#define GRE_NM_SYNC_H

#include <NetworkManager.h>

/* (transfer full) */
NMClient *gre_nm_sync_open(GError **error);

/* @in_memory: not written to disk. It doesn't come up by itself before it is activated, or before
 * NetworkManager's next start. (transfer full) */
NMRemoteConnection *
gre_nm_sync_add(NMClient *client, NMConnection *connection, gboolean in_memory, GError **error);

/* Replaces all of @remote; if @connection has no secrets at all, the stored ones stay. */
gboolean gre_nm_sync_update(NMRemoteConnection *remote, NMConnection *connection, GError **error);

/* Removes all secrets of @remote. */
gboolean gre_nm_sync_clear_secrets(NMClient *client, NMRemoteConnection *remote, GError **error);

gboolean gre_nm_sync_delete(NMRemoteConnection *remote, GError **error);

/* The secrets of its [vpn], as a table of char* -> char* (transfer full). */
GHashTable *gre_nm_sync_get_secrets(NMRemoteConnection *remote, GError **error);

/* Whether the profile is up or activating. */
gboolean gre_nm_sync_is_active(NMClient *client, NMRemoteConnection *remote);

/* Takes the profile down, if it is up, and waits for it: 20 s at most. */
gboolean gre_nm_sync_deactivate(NMClient *client, NMRemoteConnection *remote, GError **error);

/* Brings the profile up, or restarts it if it is up, and waits for it. */
gboolean gre_nm_sync_activate(NMClient *client, NMRemoteConnection *remote, GError **error);

#endif
