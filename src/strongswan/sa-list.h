/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's SAs for one peer, from its answer to list-sas.
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
    guint    encr_keysize; /* bits, 0 if it has none */
    char    *selectors;    /* both sides' networks, as the daemon writes them; NULL: not told */
    gboolean tunnel_mode;
    gboolean encap;   /* in UDP */
    gboolean rekeyed; /* replaced by another; removed when the peer has confirmed */
    guint32  spi_in, spi_out;
    guint64  bytes_in, packets_in, bytes_out, packets_out; /* since it was set up, as of the list */
    guint64  age;                                          /* seconds since it was set up */
    guint64  rekey;                                        /* seconds until */
} GreChildSa;

typedef struct {
    char      *unique_id;
    char      *initiator_spi;
    gboolean   established;          /* and not being deleted */
    gboolean   rekeying;             /* being replaced by another; its age is unknown then */
    gboolean   ours;                 /* initiated by us */
    guint64    age;                  /* seconds since it was established */
    guint64    rekey;                /* seconds until it is rekeyed; 0: it isn't */
    guint      version;              /* 1 or 2 */
    gboolean   nat_local;            /* a NAT is in front of us … */
    gboolean   nat_remote;           /* … of the peer */
    GreAddress remote;               /* the peer's address in the daemon, which follows a NAT */
    char      *local_id, *remote_id; /* as authenticated, NULL before */
    char      *algorithms;           /* "AES_CBC-128/HMAC_SHA2_256_128/PRF…/CURVE_25519" */
    GPtrArray *children;             /* GreChildSa: those that are installed */
} GreIkeSa;

typedef struct {
    GPtrArray *ike;     /* GreIkeSa, in the daemon's order */
    guint      leaving; /* IKE_SAs being deleted, which are not listed */
} GreSaList;

void gre_sa_list_init(GreSaList *list);
void gre_sa_list_clear(GreSaList *list);

/* Adds the SAs of connection @name from one list-sa message. */
void gre_sa_list_add(GreSaList *list, const char *name, const ViciSection *message);

/* The IKE_SA whose peer has another address than @remote in the daemon, or NULL. */
const GreIkeSa *gre_sa_list_moved(const GreSaList *list, const GreAddress *remote);

/* The newest CHILD_SA that carries traffic, or NULL. */
const GreChildSa *gre_sa_list_child(const GreSaList *list);

/* The IKE_SA in @list that @child belongs to. */
const GreIkeSa *gre_sa_list_ike_of(const GreSaList *list, const GreChildSa *child);

/* The IKE_SA with the CHILD_SA that has this inbound SPI, or NULL. */
const GreIkeSa *gre_sa_list_ike_of_spi(const GreSaList *list, guint32 spi_in);

/* Whether one of its CHILD_SAs has this SPI, in either direction. */
gboolean gre_sa_list_has_spi(const GreSaList *list, guint32 spi);

/* An IKE_SA that is still being set up by us (@ours) or by the peer, or NULL. */
const GreIkeSa *gre_sa_list_half_open(const GreSaList *list, gboolean ours);

/* Unique ids in a list, or NULL. */
typedef struct {
    const char *ike;   /* an IKE_SA to end */
    const char *child; /* a CHILD_SA to end */
    const char
        *instead; /* of @ike, which the peer initiated: ours to end if the peer leaves both */
} GreSurplus;

/**
 * gre_sa_list_surplus:
 *
 * If both ends initiate at the same time, there are two SAs instead of one. Both ends must keep the
 * same one without negotiation: of IKE_SAs established within 30 s of each other (3 s if the same
 * end initiated both) the one with the lowest initiator SPI stays, else the newest (an older one
 * may be stale, of a peer that was restarted or moved); of CHILD_SAs in one IKE_SA that carry the
 * same networks the one with the lowest SPI. The short overlap during rekeying is not a surplus.
 *
 * Peers other than ours keep both, and most send through the IKE_SA that they initiated, which they
 * have as the newer one. Libreswan sends nothing at all once that is ended. So of such a pair only
 * our own is ended.
 *
 * Returns: whether there is a surplus SA.
 */
gboolean gre_sa_list_surplus(const GreSaList *list, GreSurplus *out);

gboolean gre_sa_list_child_equal(const GreChildSa *a, const GreChildSa *b);

#endif
