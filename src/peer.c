/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One peer. gre_peer_converge() is the only place that decides what to do next: it looks at what is
 * wanted and what is there, and starts at most one request; the reply leads back to it.
 */
#include "peer-private.h"

#include "gre-error.h"
#include "log.h"
#include "peer-config.h"
#include "remains.h"

static gboolean
kicked(gpointer data)
{
    GrePeer *peer = data;

    peer->kick = 0;
    gre_peer_converge(peer);
    return G_SOURCE_REMOVE;
}

void
gre_peer_converge_later(GrePeer *peer)
{
    if (!peer->kick)
        peer->kick = g_idle_add(kicked, peer);
}

GrePeer *
gre_peer_new(GrePeers *set, const char *name)
{
    GrePeer *peer = g_new0(GrePeer, 1);

    peer->set = set;
    peer->name = g_strdup(name);
    peer->users = g_ptr_array_new();
    peer->stale = g_array_new(FALSE, FALSE, sizeof(StaleSa));
    gre_sa_list_init(&peer->sas);
    gre_sa_list_init(&peer->listing);
    return peer;
}

static void
user_free(GrePeerUser *user)
{
    gre_profile_unref(user->profile);
    g_free(user);
}

void
gre_peer_free(GrePeer *peer)
{
    if (peer->op)
        vici_client_cancel(peer->set->vici, peer->op);
    gre_attempt_clear(peer);
    g_clear_handle_id(&peer->kick, g_source_remove);
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    g_clear_handle_id(&peer->surplus_timer, g_source_remove);
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    g_clear_handle_id(&peer->remove_timer, g_source_remove);
    for (guint i = 0; i < peer->users->len; i++)
        user_free(g_ptr_array_index(peer->users, i));
    g_ptr_array_unref(peer->users);
    g_array_unref(peer->stale);
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_clear(&peer->listing);
    g_free(peer->name);
    g_free(peer);
}

/* The first user that isn't on its way out, whose profile speaks for the pair. */
static GrePeerUser *
first_user(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing)
            return user;
    }
    return NULL;
}

gboolean
gre_peer_wanted(const GrePeer *peer)
{
    return first_user(peer) != NULL;
}

const GreIpsecOptions *
gre_peer_options(const GrePeer *peer)
{
    const GrePeerUser *user = first_user(peer);

    return user ? &user->profile->ipsec : NULL;
}

gboolean
gre_peer_eager(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->eager)
            return TRUE;
    }
    return FALSE;
}

gboolean
gre_peer_initiates(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->profile->ipsec.start == GRE_START_INITIATE)
            return TRUE;
    }
    return FALSE;
}

typedef enum { TELL_ARMED, TELL_UP, TELL_FAILED } Tell;

/* A callback may release its user or acquire another: walk a copy of the list. */
static void
tell(GrePeer *peer, Tell what, const GError *cause)
{
    g_autoptr(GPtrArray) users = g_ptr_array_copy(peer->users, NULL, NULL);

    for (guint i = 0; i < users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(users, i);
        gboolean     fresh;

        if (!g_ptr_array_find(peer->users, user, NULL) || user->releasing)
            continue;
        fresh = user->fresh;
        user->fresh = FALSE;
        switch (what) {
        case TELL_ARMED:
            user->funcs->armed(user->data);
            /* One that came while all was loaded anew: the SA stayed, nothing else tells it. */
            if (fresh && peer->up && !user->releasing)
                user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
            break;
        case TELL_UP:
            user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
            break;
        case TELL_FAILED:
            user->funcs->failed(user->data, cause);
            break;
        }
    }
}

void
gre_peer_tell_failed(GrePeer *peer, const GError *cause)
{
    tell(peer, TELL_FAILED, cause);
}

void
gre_peer_request(GrePeer *peer, const char *command, GBytes *message, ViciReplyFunc reply)
{
    peer->op = vici_client_request(peer->set->vici, command, message, NULL, NULL,
                                   peer->set->timing.request, reply, peer);
}

/* ---- what a killed daemon leaves in the kernel ---- */

