/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles that NetworkManager has, as far as the guard needs them: which tunnels there are,
 * and which companion protects which. Of a profile that is neither, hardly more than its name is
 * kept.
 */
#ifndef GRE_PROFILE_SET_H
#define GRE_PROFILE_SET_H

#include "gre-native.h"

typedef enum {
    GRE_KNOWN_OTHER,     /* not ours, and no tunnel that could be protected */
    GRE_KNOWN_TUNNEL,    /* type ip-tunnel, in a GRE mode */
    GRE_KNOWN_VPN,       /* type vpn, of this service, with a tunnel of its own */
    GRE_KNOWN_COMPANION, /* type vpn, of this service, with "protects" */
} GreKnownKind;

typedef struct {
    char        *key;  /* D-Bus object path, or the file's name while NetworkManager isn't there */
    char        *id;   /* connection.id */
    char        *uuid; /* connection.uuid, lower case */
    char        *type; /* connection.type */
    GreKnownKind kind;

    /* The rest is NULL where it says nothing else. */
    char      *refusal;  /* OTHER of type ip-tunnel: why it is no TUNNEL, one line */
    GreNative *tunnel;   /* TUNNEL */
    char      *protects; /* COMPANION */
    char *
        *secondaries; /* TUNNEL: connection.secondaries: UUIDs, lower case, each once; NULL: none */
    char **users;     /* TUNNEL, VPN, COMPANION: who may see it; NULL: everybody, empty: nobody */
} GreKnownProfile;

/**
 * gre_profile_set_known_new:
 * @key: copied
 * @settings: a connection as NetworkManager sends it over D-Bus (a{sa{sv}})
 *
 * Returns: (transfer full) (nullable): the profile, NULL where @settings have no id, no UUID or
 *   no type that could be one.
 */
GreKnownProfile *gre_profile_set_known_new(const char *key, GVariant *settings);
void             gre_profile_set_known_free(GreKnownProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreKnownProfile, gre_profile_set_known_free)

typedef struct GreProfileSet GreProfileSet;

GreProfileSet *gre_profile_set_new(void);
void           gre_profile_set_free(GreProfileSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreProfileSet, gre_profile_set_free)

/* Takes @profile over, in place of the one with the same key. */
void gre_profile_set_put(GreProfileSet *set, GreKnownProfile *profile);

/* Returns: whether there was one. */
gboolean gre_profile_set_remove(GreProfileSet *set, const char *key);

void  gre_profile_set_clear(GreProfileSet *set);
guint gre_profile_set_size(const GreProfileSet *set);

/* NULL where there is none. What is returned lives until the set changes. */
const GreKnownProfile *gre_profile_set_lookup(const GreProfileSet *set, const char *key);
const GreKnownProfile *gre_profile_set_lookup_uuid(const GreProfileSet *set, const char *uuid);

/* Called for each profile, in no order. The set must not change meanwhile. */
typedef void (*GreKnownProfileFunc)(const GreKnownProfile *profile, gpointer user_data);
void gre_profile_set_each(const GreProfileSet *set, GreKnownProfileFunc func, gpointer user_data);

/**
 * gre_profile_set_find_tunnel:
 * @protects: a UUID or an id
 * @companion: (nullable): UUID of the profile that says so, for a better answer where there is none
 * @error: GRE_ERROR_PROFILE, one line: no such profile, not a tunnel, not a mode that can be
 *   protected, several with that id
 *
 * Returns: the profile with that UUID, else the one with that id; NULL where that isn't one tunnel.
 */
const GreKnownProfile *gre_profile_set_find_tunnel(const GreProfileSet *set,
                                                   const char          *protects,
                                                   const char          *companion,
                                                   GError             **error);

typedef void (*GreProtectedFunc)(const GreKnownProfile *companion,
                                 const GreKnownProfile *tunnel,
                                 gpointer               user_data);

/**
 * gre_profile_set_each_protected:
 *
 * Calls @func once for every pair of which the companion's "protects" names the tunnel, by UUID or
 * id, or the tunnel names the companion in its secondaries; in no order. On purpose that is more
 * than gre_profile_set_find_tunnel() finds: who meant a tunnel to be protected gets a barrier, even
 * where the two profiles don't fit together yet. The set must not change meanwhile.
 */
void
gre_profile_set_each_protected(const GreProfileSet *set, GreProtectedFunc func, gpointer user_data);

#endif
