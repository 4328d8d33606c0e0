/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles by key, and the two references between a companion and its tunnel.
 */
#include "nm/profile-set.h"

#include <string.h>

#include "gre-error.h"
#include "gre-permissions.h"
#include "gre-service-names.h"
#include "gre-value.h"

struct GreProfileSet {
    GHashTable *profiles; /* key -> GreKnownProfile, which owns the key */
};

/* ---- one profile ---- */

/* A property's text, NULL if it is unset or empty. Borrowed. */
static const char *
text_of(GVariant *setting, const char *name)
{
    const char *text = NULL;

    g_variant_lookup(setting, name, "&s", &text);
    return text && text[0] ? text : NULL;
}

/* Without duplicates, in lower case. */
static char **
read_secondaries(GVariant *connection)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) uuids = NULL;
    g_autofree const char **entries = NULL;

    g_variant_lookup(connection, "secondaries", "^a&s", &entries);
    if (!entries || !entries[0])
        return NULL;
    uuids = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; entries[i]; i++) {
        char *uuid = g_ascii_strdown(entries[i], -1);

        if (g_hash_table_contains(seen, uuid)) {
            g_free(uuid);
        } else {
            g_hash_table_add(seen, uuid);
            g_ptr_array_add(uuids, uuid);
        }
    }
    g_ptr_array_add(uuids, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&uuids), FALSE);
}

static void
read_tunnel(GreKnownProfile *profile, GVariant *settings)
{
    g_autoptr(GError) error = NULL;

    profile->tunnel = gre_native_new(settings, &error);
    if (profile->tunnel) {
        profile->kind = GRE_KNOWN_TUNNEL;
    } else {
        profile->refusal = g_strdup(error->message);
    }
}

/* Of a profile of GRE with IPsec whose peer has an address, not a name. */
static void
read_endpoints(GreKnownProfile *profile, GVariant *data)
{
    const char *ipsec = NULL, *mode = NULL, *local = NULL, *remote = NULL;

    g_variant_lookup(data, "ipsec", "&s", &ipsec);
    g_variant_lookup(data, "mode", "&s", &mode);
    g_variant_lookup(data, "local", "&s", &local);
    if (!ipsec || strcmp(ipsec, "no") == 0 || g_strcmp0(mode, "xfrm") == 0 ||
        !g_variant_lookup(data, "remote", "&s", &remote) ||
        !gre_address_parse(remote, &profile->remote))
        return;
    if (!local || !gre_address_parse(local, &profile->local))
        profile->local = (GreAddress){ .family = profile->remote.family };
}

static void
read_vpn(GreKnownProfile *profile, GVariant *settings, GVariant *connection)
{
    g_autoptr(GVariant) vpn = g_variant_lookup_value(settings, "vpn", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) data = NULL;
    const char *protects = NULL;

    if (!vpn || g_strcmp0(text_of(vpn, "service-type"), GRE_SERVICE_NAME) != 0)
        return;
    data = g_variant_lookup_value(vpn, "data", G_VARIANT_TYPE("a{ss}"));
    if (data)
        g_variant_lookup(data, "protects", "&s", &protects);
    profile->kind = protects && protects[0] ? GRE_KNOWN_COMPANION : GRE_KNOWN_VPN;
    if (profile->kind == GRE_KNOWN_COMPANION)
        profile->protects = g_strdup(protects);
    else if (data)
        read_endpoints(profile, data);
}

GreKnownProfile *
gre_profile_set_known_new(const char *key, GVariant *settings)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    const char      *id = connection ? text_of(connection, "id") : NULL;
    const char      *uuid = connection ? text_of(connection, "uuid") : NULL;
    const char      *type = connection ? text_of(connection, "type") : NULL;
    GreKnownProfile *profile;

    if (!id || !uuid || !type || !gre_value_is_printable(type))
        return NULL;
    profile = g_new0(GreKnownProfile, 1);
    profile->key = g_strdup(key);
    profile->id = g_strdup(id);
    profile->uuid = g_ascii_strdown(uuid, -1);
    profile->type = g_strdup(type);
    profile->users = gre_permissions_read(connection);
    profile->secondaries = read_secondaries(connection);
    if (strcmp(type, "ip-tunnel") == 0)
        read_tunnel(profile, settings);
    else if (strcmp(type, "vpn") == 0)
        read_vpn(profile, settings, connection);
    return profile;
}