static void
stale_note(GrePeer *peer)
{
    for (guint i = 0; i < peer->sas.ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(peer->sas.ike, i);

        for (guint j = 0; j < ike->children->len; j++) {
            const GreChildSa *child = g_ptr_array_index(ike->children, j);
            StaleSa           stale = { child->spi_in, child->spi_out };

            g_array_append_val(peer->stale, stale);
        }
    }
}

/* They went on carrying traffic until now, when another SA does or none shall. */
static void
stale_remove(GrePeer *peer)
{
    gboolean known = peer->set->netlink && peer->remote.family != AF_UNSPEC;

    for (guint i = 0; known && i < peer->stale->len; i++) {
        const StaleSa *stale = &g_array_index(peer->stale, StaleSa, i);

        gre_remains_remove_sa(peer->set->netlink, &peer->local, &peer->remote, stale->spi_in,
                              stale->spi_out);
    }
    g_array_set_size(peer->stale, 0);
}

/* ---- loading: secret, connection, trap ---- */

static gboolean
load_again(gpointer data)
{
    GrePeer *peer = data;

    peer->load_timer = 0;
    gre_peer_converge(peer);
    return G_SOURCE_REMOVE;
}

static void
load_failed(GrePeer *peer, const char *what, const GError *error)
{
    g_autoptr(GError) cause = NULL;

    if (!g_error_matches(error, GRE_ERROR, GRE_ERROR_REFUSED)) {
        /* The daemon went away or hangs: its `down` follows and tells everybody. */
        return;
    }
    g_set_error(&cause, GRE_ERROR, GRE_ERROR_PROFILE, "strongSwan refuses the %s: %s", what,
                error->message);
    peer->up = FALSE; /* an SA that still stands is told again once all is there */
    gre_peer_tell_failed(peer, cause);
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    peer->load_timer = g_timeout_add(peer->set->timing.load, load_again, peer);
}

static void
loaded(GrePeer *peer)
{
    peer->stage = GRE_PEER_LOADED;
    peer->trapped = TRUE;
    peer->look = TRUE;
    tell(peer, TELL_ARMED, NULL);
    gre_peer_converge(peer);
}

/* Where all wait for the peer a trap would begin with the first packet; the barrier holds it back.
 */
static gboolean
wants_trap(const GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing && user->profile->ipsec.start != GRE_START_RESPOND)
            return TRUE;
    }
    return FALSE;
}

static void
installed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    (void) reply;
    peer->op = 0;
    if (error) {
        load_failed(peer, "trap policy", error);
        return;
    }
    peer->has_trap = TRUE;
    loaded(peer);
}

static GBytes *
child_and_ike(const GrePeer *peer)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "child", GRE_PEER_CHILD);
    vici_builder_string(builder, "ike", peer->name);
    return vici_builder_finish(builder, NULL);
}

static void
connection_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    (void) reply;
    peer->op = 0;
    if (error)
        load_failed(peer, "connection", error);
    else if (!gre_peer_wanted(peer))
        gre_peer_remove(peer);
    else if (wants_trap(peer))
        gre_peer_request(peer, "install", child_and_ike(peer), installed_cb);
    else {
        peer->has_trap = FALSE;
        loaded(peer);
    }
}

static void
secret_loaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer     *peer = data;
    GrePeerUser *user = first_user(peer);
    g_autoptr(GError) wrong = NULL;
    GBytes *message;

    (void) reply;
    peer->op = 0;
    if (error) {
        load_failed(peer, "secret", error);
        return;
    }
    if (!user) {
        gre_peer_remove(peer);
        return;
    }
    message = gre_peer_config_connection(peer->name, &user->profile->ipsec, &peer->local,
                                         &peer->remote, &wrong);
    if (message)
        gre_peer_request(peer, "load-conn", message, connection_loaded_cb);
    else
        gre_peer_tell_failed(peer, wrong);
}

