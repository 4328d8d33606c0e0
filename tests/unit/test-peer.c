/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers against the fake strongSwan: what it is asked for, in which order, and what tunnels are
 * told. */
#include "fake-charon.h"
#include "gre-error.h"
#include "profile-text.h"
#include "strongswan/peers-private.h"
#include "vici-text.h"

#define NAME "nm-gre-192-0-2-1_192-0-2-2"

static const GrePeerTiming timing = {
    .attempt = 60,
    .attempt_idle = 60,
    .exchange = 400,
    .pause_eager = 10,
    .repeat = 30,
    .pause_first = 40,
    .pause_last = 160,
    .surplus = 40,
    .terminate = 50,
    .load = 60,
    .settle = 30,
    .nudge = 50,
    .request = 300,
    .left = 150,
};

typedef struct {
    FakeCharon *charon;
    FakeVici   *vici;
    GrePeers   *peers;
    guint       n_swept;
} Fixture;

typedef struct {
    Fixture     *fixture;
    GrePeerUser *handle;
    GString     *told;  /* in order; repetitions of a failure once */
    GError      *cause; /* the last */
    guint        n_armed, n_up, n_failed;
    guint32      spi_in;
    void (*on_failed)(gpointer user);
    void (*on_released)(gpointer user);
} User;

static void
note(User *user, const char *what)
{
    if (!g_str_has_suffix(user->told->str, what))
        g_string_append_printf(user->told, "%s%s", user->told->len ? " " : "", what);
}

static void
on_armed(gpointer data)
{
    User *user = data;

    user->n_armed++;
    note(user, "armed");
}

static void
on_up(gpointer data, const GreChildSa *child)
{
    User *user = data;

    user->n_up++;
    user->spi_in = child->spi_in;
    g_assert_true(gre_peer_user_child(user->handle) == child);
    note(user, "up");
}

static void
on_failed(gpointer data, const GError *cause)
{
    User *user = data;
    void (*hook)(gpointer user) = g_steal_pointer(&user->on_failed);

    g_assert_nonnull(cause);
    user->n_failed++;
    g_clear_error(&user->cause);
    user->cause = g_error_copy(cause);
    note(user, "failed");
    if (hook)
        hook(user);
}

static void
on_released(gpointer data)
{
    User *user = data;

    note(user, "released");
    user->handle = NULL;
    if (user->on_released)
        user->on_released(user);
}

static const GrePeerUserFuncs funcs = { on_armed, on_up, on_failed, on_released };

static GreAddress
address(const char *text)
{
    GreAddress result;

    g_assert_true(gre_address_parse(text, &result));
    return result;
}

static GrePeerUser *
acquire_between(
    User *user, const char *local, const char *remote, const char *lines, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("remote=%s\nipsec=psk\n!ipsec-psk=x\n%s", remote, lines);
    g_auto(ProfileText) source = profile_text_parse(text);
    g_autoptr(GreProfile) profile = gre_profile_new(&source.source, NULL);
    GreAddress here = address(local), there = address(remote);

    g_assert_nonnull(profile);
    user->handle =
        gre_peers_acquire(user->fixture->peers, profile, NULL, &here, &there, &funcs, user, error);
    return user->handle;
}

static User *
user_new(Fixture *f)
{
    User *user = g_new0(User, 1);

    user->fixture = f;
    user->told = g_string_new(NULL);
    return user;
}

static User *
acquire(Fixture *f, const char *lines)
{
    User *user = user_new(f);
    g_autoptr(GError) error = NULL;

    acquire_between(user, "192.0.2.1", "192.0.2.2", lines, &error);
    g_assert_no_error(error);
    return user;
}

static void
user_free(User *user)
{
    g_clear_error(&user->cause);
    g_string_free(user->told, TRUE);
    g_free(user);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)

static void
setup(Fixture *f, gconstpointer data)
{
    (void) data;
    f->charon = fake_charon_new();
    f->vici = f->charon->vici;
    f->peers = gre_peers_new(fake_vici_path(f->vici), &timing);
}

/* For what must not depend on how fast this machine is: no attempt runs out. */
static void
be_patient(Fixture *f)
{
    f->peers->daemon.timing.attempt = f->peers->daemon.timing.attempt_idle = 3000;
}

static void
teardown(Fixture *f, gconstpointer data)
{
    (void) data;
    gre_peers_free(f->peers);
    fake_charon_free(f->charon);
}

/* The commands so far, looks left out, and forgets them. */
static char *
commands(Fixture *f)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < fake_vici_n_requests(f->vici); i++) {
        const char *command = fake_vici_request(f->vici, i)->command;

        if (strcmp(command, "list-sas") != 0)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", command);
    }
    fake_vici_forget(f->vici);
    return g_string_free(out, FALSE);
}

static void
assert_commands(Fixture *f, const char *expected)
{
    g_autofree char *seen = commands(f);

    g_assert_cmpstr(seen, ==, expected);
}

#define COUNT(f, command) fake_vici_count((f)->vici, command)

static FakeIke *
first_ike(Fixture *f)
{
    g_assert_cmpuint(f->charon->ikes->len, >, 0);
    return f->charon->ikes->pdata[0];
}

/* Nothing is held and nothing is said any more: no timer of the engine's runs on. */
static void
assert_rest(Fixture *f)
{
    fake_vici_wait(fake_vici_n_connections(f->vici) == 0);
    g_assert_true(fake_charon_is_empty(f->charon));
    g_assert_cmpuint(g_hash_table_size(f->peers->peers), ==, 0);
    fake_vici_forget(f->vici);
    fake_vici_run(30);
    g_assert_cmpuint(fake_vici_n_requests(f->vici) + fake_vici_n_connections(f->vici), ==, 0);
}

