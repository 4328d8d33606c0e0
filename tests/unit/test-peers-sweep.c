/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an earlier run left in strongSwan. */
#include "peer-fixture.h"

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
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    assert_rest(f);
}

static void
test_sweep_away(Fixture *f, gconstpointer data)
{
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
    g_autoptr(User) user = come_up(f, "");

    leave(f->charon, "conn", "nm-gre-a_b");
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1);
    g_assert_cmpuint(f->charon->conns->len, ==, 1);
    release(user);
    assert_rest(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
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
    return g_test_run();
}
