/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts to set up a peer's SA. An attempt is started by us (initiate), by the trap or by the
 * peer. One is watched at a time; it ends with an SA or a cause, and a pause follows.
 */
#include "strongswan/peer-private.h"

#include "base/log.h"
#include "gre-error.h"
#include "strongswan/charon-log.h"
#include "strongswan/peer-config.h"

#include <string.h>

/* From this retransmission on, an established peer counts as unreachable: 4 s + 7.2 s with charon's
 * defaults. */
#define RETRANSMITS_DEAD 2

/* ms: charon's log of a command may come after its answer. */
#define LOG_DELAY_MS 100

static void
cause_set(GreAttempt *attempt, GError *cause)
{
    g_clear_error(&attempt->cause);
    attempt->cause = cause;
}

void
gre_peer_attempt_clear(GrePeer *peer)
{
    GreAttempt *attempt = &peer->attempt;

    g_clear_handle_id(&attempt->timer, g_source_remove);
    g_clear_handle_id(&attempt->pause_timer, g_source_remove);
    g_clear_error(&attempt->cause);
    g_free(attempt->ike_id);
    *attempt = (GreAttempt){ 0 };
}

static gboolean
pause_over(gpointer data)
{
    GrePeer *peer = data;

    peer->attempt.pause_timer = 0;
    peer->look = TRUE;
    gre_peer_converge(peer);
    return G_SOURCE_REMOVE;
}

/* The rest of the minimum time between two attempts, plus a random time, so that the two ends do
 * not stay in step. */
static guint
eager_pause(const GrePeerTiming *timing, const GreAttempt *attempt)
{
    guint64 passed = (guint64) (g_get_monotonic_time() - attempt->begun) / 1000;

    return (guint) g_random_int_range(0, (gint32) timing->pause_eager + 1) +
           (passed < timing->repeat ? timing->repeat - (guint) passed : 0);
}

void
gre_peer_attempt_pause(GrePeer *peer)
{
    const GrePeerTiming *timing = &peer->daemon->timing;
    GreAttempt          *attempt = &peer->attempt;
    guint                pause;

    if (gre_peer_eager(peer))
        pause = eager_pause(timing, attempt);
    else {
        pause = attempt->backoff ? attempt->backoff : timing->pause_first;
        attempt->backoff = MIN(pause * 2, timing->pause_last);
    }
    g_clear_handle_id(&attempt->pause_timer, g_source_remove);
    attempt->pause_timer = g_timeout_add(pause, pause_over, peer);
}

void
gre_peer_attempt_now(GrePeer *peer)
{
    peer->attempt.backoff = 0;
    if (peer->attempt.pause_timer) {
        g_clear_handle_id(&peer->attempt.pause_timer, g_source_remove);
        gre_peer_look(peer);
    }
}

/* An IKE_SA left by the failed attempt: half open, or without the CHILD_SA it was for. */
static const GreIkeSa *
remains(const GrePeer *peer)
{
    for (guint i = 0; i < peer->sas.ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(peer->sas.ike, i);

        if (ike->established ? ike->children->len == 0 : ike->ours)
            return ike;
    }
    return NULL;
}

static void
finish(GrePeer *peer)
{
    GreAttempt     *attempt = &peer->attempt;
    const GreIkeSa *left = remains(peer);
    guint           backoff = attempt->backoff;
    gint64          begun = attempt->begun;
    g_autoptr(GError) cause = g_steal_pointer(&attempt->cause);

    if (!cause)
        cause = g_error_new_literal(GRE_ERROR, GRE_ERROR_NO_ANSWER, "no answer from the peer");
    gre_peer_attempt_clear(peer);
    attempt->backoff = backoff;
    attempt->begun = begun;
    gre_peer_attempt_pause(peer);
    if (left)
        gre_peer_remove_terminate(peer, left->unique_id, NULL, TRUE);
    gre_peer_tell(peer, GRE_TELL_FAILED, cause);
}

