/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers that are released at any moment. */
#include "peer-fixture.h"

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
    g_autoptr(User) user = acquire(f, "");

    release(user);
    g_assert_cmpstr(user->told->str, ==, "released");
    assert_rest(f);
}

static void
test_release_away(Fixture *f, gconstpointer data)
{
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
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_REFUSES;
    user = acquire(f, "");
    user->on_failed = release_in_callback;
    fake_vici_wait(!user->handle);
    g_assert_cmpuint(user->n_failed, ==, 1);
    assert_rest(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
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
    return g_test_run();
}
