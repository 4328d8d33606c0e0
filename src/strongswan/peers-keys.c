/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The private keys in strongSwan, which several peers may share. */
#include "strongswan/peers-private.h"

#include "base/log.h"

gboolean
gre_peers_keys_wanted(const GrePeers *set, const char *id)
{
    GHashTableIter iter;
    gpointer       peer;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &peer))
        if (gre_peer_keys_is_used(peer, id))
            return TRUE;
    return FALSE;
}

void
gre_peers_keys_swept(GrePeers *set, const ViciSection *reply)
{
    GHashTableIter iter;
    gpointer       id;

    if (!reply)
        return;
    g_hash_table_iter_init(&iter, set->daemon.keys);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (gre_peers_keys_wanted(set, id))
            continue;
        if (gre_peer_keys_is_listed(reply, id)) {
            gre_log_kind(GRE_MESSAGE_LEFTOVER_REMOVED, LOG_NOTICE,
                         "removing a private key from strongSwan, left by an earlier run");
            gre_peer_keys_drop(&set->daemon, id);
        }
        g_hash_table_iter_remove(&iter);
    }
    gre_peer_keys_save(&set->daemon);
}

void
gre_peers_keys_unloaded(GrePeers *set, const char *id)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GrePeer *peer = value;

        if (peer->credentials && g_ascii_strcasecmp(peer->credentials->key_id, id) == 0 &&
            gre_peer_wanted(peer))
            gre_peer_load_again_soon(value);
    }
}