static gboolean
attempt_due(gpointer data)
{
    GrePeer             *peer = data;
    GreAttempt          *attempt = &peer->attempt;
    const GrePeerTiming *timing = &peer->daemon->timing;

    attempt->timer = 0;
    if (attempt->answered && !attempt->extended) {
        attempt->extended = TRUE;
        attempt->timer = g_timeout_add(timing->exchange, attempt_due, peer);
        return G_SOURCE_REMOVE;
    }
    attempt->ended = TRUE;
    gre_peer_look(peer);
    return G_SOURCE_REMOVE;
}

/* @ike_id: (nullable): of the IKE_SA in progress */
static void
begin(GrePeer *peer, const char *ike_id)
{
    const GrePeerTiming *timing = &peer->daemon->timing;
    GreAttempt          *attempt = &peer->attempt;

    attempt->active = TRUE;
    attempt->begun = g_get_monotonic_time();
    attempt->answered = attempt->extended = attempt->ended = attempt->down = FALSE;
    attempt->hinted = FALSE;
    g_free(attempt->ike_id);
    attempt->ike_id = g_strdup(ike_id);
    g_clear_error(&attempt->cause);
    g_clear_handle_id(&attempt->timer, g_source_remove);
    attempt->timer = g_timeout_add(gre_peer_eager(peer) ? timing->attempt : timing->attempt_idle,
                                   attempt_due, peer);
}

/* It did not even begin. The log says why, on another connection: perhaps after this answer. */
static void
refused(GrePeer *peer, const GError *error)
{
    GreAttempt *attempt = &peer->attempt;

    if (!attempt->active || attempt->ended)
        return;
    if (!attempt->cause)
        cause_set(attempt, g_error_new_literal(GRE_ERROR, GRE_ERROR_DAEMON, error->message));
    g_clear_handle_id(&attempt->timer, g_source_remove);
    attempt->timer = g_timeout_add(LOG_DELAY_MS, attempt_due, peer);
}

/* strongSwan: plugins/vici/vici_control.c, initiate. */
static void
initiated_cb(const ViciSection *reply, const GError *error, gpointer data)
{
    GrePeer *peer = data;

    peer->op = 0;
    if (g_error_matches(error, GRE_ERROR, GRE_ERROR_REFUSED)) {
        if (strstr(error->message, " not found")) {
            /* Our connection was unloaded. Load it now, try later. */
            peer->stage = GRE_PEER_UNLOADED;
            gre_peer_attempt_clear(peer);
            gre_peer_attempt_pause(peer);
        } else
            refused(peer, error);
    }
    gre_peer_converge(peer);
}

static void
initiate(GrePeer *peer)
{
    ViciBuilder *builder = vici_builder_new();

    begin(peer, NULL);
    vici_builder_string(builder, "child", GRE_PEER_CHILD);
    vici_builder_string(builder, "ike", peer->name);
    /* Only start it: a waiting initiate blocks the requests behind it and a thread of the
     * daemon. */
    vici_builder_string(builder, "timeout", "-1");
    gre_peer_request(peer, "initiate", vici_builder_finish(builder, NULL), initiated_cb);
}

/* Whether the attempt is over without an SA. */
static gboolean
is_over(const GrePeer *peer)
{
    const GreAttempt *attempt = &peer->attempt;

    return attempt->ended || (attempt->down && !gre_sa_list_half_open(&peer->sas, TRUE) &&
                              !gre_sa_list_half_open(&peer->sas, FALSE));
}

void
gre_peer_attempt_step(GrePeer *peer)
{
    GreAttempt     *attempt = &peer->attempt;
    const GreIkeSa *half_open;

    if (attempt->active) {
        if (is_over(peer))
            finish(peer);
        return;
    }
    if (attempt->pause_timer)
        return;
    half_open = gre_sa_list_half_open(&peer->sas, FALSE);
    if (!half_open)
        half_open = gre_sa_list_half_open(&peer->sas, TRUE);
    if (half_open)
        begin(peer, half_open->unique_id);
    else if (gre_peer_initiates(peer))
        initiate(peer);
}

