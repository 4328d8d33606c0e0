/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applies a table of rules to settings. */
#include "config.h"

#include "import/router-rules.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/file.h"

#include <string.h>

void
gre_router_rules_note(GreRouter *self, GrePath *path, guint depth)
{
    g_autofree char *text = gre_paths_shown(path, depth);
    g_autofree char *shown = gre_value_quote(text);

    path->state = GRE_PATH_NOTED;
    gre_profile_builder_note(self->builder, _("line %u: %s has no counterpart"), path->first,
                             shown);
}

static gboolean
take_path(GreRouter *self, GrePath *path, guint depth, const GreRouterRule *rules, GError **error)
{
    for (; rules->words; rules++) {
        if (!gre_paths_match(path, depth, rules->words))
            continue;
        path->state = GRE_PATH_USED;
        return !rules->take ||
               rules->take(self, path, gre_paths_nth(path, depth + gre_paths_count(rules->words)),
                           rules, error);
    }
    if (path->state == GRE_PATH_LEFT)
        gre_router_rules_note(self, path, depth);
    return TRUE;
}

gboolean
gre_router_rules_take(GreRouter           *self,
                      const GreBranch     *branch,
                      const GreRouterRule *rules,
                      GError             **error)
{
    for (guint i = 0; i < branch->list->len; i++) {
        GrePath *path = branch->list->pdata[i];

        if (path->n > branch->depth && !take_path(self, path, branch->depth, rules, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
gre_router_rules_value(GreRouter           *self,
                       const GrePath       *path,
                       const char          *value,
                       const GreRouterRule *rule,
                       GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    return gre_profile_builder_set(self->builder, where, rule->property, value, error);
}

gboolean
gre_router_rules_word(GreRouter           *self,
                      const GrePath       *path,
                      const char          *value,
                      const GreRouterRule *rule,
                      GError             **error)
{
    return gre_router_rules_value(self, path, rule->value, rule, error);
}

gboolean
gre_router_rules_key(GreRouter           *self,
                     const GrePath       *path,
                     const char          *value,
                     const GreRouterRule *rule,
                     GError             **error)
{
    g_autofree char *where = gre_file_where(path->first);

    /* A router's numbers are decimal, even with leading zeros. */
    while (value[0] == '0' && g_ascii_isdigit(value[1]))
        value++;
    return gre_profile_builder_take_key(self->builder, where, TRUE, TRUE, value, error);
}

gboolean
gre_router_rules_address(GreRouter           *self,
                         const GrePath       *path,
                         const char          *value,
                         const GreRouterRule *rule,
                         GError             **error)
{
    return gre_router_take_address_text(self, path->first, value, error);
}

void
gre_router_rules_note_rest(GreRouter *self, const GrePaths *paths)
{
    for (guint i = 0; i < paths->all->len; i++) {
        const GrePath *path = paths->all->pdata[i];

        if (path->state != GRE_PATH_LEFT && path->state != GRE_PATH_OTHER)
            continue;
        gre_profile_builder_note(
            self->builder,
            _("from line %u on: other settings of the router are not part of the tunnel"),
            path->first);
        return;
    }
}

gboolean
gre_router_rules_fail_missing(const GrePath *path, GError **error)
{
    g_autofree char *text = gre_paths_shown(path, path->n > 1 ? path->n - 2 : 0);
    g_autofree char *shown = gre_value_quote(text);

    return gre_error_fail(error, _("line %u: %s is not in the file"), path->first, shown);
}

gboolean
gre_router_rules_fail_multipoint(guint line, GError **error)
{
    return gre_error_fail(error,
                          _("line %u: this is mGRE: a tunnel to any or several peers is not "
                            "supported"),
                          line);
}

gboolean
gre_router_rules_psk(GreRouter           *self,
                     const GrePath       *path,
                     const char          *value,
                     const GreRouterRule *rule,
                     GError             **error)
{
    return gre_router_take_psk(self, path->first, value, FALSE, error);
}

NMConnection *
gre_router_rules_read(const GrePaths *paths,
                      const GreFile  *file,
                      GreRouterRead   read,
                      GreLedger      *ledger,
                      GPtrArray      *notes,
                      GError        **error)
{
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    NMConnection *connection = NULL;
    GreRouter     router;

    gre_router_init(&router, builder);
    if (read(&router, paths, file, error))
        connection = gre_profile_builder_finish(builder, error);
    gre_router_clear(&router);
    gre_paths_to_ledger(paths, ledger);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}
