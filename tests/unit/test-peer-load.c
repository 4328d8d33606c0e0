/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a peer loads into strongSwan: refused, lost with the daemon, or changed meanwhile. */
#include "peer-fixture.h"

/* ---- failures ---- */

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
    /* A refused trap may heal: a persistent tunnel goes on asking. */
    if (g_str_equal(command, "install"))
        g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_DAEMON);
    else
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

/* ---- the daemon comes and goes ---- */

static void
test_restart(Fixture *f, gconstpointer data)
{
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("refused/load-shared", "load-shared", test_refused_load);
    add("refused/load-conn", "load-conn", test_refused_load);
    add("refused/install", "install", test_refused_load);
    add("refused/reload", NULL, test_reload_refused);
    add("daemon/restart", NULL, test_restart);
    add("daemon/socket-dead", GINT_TO_POINTER(FALSE), test_not_there);
    add("daemon/no-socket", GINT_TO_POINTER(TRUE), test_not_there);
    add("daemon/hangs", NULL, test_hang);
    add("daemon/load-all", NULL, test_load_all);
    add("daemon/unload-lines", NULL, test_unload_lines);
    add("daemon/change-while-loading", NULL, test_change_while_loading);
    return g_test_run();
}
