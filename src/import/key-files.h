/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What configurations of IKE daemons say of keys and certificates, as the profile has it: names of
 * files, keys in tokens, public keys.
 */
#ifndef GRE_KEY_FILES_H
#define GRE_KEY_FILES_H

#include "import/profile-builder.h"

/* Where a file's @name counts from @dir. (transfer full) */
char *gre_key_files_path(const char *dir, const char *name);

/* Whether two names are of a pair: "moonCert.pem" and "private/moonKey.pem". */
gboolean gre_key_files_are_kin(const char *a, const char *b);

/* A key in a token as a pkcs11: URI, by its CKA_ID in hex; @module and @slot may be NULL or empty.
 * (transfer full) NULL: @id isn't hex. */
char *gre_key_files_token(const char *module, const char *slot, const char *id);

/* Sets "ipsec-remote-pubkey" to a key in the text itself ("0s…", "0x…", "dns:0s…"), or to what is
 * in a PEM file in @dir. PKCS #1 becomes SubjectPublicKeyInfo, which the service reads. */
gboolean gre_key_files_take_public(GreProfileBuilder *builder,
                                   const char        *where,
                                   const char        *dir,
                                   const char        *text,
                                   GError           **error);

/* Where nothing else tells who the other end is, any authority in @dir does, for strongSwan: sets
 * "ipsec-ca" to the only file there, or to one that is to be put there, with a note. */
gboolean gre_key_files_take_authority(GreProfileBuilder *builder, const char *dir, GError **error);

/* For tests: a directory in which all files are that are read; NULL for the real ones. */
void gre_key_files_set_root(const char *root);

#endif
