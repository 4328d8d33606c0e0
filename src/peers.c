/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of peers and the daemon they live in: events and log lines find their peer here. */
#include "peer-private.h"

#include "gre-error.h"
#include "log.h"
#include "peer-config.h"

#include <string.h>

const GrePeerTiming gre_peer_timing_default = {
    .attempt = 3500,
    .attempt_idle = 4500,
    .exchange = 20000,
    .pause_eager = 500,
    .pause_first = 1000,
    .pause_last = 60000,
    .surplus = 2000,
    .terminate = 2000,
    .load = 5000,
    .settle = 500,
    .nudge = 5000,
    .request = 10000,
    .left = 30000,
};

static gboolean left_due(gpointer data);

static void
sweep_finish(GrePeers *set)
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
        sweep_finish(set);
    /* Nothing to do with the daemon: hold no connection to it. */
    if (!set->swept && g_hash_table_size(set->peers) == 0) {
        vici_client_stop(set->vici);
        g_clear_error(&set->away);
    }
    if (set->left && !set->left_timer)
        set->left_timer = g_timeout_add(set->timing.left, left_due, set);
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
gre_peers_forget(GrePeers *set, GrePeer *peer)
{
    set->left |= peer->held;
    g_hash_table_remove(set->peers, peer->name);
    if (!set->rest_source)
        set->rest_source = g_idle_add(rest_idle, set);
}

const GError *
gre_peers_daemon_error(const GrePeers *set)
{
    return set->away;
}

static void
each_peer(GrePeers *set, void (*func)(GrePeer *peer, gpointer data), gpointer data)
{
    g_autoptr(GList) peers = g_hash_table_get_values(set->peers);

    /* @func removes at most the peer it is called for. */
    for (GList *l = peers; l; l = l->next)
        func(l->data, data);
}

/* ---- sweeping ---- */

static void
remove_leftover(GrePeers *set, const char *name)
{
    GrePeer *peer;

    if (g_hash_table_contains(set->peers, name))
        return;
    gre_log(LOG_NOTICE, "removing \"%s\" from strongSwan, left by %s", name,
            set->swept ? "an earlier run" : "a removal that it didn't answer");
    peer = gre_peer_new(set, name);
    peer->held = TRUE;
    g_hash_table_insert(set->peers, peer->name, peer);
    gre_peer_converge_later(peer);
}

static void
sweep_answered(GrePeers *set)
{
    GHashTableIter iter;
    gpointer       name;

    if (--set->sweep_pending > 0)
        return;
    if (vici_client_is_up(set->vici)) { /* it answered all */
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
    (void) error;
    sweep_list(data, reply, "conns");
}

static void
sweep_keys_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    (void) error;
    sweep_list(data, reply, "keys");
}

static void
sweep_streamed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    (void) reply;
    (void) error;
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

static void
sweep_ask(GrePeers *set)
{
    guint ms = set->timing.request;

    if (set->sweep_pending || !vici_client_is_up(set->vici))
        return;
    set->sweep_pending = 4;
    vici_client_request(set->vici, "get-conns", NULL, NULL, NULL, ms, sweep_conns_cb, set);
    vici_client_request(set->vici, "get-shared", NULL, NULL, NULL, ms, sweep_keys_cb, set);
    vici_client_request(set->vici, "list-sas", NULL, "list-sa", sweep_one, ms, sweep_streamed_cb,
                        set);
    vici_client_request(set->vici, "list-policies", trap_only(), "list-policy", sweep_one, ms,
                        sweep_streamed_cb, set);
}

void
gre_peers_sweep(GrePeers *set, GSourceFunc done, gpointer user_data)
{
    set->swept = done;
    set->swept_data = user_data;
    vici_client_start(set->vici);
    sweep_ask(set);
}

/* A daemon that hung may answer again by now. */
static gboolean
left_due(gpointer data)
{
    GrePeers *set = data;

    set->left_timer = 0;
    vici_client_start(set->vici);
    sweep_ask(set);
    return G_SOURCE_REMOVE;
}

/* ---- the daemon's side ---- */

static void
peer_daemon_up(GrePeer *peer, gpointer data)
{
    (void) data;
    gre_peer_converge_later(peer);
}

static void
daemon_up(ViciClient *client, gpointer data)
{
    GrePeers *set = data;

    (void) client;
    g_clear_error(&set->away);
    each_peer(set, peer_daemon_up, NULL);
    /* What is left waits for its timer: seeking it may be what the daemon went away from. */
    if (set->swept || (set->left && !set->left_timer))
        sweep_ask(set);
}

static void
peer_daemon_lost(GrePeer *peer, gpointer error)
{
    gre_peer_daemon_lost(peer, error);
}

static void
daemon_down(ViciClient *client, const GError *error, gpointer data)
{
    GrePeers *set = data;

    (void) client;
    g_clear_error(&set->away);
    set->away = g_error_copy(error);
    each_peer(set, peer_daemon_lost, set->away);
    if (!set->sweep_pending)
        sweep_finish(set); /* it holds nothing then */
    if (!set->rest_source)
        set->rest_source = g_idle_add(rest_idle, set);
}