static void
load(GrePeer *peer)
{
    GrePeerUser *user = first_user(peer);
    g_autoptr(GError) error = NULL;
    GBytes *message;

    message = gre_peer_config_secret(peer->name, &user->profile->ipsec, &peer->remote, &error);
    if (message)
        gre_peer_request(peer, "load-shared", message, secret_loaded_cb);
    else
        gre_peer_tell_failed(peer, error);
}

static gboolean
settled(gpointer data)
{
    GrePeer *peer = data;

    peer->settle_timer = 0;
    if (peer->stage == GRE_PEER_LOADED) {
        peer->stage = GRE_PEER_UNLOADED;
        gre_peer_converge(peer);
    }
    return G_SOURCE_REMOVE;
}

/* Somebody's `swanctl --load-all` is taking our things out: put them back when it is through. */
void
gre_peer_reload_soon(GrePeer *peer)
{
    if (peer->stage == GRE_PEER_REMOVING)
        return; /* it was us */
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    peer->settle_timer = g_timeout_add(peer->set->timing.settle, settled, peer);
}

/* ---- looking ---- */

static void
listed_one(const ViciSection *message, gpointer data)
{
    GrePeer *peer = data;

    gre_sa_list_add(&peer->listing, peer->name, message);
}

static void
lost(GrePeer *peer)
{
    g_autoptr(GError) cause =
        peer->dead ? g_error_new_literal(GRE_ERROR, GRE_ERROR_NO_ANSWER,
                                         "the peer does not answer any more")
                   : g_error_new_literal(GRE_ERROR, GRE_ERROR_NO_ANSWER, "the SA is gone");

    peer->up = FALSE;
    gre_attempt_now(peer);
    gre_peer_tell_failed(peer, cause);
}

static gboolean
surplus_due(gpointer data)
{
    GrePeer *peer = data;

    peer->surplus_timer = 0;
    peer->surplus_stood = TRUE;
    gre_peer_look(peer);
    return G_SOURCE_REMOVE;
}

/* What rekeying makes double is gone by the second look, without an event. */
static void
watch_surplus(GrePeer *peer)
{
    const char *ike_id, *child_id;
    gboolean    stood = peer->surplus_stood;

    peer->surplus_stood = FALSE;
    if (!gre_sa_list_surplus(&peer->sas, &ike_id, &child_id))
        g_clear_handle_id(&peer->surplus_timer, g_source_remove);
    else if (stood)
        gre_peer_terminate(peer, ike_id, child_id, FALSE);
    else if (!peer->surplus_timer)
        peer->surplus_timer = g_timeout_add(peer->set->timing.surplus, surplus_due, peer);
}

static void
compare(GrePeer *peer, GreSaList *before)
{
    const GreChildSa *is = gre_sa_list_child(&peer->sas);
    const GreChildSa *was = gre_sa_list_child(before);

    if (is) {
        peer->dead = FALSE;
        gre_attempt_clear(peer);
        stale_remove(peer);
        if (!peer->up || !was || !gre_child_sa_equal(is, was)) {
            peer->up = TRUE;
            tell(peer, TELL_UP, NULL);
        }
        watch_surplus(peer);
    } else if (peer->up)
        lost(peer);
}

static void
listed_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer  *peer = data;
    GreSaList before;

    (void) reply;
    peer->op = 0;
    if (error)
        return;
    if (peer->stage != GRE_PEER_UNLOADED) { /* else loading comes first, and looks again after it */
        before = peer->sas;
        peer->sas = peer->listing;
        gre_sa_list_init(&peer->listing);
        if (peer->stage == GRE_PEER_LOADED)
            compare(peer, &before);
        gre_sa_list_clear(&before);
    }
    gre_peer_converge(peer);
}

static void
list_sas(GrePeer *peer)
{
    ViciBuilder *builder = vici_builder_new();

    peer->look = FALSE;
    gre_sa_list_clear(&peer->listing);
    gre_sa_list_init(&peer->listing);
    vici_builder_string(builder, "ike", peer->name);
    peer->op =
        vici_client_request(peer->set->vici, "list-sas", vici_builder_finish(builder, NULL),
                            "list-sa", listed_one, peer->set->timing.request, listed_cb, peer);
}

