/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A router's settings by a table of rules, and notes for those that no rule has. */
#ifndef GRE_ROUTER_RULES_H
#define GRE_ROUTER_RULES_H

#include "import/file.h"
#include "import/paths.h"
#include "import/router.h"

/* Reads a router's tunnel into @self's builder. */
typedef gboolean (*GreRouterRead)(GreRouter      *self,
                                  const GrePaths *paths,
                                  const GreFile  *file,
                                  GError        **error);

/* As the `read` of a GreReader, with the file's settings in @paths. */
NMConnection *gre_router_rules_read(const GrePaths *paths,
                                    const GreFile  *file,
                                    GreRouterRead   read,
                                    GreLedger      *ledger,
                                    GPtrArray      *notes,
                                    GError        **error);

typedef struct GreRouterRule GreRouterRule;
struct GreRouterRule {
    const char *words; /* the words that a setting begins with in its branch */
    gboolean (*take)(GreRouter           *self,
                     const GrePath       *path,
                     const char          *value, /* the word after them; "" if there is none */
                     const GreRouterRule *rule,
                     GError             **error); /* NULL: ignore it */
    const char *property;             /* for gre_router_rules_value() and _word() */
    const char *value;                /* for gre_router_rules_word() */
};

/* Handles each setting of the branch with the first rule that matches; the last rule has NULL
 * words. Settings without a rule are noted. */
gboolean gre_router_rules_take(GreRouter           *self,
                               const GreBranch     *branch,
                               const GreRouterRule *rules,
                               GError             **error);

/* For rules: sets the property to the setting's value … */
gboolean gre_router_rules_value(GreRouter           *self,
                                const GrePath       *path,
                                const char          *value,
                                const GreRouterRule *rule,
                                GError             **error);

/* … or to the rule's. */
gboolean gre_router_rules_word(GreRouter           *self,
                               const GrePath       *path,
                               const char          *value,
                               const GreRouterRule *rule,
                               GError             **error);

/* A GRE key for both directions. */
gboolean gre_router_rules_key(GreRouter           *self,
                              const GrePath       *path,
                              const char          *value,
                              const GreRouterRule *rule,
                              GError             **error);

/* An address inside the tunnel. */
gboolean gre_router_rules_address(GreRouter           *self,
                                  const GrePath       *path,
                                  const char          *value,
                                  const GreRouterRule *rule,
                                  GError             **error);

/* The pre-shared key, as it is. */
gboolean gre_router_rules_psk(GreRouter           *self,
                              const GrePath       *path,
                              const char          *value,
                              const GreRouterRule *rule,
                              GError             **error);

/* Notes "line 7: \"tunnel key …\" has no counterpart". */
void gre_router_rules_note(GreRouter *self, GrePath *path, guint depth);

/* One note for all settings that are not of the tunnel. */
void gre_router_rules_note_rest(GreRouter *self, const GrePaths *paths);

/* Fails: a setting names what the file doesn't have. */
gboolean gre_router_rules_fail_missing(const GrePath *path, GError **error);

/* Fails: the tunnel has several peers. */
gboolean gre_router_rules_fail_multipoint(guint line, GError **error);

#endif
