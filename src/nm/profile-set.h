/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's profiles, as far as the guard needs them: which tunnels exist, and which
 * companion protects which. Of other profiles, little more than the name is kept.
 */
#ifndef GRE_PROFILE_SET_H
#define GRE_PROFILE_SET_H

#include "gre-native.h"

typedef enum {
    GRE_KNOWN_OTHER,     /* not ours, and not a tunnel that could be protected */
    GRE_KNOWN_TUNNEL,    /* type ip-tunnel, in a GRE mode */
    GRE_KNOWN_VPN,       /* type vpn, of this service, with a tunnel of its own */
    GRE_KNOWN_COMPANION, /* type vpn, of this service, with "protects" */
} GreKnownKind;

typedef struct {
    char *key;  /* D-Bus object path, or the file's name while NetworkManager is not running */
    char *id;   /* connection.id */
    char *uuid; /* connection.uuid, lower case */
    char *type; /* connection.type */
    GreKnownKind kind;

    /* NULL unless stated otherwise: */
    char      *refusal;       /* OTHER of type ip-tunnel: why it is not a TUNNEL, one line */
    GreNative *tunnel;        /* TUNNEL */
    GreAddress local, remote; /* VPN with IPsec whose remote is an address; local may be any */
    char      *protects;      /* COMPANION */
    char     **secondaries;   /* connection.secondaries: UUIDs, lower case, each once; NULL: none */
    char     **users;         /* users who may see it; NULL: all, empty: none */
} GreKnownProfile;

/**
 * gre_profile_set_known_new:
 * @key: copied
 * @settings: a connection as NetworkManager sends it over D-Bus (a{sa{sv}})
 *
 * Returns: (transfer full) (nullable): the profile, NULL if @settings have no valid id, UUID or
 *   type.
 */
GreKnownProfile *gre_profile_set_known_new(const char *key, GVariant *settings);
void             gre_profile_set_known_free(GreKnownProfile *profile);

/* Whether NetworkManager activates the profile @uuid with this one. */
gboolean gre_profile_set_known_has_secondary(const GreKnownProfile *profile, const char *uuid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreKnownProfile, gre_profile_set_known_free)

typedef struct GreProfileSet GreProfileSet;

GreProfileSet *gre_profile_set_new(void);
void           gre_profile_set_free(GreProfileSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfileSet, gre_profile_set_free)

/* Takes ownership of @profile, which replaces the one with the same key. */
void gre_profile_set_put(GreProfileSet *set, GreKnownProfile *profile);

/* Returns: whether there was one. */
gboolean gre_profile_set_remove(GreProfileSet *set, const char *key);

void  gre_profile_set_clear(GreProfileSet *set);
guint gre_profile_set_size(const GreProfileSet *set);

/* NULL if there is none. The result is valid until the set changes. */
const GreKnownProfile *gre_profile_set_lookup(const GreProfileSet *set, const char *key);
const GreKnownProfile *gre_profile_set_lookup_uuid(const GreProfileSet *set, const char *uuid);

/* Called for each profile, in no order. The set must not change meanwhile. */
typedef void (*GreKnownProfileFunc)(const GreKnownProfile *profile, gpointer user_data);
void gre_profile_set_each(const GreProfileSet *set, GreKnownProfileFunc func, gpointer user_data);

/**
 * gre_profile_set_find_tunnel:
 * @protects: a UUID or an id
 * @companion: (nullable): UUID of the protecting profile, for a better error text
 * @users: (nullable): its users. A profile of others is not found, nor named in @error; one of all
 *   users finds any by UUID.
 * @error: GRE_ERROR_PROFILE, one line: no such profile, not a tunnel, not a mode that can be
 *   protected, several with that id
 *
 * Returns: the profile with that UUID, else the one with that id; NULL if that is not exactly one
 *   tunnel.
 */
const GreKnownProfile *gre_profile_set_find_tunnel(const GreProfileSet *set,
                                                   const char          *protects,
                                                   const char          *companion,
                                                   char               **users,
                                                   GError             **error);

typedef void (*GreProtectedFunc)(const GreKnownProfile *companion,
                                 const GreKnownProfile *tunnel,
                                 gpointer               user_data);

/**
 * gre_profile_set_each_protected:
 *
 * Calls @func once for every companion and tunnel where the companion's "protects" names the
 * tunnel, by UUID or id, or the tunnel names the companion in its secondaries; in no order. This is
 * deliberately more than gre_profile_set_find_tunnel() finds: a tunnel that is meant to be
 * protected gets a barrier even if the two profiles do not match yet. But both must have the same
 * users, unless a companion of all users names the tunnel by UUID: nobody can have a barrier laid
 * on the tunnel of another. The set must not change meanwhile.
 */
void
gre_profile_set_each_protected(const GreProfileSet *set, GreProtectedFunc func, gpointer user_data);

#endif