void
gre_peer_look(GrePeer *peer)
{
    peer->look = TRUE;
    gre_peer_converge_later(peer);
}

/* ---- ending ---- */

static void
looked_after_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    (void) reply;
    (void) error; /* nothing matched: it is gone already */
    peer->op = 0;
    peer->look = TRUE;
    gre_peer_converge(peer);
}

/* Ends an IKE_SA, a CHILD_SA, or with neither all IKE_SAs of the peer. Doesn't wait for the peer.
 */
void
gre_peer_terminate(GrePeer *peer, const char *ike_id, const char *child_id, gboolean force)
{
    ViciBuilder *builder = vici_builder_new();

    if (child_id)
        vici_builder_string(builder, "child-id", child_id);
    else if (ike_id)
        vici_builder_string(builder, "ike-id", ike_id);
    else
        vici_builder_string(builder, "ike", peer->name);
    vici_builder_string(builder, "timeout", "-1");
    if (force)
        vici_builder_string(builder, "force", "yes");
    gre_peer_request(peer, "terminate", vici_builder_finish(builder, NULL), looked_after_cb);
}

static void
release_users(GrePeer *peer)
{
    for (guint i = 0; i < peer->users->len;) {
        GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (!user->releasing) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(peer->users, i);
        user->funcs->released(user->data);
        user_free(user);
    }
}

static void
removed(GrePeer *peer)
{
    g_clear_handle_id(&peer->remove_timer, g_source_remove);
    peer->stage = GRE_PEER_UNLOADED;
    peer->up = FALSE;
    peer->dead = FALSE;
    peer->remove_tries = 0;
    stale_remove(peer);
    if (peer->trapped && peer->set->netlink && !vici_client_is_up(peer->set->vici))
        gre_remains_remove_policies(peer->set->netlink, &peer->local, &peer->remote);
    peer->trapped = FALSE;
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_init(&peer->sas);
    release_users(peer);
    if (gre_peer_wanted(peer))
        gre_peer_converge_later(peer);
    else
        gre_peers_forget(peer->set, peer);
}

static void
secret_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    (void) reply;
    (void) error;
    peer->op = 0;
    removed(peer);
}

static GBytes *
one_string(const char *key, const char *value)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, key, value);
    return vici_builder_finish(builder, NULL);
}

static void
connection_unloaded_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    (void) reply;
    (void) error;
    peer->op = 0;
    gre_peer_request(peer, "unload-shared", one_string("id", peer->name), secret_unloaded_cb);
}

static gboolean
remove_due(gpointer data)
{
    GrePeer *peer = data;

    peer->remove_timer = 0;
    gre_peer_look(peer);
    return G_SOURCE_REMOVE;
}

/* The SAs are gone, or the peer never confirms: take the connection and the secret out. */
static void
remove_step(GrePeer *peer)
{
    if ((peer->sas.ike->len == 0 && peer->sas.leaving == 0) || peer->remove_tries > 3) {
        g_clear_handle_id(&peer->remove_timer, g_source_remove);
        gre_peer_request(peer, "unload-conn", one_string("name", peer->name),
                         connection_unloaded_cb);
        return;
    }
    if (peer->remove_timer)
        return; /* a DELETE is under way */
    peer->remove_timer = g_timeout_add(peer->set->timing.terminate, remove_due, peer);
    gre_peer_terminate(peer, NULL, NULL, peer->dead || peer->remove_tries > 0);
    peer->remove_tries++;
}

void
gre_peer_remove(GrePeer *peer)
{
    peer->stage = GRE_PEER_REMOVING;
    peer->remove_tries = 0;
    gre_attempt_clear(peer);
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    g_clear_handle_id(&peer->surplus_timer, g_source_remove);
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    if (peer->op) /* its answer is of no interest any more, but later ones are */
        vici_client_cancel(peer->set->vici, peer->op);
    gre_peer_request(peer, "uninstall", child_and_ike(peer), looked_after_cb);
}

