/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record names a file before it is written, and until it is removed: a run that fails halfway
 * leaves no file that the next one doesn't know.
 */
#include "config.h"

#include "cli/mesh-output.h"
#include "cli/own-file.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "mesh/mesh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD ".nm-gre-mesh"

enum { RECORD_MAX = 16 << 20 /* bytes */ };

/* ---- writing ---- */

static gboolean
write_file(const char *directory, const GreMeshFile *file, GError **error)
{
    g_autofree char *path = g_build_filename(directory, file->name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    return gre_own_file_make_directory(parent, error) &&
           gre_own_file_replace(path, file->text, error);
}

/* ---- the record ---- */

/* SITE/FILE, as mesh makes them: nothing that leads out of the directory. */
static gboolean
is_output_name(const char *name)
{
    const char *slash = strchr(name, '/');

    for (const char *p = name; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_./", *p))
            return FALSE;
    return slash && !strchr(slash + 1, '/') && g_ascii_isalnum(name[0]) &&
           g_ascii_isalnum(slash[1]);
}

/* The names as a set; empty if there is no record. */
static GHashTable *
read_record(const char *path, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    struct stat st;

    if (lstat(path, &st) != 0 && errno == ENOENT)
        return g_steal_pointer(&names);
    text = gre_own_file_read(path, RECORD_MAX, error);
    lines = text ? g_strsplit(text, "\n", -1) : NULL;
    for (gsize i = 0; lines && lines[i]; i++) {
        if (lines[i][0] == '\0')
            continue;
        if (!is_output_name(lines[i])) {
            gre_command_fail(error, GRE_EXIT_FAILED,
                             _("%s: line %zu: not the name of a file that mesh writes"), path,
                             i + 1);
            return NULL;
        }
        g_hash_table_add(names, g_strdup(lines[i]));
    }
    return lines ? g_steal_pointer(&names) : NULL;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *) a, *(char *const *) b);
}

/* (transfer container) */
static GPtrArray *
sorted(GHashTable *names)
{
    GPtrArray     *out = g_ptr_array_new();
    GHashTableIter iter;
    gpointer       name;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(out, name);
    g_ptr_array_sort(out, by_name);
    return out;
}

static gboolean
write_record(const char *path, GHashTable *names, GError **error)
{
    g_autoptr(GPtrArray) lines = sorted(names);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *) lines->pdata[i]);
    return gre_own_file_replace(path, text->str, error);
}

/* ---- what is no longer needed ---- */

/* The names in @record that @files lacks, sorted. (transfer container) */
static GPtrArray *
unneeded(GHashTable *record, GPtrArray *files)
{
    GPtrArray *names = sorted(record);

    for (guint i = 0; i < files->len; i++) {
        const GreMeshFile *file = files->pdata[i];
        guint              index;

        if (g_ptr_array_find_with_equal_func(names, file->name, g_str_equal, &index))
            g_ptr_array_remove_index(names, index);
    }
    return names;
}

/* In the directory @fd. */
static gboolean
remove_file(int fd, const char *file, const char *name, GError **error)
{
    struct stat st;

    if (fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || gre_own_file_fail(name, errno, error);
    if (!S_ISREG(st.st_mode)) {
        printf(_("Kept %s: it is no longer a regular file.\n"), name);
        return TRUE;
    }
    if (unlinkat(fd, file, 0) != 0)
        return gre_own_file_fail(name, errno, error);
    printf(_("Removed %s.\n"), name);
    return TRUE;
}

/* The directory of a site goes with its last file. */
static gboolean
prune_name(const char *directory, const char *name, GError **error)
{
    const char      *file = strchr(name, '/') + 1;
    g_autofree char *site = g_strndup(name, (gsize) (file - 1 - name));
    g_autofree char *path = g_build_filename(directory, site, NULL);
    struct stat      st;
    gboolean         done;
    int              fd;

    if (lstat(path, &st) != 0 && errno == ENOENT)
        return TRUE;
    fd = gre_own_file_open(path, O_RDONLY | O_DIRECTORY, error);
    if (fd < 0)
        return FALSE;
    done = remove_file(fd, file, name, error);
    close(fd);
    if (done && rmdir(path) == 0)
        printf(_("Removed %s.\n"), site);
    return done;
}

static gboolean
prune_all(
    const char *directory, const char *path, GHashTable *record, GPtrArray *files, GError **error)
{
    g_autoptr(GPtrArray) names = unneeded(record, files);

    for (guint i = 0; i < names->len; i++) {
        if (!prune_name(directory, names->pdata[i], error))
            return FALSE;
        g_hash_table_remove(record, names->pdata[i]);
    }
    return names->len == 0 || write_record(path, record, error);
}

static void
report_unneeded(GHashTable *record, GPtrArray *files)
{
    g_autoptr(GPtrArray) names = unneeded(record, files);

    if (names->len > 0)
        printf(_("%u files of earlier runs are no longer needed: --prune removes them.\n"),
               names->len);
}

/* ---- all together ---- */

gboolean
gre_mesh_output_write(const char *directory, GPtrArray *files, gboolean prune, GError **error)
{
    g_autofree char *path = g_build_filename(directory, RECORD, NULL);
    g_autoptr(GHashTable) record = NULL;

    if (!gre_own_file_make_directory(directory, error))
        return FALSE;
    record = read_record(path, error);
    if (!record)
        return FALSE;
    for (guint i = 0; i < files->len; i++)
        g_hash_table_add(record, g_strdup(((GreMeshFile *) files->pdata[i])->name));
    if (!write_record(path, record, error))
        return FALSE;
    for (guint i = 0; i < files->len; i++)
        if (!write_file(directory, files->pdata[i], error))
            return FALSE;
    if (prune)
        return prune_all(directory, path, record, files, error);
    report_unneeded(record, files);
    return TRUE;
}