void
gre_profile_set_known_free(GreKnownProfile *profile)
{
    g_free(profile->key);
    g_free(profile->id);
    g_free(profile->uuid);
    g_free(profile->type);
    g_free(profile->refusal);
    g_clear_pointer(&profile->tunnel, gre_native_unref);
    g_free(profile->protects);
    g_strfreev(profile->secondaries);
    g_strfreev(profile->users);
    g_free(profile);
}

gboolean
gre_profile_set_known_has_secondary(const GreKnownProfile *profile, const char *uuid)
{
    for (gsize i = 0; profile->secondaries && profile->secondaries[i]; i++)
        if (g_ascii_strcasecmp(profile->secondaries[i], uuid) == 0)
            return TRUE;
    return FALSE;
}

/* ---- the set ---- */

GreProfileSet *
gre_profile_set_new(void)
{
    GreProfileSet *set = g_new0(GreProfileSet, 1);

    set->profiles = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) gre_profile_set_known_free);
    return set;
}

void
gre_profile_set_free(GreProfileSet *set)
{
    g_hash_table_unref(set->profiles);
    g_free(set);
}

void
gre_profile_set_put(GreProfileSet *set, GreKnownProfile *profile)
{
    g_hash_table_replace(set->profiles, profile->key, profile);
}

gboolean
gre_profile_set_remove(GreProfileSet *set, const char *key)
{
    return g_hash_table_remove(set->profiles, key);
}

void
gre_profile_set_clear(GreProfileSet *set)
{
    g_hash_table_remove_all(set->profiles);
}

guint
gre_profile_set_size(const GreProfileSet *set)
{
    return g_hash_table_size(set->profiles);
}

const GreKnownProfile *
gre_profile_set_lookup(const GreProfileSet *set, const char *key)
{
    return g_hash_table_lookup(set->profiles, key);
}

const GreKnownProfile *
gre_profile_set_lookup_uuid(const GreProfileSet *set, const char *uuid)
{
    GHashTableIter   iter;
    GreKnownProfile *profile;

    g_hash_table_iter_init(&iter, set->profiles);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &profile))
        if (g_ascii_strcasecmp(profile->uuid, uuid) == 0)
            return profile;
    return NULL;
}

void
gre_profile_set_each(const GreProfileSet *set, GreKnownProfileFunc func, gpointer user_data)
{
    GHashTableIter   iter;
    GreKnownProfile *profile;

    g_hash_table_iter_init(&iter, set->profiles);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &profile))
        func(profile, user_data);
}

/* ---- from a companion to its tunnel ---- */

typedef struct {
    const char            *id;
    char                 **users;
    const GreKnownProfile *found;  /* the last one */
    const GreKnownProfile *tunnel; /* the last one of type ip-tunnel */
    guint                  n, n_tunnels;
} IdSearch;

static gboolean
is_ip_tunnel(const GreKnownProfile *profile)
{
    return profile->kind == GRE_KNOWN_TUNNEL || profile->refusal;
}

static void
search_id(const GreKnownProfile *profile, gpointer data)
{
    IdSearch *search = data;

    if (strcmp(profile->id, search->id) != 0 ||
        !gre_permissions_equal(profile->users, search->users))
        return;
    search->found = profile;
    search->n++;
    if (is_ip_tunnel(profile)) {
        search->tunnel = profile;
        search->n_tunnels++;
    }
}

