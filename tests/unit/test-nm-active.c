/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following NetworkManager's active connections. */
#include "nm/nm-active.h"

#include "fake-bus.h"
#include "fake-nm.h"

#define A "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define B "00000002-93cf-4d5b-a2c3-3f6c7e3f0d11"

typedef struct {
    FakeNm          *nm;
    GDBusConnection *bus;
    GreNmActive     *active;
    guint            changes;
    GString         *activating; /* what was told, in order */
} Fixture;

static void
on_changed(gpointer data)
{
    ((Fixture *) data)->changes++;
}

static void
on_activating(const char *path, const char *uuid, gpointer data)
{
    g_string_append_printf(((Fixture *) data)->activating, "%s %.8s\n", path, uuid);
}

static void
setup(Fixture *f, gconstpointer data)
{
    f->activating = g_string_new(NULL);
    f->nm = fake_nm_new();
    f->bus = fake_bus_connect();
    f->active = gre_nm_active_new(f->bus, on_changed, f);
    gre_nm_active_on_activating(f->active, on_activating, f);
    fake_nm_own(f->nm);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_nm_active_free(f->active);
    fake_bus_run(20); /* what was cancelled ends from the main loop */
    fake_nm_free(f->nm);
    fake_bus_disconnect(f->bus);
    g_string_free(f->activating, TRUE);
}

static void
start(Fixture *f)
{
    fake_nm_export(f->nm);
    gre_nm_active_start(f->active);
}

static GreActiveState
state_of(Fixture *f, const char *uuid)
{
    const char *path;

    return gre_nm_active_state(f->active, uuid, &path);
}

static void
assert_active(Fixture *f, const char *uuid, GreActiveState state, const char *path)
{
    const char *found = "";

    g_assert_cmpint(gre_nm_active_state(f->active, uuid, &found), ==, state);
    g_assert_cmpstr(found, ==, path);
}

static void
test_list(Fixture *f, gconstpointer data)
{
    fake_nm_set_active(f->nm, 1, "7A1E3A0C-93CF-4D5B-A2C3-3F6C7E3F0D11", GRE_ACTIVE_ACTIVATED);
    fake_nm_set_active(f->nm, 2, B, GRE_ACTIVE_ACTIVATING);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    start(f);
    WAIT(state_of(f, A) != GRE_ACTIVE_DEACTIVATED && state_of(f, B) != GRE_ACTIVE_DEACTIVATED);
    assert_active(f, A, GRE_ACTIVE_ACTIVATED, "/a/1");
    assert_active(f, B, GRE_ACTIVE_ACTIVATING, "/a/2");
    assert_active(f, "other", GRE_ACTIVE_DEACTIVATED, NULL);
    WAIT(f->changes > 0);
}

/* NetworkManager owns its name before its objects are there. */
static void
test_list_later(Fixture *f, gconstpointer data)
{
    gre_nm_active_start(f->active);
    fake_bus_run(100);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(50);
    gre_nm_active_stop(f->active);
    gre_nm_active_start(f->active); /* which drops what the signal told */
    fake_bus_run(50);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    fake_nm_export(f->nm);
    WAIT(state_of(f, A) == GRE_ACTIVE_ACTIVATED);
}

/* One that wasn't there is asked who it is; then its signals say enough. */
static void
test_follow(Fixture *f, gconstpointer data)
{
    start(f);
    fake_bus_run(50);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATING);
    WAIT(state_of(f, A) == GRE_ACTIVE_ACTIVATING);
    WAIT(f->changes == 1);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    WAIT(state_of(f, A) == GRE_ACTIVE_ACTIVATED);
    WAIT(f->changes == 2);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 2);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_DEACTIVATING);
    WAIT(state_of(f, A) == GRE_ACTIVE_DEACTIVATING);
    WAIT(f->changes == 3); /* told from the main loop: two at once would be one */
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_DEACTIVATED);
    WAIT(state_of(f, A) == GRE_ACTIVE_DEACTIVATED);
    WAIT(f->changes == 4);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    g_assert_cmpuint(fake_nm_active_asked(f->nm), ==, 1);
}

/* One that ends before it could be asked: that is a change too, to whoever waits for it. */
static void
test_short(Fixture *f, gconstpointer data)
{
    start(f);
    fake_bus_run(50);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATING);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_DEACTIVATED);
    WAIT(f->changes == 1);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    g_assert_cmpuint(fake_nm_active_asked(f->nm), ==, 0);
}

static void
test_burst(Fixture *f, gconstpointer data)
{
    for (guint i = 1; i <= 10; i++)
        fake_nm_set_active(f->nm, i, i == 10 ? B : A, GRE_ACTIVE_ACTIVATING);
    start(f);
    WAIT(state_of(f, B) == GRE_ACTIVE_ACTIVATING);
    fake_bus_run(50);
    f->changes = 0;
    for (guint i = 1; i <= 10; i++)
        fake_nm_set_active(f->nm, i, NULL, GRE_ACTIVE_ACTIVATED);
    g_usleep(100000); /* until all are in the main loop's queue */
    WAIT(f->changes);
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 1);
    assert_active(f, B, GRE_ACTIVE_ACTIVATED, "/a/10");
}

