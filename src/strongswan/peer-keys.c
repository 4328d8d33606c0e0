/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer's private key and authorities in strongSwan. A key's only name there is its id, so the ids
 * of the keys that we loaded are recorded; a key that was there before is the administrator's, and
 * stays. Several peers may use the same key.
 */
#include "strongswan/peer-private.h"

#include "base/log.h"
#include "base/runtime-state.h"
#include "gre-error.h"
#include "strongswan/peer-config.h"

#include <string.h>

static void load_next_authority(GrePeer *peer);
static void unload_next_authority(GrePeer *peer);

void
gre_peer_keys_save(const GrePeerDaemon *daemon)
{
    g_autofree const char **ids =
        (const char **) g_hash_table_get_keys_as_array(daemon->keys, NULL);

    gre_runtime_state_save_keys(ids);
}

/* ---- loading ---- */

/* Whether the answer ends the step; starts the next one. */
static gboolean
is_through(GrePeer *peer, const char *what, const GError *error)
{
    peer->op = 0;
    if (error)
        gre_peer_load_failed(peer, GRE_ERROR_PROFILE, what, error);
    else if (!gre_peer_wanted(peer))
        gre_peer_remove(peer);
    else
        return FALSE;
    return TRUE;
}

static void
authority_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    if (!is_through(peer, "authority's certificate", error))
        load_next_authority(peer);
}

static void
load_next_authority(GrePeer *peer)
{
    g_autoptr(GError) wrong = NULL;
    GBytes *message;

    if (peer->next_authority >= peer->credentials->authorities->len) {
        gre_peer_load_connection(peer);
        return;
    }
    message =
        gre_peer_config_authority(peer->name, peer->credentials, peer->next_authority++, &wrong);
    if (message)
        gre_peer_request(peer, "load-authority", message, authority_loaded_cb);
    else
        gre_peer_tell(peer, GRE_TELL_FAILED, wrong);
}

static void
ignored_cb(const ViciSection *reply, const GError *error, gpointer data)
{
}

void
gre_peer_keys_drop(GrePeerDaemon *daemon, const char *id)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "id", id);
    vici_client_request(daemon->vici, "unload-key", vici_builder_finish(builder, NULL), NULL, NULL,
                        daemon->timing.request, ignored_cb, NULL);
}

/* The key in a token is known only now. */
static gboolean
check_id(GrePeer *peer, const char *id)
{
    g_autoptr(GError) error = NULL;

    if (!id || g_ascii_strcasecmp(id, peer->credentials->key_id) == 0)
        return TRUE;
    gre_peer_keys_drop(peer->daemon, id);
    error = g_error_new_literal(
        GRE_ERROR, GRE_ERROR_PROFILE,
        "ipsec-private-key: the key in the token does not match the certificate in ipsec-cert");
    gre_peer_tell(peer, GRE_TELL_FAILED, error);
    return FALSE;
}

static void
key_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer         *peer = data;
    gboolean         token = peer->credentials->token != NULL;
    g_autofree char *id = reply ? vici_section_string(reply, "id") : NULL;

    if (error) {
        g_hash_table_remove(peer->daemon->keys, peer->credentials->key_id);
        gre_peer_keys_save(peer->daemon);
    }
    if (is_through(peer,
                   token ? "private key in the token (id, PIN, pkcs11 plugin)" : "private key",
                   error))
        return;
    if (check_id(peer, id))
        load_next_authority(peer);
}

static void
load_key(GrePeer *peer)
{
    g_autoptr(GError) wrong = NULL;
    GBytes *message = gre_peer_config_key(peer->credentials, &wrong);

    if (!message) {
        gre_peer_tell(peer, GRE_TELL_FAILED, wrong);
        return;
    }
    g_hash_table_add(peer->daemon->keys, g_strdup(peer->credentials->key_id));
    gre_peer_keys_save(peer->daemon);
    gre_peer_request(peer, peer->credentials->token ? "load-token" : "load-key", message,
                     key_loaded_cb);
}

gboolean
gre_peer_keys_is_listed(const ViciSection *reply, const char *id)
{
    g_auto(GStrv) ids = vici_section_list(reply, "keys");

    for (char **one = ids; one && *one; one++)
        if (g_ascii_strcasecmp(*one, id) == 0)
            return TRUE;
    return FALSE;
}

static void
keys_listed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    if (is_through(peer, "question for its keys", error))
        return;
    if (gre_peer_keys_is_listed(reply, peer->credentials->key_id))
        load_next_authority(peer);
    else
        load_key(peer);
}

void
gre_peer_keys_load(GrePeer *peer)
{
    peer->has_authorities = TRUE;
    peer->next_authority = 0;
    gre_peer_request(peer, "get-keys", NULL, keys_listed_cb);
}

/* ---- unloading ---- */

static void
look_after(GrePeer *peer)
{
    peer->op = 0;
    peer->look = TRUE;
    gre_peer_converge(peer);
}

static void
key_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    look_after(data);
}

gboolean
gre_peer_keys_is_used(const GrePeer *peer, const char *id)
{
    for (guint i = 0; i < peer->users->len; i++) {
        const GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->credentials && strcmp(user->credentials->key_id, id) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
unload_own_key(GrePeer *peer)
{
    const char *id = peer->credentials ? peer->credentials->key_id : NULL;

    peer->has_authorities = FALSE;
    if (!id || peer->owner_funcs->wants_key(peer->owner, id) ||
        !g_hash_table_remove(peer->daemon->keys, id)) {
        look_after(peer);
        return;
    }
    gre_peer_keys_save(peer->daemon);
    gre_peer_remove_unload(peer, "unload-key", "id", id, key_unloaded_cb);
}

static void
authority_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    unload_next_authority(data);
}

static void
unload_next_authority(GrePeer *peer)
{
    g_autofree char *name = NULL;

    if (peer->old_authorities->len == 0) {
        unload_own_key(peer);
        return;
    }
    name = g_ptr_array_steal_index(peer->old_authorities, 0);
    gre_peer_remove_unload(peer, "unload-authority", "name", name, authority_unloaded_cb);
}

static void
authorities_listed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer         *peer = data;
    g_autofree char *prefix = g_strconcat(peer->name, "/", NULL);
    g_auto(GStrv) names = reply ? vici_section_list(reply, "authorities") : NULL;

    g_ptr_array_set_size(peer->old_authorities, 0);
    for (char **name = names; name && *name; name++)
        if (g_str_has_prefix(*name, prefix))
            g_ptr_array_add(peer->old_authorities, g_strdup(*name));
    peer->op = 0;
    if (vici_client_is_up(peer->daemon->vici))
        unload_next_authority(peer);
    else
        gre_peer_converge(peer);
}

void
gre_peer_keys_unload(GrePeer *peer)
{
    peer->op = 0;
    if (!vici_client_is_up(peer->daemon->vici))
        gre_peer_converge(peer);
    else if (peer->has_authorities)
        gre_peer_request(peer, "get-authorities", NULL, authorities_listed_cb);
    else
        look_after(peer);
}