static void
release(User *user)
{
    gre_peer_user_release(user->handle);
    fake_vici_wait(!user->handle);
}

static User *
come_up(Fixture *f, const char *lines)
{
    User *user = acquire(f, lines);

    fake_vici_wait(user->n_up == 1);
    return user;
}

/* ---- up and down ---- */

static void
test_order(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = acquire(f, "");

    g_assert_null(gre_peer_user_child(user->handle));
    fake_vici_wait(user->n_up == 1);
    g_assert_cmpstr(user->told->str, ==, "armed up");
    g_assert_nonnull(gre_peer_user_child(user->handle));
    g_assert_cmpstr(fake_vici_request(f->vici, 3)->command, ==, "list-sas");
    assert_commands(f, "load-shared load-conn install initiate");
    fake_vici_run(100);
    assert_commands(f, "");
    release(user);
    g_assert_cmpstr(user->told->str, ==, "armed up released");
    assert_commands(f, "uninstall unload-conn unload-shared terminate");
    g_assert_cmpuint(f->charon->n_forced, ==, 0);
    assert_rest(f);
}

/* An SA that stands already, of an earlier run or begun by the peer: none is begun. */
static void
test_found(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    fake_ike_add_child(f->charon, fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", FALSE),
                       "INSTALLED", 0xc1);
    user = come_up(f, "");
    g_assert_cmphex(user->spi_in, ==, 0xc1);
    assert_commands(f, "load-shared load-conn install");
    release(user);
    assert_rest(f);
}

typedef struct {
    const char *start;
    const char *commands;
} Passive;

/* The modes that wait for traffic, or for the peer. */
static void
test_passive(Fixture *f, gconstpointer data)
{
    const Passive *row = data;
    g_autoptr(User) user = acquire(f, row->start);
    FakeIke *ike;

    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(user->n_armed == 1);
    fake_vici_run(100);
    gre_peers_nudge(f->peers);
    fake_vici_run(50);
    assert_commands(f, row->commands);
    g_assert_cmpstr(user->told->str, ==, "armed");
    ike = fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", FALSE);
    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xc1);
    fake_charon_updown(f->charon, "child-updown", ike, TRUE);
    fake_vici_wait(user->n_up == 1);
    fake_charon_log(f->charon, ike, "retransmit 3 of request with message ID 4");
    fake_charon_drop_ike(f->charon, ike->id);
    ike = fake_charon_add_ike(f->charon, NAME, "DELETING", FALSE);
    fake_charon_updown(f->charon, "ike-updown", ike, FALSE);
    fake_vici_wait(user->n_failed == 1);
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_run(100);
    assert_commands(f, "");
    release(user);
    assert_rest(f);
}

/* What an attempt that the trap began failed from is told too. */
static void
test_trap_fails(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = acquire(f, "ipsec-start=trap");
    FakeIke *ike;

    be_patient(f);
    fake_vici_wait(user->n_armed == 1);
    ike = fake_charon_add_ike(f->charon, NAME, "CONNECTING", TRUE);
    fake_charon_log(f->charon, ike, "initiating IKE_SA " NAME "[1] to 192.0.2.2");
    fake_charon_log(f->charon, ike, "received AUTHENTICATION_FAILED notify error");
    fake_charon_updown(f->charon, "ike-updown", ike, FALSE);
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_SECRET);
    release(user);
    assert_rest(f);
}

/* ---- what is told of an SA ---- */

static void
test_rekey(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke   *ike = first_ike(f);
    FakeChild *child = &g_array_index(ike->children, FakeChild, 0);

    fake_charon_updown(f->charon, "ike-rekey", ike, FALSE); /* nothing to tell */
    fake_vici_run(50);
    g_assert_cmpuint(user->n_up, ==, 1);
    child->state = "REKEYED";
    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xd1);
    fake_charon_updown(f->charon, "child-rekey", ike, FALSE);
    fake_vici_wait(user->n_up == 2);
    g_assert_cmphex(user->spi_in, ==, 0xd1);
    fake_vici_run(100);
    assert_commands(f, "load-shared load-conn install initiate");
    g_assert_cmpstr(user->told->str, ==, "armed up");
    release(user);
    assert_rest(f);
}

/* The listing caught both CHILD_SAs in the middle of a rekeying by the peer; no event tells its
 * end. */
static void
test_surplus_passes(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *ike = first_ike(f);

    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xd1);
    fake_charon_updown(f->charon, "child-rekey", ike, FALSE);
    fake_vici_wait(user->n_up == 2);
    g_array_index(ike->children, FakeChild, 0).state = "DELETED";
    fake_vici_run(100);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 0);
    release(user);
    assert_rest(f);
}

static void
test_surplus_children(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *ike = first_ike(f);

    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xd1);
    fake_charon_updown(f->charon, "child-updown", ike, TRUE);
    fake_vici_wait(COUNT(f, "terminate") == 1);
    fake_vici_run(100);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 1);
    g_assert_cmpuint(ike->children->len, ==, 1);
    g_assert_cmphex(g_array_index(ike->children, FakeChild, 0).spi_in, ==, 0xd1);
    g_assert_cmphex(user->spi_in, ==, 0xd1);
    g_assert_cmpuint(f->charon->n_forced, ==, 0);
    release(user);
    assert_rest(f);
}

static void
test_surplus_ikes(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *theirs = fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", FALSE);

    theirs->spi = 1; /* lower than ours: it stays, at both ends */
    fake_ike_add_child(f->charon, theirs, "INSTALLED", 0xd1);
    fake_charon_updown(f->charon, "child-updown", theirs, TRUE);
    fake_vici_wait(f->charon->ikes->len == 1);
    g_assert_true(first_ike(f) == theirs);
    g_assert_cmpuint(f->charon->n_forced, ==, 0);
    fake_vici_run(100);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 1);
    g_assert_cmpuint(user->n_failed, ==, 0);
    release(user);
    assert_rest(f);
}

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
    (void) data;
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

