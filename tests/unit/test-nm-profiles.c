/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following NetworkManager's profiles, and waiting for what it said of them last. */
#include "nm/nm-profiles.h"

#include "fake-bus.h"
#include "fake-nm.h"

typedef struct {
    FakeNm          *nm;
    GDBusConnection *bus;
    GreProfileSet   *set;
    GreNmProfiles   *profiles;
    guint            changes, watch;
    gboolean         there;
} Fixture;

/* Somebody who waits for a sync. */
typedef struct {
    Fixture      *fixture;
    GCancellable *cancellable;
    const char   *key; /* (nullable): what the set has by then */
    guint         called, destroyed;
} Sync;

static void
on_changed(gpointer data)
{
    ((Fixture *) data)->changes++;
}

static void
on_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
    Fixture *f = data;

    f->there = TRUE;
    gre_nm_profiles_start(f->profiles);
}

static void
on_vanished(GDBusConnection *bus, const char *name, gpointer data)
{
    Fixture *f = data;

    f->there = FALSE;
    gre_nm_profiles_stop(f->profiles);
}

static void
setup(Fixture *f, gconstpointer data)
{
    f->nm = fake_nm_new();
    for (guint i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("p%u", i);
        g_autofree char *uuid = g_strdup_printf("u%u", i);

        fake_nm_put(f->nm, i, fake_nm_ethernet(id, uuid));
    }
    f->bus = fake_bus_connect();
    f->set = gre_profile_set_new();
    f->profiles = gre_nm_profiles_new(f->bus, f->set, on_changed, f);
    f->watch = g_bus_watch_name_on_connection(f->bus, NM, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                              on_appeared, on_vanished, f, NULL);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    g_bus_unwatch_name(f->watch);
    gre_nm_profiles_free(f->profiles);
    gre_profile_set_free(f->set);
    if (f->nm)
        fake_nm_let_all_go(f->nm);
    fake_bus_run(20); /* what was cancelled ends from the main loop */
    g_clear_pointer(&f->nm, fake_nm_free);
    fake_bus_disconnect(f->bus);
}

static void
start(Fixture *f)
{
    fake_nm_export(f->nm);
    fake_nm_own(f->nm);
}

/* And everything is read. */
static void
start_and_wait(Fixture *f)
{
    start(f);
    WAIT(f->changes == 1);
    f->changes = 0;
}

static const char *
id_of(Fixture *f, const char *key)
{
    const GreKnownProfile *profile = gre_profile_set_lookup(f->set, key);

    return profile ? profile->id : "";
}

static void
put_file(Fixture *f, const char *id, const char *uuid)
{
    g_autoptr(GVariant) settings = g_variant_ref_sink(fake_nm_ethernet(id, uuid));

    gre_profile_set_put(f->set, gre_profile_set_known_new("file", settings));
}

/* ---- the list ---- */

static void
test_list(Fixture *f, gconstpointer data)
{
    start(f);
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    for (guint i = 0; i < 3; i++) {
        FakeNmProfile   *profile = fake_nm_profile(f->nm, i);
        g_autofree char *id = g_strdup_printf("p%u", i);

        g_assert_cmpstr(id_of(f, profile->path), ==, id);
        g_assert_cmpuint(profile->asked, ==, 1);
    }
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 1);
    g_assert_cmpuint(fake_nm_lists(f->nm), ==, 1);
}

static void
test_list_empty(Fixture *f, gconstpointer data)
{
    put_file(f, "old", "u9");
    for (guint i = 0; i < 3; i++)
        fake_nm_remove(f->nm, i);
    start(f);
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 0);
}

/* NetworkManager owns its name before its objects are there. */
static void
test_list_later(Fixture *f, gconstpointer data)
{
    put_file(f, "old", "u9");
    fake_nm_own(f->nm);
    WAIT(f->there);
    fake_bus_run(100);
    g_assert_cmpuint(f->changes, ==, 0);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 1);
    fake_nm_export(f->nm);
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    g_assert_cmpuint(fake_nm_lists(f->nm), ==, 1);
}

