/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many calls, a few at a time, and what becomes of the answers. */
#include "nm/bus-reader.h"

#include "fake-bus.h"
#include "fake-nm.h"

#include <string.h>

#define AT_ONCE 16

typedef struct {
    FakeNm          *nm;
    GDBusConnection *bus;
    GreBusReader    *reader;
    GString         *told; /* "PATH=id ", "PATH gone " or "PATH error " */
    guint            n_told, idles;
} Fixture;

static void
on_answer(const char *path, GVariant *reply, const GError *error, gpointer data)
{
    Fixture *f = data;
    g_autoptr(GVariant) settings = NULL, connection = NULL;
    const char *id;

    g_assert_true((reply == NULL) == (error != NULL));
    f->n_told++;
    if (!reply) {
        g_string_append_printf(f->told, "%s %s ", path,
                               gre_bus_reader_is_gone(error) ? "gone" : "error");
        return;
    }
    settings = g_variant_get_child_value(reply, 0);
    connection = g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_assert_true(g_variant_lookup(connection, "id", "&s", &id));
    g_string_append_printf(f->told, "%s=%s ", path, id);
}

static void
on_idle(gpointer data)
{
    Fixture *f = data;

    g_assert_true(gre_bus_reader_is_idle(f->reader));
    f->idles++;
}

static void
setup(Fixture *f, gconstpointer data)
{
    f->nm = fake_nm_new();
    f->bus = fake_bus_connect();
    f->told = g_string_new(NULL);
    f->reader =
        gre_bus_reader_new(f->bus, NM, NM_PROFILE, "GetSettings", NULL, on_answer, on_idle, f);
    fake_nm_own(f->nm);
    for (guint i = 0; i < 40; i++) {
        g_autofree char *id = g_strdup_printf("p%u", i);

        fake_nm_put(f->nm, i, fake_nm_ethernet(id, "u"));
    }
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_bus_reader_free(f->reader);
    fake_nm_let_all_go(f->nm);
    fake_bus_run(20); /* what was cancelled ends from the main loop */
    fake_nm_free(f->nm);
    fake_bus_disconnect(f->bus);
    g_string_free(f->told, TRUE);
}

static void
add(Fixture *f, guint from, guint to)
{
    for (guint i = from; i <= to; i++) {
        g_autofree char *path = g_strdup_printf("/s/%u", i);

        gre_bus_reader_add(f->reader, path);
    }
}

static guint
asked(Fixture *f, guint number)
{
    return fake_nm_profile(f->nm, number)->asked;
}

static void
test_few_at_a_time(Fixture *f, gconstpointer data)
{
    g_assert_true(gre_bus_reader_is_idle(f->reader));
    fake_nm_hold(f->nm);
    add(f, 0, 39);
    g_assert_false(gre_bus_reader_is_idle(f->reader));
    for (guint i = 0; i < 3; i++) {
        WAIT(fake_nm_held(f->nm) == AT_ONCE);
        fake_bus_run(50);
        g_assert_cmpuint(fake_nm_held(f->nm), ==, AT_ONCE);
        g_assert_cmpuint(f->n_told, ==, i);
        fake_nm_let_go(f->nm);
    }
    fake_nm_let_all_go(f->nm);
    WAIT(f->n_told == 40 && f->idles);
    g_assert_cmpuint(f->idles, ==, 1);
    for (guint i = 0; i < 40; i++)
        g_assert_cmpuint(asked(f, i), ==, 1);
}

/* What waits already is not asked twice. */
static void
test_once(Fixture *f, gconstpointer data)
{
    add(f, 0, AT_ONCE + 1);
    add(f, AT_ONCE, AT_ONCE + 1);
    WAIT(f->idles);
    g_assert_cmpuint(f->n_told, ==, AT_ONCE + 2);
    g_assert_cmpuint(asked(f, AT_ONCE), ==, 1);
    g_assert_cmpuint(asked(f, AT_ONCE + 1), ==, 1);
}

static void
test_again(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    add(f, 0, 0);
    WAIT(fake_nm_held(f->nm) == 1);
    fake_nm_put(f->nm, 0, fake_nm_ethernet("new", "u"));
    add(f, 0, 0);
    add(f, 0, 0);
    fake_nm_let_go(f->nm);
    WAIT(asked(f, 0) == 2);
    g_assert_cmpuint(f->n_told, ==, 0);
    g_assert_cmpuint(f->idles, ==, 0);
    fake_nm_let_all_go(f->nm);
    WAIT(f->idles);
    g_assert_cmpstr(f->told->str, ==, "/s/0=new ");
    g_assert_cmpuint(asked(f, 0), ==, 2);
}

