/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which profiles may share a peer or an identity. A profile shares only with profiles of the same
 * users: otherwise a user could test guesses at another's secret by trying to share.
 */
#include "strongswan/peers-private.h"

#include "base/log.h"
#include "gre-permissions.h"
#include "strongswan/peer-config.h"

static gboolean
same_users(const GreProfile *profile, const GreProfile *other)
{
    return gre_permissions_equal(profile->users, other->users);
}

/* How an error of @profile calls @other: by name only if everybody who may see @profile, and so
 * reads the error, may see @other too. The journal is for administrators, who may see both. */
static char *
name_for(const GreProfile *profile, const GreProfile *other)
{
    if (gre_permissions_cover(other->users, profile->users))
        return g_strdup_printf("\"%s\"", other->id);
    gre_log_kind_full(GRE_MESSAGE_PROFILE_CONFLICT, LOG_NOTICE, profile->id, profile->uuid, NULL,
                      "conflicts with \"%s\", the profile of another user", other->id);
    return g_strdup("the profile of another user");
}

/* Finds another tunnel of this peer with different settings, and the differing property. */
static gboolean
check_agreement(const GrePeer        *peer,
                const GreProfile     *profile,
                const GreCredentials *credentials,
                GError              **error)
{
    for (guint i = 0; i < peer->users->len; i++) {
        const GrePeerUser *user = g_ptr_array_index(peer->users, i);
        const char        *key;

        if (user->releasing)
            continue;
        if (!same_users(profile, user->profile)) {
            g_autofree char *other = name_for(profile, user->profile);

            g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                        "%s has a tunnel between the same two addresses; only profiles with the "
                        "same connection.permissions share an SA",
                        other);
            return FALSE;
        }
        if (profile->mode == GRE_MODE_XFRM || user->profile->mode == GRE_MODE_XFRM) {
            g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                        "mode: \"%s\" has a tunnel between the same two addresses; with mode=xfrm, "
                        "there can be only one",
                        user->profile->id);
            return FALSE;
        }
        key = gre_peer_conflict(user, profile, credentials);
        if (!key)
            continue;
        g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                    "%s: differs from that of \"%s\", a tunnel between the same two addresses; the "
                    "two share one SA and must agree",
                    key, user->profile->id);
        return FALSE;
    }
    return TRUE;
}

/* The profile of another peer with a pre-shared key, whose peer has that identity; else NULL. */
static const GreProfile *
other_with_identity(const GrePeer *other, const char *name, const char *identity)
{
    const GrePeerUser *user = gre_peer_first_user(other);
    char               id[GRE_ADDRESS_STRLEN];

    if (!user || user->profile->ipsec.method != GRE_IPSEC_PSK || g_str_equal(other->name, name) ||
        !g_str_equal(identity,
                     gre_peer_config_remote_id(&user->profile->ipsec, &other->remote, id)))
        return NULL;
    return user->profile;
}

/* strongSwan chooses a pre-shared key by the peer's identity, whatever the addresses: an identity
 * cannot have two keys. */
static gboolean
check_secret(GrePeers         *set,
             const char       *name,
             const GreProfile *profile,
             const GreAddress *remote,
             GError          **error)
{
    char           id[GRE_ADDRESS_STRLEN];
    const char    *identity = gre_peer_config_remote_id(&profile->ipsec, remote, id);
    GHashTableIter iter;
    gpointer       value;

    if (profile->ipsec.method != GRE_IPSEC_PSK)
        return TRUE;
    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GreProfile *other = other_with_identity(value, name, identity);

        if (!other)
            continue;
        if (!same_users(profile, other)) {
            g_autofree char *shown = name_for(profile, other);

            g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                        "%s has a peer with the same identity, \"%s\"; use another value of "
                        "ipsec-remote-id, or the same connection.permissions",
                        shown, identity);
            return FALSE;
        }
        if (gre_secret_equal(other->ipsec.psk, profile->ipsec.psk))
            continue;
        g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                    "ipsec-psk: differs from that of \"%s\", whose peer has the same identity, "
                    "\"%s\"; use the same secret for both, or different values of ipsec-remote-id",
                    other->id, identity);
        return FALSE;
    }
    return TRUE;
}

static gboolean
fail_raw_key(const GreProfile *profile,
             const GreProfile *other,
             const char       *identity,
             GError          **error)
{
    g_autofree char *shown = NULL;

    if (same_users(profile, other)) {
        g_set_error(
            error, GRE_ERROR, GRE_ERROR_TAKEN,
            "ipsec-private-key: differs from that of \"%s\", which has the same local identity, "
            "\"%s\"; use the same key for both, or different values of ipsec-local-id",
            other->id, identity);
        return FALSE;
    }
    shown = name_for(profile, other);
    g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                "%s has the same local identity, \"%s\"; use another value of ipsec-local-id",
                shown, identity);
    return FALSE;
}

/* strongSwan chooses our raw public key by our identity only: an identity cannot have two keys. */
static gboolean
check_raw_key(GrePeers             *set,
              const char           *name,
              const GreProfile     *profile,
              const GreCredentials *credentials,
              GError              **error)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (credentials && g_hash_table_iter_next(&iter, NULL, &value)) {
        const GrePeerUser    *user = gre_peer_first_user(value);
        const GreCredentials *other = user ? user->credentials : NULL;

        if (!other || g_str_equal(((GrePeer *) value)->name, name) ||
            (other->cert && credentials->cert) || g_str_equal(other->key_id, credentials->key_id) ||
            !g_str_equal(other->local_id, credentials->local_id))
            continue;
        return fail_raw_key(profile, user->profile, credentials->local_id, error);
    }
    return TRUE;
}

gboolean
gre_peers_share_allows(GrePeers             *set,
                       const char           *name,
                       const GreProfile     *profile,
                       const GreCredentials *credentials,
                       const GreAddress     *remote,
                       GError              **error)
{
    const GrePeer *peer = g_hash_table_lookup(set->peers, name);

    return check_secret(set, name, profile, remote, error) &&
           check_raw_key(set, name, profile, credentials, error) &&
           (!peer || check_agreement(peer, profile, credentials, error));
}
