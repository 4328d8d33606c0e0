/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of anything, to import: it becomes a profile that the service takes, or one line that says
 * why not; and what became of it comes back the same from an export.
 */
#include "config.h"

#include "import/read.h"
#include "../unit/import-text.h"
#include "gre-error.h"
#include "gre-value.h"
#include "import/import.h"
#include "import/local-addresses.h"
#include "import/profile-builder.h"
#include "import/write-keyfile.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* Through memory that has a path: nothing is left behind, whatever happens. */
static void
check_export(NMConnection *connection)
{
    int              fd = memfd_create("export", 0);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autofree char *difference = NULL;
    g_autoptr(NMConnection) back = NULL;
    g_autoptr(GError) error = NULL;

    gre_write_keyfile(connection, path, &error);
    g_assert_no_error(error);
    back = gre_import_file(path, NULL, &error);
    g_assert_no_error(error);
    difference = formats_text_difference(connection, back);
    g_assert_cmpstr(difference, ==, "");
    close(fd);
}

static void
check_connection(NMConnection *connection)
{
    g_autoptr(GError) error = NULL;

    nm_connection_verify(connection, &error);
    g_assert_no_error(error);
    g_assert_true(gre_profile_builder_check(connection, &error));
    check_export(connection);
}

/* libFuzzer writes down what was run at an abort, not at GLib's own trap. */
static void
on_trap(int number)
{
    abort();
}

/* "#tunnel NAME" in the first line chooses a tunnel. */
static void
choose(GreFile *file)
{
    const char *name = "#tunnel ";

    if (file && g_str_has_prefix(file->text, name))
        file->tunnel =
            g_strndup(file->text + strlen(name), strcspn(file->text, "\n") - strlen(name));
}

/* What GLib or libnm complain of is a mistake of ours, too. */
static GreFile *
make_file(const guint8 *data, gsize size, GError **error)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    GreFile         *file;

    signal(SIGTRAP, on_trap);
    g_log_set_always_fatal((GLogLevelFlags) (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
    file = gre_file_new("/nonexistent/file.conf", text, strlen(text), error);
    choose(file);
    return file;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const own[] = { "198.51.100.2", "2001:db8:a::2", NULL };
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(GreFile) file = make_file(data, size, &error);
    g_autoptr(NMConnection) connection = NULL;

    gre_local_addresses_set(own);
    connection = file ? gre_import_read(file, notes, &error) : NULL;
    g_assert_true(!connection == !!error);
    if (connection)
        check_connection(connection);
    else
        g_assert_true(error->domain == GRE_ERROR && gre_value_is_printable(error->message));
    for (guint i = 0; i < notes->len; i++)
        g_assert_true(gre_value_is_printable(notes->pdata[i]));
    return 0;
}
