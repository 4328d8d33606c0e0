/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts to bring an SA up: what fails, how long a pause is, and the peer's own attempts. */
#include "peer-fixture.h"

/* ---- failures ---- */

typedef struct {
    const char *line;
    int         code;
    const char *says;
} Refusal;

static const Refusal refusals[] = {
    { "received NO_PROPOSAL_CHOSEN notify error", GRE_ERROR_PEER_CONFIG, "no configuration" },
    { "received AUTHENTICATION_FAILED notify error", GRE_ERROR_SECRET, "pre-shared key" },
    { "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built", GRE_ERROR_PROPOSAL, "ESP proposal" },
    { "received TS_UNACCEPTABLE notify, no CHILD_SA built", GRE_ERROR_PROPOSAL, "selector" },
    { "constraint check failed: identity 'b' required ", GRE_ERROR_IDENTITY, "identity" },
    { "unable to install inbound IPsec SA (SAD) in kernel", GRE_ERROR_KERNEL, "esp4" },
};

static void
test_refusal(Fixture *f, gconstpointer data)
{
    const Refusal *row = data;
    g_autoptr(User) user = NULL;
    gint64 began;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->charon->refusal = row->line;
    user = acquire(f, "");
    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, row->code);
    g_assert_nonnull(strstr(user->cause->message, row->says));
    /* It is tried again, not at once, and tells the same; in the end the peer gives in. */
    began = g_get_monotonic_time();
    fake_vici_wait(user->n_failed == 4);
    g_assert_cmpint((g_get_monotonic_time() - began) / 1000, >=, 2 * timing.repeat);
    f->charon->manner = FAKE_PEER_ANSWERS;
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpstr(user->told->str, ==, "armed failed up");
    release(user);
    assert_rest(f);
}

/* The first of two final causes is the more exact one. */
static void
test_two_causes(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *ike;

    be_patient(f);
    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    fake_vici_wait(f->charon->ikes->len == 1);
    ike = first_ike(f);
    fake_charon_log(f->charon, ike, "algorithm CHACHA20_POLY1305 not supported by kernel!");
    fake_charon_log(f->charon, ike,
                    "unable to install inbound and outbound IPsec SA (SAD) in kernel");
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_KERNEL);
    g_assert_nonnull(strstr(user->cause->message, "CHACHA20"));
    release(user);
    assert_rest(f);
}

/* Libreswan's type=transport answers a request for tunnel mode as it answers proposals. */
static void
test_mode(Fixture *f, gconstpointer data)
{
    static const char both[] =
        "no ESP proposal in common with the peer, or it accepts transport mode only (the profile "
        "has ipsec-mode=tunnel) (ours: strongSwan's defaults)";
    g_autoptr(User) tunnel = NULL;
    g_autoptr(User) transport = NULL;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->charon->refusal = "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built";
    tunnel = acquire(f, "ipsec-mode=tunnel");
    fake_vici_wait(tunnel->n_failed == 1);
    g_assert_cmpstr(tunnel->cause->message, ==, both);
    release(tunnel);
    assert_rest(f);
    transport = acquire(f, "ipsec-mode=transport");
    fake_vici_wait(transport->n_failed == 1);
    g_assert_null(strstr(transport->cause->message, "mode"));
    release(transport);
    assert_rest(f);
}

/* Both sides' proposals are told with the refusal that they led to, and with no other. */
static void
test_proposals(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *theirs;

    be_patient(f);
    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    fake_vici_wait(f->charon->ikes->len == 1);
    theirs = fake_charon_add_ike(f->charon, NAME, "CONNECTING", FALSE);
    fake_charon_log(f->charon, theirs,
                    "received proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ");
    fake_charon_log(f->charon, theirs, "configured proposals: ESP:AES_GCM_16_128/NO_EXT_SEQ");
    fake_charon_log(f->charon, theirs, "no acceptable proposal found");
    fake_charon_drop_ike(f->charon, theirs->id);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_PROPOSAL);
    g_assert_nonnull(strstr(user->cause->message, "HMAC_SHA1_96"));
    g_assert_nonnull(strstr(user->cause->message, "AES_GCM_16_128"));
    fake_vici_wait(COUNT(f, "initiate") == 2);
    fake_vici_wait(f->charon->ikes->len > 0);
    fake_charon_log(f->charon, first_ike(f), "received TS_UNACCEPTABLE notify, no CHILD_SA built");
    fake_vici_wait(strstr(user->cause->message, "selector"));
    g_assert_null(strstr(user->cause->message, "HMAC_SHA1_96"));
    release(user);
    assert_rest(f);
}

/* No answer: the half-open SA is ended, and it is tried again. */
static void
test_silence(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_NO_ANSWER);
    fake_vici_wait(COUNT(f, "initiate") == 3);
    g_assert_cmpuint(f->charon->n_forced, ==, 2);
    g_assert_cmpuint(f->charon->n_polite, ==, 0);
    g_assert_cmpuint(f->charon->ikes->len, <=, 1);
    release(user);
    assert_rest(f);
}