/* The only tunnel of these users that has @companion among its secondaries, or NULL. */
static const GreKnownProfile *
find_base(const GreProfileSet *set, const char *companion, char **users)
{
    const GreKnownProfile *base = NULL;
    GHashTableIter         iter;
    GreKnownProfile       *profile;

    g_hash_table_iter_init(&iter, set->profiles);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &profile)) {
        if (profile->kind != GRE_KNOWN_TUNNEL ||
            !gre_profile_set_known_has_secondary(profile, companion) ||
            !gre_permissions_equal(profile->users, users))
            continue;
        if (base)
            return NULL;
        base = profile;
    }
    return base;
}

/* A system tunnel that a user's own companion names: everybody may know that it is there. */
static gboolean
is_for_all(const GreProfileSet *set, const char *protects)
{
    const GreKnownProfile *profile = gre_profile_set_lookup_uuid(set, protects);
    IdSearch               search = { .id = protects };

    if (profile)
        return !profile->users && is_ip_tunnel(profile);
    gre_profile_set_each(set, search_id, &search);
    return search.n_tunnels > 0;
}

static const GreKnownProfile *
fail_missing(const GreProfileSet *set,
             const char          *protects,
             const char          *companion,
             char               **users,
             GError             **error)
{
    const GreKnownProfile *base = companion ? find_base(set, companion, users) : NULL;
    g_autofree char       *shown = gre_value_quote(protects);
    g_autofree char       *base_shown = base ? gre_value_quote(base->id) : NULL;

    if (users && is_for_all(set, protects))
        gre_error_fail(error,
                       "protects: the ip-tunnel profile %s is available to all users, this profile "
                       "is not: the two must have the same connection.permissions",
                       shown);
    else if (base)
        gre_error_fail(error,
                       "protects: there is no ip-tunnel profile %s; %s has this companion in its "
                       "secondaries: was it renamed?",
                       shown, base_shown);
    else
        gre_error_fail(error, "protects: there is no ip-tunnel profile %s", shown);
    return NULL;
}

static const GreKnownProfile *
check_tunnel(const GreKnownProfile *profile, GError **error)
{
    g_autofree char *shown = gre_value_quote(profile->id);

    if (profile->kind == GRE_KNOWN_TUNNEL)
        return profile;
    if (profile->refusal)
        gre_error_fail(error, "protects: %s can't be protected: %s", shown, profile->refusal);
    else
        gre_error_fail(error, "protects: %s is a profile of type %s, not ip-tunnel", shown,
                       profile->type);
    return NULL;
}

const GreKnownProfile *
gre_profile_set_find_tunnel(const GreProfileSet *set,
                            const char          *protects,
                            const char          *companion,
                            char               **users,
                            GError             **error)
{
    const GreKnownProfile *profile = gre_profile_set_lookup_uuid(set, protects);
    IdSearch               search = { .id = protects, .users = users };
    g_autofree char       *shown = NULL;

    if (profile && (!users || gre_permissions_equal(profile->users, users)))
        return check_tunnel(profile, error);
    if (!profile)
        gre_profile_set_each(set, search_id, &search);
    if (search.n == 0)
        return fail_missing(set, protects, companion, users, error);
    if (search.n_tunnels == 1) /* even if other profiles have that name */
        return check_tunnel(search.tunnel, error);
    if (search.n == 1)
        return check_tunnel(search.found, error);
    shown = gre_value_quote(protects);
    gre_error_fail(error, "protects: there are %u %sprofiles %s: use the UUID of one of them",
                   search.n_tunnels ? search.n_tunnels : search.n,
                   search.n_tunnels ? "ip-tunnel " : "", shown);
    return NULL;
}

/* ---- all pairs ---- */

/* Profiles by UUID or by id, which may be ambiguous. */
static void
index_add(GHashTable *index, const char *name, GreKnownProfile *profile)
{
    GPtrArray *profiles = g_hash_table_lookup(index, name);

    if (!profiles) {
        profiles = g_ptr_array_new();
        g_hash_table_insert(index, (gpointer) name, profiles);
    }
    g_ptr_array_add(profiles, profile);
}

