/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of one address pair in the form that VICI takes: its name, its secret, its
 * connection with the one CHILD_SA, for GRE or for an XFRM interface.
 */
#ifndef GRE_PEER_CONFIG_H
#define GRE_PEER_CONFIG_H

#include "gre-profile.h"
#include "keys/credentials.h"

#define GRE_PEER_NAME_PREFIX "nm-gre-"
#define GRE_PEER_CHILD       "gre"

/* The connection's name inside strongSwan: "nm-gre-<local>_<remote>", without dots and colons. */
char *gre_peer_config_name(const GreAddress *local, const GreAddress *remote);

/* The body of load-shared; wiped when freed. */
GBytes *gre_peer_config_secret(const char            *name,
                               const GreIpsecOptions *options,
                               const GreAddress      *remote,
                               GError               **error);

/* The body of load-key, or of load-token if the key is in a token; wiped when freed. */
GBytes *gre_peer_config_key(const GreCredentials *credentials, GError **error);

/* Names of a peer's authorities: "<name>/0" and so on. (transfer full) */
char *gre_peer_config_authority_name(const char *name, guint index);

/* The body of load-authority. */
GBytes *gre_peer_config_authority(const char           *name,
                                  const GreCredentials *credentials,
                                  guint                 index,
                                  GError              **error);

/**
 * gre_peer_config_connection:
 * @if_id: of the XFRM interface; 0 for GRE
 * @credentials: NULL unless ipsec=pubkey
 *
 * Returns: the body of load-conn.
 */
GBytes *gre_peer_config_connection(const char           *name,
                                   const GreProfile     *profile,
                                   guint32               if_id,
                                   const GreCredentials *credentials,
                                   const GreAddress     *local,
                                   const GreAddress     *remote,
                                   GError              **error);

/* The body of install and uninstall. */
GBytes *gre_peer_config_trap(const char *name);

/**
 * gre_peer_config_conflict:
 *
 * Two tunnels of one address pair share an SA, so they must agree on authentication and encryption.
 *
 * Returns: the property in which @a and @b differ, or NULL.
 */
const char *gre_peer_config_conflict(const GreIpsecOptions *a, const GreIpsecOptions *b);

/* The peer's IKE identity: from the profile, else its address, which is written to @buf. */
const char *gre_peer_config_remote_id(const GreIpsecOptions *options,
                                      const GreAddress      *remote,
                                      char                   buf[GRE_ADDRESS_STRLEN]);

#endif