/* strongSwan can't send: it says so, but not for which IKE_SA. */
static void
test_no_socket(Fixture *f, gconstpointer line)
{
    g_autoptr(User) user = NULL;

    be_patient(f);
    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    fake_vici_wait(f->charon->ikes->len == 1);
    fake_charon_log(f->charon, NULL, "no socket found to send IPv6 packet from port 500");
    fake_vici_run(30);
    g_assert_cmpuint(user->n_failed, ==, 0);
    fake_charon_log(f->charon, NULL, "%s", (const char *) line);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(user->cause->message, "UDP port 500 or 4500"));
    release(user);
    assert_rest(f);
}

/* Nor for which it has no IKE: that fails at once, and only the connections that need it. */
static void
test_no_version(Fixture *f, gconstpointer data)
{
    g_autoptr(User) old = NULL, new = user_new(f);

    be_patient(f);
    f->charon->manner = FAKE_PEER_SILENT;
    old = acquire(f, "ipsec-ike-version=1");
    acquire_between(new, "192.0.2.1", "192.0.2.3", "", NULL);
    fake_vici_wait(f->charon->ikes->len == 2);
    fake_charon_log(f->charon, NULL, "IKE version 1 not supported");
    fake_vici_wait(old->n_failed == 1);
    g_assert_error(old->cause, GRE_ERROR, GRE_ERROR_NOT_INSTALLED);
    g_assert_nonnull(strstr(old->cause->message, "ipsec-ike-version=2"));
    fake_vici_run(30);
    g_assert_cmpuint(new->n_failed, ==, 0);
    release(old);
    release(new);
    assert_rest(f);
}

/* A peer that answers slowly gets the time for it. */
static void
test_slow(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *ike;

    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    fake_vici_wait(f->charon->ikes->len == 1);
    ike = first_ike(f);
    fake_charon_log(f->charon, ike,
                    "received packet: from 192.0.2.2[500] to 192.0.2.1[500] (9 bytes)");
    fake_vici_run(timing.attempt + timing.exchange / 2);
    g_assert_cmpuint(user->n_failed, ==, 0);
    ike->state = "ESTABLISHED";
    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xc1);
    fake_charon_updown(f->charon, "child-updown", ike, TRUE);
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 1);
    release(user);
    assert_rest(f);
}

static void
test_childless(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_CHILDLESS;
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    fake_vici_wait(f->charon->n_forced == 1);
    f->charon->manner = FAKE_PEER_ANSWERS;
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(user);
    assert_rest(f);
}

static guint
count_initiates(Fixture *f, guint ms)
{
    fake_vici_forget(f->vici);
    fake_vici_run(ms);
    return COUNT(f, "initiate");
}

/* Eager: one after the other; else with pauses that double from 40 ms to 160 ms. */
static void
test_pauses(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    gint64 begun[5];
    guint  n;

    f->charon->manner = FAKE_PEER_REFUSES;
    user = acquire(f, "");
    for (n = 0; n < G_N_ELEMENTS(begun); n++) {
        fake_vici_wait(COUNT(f, "initiate") > n);
        begun[n] = fake_vici_last(f->vici, "initiate")->time;
    }
    for (n = 1; n < G_N_ELEMENTS(begun); n++) {
        gint64 pause = (begun[n] - begun[n - 1]) / 1000;
        gint64 due = MIN(40 << (n - 1), 160);

        g_assert_cmpint(pause, >=, due - 1);
        g_assert_cmpint(pause, <=, due + 500);
    }
    g_assert_cmpuint(count_initiates(f, 400), <=, 4);
    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_forget(f->vici);
    begun[0] = g_get_monotonic_time();
    fake_vici_wait(COUNT(f, "initiate") >= 20);
    g_assert_cmpint((g_get_monotonic_time() - begun[0]) / 1000, <, 20 * 100);
    gre_peer_user_set_eager(user->handle, FALSE);
    g_assert_cmpuint(count_initiates(f, 500), <=, 8);
    release(user);
    assert_rest(f);
}

/* Whoever begins to wait is not kept by a pause that was made for nobody; a nudge ends one too. */
static void
test_pause_ends(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    gboolean nudged = GPOINTER_TO_INT(data);
    gint64   before;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->peers->daemon.timing.pause_first = f->peers->daemon.timing.pause_last = 3000;
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    fake_vici_run(30);
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 1);
    before = g_get_monotonic_time();
    if (nudged)
        gre_peers_nudge(f->peers);
    else
        gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(COUNT(f, "initiate") >= 2);
    g_assert_cmpint(g_get_monotonic_time() - before, <, G_TIME_SPAN_SECOND);
    release(user);
    assert_rest(f);
}

