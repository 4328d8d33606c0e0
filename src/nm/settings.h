/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection as NetworkManager sends it over D-Bus (a{sa{sv}}), as far as a VPN service needs it.
 */
#ifndef GRE_SETTINGS_H
#define GRE_SETTINGS_H

#include "gre-connection-wish.h"
#include "gre-native.h"

typedef struct {
    GreProfile       *profile;
    GreConnectionWish wish;
    gboolean          ip4_auto; /* ipv4.method=auto: takes its address from us */
    gboolean          ip6_auto;
    char             *user;   /* the one of connection.permissions, or NULL */
    GArray           *routes; /* of GrePrefix: what the profile itself sends into the tunnel */
} GreSettings;

/**
 * gre_settings_read:
 * @tunnel: (nullable): what the profile protects
 * @out: filled on success; gre_settings_clear() it
 * @error: as gre_profile_new(), and GRE_ERROR_PROFILE for settings of another shape
 */
gboolean
gre_settings_read(GVariant *connection, const GreNative *tunnel, GreSettings *out, GError **error);
void gre_settings_clear(GreSettings *settings);

/* Whether @address would be sent into the tunnel, but for a route that is more specific. */
gboolean gre_settings_covers(const GreSettings *settings, const GreAddress *address);

/* connection.uuid of any settings, or NULL. (transfer full) */
char *gre_settings_uuid(GVariant *connection);

#endif