/* Both sides' proposals are told with the refusal that they led to, and with no other. */
static void
test_proposals(Fixture *f, gconstpointer data)
{
    (void) data;
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
    (void) data;
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

/* A peer that answers slowly gets the time for it. */
static void
test_slow(Fixture *f, gconstpointer data)
{
    (void) data;
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
    (void) data;
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
    (void) data;
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
    (void) data;
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->peers->daemon.timing.pause_first = f->peers->daemon.timing.pause_last = 3000;
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    fake_vici_forget(f->vici);
    for (guint i = 0; i < 50; i++) {
        gre_peers_nudge(f->peers);
        fake_vici_run(2);
    }
    g_assert_cmpuint(COUNT(f, "initiate"), >=, 2);
    g_assert_cmpuint(COUNT(f, "initiate"), <=, 5);
    release(user);
    assert_rest(f);
}

static gboolean
contains(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* The daemon takes none of it: told, and asked again at its pace. */
static void
test_refused_load(Fixture *f, gconstpointer data)
{
    const char *command = data;
    g_autoptr(User) user = NULL;
    gint64 before;

    fake_vici_answer(f->vici, command, fake_vici_refusal("unknown option: x, config discarded"));
    user = acquire(f, "");
    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_true(contains(user->cause->message, "unknown option: x"));
    fake_vici_forget(f->vici);
    before = g_get_monotonic_time();
    fake_vici_wait(COUNT(f, command) >= 4);
    g_assert_cmpint((g_get_monotonic_time() - before) / 1000, >=, 3 * timing.load);
    g_assert_cmpuint(user->n_armed + COUNT(f, "initiate"), ==, 0);
    release(user);
    assert_rest(f);
}

/* ---- sharing ---- */

static void
test_two_users(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) first = come_up(f, "key=1");
    g_autoptr(User) second = NULL;

    fake_vici_forget(f->vici);
    second = acquire(f, "key=2");
    fake_vici_wait(second->n_up == 1);
    g_assert_cmpstr(second->told->str, ==, "armed up");
    g_assert_cmpuint(first->n_up, ==, 1);
    release(first);
    fake_vici_run(100);
    assert_commands(f, "");
    g_assert_cmpstr(second->told->str, ==, "armed up");
    g_assert_nonnull(gre_peer_user_child(second->handle));
    release(second);
    assert_commands(f, "uninstall unload-conn unload-shared terminate");
    assert_rest(f);
}

/* The first waits for the peer without a trap; the second brings one, under the same SA. */
static void
test_trap_joins(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) first = acquire(f, "key=1\nipsec-start=respond");
    g_autoptr(User) second = NULL;
    FakeIke *ike;

    fake_vici_wait(first->n_armed == 1);
    ike = fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", FALSE);
    fake_ike_add_child(f->charon, ike, "INSTALLED", 0xc1);
    fake_charon_updown(f->charon, "child-updown", ike, TRUE);
    fake_vici_wait(first->n_up == 1);
    assert_commands(f, "load-shared load-conn");
    fake_vici_forget(f->vici);
    second = acquire(f, "key=2");
    fake_vici_wait(second->n_up == 1);
    g_assert_cmpstr(second->told->str, ==, "armed up");
    g_assert_cmpuint(first->n_up, ==, 1);
    assert_commands(f, "load-shared load-conn install");
    release(first);
    release(second);
    assert_rest(f);
}

