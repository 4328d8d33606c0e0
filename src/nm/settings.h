/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a connection as NetworkManager sends it over D-Bus (a{sa{sv}}), as far as a VPN service
 * needs it.
 */
#ifndef GRE_SETTINGS_H
#define GRE_SETTINGS_H

#include "gre-connection-wish.h"
#include "gre-native.h"

typedef struct {
    GreProfile       *profile;
    GreConnectionWish wish;
    gboolean          ip4_auto; /* ipv4.method=auto: the address comes from us */
    gboolean          ip6_auto;
    char             *user; /* the first user in connection.permissions, or NULL */
    GArray *routes;         /* of GrePrefix: destinations that the profile routes into the tunnel */
} GreSettings;

/**
 * gre_settings_read:
 * @tunnel: (nullable): the tunnel that the profile protects
 * @out: filled on success; clear it with gre_settings_clear()
 * @error: as gre_profile_new(), and GRE_ERROR_PROFILE for malformed settings
 */
gboolean
gre_settings_read(GVariant *connection, const GreNative *tunnel, GreSettings *out, GError **error);
void gre_settings_clear(GreSettings *settings);

/* Whether the profile's routes send @address into the tunnel, unless there is a more specific
 * route. */
gboolean gre_settings_covers(const GreSettings *settings, const GreAddress *address);

/* connection.uuid of any settings, or NULL. (transfer full) */
char *gre_settings_uuid(GVariant *connection);

#endif
