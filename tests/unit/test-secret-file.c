/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files with secrets: nobody else can read them, whatever was there before.
 */
#include "gre-secret-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static char *
in_dir(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static void
put(const char *path, const char *text, int mode)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(path, (mode_t) mode), ==, 0);
}

/* The file's contents and mode; no other file is left beside it. */
static void
check_file(const char *path, const char *expected, guint mode)
{
    g_autofree char *text = NULL;
    struct stat      st;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpint(lstat(path, &st), ==, 0);
    g_assert_true(S_ISREG(st.st_mode));
    g_assert_cmpuint(st.st_mode & 07777, ==, mode);
}

static guint
n_files(void)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    guint n = 0;

    while (g_dir_read_name(entries))
        n++;
    return n;
}

static void
replace(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;

    gre_secret_file_replace(path, text, strlen(text), &error);
    g_assert_no_error(error);
}

static void
test_create(void)
{
    g_autofree char *path = in_dir("new");
    mode_t           before = umask(0777);

    replace(path, "secret");
    umask(before);
    check_file(path, "secret", 0600);
    g_assert_cmpuint(n_files(), ==, 1);
    g_unlink(path);
}

static void
test_replace(void)
{
    static const int modes[] = { 0644, 0666, 0400, 0600, 04755 };
    g_autofree char *path = in_dir("old");

    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        put(path, "something longer", modes[i]);
        replace(path, "secret");
        check_file(path, "secret", 0600);
        g_unlink(path);
    }
}

/* Somebody who opened the earlier file reads nothing. */
static void
test_opened(void)
{
    g_autofree char *path = in_dir("old");
    char             text[16] = { 0 };
    FILE            *earlier;

    put(path, "public", 0644);
    earlier = fopen(path, "r");
    replace(path, "secret");
    g_assert_cmpuint(fread(text, 1, sizeof text - 1, earlier), ==, strlen("public"));
    g_assert_cmpstr(text, ==, "public");
    fclose(earlier);
    g_unlink(path);
}

static void
test_link(void)
{
    g_autofree char *path = in_dir("link"), *target = in_dir("target");

    put(target, "public", 0644);
    g_assert_cmpint(symlink("target", path), ==, 0);
    replace(path, "secret");
    check_file(path, "secret", 0600);
    check_file(target, "public", 0644);
    g_unlink(path);
    g_unlink(target);
}

/* An error leaves nothing behind. */
static void
test_error(void)
{
    g_autofree char *path = in_dir("directory");
    g_autofree char *nowhere = in_dir("nowhere/file");
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    g_assert_false(gre_secret_file_replace(path, "x", 1, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
    g_assert_cmpuint(n_files(), ==, 1);
    g_rmdir(path);
    g_clear_error(&error);
    g_assert_false(gre_secret_file_replace(nowhere, "x", 1, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_nonnull(strstr(error->message, nowhere));
}

static void
test_through(void)
{
    g_autofree char *path = in_dir("link"), *target = in_dir("target");
    g_autoptr(GError) error = NULL;

    put(target, "something longer", 0644);
    g_assert_cmpint(symlink("target", path), ==, 0);
    gre_secret_file_write_through(path, "secret", 6, &error);
    g_assert_no_error(error);
    check_file(target, "secret", 0600);
    g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
    g_unlink(target);
    g_assert_false(gre_secret_file_write_through(path, "secret", 6, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_true(gre_secret_file_write_through("/dev/null", "secret", 6, NULL));
    g_unlink(path);
}

int
main(int argc, char **argv)
{
    int failed;

    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("gre-secret-file-XXXXXX", NULL);
    g_test_add_func("/secret-file/create", test_create);
    g_test_add_func("/secret-file/replace", test_replace);
    g_test_add_func("/secret-file/opened", test_opened);
    g_test_add_func("/secret-file/link", test_link);
    g_test_add_func("/secret-file/error", test_error);
    g_test_add_func("/secret-file/through", test_through);
    failed = g_test_run();
    g_rmdir(dir);
    g_free(dir);
    return failed;
}