static void
test_conflict(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) first = come_up(f, "");
    g_autoptr(User) other = user_new(f);
    g_autoptr(User) elsewhere = user_new(f);
    g_autoptr(GError) error = NULL;

    g_assert_null(acquire_between(other, "192.0.2.1", "192.0.2.2", "ipsec-ike-version=1", &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
    g_assert_true(contains(error->message, "ipsec-ike-version"));
    g_assert_true(contains(error->message, "\"Site B\""));
    g_assert_nonnull(
        acquire_between(elsewhere, "192.0.2.1", "192.0.2.3", "ipsec-ike-version=1", NULL));
    fake_vici_wait(elsewhere->n_up == 1);
    g_assert_cmpuint(first->n_failed, ==, 0);
    release(first);
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(elsewhere);
    assert_rest(f);
}

/* strongSwan knows a pre-shared key by the peer's identity alone: it can't have two. */
static void
test_one_secret(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) first = come_up(f, "");
    g_autoptr(User) other = user_new(f);
    g_autoptr(User) alike = user_new(f);
    g_autoptr(User) named = user_new(f);
    g_autoptr(GError) error = NULL;

    g_assert_null(acquire_between(other, "192.0.2.9", "192.0.2.2", "!ipsec-psk=y", &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
    g_assert_true(contains(error->message, "ipsec-psk: differs from that of \"Site B\""));
    g_clear_error(&error);
    g_assert_null(acquire_between(other, "192.0.2.9", "192.0.2.3",
                                  "!ipsec-psk=y\nipsec-remote-id=192.0.2.2", &error));
    g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
    g_assert_cmpuint(g_hash_table_size(f->peers->peers), ==, 1);
    g_assert_nonnull(acquire_between(alike, "192.0.2.9", "192.0.2.2", "", NULL));
    g_assert_nonnull(acquire_between(named, "192.0.2.8", "192.0.2.2",
                                     "!ipsec-psk=y\nipsec-remote-id=b.example", NULL));
    fake_vici_wait(alike->n_up == 1 && named->n_up == 1);
    release(first);
    release(alike);
    release(named);
    assert_rest(f);
}

/* ---- releasing at any moment ---- */

static void
test_release_loading(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    fake_vici_delay(f->vici, data, 60);
    user = acquire(f, "");
    fake_vici_wait(COUNT(f, data) == 1);
    release(user);
    g_assert_null(strstr(user->told->str, "up"));
    g_assert_cmpuint(COUNT(f, "unload-conn"), ==, 1);
    g_assert_cmpuint(COUNT(f, "unload-shared"), ==, 1);
    assert_rest(f);
}

static void
test_release_attempting(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_SILENT;
    f->charon->keeps_ikes = TRUE; /* nobody confirms its end: by force then */
    user = acquire(f, "");
    fake_vici_wait(f->charon->ikes->len == 1);
    release(user);
    assert_rest(f);
}

/* Up, but the peer does not confirm the DELETE. */
static void
test_release_silent(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    f->charon->keeps_ikes = TRUE;
    release(user);
    g_assert_cmpuint(f->charon->n_polite, ==, 1);
    g_assert_cmpuint(f->charon->n_forced, ==, 1);
    assert_rest(f);
}

/* Its tunnel stays up: it sets up an SA again until there is nothing to set one up with. */
static void
test_release_returning(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    f->charon->returns = TRUE;
    release(user);
    g_assert_cmpuint(f->charon->ikes->len, ==, 0);
    g_assert_cmpuint(f->charon->n_forced, ==, 0);
    assert_rest(f);
}

static void
test_release_at_once(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = acquire(f, "");

    release(user);
    g_assert_cmpstr(user->told->str, ==, "released");
    assert_rest(f);
}

static void
test_release_away(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_charon_kill(f->charon);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    release(user);
    g_assert_cmpstr(user->told->str, ==, "armed up failed released");
    fake_vici_start(f->vici);
    fake_vici_run(400);
    assert_rest(f);
}

/* The daemon dies in the middle of the removal. */
static void
test_release_dying(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");

    fake_vici_delay(f->vici, data, 60);
    gre_peer_user_release(user->handle);
    fake_vici_wait(COUNT(f, data) == 1);
    fake_charon_kill(f->charon);
    fake_vici_wait(!user->handle);
    assert_rest(f);
}

/* The daemon hangs when it is to take something out, or just when it is to take something in; it is
 * taken out as soon as the daemon answers again. */
static void
test_release_hung(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    fake_charon_hang(f->charon, data, TRUE);
    user = acquire(f, "");
    fake_vici_wait(COUNT(f, data) == 1 || user->n_up == 1);
    release(user);
    fake_charon_hang(f->charon, data, FALSE);
    fake_vici_wait(fake_charon_is_empty(f->charon));
    assert_rest(f);
}

/* All of it hangs, for long: released all the same, and then it is looked after now and then. */
static void
test_release_hung_long(Fixture *f, gconstpointer data)
{
    gboolean asking = GPOINTER_TO_INT(data);
    g_autoptr(User) user = come_up(f, "");

    fake_charon_hang(f->charon, NULL, TRUE);
    if (asking) {
        fake_vici_forget(f->vici);
        fake_charon_updown(f->charon, "child-updown", first_ike(f), TRUE);
        fake_vici_wait(COUNT(f, "list-sas") == 1);
    }
    release(user);
    g_assert_cmpuint(f->charon->conns->len + f->charon->shared->len, ==, 2);
    fake_vici_forget(f->vici);
    fake_vici_wait(COUNT(f, "get-conns") == 3);
    g_assert_cmpint(fake_vici_last(f->vici, "get-conns")->time -
                        fake_vici_request(f->vici, 0)->time,
                    >=, 2 * timing.left * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpuint(fake_vici_n_requests(f->vici), ==, 3);
    fake_charon_hang(f->charon, NULL, FALSE);
    fake_vici_wait(fake_charon_is_empty(f->charon));
    assert_rest(f);
}

/* Released when the connection to the hanging daemon is lost already. */
static void
test_release_hung_before(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_charon_hang(f->charon, NULL, TRUE);
    fake_charon_updown(f->charon, "child-updown", first_ike(f), TRUE);
    fake_vici_wait(user->n_failed == 1);
    release(user);
    fake_charon_hang(f->charon, NULL, FALSE);
    fake_vici_wait(fake_charon_is_empty(f->charon));
    assert_rest(f);
}

/* What is wanted again by the time that the daemon answers stays, with its SA. */
static void
test_release_hung_again(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    g_autoptr(User) next = NULL;

    fake_charon_hang(f->charon, NULL, TRUE);
    release(user);
    fake_charon_hang(f->charon, NULL, FALSE);
    fake_vici_forget(f->vici);
    next = acquire(f, "");
    fake_vici_wait(next->n_up == 1 && COUNT(f, "get-conns") == 1);
    fake_vici_run(2 * timing.left);
    g_assert_cmpuint(COUNT(f, "get-conns") + COUNT(f, "install"), ==, 2);
    g_assert_cmpuint(COUNT(f, "uninstall") + COUNT(f, "terminate") + COUNT(f, "initiate"), ==, 0);
    g_assert_cmpuint(COUNT(f, "unload-conn") + COUNT(f, "unload-shared"), ==, 0);
    g_assert_cmpstr(next->told->str, ==, "armed up");
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(next);
    assert_rest(f);
}

/* Another peer keeps the connection: the same, and that one is left alone. */
static void
test_release_hung_other(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    g_autoptr(User) other = user_new(f);

    g_assert_nonnull(acquire_between(other, "192.0.2.1", "192.0.2.3", "", NULL));
    fake_vici_wait(other->n_up == 1);
    fake_charon_hang(f->charon, NULL, TRUE);
    release(user);
    fake_charon_hang(f->charon, NULL, FALSE);
    fake_vici_wait(f->charon->conns->len == 1 && f->charon->shared->len == 1 &&
                   f->charon->traps->len == 1 && f->charon->ikes->len == 1);
    fake_vici_wait(other->n_up == 2);
    fake_vici_forget(f->vici);
    fake_vici_run(2 * timing.left);
    assert_commands(f, "");
    g_assert_cmpstr(first_ike(f)->name, ==, "nm-gre-192-0-2-1_192-0-2-3");
    release(other);
    assert_rest(f);
}

/* A daemon that was never there holds nothing: it isn't asked after. */
static void
test_release_never_there(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    fake_vici_stop(f->vici, FALSE);
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    release(user);
    fake_vici_start(f->vici);
    fake_vici_run(3 * timing.left);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 0);
}

static void
acquire_again(gpointer data)
{
    User *user = data;

    user->on_released = NULL;
    acquire_between(user, "192.0.2.1", "192.0.2.2", "", NULL);
    g_assert_nonnull(user->handle);
}

static void
test_again(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    g_autoptr(User) next = NULL;

    gre_peer_user_release(user->handle);
    next = acquire(f, ""); /* in the same turn: nothing is taken out for it */
    fake_vici_wait(!user->handle && next->n_up == 1);
    g_assert_cmpuint(COUNT(f, "uninstall") + COUNT(f, "terminate"), ==, 0);
    /* In the middle of the removal: that is finished first. */
    gre_peer_user_release(next->handle);
    fake_vici_wait(COUNT(f, "uninstall") == 1);
    g_assert_nonnull(acquire_between(user, "192.0.2.1", "192.0.2.2", "", NULL));
    fake_vici_wait(!next->handle);
    fake_vici_wait(user->n_up == 2);
    /* When told that it is through. */
    user->on_released = acquire_again;
    gre_peer_user_release(user->handle);
    fake_vici_wait(user->n_up == 3);
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(user);
    assert_rest(f);
}

/* Released and wanted again with another configuration: the old one must not stay in the daemon. */
static void
test_again_changed(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    g_autoptr(User) next = NULL;
    ViciSection      root;
    g_autofree char *version = NULL;

    gre_peer_user_release(user->handle);
    next = acquire(f, "ipsec-ike-version=1");
    fake_vici_wait(!user->handle && next->n_up == 1);
    g_assert_cmpuint(COUNT(f, "load-conn"), ==, 2);
    root = vici_text_root(fake_vici_last(f->vici, "load-conn")->message);
    g_assert_true(vici_section_section(&root, NAME, &root));
    version = vici_section_string(&root, "version");
    g_assert_cmpstr(version, ==, "1");
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(next);
    assert_rest(f);
}

static void
release_in_callback(gpointer data)
{
    gre_peer_user_release(((User *) data)->handle);
}

static void
test_release_in_callback(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_REFUSES;
    user = acquire(f, "");
    user->on_failed = release_in_callback;
    fake_vici_wait(!user->handle);
    g_assert_cmpuint(user->n_failed, ==, 1);
    assert_rest(f);
}

/* ---- the daemon comes and goes ---- */

static void
test_restart(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_charon_kill(f->charon);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_null(gre_peer_user_child(user->handle));
    fake_vici_run(100);
    fake_vici_forget(f->vici);
    fake_vici_start(f->vici);
    fake_vici_wait(user->n_up == 2);
    g_assert_cmpstr(user->told->str, ==, "armed up failed armed up");
    assert_commands(f, "load-shared load-conn install initiate");
    release(user);
    assert_rest(f);
}

static void
test_not_there(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    g_autoptr(User) second = NULL;

    fake_vici_stop(f->vici, GPOINTER_TO_INT(data));
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    second = acquire(f, "key=2"); /* comes when that is known already */
    fake_vici_wait(second->n_failed == 1);
    fake_vici_start(f->vici);
    fake_vici_wait(user->n_up == 1 && second->n_up == 1);
    release(user);
    release(second);
    assert_rest(f);
}

/* The daemon hangs: that is as if it were gone. */
static void
test_hang(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    fake_vici_misbehave(f->vici, "load-conn", FAKE_VICI_NO_REPLY);
    user = acquire(f, "");
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    g_assert_cmpuint(COUNT(f, "load-conn"), ==, 1);
    fake_vici_answer(f->vici, "load-conn", fake_vici_ok());
    fake_vici_answer(f->vici, "install", fake_vici_ok());
    fake_vici_wait(user->n_armed == 1);
    release(user);
}

/* `swanctl --load-all` takes our things out; the SA goes on and nobody is told of a failure. */
static void
test_load_all(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_vici_forget(f->vici);
    fake_charon_load_all(f->charon);
    fake_vici_wait(user->n_armed == 2);
    assert_commands(f, "load-shared load-conn install");
    g_assert_cmpuint(f->charon->shared->len, ==, 1);
    g_assert_cmpuint(f->charon->conns->len, ==, 1);
    fake_vici_run(100);
    assert_commands(f, "");
    g_assert_cmpuint(user->n_up, ==, 1);
    g_assert_cmpuint(user->n_failed, ==, 0);
    release(user);
    assert_rest(f);
}

/* The lines that betray a missing connection, and their likes about others. */
typedef struct {
    const char *line;
    gboolean    ours;
} UnloadRow;

static const UnloadRow unloads[] = {
    { "unloaded shared key with id '" NAME "'", TRUE },
    { "unloaded shared key with id '" NAME "2'", FALSE },
    { "removed vici connection: " NAME, TRUE },
    { "removed vici connection: " NAME "2", FALSE },
    { "no IKE config found for 192.0.2.1...192.0.2.2, sending NO_PROPOSAL_CHOSEN", TRUE },
    { "no IKE config found for 192.0.2.1...192.0.2.22, sending NO_PROPOSAL_CHOSEN", FALSE },
    { "no IKE config found for 192.0.2.11...192.0.2.2, sending NO_PROPOSAL_CHOSEN", FALSE },
    { "no IKE config found for 192.0.2.1...198.51.100.2, sending NO_PROPOSAL_CHOSEN", FALSE },
};

static void
test_unload_lines(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    for (guint i = 0; i < G_N_ELEMENTS(unloads); i++) {
        g_test_message("%s", unloads[i].line);
        fake_vici_forget(f->vici);
        fake_charon_log(f->charon, NULL, "%s", unloads[i].line);
        if (unloads[i].ours)
            fake_vici_wait(COUNT(f, "load-conn") == 1);
        fake_vici_run(60);
        g_assert_cmpuint(COUNT(f, "load-conn"), ==, unloads[i].ours ? 1 : 0);
    }
    release(user);
    assert_rest(f);
}

/* The SA changes while the connection is being loaded again: that is told. */
static void
test_change_while_loading(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_vici_delay(f->vici, "list-sas", 80);
    fake_charon_load_all(f->charon);
    fake_charon_updown(f->charon, "child-updown", first_ike(f), TRUE);
    g_array_set_size(first_ike(f)->children, 0);
    fake_ike_add_child(f->charon, first_ike(f), "INSTALLED", 0xd1);
    fake_vici_wait(user->n_armed == 2 && user->n_up == 2);
    g_assert_cmphex(user->spi_in, ==, 0xd1);
    fake_vici_delay(f->vici, "list-sas", 0);
    release(user);
    assert_rest(f);
}

/* Reloading is refused while the SA stands: what comes after is a failure, and up when it heals. */
static void
test_reload_refused(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    fake_vici_answer(f->vici, "load-shared", fake_vici_refusal("busy"));
    fake_charon_load_all(f->charon);
    fake_vici_wait(user->n_failed == 1);
    g_assert_cmpuint(user->n_up, ==, 1);
    fake_vici_answer(f->vici, "load-shared", fake_vici_ok());
    fake_vici_wait(user->n_up == 2);
    g_assert_cmpstr(user->told->str, ==, "armed up failed armed up");
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 1);
    release(user);
}

/* initiate finds nothing loaded: load it again. */
static void
test_initiate_refused(Fixture *f, gconstpointer data)
{
    (void) data;
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

/* ---- losing the SA ---- */

static void
test_lost(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *ike = first_ike(f);

    ike->state = "DELETING";
    fake_charon_updown(f->charon, "ike-updown", ike, FALSE);
    fake_charon_drop_ike(f->charon, ike->id);
    fake_vici_wait(user->n_up == 2);
    g_assert_cmpstr(user->told->str, ==, "armed up failed up");
    g_assert_cmpuint(user->n_failed, ==, 1);
    release(user);
    assert_rest(f);
}

/* The end of the old SA is told late, when the next attempt has begun: it is not that one's end. */
static void
test_late_down(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *old = first_ike(f);
    FakeIke *late = fake_charon_add_ike(f->charon, "late", "DELETING", TRUE);

    g_free(late->name);
    late->name = g_strdup(NAME);
    late->id = old->id;
    be_patient(f);
    f->charon->manner = FAKE_PEER_SILENT;
    fake_charon_drop_ike(f->charon, old->id);
    fake_charon_updown(f->charon, "ike-rekey", late, FALSE);
    g_ptr_array_steal_index(f->charon->ikes, 0);
    fake_vici_wait(COUNT(f, "initiate") == 2);
    fake_charon_drop_ike(f->charon, first_ike(f)->id); /* not listed yet */
    g_assert_cmpuint(user->n_failed, ==, 1);
    fake_charon_updown(f->charon, "ike-updown", late, FALSE);
    fake_vici_run(50);
    g_assert_cmpuint(user->n_failed, ==, 1);
    release(user);
    g_free(late->name);
    g_array_unref(late->children);
    g_free(late);
    assert_rest(f);
}

static void
test_dead(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");
    FakeIke         *ike = first_ike(f);
    g_autofree char *first = g_strdup_printf("%s 1 of request", (const char *) data);
    g_autofree char *second = g_strdup_printf("%s 2 of request", (const char *) data);

    fake_charon_log(f->charon, ike, "%s", first);
    fake_vici_run(50);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 0);
    fake_charon_log(f->charon, ike, "%s", second);
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_NO_ANSWER);
    g_assert_true(contains(user->cause->message, "any more"));
    g_assert_cmpuint(f->charon->n_forced, ==, 1);
    fake_vici_wait(user->n_up == 2);
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 2);
    release(user);
    assert_rest(f);
}

