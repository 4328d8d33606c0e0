/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A key is on the disk before its certificate: a run that fails halfway loses no key in use. */
#include "config.h"

#include "cli/mesh-ca.h"
#include "cli/own-file.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "keys/issuing-ca.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PEM_MAX = 65536 /* bytes */ };

/* *@text is NULL if there is no such file. */
static gboolean
read_if_there(const char *path, char **text, GError **error)
{
    struct stat st;

    if (lstat(path, &st) != 0 && errno == ENOENT)
        return TRUE;
    *text = gre_own_file_read(path, PEM_MAX, error);
    return *text != NULL;
}

/* The two files of a pair. */
typedef struct {
    char *key, *cert;
} Paths;

static void
paths_clear(Paths *paths)
{
    g_free(paths->key);
    g_free(paths->cert);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paths, paths_clear)

static Paths
paths_of(const char *directory, const char *name)
{
    return (Paths){ g_strdup_printf("%s/%s.key", directory, name),
                    g_strdup_printf("%s/%s.pem", directory, name) };
}

static gboolean
read_pair(const Paths *paths, GreKeyPair *pair, GError **error)
{
    return read_if_there(paths->key, &pair->key, error) &&
           read_if_there(paths->cert, &pair->cert, error);
}

/* What differs from @old. */
static gboolean
write_pair(const Paths *paths, const GreKeyPair *old, const GreKeyPair *pair, GError **error)
{
    return (old->key || gre_own_file_replace(paths->key, pair->key, error)) &&
           (g_strcmp0(old->cert, pair->cert) == 0 ||
            gre_own_file_replace(paths->cert, pair->cert, error));
}

static void
copy_pair(const GreKeyPair *from, GreKeyPair *to)
{
    to->key = g_strdup(from->key);
    to->cert = g_strdup(from->cert);
}

/* ---- the authority ---- */

static gboolean
complete_authority(const char *directory, gboolean make, GreKeyPair *ca, GError **error)
{
    time_t now = (time_t) (g_get_real_time() / G_USEC_PER_SEC);
    g_auto(Paths) paths = paths_of(directory, "ca");
    g_auto(GreKeyPair) old = { 0 };

    if (!read_pair(&paths, &old, error))
        return FALSE;
    if (!old.key && (!make || old.cert))
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                old.cert ? _("%s: the private key is missing")
                                         : _("%s does not exist: --make-ca makes a CA"),
                                paths.key);
    copy_pair(&old, ca);
    if (!gre_issuing_ca_complete(ca, now, error)) {
        g_prefix_error(error, "%s: ", paths.key);
        return FALSE;
    }
    if (!write_pair(&paths, &old, ca, error))
        return FALSE;
    if (!old.key)
        printf(_("Made a CA: %s. Keep it as safe as what it protects.\n"), paths.key);
    else if (g_strcmp0(old.cert, ca->cert) != 0)
        printf(_("Renewed the CA's certificate: %s.\n"), paths.cert);
    return TRUE;
}

/* ---- sites ---- */

static gboolean
issue(const char *directory, const GreKeyPair *ca, GreSite *site, GError **error)
{
    time_t now = (time_t) (g_get_real_time() / G_USEC_PER_SEC);
    g_auto(Paths) paths = paths_of(directory, site->name);
    g_auto(GreKeyPair) old = { 0 }, pair = { 0 };

    if (!read_pair(&paths, &old, error))
        return FALSE;
    copy_pair(&old, &pair);
    if (!gre_issuing_ca_issue(ca, site->name, gre_mesh_identity(site), now, &pair, error)) {
        g_prefix_error(error, "%s: ", paths.key);
        return FALSE;
    }
    if (!write_pair(&paths, &old, &pair, error))
        return FALSE;
    if (g_strcmp0(old.cert, pair.cert) != 0)
        printf(_("Issued a certificate for %s.\n"), site->name);
    site->key = g_steal_pointer(&pair.key);
    site->cert = g_steal_pointer(&pair.cert);
    return TRUE;
}

gboolean
gre_mesh_ca_issue(GreMesh *mesh, const char *directory, gboolean make, GError **error)
{
    g_autofree char *sites = g_build_filename(directory, "sites", NULL);
    g_auto(GreKeyPair) ca = { 0 };

    if (make && !gre_own_file_make_directory(directory, error))
        return FALSE;
    if (!complete_authority(directory, make, &ca, error) ||
        !gre_own_file_make_directory(sites, error))
        return FALSE;
    mesh->ca = g_strdup(ca.cert);
    for (guint i = 0; i < mesh->sites->len; i++)
        if (!issue(sites, &ca, mesh->sites->pdata[i], error))
            return FALSE;
    return TRUE;
}