/* The first name of a section in an ike-updown, child-updown … message: the connection's. */
static GrePeer *
peer_of_event(GrePeers *set, const ViciSection *message)
{
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &section)) {
        GrePeer *peer = g_hash_table_lookup(set->peers, name);

        if (peer)
            return peer;
    }
    return NULL;
}

static gboolean
is_of_address(char c)
{
    return g_ascii_isxdigit(c) || c == ':';
}

static gboolean
line_has_address(const char *line, const GreAddress *address)
{
    char        buf[GRE_ADDRESS_STRLEN];
    const char *text = gre_address_to_string(address, buf);

    for (const char *at = line; *text && (at = strstr(at, text)); at++) {
        const char *end = at + strlen(text);

        /* 10.0.0.1 stands not in 10.0.0.12, but before the dots of "10.0.0.1...10.0.0.2". */
        if ((at == line || !is_of_address(at[-1])) && !is_of_address(*end))
            return TRUE;
    }
    return FALSE;
}

/* The peer that a line without a connection's name is about, by the addresses in it. */
static GrePeer *
peer_by_addresses(GrePeers *set, const char *line, gboolean both)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        GrePeer *peer = value;

        if (line_has_address(line, &peer->remote) &&
            (!both || line_has_address(line, &peer->local)))
            return peer;
    }
    return NULL;
}

/* Remembers both sides' proposals, which are logged just before they are found to differ. */
static void
note_proposals(GrePeers *set, const char *ike_id, const char *line)
{
    static const char theirs[] = "received proposals: ", ours[] = "configured proposals: ";

    if (g_str_has_prefix(line, theirs)) {
        g_free(set->differ_id);
        set->differ_id = g_strdup(ike_id);
        g_clear_pointer(&set->ours, g_free);
        g_free(set->theirs);
        set->theirs = g_strndup(line + strlen(theirs), 400);
    } else if (g_str_has_prefix(line, ours)) {
        g_free(set->ours);
        set->ours = g_strndup(line + strlen(ours), 400);
    }
}

/* Lines of an IKE_SA that has no name yet: the peer began it, or a line about loading. */
static void
unnamed_line(GrePeers *set, const char *ike_id, const char *line)
{
    GrePeer    *peer = NULL;
    const char *named = strstr(line, GRE_PEER_NAME_PREFIX);

    if (named) {
        g_autofree char *name = g_strndup(named, strcspn(named, "'[ "));

        peer = g_hash_table_lookup(set->peers, name);
    } else if (strstr(line, " is initiating ") ||
               strstr(line, "looking for peer configs matching")) {
        peer = peer_by_addresses(set, line, FALSE);
        g_free(set->seeker);
        set->seeker = peer && ike_id ? g_strdup_printf("%s %s", ike_id, peer->name) : NULL;
        return;
    } else if (strstr(line, "no IKE config found for"))
        peer = peer_by_addresses(set, line, TRUE);
    else if (set->seeker && ike_id && g_str_has_prefix(set->seeker, ike_id) &&
             set->seeker[strlen(ike_id)] == ' ')
        peer = g_hash_table_lookup(set->peers, set->seeker + strlen(ike_id) + 1);
    if (peer)
        gre_attempt_log(peer, ike_id, FALSE, line);
}

static void
log_event(GrePeers *set, const ViciSection *message)
{
    g_autofree char *line = vici_section_string(message, "msg");
    g_autofree char *name = vici_section_string(message, "ikesa-name");
    g_autofree char *ike_id = vici_section_string(message, "ikesa-uniqueid");
    GrePeer         *peer = name ? g_hash_table_lookup(set->peers, name) : NULL;

    if (!line)
        return;
    note_proposals(set, ike_id, line);
    if (peer)
        gre_attempt_log(peer, ike_id, TRUE, line);
    else
        unnamed_line(set, ike_id, line);
}

static void
event(ViciClient *client, const char *name, const ViciSection *message, gpointer data)
{
    GrePeers *set = data;
    GrePeer  *peer;

    (void) client;
    if (strcmp(name, "log") == 0) {
        log_event(set, message);
        return;
    }
    peer = peer_of_event(set, message);
    if (!peer)
        return;
    if (strcmp(name, "ike-updown") == 0 && !vici_section_is(message, "up", "yes"))
        gre_attempt_down(peer, message);
    gre_peer_look(peer);
}

/* ---- the set ---- */

static void
peer_destroy(gpointer peer)
{
    gre_peer_free(peer);
}

GrePeers *
gre_peers_new(const char *vici_path, const GrePeerTiming *timing)
{
    static const char *const         events[] = { "ike-updown",  "child-updown", "ike-rekey",
                                                  "child-rekey", "log",          NULL };
    static const ViciClientCallbacks callbacks = { daemon_up, daemon_down, event };
    GrePeers                        *set = g_new0(GrePeers, 1);

    set->timing = timing ? *timing : gre_peer_timing_default;
    set->peers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, peer_destroy);
    set->sweep_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->vici = vici_client_new(vici_path, events, &callbacks, set);
    return set;
}

