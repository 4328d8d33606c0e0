/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes what is no longer used: released peers, what an earlier run left in strongSwan, and what
 * a hanging strongSwan kept.
 */
#include "strongswan/peers-private.h"

#include "base/log.h"
#include "strongswan/peer-config.h"

static gboolean left_due(gpointer data);

void
gre_peers_sweep_finish(GrePeers *set)
{
    GSourceFunc done = g_steal_pointer(&set->swept);

    if (done)
        done(set->swept_data);
}

static gboolean
has_unwanted(const GrePeers *set)
{
    GHashTableIter iter;
    gpointer       peer;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &peer))
        if (!gre_peer_wanted(peer))
            return TRUE;
    return FALSE;
}

static void
rest(GrePeers *set)
{
    if (set->sweep_pending)
        return;
    if (set->swept && !has_unwanted(set))
        gre_peers_sweep_finish(set);
    /* Nothing to do: close the connection to the daemon. */
    if (!set->swept && g_hash_table_size(set->peers) == 0) {
        vici_client_stop(set->daemon.vici);
        g_clear_error(&set->daemon.away);
    }
    if (set->left && !set->left_timer)
        set->left_timer = g_timeout_add(set->daemon.timing.left, left_due, set);
}

static gboolean
rest_idle(gpointer data)
{
    GrePeers *set = data;

    set->rest_source = 0;
    rest(set);
    return G_SOURCE_REMOVE;
}

void
gre_peers_sweep_rest_later(GrePeers *set)
{
    if (!set->rest_source)
        set->rest_source = g_idle_add(rest_idle, set);
}

void
gre_peers_sweep_forget(GrePeers *set, GrePeer *peer)
{
    set->left |= peer->held;
    g_hash_table_remove(set->peers, peer->name);
    gre_peers_sweep_rest_later(set);
}

static void
remove_leftover(GrePeers *set, const char *name)
{
    GrePeer *peer;

    if (g_hash_table_contains(set->peers, name))
        return;
    gre_log_kind(GRE_MESSAGE_LEFTOVER_REMOVED, LOG_NOTICE,
                 "removing \"%s\" from strongSwan, left by %s", name,
                 set->swept ? "an earlier run" : "a removal that strongSwan did not answer");
    peer = gre_peers_new_peer(set, name);
    peer->held = TRUE;
    peer->has_authorities = TRUE;
    gre_peer_converge_later(peer);
}

static void
sweep_answered(GrePeers *set)
{
    GHashTableIter iter;
    gpointer       name;

    if (--set->sweep_pending > 0)
        return;
    if (vici_client_is_up(set->daemon.vici)) { /* everything was answered */
        set->left = FALSE;
        g_clear_handle_id(&set->left_timer, g_source_remove);
    }
    g_hash_table_iter_init(&iter, set->sweep_names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        remove_leftover(set, name);
    g_hash_table_remove_all(set->sweep_names);
    rest(set);
}

static void
sweep_name(GrePeers *set, const char *name)
{
    if (g_str_has_prefix(name, GRE_PEER_NAME_PREFIX))
        g_hash_table_add(set->sweep_names, g_strdup(name));
}

static void
sweep_list(GrePeers *set, const ViciSection *reply, const char *key)
{
    g_auto(GStrv) names = reply ? vici_section_list(reply, key) : NULL;

    for (char **name = names; name && *name; name++)
        sweep_name(set, *name);
    sweep_answered(set);
}

static void
sweep_conns_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    sweep_list(data, reply, "conns");
}

static void
sweep_keys_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    sweep_list(data, reply, "keys");
}

/* "connection/number" */
static void
sweep_authorities_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeers *set = data;
    g_auto(GStrv) names = reply ? vici_section_list(reply, "authorities") : NULL;

    for (char **name = names; name && *name; name++) {
        (*name)[strcspn(*name, "/")] = '\0';
        sweep_name(set, *name);
    }
    sweep_answered(set);
}

static void
sweep_private_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    gre_peers_keys_swept(data, reply);
    sweep_answered(data);
}

static void
sweep_streamed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    sweep_answered(data);
}

/* list-sa has the connection's name as its section's; list-policy "connection/child". */
static void
sweep_one(const ViciSection *message, gpointer data)
{
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &section)) {
        name[strcspn(name, "/")] = '\0';
        sweep_name(data, name);
    }
}

static GBytes *
trap_only(void)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "trap", "yes");
    return vici_builder_finish(builder, NULL);
}

void
gre_peers_sweep_ask(GrePeers *set)
{
    guint ms = set->daemon.timing.request;

    if (set->sweep_pending || !vici_client_is_up(set->daemon.vici))
        return;
    set->sweep_pending = 5;
    vici_client_request(set->daemon.vici, "get-conns", NULL, NULL, NULL, ms, sweep_conns_cb, set);
    vici_client_request(set->daemon.vici, "get-shared", NULL, NULL, NULL, ms, sweep_keys_cb, set);
    vici_client_request(set->daemon.vici, "get-authorities", NULL, NULL, NULL, ms,
                        sweep_authorities_cb, set);
    vici_client_request(set->daemon.vici, "list-sas", NULL, "list-sa", sweep_one, ms,
                        sweep_streamed_cb, set);
    vici_client_request(set->daemon.vici, "list-policies", trap_only(), "list-policy", sweep_one,
                        ms, sweep_streamed_cb, set);
    if (g_hash_table_size(set->daemon.keys) == 0)
        return;
    set->sweep_pending++;
    vici_client_request(set->daemon.vici, "get-keys", NULL, NULL, NULL, ms, sweep_private_cb, set);
}

void
gre_peers_sweep(GrePeers *set, GSourceFunc done, gpointer user_data)
{
    set->swept = done;
    set->swept_data = user_data;
    vici_client_start(set->daemon.vici);
    gre_peers_sweep_ask(set);
}

/* A hanging daemon may answer again by now. */
static gboolean
left_due(gpointer data)
{
    GrePeers *set = data;

    set->left_timer = 0;
    vici_client_start(set->daemon.vici);
    gre_peers_sweep_ask(set);
    return G_SOURCE_REMOVE;
}
