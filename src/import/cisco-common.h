/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the reader of Cisco's configurations share. "The router" is whose file it is:
 * the other end, or the one whose place this machine takes.
 */
#ifndef GRE_CISCO_COMMON_H
#define GRE_CISCO_COMMON_H

#include "import/cisco-config.h"
#include "import/profile-builder.h"

typedef struct {
    GreProfileBuilder *builder;
    GPtrArray         *sections;      /* of GreCiscoSection */
    const char *source, *destination; /* the tunnel's ends, as the router sees them; borrowed */
    gboolean    theirs;               /* the router is the other end: the ends change places */
    gboolean    has_key;              /* there is a pre-shared key, though it can't be read */
    gboolean    psk, pubkey; /* how the two ends prove who they are; one of them in the end */
} GreCisco;

typedef struct GreCiscoRule GreCiscoRule;
struct GreCiscoRule {
    const char *words; /* that a line begins with */
    gboolean (*take)(GreCisco           *self,
                     const GreCiscoLine *line,
                     const GreCiscoRule *rule,
                     GError            **error); /* NULL: nothing to do */
    const char *ours;                 /* for gre_cisco_common_take_word(): the key … */
    guint       n;                    /* … and the number of the word */
};

/* Each line of the section by the first rule that fits, which another must follow whose words are
 * NULL; what none fits is noted. */
gboolean gre_cisco_common_take_section(GreCisco           *self,
                                       GreCiscoSection    *section,
                                       const GreCiscoRule *rules,
                                       GError            **error);

gboolean gre_cisco_common_take_word(GreCisco           *self,
                                    const GreCiscoLine *line,
                                    const GreCiscoRule *rule,
                                    GError            **error);

/* "line 7: \"ip nhrp map …\" has no counterpart". */
void gre_cisco_common_note(GreCisco *self, const GreCiscoLine *line);

/* cisco-ipsec: what protects the tunnel, a profile or a crypto map; nothing is fine. */
gboolean gre_cisco_ipsec_take(GreCisco *self, const GreCiscoSection *tunnel, GError **error);

/* cisco-ike: versions 2 and 1, by the line that names the profile; it may be NULL for version 1. */
gboolean gre_cisco_ike_take_v2(GreCisco *self, const GreCiscoLine *line, GError **error);
gboolean gre_cisco_ike_take_v1(GreCisco *self, const GreCiscoLine *line, GError **error);

/* cisco-ike: the algorithms that the words stand for, as one proposal: those of a kind in a row,
 * and strongSwan's order of kinds. NULL and notes where something is unknown or missing. */
char *gre_cisco_ike_proposal(GreCisco *self, const GreCiscoLine *line, GPtrArray *algorithms);

/* Adds a proposal to those of the key. */
gboolean
gre_cisco_ike_add_proposal(GreCisco *self, const char *name, const char *proposal, GError **error);

#endif
