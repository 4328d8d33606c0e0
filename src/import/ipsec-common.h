/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the parts of the ipsec.conf(5) reader: read-ipsec reads the file and its conn,
 * ipsec-proposals algorithms, ipsec-credentials keys and certificates, ipsec-secrets the
 * accompanying ipsec.secrets(5).
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
    GPtrArray         *authorities; /* the same for "ca" */
    GHashTable        *by_name;     /* the first conn of each name: char* -> GreIpsecSection* */
    GHashTable        *included;    /* set of char*: the conns that others include */
    guint              work;        /* keys of conns and of what they include that may be read */
    GHashTable *keys; /* of the conn and all that it includes: char* -> GreIpsecKey*, borrowed; keys
                         that have been read are removed, the rest is noted */
    const char *local, *remote; /* "left", "right" */
    const char *config_dir;     /* of ipsec.d, with strongSwan */
} GreIpsecConf;

/* A private key from ipsec.secrets. */
typedef struct {
    guint line;
    char *kind;     /* "RSA", "P12", "PIN" … */
    char *file;     /* or %smartcard… */
    char *password; /* NULL: none; wiped */
} GreIpsecPrivate;

/* "line 7, leftcert" (transfer full) */
char *gre_ipsec_common_where(const GreIpsecKey *key);

/* The conn's key for that side, such as "left" and "id"; NULL if it has none. */
const GreIpsecKey *
gre_ipsec_common_side(const GreIpsecConf *conf, const char *side, const char *what);

/* The same; marks the key as read. */
const GreIpsecKey *gre_ipsec_common_take(GreIpsecConf *conf, const char *side, const char *what);

/* "line 7: leftca=… has no counterpart" */
void gre_ipsec_common_note(GreIpsecConf *conf, const GreIpsecKey *key);

/* Without surrounding quotes. (transfer full) */
char *gre_ipsec_common_unquote(const char *text);

/* Cuts off a comment and the blanks before it. */
void gre_ipsec_common_cut_comment(char *line);

/* Imports ike=, esp= and pfs=; notes what has no counterpart. */
void gre_ipsec_proposals_take(GreIpsecConf *conf);

/* Imports the pre-shared key that matches best; none is no error. @name: of the file. */
gboolean gre_ipsec_secrets_take_psk(GreIpsecConf  *conf,
                                    const GreFile *secrets,
                                    const char    *name,
                                    GError       **error);

/* The private key that best matches a certificate's name (or NULL); NULL if there is none. */
GreIpsecPrivate *gre_ipsec_secrets_find_private(GreIpsecConf  *conf,
                                                const GreFile *secrets,
                                                const char    *name,
                                                const char    *cert);
void             gre_ipsec_secrets_private_free(GreIpsecPrivate *private_key);

/* Imports everything that "pubkey" needs. @secrets: may be NULL; @name: the name that file would
 * have. */
gboolean gre_ipsec_credentials_take(GreIpsecConf  *conf,
                                    const GreFile *secrets,
                                    const char    *name,
                                    GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreIpsecPrivate, gre_ipsec_secrets_private_free)

#endif
