/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for GTK among what the process has loaded, without loading one itself.
 */
#include "config.h"

#include "gre-editor-loader.h"
#include "gre-i18n.h"

#include <dlfcn.h>
#include <gmodule.h>

/* A function that only this version has, and our editor for it. */
static const struct {
    const char *symbol, *library;
} editors[] = {
    { "gtk_editable_get_delegate", "libnm-gtk4-vpn-plugin-gre-editor.so" },
    { "gtk_container_add", "libnm-vpn-plugin-gre-editor.so" },
};

#define STRINGIFY(text) #text
#define TO_STRING(text) STRINGIFY(text)

/* The library for this program; NULL: it has no GTK that we know. */
static const char *
find_library(void)
{
    GModule    *program = g_module_open(NULL, 0);
    const char *library = NULL;
    gpointer    symbol = NULL;

    for (gsize i = 0; program && !library && i < G_N_ELEMENTS(editors); i++)
        if (g_module_symbol(program, editors[i].symbol, &symbol) && symbol)
            library = editors[i].library;
    if (program)
        g_module_close(program);
    return library;
}

/* Our own directory, whatever the prefix was. */
static char *
path_of(const char *library)
{
    Dl_info          info = { 0 };
    g_autofree char *directory = NULL;

    if (!dladdr((void *) find_library, &info) || !info.dli_fname)
        return NULL;
    directory = g_path_get_dirname(info.dli_fname);
    return g_build_filename(directory, library, NULL);
}

gboolean
gre_editor_loader_is_there(void)
{
    const char      *library = find_library();
    g_autofree char *path = library ? path_of(library) : NULL;

    return path && g_file_test(path, G_FILE_TEST_EXISTS);
}

static GreEditorFactory
load(const char *path, GError **error)
{
    GModule *module = g_module_open(path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
    gpointer factory = NULL;

    if (module && g_module_symbol(module, TO_STRING(GRE_EDITOR_FACTORY), &factory) && factory) {
        g_module_make_resident(module); /* its types can't be unregistered */
        return (GreEditorFactory) factory;
    }
    g_set_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED,
                _("The editor for GRE tunnels can’t be loaded: %s"), g_module_error());
    if (module)
        g_module_close(module);
    return NULL;
}

GreEditorFactory
gre_editor_loader_get(GError **error)
{
    static GreEditorFactory loaded; /* a program has one GTK, and keeps it */
    const char             *library = find_library();
    g_autofree char        *path = library ? path_of(library) : NULL;

    if (!path && !loaded)
        g_set_error_literal(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED,
                            _("The editor for GRE tunnels needs a program with GTK 3 or GTK 4"));
    if (path && !loaded)
        loaded = load(path, error);
    return loaded;
}
