/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that remember which persistent connections are up. */
#include "base/runtime-state.h"

#include <glib/gstdio.h>

#define UUID  "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define OTHER "0b1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d12"

typedef struct {
    char *top, *dir;
} Fixture;

static void
setup(Fixture *f, gconstpointer data)
{
    f->top = g_dir_make_tmp("gre-state-XXXXXX", NULL);
    g_assert_nonnull(f->top);
    f->dir = g_build_filename(f->top, "nm-gre", NULL);
    gre_runtime_state_set_directory(f->dir);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_runtime_state_remove(UUID);
    gre_runtime_state_remove(OTHER);
    g_rmdir(f->dir);
    g_assert_cmpint(g_rmdir(f->top), ==, 0);
    g_free(f->dir);
    g_free(f->top);
}

static void
put(Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->dir, name, NULL);

    g_mkdir(f->dir, 0700);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean
exists(Fixture *f, const char *name)
{
    g_autofree char *path = g_build_filename(f->dir, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *
list(void)
{
    g_autoptr(GPtrArray) entries = gre_runtime_state_list();
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < entries->len; i++) {
        const GreRuntimeStateEntry *entry = entries->pdata[i];

        g_string_append_printf(out, "%.4s %s%s ", entry->uuid, entry->base ? entry->base : "-",
                               entry->persistent ? "" : " brief");
    }
    return g_string_free(out, FALSE);
}

static void
assert_list(const char *expected)
{
    g_autofree char *seen = list();

    g_assert_cmpstr(seen, ==, expected);
}

static void
test_life(Fixture *f, gconstpointer data)
{
    GStatBuf st;

    assert_list(""); /* nor is there a directory */
    gre_runtime_state_remove(UUID);
    gre_runtime_state_save(UUID, "eth0", TRUE);
    assert_list("7a1e eth0 ");
    g_assert_cmpint(g_stat(f->dir, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0700);
    gre_runtime_state_save(UUID, NULL, FALSE);
    assert_list("7a1e - brief ");
    gre_runtime_state_save(OTHER, "wlan0", TRUE);
    gre_runtime_state_remove(UUID);
    assert_list("0b1e wlan0 ");
    gre_runtime_state_remove(OTHER);
    gre_runtime_state_remove(OTHER);
    assert_list("");
}

/* A name is a uuid or nothing: no path leads out of the directory. */
static void
test_names(Fixture *f, gconstpointer data)
{
    static const char *const names[] = {
        "", "..", "../x", "x", "/etc/x", UUID "/../../x", UUID "x"
    };

    put(f, "x", "keep");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        gre_runtime_state_save(names[i], "eth0", TRUE);
        gre_runtime_state_remove(names[i]);
    }
    g_assert_true(exists(f, "x"));
    g_assert_false(exists(f, "../x"));
    assert_list("");
    g_assert_false(exists(f, "x")); /* what can't be read goes */
}

static void
test_broken(Fixture *f, gconstpointer data)
{
    put(f, UUID, data);
    put(f, OTHER, "[connection]\nuuid=" OTHER "\nbase=eth1\n");
    assert_list("0b1e eth1 ");
    g_assert_false(exists(f, UUID));
    g_assert_true(exists(f, OTHER));
}

/* A directory that can't be made costs the recovery and nothing else. */
static void
test_no_place(Fixture *f, gconstpointer data)
{
    g_autofree char *file = g_build_filename(f->top, "file", NULL);
    g_autofree char *below = g_build_filename(file, "nm-gre", NULL);

    g_assert_true(g_file_set_contents(file, "", -1, NULL));
    gre_runtime_state_set_directory(below);
    gre_runtime_state_save(UUID, "eth0", TRUE);
    assert_list("");
    gre_runtime_state_set_directory(f->dir);
    g_unlink(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/state/life", Fixture, NULL, setup, test_life, teardown);
    g_test_add("/state/names", Fixture, NULL, setup, test_names, teardown);
    g_test_add("/state/broken/text", Fixture, "no key file", setup, test_broken, teardown);
    g_test_add("/state/broken/bytes", Fixture, "\377\376[", setup, test_broken, teardown);
    g_test_add("/state/no-place", Fixture, NULL, setup, test_no_place, teardown);
    return g_test_run();
}
