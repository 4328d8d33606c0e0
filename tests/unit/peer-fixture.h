/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers against the fake strongSwan: what it is asked for, in which order, and what tunnels are
 * told. What the tests of peer-*.c share.
 */
#ifndef PEER_FIXTURE_H
#define PEER_FIXTURE_H

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
    guint        n_armed, n_up, n_failed, n_warned;
    guint32      spi_in;
    void (*on_failed)(gpointer user);
    void (*on_released)(gpointer user);
} User;

static inline void
note(User *user, const char *what)
{
    if (!g_str_has_suffix(user->told->str, what))
        g_string_append_printf(user->told, "%s%s", user->told->len ? " " : "", what);
}

static inline void
on_armed(gpointer data)
{
    User *user = data;

    user->n_armed++;
    note(user, "armed");
}

static inline void
on_up(gpointer data, const GreChildSa *child)
{
    User *user = data;

    user->n_up++;
    user->spi_in = child->spi_in;
    g_assert_true(gre_peer_user_child(user->handle) == child);
    note(user, "up");
}

static inline void
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

static inline void
on_warned(gpointer data, const GError *cause)
{
    User *user = data;

    user->n_warned++;
    g_clear_error(&user->cause);
    user->cause = g_error_copy(cause);
    note(user, "warned");
}

static inline void
on_released(gpointer data)
{
    User *user = data;

    note(user, "released");
    user->handle = NULL;
    if (user->on_released)
        user->on_released(user);
}

static const GrePeerUserFuncs funcs = { on_armed, on_up, on_failed, on_warned, on_released };

static inline GreAddress
address(const char *text)
{
    GreAddress result;

    g_assert_true(gre_address_parse(text, &result));
    return result;
}

static inline GrePeerUser *
acquire_between(
    User *user, const char *local, const char *remote, const char *lines, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("remote=%s\nipsec=psk\n!ipsec-psk=x\n%s", remote, lines);
    g_auto(ProfileText) source = profile_text_parse(text);
    g_autoptr(GreProfile) profile = gre_profile_new(&source.source, NULL);
    GreAddress here = address(local), there = address(remote);

    g_assert_nonnull(profile);
    user->handle = gre_peers_acquire(user->fixture->peers, profile, NULL, &here, &there, 0, &funcs,
                                     user, error);
    return user->handle;
}

static inline User *
user_new(Fixture *f)
{
    User *user = g_new0(User, 1);

    user->fixture = f;
    user->told = g_string_new(NULL);
    return user;
}

static inline User *
acquire(Fixture *f, const char *lines)
{
    User *user = user_new(f);
    g_autoptr(GError) error = NULL;

    acquire_between(user, "192.0.2.1", "192.0.2.2", lines, &error);
    g_assert_no_error(error);
    return user;
}

static inline void
user_free(User *user)
{
    g_clear_error(&user->cause);
    g_string_free(user->told, TRUE);
    g_free(user);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)

static inline void
setup(Fixture *f, gconstpointer data)
{
    f->charon = fake_charon_new();
    f->vici = f->charon->vici;
    f->peers = gre_peers_new(fake_vici_path(f->vici), &timing);
    f->peers->daemon.timing.request = fake_vici_deadline(timing.request);
}

/* For what must not depend on how fast this machine is: no attempt runs out. */
static inline void
be_patient(Fixture *f)
{
    f->peers->daemon.timing.attempt = f->peers->daemon.timing.attempt_idle = 3000;
}

static inline void
teardown(Fixture *f, gconstpointer data)
{
    gre_peers_free(f->peers);
    fake_charon_free(f->charon);
}

/* The commands so far, looks left out, and forgets them. */
static inline char *
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

static inline void
assert_commands(Fixture *f, const char *expected)
{
    g_autofree char *seen = commands(f);

    g_assert_cmpstr(seen, ==, expected);
}

#define COUNT(f, command) fake_vici_count((f)->vici, command)

static inline FakeIke *
first_ike(Fixture *f)
{
    g_assert_cmpuint(f->charon->ikes->len, >, 0);
    return f->charon->ikes->pdata[0];
}

/* Nothing is held and nothing is said any more: no timer of the engine's runs on. */
static inline void
assert_rest(Fixture *f)
{
    fake_vici_wait(fake_vici_n_connections(f->vici) == 0);
    g_assert_true(fake_charon_is_empty(f->charon));
    g_assert_cmpuint(g_hash_table_size(f->peers->peers), ==, 0);
    fake_vici_forget(f->vici);
    fake_vici_run(30);
    g_assert_cmpuint(fake_vici_n_requests(f->vici) + fake_vici_n_connections(f->vici), ==, 0);
}

static inline void
release(User *user)
{
    gre_peer_user_release(user->handle);
    fake_vici_wait(!user->handle);
}

static inline User *
come_up(Fixture *f, const char *lines)
{
    User *user = acquire(f, lines);

    fake_vici_wait(user->n_up == 1);
    return user;
}

static inline gboolean
contains(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

typedef void (*PeerTest)(Fixture *f, gconstpointer data);

static inline void
add(const char *path, gconstpointer data, PeerTest test)
{
    g_autofree char *full = g_strconcat("/peer/", path, NULL);

    g_test_add(full, Fixture, data, setup, test, teardown);
}

#endif
