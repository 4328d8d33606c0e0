/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When NetworkManager is asked to bring a companion back, and when it is left in peace. */
#include "service/companion-restart.h"

#include "fake-bus.h"
#include "fake-nm.h"

#include <string.h>

#define TUNNEL    "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define COMPANION "00000002-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define BROUGHT   "look activate(/a/1) "

static const GreCompanionRestartTiming timing = { .first = 200, .last = 800 };

typedef struct {
    FakeNm              *nm;
    GDBusConnection     *bus;
    GreProfileSet       *set;
    GreNmActive         *active;
    GreCompanionRestart *keeper;
    FakeNmProfile       *companion;
} Fixture;

static void
on_changed(gpointer data)
{
    gre_companion_restart_look(((Fixture *) data)->keeper);
}

/* The set has it from a file, so its key is no object path. */
static void
put(Fixture *f, const char *key, GVariant *settings)
{
    gre_profile_set_put(f->set, gre_profile_set_known_new(key, settings));
}

static void
setup(Fixture *f, gconstpointer data)
{
    const char *protects = data;

    f->nm = fake_nm_new();
    f->bus = fake_bus_connect();
    f->set = gre_profile_set_new();
    put(f, "tun.nmconnection", fake_nm_put(f->nm, 1, fake_nm_tunnel("tun", TUNNEL))->settings);
    f->companion = fake_nm_put(f->nm, 2, fake_nm_companion("ipsec", COMPANION, protects));
    put(f, "ipsec.nmconnection", f->companion->settings);
    f->active = gre_nm_active_new(f->bus, on_changed, f);
    f->keeper = gre_companion_restart_new(f->bus, f->set, f->active, &timing);
    fake_nm_export(f->nm);
    fake_nm_own(f->nm);
    gre_nm_active_start(f->active);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_companion_restart_free(f->keeper);
    gre_nm_active_free(f->active);
    gre_profile_set_free(f->set);
    fake_bus_run(20); /* what was cancelled ends from the main loop */
    fake_nm_free(f->nm);
    fake_bus_disconnect(f->bus);
}

static guint
tries(Fixture *f)
{
    return fake_nm_activations(f->companion);
}

/* Milliseconds from @since (monotonic) to the try number @n. */
static gint64
wait_try(Fixture *f, guint n, gint64 since)
{
    WAIT(tries(f) >= n);
    g_assert_cmpuint(tries(f), ==, n);
    return (f->companion->activated - since) / 1000;
}

static void
tunnel(Fixture *f, GreActiveState state)
{
    fake_nm_set_active(f->nm, 1, TUNNEL, state);
}

static void
companion(Fixture *f, GreActiveState state)
{
    fake_nm_set_active(f->nm, 2, COMPANION, state);
}