/* The list's IKE_SA with this id, if it is an established one. */
static gboolean
is_established(const GrePeer *peer, const char *ike_id)
{
    for (guint i = 0; i < peer->sas.ike->len; i++) {
        const GreIkeSa *ike = g_ptr_array_index(peer->sas.ike, i);

        if (ike->established && g_strcmp0(ike->unique_id, ike_id) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The peer of an established SA does not answer. If we may initiate, start again. */
static void
overdue(GrePeer *peer, const char *ike_id, guint number)
{
    if (number < RETRANSMITS_DEAD || !peer->up || peer->op || peer->dead ||
        !gre_peer_initiates(peer) || !is_established(peer, ike_id))
        return;
    peer->dead = TRUE;
    gre_peer_remove_terminate(peer, ike_id, NULL, TRUE);
}

/* Our proposals, as in the profile. */
static char *
our_proposals(const GrePeer *peer, GreProposals which)
{
    const GreIpsecOptions *options = gre_peer_options(peer);
    char                 **list = NULL;

    if (options)
        list = which == GRE_PROPOSALS_IKE ? options->ike_proposals : options->esp_proposals;
    return list ? g_strjoinv(",", list) : g_strdup("strongSwan's defaults");
}

/* Adds both sides' proposals to a refusal; the peer's are known only if it was the initiator. */
static GError *
with_proposals(const GrePeer *peer, const char *ike_id, const char *line, GError *cause)
{
    GreProposals         which = gre_charon_log_proposals(line);
    const GrePeerDaemon *daemon = peer->daemon;
    g_autoptr(GString) text = g_string_new(cause->message);

    if (which == GRE_PROPOSALS_NONE)
        return cause;
    if (daemon->theirs && daemon->ours && g_strcmp0(daemon->differ_id, ike_id) == 0)
        g_string_append_printf(text, " (the peer's: %s; ours: %s)", daemon->theirs, daemon->ours);
    else {
        g_autofree char *ours = our_proposals(peer, which);

        g_string_append_printf(text, " (ours: %s)", ours);
    }
    g_free(cause->message);
    cause->message = g_string_free(g_steal_pointer(&text), FALSE);
    return cause;
}

/* In tunnel mode, the same notify may refuse the mode. */
static GError *
with_mode(const GrePeer *peer, const char *line, GError *cause)
{
    const GreIpsecOptions *options = gre_peer_options(peer);
    char                  *text;

    if (!options || options->mode != GRE_ESP_TUNNEL || !gre_charon_log_may_be_mode(line))
        return cause;
    text = g_strconcat(cause->message,
                       ", or it accepts transport mode only (the profile has ipsec-mode=tunnel)",
                       NULL);
    g_free(cause->message);
    cause->message = text;
    return cause;
}

/* The table's texts for a refused secret are about pre-shared keys. */
static GError *
with_method(const GrePeer *peer, GError *cause)
{
    if (!peer->credentials || cause->code != GRE_ERROR_SECRET)
        return cause;
    g_error_free(cause);
    return g_error_new_literal(GRE_ERROR, GRE_ERROR_IDENTITY,
                               "the peer refused our authentication: it does not trust our "
                               "certificate or key, or does not expect one of the two identities");
}

/* The cause if the attempt fails and no better cause is known. */
static void
hint_line(GrePeer *peer, GError *cause)
{
    GreAttempt *attempt = &peer->attempt;

    if (!attempt->active || peer->up || attempt->cause) {
        g_error_free(cause);
        return;
    }
    /* With a pinned key there is no authority. */
    if (peer->credentials && peer->credentials->remote_key_id &&
        strstr(cause->message, "ipsec-ca")) {
        g_error_free(cause);
        cause = g_error_new_literal(
            GRE_ERROR, GRE_ERROR_IDENTITY,
            "the peer's certificate or key is not the one that the profile names");
    }
    cause_set(attempt, cause);
    attempt->hinted = TRUE;
}

static void
failed_line(GrePeer *peer, const char *ike_id, gboolean named, const char *line, GError *cause)
{
    GreAttempt *attempt = &peer->attempt;

    cause = with_mode(peer, line, cause);
    cause = with_method(peer, with_proposals(peer, ike_id, line, cause));
    if (named && peer->up && is_established(peer, ike_id)) {
        gre_peer_rekey_refused(peer, line, cause);
        return;
    }
    if (!named && g_str_has_prefix(line, "generating ")) {
        g_error_free(cause); /* adds nothing to an earlier line */
        return;
    }
    if (!named) {
        /* An attempt of the peer that strongSwan did not match to our connection: report it, but it
         * may have been meant for another connection between the two. */
        g_autoptr(GError) told = g_error_new(GRE_ERROR, GRE_ERROR_PEER_CONFIG,
                                             "the peer's own attempt failed: %s", cause->message);

        g_error_free(cause);
        if (!peer->up)
            gre_peer_tell(peer, GRE_TELL_FAILED, told);
        return;
    }
    if (!attempt->active || peer->up || (attempt->cause && !gre_error_may_heal(attempt->cause))) {
        g_error_free(cause); /* the first of two final causes is the more exact one */
        if (attempt->active && attempt->hinted) {
            attempt->ended = TRUE;
            gre_peer_look(peer);
        }
        return;
    }
    cause_set(attempt, cause);
    if (g_strcmp0(attempt->ike_id, ike_id) == 0 || !gre_error_may_heal(cause)) {
        attempt->ended = TRUE;
        gre_peer_look(peer);
    }
}

void
gre_peer_attempt_no_socket(GrePeer *peer)
{
    GreAttempt *attempt = &peer->attempt;

    if (!attempt->active || attempt->ended)
        return;
    cause_set(attempt, g_error_new_literal(GRE_ERROR, GRE_ERROR_DAEMON, GRE_CHARON_LOG_NO_SOCKET));
    attempt->ended = TRUE;
    gre_peer_look(peer);
}

void
gre_peer_attempt_down(GrePeer *peer, const ViciSection *event)
{
    g_autofree char *ike_id = NULL;
    ViciSection      ike;

    if (!vici_section_section(event, peer->name, &ike))
        return;
    ike_id = vici_section_string(&ike, "uniqueid");
    /* The end of an older SA may be reported after the start of the next attempt. */
    if (g_strcmp0(peer->attempt.ike_id, ike_id) == 0)
        peer->attempt.down = TRUE;
}

/* Started by us or the trap: watch it from here on. */
static void
initiating(GrePeer *peer, const char *ike_id)
{
    GreAttempt *attempt = &peer->attempt;

    if (attempt->active) {
        g_free(attempt->ike_id);
        attempt->ike_id = g_strdup(ike_id);
    } else if (peer->stage == GRE_PEER_LOADED && !peer->up)
        begin(peer, ike_id);
}

void
gre_peer_attempt_log(GrePeer *peer, const char *ike_id, gboolean named, const char *line)
{
    GreAttempt *attempt = &peer->attempt;
    GError     *cause;
    guint       number;

    switch (gre_charon_log_cause(line, &number, &cause)) {
    case GRE_LOG_CAUSE:
        failed_line(peer, ike_id, named, line, cause);
        break;
    case GRE_LOG_HINT:
        hint_line(peer, cause);
        break;
    case GRE_LOG_ANSWER:
        if (attempt->active && g_strcmp0(attempt->ike_id, ike_id) == 0)
            attempt->answered = TRUE;
        break;
    case GRE_LOG_INITIATING:
        initiating(peer, ike_id);
        break;
    case GRE_LOG_RETRANSMIT:
        overdue(peer, ike_id, number);
        break;
    case GRE_LOG_MOVED:
        gre_peer_look(peer);
        break;
    case GRE_LOG_UNLOADED:
        gre_peer_load_again_soon(peer);
        break;
    case GRE_LOG_NOTHING:
        break;
    }
}
