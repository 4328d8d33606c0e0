/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link between a format and a profile: each reader fills a builder, which becomes a connection
 * or an error of one line. The property table validates every value.
 */
#ifndef GRE_PROFILE_BUILDER_H
#define GRE_PROFILE_BUILDER_H

#include "import/ledger.h"

#include <NetworkManager.h>

typedef struct {
    GreLedger  *ledger;     /* of the file being read; NULL: nothing to record; borrowed */
    char       *id;         /* NULL: derived from the rest */
    GHashTable *data;       /* vpn.data: char* -> char* */
    GHashTable *secrets;    /* vpn.secrets: char* -> char*, wiped */
    GHashTable *origins;    /* where each property was set, by its name: char* -> char* */
    GPtrArray  *addresses;  /* of NMIPAddress, both families, in order */
    GPtrArray  *routes;     /* of NMIPRoute */
    GPtrArray  *dns;        /* of char*: addresses, not checked */
    GPtrArray  *searches;   /* of char*: domains, not checked */
    GPtrArray  *notes;      /* of char*: settings that can't be expressed */
    char       *keys[2];    /* GRE keys, in and out, as gre_value_key() parses them */
    gboolean    one_way[4]; /* GreOneWay: properties that are set for one direction only */
} GreProfileBuilder;

typedef enum {
    GRE_ONE_WAY_CHECKSUM_IN,
    GRE_ONE_WAY_CHECKSUM_OUT,
    GRE_ONE_WAY_SEQUENCE_IN,
    GRE_ONE_WAY_SEQUENCE_OUT,
} GreOneWay;

GreProfileBuilder *gre_profile_builder_new(void);
void               gre_profile_builder_free(GreProfileBuilder *builder);

/* Sets a property or secret, by name or alias, and replaces its value. @where is the origin of the
 * value ("line 7") and comes before an error. */
gboolean gre_profile_builder_set(GreProfileBuilder *builder,
                                 const char        *where,
                                 const char        *name,
                                 const char        *value,
                                 GError           **error);

/* How a traffic selector, without its protocol, relates to the address of an end of IKE: "dynamic",
 * "203.0.113.10/32", "%any". */
typedef enum {
    GRE_SELECTOR_END,   /* it selects just that */
    GRE_SELECTOR_WIDER, /* a network that has it, or it can't be told from a host name */
    GRE_SELECTOR_OTHER, /* other hosts */
} GreSelector;

GreSelector gre_profile_builder_selector(const char *selector, const char *end);

/* Fails: the selector of the tunnel's end is not the address of IKE. */
gboolean gre_profile_builder_fail_selector(const char *where, GError **error);

/* Sets "mode" by one of the names that other software uses, in any case: "gre/ipv6", "gre6". */
gboolean gre_profile_builder_mode(GreProfileBuilder *builder,
                                  const char        *where,
                                  const char        *mode,
                                  GError           **error);

/* The same for "remote" and "local"; "any", "0.0.0.0" and the like leave it unset. */
gboolean gre_profile_builder_endpoint(GreProfileBuilder *builder,
                                      const char        *where,
                                      const char        *name,
                                      const char        *value,
                                      GError           **error);

/* The property's value, or NULL. */
const char *gre_profile_builder_get(const GreProfileBuilder *builder, const char *name);

/* Adds an address inside the tunnel: "10.0.0.1/30", or without a length. */
gboolean gre_profile_builder_address(GreProfileBuilder *builder,
                                     const char        *where,
                                     const char        *text,
                                     GError           **error);

/* Adds a route into the tunnel: "192.168.20.0/24", an address, or "default" of @family; @via may be
 * NULL. Returns: (transfer none): for further attributes; NULL and @error. */
NMIPRoute *gre_profile_builder_route(GreProfileBuilder *builder,
                                     const char        *where,
                                     int                family,
                                     const char        *destination,
                                     const char        *via,
                                     gint64             metric,
                                     GError           **error);

/* Sets the source address of packets that use the route. */
void gre_profile_builder_source(GreProfileBuilder *builder,
                                const char        *where,
                                NMIPRoute         *route,
                                const char        *source);

/* Adds servers or search domains separated by blanks, not checked yet; at most 1024 of each. */
void gre_profile_builder_names(GreProfileBuilder *builder, gboolean servers, const char *text);

/* Records that the line has been read; for gre_ledger_check(). */
void gre_profile_builder_took(GreProfileBuilder *builder, guint line);

/* Adds a note about a setting that can't be expressed. */
void
gre_profile_builder_note(GreProfileBuilder *builder, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same, unless it is the last note again. */
void gre_profile_builder_note_once(GreProfileBuilder *builder, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* Sets ipsec-mode. @mode: the file's word for ESP's mode; NULL or "": none, which means tunnel in
 * every format. Fails for another mode than tunnel and transport. */
gboolean gre_profile_builder_esp_mode(GreProfileBuilder *builder,
                                      const char        *where,
                                      const char        *mode,
                                      GError           **error);

/* In tunnel mode, GRE's addresses are those of the traffic selectors. If the host @text differs
 * from IKE's address, sets the endpoint @name to it, with a note, where IKE's is private: a NAT
 * hides it. Fails elsewhere. Ignores networks and names. */
gboolean gre_profile_builder_inner_end(GreProfileBuilder *builder,
                                       const char        *where,
                                       const char        *name,
                                       const char        *text,
                                       GError           **error);

/* Notes that the original tunnel comes up at boot, which a VPN doesn't do by itself. */
void gre_profile_builder_boot(GreProfileBuilder *builder);

/* Moves the notes so far to the end of @others. */
void gre_profile_builder_give_notes(GreProfileBuilder *builder, GPtrArray *notes);

/* Sets the GRE keys of each direction that is given: one "key" if they are equal. */
gboolean gre_profile_builder_take_key(GreProfileBuilder *builder,
                                      const char        *where,
                                      gboolean           in,
                                      gboolean           out,
                                      const char        *text,
                                      GError           **error);

/**
 * gre_profile_builder_finish:
 * May be called once: it consumes the collected keys and flags.
 *
 * Returns: (transfer full): a VPN connection that the service accepts.
 */
NMConnection *gre_profile_builder_finish(GreProfileBuilder *builder, GError **error);

/* Whether the service accepts such a profile; gre_profile_builder_finish() checks the same. */
gboolean gre_profile_builder_check(NMConnection *connection, GError **error);

/* The same, and whether libnm accepts it; adds implied properties. */
gboolean gre_profile_builder_verify(NMConnection *connection, GError **error);

/* A connection with [connection] (type vpn, a new UUID) and [vpn], for readers that set more. */
NMConnection *gre_profile_builder_connection(const char *id, GHashTable *data, GHashTable *secrets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfileBuilder, gre_profile_builder_free)

#endif
