/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that several formats write in the same way.
 */
#ifndef GRE_COMMON_H
#define GRE_COMMON_H

#include "remote/remote-end.h"

/* All return (transfer full) text. */
char *gre_common_address(const GreAddress *address);
char *gre_common_network(const GrePrefix *prefix); /* with the host bits cleared */
char *gre_common_netmask(const GrePrefix *prefix); /* "255.255.255.252"; IPv4 only */

/* The GRE key as a number; "" if there is none. */
char *gre_common_key(gboolean has, guint32 key);

/* The prefixes of one family, separated by @separator; "" if there are none. */
char *gre_common_prefixes(const GArray *prefixes, int family, const char *separator);

/* The same as networks, for routes. */
char *gre_common_networks(const GArray *prefixes, int family, const char *separator);

/* Kinds of identities, as routers distinguish them. */
typedef enum {
    GRE_ID_ADDRESS,
    GRE_ID_NAME,
    GRE_ID_EMAIL,
    GRE_ID_OTHER, /* a distinguished name, a key id … */
} GreIdKind;

/* @bare: (out) (transfer none): the identity without strongSwan's prefix, a part of @id. */
GreIdKind gre_common_id_kind(const char *id, const char **bare);

/* The peer's own identity, or its address if it has none. */
char *gre_common_local_id(const GreRemoteEnd *end);
char *gre_common_remote_id(const GreRemoteEnd *end);

/**
 * gre_common_unknown:
 * @comment: the characters that begin a comment
 *
 * Writes comments about what the profile doesn't tell: the peer's addresses in the tunnel, and the
 * networks behind the local side.
 */
void gre_common_unknown(const GreRemoteEnd *end, GString *out, const char *comment);

/* "transport" or "tunnel". (transfer none) */
const char *gre_common_esp_mode(const GreRemoteEnd *end);

/* The host as a network: "192.0.2.1/32". (transfer full) */
char *gre_common_host(const GreAddress *address);

/* In tunnel mode, a comment for a peer behind a NAT. @setting: its own address for IKE */
void gre_common_behind_nat(const GreRemoteEnd *end, GString *out, const char *setting);

/* The secret for a router's command line; @error if it can't be typed there. */
const char *gre_common_plain_psk(const GreRemoteEnd *end, GError **error);

/* Begin and end a file in a script for sh; @is_secret: readable by root only. */
void gre_common_file_begin(GString *out, const char *path, gboolean is_secret);
void gre_common_file_end(GString *out);

/* ---- keys and certificates (ipsec=pubkey) ---- */

/* The peer's directories for keys and certificates, NULL for kinds that need no file. The peer's
 * own files are "NAME-own.key" and "NAME-own.pem", ours are "NAME.pem". */
typedef struct {
    const char *private_key, *local_cert, *local_pubkey, *authority, *cert, *pubkey;
} GreKeyPlaces;

/* @id as a distinguished name in text that needs no escaping, else NULL. (transfer none) */
const char *gre_common_keys_subject(const GreRemoteEnd *end, const char *id);

/* Writes the known keys and certificates of both sides as files of a script. For the missing ones,
 * writes a comment and a command that stops the script until they are there. */
void gre_common_keys_files(const GreRemoteEnd *end, GString *out, const GreKeyPlaces *places);

/* The base64 of a PEM file between its first and last line, as one word. (transfer full) */
char *gre_common_keys_base64(const char *pem);

/* swanctl.conf(5): connection, child and secret. */
void gre_common_swanctl(const GreRemoteEnd *end, GString *out);

/* What ties the child to an interface: further lines, each indented by 8, and its start_action;
 * NULL: none, and a trap. */
typedef struct {
    const char *lines, *start;
} GreSwanctlChild;

/* The same as a file of a script, and the command that loads it; nothing without IPsec. @child:
 * (nullable) */
void gre_common_swanctl_file(const GreRemoteEnd *end, GString *out, const GreSwanctlChild *child);

/* A number for mode=xfrm's if_id or mark: the same for each run, and hardly anybody else's. */
guint32 gre_common_number(const GreRemoteEnd *end);

/* The tunnel in iproute2 commands: link, addresses, routes. */
void gre_common_ip_commands(const GreRemoteEnd *end, GString *out);

/* The same for a device that exists: MTU, addresses, routes. */
void gre_common_ip_inside(const GreRemoteEnd *end, GString *out);

/* Addresses and routes inside it as nmcli properties: " ipv4.method …". */
void gre_common_nmcli_inside(const GreRemoteEnd *end, GString *out);

#endif
