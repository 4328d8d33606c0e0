/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directories of keyfiles: which files count, and which of several with the same UUID. Sources
 * are NetworkManager 1.42's nms-keyfile-plugin.c, nms-keyfile-utils.c and nms-keyfile-storage.c
 * (src/core/settings/plugins/keyfile), nm-settings.c (src/core/settings), and nm-keyfile.c
 * (src/libnm-core-impl).
 */
#include "nm/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "gre-io.h"

#define NMMETA_SUFFIX ".nmmeta"

enum {
    FILE_MAX = 1024 * 1024, /* bytes */
    UUID_LEN = 36,
};

/* The directories in order of precedence. From LIB on, NetworkManager never writes. */
enum { DIR_RUN, DIR_ETC, DIR_LIB };

static const char *const default_dirs[] = {
    "/run/NetworkManager/system-connections",
    "/etc/NetworkManager/system-connections",
    "/usr/lib/NetworkManager/system-connections",
    NULL,
};

/* ---- one file ---- */

typedef struct {
    char *text;
    gsize len;
} Buffer;

/* Wiped: it may hold secrets. */
static void
buffer_clear(Buffer *buffer)
{
    if (buffer->text)
        explicit_bzero(buffer->text, buffer->len);
    g_free(buffer->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Buffer, buffer_clear)

static gboolean
read_bytes(int fd, Buffer *buffer, gsize size)
{
    gssize n;

    buffer->text = g_malloc0(size + 1);
    buffer->len = size; /* wipe all of it */
    n = gre_io_read_up_to(fd, buffer->text, size);
    if (n >= 0)
        buffer->len = (gsize) n; /* the file may have become shorter */
    return n >= 0;
}

/* Follows symbolic links, as NetworkManager does. Rejects FIFOs and devices, so that reading never
 * blocks. */
static gboolean
read_file(const char *path, struct stat *st, Buffer *buffer)
{
    int         fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *wrong = NULL;

    if (fd < 0 || fstat(fd, st) < 0)
        wrong = g_strerror(errno);
    else if (!S_ISREG(st->st_mode))
        wrong = "not a regular file";
    else if (st->st_size > FILE_MAX)
        wrong = "larger than 1 MB";
    else if (!read_bytes(fd, buffer, (gsize) st->st_size))
        wrong = g_strerror(errno);
    if (fd >= 0)
        close(fd);
    if (wrong)
        gre_log_kind(GRE_MESSAGE_PROFILE_IGNORED, LOG_WARNING, "ignoring keyfile %s: %s", path,
                     wrong);
    return !wrong;
}

/* GKeyFile's own message would quote a line of the file, which may be a secret. */
static GreKnownProfile *
read_profile(const char *path, const char *uuid_path, struct stat *st)
{
    g_auto(Buffer) buffer = { 0 };
    g_autoptr(GVariant) settings = NULL;
    GreKnownProfile *profile = NULL;

    if (!read_file(path, st, &buffer))
        return NULL;
    settings = gre_keyfile_parse(buffer.text, buffer.len, path, uuid_path);
    if (settings) {
        g_variant_ref_sink(settings);
        profile = gre_profile_set_known_new(path, settings);
    }
    if (!profile)
        gre_log_kind(GRE_MESSAGE_PROFILE_IGNORED, LOG_WARNING,
                     "ignoring keyfile %s: not a valid keyfile", path);
    else if (profile->refusal)
        gre_log(LOG_DEBUG, "keyfile %s: %s", path, profile->refusal);
    return profile;
}

/* ---- precedence ---- */

/* A file's entry for a UUID: a profile, or a tombstone, which hides those of lower precedence. */
typedef struct {
    GreKnownProfile *profile; /* NULL: a tombstone */
    gboolean         trusted; /* owner and mode are as NetworkManager requires */
    guint            dir;
    struct timespec  mtime;
    char            *path;
} Claim;

static void
claim_free(Claim *claim)
{
    g_clear_pointer(&claim->profile, gre_profile_set_known_free);
    g_free(claim->path);
    g_free(claim);
}

static gint
compare_numbers(gint64 a, gint64 b)
{
    return (a > b) - (a < b);
}

/*
 * Positive if @a takes precedence over @b: files that NetworkManager reads before those that only
 * we read; files under /run; tombstones; the order of the directories; within a directory the
 * newest, then by name. Same order as _sett_conn_entry_sds_update_cmp_ascending() and the storage's
 * cmp_fcn().
 */
static gint
compare_claims(const Claim *a, const Claim *b)
{
    const gint results[] = {
        compare_numbers(a->trusted, b->trusted),
        compare_numbers(a->dir == DIR_RUN, b->dir == DIR_RUN),
        compare_numbers(!a->profile, !b->profile),
        compare_numbers(b->dir, a->dir),
        compare_numbers(a->mtime.tv_sec, b->mtime.tv_sec),
        compare_numbers(a->mtime.tv_nsec, b->mtime.tv_nsec),
        strcmp(a->path, b->path),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(results); i++)
        if (results[i] != 0)
            return results[i];
    return 0;
}

static void
add_claim(GHashTable *claims, const char *uuid, Claim *claim)
{
    Claim *other = g_hash_table_lookup(claims, uuid);

    if (other && compare_claims(other, claim) > 0)
        claim_free(claim);
    else
        g_hash_table_replace(claims, g_strdup(uuid), claim);
}

/* nms_keyfile_utils_check_file_permissions_stat() */
static gboolean
is_trusted(const struct stat *st)
{
    return (st->st_uid == 0 || st->st_uid == geteuid()) &&
           (!S_ISREG(st->st_mode) || (st->st_mode & 077) == 0);
}

static Claim *
claim_new(GreKnownProfile *profile, const struct stat *st, guint dir, const char *path)
{
    Claim *claim = g_new0(Claim, 1);

    claim->profile = profile;
    claim->trusted = is_trusted(st);
    claim->dir = dir;
    claim->mtime = st->st_mtim;
    claim->path = g_strdup(path);
    return claim;
}

/* ---- directories ---- */

/* '.' and six letters or digits: a temporary file of g_file_set_contents(). */
static gboolean
is_temporary(const char *name)
{
    const char *dot = strrchr(name, '.');

    if (!dot || strlen(dot) != 7)
        return FALSE;
    for (dot++; *dot; dot++)
        if (!g_ascii_isalnum(*dot))
            return FALSE;
    return TRUE;
}

static gboolean
has_suffix_nocase(const char *name, const char *suffix)
{
    gsize len = strlen(name), suffix_len = strlen(suffix);

    return len > suffix_len && g_ascii_strcasecmp(name + len - suffix_len, suffix) == 0;
}

/* nm_keyfile_utils_ignore_filename(): files under /etc need no suffix. */
static gboolean
is_profile_name(const char *name, guint dir)
{
    if (name[0] == '.')
        return FALSE;
    if (dir != DIR_ETC)
        return strlen(name) > strlen(GRE_KEYFILE_SUFFIX) &&
               g_str_has_suffix(name, GRE_KEYFILE_SUFFIX);
    return !g_str_has_suffix(name, "~") && !is_temporary(name) &&
           !has_suffix_nocase(name, ".pem") && !has_suffix_nocase(name, ".der");
}

/* The UUID in "<uuid>.nmmeta", or NULL. */
static char *
nmmeta_uuid(const char *name, guint dir)
{
    g_autofree char *uuid = g_strndup(name, UUID_LEN);

    if (dir >= DIR_LIB || strlen(name) != UUID_LEN + strlen(NMMETA_SUFFIX) ||
        !g_str_has_suffix(name, NMMETA_SUFFIX) || !g_uuid_string_is_valid(uuid))
        return NULL;
    return g_steal_pointer(&uuid);
}

/* Whether it marks the profile as deleted: a link to /dev/null, or a file that says so
 * (nms_keyfile_nmmeta_read()). */
static gboolean
is_tombstone(const char *path, const char *uuid, struct stat *st)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *target = NULL, *loaded = NULL, *written = NULL;

    if (lstat(path, st) < 0)
        return FALSE;
    if (S_ISLNK(st->st_mode)) {
        target = g_file_read_link(path, NULL);
        return g_strcmp0(target, "/dev/null") == 0;
    }
    if (!S_ISREG(st->st_mode) || st->st_size > FILE_MAX ||
        !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return FALSE;
    written = g_key_file_get_string(file, "nmmeta", "uuid", NULL);
    loaded = g_key_file_get_string(file, "nmmeta", "loaded-path", NULL);
    return g_strcmp0(written, uuid) == 0 && g_strcmp0(loaded, "/dev/null") == 0;
}

static void
read_entry(GHashTable *claims, const char *const *dirs, guint dir, const char *name)
{
    g_autofree char *path = g_build_filename(dirs[dir], name, NULL);
    g_autofree char *uuid = nmmeta_uuid(name, dir);
    struct stat      st = { 0 };

    if (uuid) {
        if (is_tombstone(path, uuid, &st))
            add_claim(claims, uuid, claim_new(NULL, &st, dir, path));
    } else if (is_profile_name(name, dir)) {
        const char      *etc = dirs[0] && dirs[1] ? dirs[DIR_ETC] : dirs[dir];
        g_autofree char *uuid_path = g_build_filename(etc, name, NULL);
        GreKnownProfile *profile = read_profile(path, uuid_path, &st);

        if (profile)
            add_claim(claims, profile->uuid, claim_new(profile, &st, dir, path));
    }
}

static void
read_directory(GHashTable *claims, const char *const *dirs, guint dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) opened = g_dir_open(dirs[dir], 0, &error);
    const char *name;

    while (opened && (name = g_dir_read_name(opened)))
        read_entry(claims, dirs, dir, name);
    if (error && !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        gre_log_kind(GRE_MESSAGE_PROFILE_IGNORED, LOG_WARNING, "%s", error->message);
}

void
gre_keyfile_read_all(const char *const *dirs, GreProfileSet *out)
{
    g_autoptr(GHashTable) claims =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) claim_free);
    GHashTableIter iter;
    Claim         *claim;

    if (!dirs)
        dirs = default_dirs;
    for (guint dir = 0; dirs[dir]; dir++)
        read_directory(claims, dirs, dir);
    g_hash_table_iter_init(&iter, claims);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &claim))
        if (claim->profile)
            gre_profile_set_put(out, g_steal_pointer(&claim->profile));
}
