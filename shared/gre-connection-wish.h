/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile asks of a connection outside vpn.data. */
#ifndef GRE_CONNECTION_WISH_H
#define GRE_CONNECTION_WISH_H

#include <glib.h>

/* The settings of NetworkManager itself that a connection needs. */
typedef struct {
    gboolean    persistent; /* vpn.persistent */
    guint       timeout;    /* vpn.timeout in seconds, 0: NetworkManager's default of 60 */
    const char *user; /* connection.permissions: the user whose files are read; NULL: any user */
} GreConnectionWish;

#endif
