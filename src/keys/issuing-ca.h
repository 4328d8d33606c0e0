/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An authority for the sites of a mesh, and the certificates that it issues to them. Works on text:
 * who keeps the files is the caller's business.
 */
#ifndef GRE_ISSUING_CA_H
#define GRE_ISSUING_CA_H

#include <glib.h>
#include <time.h>

/* A private key and its certificate in PEM; NULL: there is none yet. */
typedef struct {
    char *key;
    char *cert;
} GreKeyPair;

void gre_issuing_ca_clear(GreKeyPair *pair); /* wipes the key */

/**
 * gre_issuing_ca_complete:
 * @ca: gets what it lacks: a key (ECDSA, P-256) and a certificate for ten years
 * @now: seconds since 1970
 * @error: GRE_ERROR_PROFILE: not a key or certificate, or they don't belong together
 *
 * The key stays. The certificate is replaced by one with the same name and key before it ends
 * earlier than one that the authority issues now.
 */
gboolean gre_issuing_ca_complete(GreKeyPair *ca, time_t now, GError **error);

/**
 * gre_issuing_ca_issue:
 * @ca: complete
 * @name: for the subject: at most 64 characters
 * @identity: the IKE identity, for the subject's alternative name
 * @site: gets what it lacks: a key and a certificate for two years
 * @error: as above; GRE_ERROR_IDENTITY: no certificate can have @identity
 *
 * The key stays. The certificate is replaced if @ca didn't issue it for this key and identity, and
 * in its last 60 days.
 */
gboolean gre_issuing_ca_issue(const GreKeyPair *ca,
                              const char       *name,
                              const char       *identity,
                              time_t            now,
                              GreKeyPair       *site,
                              GError          **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreKeyPair, gre_issuing_ca_clear)

#endif
