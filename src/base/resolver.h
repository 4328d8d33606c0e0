/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resolves names to addresses without blocking. */
#ifndef GRE_RESOLVER_H
#define GRE_RESOLVER_H

#include "gre-address.h"

#include <gio/gio.h>

/* @address is NULL if @error is set: GRE_ERROR_RESOLVE (may heal), or GRE_ERROR_PROFILE if the name
 * does not exist or has no address of the family. */
typedef void (*GreResolverFunc)(const GreAddress *address, const GError *error, gpointer user_data);

/**
 * gre_resolver_lookup:
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for the first address the system prefers
 * @current: (nullable): preferred if the name still has this address
 * @cancellable: once cancelled, @func is not called
 */
void gre_resolver_lookup(const char       *name,
                         int               family,
                         const GreAddress *current,
                         GCancellable     *cancellable,
                         GreResolverFunc   func,
                         gpointer          user_data);

#endif