/* ---- a NAT that changes ---- */

/* The SA went along to an address that the tunnel doesn't lead to. */
static void
test_moved_address(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");
    FakeIke *ike = first_ike(f);

    ike->remote = "192.0.2.2";
    fake_charon_log(f->charon, ike,
                    "remote endpoint changed from 192.0.2.2[4500] to "
                    "192.0.2.2[1024]");
    fake_vici_run(50);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 0);
    ike->remote = "198.51.100.9";
    fake_charon_log(f->charon, ike,
                    "remote endpoint changed from 192.0.2.2[1024] to "
                    "198.51.100.9[4500]");
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_NO_ANSWER);
    g_assert_true(contains(user->cause->message, "from 198.51.100.9 now"));
    g_assert_cmpuint(f->charon->n_forced, ==, 1);
    fake_vici_wait(user->n_up == 2);
    release(user);
    assert_rest(f);
}

/* charon stays with the old port where both ends are behind a NAT and this one began. */
static void
test_moved_port(Fixture *f, gconstpointer data)
{
    gboolean natted = GPOINTER_TO_INT(data);
    g_autoptr(User) user = come_up(f, "");
    FakeIke         *ike = first_ike(f);
    const FakeChild *child = &g_array_index(ike->children, FakeChild, 0);
    guint32          spi = child->spi_in;

    ike->natted = natted;
    fake_charon_updown(f->charon, "child-updown", ike, TRUE); /* so that it is listed again */
    fake_vici_run(50);
    for (guint i = 0; i < 3; i++) {
        fake_charon_log(f->charon, NULL,
                        "NAT mappings of CHILD_SA ESP/0x%08x/192.0.2.1 changed to "
                        "192.0.2.2[1024], queuing update job",
                        i ? spi : spi + 1);
        fake_vici_run(50);
    }
    g_assert_cmpuint(f->charon->n_forced, ==, natted ? 1 : 0);
    if (natted) {
        fake_vici_wait(user->n_up == 2);
        g_assert_cmpuint(user->n_failed, ==, 1);
        g_assert_true(contains(user->cause->message, "from 192.0.2.2[1024] now"));
        ike = first_ike(f);
        ike->natted = TRUE;
        fake_charon_updown(f->charon, "child-updown", ike, TRUE);
        fake_vici_run(50);
        spi = g_array_index(ike->children, FakeChild, 0).spi_in;
        fake_charon_log(f->charon, NULL,
                        "NAT mappings of CHILD_SA ESP/0x%08x/192.0.2.1 changed to "
                        "192.0.2.2[1025], queuing update job",
                        spi);
        fake_vici_run(50);
        g_assert_cmpuint(f->charon->n_forced, ==, 1); /* not again and again */
    }
    release(user);
    assert_rest(f);
}

