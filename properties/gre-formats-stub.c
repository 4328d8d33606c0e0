/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stub until formats/ is there. */
#include "gre-formats.h"
NMConnection *
gre_formats_import(const char *path, GPtrArray **notes, GError **error)
{
    (void) notes;
    g_set_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED, "%s: not yet", path);
    return NULL;
}
gboolean
gre_formats_export(NMConnection *connection, const char *path, GError **error)
{
    (void) connection;
    g_set_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED, "%s: not yet", path);
    return FALSE;
}
char *
gre_formats_suggest_name(NMConnection *connection)
{
    return g_strconcat(nm_connection_get_id(connection), ".conf", NULL);
}