/* One that is under way makes room for another; one that waits is not asked at all. */
static void
test_forget(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    add(f, 0, AT_ONCE + 1);
    WAIT(fake_nm_held(f->nm) == AT_ONCE);
    gre_bus_reader_forget(f->reader, "/s/17");
    gre_bus_reader_forget(f->reader, "/s/3");
    gre_bus_reader_forget(f->reader, "/s/39");
    WAIT(asked(f, AT_ONCE) == 1);
    fake_nm_let_all_go(f->nm);
    WAIT(f->idles);
    g_assert_cmpuint(f->n_told, ==, AT_ONCE);
    g_assert_null(strstr(f->told->str, "/s/3="));
    g_assert_cmpuint(asked(f, 17), ==, 0);
}

/* The answer to the call that was forgotten is not taken for that of the next one. */
static void
test_forget_and_add(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    add(f, 0, 0);
    WAIT(fake_nm_held(f->nm) == 1);
    gre_bus_reader_forget(f->reader, "/s/0");
    g_assert_true(gre_bus_reader_is_idle(f->reader));
    fake_nm_put(f->nm, 0, fake_nm_ethernet("new", "u"));
    add(f, 0, 0);
    fake_nm_let_go(f->nm);
    WAIT(fake_nm_held(f->nm) == 1);
    g_assert_cmpuint(f->n_told, ==, 0);
    fake_nm_let_all_go(f->nm);
    WAIT(f->idles);
    g_assert_cmpstr(f->told->str, ==, "/s/0=new ");
}

static void
test_clear(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    add(f, 0, 39);
    WAIT(fake_nm_held(f->nm) == AT_ONCE);
    gre_bus_reader_clear(f->reader);
    g_assert_true(gre_bus_reader_is_idle(f->reader));
    fake_nm_let_all_go(f->nm);
    fake_bus_run(50);
    g_assert_cmpuint(f->n_told + f->idles, ==, 0);
    add(f, 39, 39);
    WAIT(f->idles);
    g_assert_cmpstr(f->told->str, ==, "/s/39=p39 ");
}

static void
test_free(Fixture *f, gconstpointer data)
{
    fake_nm_hold(f->nm);
    add(f, 0, 39);
    WAIT(fake_nm_held(f->nm) == AT_ONCE);
    fake_nm_let_go(f->nm);
    g_clear_pointer(&f->reader, gre_bus_reader_free);
    fake_nm_let_all_go(f->nm);
    fake_bus_run(50);
    g_assert_cmpuint(f->n_told + f->idles, ==, 0);
}

/* Only a missing object is gone. */
static void
test_errors(Fixture *f, gconstpointer data)
{
    fake_nm_profile(f->nm, 1)->settings_error = "org.freedesktop.DBus.Error.NoReply";
    gre_bus_reader_add(f->reader, "/s/99");
    WAIT(f->idles == 1);
    add(f, 1, 1);
    WAIT(f->idles == 2);
    fake_nm_disown(f->nm);
    add(f, 2, 2);
    WAIT(f->idles == 3);
    g_assert_cmpstr(f->told->str, ==, "/s/99 gone /s/1 error /s/2 error ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/bus-reader/few-at-a-time", Fixture, NULL, setup, test_few_at_a_time, teardown);
    g_test_add("/bus-reader/once", Fixture, NULL, setup, test_once, teardown);
    g_test_add("/bus-reader/again", Fixture, NULL, setup, test_again, teardown);
    g_test_add("/bus-reader/forget", Fixture, NULL, setup, test_forget, teardown);
    g_test_add("/bus-reader/forget-and-add", Fixture, NULL, setup, test_forget_and_add, teardown);
    g_test_add("/bus-reader/clear", Fixture, NULL, setup, test_clear, teardown);
    g_test_add("/bus-reader/free", Fixture, NULL, setup, test_free, teardown);
    g_test_add("/bus-reader/errors", Fixture, NULL, setup, test_errors, teardown);
    return fake_bus_run_tests();
}
