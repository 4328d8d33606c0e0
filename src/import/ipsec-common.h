/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the reader of ipsec.conf(5) share: format-ipsec has the file and its conn,
 * ipsec-proposals algorithms, ipsec-credentials keys and certificates, ipsec-secrets the
 * ipsec.secrets(5) beside it.
 */
#ifndef GRE_IPSEC_COMMON_H
#define GRE_IPSEC_COMMON_H

#include "import/file.h"
#include "import/profile-builder.h"

typedef struct {
    char *name, *value;
    guint line;
} GreIpsecKey;

typedef struct {
    char      *name;
    guint      line;
    GPtrArray *keys; /* of GreIpsecKey */
} GreIpsecSection;

typedef struct {
    GreProfileBuilder *builder;
    GPtrArray         *conns;       /* of GreIpsecSection */
    GPtrArray         *authorities; /* the same of "ca" */
    GHashTable        *keys;  /* of the conn, with all that it takes in: char* -> GreIpsecKey*,
                                 borrowed; what is read goes out of it where the rest is noted */
    const char *ours, *other; /* "left", "right" */
} GreIpsecConf;

/* A private key that ipsec.secrets has. */
typedef struct {
    guint line;
    char *kind;     /* "RSA", "P12", "PIN" … */
    char *file;     /* or %smartcard… */
    char *password; /* NULL: none; wiped */
} GreIpsecPrivate;

/* "line 7, leftcert" (transfer full) */
char *gre_ipsec_common_where(const GreIpsecKey *key);

/* The conn's key of that end, "left" and "id"; NULL where it has none. */
const GreIpsecKey *
gre_ipsec_common_side(const GreIpsecConf *conf, const char *side, const char *what);

/* The same, which then counts as read. */
const GreIpsecKey *gre_ipsec_common_take(GreIpsecConf *conf, const char *side, const char *what);

/* "line 7: leftca=… has no counterpart" */
void gre_ipsec_common_note(GreIpsecConf *conf, const GreIpsecKey *key);

/* Without the quotes around it. (transfer full) */
char *gre_ipsec_common_unquote(const char *text);

/* Cuts off a comment and the blanks before it. */
void gre_ipsec_common_cut_comment(char *line);

/* ike=, esp= and pfs=, into the import; what of them has no counterpart is noted. */
void gre_ipsec_proposals_take(GreIpsecConf *conf);

/* The pre-shared key that fits best, into the import; none is no error. @name: of the file. */
gboolean gre_ipsec_secrets_take_psk(GreIpsecConf  *conf,
                                    const GreFile *secrets,
                                    const char    *name,
                                    GError       **error);

/* The private key that fits a certificate's name (or NULL) best; NULL: there is none. */
GreIpsecPrivate *gre_ipsec_secrets_find_private(GreIpsecConf  *conf,
                                                const GreFile *secrets,
                                                const char    *name,
                                                const char    *cert);
void             gre_ipsec_secrets_private_free(GreIpsecPrivate *private_key);

/* All that "pubkey" needs. @secrets: may be NULL; @name: what it would be called. */
gboolean gre_ipsec_credentials_take(GreIpsecConf  *conf,
                                    const GreFile *secrets,
                                    const char    *name,
                                    GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreIpsecPrivate, gre_ipsec_secrets_private_free)

#endif
