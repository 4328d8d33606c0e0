/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a peer makes of the SAs that strongSwan lists: rekeyed, surplus and lost ones. */
#include "peer-fixture.h"

/* ---- what is told of an SA ---- */

static void
test_rekey(Fixture *f, gconstpointer data)
{
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

/* The peer leaves both: it may send through its own alone. */
static void
test_surplus_twins(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");
    FakeIke *theirs = fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", FALSE);

    theirs->spi = G_MAXINT; /* higher than ours */
    fake_ike_add_child(f->charon, theirs, "INSTALLED", 0xd1);
    fake_charon_updown(f->charon, "child-updown", theirs, TRUE);
    fake_vici_wait(f->charon->ikes->len == 1);
    g_assert_true(first_ike(f) == theirs);
    fake_vici_run(100);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 1);
    g_assert_cmpuint(user->n_failed, ==, 0);
    release(user);
    assert_rest(f);
}

/* ---- losing the SA ---- */

static void
test_lost(Fixture *f, gconstpointer data)
{
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
    g_assert_true(contains(user->cause->message, "no longer answers"));
    g_assert_cmpuint(f->charon->n_forced, ==, 1);
    fake_vici_wait(user->n_up == 2);
    g_assert_cmpuint(COUNT(f, "initiate"), ==, 2);
    release(user);
    assert_rest(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("rekey", NULL, test_rekey);
    add("surplus/passes", NULL, test_surplus_passes);
    add("surplus/children", NULL, test_surplus_children);
    add("surplus/ikes", NULL, test_surplus_ikes);
    add("surplus/twins", NULL, test_surplus_twins);
    add("lost/deleted", NULL, test_lost);
    add("lost/told-late", NULL, test_late_down);
    add("lost/dead", "retransmit", test_dead);
    add("lost/dead-ikev1", "sending retransmit", test_dead);
    return g_test_run();
}