/* ---- an attempt of the peer's ---- */

static void
test_their_attempt(Fixture *f, gconstpointer data)
{
    (void) data;
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

/* ---- what an earlier run left ---- */

static gboolean
on_swept(gpointer data)
{
    ((Fixture *) data)->n_swept++;
    return G_SOURCE_REMOVE;
}

static void
leave(FakeCharon *charon, const char *kind, const char *name)
{
    if (strcmp(kind, "conn") == 0)
        g_ptr_array_add(charon->conns, g_strdup(name));
    else if (strcmp(kind, "shared") == 0)
        g_ptr_array_add(charon->shared, g_strdup(name));
    else if (strcmp(kind, "trap") == 0)
        g_ptr_array_add(charon->traps, g_strdup(name));
    else
        fake_ike_add_child(charon, fake_charon_add_ike(charon, name, "ESTABLISHED", TRUE),
                           "INSTALLED", 0xc1);
}

static void
test_sweep(Fixture *f, gconstpointer data)
{
    g_auto(GStrv) kinds = g_strsplit(data, " ", -1);

    for (guint i = 0; kinds[i]; i++)
        leave(f->charon, kinds[i], "nm-gre-a_b");
    for (guint i = 0; kinds[i]; i++)
        leave(f->charon, kinds[i], "office");
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    g_assert_false(
        g_ptr_array_find_with_equal_func(f->charon->conns, "nm-gre-a_b", g_str_equal, NULL));
    g_assert_cmpuint(f->charon->conns->len + f->charon->shared->len + f->charon->traps->len +
                         f->charon->ikes->len,
                     ==, g_strv_length(kinds));
    fake_vici_wait(fake_vici_n_connections(f->vici) == 0);
    fake_vici_run(100);
    g_assert_cmpuint(f->n_swept, ==, 1);
}

static void
test_sweep_nothing(Fixture *f, gconstpointer data)
{
    (void) data;
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    assert_rest(f);
}

static void
test_sweep_away(Fixture *f, gconstpointer data)
{
    (void) data;
    fake_vici_stop(f->vici, TRUE);
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    fake_vici_start(f->vici);
    fake_vici_run(400);
    g_assert_cmpuint(f->n_swept, ==, 1);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 0);
}

