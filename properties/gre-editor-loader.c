/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for GTK among the loaded libraries, without loading one.
 */
#include "config.h"

#include "gre-editor-loader.h"
#include "gre-i18n.h"

#include <dlfcn.h>

/* By the library's name, not by a function: a process that loaded it as a plugin (Python) hides its
 * functions, and the next version may have the function too. */
static const struct {
    const char *gtk, *editor;
} editors[] = {
    { "libgtk-4.so.1", "libnm-gtk4-vpn-plugin-gre-editor.so" },
    { "libgtk-3.so.0", "libnm-vpn-plugin-gre-editor.so" },
};

#define STRINGIFY(text) #text
#define TO_STRING(text) STRINGIFY(text)

static gboolean
is_loaded(const char *library)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);

    if (handle)
        dlclose(handle);
    return handle != NULL;
}

/* The directory of this library, whatever the prefix was. */
static char *
find_directory(void)
{
    Dl_info info = { 0 };

    if (!dladdr((void *) find_directory, &info) || !info.dli_fname)
        return NULL;
    return g_path_get_dirname(info.dli_fname);
}

/* The path of the editor for this program; NULL: it has no known GTK. */
static char *
find_editor(void)
{
    g_autofree char *directory = find_directory();

    for (gsize i = 0; directory && i < G_N_ELEMENTS(editors); i++)
        if (is_loaded(editors[i].gtk))
            return g_build_filename(directory, editors[i].editor, NULL);
    return NULL;
}

gboolean
gre_editor_loader_is_there(void)
{
    g_autofree char *path = find_editor();

    return path && g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
fail(GError **error, char *message)
{
    g_set_error_literal(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED, message);
    g_free(message);
}

/* Never closed: its types can't be unregistered. */
static GreEditorFactory
load(const char *path, GError **error)
{
    void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    void *factory = library ? dlsym(library, TO_STRING(GRE_EDITOR_FACTORY)) : NULL;

    if (!factory)
        fail(error,
             g_strdup_printf(_("The editor for GRE tunnels can’t be loaded: %s"), dlerror()));
    return (GreEditorFactory) factory;
}

GreEditorFactory
gre_editor_loader_get(GError **error)
{
    static GreEditorFactory loaded; /* a program has one GTK and keeps it */
    g_autofree char        *path = NULL;

    if (loaded)
        return loaded;
    path = find_editor();
    if (!path)
        fail(error, g_strdup(_("The editor for GRE tunnels needs a program with GTK 3 or GTK 4")));
    else if (!g_file_test(path, G_FILE_TEST_EXISTS))
        fail(error,
             g_strdup_printf(_("The editor for GRE tunnels isn’t installed: %s is missing"), path));
    else
        loaded = load(path, error);
    return loaded;
}
