/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre mesh: writes the files of all tunnels between the sites that a YAML file describes. */
#include "config.h"

#include "client/command.h"
#include "cli/mesh-ca.h"
#include "cli/mesh-output.h"
#include "cli/own-file.h"
#include "cli/secret-input.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "import/file.h"
#include "mesh/mesh.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char    *output, *seed_file, *ca_directory;
static gboolean make_seed, make_ca, prune;

static const GOptionEntry options[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_("Output directory, with a subdirectory for each site"), N_("DIRECTORY") },
    { "seed-file", 0, 0, G_OPTION_ARG_FILENAME, &seed_file,
      N_("Seed of all secrets; overrides seed-file in the description"), N_("FILE") },
    { "make-seed", 0, 0, G_OPTION_ARG_NONE, &make_seed,
      N_("Create the seed file if it doesn't exist: random, readable by its owner only"), NULL },
    { "ca-directory", 0, 0, G_OPTION_ARG_FILENAME, &ca_directory,
      N_("The CA, with ipsec: pubkey; overrides ca-directory in the description"),
      N_("DIRECTORY") },
    { "make-ca", 0, 0, G_OPTION_ARG_NONE, &make_ca,
      N_("Make a CA in that directory if there is none"), NULL },
    { "prune", 0, 0, G_OPTION_ARG_NONE, &prune,
      N_("Remove files of earlier runs that are no longer needed"), NULL },
    { 0 },
};

/* ---- seed ---- */

/* @option, else @path; that is in the description's directory, unless it is absolute. NULL if both
 * are. */
static char *
path_of(const char *option, const char *path, const char *description)
{
    g_autofree char *directory = g_path_get_dirname(description);

    if (option || !path)
        return g_strdup(option);
    return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(directory, path, NULL);
}

static gboolean
write_seed(const char *path, GError **error)
{
    char    *text = gre_secret_input_make(error), *line;
    int      fd = text ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    int      cause = errno;
    gboolean done;

    if (fd < 0) {
        gre_secret_free_text(text);
        return text && (cause == EEXIST || gre_own_file_fail(path, cause, error));
    }
    line = g_strconcat(text, "\n", NULL);
    done = write(fd, line, strlen(line)) == (gssize) strlen(line) && fsync(fd) == 0;
    cause = errno;
    close(fd);
    gre_secret_free_text(text);
    gre_secret_free_text(line);
    if (done)
        return TRUE;
    g_unlink(path);
    return gre_own_file_fail(path, cause, error);
}

/* (transfer full) */
static char *
read_seed(const GreMesh *mesh, const char *description, GError **error)
{
    g_autofree char *path = path_of(seed_file, mesh->seed_file, description);

    if (!path) {
        gre_command_fail(error, GRE_EXIT_USAGE,
                         _("secrets are derived from a seed: set seed-file in %s or use "
                           "--seed-file FILE; --make-seed creates it"),
                         description);
        return NULL;
    }
    if (make_seed && !write_seed(path, error))
        return NULL;
    return gre_secret_input_read_own(path, error);
}

/* ---- certificates ---- */

/* The output is copied to other machines. */
static gboolean
is_in_output(const char *path)
{
    g_autofree char *inner = g_canonicalize_filename(path, NULL);
    g_autofree char *outer = g_canonicalize_filename(output, NULL);

    return g_str_has_prefix(inner, outer) &&
           (inner[strlen(outer)] == '/' || inner[strlen(outer)] == '\0');
}

static gboolean
issue(GreMesh *mesh, const char *description, GError **error)
{
    g_autofree char *path = path_of(ca_directory, mesh->ca_directory, description);

    if (!mesh->has_ca)
        return (!make_ca && !ca_directory) ||
               gre_command_fail(error, GRE_EXIT_USAGE,
                                _("a CA is for certificates: set ipsec: pubkey in the options of "
                                  "%s"),
                                description);
    if (!path)
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("certificates need a CA: set ca-directory in %s or use "
                                  "--ca-directory DIRECTORY; --make-ca makes it"),
                                description);
    if (is_in_output(path))
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("%s is in the output directory: the CA's private key must stay "
                                  "here"),
                                path);
    return gre_mesh_ca_issue(mesh, path, make_ca, error);
}

/* ---- all together ---- */

static GreMesh *
read_mesh(const char *path, GError **error)
{
    g_autoptr(GreFile) file = gre_file_load(path, error);
    g_autoptr(GError) cause = NULL;
    GreMesh *mesh = file ? gre_mesh_read(file->text, &cause) : NULL;

    if (cause)
        g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", path);
    return mesh;
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(GreMesh) mesh = NULL;
    g_autoptr(GPtrArray) tunnels = NULL, files = NULL;
    char *seed = NULL;

    gre_secret_hide_process();
    if (!output)
        return gre_command_fail(error, GRE_EXIT_USAGE, _("--output DIRECTORY is missing"));
    mesh = read_mesh(arguments[0], error);
    seed = mesh ? read_seed(mesh, arguments[0], error) : NULL;
    tunnels = seed ? gre_mesh_plan(mesh, seed, error) : NULL;
    gre_secret_free_text(seed);
    if (!tunnels || !issue(mesh, arguments[0], error))
        return FALSE;
    files = gre_mesh_files(mesh, tunnels, error);
    if (!files || !gre_mesh_output_write(output, files, prune, error))
        return FALSE;
    printf(_("Wrote %u files for %u tunnels to %s.\n"), files->len, tunnels->len, output);
    return TRUE;
}

const GreCommand gre_cmd_mesh = {
    .name = "mesh",
    .arguments = "SITES.yaml",
    .summary = N_("Write the profiles of all tunnels between several sites"),
    .details = N_("SITES.yaml describes the sites (man nm-gre). The same description and the same "
                  "seed always give\n"
                  "the same files."),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
