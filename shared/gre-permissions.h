/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may see a profile: the users in NetworkManager's connection.permissions, as an array of
 * names. NULL means everybody; an empty array nobody but root.
 */
#ifndef GRE_PERMISSIONS_H
#define GRE_PERMISSIONS_H

#include <glib.h>

/**
 * gre_permissions_read:
 * @connection: NetworkManager's setting "connection" (a{sv})
 *
 * Entries that NetworkManager ignores are left out.
 *
 * Returns: (transfer full) (nullable): the users; free it with g_strfreev().
 */
char **gre_permissions_read(GVariant *connection);

/* @user: (nullable): a name; NULL: a user without one */
gboolean gre_permissions_include(char **users, const char *user);

/* Whether everybody of @others is among @users. */
gboolean gre_permissions_cover(char **users, char **others);

/* Whether they are the same users. */
gboolean gre_permissions_equal(char **a, char **b);

#endif