static void
test_sweep_dying(Fixture *f, gconstpointer data)
{
    leave(f->charon, "conn", "nm-gre-a_b");
    fake_vici_misbehave(f->vici, data, FAKE_VICI_HANG_UP);
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    fake_vici_run(100);
    g_assert_cmpuint(f->n_swept, ==, 1);
}

/* A tunnel that wants the same pair takes over what is there. */
static void
test_sweep_wanted(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = NULL;

    leave(f->charon, "conn", NAME);
    leave(f->charon, "trap", NAME);
    leave(f->charon, "ike", NAME);
    leave(f->charon, "conn", "nm-gre-a_b");
    gre_peers_sweep(f->peers, on_swept, f);
    user = acquire(f, "");
    fake_vici_wait(f->n_swept == 1 && user->n_up == 1);
    g_assert_cmphex(user->spi_in, ==, 0xc1);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 0);
    g_assert_cmpuint(f->charon->conns->len, ==, 1);
    release(user);
    assert_rest(f);
}

static void
test_sweep_late(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = come_up(f, "");

    leave(f->charon, "conn", "nm-gre-a_b");
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    g_assert_cmpuint(f->charon->conns->len, ==, 1);
    release(user);
    assert_rest(f);
}

/* Freed with everything under way. */
static void
test_free(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(User) user = acquire(f, "");
    g_autoptr(User) other = user_new(f);

    f->charon->manner = FAKE_PEER_SILENT;
    g_assert_nonnull(acquire_between(other, "2001:db8::1", "2001:db8::2", "", NULL));
    g_assert_nonnull(user->handle);
    fake_vici_run((guint) g_test_rand_int_range(0, 150));
}

typedef void (*Test)(Fixture *f, gconstpointer data);

