/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts references to keys and certificates in IKE daemons' configurations to what the profile
 * has: file names, keys in tokens, public keys.
 */
#ifndef GRE_KEY_FILES_H
#define GRE_KEY_FILES_H

#include "import/profile-builder.h"

/* The path of a file's @name relative to @dir. (transfer full) */
char *gre_key_files_path(const char *dir, const char *name);

/* Whether two file names belong together: "moonCert.pem" and "private/moonKey.pem". */
gboolean gre_key_files_are_kin(const char *a, const char *b);

/* A key in a token as a pkcs11: URI, by its CKA_ID in hex; @module and @slot may be NULL or empty.
 * (transfer full) NULL: @id is not hex. */
char *gre_key_files_token(const char *module, const char *slot, const char *id);

/* Sets "ipsec-remote-pubkey" to a key in the text itself ("0s…", "0x…", "dns:0s…") or in a PEM file
 * in @dir. Converts PKCS #1 to SubjectPublicKeyInfo, which the service reads. */
gboolean gre_key_files_take_public(GreProfileBuilder *builder,
                                   const char        *where,
                                   const char        *dir,
                                   const char        *text,
                                   GError           **error);

/* If nothing else authenticates the peer, strongSwan accepts any authority in @dir: sets "ipsec-ca"
 * to the only file there, or to the place for one, with a note. */
gboolean gre_key_files_take_authority(GreProfileBuilder *builder, const char *dir, GError **error);

/* swanctl loads all private keys in the directories for them below @dir, and a certificate has one
 * of them: sets "ipsec-private-key" to the file whose name is like that of "ipsec-cert", else to
 * the only one, else to the place for one, with a note. */
gboolean gre_key_files_take_private(GreProfileBuilder *builder, const char *dir, GError **error);

/* For tests: the directory that holds all files to read; NULL for the real ones. */
void gre_key_files_set_root(const char *root);

#endif
