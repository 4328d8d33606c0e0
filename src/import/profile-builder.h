/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands between a format and a profile: each reader fills this, and it becomes a connection,
 * or one line that says why not. The property table decides over every value.
 */
#ifndef GRE_PROFILE_BUILDER_H
#define GRE_PROFILE_BUILDER_H

#include <NetworkManager.h>

typedef struct {
    char       *id;         /* NULL: made of what is there */
    GHashTable *data;       /* vpn.data: char* -> char* */
    GHashTable *secrets;    /* vpn.secrets: char* -> char*, wiped */
    GPtrArray  *addresses;  /* of NMIPAddress, both families, in order */
    GPtrArray  *routes;     /* of NMIPRoute */
    GPtrArray  *dns;        /* of char*: addresses, unchecked */
    GPtrArray  *searches;   /* of char*: domains, unchecked */
    GPtrArray  *notes;      /* of char*: what can't be expressed */
    char       *keys[2];    /* GRE keys, in and out, as gre_value_key() takes them */
    gboolean    one_way[4]; /* GreOneWay: half of what our keys have as a whole */
} GreProfileBuilder;

typedef enum {
    GRE_ONE_WAY_CHECKSUM_IN,
    GRE_ONE_WAY_CHECKSUM_OUT,
    GRE_ONE_WAY_SEQUENCE_IN,
    GRE_ONE_WAY_SEQUENCE_OUT,
} GreOneWay;

GreProfileBuilder *gre_profile_builder_new(void);
void               gre_profile_builder_free(GreProfileBuilder *builder);

/* Sets one of our keys or secrets, by name or alias, in place of what was there; @where says where
 * the value is from ("line 7") and comes before the error. */
gboolean gre_profile_builder_set(GreProfileBuilder *builder,
                                 const char        *where,
                                 const char        *name,
                                 const char        *value,
                                 GError           **error);

/* Sets "mode" by one of the names that others have for it, in any case: "gre/ipv6", "gre6". */
gboolean gre_profile_builder_mode(GreProfileBuilder *builder,
                                  const char        *where,
                                  const char        *mode,
                                  GError           **error);

/* The same for "remote" and "local": "any", "0.0.0.0" and the like leave it unset. */
gboolean gre_profile_builder_endpoint(GreProfileBuilder *builder,
                                      const char        *where,
                                      const char        *name,
                                      const char        *value,
                                      GError           **error);

/* What the key was set to, or NULL. */
const char *gre_profile_builder_get(const GreProfileBuilder *builder, const char *name);

/* An address inside the tunnel: "10.0.0.1/30", or without a length. */
gboolean gre_profile_builder_address(GreProfileBuilder *builder,
                                     const char        *where,
                                     const char        *text,
                                     GError           **error);

/* A route into it: "192.168.20.0/24", an address, or "default" of @family; @via may be NULL.
 * Returns: (transfer none): for further attributes; NULL and @error. */
NMIPRoute *gre_profile_builder_route(GreProfileBuilder *builder,
                                     const char        *where,
                                     int                family,
                                     const char        *destination,
                                     const char        *via,
                                     gint64             metric,
                                     GError           **error);

/* The source address of packets that take the route. */
void gre_profile_builder_source(GreProfileBuilder *builder,
                                const char        *where,
                                NMIPRoute         *route,
                                const char        *source);

/* Servers or search domains with blanks between, unchecked so far. */
void gre_profile_builder_names(GreProfileBuilder *builder, gboolean servers, const char *text);

/* One more line of what can't be expressed. */
void
gre_profile_builder_note(GreProfileBuilder *builder, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Says that whoever wrote the file meant tunnel mode, or nothing. */
void gre_profile_builder_tunnel_mode(GreProfileBuilder *builder, const char *where);

/* Says that the tunnel comes up at boot where it is from, which a VPN doesn't by itself. */
void gre_profile_builder_boot(GreProfileBuilder *builder);

/* Moves the notes so far to others' end. */
void gre_profile_builder_give_notes(GreProfileBuilder *builder, GPtrArray *notes);

/* GRE keys, of each direction that is given: the one key of ours where they are equal. */
gboolean gre_profile_builder_take_key(GreProfileBuilder *builder,
                                      const char        *where,
                                      gboolean           in,
                                      gboolean           out,
                                      const char        *text,
                                      GError           **error);

/**
 * gre_profile_builder_finish:
 * May be called once: it moves what is left of keys and flags to where it belongs.
 *
 * Returns: (transfer full): a VPN connection that the service would take.
 */
NMConnection *gre_profile_builder_finish(GreProfileBuilder *builder, GError **error);

/* Whether the service takes such a profile; what gre_profile_builder_finish() asks of all of them.
 */
gboolean gre_profile_builder_check(NMConnection *connection, GError **error);

/* The same, and whether libnm takes it; what goes without saying is added to it. */
gboolean gre_profile_builder_verify(NMConnection *connection, GError **error);

/* A connection with [connection] (type vpn, a new UUID) and [vpn], for those with more to say. */
NMConnection *gre_profile_builder_connection(const char *id, GHashTable *data, GHashTable *secrets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfileBuilder, gre_profile_builder_free)

#endif
