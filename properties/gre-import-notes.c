/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps the last import's profile and notes.
 */
#include "config.h"

#include "gre-import-notes.h"

/* Of a type that libnm has registered and that lives as long as the program. */
typedef enum { IMPORTED, NOTES } Part;

static GQuark
quark(Part part)
{
    return g_quark_from_static_string(part == IMPORTED ? "nm-gre-imported" : "nm-gre-import-notes");
}

static gpointer
get(Part part)
{
    return g_type_get_qdata(NM_TYPE_VPN_EDITOR_PLUGIN, quark(part));
}

static void
set(Part part, gpointer data)
{
    g_type_set_qdata(NM_TYPE_VPN_EDITOR_PLUGIN, quark(part), data);
}

static char **
copy_notes(GPtrArray *notes)
{
    char **copy = g_new0(char *, notes->len + 1);

    for (guint i = 0; i < notes->len; i++)
        copy[i] = g_strdup(notes->pdata[i]);
    return copy;
}

/* Returns the notes. */
static char **
forget(void)
{
    NMConnection *imported = get(IMPORTED);
    char        **notes = get(NOTES);

    set(IMPORTED, NULL);
    set(NOTES, NULL);
    g_clear_object(&imported);
    return notes;
}

void
gre_import_notes_keep(NMConnection *imported, GPtrArray *notes)
{
    NMConnection *copy;

    g_strfreev(forget());
    if (!imported || !notes || notes->len == 0)
        return;
    copy = nm_simple_connection_new_clone(imported);
    nm_connection_clear_secrets(copy);
    set(IMPORTED, copy);
    set(NOTES, copy_notes(notes));
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
gre_import_notes_take(NMConnection *connection)
{
    NMConnection *imported = get(IMPORTED);

    if (!imported || !connection || !is_same_vpn(imported, connection))
        return NULL;
    return forget();
}
