/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tunnels of a file, and which one is meant. */
#include "config.h"

#include "import/choice.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/local-addresses.h"

#include <string.h>

enum {
    HERE_MAX = 256, /* tunnels of which one with this machine's address is looked for */
    SHOWN_MAX = 16, /* in a message */
};

typedef struct {
    char *name, *from, *to;
} Tunnel;

struct GreChoice {
    GreChoiceIsHere is_here;
    GPtrArray      *tunnels; /* of Tunnel */
    GHashTable     *counts;  /* tunnels of a name: char* -> guint */
};

gboolean
gre_choice_has_from(const char *from, const char *to)
{
    return from && gre_local_addresses_has(from);
}

gboolean
gre_choice_has_either(const char *from, const char *to)
{
    return gre_choice_has_from(from, NULL) || gre_choice_has_from(to, NULL);
}

static void
free_tunnel(gpointer data)
{
    Tunnel *tunnel = data;

    g_free(tunnel->name);
    g_free(tunnel->from);
    g_free(tunnel->to);
    g_free(tunnel);
}

GreChoice *
gre_choice_new(GreChoiceIsHere is_here)
{
    GreChoice *self = g_new0(GreChoice, 1);

    self->is_here = is_here;
    self->tunnels = g_ptr_array_new_with_free_func(free_tunnel);
    self->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
gre_choice_free(GreChoice *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->tunnels);
    g_hash_table_unref(self->counts);
    g_free(self);
}

void
gre_choice_add(GreChoice *self, const char *name, const char *from, const char *to)
{
    Tunnel     *tunnel = g_new0(Tunnel, 1);
    const char *own = name && name[0] ? name : "gre";
    guint       n = GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, own)) + 1;

    g_hash_table_insert(self->counts, g_strdup(own), GUINT_TO_POINTER(n));
    tunnel->name = n > 1 ? g_strdup_printf("%s:%u", own, n) : g_strdup(own);
    tunnel->from = g_strdup(from);
    tunnel->to = g_strdup(to);
    g_ptr_array_add(self->tunnels, tunnel);
}

guint
gre_choice_size(const GreChoice *self)
{
    return self->tunnels->len;
}

/* "gre1 (192.0.2.1 to 203.0.113.10)" (transfer full) */
static char *
describe(const Tunnel *tunnel)
{
    if (tunnel->from && tunnel->from[0] && tunnel->to && tunnel->to[0])
        return g_strdup_printf(_("%s (%s to %s)"), tunnel->name, tunnel->from, tunnel->to);
    if (tunnel->to && tunnel->to[0])
        return g_strdup_printf(_("%s (to %s)"), tunnel->name, tunnel->to);
    return g_strdup(tunnel->name);
}

static char *
list_tunnels(const GreChoice *self)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < MIN(self->tunnels->len, SHOWN_MAX); i++) {
        g_autofree char *one = describe(self->tunnels->pdata[i]);

        g_string_append_printf(out, "%s%s", i == 0 ? "" : _(", "), one);
    }
    if (self->tunnels->len > SHOWN_MAX)
        g_string_append_printf(out, "%s…", _(", "));
    return g_string_free(out, FALSE);
}

static gboolean
pick_named(const GreChoice *self, const char *name, guint *which, GError **error)
{
    g_autofree char *shown = gre_value_quote(name);
    g_autofree char *list = NULL;

    for (guint i = 0; i < self->tunnels->len; i++) {
        if (strcmp(((const Tunnel *) self->tunnels->pdata[i])->name, name) == 0) {
            *which = i;
            return TRUE;
        }
    }
    list = list_tunnels(self);
    return gre_error_fail(error, _("no GRE tunnel has the name %s: the file has %s"), shown, list);
}

/* Counts those of this machine; @which gets the last one. */
static guint
count_here(const GreChoice *self, guint *which)
{
    guint n = 0;

    for (guint i = 0; i < self->tunnels->len && self->tunnels->len <= HERE_MAX; i++) {
        const Tunnel *tunnel = self->tunnels->pdata[i];

        if (self->is_here(tunnel->from, tunnel->to)) {
            *which = i;
            n++;
        }
    }
    return n;
}

static gboolean
fail_several(const GreChoice *self, const GreFile *file, GError **error)
{
    const Tunnel    *first = self->tunnels->pdata[0];
    g_autofree char *name = g_path_get_basename(file->path);
    g_autofree char *example = g_strdup_printf("%s#%s", name, first->name);
    g_autofree char *shown = gre_value_quote(example);
    g_autofree char *list = list_tunnels(self);

    return gre_error_fail(error,
                          _("%u tunnels are GRE: %s: choose one by its name after the file's, "
                            "such as %s"),
                          self->tunnels->len, list, shown);
}

gboolean
gre_choice_pick(
    const GreChoice *self, const GreFile *file, GPtrArray *notes, guint *which, GError **error)
{
    const Tunnel *tunnel;

    *which = 0;
    if (file->tunnel)
        return pick_named(self, file->tunnel, which, error);
    if (self->tunnels->len == 1)
        return TRUE;
    if (count_here(self, which) != 1)
        return fail_several(self, file, error);
    tunnel = self->tunnels->pdata[*which];
    g_ptr_array_add(notes, g_strdup_printf(_("%s: the only GRE tunnel with an address of this "
                                             "machine: the others are left out"),
                                           tunnel->name));
    return TRUE;
}