void
gre_peers_free(GrePeers *set)
{
    if (!set)
        return;
    g_clear_handle_id(&set->rest_source, g_source_remove);
    g_clear_handle_id(&set->nudge_timer, g_source_remove);
    g_clear_handle_id(&set->left_timer, g_source_remove);
    g_hash_table_unref(set->peers);
    g_hash_table_unref(set->sweep_names);
    vici_client_free(set->vici);
    g_clear_error(&set->away);
    g_free(set->seeker);
    g_free(set->differ_id);
    g_free(set->theirs);
    g_free(set->ours);
    g_free(set);
}

void
gre_peers_set_netlink(GrePeers *set, GreNetlink *netlink)
{
    set->netlink = netlink;
}

static GrePeer *
peer_get(GrePeers *set, const char *name, const GreAddress *local, const GreAddress *remote)
{
    GrePeer *peer = g_hash_table_lookup(set->peers, name);

    if (!peer) {
        peer = gre_peer_new(set, name);
        g_hash_table_insert(set->peers, peer->name, peer);
    }
    peer->local = *local;
    peer->remote = *remote;
    return peer;
}

/* The profile of another tunnel of this peer that wants something else, and what. */
static gboolean
check_agreement(const GrePeer *peer, const GreProfile *profile, GError **error)
{
    for (guint i = 0; i < peer->users->len; i++) {
        const GrePeerUser *user = g_ptr_array_index(peer->users, i);
        const char        *key;

        if (user->releasing)
            continue;
        key = gre_peer_config_conflict(&user->profile->ipsec, &profile->ipsec);
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

/* strongSwan chooses a pre-shared key by the peer's identity, whatever the addresses: one identity
 * can't have two. */
static gboolean
check_secret(GrePeers         *set,
             const char       *name,
             const GreProfile *profile,
             const GreAddress *remote,
             GError          **error)
{
    char           id[GRE_ADDRESS_STRLEN], other_id[GRE_ADDRESS_STRLEN];
    const char    *identity = gre_peer_config_remote_id(&profile->ipsec, remote, id);
    GHashTableIter iter;
    gpointer       value;

    if (profile->ipsec.method != GRE_IPSEC_PSK)
        return TRUE;
    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GrePeer     *other = value;
        const GrePeerUser *user = gre_peer_first_user(other);

        if (!user || user->profile->ipsec.method != GRE_IPSEC_PSK ||
            g_str_equal(other->name, name) ||
            gre_secret_equal(user->profile->ipsec.psk, profile->ipsec.psk) ||
            !g_str_equal(identity, gre_peer_config_remote_id(&user->profile->ipsec, &other->remote,
                                                             other_id)))
            continue;
        g_set_error(error, GRE_ERROR, GRE_ERROR_TAKEN,
                    "ipsec-psk: differs from that of \"%s\", whose peer has the same identity, "
                    "\"%s\"; give the two the same secret, or tell their peers apart with "
                    "ipsec-remote-id",
                    user->profile->id, identity);
        return FALSE;
    }
    return TRUE;
}

GrePeerUser *
gre_peers_acquire(GrePeers               *set,
                  GreProfile             *profile,
                  const GreAddress       *local,
                  const GreAddress       *remote,
                  const GrePeerUserFuncs *funcs,
                  gpointer                user_data,
                  GError                **error)
{
    g_autofree char *name = gre_peer_config_name(local, remote);
    GrePeer         *peer;
    GrePeerUser     *user;

    if (!check_secret(set, name, profile, remote, error))
        return NULL;
    peer = peer_get(set, name, local, remote);
    if (!check_agreement(peer, profile, error))
        return NULL;
    user = g_new0(GrePeerUser, 1);
    user->peer = peer;
    user->profile = gre_profile_ref(profile);
    user->funcs = funcs;
    user->data = user_data;
    user->fresh = TRUE;
    g_ptr_array_add(peer->users, user);
    if (peer->stage == GRE_PEER_LOADED && !peer->has_trap &&
        profile->ipsec.start != GRE_START_RESPOND)
        peer->stage = GRE_PEER_UNLOADED; /* loading once more does no harm, and brings the trap */
    vici_client_start(set->vici);
    vici_client_poke(set->vici);
    gre_peer_converge_later(peer);
    return user;
}

static void
nudge(GrePeer *peer, gpointer data)
{
    (void) data;
    gre_attempt_now(peer);
}

static gboolean
nudge_again(gpointer data)
{
    GrePeers *set = data;

    set->nudge_timer = 0;
    if (set->nudge_waits)
        gre_peers_nudge(set);
    return G_SOURCE_REMOVE;
}

void
gre_peers_nudge(GrePeers *set)
{
    /* Routes may change all the time (BGP): one reason to try is as good as many. */
    set->nudge_waits = set->nudge_timer != 0;
    if (set->nudge_waits)
        return;
    set->nudge_timer = g_timeout_add(set->timing.nudge, nudge_again, set);
    each_peer(set, nudge, NULL);
}
