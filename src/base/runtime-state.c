/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One key file (GKeyFile) for each connection, named by its UUID. */
#include "base/runtime-state.h"

#include "base/log.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define DEFAULT_DIRECTORY "/run/nm-gre"
#define GROUP             "connection"
#define KEYS              "strongswan-keys" /* next to the files of connections */

static char *directory;

void
gre_runtime_state_set_directory(const char *path)
{
    g_free(directory);
    directory = g_strdup(path ? path : DEFAULT_DIRECTORY);
}

void
gre_runtime_state_entry_free(GreRuntimeStateEntry *entry)
{
    g_free(entry->uuid);
    g_free(entry->base);
    g_free(entry);
}

/* NULL for an invalid UUID, because it becomes a file name. */
static char *
path_of(const char *uuid)
{
    return g_uuid_string_is_valid(uuid) ? g_build_filename(directory, uuid, NULL) : NULL;
}

void
gre_runtime_state_save(const char *uuid, const char *base, gboolean persistent)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = path_of(uuid);

    if (!path)
        return;
    if (g_mkdir_with_parents(directory, 0700) < 0) {
        gre_log(LOG_WARNING, "can't create %s: %s", directory, g_strerror(errno));
        return;
    }
    g_key_file_set_string(file, GROUP, "uuid", uuid);
    if (base)
        g_key_file_set_string(file, GROUP, "base", base);
    g_key_file_set_boolean(file, GROUP, "persistent", persistent);
    if (!g_key_file_save_to_file(file, path, &error))
        gre_log(LOG_WARNING, "can't write %s: %s", path, error->message);
}

void
gre_runtime_state_remove(const char *uuid)
{
    g_autofree char *path = path_of(uuid);

    if (path && g_unlink(path) < 0 && errno != ENOENT)
        gre_log(LOG_WARNING, "can't remove %s: %s", path, g_strerror(errno));
}

static GreRuntimeStateEntry *
read_entry(const char *name)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char      *path = g_build_filename(directory, name, NULL);
    GreRuntimeStateEntry *entry = NULL;

    if (!g_uuid_string_is_valid(name) ||
        !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL)) {
        gre_log(LOG_WARNING, "removing %s: not a state file of this service", path);
        g_unlink(path);
        return NULL;
    }
    entry = g_new0(GreRuntimeStateEntry, 1);
    entry->uuid = g_strdup(name);
    entry->base = g_key_file_get_string(file, GROUP, "base", NULL);
    /* Files of earlier versions do not say so, and were only for these. */
    entry->persistent = !g_key_file_has_key(file, GROUP, "persistent", NULL) ||
                        g_key_file_get_boolean(file, GROUP, "persistent", NULL);
    return entry;
}

GPtrArray *
gre_runtime_state_list(void)
{
    GPtrArray *entries =
        g_ptr_array_new_with_free_func((GDestroyNotify) gre_runtime_state_entry_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        GreRuntimeStateEntry *entry = g_str_equal(name, KEYS) ? NULL : read_entry(name);

        if (entry)
            g_ptr_array_add(entries, entry);
    }
    return entries;
}

/* ---- private keys in strongSwan ---- */

void
gre_runtime_state_save_keys(const char *const *ids)
{
    g_autofree char *path = directory ? g_build_filename(directory, KEYS, NULL) : NULL;
    g_autofree char *text = g_strjoinv("\n", (char **) ids);
    g_autoptr(GError) error = NULL;

    if (!path)
        return;
    if (text[0] == '\0') {
        g_unlink(path);
        return;
    }
    if (g_mkdir_with_parents(directory, 0700) < 0 ||
        !g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        gre_log(LOG_WARNING, "can't write %s: %s", path,
                error ? error->message : g_strerror(errno));
}

void
gre_runtime_state_load_keys(GHashTable *ids)
{
    g_autofree char *path = directory ? g_build_filename(directory, KEYS, NULL) : NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!path || !g_file_get_contents(path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (strspn(*line, "0123456789abcdef") == 40 && strlen(*line) == 40)
            g_hash_table_add(ids, g_strdup(*line));
}
