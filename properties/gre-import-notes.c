/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last import's profile and notes.
 */
#include "config.h"

#include "gre-import-notes.h"

#define IMPORTED "gre-imported"
#define NOTES    "gre-import-notes"

static char **
copy_notes(GPtrArray *notes)
{
    char **copy = g_new0(char *, notes->len + 1);

    for (guint i = 0; i < notes->len; i++)
        copy[i] = g_strdup(notes->pdata[i]);
    return copy;
}

void
gre_import_notes_keep(GObject *plugin, NMConnection *imported, GPtrArray *notes)
{
    NMConnection *copy;

    g_object_set_data(plugin, IMPORTED, NULL);
    g_object_set_data(plugin, NOTES, NULL);
    if (!imported || !notes || notes->len == 0)
        return;
    copy = nm_simple_connection_new_clone(imported);
    nm_connection_clear_secrets(copy);
    g_object_set_data_full(plugin, IMPORTED, copy, g_object_unref);
    g_object_set_data_full(plugin, NOTES, copy_notes(notes), (GDestroyNotify) g_strfreev);
}

static gboolean
is_same_vpn(NMConnection *a, NMConnection *b)
{
    NMSettingVpn *one = nm_connection_get_setting_vpn(a), *other = nm_connection_get_setting_vpn(b);

    return one && other &&
           nm_setting_compare(NM_SETTING(one), NM_SETTING(other),
                              NM_SETTING_COMPARE_FLAG_IGNORE_SECRETS);
}

char **
gre_import_notes_take(GObject *plugin, NMConnection *connection)
{
    NMConnection *imported = g_object_get_data(plugin, IMPORTED);

    if (!imported || !connection || !is_same_vpn(imported, connection))
        return NULL;
    g_object_set_data(plugin, IMPORTED, NULL);
    return g_object_steal_data(plugin, NOTES);
}
