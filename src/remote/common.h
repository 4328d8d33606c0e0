/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several formats write in the same way.
 */
#ifndef GRE_COMMON_H
#define GRE_COMMON_H

#include "remote/remote-end.h"

/* All return (transfer full) text. */
char *gre_common_address(const GreAddress *address);
char *gre_common_prefix(const GrePrefix *prefix);  /* "10.0.0.2/30" */
char *gre_common_network(const GrePrefix *prefix); /* with the host's bits cleared */
char *gre_common_netmask(const GrePrefix *prefix); /* "255.255.255.252"; IPv4 only */

/* The key as a number; "" where there is none. */
char *gre_common_key(gboolean has, guint32 key);

/* The prefixes of one family with @separator between; "" where there are none. */
char *gre_common_prefixes(const GArray *prefixes, int family, const char *separator);

/* The same as networks: for routes. */
char *gre_common_networks(const GArray *prefixes, int family, const char *separator);

/* Kinds of identities, as routers tell them apart. */
typedef enum {
    GRE_ID_ADDRESS,
    GRE_ID_NAME,
    GRE_ID_EMAIL,
    GRE_ID_OTHER, /* a distinguished name, a key id … */
} GreIdKind;

/* @bare: (out) (transfer none): the identity without strongSwan's own marks, a part of @id. */
GreIdKind gre_common_id_kind(const char *id, const char **bare);

/* The identity that this end of the far end has: its own, else its address. */
char *gre_common_local_id(const GreRemoteEnd *end);
char *gre_common_remote_id(const GreRemoteEnd *end);

/**
 * gre_common_unknown:
 * @comment: what begins a comment
 *
 * Comments that say what the profile doesn't know: addresses in the tunnel over there, and the
 * networks behind us.
 */
void gre_common_unknown(const GreRemoteEnd *end, GString *out, const char *comment);

/* The secret for a router's command line: @error where it can't be typed there. */
const char *gre_common_plain_psk(const GreRemoteEnd *end, GError **error);

/* A file of a script for sh, begun and ended around its text; @is_secret: for root alone. */
void gre_common_file_begin(GString *out, const char *path, gboolean is_secret);
void gre_common_file_end(GString *out);

/* ---- keys and certificates (ipsec=pubkey) ---- */

/* The directories where an end keeps them, NULL for what it needs no file for. What belongs to it
 * is "NAME-own.key" or "NAME-own.pem", ours there "NAME.pem". */
typedef struct {
    const char *private_key, *own_cert, *own_pubkey, *authority, *cert, *pubkey;
} GreKeyPlaces;

/* @id as a distinguished name in text that needs no escaping, where it is one; else NULL. (transfer
 * none) */
const char *gre_common_keys_subject(const GreRemoteEnd *end, const char *id);

/* As files of a script: who we are; and of the other end what is known here. Then, for people, what
 * isn't, and a command that ends the script while it is missing. */
void gre_common_keys_files(const GreRemoteEnd *end, GString *out, const GreKeyPlaces *places);

/* What a PEM file has between its first line and its last, as one word. (transfer full) */
char *gre_common_keys_base64(const char *pem);

/* swanctl.conf(5): connection, child and secret. */
void gre_common_swanctl(const GreRemoteEnd *end, GString *out);

/* The same as a file of a script, loaded; nothing without IPsec. */
void gre_common_swanctl_file(const GreRemoteEnd *end, GString *out);

/* The tunnel by iproute2: link, addresses, routes. */
void gre_common_ip_commands(const GreRemoteEnd *end, GString *out);

/* Addresses and routes inside it, as nmcli's properties: " ipv4.method …". */
void gre_common_nmcli_inside(const GreRemoteEnd *end, GString *out);

#endif