static void
test_brings_back(Fixture *f, gconstpointer data)
{
    gint64 start = g_get_monotonic_time();

    tunnel(f, GRE_ACTIVE_ACTIVATED);
    g_assert_cmpint(wait_try(f, 1, start), >=, timing.first);
    g_assert_cmpstr(f->companion->calls->str, ==, BROUGHT);
    companion(f, GRE_ACTIVE_ACTIVATING);
    companion(f, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(3 * timing.first);
    g_assert_cmpstr(f->companion->calls->str, ==, BROUGHT);
    /* It ends again. */
    start = g_get_monotonic_time();
    companion(f, GRE_ACTIVE_DEACTIVATED);
    g_assert_cmpint(wait_try(f, 2, start), >=, timing.first);
}

typedef struct {
    GreActiveState tunnel, companion;
} Peace;

/* The timer that runs already finds out, too. */
static void
test_in_peace(Fixture *f, gconstpointer data)
{
    static const Peace rows[] = {
        { GRE_ACTIVE_ACTIVATED, GRE_ACTIVE_ACTIVATING },
        { GRE_ACTIVE_ACTIVATED, GRE_ACTIVE_DEACTIVATING },
        { GRE_ACTIVE_ACTIVATED, GRE_ACTIVE_ACTIVATED },
        { GRE_ACTIVE_ACTIVATING, GRE_ACTIVE_DEACTIVATED },
        { GRE_ACTIVE_DEACTIVATING, GRE_ACTIVE_DEACTIVATED },
        { GRE_ACTIVE_DEACTIVATED, GRE_ACTIVE_DEACTIVATED },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        tunnel(f, GRE_ACTIVE_ACTIVATED);
        fake_bus_run(timing.first / 4);
        tunnel(f, rows[i].tunnel);
        companion(f, rows[i].companion);
        fake_bus_run(2 * timing.first);
        g_test_message("row %u", i);
        g_assert_cmpstr(f->companion->calls->str, ==, "");
        tunnel(f, GRE_ACTIVE_DEACTIVATED);
        companion(f, GRE_ACTIVE_DEACTIVATED);
        fake_bus_run(20);
    }
}

/* From activating to nothing: nobody else will bring it up now. */
static void
test_fails(Fixture *f, gconstpointer data)
{
    companion(f, GRE_ACTIVE_ACTIVATING);
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(2 * timing.first);
    g_assert_cmpstr(f->companion->calls->str, ==, "");
    companion(f, GRE_ACTIVE_DEACTIVATED);
    WAIT(tries(f) == 1);
}

static void
test_retries(Fixture *f, gconstpointer data)
{
    static const guint pauses[] = { 200, 400, 800, 800 };
    gint64             last = g_get_monotonic_time(), pause = 0;

    f->companion->activate_error = NM ".UnknownConnection";
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    for (guint i = 0; i < G_N_ELEMENTS(pauses); i++) {
        pause = wait_try(f, i + 1, last);
        g_assert_cmpint(pause, >=, pauses[i]);
        last = f->companion->activated;
    }
    g_assert_cmpint(pause, <, 2 * timing.last);
}

static void
test_stops(Fixture *f, gconstpointer data)
{
    f->companion->activate_error = NM ".UnknownConnection";
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    WAIT(tries(f) == 1);
    tunnel(f, GRE_ACTIVE_DEACTIVATING);
    fake_bus_run(4 * timing.first);
    g_assert_cmpuint(tries(f), ==, 1);
}

/* NetworkManager took it up, and it ended before its state was seen. */
static void
test_unseen(Fixture *f, gconstpointer data)
{
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    g_assert_cmpint(wait_try(f, 1, 0), >, 0);
    WAIT(tries(f) == 2);
}

/* The profile is deleted while it is awaited. */
static void
test_deleted(Fixture *f, gconstpointer data)
{
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(timing.first / 4);
    gre_profile_set_remove(f->set, "ipsec.nmconnection");
    fake_bus_run(2 * timing.first); /* also where nobody has looked yet */
    gre_companion_restart_look(f->keeper);
    g_assert_cmpstr(f->companion->calls->str, ==, "");
}

/* The tunnel names the companion, but that doesn't protect it. */
static void
test_left_alone(Fixture *f, gconstpointer data)
{
    g_autoptr(GVariant) settings = g_variant_ref_sink(g_variant_new_parsed(
        "{'connection': {'id': <'tun'>, 'uuid': <%s>, 'type': <'ip-tunnel'>, "
        "'secondaries': <[%s]>}, 'ip-tunnel': {'mode': <uint32 2>, 'remote': <'198.51.100.2'>}}",
        TUNNEL, COMPANION));

    put(f, "tun.nmconnection", settings);
    tunnel(f, GRE_ACTIVE_ACTIVATED);
    fake_bus_run(3 * timing.first);
    g_assert_cmpstr(f->companion->calls->str, ==, "");
}

static void
add(const char *path, const char *protects, void (*test)(Fixture *f, gconstpointer data))
{
    g_test_add(path, Fixture, protects, setup, test, teardown);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/keeper/brings-back/by-id", "tun", test_brings_back);
    add("/keeper/brings-back/by-uuid", TUNNEL, test_brings_back);
    add("/keeper/in-peace", "tun", test_in_peace);
    add("/keeper/fails", "tun", test_fails);
    add("/keeper/retries", "tun", test_retries);
    add("/keeper/stops", "tun", test_stops);
    add("/keeper/unseen", "tun", test_unseen);
    add("/keeper/deleted", "tun", test_deleted);
    add("/keeper/left-alone", "nothing", test_left_alone);
    return fake_bus_run_tests();
}