static GHashTable *
index_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
}

typedef struct {
    GHashTable      *tunnels_by_uuid, *tunnels_by_id, *companions_by_uuid;
    GreProtectedFunc func;
    gpointer         user_data;
} Pairs;

static void
index_profiles(Pairs *pairs, const GreProfileSet *set)
{
    GHashTableIter   iter;
    GreKnownProfile *profile;

    g_hash_table_iter_init(&iter, set->profiles);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &profile)) {
        if (profile->kind == GRE_KNOWN_TUNNEL) {
            index_add(pairs->tunnels_by_uuid, profile->uuid, profile);
            index_add(pairs->tunnels_by_id, profile->id, profile);
        } else if (profile->kind == GRE_KNOWN_COMPANION) {
            index_add(pairs->companions_by_uuid, profile->uuid, profile);
        }
    }
}

static gboolean
names_by_uuid(const GreKnownProfile *companion, const GreKnownProfile *tunnel)
{
    return g_ascii_strcasecmp(companion->protects, tunnel->uuid) == 0;
}

/* A user's own profile binds no profile of others, and theirs do not bind it. A companion of all
 * users binds any tunnel that it names by UUID. */
static void
report(const Pairs *pairs, const GreKnownProfile *companion, const GreKnownProfile *tunnel)
{
    if (gre_permissions_equal(tunnel->users, companion->users) ||
        (!companion->users && names_by_uuid(companion, tunnel)))
        pairs->func(companion, tunnel, pairs->user_data);
}

static void
pairs_of_companion(const Pairs *pairs, const GreKnownProfile *companion)
{
    g_autofree char *uuid = g_ascii_strdown(companion->protects, -1);
    GPtrArray       *by_uuid = g_hash_table_lookup(pairs->tunnels_by_uuid, uuid);
    GPtrArray       *by_id = g_hash_table_lookup(pairs->tunnels_by_id, companion->protects);

    for (guint i = 0; by_uuid && i < by_uuid->len; i++)
        report(pairs, companion, by_uuid->pdata[i]);
    for (guint i = 0; by_id && i < by_id->len; i++)
        if (!names_by_uuid(companion, by_id->pdata[i]))
            report(pairs, companion, by_id->pdata[i]);
}

/* Pairs that pairs_of_companion() does not report. */
static void
pairs_of_secondary(const Pairs *pairs, const GreKnownProfile *tunnel, const char *uuid)
{
    GPtrArray *companions = g_hash_table_lookup(pairs->companions_by_uuid, uuid);

    for (guint i = 0; companions && i < companions->len; i++) {
        const GreKnownProfile *companion = companions->pdata[i];

        if (!names_by_uuid(companion, tunnel) && strcmp(companion->protects, tunnel->id) != 0)
            report(pairs, companion, tunnel);
    }
}

static void
pairs_of(const GreKnownProfile *profile, gpointer data)
{
    if (profile->kind == GRE_KNOWN_COMPANION)
        pairs_of_companion(data, profile);
    if (profile->kind != GRE_KNOWN_TUNNEL)
        return;
    for (gsize i = 0; profile->secondaries && profile->secondaries[i]; i++)
        pairs_of_secondary(data, profile, profile->secondaries[i]);
}

void
gre_profile_set_each_protected(const GreProfileSet *set, GreProtectedFunc func, gpointer user_data)
{
    g_autoptr(GHashTable) tunnels_by_uuid = index_new();
    g_autoptr(GHashTable) tunnels_by_id = index_new();
    g_autoptr(GHashTable) companions_by_uuid = index_new();
    Pairs pairs = { tunnels_by_uuid, tunnels_by_id, companions_by_uuid, func, user_data };

    index_profiles(&pairs, set);
    gre_profile_set_each(set, pairs_of, &pairs);
}
