/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the parts of the Cisco reader. "The router" is the device that the file configures: the
 * peer, or the device that this machine replaces.
 */
#ifndef GRE_CISCO_COMMON_H
#define GRE_CISCO_COMMON_H

#include "import/cisco-config.h"
#include "import/profile-builder.h"

typedef struct {
    GreProfileBuilder *builder;
    GPtrArray         *sections; /* of GreCiscoSection */
    GHashTable *lists; /* access lists by name: GPtrArray* of GreCiscoSection; by cisco-acl */
    GHashTable *maps;  /* set of the crypto maps' names; by cisco-ipsec */
    guint       work;  /* interfaces whose protection was looked at */
    const char *source, *destination; /* the tunnel's ends as the router sees them; borrowed */
    gboolean    of_peer;              /* the router is the peer: swap the ends */
    gboolean    has_key;              /* there is a pre-shared key, even if it can't be read */
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

/* cisco-ike: the algorithms of a router's proposal as one strongSwan proposal: algorithms of a kind
 * together, kinds in strongSwan's order. NULL and notes if a word is unknown or missing. */
char *gre_cisco_ike_proposal(GreCisco *self, const GreCiscoLine *line, GPtrArray *algorithms);

/* Adds a proposal to those of the property. */
gboolean
gre_cisco_ike_add_proposal(GreCisco *self, const char *name, const char *proposal, GError **error);

#endif
