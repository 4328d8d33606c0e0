/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of the Cisco reader. */
#ifndef GRE_CISCO_COMMON_H
#define GRE_CISCO_COMMON_H

#include "import/cisco-config.h"
#include "import/router.h"

typedef struct {
    GreRouter   router;
    GPtrArray  *sections;    /* of GreCiscoSection */
    GHashTable *lists;       /* access lists by name: GPtrArray* of GreCiscoSection; by cisco-acl */
    GHashTable *maps;        /* set of the crypto maps' names; by cisco-ipsec */
    guint       work;        /* interfaces whose protection was looked at */
    gboolean    psk, pubkey; /* how the two sides authenticate; exactly one is set at the end */
} GreCisco;

typedef struct GreCiscoRule GreCiscoRule;
struct GreCiscoRule {
    const char *words; /* the words that a line begins with */
    gboolean (*take)(GreCisco           *self,
                     const GreCiscoLine *line,
                     const GreCiscoRule *rule,
                     GError            **error); /* NULL: ignore the line */
    const char *property;             /* for gre_cisco_common_take_word(): the property … */
    guint       n;                    /* … and the number of the word */
};

/* Handles each line of the section with the first rule that matches. The last rule has NULL words.
 * Lines without a rule are noted. */
gboolean gre_cisco_common_take_section(GreCisco           *self,
                                       GreCiscoSection    *section,
                                       const GreCiscoRule *rules,
                                       GError            **error);

gboolean gre_cisco_common_take_word(GreCisco           *self,
                                    const GreCiscoLine *line,
                                    const GreCiscoRule *rule,
                                    GError            **error);

/* Notes "line 7: \"ip nhrp map …\" has no counterpart". */
void gre_cisco_common_note(GreCisco *self, const GreCiscoLine *line);

/* cisco-acl: whether an access list permits GRE from the tunnel's source to its destination, and so
 * selects the tunnel. An unknown answer is never "no". */
typedef enum { GRE_CISCO_NO, GRE_CISCO_YES, GRE_CISCO_UNKNOWN } GreCiscoAnswer;

/* @unknown: (out): the line that can't be evaluated; NULL: the list is not in the file. */
GreCiscoAnswer
gre_cisco_acl_permits(GreCisco *self, const char *list, const GreCiscoLine **unknown);

/* Marks the list as used. */
void gre_cisco_acl_use(GreCisco *self, const char *list);

/* Takes the line, and a section's lines, in the ledger. */
void gre_cisco_common_took(const GreCisco *self, const GreCiscoLine *line);
void gre_cisco_common_took_section(const GreCisco *self, const GreCiscoSection *section);

/* cisco-ipsec: the IPsec profile or crypto map that protects the tunnel; none is no error. */
gboolean gre_cisco_ipsec_take(GreCisco *self, const GreCiscoSection *tunnel, GError **error);

/* cisco-ike: IKEv2 and IKEv1. @line has the profile's name; both may be NULL for IKEv1. */
gboolean
gre_cisco_ike_take_v2(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error);
gboolean
gre_cisco_ike_take_v1(GreCisco *self, const GreCiscoLine *line, const char *name, GError **error);

#endif
