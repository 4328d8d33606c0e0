/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the ip-tunnel profile that the user means and the VPN profiles that protect it, and creates
 * a new companion.
 */
#ifndef GRE_COMPANION_H
#define GRE_COMPANION_H

#include <NetworkManager.h>

/**
 * gre_companion_find_tunnel:
 * @name: id or UUID
 *
 * Returns: (transfer none): the ip-tunnel profile of a GRE mode with a remote address, or NULL with
 * GRE_EXIT_NOT_FOUND, or with GRE_EXIT_FAILED if it is of another kind or the name isn't unique.
 */
NMRemoteConnection *gre_companion_find_tunnel(NMClient *client, const char *name, GError **error);

/* A VPN profile of this plugin with that id or UUID that protects a tunnel; NULL if there is
 * none. */
NMRemoteConnection *gre_companion_find(NMClient *client, const char *name);

/* A VPN profile of this plugin with that id or UUID that has a tunnel of its own; NULL and @error,
 * as above, if there is none or there are several. (transfer none) */
NMRemoteConnection *gre_companion_find_vpn(NMClient *client, const char *name, GError **error);

/* The tunnel profile that @companion names, NULL if there is none. */
NMRemoteConnection *gre_companion_tunnel_of(NMClient *client, NMRemoteConnection *companion);

/* All VPN profiles of this plugin whose "protects" names @tunnel (transfer container). */
GPtrArray *gre_companion_list(NMClient *client, NMRemoteConnection *tunnel);

/* Of these the one that is linked, else the first; NULL if there is none (transfer none). */
NMRemoteConnection *gre_companion_of(NMClient *client, NMRemoteConnection *tunnel);

gboolean gre_companion_is_linked(NMRemoteConnection *tunnel, NMRemoteConnection *companion);

/* A companion for @tunnel without vpn.data, with a name that no other profile has (transfer
 * full). */
NMConnection *gre_companion_new(NMClient *client, NMRemoteConnection *tunnel);

/* A name for a companion of the tunnel @tunnel that no other profile has (transfer full). */
char *gre_companion_free_name(NMClient *client, const char *tunnel);

/* A companion has no addresses. */
void gre_companion_disable_ip(NMConnection *companion);

/* Replaces all of vpn.data, or all of vpn.secrets; the tables are of char* -> char*. */
void gre_companion_set_data(NMConnection *companion, GHashTable *data);
void gre_companion_set_secrets(NMConnection *companion, GHashTable *secrets);

/* vpn.data, and the secrets that it carries, as tables (transfer full). */
GHashTable *gre_companion_get_data(NMConnection *companion);
GHashTable *gre_companion_get_secrets(NMConnection *companion);

#endif
