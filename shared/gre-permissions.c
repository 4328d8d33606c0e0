/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads and compares the users of profiles. */
#include "gre-permissions.h"

#include <string.h>

/* The name in "user:NAME:" or "user:NAME"; NULL for entries that NetworkManager ignores: other
 * kinds, or with a detail (nm-setting-connection.c, _permission_set_stale_parse()). */
static char *
user_of(const char *entry)
{
    const char *name = entry + strlen("user:");
    const char *colon;

    if (!g_str_has_prefix(entry, "user:"))
        return NULL;
    colon = strrchr(name, ':');
    if (colon && colon[1] != '\0')
        return NULL;
    return colon ? g_strndup(name, (gsize) (colon - name)) : g_strdup(name);
}

char **
gre_permissions_read(GVariant *connection)
{
    g_autoptr(GPtrArray) users = NULL;
    g_autofree const char **entries = NULL;

    g_variant_lookup(connection, "permissions", "^a&s", &entries);
    if (!entries || !entries[0])
        return NULL;
    users = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; entries[i]; i++) {
        char *user = user_of(entries[i]);

        if (user)
            g_ptr_array_add(users, user);
    }
    g_ptr_array_add(users, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&users), FALSE);
}

gboolean
gre_permissions_include(char **users, const char *user)
{
    return !users || (user && g_strv_contains((const char *const *) users, user));
}

gboolean
gre_permissions_cover(char **users, char **others)
{
    if (!users || !others)
        return !users;
    for (; *others; others++)
        if (!gre_permissions_include(users, *others))
            return FALSE;
    return TRUE;
}

gboolean
gre_permissions_equal(char **a, char **b)
{
    return gre_permissions_cover(a, b) && gre_permissions_cover(b, a);
}