/* What was known from files goes when all is read, and not before. */
static void
test_files(Fixture *f, gconstpointer data)
{
    put_file(f, "p0", "u0");
    fake_nm_hold(f->nm);
    start(f);
    for (guint i = 0; i < 3; i++) {
        WAIT(fake_nm_held(f->nm) == 3 - i);
        fake_bus_run(30);
        g_assert_cmpuint(f->changes, ==, 0);
        g_assert_cmpstr(id_of(f, "file"), ==, "p0");
        if (i < 2)
            fake_nm_let_go(f->nm);
    }
    fake_nm_let_all_go(f->nm);
    WAIT(f->changes);
    g_assert_cmpuint(f->changes, ==, 1);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    g_assert_cmpstr(id_of(f, "file"), ==, "");
}

/* What NetworkManager doesn't show for now is not taken for deleted, and is asked for again. */
static void
test_no_answer(Fixture *f, gconstpointer data)
{
    FakeNmProfile *profile = fake_nm_profile(f->nm, 0);

    put_file(f, "p0", "u0");
    profile->settings_error = "org.freedesktop.DBus.Error.LimitsExceeded";
    start(f);
    WAIT(profile->asked == 2);
    g_assert_cmpuint(f->changes, ==, 0);
    g_assert_cmpstr(id_of(f, "file"), ==, "p0");
    profile->settings_error = NULL;
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    profile->settings_error = "org.freedesktop.DBus.Error.LimitsExceeded";
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    WAIT(profile->asked > 3);
    fake_bus_run(50);
    g_assert_cmpstr(id_of(f, "/s/0"), ==, "p0");
    profile->settings_error = NULL;
    WAIT(g_str_equal(id_of(f, "/s/0"), "new"));
}

/* A profile that changes, one that comes and one that goes while the list is read. */
static void
test_busy(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    start(f);
    WAIT(fake_nm_held(f->nm) == 3);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    fake_nm_remove(f->nm, 1);
    fake_nm_add(f->nm, 7, fake_nm_ethernet("p7", "u7"));
    WAIT(fake_nm_held(f->nm) == 4);
    fake_nm_let_all_go(f->nm);
    WAIT(f->changes);
    g_assert_cmpuint(f->changes, ==, 1);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    g_assert_cmpstr(id_of(f, "/s/0"), ==, "new");
    g_assert_cmpstr(id_of(f, "/s/2"), ==, "p2");
    g_assert_cmpstr(id_of(f, "/s/7"), ==, "p7");
}

/* ---- what changes ---- */

static void
test_follow(Fixture *f, gconstpointer data)
{
    start_and_wait(f);
    fake_nm_add(f->nm, 7, fake_nm_ethernet("p7", "u7"));
    WAIT(f->changes == 1);
    g_assert_cmpstr(id_of(f, "/s/7"), ==, "p7");
    fake_nm_update(f->nm, 7, fake_nm_ethernet("renamed", "u7"));
    WAIT(f->changes == 2);
    g_assert_cmpstr(id_of(f, "/s/7"), ==, "renamed");
    fake_nm_remove(f->nm, 7);
    WAIT(f->changes == 3);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    g_assert_cmpuint(fake_nm_lists(f->nm), ==, 1);
}

static void
test_burst(Fixture *f, gconstpointer data)
{
    start_and_wait(f);
    fake_nm_hold(f->nm);
    for (guint i = 10; i < 50; i++)
        fake_nm_add(f->nm, i, fake_nm_ethernet("p", "u"));
    WAIT(fake_nm_held(f->nm) == 16);
    fake_nm_let_all_go(f->nm);
    WAIT(gre_profile_set_size(f->set) == 43);
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 1);
}

/* Deleted while it is asked for: what it was is not put back. */
static void
test_removed(Fixture *f, gconstpointer data)
{
    start_and_wait(f);
    fake_nm_hold(f->nm);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    WAIT(fake_nm_held(f->nm) == 1);
    fake_nm_remove(f->nm, 0);
    WAIT(f->changes == 1);
    fake_nm_let_all_go(f->nm);
    fake_bus_run(50);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 2);
    g_assert_cmpuint(f->changes, ==, 1);
}

