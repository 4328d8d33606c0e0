/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A NAT gives the peer another address or port. */
#include "peer-fixture.h"

/* The SA went along to an address that the tunnel doesn't lead to. */
static void
test_moved_address(Fixture *f, gconstpointer data)
{
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
    g_assert_true(contains(user->cause->message, "now come from 198.51.100.9"));
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
        g_assert_true(contains(user->cause->message, "now come from 192.0.2.2[1024]"));
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("moved/address", NULL, test_moved_address);
    add("moved/port", GINT_TO_POINTER(TRUE), test_moved_port);
    add("moved/port-followed", GINT_TO_POINTER(FALSE), test_moved_port);
    return g_test_run();
}
