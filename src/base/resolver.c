/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses GResolver, which runs the system's resolver in a thread of its own. */
#include "base/resolver.h"

#include "gre-error.h"

#include <string.h>

typedef struct {
    char           *name;
    int             family;
    GreAddress      current; /* AF_UNSPEC: none */
    GreResolverFunc func;
    gpointer        data;
} Lookup;

static void
lookup_free(Lookup *lookup)
{
    g_free(lookup->name);
    g_free(lookup);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)

static GreAddress
address_of(GInetAddress *found)
{
    GreAddress address = { .family = (int) g_inet_address_get_family(found) };

    memcpy(address.bytes, g_inet_address_to_bytes(found), gre_address_size(address.family));
    return address;
}

static gboolean
pick(GList *found, const Lookup *lookup, GreAddress *out)
{
    gboolean any = FALSE;

    for (GList *l = found; l; l = l->next) {
        GreAddress address = address_of(l->data);
        gboolean   is_current = gre_address_equal(&address, &lookup->current);

        if (lookup->family != AF_UNSPEC && address.family != lookup->family)
            continue;
        if (!any || is_current)
            *out = address;
        any = TRUE;
        if (is_current)
            break;
    }
    return any;
}

static void
looked_up(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(Lookup) lookup = data;
    g_autoptr(GError) found_none = NULL, error = NULL;
    GreAddress address;
    GList     *found;

    found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &found_none);
    if (g_error_matches(found_none, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!found)
        g_set_error(&error, GRE_ERROR,
                    g_error_matches(found_none, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND)
                        ? GRE_ERROR_PROFILE
                        : GRE_ERROR_RESOLVE,
                    "the peer's name \"%s\" does not resolve: %s", lookup->name,
                    found_none->message);
    else if (!pick(found, lookup, &address))
        g_set_error(&error, GRE_ERROR, GRE_ERROR_PROFILE,
                    "the peer's name \"%s\" has no %s address", lookup->name,
                    lookup->family == AF_INET ? "IPv4" : "IPv6");
    g_resolver_free_addresses(found);
    lookup->func(error ? NULL : &address, error, lookup->data);
}

void
gre_resolver_lookup(const char       *name,
                    int               family,
                    const GreAddress *current,
                    GCancellable     *cancellable,
                    GreResolverFunc   func,
                    gpointer          user_data)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->name = g_strdup(name);
    lookup->family = family;
    if (current)
        lookup->current = *current;
    lookup->func = func;
    lookup->data = user_data;
    g_resolver_lookup_by_name_async(resolver, name, cancellable, looked_up, lookup);
}