static void
test_stop(Fixture *f, gconstpointer data)
{
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    fake_nm_set_active(f->nm, 2, B, GRE_ACTIVE_ACTIVATED);
    start(f);
    WAIT(state_of(f, A) == GRE_ACTIVE_ACTIVATED && state_of(f, B) == GRE_ACTIVE_ACTIVATED);
    fake_bus_run(50);
    f->changes = 0;
    gre_nm_active_stop(f->active);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    assert_active(f, B, GRE_ACTIVE_DEACTIVATED, NULL);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_DEACTIVATING);
    fake_bus_run(50);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
    g_assert_cmpuint(f->changes, ==, 1);
    gre_nm_active_start(f->active);
    WAIT(state_of(f, A) == GRE_ACTIVE_DEACTIVATING);
}

/* Each that begins to activate, once; no other. */
static void
test_activating(Fixture *f, gconstpointer data)
{
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATING);
    fake_nm_set_active(f->nm, 2, B, GRE_ACTIVE_ACTIVATED);
    start(f);
    WAIT(state_of(f, A) != GRE_ACTIVE_DEACTIVATED && state_of(f, B) != GRE_ACTIVE_DEACTIVATED);
    g_assert_cmpstr(f->activating->str, ==, "/a/1 7a1e3a0c\n");
    fake_nm_set_active(f->nm, 3, B, GRE_ACTIVE_ACTIVATING);
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    fake_nm_set_active(f->nm, 2, B, GRE_ACTIVE_DEACTIVATED);
    WAIT(state_of(f, B) == GRE_ACTIVE_ACTIVATING);
    fake_nm_set_active(f->nm, 3, B, GRE_ACTIVE_ACTIVATED);
    WAIT(state_of(f, B) == GRE_ACTIVE_ACTIVATED);
    g_assert_cmpstr(f->activating->str, ==, "/a/1 7a1e3a0c\n/a/3 00000002\n");
}

/* NetworkManager goes while it is asked. */
static void
test_stop_early(Fixture *f, gconstpointer data)
{
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_ACTIVATED);
    start(f);
    gre_nm_active_stop(f->active);
    fake_bus_run(50);
    gre_nm_active_start(f->active);
    WAIT(fake_nm_active_asked(f->nm) == 1);
    gre_nm_active_stop(f->active);
    fake_bus_run(50);
    assert_active(f, A, GRE_ACTIVE_DEACTIVATED, NULL);
}

/* Of two for one profile the furthest counts. */
static void
test_two(Fixture *f, gconstpointer data)
{
    static const GreActiveState order[] = { GRE_ACTIVE_DEACTIVATING, GRE_ACTIVE_ACTIVATING,
                                            GRE_ACTIVE_ACTIVATED };

    start(f);
    for (guint i = 0; i + 1 < G_N_ELEMENTS(order); i++) {
        fake_nm_set_active(f->nm, 1, A, order[i]);
        fake_nm_set_active(f->nm, 2, A, order[i + 1]);
        WAIT(state_of(f, A) == order[i + 1]);
        fake_bus_run(50);
        assert_active(f, A, order[i + 1], "/a/2");
        fake_nm_set_active(f->nm, 2, A, order[i]);
        fake_nm_set_active(f->nm, 1, A, order[i + 1]);
        fake_bus_run(50);
        assert_active(f, A, order[i + 1], "/a/1");
    }
    fake_nm_set_active(f->nm, 1, A, GRE_ACTIVE_DEACTIVATED);
    WAIT(state_of(f, A) == GRE_ACTIVE_ACTIVATING);
    assert_active(f, A, GRE_ACTIVE_ACTIVATING, "/a/2");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/nm-active/activating", Fixture, NULL, setup, test_activating, teardown);
    g_test_add("/nm-active/list", Fixture, NULL, setup, test_list, teardown);
    g_test_add("/nm-active/list-later", Fixture, NULL, setup, test_list_later, teardown);
    g_test_add("/nm-active/follow", Fixture, NULL, setup, test_follow, teardown);
    g_test_add("/nm-active/short", Fixture, NULL, setup, test_short, teardown);
    g_test_add("/nm-active/burst", Fixture, NULL, setup, test_burst, teardown);
    g_test_add("/nm-active/stop", Fixture, NULL, setup, test_stop, teardown);
    g_test_add("/nm-active/stop-early", Fixture, NULL, setup, test_stop_early, teardown);
    g_test_add("/nm-active/two", Fixture, NULL, setup, test_two, teardown);
    return fake_bus_run_tests();
}
