/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the readers of routers' configurations. "The router" is the device that the file
 * configures: the peer, or the device that this machine replaces.
 */
#ifndef GRE_ROUTER_H
#define GRE_ROUTER_H

#include "gre-address.h"
#include "gre-algorithm.h"
#include "import/profile-builder.h"

typedef struct {
    GreProfileBuilder *builder;
    const char *source, *destination; /* the tunnel's ends as the router sees them; borrowed */
    gboolean    of_peer;              /* the router is the peer: swap the ends */
    gboolean    has_key;              /* there is a pre-shared key, even if it can't be read */
    GArray     *nets;                 /* of GrePrefix: the router's addresses inside the tunnel */
} GreRouter;

/* @nets is a new array. */
void gre_router_init(GreRouter *self, GreProfileBuilder *builder);
void gre_router_clear(GreRouter *self);

/* Whose file it is, by the addresses of this machine, and then "local" and "remote". @from, @to:
 * lines of source and destination */
gboolean gre_router_take_ends(GreRouter *self, guint from, guint to, GError **error);

/* The router's address inside the tunnel: the profile gets it, or that of the other of two hosts.
 */
gboolean
gre_router_take_address(GreRouter *self, guint line, const GrePrefix *prefix, GError **error);

/* The same for text; an address without a length is a host. */
gboolean
gre_router_take_address_text(GreRouter *self, guint line, const char *text, GError **error);

/* Whether the next hop is in the tunnel. */
gboolean gre_router_is_inside(const GreRouter *self, const char *hop);

/* A route into the tunnel: the router's own, or a note. @hop: NULL or "": none */
gboolean
gre_router_take_route(GreRouter *self, guint line, const char *to, const char *hop, GError **error);

/* ---- IPsec ---- */

/* An identity of the router or of its peer; one that is the address is not set. */
gboolean
gre_router_take_id(GreRouter *self, guint line, gboolean of_router, const char *id, GError **error);

/* @hex: the key is in hex digits. Fails for a second key that differs. */
gboolean
gre_router_take_psk(GreRouter *self, guint line, const char *text, gboolean hex, GError **error);

/* Notes that the key is missing. */
void gre_router_note_psk(GreRouter *self);

/* ipsec-private-key, -cert and -ca, with a note about what has to be put there. */
gboolean gre_router_take_pubkey(GreRouter *self, GError **error);

/* ipsec-private-key, for a raw public key, with a note that it has to be put there. */
gboolean gre_router_take_private_key(GreRouter *self, GError **error);

/* The algorithms of a router's proposal (array of const GreAlgorithm) as one strongSwan proposal:
 * algorithms of a kind together, kinds in strongSwan's order. NULL and notes if a word is unknown
 * or missing. */
char *gre_router_proposal(GreRouter *self, guint line, GPtrArray *algorithms);

/* Adds the algorithm that the router calls @word, or notes that it is unknown. */
void gre_router_add_algorithm(GreRouter        *self,
                              guint             line,
                              GreAlgorithmWords words,
                              GreAlgorithmKind  kind,
                              const char       *word,
                              GPtrArray        *algorithms);

/* The same for several words, separated by commas or blanks. */
void gre_router_add_algorithms(GreRouter        *self,
                               guint             line,
                               GreAlgorithmWords words,
                               GreAlgorithmKind  kind,
                               const char       *list,
                               GPtrArray        *algorithms);

/* Adds the router's default for a missing @part, with a note. */
void gre_router_assume_algorithms(GreRouter        *self,
                                  guint             line,
                                  GreAlgorithmWords words,
                                  GreAlgorithmKind  kind,
                                  const char       *part,
                                  const char       *list,
                                  GPtrArray        *algorithms);

/* The same for an IKE proposal or one of ESP, added to those of the profile. An AEAD has no
 * integrity algorithm: in IKE, the router's is the pseudorandom function. If there are AEADs and
 * others, it is two proposals. */
gboolean gre_router_take_proposal(
    GreRouter *self, guint line, gboolean ike, GPtrArray *algorithms, GError **error);

/* Adds a proposal to those of the property. */
gboolean
gre_router_add_proposal(GreRouter *self, const char *name, const char *proposal, GError **error);

/* Whether a traffic selector ("192.0.2.1/32", a network, or NULL for the end itself) has @end. */
gboolean gre_router_selects(const char *selector, const char *end);

#endif