void
gre_peer_daemon_lost(GrePeer *peer, const GError *error)
{
    if (peer->op)
        vici_client_cancel(peer->set->vici, peer->op);
    peer->op = 0;
    gre_attempt_clear(peer);
    g_clear_handle_id(&peer->load_timer, g_source_remove);
    g_clear_handle_id(&peer->surplus_timer, g_source_remove);
    g_clear_handle_id(&peer->settle_timer, g_source_remove);
    stale_note(peer);
    if (peer->stage == GRE_PEER_REMOVING || !gre_peer_wanted(peer)) {
        removed(peer);
        return;
    }
    peer->stage = GRE_PEER_UNLOADED;
    peer->up = FALSE;
    gre_sa_list_clear(&peer->sas);
    gre_sa_list_init(&peer->sas);
    gre_peer_tell_failed(peer, error);
}

/* Users that came while all was there, or while the daemon is known to be away, are told alone. */
static void
greet(GrePeer *peer)
{
    g_autoptr(GPtrArray) users = g_ptr_array_copy(peer->users, NULL, NULL);
    const GError *away = gre_peers_daemon_error(peer->set);

    for (guint i = 0; i < users->len; i++) {
        GrePeerUser *user = g_ptr_array_index(users, i);

        if (!g_ptr_array_find(peer->users, user, NULL) || !user->fresh || user->releasing)
            continue;
        if (peer->stage != GRE_PEER_LOADED && !away)
            continue;
        user->fresh = FALSE;
        if (peer->stage != GRE_PEER_LOADED)
            user->funcs->failed(user->data, away);
        else
            user->funcs->armed(user->data);
        if (peer->up && !user->releasing)
            user->funcs->up(user->data, gre_sa_list_child(&peer->sas));
    }
}

/* Whether what the daemon has was loaded for a user on its way out, and the next wants it
 * otherwise. */
static gboolean
is_outdated(const GrePeer *peer)
{
    const GrePeerUser *next = first_user(peer);

    for (guint i = 0; i < peer->users->len; i++) {
        const GrePeerUser *user = g_ptr_array_index(peer->users, i);

        if (user->releasing &&
            gre_peer_config_conflict(&user->profile->ipsec, &next->profile->ipsec))
            return TRUE;
    }
    return FALSE;
}

/* What nobody wants any more goes. Returns whether that settles the matter (@peer may be gone). */
static gboolean
let_go(GrePeer *peer)
{
    if (gre_peer_wanted(peer)) {
        if (peer->stage == GRE_PEER_REMOVING)
            return FALSE;
        if (vici_client_is_up(peer->set->vici) && is_outdated(peer)) {
            gre_peer_remove(peer);
            return TRUE;
        }
        release_users(peer);
        return FALSE;
    }
    if (!vici_client_is_up(peer->set->vici))
        removed(peer);
    else if (peer->stage != GRE_PEER_REMOVING)
        gre_peer_remove(peer);
    else
        return FALSE;
    return TRUE;
}

void
gre_peer_converge(GrePeer *peer)
{
    if (let_go(peer))
        return;
    greet(peer);
    if (peer->op || !vici_client_is_up(peer->set->vici))
        return;
    if (peer->stage == GRE_PEER_REMOVING) {
        if (peer->look)
            list_sas(peer);
        else
            remove_step(peer);
    } else if (!gre_peer_wanted(peer))
        gre_peer_converge_later(peer);
    else if (peer->stage == GRE_PEER_UNLOADED) {
        if (!peer->load_timer)
            load(peer);
    } else if (peer->look)
        list_sas(peer);
    else if (!peer->up)
        gre_attempt_step(peer);
}

/* ---- users ---- */

void
gre_peer_user_set_eager(GrePeerUser *user, gboolean eager)
{
    if (eager && !user->eager)
        gre_attempt_now(user->peer);
    user->eager = eager;
}

const GreChildSa *
gre_peer_user_child(const GrePeerUser *user)
{
    return user->peer->up ? gre_sa_list_child(&user->peer->sas) : NULL;
}

void
gre_peer_user_release(GrePeerUser *user)
{
    user->releasing = TRUE;
    user->eager = FALSE;
    gre_peer_converge_later(user->peer);
}