/* Killed, or it only gives its name back and answers later: the set stays as it was. */
static void
test_vanishes(Fixture *f, gconstpointer data)
{
    start_and_wait(f);
    fake_nm_hold(f->nm);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    WAIT(fake_nm_held(f->nm) == 1);
    if (data)
        g_clear_pointer(&f->nm, fake_nm_free);
    else
        fake_nm_disown(f->nm);
    WAIT(!f->there);
    if (f->nm)
        fake_nm_let_all_go(f->nm);
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 0);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 3);
    g_assert_cmpstr(id_of(f, "/s/0"), ==, "p0");
}

/* It uses the same paths for other profiles. */
static void
test_second(Fixture *f, gconstpointer data)
{
    start_and_wait(f);
    g_clear_pointer(&f->nm, fake_nm_free);
    f->nm = fake_nm_new();
    fake_nm_put(f->nm, 0, fake_nm_ethernet("p1", "u1"));
    fake_nm_put(f->nm, 5, fake_nm_ethernet("p5", "u5"));
    start(f);
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 2);
    g_assert_cmpstr(id_of(f, "/s/0"), ==, "p1");
    g_assert_cmpstr(id_of(f, "/s/5"), ==, "p5");
    fake_nm_update(f->nm, 5, fake_nm_ethernet("new", "u5"));
    WAIT(f->changes == 2);
    g_assert_cmpstr(id_of(f, "/s/5"), ==, "new");
}

/* The first one ends before it has shown everything. */
static void
test_second_early(Fixture *f, gconstpointer data)
{
    put_file(f, "p0", "u0");
    fake_nm_hold(f->nm);
    start(f);
    WAIT(fake_nm_held(f->nm) == 3);
    fake_nm_let_go(f->nm);
    WAIT(gre_profile_set_size(f->set) == 2);
    g_clear_pointer(&f->nm, fake_nm_free);
    WAIT(!f->there);
    fake_bus_run(50);
    g_assert_cmpuint(f->changes, ==, 0);
    g_assert_cmpstr(id_of(f, "file"), ==, "p0");
    f->nm = fake_nm_new();
    fake_nm_put(f->nm, 9, fake_nm_ethernet("p9", "u9"));
    start(f);
    WAIT(f->changes);
    g_assert_cmpuint(gre_profile_set_size(f->set), ==, 1);
    g_assert_cmpstr(id_of(f, "/s/9"), ==, "p9");
}

/* ---- waiting ---- */

static void
on_synced(gpointer data)
{
    Sync *sync = data;

    g_assert_cmpuint(sync->destroyed, ==, 0);
    sync->called++;
    if (sync->key)
        g_assert_nonnull(gre_profile_set_lookup(sync->fixture->set, sync->key));
}

static void
on_destroyed(gpointer data)
{
    ((Sync *) data)->destroyed++;
}

static void
sync_begin(Sync *sync, Fixture *f, const char *key)
{
    *sync = (Sync){ .fixture = f, .cancellable = g_cancellable_new(), .key = key };
    gre_nm_profiles_sync(f->profiles, sync->cancellable, on_synced, sync, on_destroyed);
    g_assert_cmpuint(sync->called + sync->destroyed, ==, 0);
}

static void
sync_end(Sync *sync, guint called)
{
    WAIT(sync->destroyed);
    fake_bus_run(50);
    g_assert_cmpuint(sync->called, ==, called);
    g_assert_cmpuint(sync->destroyed, ==, 1);
    g_object_unref(sync->cancellable);
}

/* One that was added just before. */
static void
test_sync(Fixture *f, gconstpointer data)
{
    Sync sync;

    start_and_wait(f);
    fake_nm_hold(f->nm);
    fake_nm_add(f->nm, 7, fake_nm_ethernet("p7", "u7"));
    sync_begin(&sync, f, "/s/7");
    WAIT(fake_nm_held(f->nm) == 1);
    fake_bus_run(50);
    g_assert_cmpuint(sync.called, ==, 0);
    fake_nm_let_all_go(f->nm);
    sync_end(&sync, 1);
    sync_begin(&sync, f, "/s/7"); /* nothing to read */
    sync_end(&sync, 1);
}

/* Before it is known that NetworkManager is there, and before its objects are. */
static void
test_sync_first(Fixture *f, gconstpointer data)
{
    Sync first, second;

    fake_nm_own(f->nm);
    sync_begin(&first, f, "/s/0");
    WAIT(f->there);
    fake_bus_run(50);
    sync_begin(&second, f, "/s/0");
    fake_bus_run(50);
    g_assert_cmpuint(first.called + second.called, ==, 0);
    fake_nm_export(f->nm);
    sync_end(&first, 1);
    sync_end(&second, 1);
}

