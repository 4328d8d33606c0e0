/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn.data and vpn.secrets of a companion profile, by the rules of the property table. Pure.
 */
#ifndef GRE_COMPANION_DATA_H
#define GRE_COMPANION_DATA_H

#include "gre-property.h"

/* Tables of char* -> char*; the values of secrets are wiped when freed. */
GHashTable *gre_companion_data_new(void);
GHashTable *gre_companion_data_secrets_new(void);

/* Whether the property may be given with --set: the IPsec properties except secrets and "protects",
 * which the tunnel determines. @error: GRE_ERROR_PROFILE. */
gboolean gre_companion_data_may_set(const GreProperty *property, GError **error);

/**
 * gre_companion_data_apply:
 * @data: changed on success only
 * @settings: (nullable): NULL-terminated array of "PROPERTY=VALUE"; an empty value removes it
 * @error: GRE_ERROR_PROFILE
 */
gboolean gre_companion_data_apply(GHashTable *data, char **settings, GError **error);

/* Removes secrets that belong to another value of "ipsec" than @data has. */
void gre_companion_data_drop_secrets(GHashTable *secrets, GHashTable *data);

/* Whether both have the same properties and values. */
gboolean gre_companion_data_equal(GHashTable *a, GHashTable *b);

/**
 * gre_companion_data_check:
 *
 * Whether the service accepts such a profile: all rules of gre_profile_new(), and every required
 * secret that NetworkManager stores is there. @error: GRE_ERROR_PROFILE, GRE_ERROR_SECRET
 */
gboolean gre_companion_data_check(
    const char *id, const char *uuid, GHashTable *data, GHashTable *secrets, GError **error);

#endif
