/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at a peer's SAs: requests the list from strongSwan, reports changes since the last one, and
 * ends a surplus SA.
 */
#include "strongswan/peer-private.h"

#include "gre-error.h"

static void
listed_one(const ViciSection *message, gpointer data)
{
    GrePeer *peer = data;

    gre_sa_list_add(&peer->listing, peer->name, message);
}

static void
lost(GrePeer *peer)
{
    g_autofree char *moved = g_steal_pointer(&peer->moved);
    g_autoptr(GError) cause = NULL;

    if (moved)
        cause = g_error_new(
            GRE_ERROR, GRE_ERROR_NO_ANSWER,
            "a NAT changed the peer's address or port: its packets now come from %s", moved);
    else
        cause = g_error_new_literal(GRE_ERROR, GRE_ERROR_NO_ANSWER,
                                    peer->dead ? "the peer no longer answers" : "the SA is gone");
    peer->up = FALSE;
    gre_peer_attempt_now(peer);
    gre_peer_tell(peer, GRE_TELL_FAILED, cause);
}

static gboolean
surplus_due(gpointer data)
{
    GrePeer *peer = data;

    peer->surplus_timer = 0;
    peer->surplus_stood++;
    gre_peer_look(peer);
    return G_SOURCE_REMOVE;
}

/* Duplicates from rekeying are gone by the second look, without an event. One of a pair that the
 * peer ends itself is gone by the third. */
static void
watch_surplus(GrePeer *peer)
{
    GreSurplus surplus;
    guint      stood = peer->surplus_timer ? 0 : peer->surplus_stood;

    if (!gre_sa_list_surplus(&peer->sas, &surplus)) {
        g_clear_handle_id(&peer->surplus_timer, g_source_remove);
        peer->surplus_stood = 0;
    } else if (stood > (surplus.instead ? 1 : 0)) {
        peer->surplus_stood = 0;
        gre_peer_remove_terminate(peer, surplus.instead ? surplus.instead : surplus.ike,
                                  surplus.child, FALSE);
    } else if (!peer->surplus_timer)
        peer->surplus_timer = g_timeout_add(peer->daemon->timing.surplus, surplus_due, peer);
}

static gboolean
has_child(const GrePeer *peer, const StaleSa *stale)
{
    for (guint i = 0; i < peer->sas.ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(peer->sas.ike, i);

        for (guint j = 0; j < ike->children->len; j++) {
            const GreChildSa *child = g_ptr_array_index(ike->children, j);

            if (child->spi_in == stale->spi_in && child->spi_out == stale->spi_out)
                return TRUE;
        }
    }
    return FALSE;
}

/* The SAs in the list are not stale: the daemon had only been hanging. */
static void
spare_living(GrePeer *peer)
{
    for (guint i = peer->stale->len; i > 0; i--) {
        const StaleSa *stale = &g_array_index(peer->stale, StaleSa, i - 1);

        if (has_child(peer, stale))
            g_array_remove_index_fast(peer->stale, i - 1);
    }
}

static void
compare(GrePeer *peer, GreSaList *before)
{
    const GreChildSa *is = gre_sa_list_child(&peer->sas);
    const GreChildSa *was = gre_sa_list_child(before);

    if (is) {
        peer->dead = FALSE;
        g_clear_pointer(&peer->moved, g_free);
        gre_peer_attempt_clear(peer);
        spare_living(peer);
        gre_peer_remove_stale_sas(peer);
        if (!peer->up || !was || !gre_sa_list_child_equal(is, was)) {
            peer->up = TRUE;
            gre_peer_tell(peer, GRE_TELL_UP, NULL);
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

    peer->op = 0;
    if (error)
        return;
    if (peer->stage != GRE_PEER_UNLOADED) { /* else loading comes first, followed by another look */
        before = peer->sas;
        peer->sas = peer->listing;
        gre_sa_list_init(&peer->listing);
        if (peer->stage == GRE_PEER_LOADED && !gre_peer_moved_leave(peer))
            compare(peer, &before);
        gre_sa_list_clear(&before);
        if (peer->suspect && peer->stage == GRE_PEER_LOADED)
            gre_peer_mend_check(peer);
    }
    gre_peer_converge(peer);
}

void
gre_peer_look_list(GrePeer *peer)
{
    ViciBuilder *builder = vici_builder_new();

    peer->look = FALSE;
    gre_sa_list_clear(&peer->listing);
    gre_sa_list_init(&peer->listing);
    vici_builder_string(builder, "ike", peer->name);
    peer->op =
        vici_client_request(peer->daemon->vici, "list-sas", vici_builder_finish(builder, NULL),
                            "list-sa", listed_one, peer->daemon->timing.request, listed_cb, peer);
}

void
gre_peer_look(GrePeer *peer)
{
    peer->look = TRUE;
    gre_peer_converge_later(peer);
}
