/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resolves names to addresses without blocking. */
#ifndef GRE_RESOLVER_H
#define GRE_RESOLVER_H

#include "gre-address.h"

#include <gio/gio.h>

/* @addresses: (nullable): GreAddress, in the order that the system prefers, at least one; NULL if
 * @error is set: GRE_ERROR_RESOLVE, or GRE_ERROR_PROFILE if the name does not exist or has no
 * address of the family. */
typedef void (*GreResolverFunc)(const GArray *addresses, const GError *error, gpointer user_data);

/**
 * gre_resolver_lookup:
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for addresses of both
 * @cancellable: once cancelled, @func is not called
 */
void gre_resolver_lookup(const char     *name,
                         int             family,
                         GCancellable   *cancellable,
                         GreResolverFunc func,
                         gpointer        user_data);

/* Watches the files by which names are resolved. */
typedef struct _GreResolverWatch GreResolverWatch;

/* @changed: names may resolve differently from now on */
GreResolverWatch *gre_resolver_watch_new(void (*changed)(gpointer user_data), gpointer user_data);
void              gre_resolver_watch_free(GreResolverWatch *watch);

#endif
