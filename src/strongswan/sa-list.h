/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon has for one peer, from its answer to list-sas.
 */
#ifndef GRE_SA_LIST_H
#define GRE_SA_LIST_H

#include "gre-address.h"
#include "vici/vici-message.h"

/* A CHILD_SA that carries traffic. */
typedef struct {
    char    *unique_id;
    char    *encr_alg;     /* "AES_GCM_16" … */
    char    *integ_alg;    /* NULL for AEAD */
    guint    encr_keysize; /* bits, 0 where it has none */
    gboolean tunnel_mode;
    gboolean encap;   /* in UDP */
    gboolean rekeyed; /* another has taken its place; it goes when the peer has confirmed */
    guint32  spi_in, spi_out;
    guint64  bytes_in, packets_in, bytes_out, packets_out; /* since it was set up, as of the list */
    guint64  rekey;                                        /* seconds until */
} GreChildSa;

typedef struct {
    char      *unique_id;
    char      *initiator_spi;
    gboolean   established;          /* and not on its way out */
    gboolean   rekeying;             /* another takes its place; its age is not known then */
    gboolean   ours;                 /* this end began it */
    guint64    age;                  /* seconds since it was established */
    guint64    rekey;                /* seconds until it is rekeyed; 0: it isn't */
    guint      version;              /* 1 or 2 */
    gboolean   nat_local;            /* a NAT is in front of this end … */
    gboolean   nat_remote;           /* … of the peer */
    GreAddress remote;               /* where the daemon has the peer now: a NAT may move it */
    char      *local_id, *remote_id; /* as authenticated, NULL before */
    char      *algorithms;           /* "AES_CBC-128/HMAC_SHA2_256_128/PRF…/CURVE_25519" */
    GPtrArray *children;             /* GreChildSa: those that are installed */
} GreIkeSa;

typedef struct {
    GPtrArray *ike;     /* GreIkeSa, in the daemon's order */
    guint      leaving; /* IKE_SAs on their way out, which are not in it */
} GreSaList;

void gre_sa_list_init(GreSaList *list);
void gre_sa_list_clear(GreSaList *list);

/* Takes over what one list-sa message says of connection @name. */
void gre_sa_list_add(GreSaList *list, const char *name, const ViciSection *message);

/* The IKE_SA whose peer the daemon has at another address than @remote, or NULL. */
const GreIkeSa *gre_sa_list_moved(const GreSaList *list, const GreAddress *remote);

/* The newest CHILD_SA that carries traffic, or NULL. */
const GreChildSa *gre_sa_list_child(const GreSaList *list);

/* The IKE_SA that it belongs to: one of @list's. */
const GreIkeSa *gre_sa_list_ike_of(const GreSaList *list, const GreChildSa *child);

/* The IKE_SA with the CHILD_SA whose inbound SPI this is, or NULL. */
const GreIkeSa *gre_sa_list_ike_of_spi(const GreSaList *list, guint32 spi_in);

/* An IKE_SA that is still being set up by this end (@ours) or by the peer, or NULL. */
const GreIkeSa *gre_sa_list_half_open(const GreSaList *list, gboolean ours);

/**
 * gre_sa_list_surplus:
 * @ike_id: (out): unique id of an IKE_SA to end, or NULL
 * @child_id: (out): unique id of a CHILD_SA to end, or NULL
 *
 * When both ends began at the same time there are two SAs where one is wanted. Both ends must
 * choose the same one without talking about it: of IKE_SAs made within 30 s of each other (3 s
 * where the same end began both) the one with the lowest initiator SPI stays, else the newest (an
 * older one may be the remains of a peer that was restarted, or moved); of CHILD_SAs in one IKE_SA
 * the one with the lowest SPI. What rekeying makes double for a moment is none too many.
 *
 * Returns: whether there is one too many; the ids belong to @list.
 */
gboolean gre_sa_list_surplus(const GreSaList *list, const char **ike_id, const char **child_id);

gboolean gre_sa_list_child_equal(const GreChildSa *a, const GreChildSa *b);

#endif
