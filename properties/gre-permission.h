/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the program's user may change system connections, as NetworkManager says. The service
 * gives a private profile IPsec only then.
 */
#ifndef GRE_PERMISSION_H
#define GRE_PERMISSION_H

#include <NetworkManager.h>

typedef struct _GrePermission GrePermission;

/* Asks NetworkManager; @changed is called if the answer is no, never from within this call. */
GrePermission *gre_permission_new(void (*changed)(gpointer user_data), gpointer user_data);
void           gre_permission_free(GrePermission *permission);

/* TRUE once NetworkManager has said no, or that it would ask for a password first. */
gboolean gre_permission_is_missing(const GrePermission *permission);

/* Whether @connection is not available to all users. */
gboolean gre_permission_is_private(NMConnection *connection);

#endif