static void
add(const char *path, gconstpointer data, Test test)
{
    g_autofree char *full = g_strconcat("/peer/", path, NULL);

    g_test_add(full, Fixture, data, setup, test, teardown);
}

static void
add_life(void)
{
    static const Passive trap = { "ipsec-start=trap", "load-shared load-conn install" };
    static const Passive respond = { "ipsec-start=respond", "load-shared load-conn" };

    add("order", NULL, test_order);
    add("found", NULL, test_found);
    add("start/trap", &trap, test_passive);
    add("start/respond", &respond, test_passive);
    add("start/trap-fails", NULL, test_trap_fails);
    add("rekey", NULL, test_rekey);
    add("surplus/passes", NULL, test_surplus_passes);
    add("surplus/children", NULL, test_surplus_children);
    add("surplus/ikes", NULL, test_surplus_ikes);
    add("share/two", NULL, test_two_users);
    add("share/trap-joins", NULL, test_trap_joins);
    add("share/conflict", NULL, test_conflict);
    add("share/one-secret", NULL, test_one_secret);
    add("lost/deleted", NULL, test_lost);
    add("lost/told-late", NULL, test_late_down);
    add("lost/dead", "retransmit", test_dead);
    add("lost/dead-ikev1", "sending retransmit", test_dead);
    add("moved/address", NULL, test_moved_address);
    add("moved/port", GINT_TO_POINTER(TRUE), test_moved_port);
    add("moved/port-followed", GINT_TO_POINTER(FALSE), test_moved_port);
    add("theirs/succeeds", NULL, test_their_attempt);
    add("theirs/fails", "192.0.2.2 is initiating an IKE_SA", test_their_failure);
    add("theirs/fails-6.0.6", "192.0.2.2 is initiating IKE_SA (unnamed)[1]", test_their_failure);
    add("free", NULL, test_free);
}

static void
add_failures(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("refusal/%u", i);

        add(path, &refusals[i], test_refusal);
    }
    add("refusal/two-causes", NULL, test_two_causes);
    add("refusal/proposals", NULL, test_proposals);
    add("silence", NULL, test_silence);
    add("slow", NULL, test_slow);
    add("childless", NULL, test_childless);
    add("pause/length", NULL, test_pauses);
    add("pause/eager-ends-it", GINT_TO_POINTER(FALSE), test_pause_ends);
    add("pause/nudge-ends-it", GINT_TO_POINTER(TRUE), test_pause_ends);
    add("pause/many-nudges", NULL, test_nudges);
    add("refused/load-shared", "load-shared", test_refused_load);
    add("refused/load-conn", "load-conn", test_refused_load);
    add("refused/install", "install", test_refused_load);
    add("refused/reload", NULL, test_reload_refused);
    add("refused/initiate", NULL, test_initiate_refused);
}

static void
add_daemon(void)
{
    add("daemon/restart", NULL, test_restart);
    add("daemon/socket-dead", GINT_TO_POINTER(FALSE), test_not_there);
    add("daemon/no-socket", GINT_TO_POINTER(TRUE), test_not_there);
    add("daemon/hangs", NULL, test_hang);
    add("daemon/load-all", NULL, test_load_all);
    add("daemon/unload-lines", NULL, test_unload_lines);
    add("daemon/change-while-loading", NULL, test_change_while_loading);
    add("sweep/nothing", NULL, test_sweep_nothing);
    add("sweep/conn", "conn", test_sweep);
    add("sweep/shared", "shared", test_sweep);
    add("sweep/ike", "ike", test_sweep);
    add("sweep/trap", "trap", test_sweep);
    add("sweep/all", "conn shared ike trap", test_sweep);
    add("sweep/away", NULL, test_sweep_away);
    add("sweep/dies-asked", "get-shared", test_sweep_dying);
    add("sweep/dies-removing", "unload-conn", test_sweep_dying);
    add("sweep/wanted", NULL, test_sweep_wanted);
    add("sweep/late", NULL, test_sweep_late);
}

static void
add_releases(void)
{
    add("release/load-shared", "load-shared", test_release_loading);
    add("release/load-conn", "load-conn", test_release_loading);
    add("release/install", "install", test_release_loading);
    add("release/attempting", NULL, test_release_attempting);
    add("release/unconfirmed", NULL, test_release_silent);
    add("release/returning", NULL, test_release_returning);
    add("release/at-once", NULL, test_release_at_once);
    add("release/away", NULL, test_release_away);
    add("release/dies-uninstall", "uninstall", test_release_dying);
    add("release/dies-terminate", "terminate", test_release_dying);
    add("release/dies-unload-conn", "unload-conn", test_release_dying);
    add("release/dies-unload-shared", "unload-shared", test_release_dying);
    add("release/hangs-load-conn", "load-conn", test_release_hung);
    add("release/hangs-install", "install", test_release_hung);
    add("release/hangs-uninstall", "uninstall", test_release_hung);
    add("release/hangs-terminate", "terminate", test_release_hung);
    add("release/hangs-unload-conn", "unload-conn", test_release_hung);
    add("release/hangs-unload-shared", "unload-shared", test_release_hung);
    add("release/hangs-long", GINT_TO_POINTER(FALSE), test_release_hung_long);
    add("release/hangs-when-asked", GINT_TO_POINTER(TRUE), test_release_hung_long);
    add("release/hangs-before", NULL, test_release_hung_before);
    add("release/hangs-wanted-again", NULL, test_release_hung_again);
    add("release/hangs-with-another", NULL, test_release_hung_other);
    add("release/never-there", NULL, test_release_never_there);
    add("release/again", NULL, test_again);
    add("release/again-changed", NULL, test_again_changed);
    add("release/in-callback", NULL, test_release_in_callback);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_life();
    add_failures();
    add_daemon();
    add_releases();
    return g_test_run();
}
