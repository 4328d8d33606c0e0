/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses GResolver, which runs the system's resolver in a thread of its own. */
#include "base/resolver.h"

#include "gre-error.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- looking up ---- */

typedef struct {
    char           *name;
    int             family;
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

/* Those of the family. */
static GArray *
pick(GList *found, int family)
{
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(GreAddress));

    for (GList *l = found; l; l = l->next) {
        GreAddress address = address_of(l->data);

        if (family == AF_UNSPEC || address.family == family)
            g_array_append_val(addresses, address);
    }
    return addresses;
}

static GError *
error_of(const Lookup *lookup, const GError *found_none)
{
    gboolean missing = g_error_matches(found_none, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);

    if (!found_none)
        return g_error_new(GRE_ERROR, GRE_ERROR_PROFILE, "the peer's name \"%s\" has no %s address",
                           lookup->name, lookup->family == AF_INET ? "IPv4" : "IPv6");
    return g_error_new(GRE_ERROR, missing ? GRE_ERROR_PROFILE : GRE_ERROR_RESOLVE,
                       "the peer's name \"%s\" does not resolve: %s", lookup->name,
                       found_none->message);
}

static void
looked_up(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(Lookup) lookup = data;
    g_autoptr(GError) found_none = NULL, error = NULL;
    g_autoptr(GArray) addresses = NULL;
    GList *found;

    found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &found_none);
    if (g_error_matches(found_none, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    addresses = pick(found, lookup->family);
    if (addresses->len == 0)
        error = error_of(lookup, found_none);
    g_resolver_free_addresses(found);
    lookup->func(error ? NULL : addresses, error, lookup->data);
}

void
gre_resolver_lookup(const char     *name,
                    int             family,
                    GCancellable   *cancellable,
                    GreResolverFunc func,
                    gpointer        user_data)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->name = g_strdup(name);
    lookup->family = family;
    lookup->func = func;
    lookup->data = user_data;
    g_resolver_lookup_by_name_async(resolver, name, cancellable, looked_up, lookup);
}

/* ---- what changes the answers ---- */

struct _GreResolverWatch {
    GPtrArray *monitors; /* GFileMonitor */
    guint      settle_source;
    void (*changed)(gpointer user_data);
    gpointer data;
};

/* A file is written in several steps. */
#define SETTLE_MS 100

static gboolean
settled(gpointer data)
{
    GreResolverWatch *watch = data;

    watch->settle_source = 0;
    watch->changed(watch->data);
    return G_SOURCE_REMOVE;
}

static void
file_changed(
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
    GreResolverWatch *watch = data;

    if (!watch->settle_source)
        watch->settle_source = g_timeout_add(SETTLE_MS, settled, watch);
}

static void
watch_file(GreResolverWatch *watch, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    GFileMonitor *monitor = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);

    if (!monitor)
        return; /* the pauses between two lookups are short */
    g_signal_connect(monitor, "changed", G_CALLBACK(file_changed), watch);
    g_ptr_array_add(watch->monitors, monitor);
}

GreResolverWatch *
gre_resolver_watch_new(void (*changed)(gpointer user_data), gpointer user_data)
{
    static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts" };
    GreResolverWatch        *watch = g_new0(GreResolverWatch, 1);

    watch->monitors = g_ptr_array_new_with_free_func(g_object_unref);
    watch->changed = changed;
    watch->data = user_data;
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        char target[PATH_MAX];

        watch_file(watch, files[i]);
        /* A link stays as it is when the file that it leads to changes. */
        if (realpath(files[i], target) && strcmp(target, files[i]) != 0)
            watch_file(watch, target);
    }
    return watch;
}

void
gre_resolver_watch_free(GreResolverWatch *watch)
{
    if (!watch)
        return;
    for (guint i = 0; i < watch->monitors->len; i++)
        g_signal_handlers_disconnect_by_data(watch->monitors->pdata[i], watch);
    g_ptr_array_unref(watch->monitors);
    g_clear_handle_id(&watch->settle_source, g_source_remove);
    g_free(watch);
}