static void
test_nudges(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    gint64 began;
    guint  due;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->peers->daemon.timing.pause_first = f->peers->daemon.timing.pause_last = 3000;
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    fake_vici_forget(f->vici);
    began = g_get_monotonic_time();
    for (guint i = 0; i < 50; i++) {
        gre_peers_nudge(f->peers);
        fake_vici_run(2);
    }
    due = (guint) ((g_get_monotonic_time() - began) / 1000) / timing.nudge + 3;
    g_assert_cmpuint(COUNT(f, "initiate"), >=, 2);
    g_assert_cmpuint(COUNT(f, "initiate"), <=, due);
    release(user);
    assert_rest(f);
}

/* strongSwan can't even begin: its log says why, after the answer. Nothing is loaded again, and the
 * next attempt is not at once. */
static void
test_initiate_failed(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *ike;

    be_patient(f);
    fake_vici_answer(f->vici, "initiate", fake_vici_refusal("establishing CHILD_SA 'gre' failed"));
    user = acquire(f, "");
    fake_vici_wait(COUNT(f, "initiate") == 1);
    ike = fake_charon_add_ike(f->charon, NAME, "CREATED", TRUE);
    fake_charon_log(f->charon, ike, "unable to resolve 192.0.2.2, initiate aborted");
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_nonnull(strstr(user->cause->message, "UDP port 500 or 4500"));
    g_assert_cmpuint(COUNT(f, "load-conn"), ==, 1);
    release(user);
    assert_rest(f);
}

/* ---- the daemon comes and goes ---- */

/* initiate finds nothing loaded: load it again. */
static void
test_initiate_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_SILENT;
    user = acquire(f, "");
    fake_vici_wait(COUNT(f, "initiate") == 1);
    g_ptr_array_set_size(f->charon->conns, 0);
    f->charon->manner = FAKE_PEER_ANSWERS;
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpuint(COUNT(f, "load-conn"), ==, 2);
    release(user);
    assert_rest(f);
}

/* ---- an attempt of the peer's ---- */

static void
test_their_attempt(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *ike = fake_charon_add_ike(f->charon, NAME, "CONNECTING", FALSE);

    be_patient(f);
    user = acquire(f, "");
    fake_vici_wait(user->n_armed == 1);
    fake_vici_run(30);
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 0);
    ike->state = "ESTABLISHED";
    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xc1);
    fake_charon_updown(f->charon, "child-updown", ike, TRUE);
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpuint(COUNT(f, "initiate") + COUNT(f, "terminate"), ==, 0);
    release(user);
    assert_rest(f);
}

/* charon gives up before it knows for which connection; 6.0.6 words the beginning otherwise. */
static void
test_their_failure(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = acquire(f, "ipsec-start=respond");
    FakeIke *ike;

    fake_vici_wait(user->n_armed == 1);
    ike = fake_charon_add_ike(f->charon, "(unnamed)", "CONNECTING", FALSE);
    fake_charon_log(f->charon, ike, "%s", (const char *) data);
    fake_charon_log(f->charon, ike, "received proposals: IKE:A");
    fake_charon_log(f->charon, ike, "configured proposals: IKE:B");
    fake_charon_log(f->charon, ike, "received proposals unacceptable");
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_PEER_CONFIG);
    g_assert_true(contains(user->cause->message, "the peer's own attempt"));
    g_assert_true(contains(user->cause->message, "IKE:A") &&
                  contains(user->cause->message, "IKE:B"));
    /* Somebody else's attempt is not ours to tell. */
    ike = fake_charon_add_ike(f->charon, "(unnamed)", "CONNECTING", FALSE);
    fake_charon_log(f->charon, ike, "192.0.2.22 is initiating an IKE_SA");
    fake_charon_log(f->charon, ike, "received proposals unacceptable");
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_run(50);
    g_assert_cmpuint(user->n_failed, ==, 1);
    release(user);
    assert_rest(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("refusal/%u", i);

        add(path, &refusals[i], test_refusal);
    }
    add("theirs/succeeds", NULL, test_their_attempt);
    add("theirs/fails", "192.0.2.2 is initiating an IKE_SA", test_their_failure);
    add("theirs/fails-6.0.6", "192.0.2.2 is initiating IKE_SA (unnamed)[1]", test_their_failure);
    add("refusal/two-causes", NULL, test_two_causes);
    add("refusal/mode", NULL, test_mode);
    add("refusal/proposals", NULL, test_proposals);
    add("silence", NULL, test_silence);
    add("no-socket/any", "no socket implementation registered, sending failed", test_no_socket);
    add("no-socket/ipv4", "no socket found to send IPv4 packet from port 4500", test_no_socket);
    add("no-version", NULL, test_no_version);
    add("slow", NULL, test_slow);
    add("childless", NULL, test_childless);
    add("pause/length", NULL, test_pauses);
    add("pause/eager-ends-it", GINT_TO_POINTER(FALSE), test_pause_ends);
    add("pause/nudge-ends-it", GINT_TO_POINTER(TRUE), test_pause_ends);
    add("pause/many-nudges", NULL, test_nudges);
    add("refused/initiate", NULL, test_initiate_refused);
    add("refused/begin", NULL, test_initiate_failed);
    return g_test_run();
}
