/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NetworkManager's side of a profile asks of a connection, beside vpn.data. */
#ifndef GRE_CONNECTION_WISH_H
#define GRE_CONNECTION_WISH_H

#include <glib.h>

/* What NetworkManager's side of the profile says, beside vpn.data. */
typedef struct {
    gboolean    persistent; /* vpn.persistent */
    guint       timeout;    /* vpn.timeout in seconds, 0: NetworkManager's default of 60 */
    const char *user;       /* connection.permissions: whose files they are; NULL: everybody's */
} GreConnectionWish;

#endif
