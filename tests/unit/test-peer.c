/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers against the fake strongSwan: up and down, and tunnels that share one. */
#include "peer-fixture.h"

/* ---- up and down ---- */

static void
test_order(Fixture *f, gconstpointer data)
{
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

/* ---- sharing ---- */

static void
test_two_users(Fixture *f, gconstpointer data)
{
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

/* An XFRM interface has its SA to itself: neither GRE nor another one gets it, whoever is first. */
static void
test_interface_alone(Fixture *f, gconstpointer data)
{
    static const char *const pairs[][2] = { { "mode=xfrm", "" },
                                            { "mode=xfrm", "mode=xfrm" },
                                            { "", "mode=xfrm" } };

    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(User) first = come_up(f, pairs[i][0]);
        g_autoptr(User) other = user_new(f);
        g_autoptr(GError) error = NULL;

        g_assert_null(acquire_between(other, "192.0.2.1", "192.0.2.2", pairs[i][1], &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
        g_assert_cmpstr(error->message, ==,
                        "mode: \"Site B\" has a tunnel between the same two addresses; with "
                        "mode=xfrm, there can be only one");
        release(first);
        assert_rest(f);
    }
}

/* strongSwan knows a pre-shared key by the peer's identity alone: it can't have two. */
static void
test_one_secret(Fixture *f, gconstpointer data)
{
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

typedef struct {
    const char *users, *others; /* "@users=…", or "" for everybody */
    gboolean    named;          /* whether all who may see the second may see the first */
} Users;

/* A second profile of other users: a guess at the key and the key itself get the same answer. */
static void
assert_refused(Fixture *f, const Users *row, const char *remote, const char *lines)
{
    static const char *const keys[] = { "!ipsec-psk=x", "!ipsec-psk=y" };
    g_autofree char         *first = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(User) user = user_new(f);
        g_autofree char *text = g_strjoin("\n", keys[i], row->others, lines, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_null(acquire_between(user, "192.0.2.1", remote, text, &error));
        g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
        g_assert_cmpint(contains(error->message, "\"Site B\""), ==, row->named);
        g_assert_false(contains(error->message, "psk"));
        if (first)
            g_assert_cmpstr(error->message, ==, first);
        else
            first = g_strdup(error->message);
    }
}

static void
test_other_users(Fixture *f, gconstpointer data)
{
    const Users *row = data;
    g_autoptr(User) first = come_up(f, row->users);

    assert_refused(f, row, "192.0.2.2", "");
    assert_refused(f, row, "192.0.2.3", "ipsec-remote-id=192.0.2.2");
    g_assert_cmpuint(f->charon->shared->len, ==, 1);
    release(first);
    assert_rest(f);
}

/* A profile that takes the place of another user's gets an SA of its own. */
static void
test_successor(Fixture *f, gconstpointer data)
{
    g_autoptr(User) first = come_up(f, "@users=alice");
    g_autoptr(User) second = NULL;
    guint id = first_ike(f)->id;

    gre_peer_user_release(first->handle);
    second = acquire(f, "");
    fake_vici_wait(!first->handle && second->n_up == 1);
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    g_assert_cmpuint(first_ike(f)->id, !=, id);
    release(second);
    assert_rest(f);
}

/* The order of the users does not matter. */
static void
test_same_users(Fixture *f, gconstpointer data)
{
    g_autoptr(User) first = come_up(f, "@users=alice bob");
    g_autoptr(User) second = acquire(f, "key=2\n@users=bob alice");

    fake_vici_wait(second->n_up == 1);
    g_assert_cmpuint(f->charon->ikes->len, ==, 1);
    release(first);
    release(second);
    assert_rest(f);
}

/* ---- what an earlier run left ---- */

/* Freed with everything under way. */
static void
test_free(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = acquire(f, "");
    g_autoptr(User) other = user_new(f);

    f->charon->manner = FAKE_PEER_SILENT;
    g_assert_nonnull(acquire_between(other, "2001:db8::1", "2001:db8::2", "", NULL));
    g_assert_nonnull(user->handle);
    fake_vici_run((guint) g_test_rand_int_range(0, 150));
}

int
main(int argc, char **argv)
{
    static const Passive trap = { "ipsec-start=trap", "load-shared load-conn install" };
    static const Passive respond = { "ipsec-start=respond", "load-shared load-conn" };

    static const Users hidden = { "@users=alice", "", FALSE };
    static const Users others = { "@users=alice", "@users=bob", FALSE };
    static const Users some = { "@users=alice", "@users=alice bob", FALSE };
    static const Users fewer = { "@users=alice bob", "@users=alice", TRUE };
    static const Users everybody = { "", "@users=alice", TRUE };

    g_test_init(&argc, &argv, NULL);
    add("order", NULL, test_order);
    add("found", NULL, test_found);
    add("start/trap", &trap, test_passive);
    add("start/respond", &respond, test_passive);
    add("start/trap-fails", NULL, test_trap_fails);
    add("share/two", NULL, test_two_users);
    add("share/trap-joins", NULL, test_trap_joins);
    add("share/conflict", NULL, test_conflict);
    add("share/interface-alone", NULL, test_interface_alone);
    add("share/one-secret", NULL, test_one_secret);
    add("users/hidden", &hidden, test_other_users);
    add("users/others", &others, test_other_users);
    add("users/some", &some, test_other_users);
    add("users/fewer", &fewer, test_other_users);
    add("users/everybody", &everybody, test_other_users);
    add("users/successor", NULL, test_successor);
    add("users/same", NULL, test_same_users);
    add("free", NULL, test_free);
    return g_test_run();
}