static void
test_sync_cancelled(Fixture *f, gconstpointer data)
{
    Sync asking, waiting;

    start_and_wait(f);
    sync_begin(&asking, f, NULL);
    g_cancellable_cancel(asking.cancellable);
    sync_end(&asking, 0);
    fake_nm_hold(f->nm);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    sync_begin(&waiting, f, NULL);
    WAIT(fake_nm_held(f->nm) == 1);
    fake_bus_run(50);
    g_cancellable_cancel(waiting.cancellable);
    fake_nm_let_all_go(f->nm);
    sync_end(&waiting, 0);
}

static void
test_sync_freed(Fixture *f, gconstpointer data)
{
    Sync asking, waiting;

    start_and_wait(f);
    fake_nm_hold(f->nm);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    sync_begin(&waiting, f, NULL);
    WAIT(fake_nm_held(f->nm) == 1);
    fake_bus_run(50);
    sync_begin(&asking, f, NULL);
    g_clear_pointer(&f->profiles, gre_nm_profiles_free);
    g_assert_cmpuint(asking.destroyed, ==, 1);
    g_assert_cmpuint(waiting.destroyed, ==, 1);
    g_bus_unwatch_name(f->watch);
    f->watch = g_bus_watch_name_on_connection(f->bus, NM, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, NULL,
                                              NULL, NULL);
    fake_nm_let_all_go(f->nm);
    sync_end(&waiting, 0);
    sync_end(&asking, 0);
}

/* Nobody waits for a NetworkManager that is gone. */
static void
test_sync_vanishes(Fixture *f, gconstpointer data)
{
    Sync waiting, asking, late;

    start_and_wait(f);
    fake_nm_hold(f->nm);
    fake_nm_update(f->nm, 0, fake_nm_ethernet("new", "u0"));
    sync_begin(&waiting, f, NULL);
    WAIT(fake_nm_held(f->nm) == 1);
    fake_bus_run(50);
    g_clear_pointer(&f->nm, fake_nm_free);
    sync_begin(&asking, f, NULL);
    WAIT(!f->there);
    sync_begin(&late, f, NULL);
    sync_end(&waiting, 0);
    sync_end(&asking, 0);
    sync_end(&late, 0);
}

/* Between the answer to the ping and the list. */
static void
test_sync_vanishes_early(Fixture *f, gconstpointer data)
{
    Sync sync;

    fake_nm_own(f->nm);
    WAIT(f->there);
    sync_begin(&sync, f, NULL);
    fake_bus_run(50);
    fake_nm_disown(f->nm);
    sync_end(&sync, 0);
}

static void
add(const char *path, void (*test)(Fixture *f, gconstpointer data))
{
    g_test_add(path, Fixture, NULL, setup, test, teardown);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/nm-profiles/list", test_list);
    add("/nm-profiles/list-empty", test_list_empty);
    add("/nm-profiles/list-later", test_list_later);
    add("/nm-profiles/files", test_files);
    add("/nm-profiles/no-answer", test_no_answer);
    add("/nm-profiles/busy", test_busy);
    add("/nm-profiles/follow", test_follow);
    add("/nm-profiles/burst", test_burst);
    add("/nm-profiles/removed", test_removed);
    add("/nm-profiles/vanishes", test_vanishes);
    g_test_add("/nm-profiles/killed", Fixture, GINT_TO_POINTER(TRUE), setup, test_vanishes,
               teardown);
    add("/nm-profiles/second", test_second);
    add("/nm-profiles/second-early", test_second_early);
    add("/nm-profiles/sync", test_sync);
    add("/nm-profiles/sync/first", test_sync_first);
    add("/nm-profiles/sync/cancelled", test_sync_cancelled);
    add("/nm-profiles/sync/freed", test_sync_freed);
    add("/nm-profiles/sync/vanishes", test_sync_vanishes);
    add("/nm-profiles/sync/vanishes-early", test_sync_vanishes_early);
    return fake_bus_run_tests();
}
