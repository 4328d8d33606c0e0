/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over files, with any compiler: a corpus as a test, a crash under a debugger.
 * Not linked with -fsanitize=fuzzer, which brings its own main().
 */
#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean run_path(const char *path, GError **error);

static gboolean
run_directory(const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        if (!run_path(file, error))
            return FALSE;
    }
    return dir != NULL;
}

static gboolean
run_path(const char *path, GError **error)
{
    g_autofree char *data = NULL;
    gsize            size;

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return run_directory(path, error);
    if (!g_file_get_contents(path, &data, &size, error))
        return FALSE;
    LLVMFuzzerTestOneInput((const guint8 *) data, size);
    return TRUE;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;

        if (!run_path(argv[i], &error)) {
            g_printerr("%s\n", error->message);
            return 1;
        }
    }
    return 0;
}
